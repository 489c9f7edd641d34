"""How far the machine's clock is off, by the Date headers of REST's answers, and what waits because of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from adapters.alpaca.test_market_data import Server, at

from fluxherod.adapters.alpaca.clock import ClockOffset
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import Priority, RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.core.calendar import SECOND_NS
from fluxherod.engine.effects import RequestHistory
from fluxherod.engine.events import Event, LinkChanged


class Machine:
    """A machine whose clock is `ahead_s` off the true time; an answer takes `trip_s`, its header is made half-way."""

    def __init__(self, true_ns: int, ahead_s: float) -> None:
        self.true_ns = true_ns
        self.ahead_s = ahead_s
        self.trip_s = 0.04
        self.naps: list[float] = []
        self.events: list[Event] = []
        self.offset = ClockOffset(self.now_ns, self.events.append, sleep=self.sleep)

    def now_ns(self) -> int:
        return self.true_ns + int(self.ahead_s * SECOND_NS)

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.true_ns += int(seconds * SECOND_NS)
        await asyncio.sleep(0)

    def date(self) -> str:
        self.true_ns += int(self.trip_s / 2 * SECOND_NS)
        return format_datetime(datetime.fromtimestamp(self.true_ns // SECOND_NS, UTC), usegmt=True)

    def answer(self, count: int = 8, every_s: float = 1.13) -> None:
        """Some answers, at different fractions of a second."""
        for _ in range(count):
            self.true_ns += int(every_s * SECOND_NS)
            sent_ns = self.now_ns()
            date = self.date()
            self.true_ns += int(self.trip_s / 2 * SECOND_NS)
            self.offset.heard(date, sent_ns)

    @property
    def told(self) -> list[bool]:
        return [event.up for event in self.events if isinstance(event, LinkChanged) and event.link == "clock"]


NOON = at("2024-12-02T12:00")


@pytest.mark.parametrize("ahead_s", [-40.0, -3.0, -0.6, 0.0, 0.6, 3.0, 40.0])
def test_the_offset_is_found_to_a_fraction_of_a_second_and_never_said_too_large(ahead_s: float) -> None:
    machine = Machine(NOON, ahead_s)
    machine.answer()
    found_s = machine.offset.offset_ns / SECOND_NS
    assert abs(found_s) <= abs(ahead_s)
    assert found_s == pytest.approx(ahead_s, abs=0.45)


@pytest.mark.parametrize(("ahead_s", "direction"), [(3.4, "ahead of"), (-3.4, "behind")])
def test_a_clock_that_is_off_is_told_once_with_how_far_and_once_more_when_it_is_mended(
    ahead_s: float, direction: str
) -> None:
    machine = Machine(NOON, ahead_s)
    machine.answer(30)
    (event,) = machine.events
    assert isinstance(event, LinkChanged)
    assert (event.link, event.up) == ("clock", False)
    said = re.fullmatch(rf"The machine's clock is at least (\S+) s {direction} the exchange's", event.detail)
    assert said is not None
    assert float(said[1]) == pytest.approx(3.0, abs=0.45)
    machine.ahead_s = 0.1
    machine.answer(30)
    assert machine.told == [False, True]


def test_a_clock_that_is_right_is_never_told_however_slow_the_answers() -> None:
    machine = Machine(NOON, 0.0)
    for machine.trip_s in (0.01, 0.3, 2.0, 9.0, 0.01, 9.0):
        machine.answer(9)
        assert machine.offset.offset_ns == 0
    assert machine.events == []


def test_one_answer_with_a_wrong_date_is_no_proof_and_neither_are_dates_that_are_none() -> None:
    machine = Machine(NOON, 0.0)
    machine.answer()
    machine.offset.heard("Mon, 02 Dec 2024 16:00:00 GMT", machine.now_ns())
    for text in ("", "soon", "Mon, 02 Dec 2024 16:00:00", "Mon, 02 Dec 99999999999999999999 16:00:00 GMT", "\0", "0"):
        for _ in range(3):
            machine.offset.heard(text, machine.now_ns())
    assert machine.offset.offset_ns == 0
    assert machine.events == []


async def test_a_clock_that_is_far_ahead_is_waited_for_30_s_and_one_that_is_right_or_behind_not_at_all() -> None:
    for ahead_s, slept_s in ((3600.0, 30.0), (0.0, 0.0), (-5.0, 0.0)):
        machine = Machine(NOON, ahead_s)
        machine.answer()
        machine.naps.clear()
        await machine.offset.reached(machine.now_ns())
        assert sum(machine.naps) == pytest.approx(slept_s)


async def test_a_clock_that_is_set_right_meanwhile_ends_the_wait() -> None:
    machine = Machine(NOON, 20.0)
    machine.answer()
    waiting = asyncio.create_task(machine.offset.reached(machine.now_ns()))
    await asyncio.sleep(0)
    machine.ahead_s = 0.0
    machine.answer()
    await waiting
    assert sum(machine.naps) <= 2.0


@pytest.fixture
def port(driven: Any) -> Callable[..., AlpacaMarketData]:
    """Market data whose server dates its answers with the true time of a machine, and is told when it was asked."""

    def build(machine: Machine, asked: list[int]) -> AlpacaMarketData:
        server = Server()

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v2/stocks/bars":
                asked.append(machine.true_ns)
            response = server(request)
            response.headers["Date"] = machine.date()
            return response

        rest = RestClient(
            "http://alpaca.test",
            Credentials("key", "secret"),
            RateLimiter(monotonic=driven.monotonic, sleep=driven.sleep),
            transport=httpx.MockTransport(answer),
            sleep=driven.sleep,
            dates=machine.offset,
        )
        return AlpacaMarketData(rest, rest, settle_s=2.0, reached=machine.offset.reached, sleep=machine.sleep)

    return build


async def test_a_fast_clock_asks_for_no_minute_and_no_bar_that_is_still_running(
    port: Callable[..., AlpacaMarketData],
) -> None:
    machine, asked = Machine(NOON - 4 * SECOND_NS, 4.5), list[int]()
    data = port(machine, asked)
    machine.true_ns -= 60 * SECOND_NS
    for _ in range(8):
        await data._trading.get("/v2/calendar", Priority.DATA, {"start": "2024-12-02", "end": "2024-12-02"})
        machine.true_ns += 1_130_000_000
    assert machine.offset.offset_ns > 4 * SECOND_NS
    machine.true_ns = NOON - 4 * SECOND_NS
    filled = await data.backfill(["SPY"], at("2024-12-02T11:58"), machine.now_ns())
    assert filled.through_ns == NOON
    assert asked[0] >= NOON + 1_500_000_000  # settled, but for what the headers leave open
    machine.true_ns = NOON - 2 * SECOND_NS
    asked.clear()
    (history,) = await data.history(RequestHistory(("SPY",), "1Hour", 5), machine.now_ns())
    assert (history.through_ns, history.bars[-1].start_ns) == (NOON, at("2024-12-02T11:00"))
    assert asked[0] >= NOON + 1_500_000_000
