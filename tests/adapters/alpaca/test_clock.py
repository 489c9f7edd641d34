"""Trading time from the wall and from the exchange."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from fluxherod.adapters.alpaca.clock import ExchangeClock, WallClock
from fluxherod.adapters.alpaca.errors import Unavailable
from fluxherod.core.calendar import SECOND_NS
from fluxherod.engine.ports import Clock

START_NS = 1_704_207_600 * SECOND_NS


class Exchange:
    """Serves a time and a rate that the test sets; `down` makes it silent."""

    def __init__(self, rate: float) -> None:
        self.time_ns, self.rate, self.down = START_NS, rate, False
        self.asked: asyncio.Queue[bool] = asyncio.Queue()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.put_nowait(self.down)
        if self.down:
            raise httpx.ConnectError("refused")
        assert request.url.path == "/sim/clock"
        return httpx.Response(200, json={"time_ns": self.time_ns, "rate": self.rate, "mode": "run", "session": None})


def clock_of(exchange: Exchange, driven: Any) -> ExchangeClock:
    transport = httpx.MockTransport(exchange)
    return ExchangeClock("http://sim.test", monotonic=driven.monotonic, sleep=driven.sleep, transport=transport)


async def test_between_polls_the_exchange_clock_runs_on_at_the_served_rate(driven: Any) -> None:
    clock: Clock = clock_of(Exchange(60.0), driven)
    assert clock.now_ns() == 0
    assert isinstance(clock, ExchangeClock)
    await clock.poll()
    driven.now += 0.5
    assert (clock.now_ns(), clock.rate) == (START_NS + 30 * SECOND_NS, 60.0)


async def test_a_clock_that_ran_ahead_stands_until_the_exchange_has_caught_up(driven: Any) -> None:
    exchange = Exchange(60.0)
    clock = clock_of(exchange, driven)
    await clock.poll()
    driven.now += 1.0
    ahead_ns = clock.now_ns()
    exchange.time_ns += 20 * SECOND_NS
    await clock.poll()
    assert clock.now_ns() == ahead_ns
    driven.now += 1.0
    assert clock.now_ns() == START_NS + 80 * SECOND_NS


async def test_a_time_is_reached_when_the_exchange_itself_has_said_so(driven: Any) -> None:
    exchange = Exchange(60.0)
    clock = clock_of(exchange, driven)
    await clock.poll()
    driven.now += 1.0
    waiting = asyncio.create_task(clock.reached(clock.now_ns()))
    exchange.time_ns += 59 * SECOND_NS
    await clock.poll()
    await asyncio.sleep(0)
    assert not waiting.done()
    exchange.time_ns += SECOND_NS
    await clock.poll()
    await waiting


async def test_an_exchange_that_has_come_to_its_end_is_not_waited_for(driven: Any) -> None:
    exchange = Exchange(60.0)
    clock = clock_of(exchange, driven)
    await clock.poll()
    waiting = asyncio.create_task(clock.reached(START_NS + SECOND_NS))
    await asyncio.sleep(0)
    assert not waiting.done()
    exchange.rate = 0.0
    await clock.poll()
    await waiting


async def test_an_exchange_that_no_longer_answers_is_not_waited_for_for_ever(
    driven: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluxherod.adapters.alpaca.clock.SILENCE_S", 0.05)
    exchange = Exchange(60.0)
    clock = ExchangeClock("http://sim.test", sleep=driven.sleep, transport=httpx.MockTransport(exchange))
    await clock.poll()
    exchange.down = True
    running = asyncio.create_task(clock.run())
    async with asyncio.timeout(60):
        await clock.reached(START_NS + 3600 * SECOND_NS)
    running.cancel()
    assert not running.done()
    await asyncio.gather(running, return_exceptions=True)
    await clock.aclose()


async def test_an_exchange_that_answers_and_falls_behind_is_waited_for_however_long(driven: Any) -> None:
    exchange = Exchange(60.0)
    clock = clock_of(exchange, driven)
    await clock.poll()
    waiting = asyncio.create_task(clock.reached(START_NS + 60 * SECOND_NS))
    for _ in range(10):
        driven.now += 4.0
        exchange.time_ns += SECOND_NS
        await clock.poll()
        await asyncio.sleep(0)
        assert not waiting.done()
    exchange.time_ns += 50 * SECOND_NS
    await clock.poll()
    await waiting


async def test_a_message_moves_the_clock_forward_and_never_back(driven: Any) -> None:
    clock = clock_of(Exchange(0.0), driven)
    await clock.poll()
    clock.observe(START_NS + 5)
    clock.observe(START_NS + 3)
    driven.now += 100
    assert clock.now_ns() == START_NS + 5


async def test_at_rate_zero_a_waiter_wakes_by_a_message(driven: Any) -> None:
    clock = clock_of(Exchange(0.0), driven)
    await clock.poll()
    waiter = asyncio.create_task(clock.wait_until(START_NS + 60 * SECOND_NS))
    await asyncio.sleep(0)
    clock.observe(START_NS + 59 * SECOND_NS)
    await asyncio.sleep(0)
    assert not waiter.done()
    clock.observe(START_NS + 60 * SECOND_NS)
    await waiter


async def test_at_a_rate_a_waiter_wakes_by_itself() -> None:
    clock = ExchangeClock("http://sim.test", transport=httpx.MockTransport(Exchange(6000.0)))
    await clock.poll()
    await clock.wait_until(START_NS + 60 * SECOND_NS)
    assert clock.now_ns() >= START_NS + 60 * SECOND_NS


async def test_polling_goes_on_while_the_exchange_is_silent(driven: Any) -> None:
    exchange = Exchange(1.0)
    clock = clock_of(exchange, driven)
    running = asyncio.create_task(clock.run())
    await exchange.asked.get()
    exchange.down = True
    silences = [await exchange.asked.get() for _ in range(4)]
    exchange.down, exchange.time_ns = False, START_NS + 3600 * SECOND_NS
    await clock.wait_until(START_NS + 3600 * SECOND_NS)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert any(silences)
    assert set(driven.sleeps) == {0.1}


@pytest.mark.parametrize("rate", [-1.0, 1e999])
async def test_a_rate_that_is_none_is_refused(driven: Any, rate: float) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=f'{{"time_ns":1,"rate":{"1e999" if rate > 1 else rate}}}'.encode())

    clock = ExchangeClock("http://sim.test", monotonic=driven.monotonic, transport=httpx.MockTransport(answer))
    with pytest.raises(Unavailable):
        await clock.poll()


def test_more_than_ten_polls_a_second_are_refused() -> None:
    with pytest.raises(ValueError, match="10 polls"):
        ExchangeClock("http://sim.test", poll_interval_s=0.05)


async def test_the_wall_clock_never_goes_back_and_notices_when_it_is_set(driven: Any) -> None:
    times = iter([100, 90, 95, 100, 5 * SECOND_NS])
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    clock = WallClock(wall_ns=lambda: next(times), monotonic_ns=lambda: 0, sleep=nap)
    assert [clock.now_ns(), clock.now_ns(), clock.now_ns()] == [100, 100, 100]
    await clock.wait_until(4 * SECOND_NS)
    assert naps == [1.0]


async def test_a_wall_clock_that_is_set_back_goes_on_at_half_speed_until_it_is_caught_up_with(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wall_s, elapsed_s = 10_000, 0
    clock = WallClock(wall_ns=lambda: wall_s * SECOND_NS, monotonic_ns=lambda: elapsed_s * SECOND_NS)
    seen = [clock.now_ns() // SECOND_NS]
    wall_s -= 100
    for _ in range(30):
        wall_s, elapsed_s = wall_s + 10, elapsed_s + 10
        seen.append(clock.now_ns() // SECOND_NS)
    assert seen[1:4] == [10_005, 10_010, 10_015]
    assert seen == sorted(set(seen)), "time stood still or went back"
    assert seen[-1] == wall_s
    assert [record.getMessage() for record in caplog.records] == [
        "the machine's clock was set back by 90.0 s: time goes at half speed until it is caught up with"
    ]


async def test_an_exchange_clock_that_ran_ahead_waits_for_the_exchange_without_being_asked_on_and_on(
    driven: Any,
) -> None:
    clock = ExchangeClock("http://sim.test", monotonic=driven.monotonic)
    clock._rate = 1000.0
    clock._anchor(1_000 * SECOND_NS)
    clock.observe(1_100 * SECOND_NS)
    clock._anchor(1_050 * SECOND_NS)  # a poll that says less: the clock stands at 1,100
    looks = 0
    running = clock._running_ns

    def look() -> int:
        nonlocal looks
        looks += 1
        return running()

    clock._running_ns = look  # type: ignore[method-assign]
    waiting = asyncio.create_task(clock.wait_until(1_100 * SECOND_NS + 1))
    await asyncio.sleep(0.01)
    waiting.cancel()
    assert looks < 10
    await clock.aclose()
