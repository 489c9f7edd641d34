"""The market stream's watchdog: a local stream that falls mute, a clock moved by hand, and what REST says then."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from adapters.alpaca.test_streams import KEYS, Ears, running, served, welcome
from fakes import HandClock
from websockets.asyncio.server import ServerConnection

from fluxherod.adapters.alpaca.errors import AuthenticationRefused, Unavailable
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.watchdog import FeedWatchdog
from fluxherod.adapters.alpaca.wire import format_time, parse_time
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS, Calendar, Session
from fluxherod.engine.events import BarsReceived, Cause, Event, LinkChanged

OPEN_NS = parse_time("2024-01-02T14:30:00Z")
CLOSE_NS = OPEN_NS + 390 * MINUTE_NS
CALENDAR = Calendar((Session("2024-01-02", OPEN_NS, CLOSE_NS),))


class Clock(HandClock):
    """A clock moved by hand of an exchange that goes by itself."""

    def __init__(self, now_ns: int, rate: float = 1.0) -> None:
        super().__init__(now_ns)
        self.rate = rate


class Rest:
    """The newest minute bar of each symbol, or a problem; `while_asked` happens before it answers."""

    def __init__(self) -> None:
        self.newest: dict[str, int] = {}
        self.problem: Exception | None = None
        self.asked: list[Sequence[str]] = []
        self.while_asked: Any = None

    async def newest_minutes(self, symbols: Sequence[str]) -> dict[str, int]:
        self.asked.append(symbols)
        if self.while_asked is not None:
            await self.while_asked()
        if self.problem is not None:
            raise self.problem
        return self.newest


class Scene:
    """A stream that is up, its server's side, its watchdog, and the hands that move the time."""

    def __init__(self, ears: Ears, clock: Clock, url: str) -> None:
        self.ears = ears
        self.clock = clock
        self.rest = Rest()
        self.stream = MarketStream(url, KEYS, ("SPY", "IBM"), ears.post, clock, sleep=ears.sleep, jitter=lambda: 0.0)
        self.watchdog = FeedWatchdog(
            self.stream, self.rest.newest_minutes, clock, CALENDAR.last_opened, ears.post, sleep=ears.sleep
        )

    async def look_at(self, ns: int) -> None:
        await self.clock.move(ns)
        await self.watchdog.look()

    async def bar(self, server: list[ServerConnection], minute: int, symbol: str = "SPY") -> None:
        await server[-1].send(json.dumps([bar(minute, symbol)]))
        while not isinstance(await self.ears.events.get(), BarsReceived):
            pass


def bar(minute: int, symbol: str = "SPY") -> dict[str, Any]:
    return {"T": "b", "S": symbol, "o": 1, "h": 2, "l": 1, "c": 1, "v": 1, "t": format_time(start_of(minute))}


def start_of(minute: int) -> int:
    return OPEN_NS + minute * MINUTE_NS


@asynccontextmanager
async def scene(now_ns: int = OPEN_NS - MINUTE_NS, rate: float = 1.0) -> AsyncIterator[tuple[Scene, list[Any]]]:
    sockets: list[ServerConnection] = []

    async def talk(socket: ServerConnection) -> None:
        await welcome(socket)
        sockets.append(socket)
        await socket.wait_closed()

    async with served(talk) as (url, _):
        there = Scene(Ears(), Clock(now_ns, rate), url)
        async with running(there.stream):
            await there.ears.hear(1)
            yield there, sockets


async def test_a_mute_stream_is_found_a_minute_after_a_bar_was_due_and_connected_anew() -> None:
    async with scene() as (there, server):
        await there.clock.move(start_of(1))
        await there.bar(server, 0)
        there.rest.newest = {"SPY": start_of(1), "IBM": start_of(0)}
        await there.look_at(start_of(3) + SECOND_NS)
        assert there.rest.asked == []  # the bar was due at its end, start_of(2), and is a minute late a little later
        await there.look_at(start_of(3) + 3 * SECOND_NS)
        down, up = await there.ears.hear(2)
        assert there.rest.asked == [["IBM", "SPY"]]
        assert isinstance(down, LinkChanged)
        assert (down.up, down.fatal, down.cause, up) == (False, False, Cause.STALE, LinkChanged("market", True))
        assert "brought no bar since the minute that ended at 09:31 ET" in down.detail
        assert "one of SPY that ended at 09:32 ET" in down.detail
        assert (len(server), there.watchdog.alarms) == (2, 1)


async def test_a_stream_that_never_brought_a_bar_is_found_too() -> None:
    async with scene() as (there, _):
        there.rest.newest = {"SPY": start_of(0)}
        await there.look_at(start_of(2) + 3 * SECOND_NS)
        (down,) = await there.ears.hear(1)
        assert isinstance(down, LinkChanged)
        assert "brought no bar yet" in down.detail


async def test_after_it_has_connected_anew_only_later_bars_are_missed() -> None:
    async with scene() as (there, server):
        there.rest.newest = {"SPY": start_of(0)}
        await there.look_at(start_of(2) + 3 * SECOND_NS)
        await there.ears.hear(2)
        await there.look_at(start_of(4) + 5 * SECOND_NS)
        assert (there.watchdog.asked, there.watchdog.alarms, len(server)) == (2, 1, 2)


async def test_a_quiet_market_is_no_alarm_and_is_asked_about_once_a_minute_at_most() -> None:
    async with scene() as (there, server):
        await there.clock.move(start_of(1))
        await there.bar(server, 0)
        there.rest.newest = {"SPY": start_of(0)}
        for second in range(0, 601, 5):
            await there.look_at(start_of(1) + second * SECOND_NS)
        assert there.ears.events.empty()
        assert 4 <= len(there.rest.asked) <= 10
        assert not there.stream.stale


async def test_a_stream_that_speaks_is_never_asked_about() -> None:
    async with scene() as (there, server):
        for minute in range(5):
            await there.look_at(start_of(minute + 1) + SECOND_NS)
            await there.bar(server, minute)
            await there.look_at(start_of(minute + 1) + 59 * SECOND_NS)
        assert there.rest.asked == []


async def test_a_bar_that_comes_while_rest_is_asked_is_proof_enough() -> None:
    async with scene() as (there, server):
        there.rest.newest = {"SPY": start_of(0)}
        there.rest.while_asked = lambda: there.bar(server, 0)
        await there.look_at(start_of(2) + 3 * SECOND_NS)
        assert (there.watchdog.asked, there.watchdog.alarms, len(server)) == (1, 0, 1)


async def test_a_mute_stream_of_an_exchange_that_is_faster_than_its_messages_is_found() -> None:
    async with scene(rate=2_000.0) as (there, _):  # 250 ms of the wall's time are 500 s there
        for minute in (12, 14, 16, 18):
            there.rest.newest = {"SPY": start_of(minute - 1)}
            await there.look_at(start_of(minute) + SECOND_NS)
            assert there.watchdog.alarms == 0
        there.rest.newest = {"SPY": start_of(20)}
        await there.look_at(start_of(21) + SECOND_NS)
        assert there.watchdog.alarms == 1


async def test_the_newest_bar_of_all_may_still_be_on_its_way() -> None:
    async with scene() as (there, _):
        there.rest.newest = {"SPY": start_of(3)}
        await there.look_at(start_of(4) + SECOND_NS)
        assert there.watchdog.alarms == 0
        await there.look_at(start_of(4) + 6 * SECOND_NS)
        assert there.watchdog.alarms == 1


@pytest.mark.parametrize("now_ns", [OPEN_NS - 3600 * SECOND_NS, OPEN_NS + 90 * SECOND_NS, CLOSE_NS + 3600 * SECOND_NS])
async def test_outside_the_session_and_in_its_first_minutes_nothing_is_due(now_ns: int) -> None:
    async with scene(now_ns - 1) as (there, _):
        there.rest.newest = {"SPY": start_of(700)}
        await there.look_at(now_ns)
        assert there.rest.asked == []


async def test_a_stream_that_falls_mute_in_the_last_minute_of_the_session_is_found_after_the_close() -> None:
    async with scene() as (there, server):
        await there.clock.move(start_of(389))
        await there.bar(server, 388)
        there.rest.newest = {"SPY": start_of(389)}
        await there.look_at(CLOSE_NS + 63 * SECOND_NS)
        assert there.watchdog.alarms == 1


async def test_a_bar_from_after_hours_is_not_one_that_was_missed() -> None:
    async with scene() as (there, server):
        await there.clock.move(start_of(389))
        await there.bar(server, 388)
        there.rest.newest = {"SPY": start_of(390)}
        for minutes in range(2, 60):
            await there.look_at(CLOSE_NS + minutes * MINUTE_NS)
        assert (there.watchdog.asked, there.watchdog.alarms) == (1, 0)


async def test_an_exchange_that_is_stepped_by_hand_is_never_late() -> None:
    async with scene(rate=0.0) as (there, _):
        there.rest.newest = {"SPY": start_of(0)}
        await there.look_at(start_of(300))
        assert there.rest.asked == []


async def test_at_a_fast_exchange_what_is_late_on_the_wire_is_later_in_its_time() -> None:
    async with scene(rate=600.0) as (there, _):  # a quarter of a second of the wall is 150 s
        there.rest.newest = {"SPY": start_of(0)}
        await there.look_at(start_of(2) + 150 * SECOND_NS)
        assert there.rest.asked == []
        await there.look_at(start_of(2) + 152 * SECOND_NS)
        assert there.watchdog.alarms == 1


async def test_a_bar_with_a_stamp_from_the_future_does_not_keep_the_watchdog_quiet() -> None:
    class Wall(Clock):
        def observe(self, ns: int) -> None:
            """As at Alpaca: only `move` moves it."""

        async def move(self, ns: int) -> None:
            self._now_ns = ns

    async with scene() as (there, server):
        there.clock = wall = Wall(start_of(1))
        there.stream._clock = there.watchdog._clock = wall
        await there.bar(server, 300)
        there.rest.newest = {"SPY": start_of(1)}
        await there.look_at(start_of(3) + 3 * SECOND_NS)
        assert there.watchdog.alarms == 1


async def test_while_rest_does_not_answer_the_stream_counts_as_stale_and_is_left_alone() -> None:
    async with scene() as (there, server):
        there.rest.problem = Unavailable("no answer within 10 s")
        await there.look_at(start_of(2) + 3 * SECOND_NS)
        assert (there.stream.stale, len(server)) == (True, 1)
        await there.look_at(start_of(2) + 30 * SECOND_NS)
        assert there.watchdog.asked == 1
        await there.bar(server, 1)
        assert not there.stream.stale


async def test_refused_keys_are_told_and_end_the_watch() -> None:
    async with scene() as (there, _):
        there.rest.problem = AuthenticationRefused("HTTP 401: unauthorized.")
        watching = asyncio.create_task(there.watchdog.run())
        while not there.rest.asked:
            await there.clock.move(there.clock.now_ns() + 5 * SECOND_NS)
            await asyncio.sleep(0)
        await watching
        told: list[Event] = await there.ears.hear(1)
        refused = LinkChanged("data", False, "HTTP 401: unauthorized.", fatal=True, cause=Cause.CREDENTIALS)
        assert told == [refused]
