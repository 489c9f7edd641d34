"""Finds a market stream that is connected and mute: when bars are due and none comes, REST is asked whether there are.

Pings find a connection whose other end is gone; this finds one whose other end answers pings and sends nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from fluxherod.adapters.alpaca.errors import AlpacaError
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS, Session, new_york
from fluxherod.engine.events import Cause, Event, LinkChanged
from fluxherod.engine.ports import Clock, DataRefused

log = logging.getLogger(__name__)

PATIENCE_NS = 60 * SECOND_NS
# A minute's bar is due so long after its end, over the stream and over REST.
DELIVERY_NS = 2 * SECOND_NS
ASK_AGAIN_NS = MINUTE_NS
LOOK_EVERY_NS = 5 * SECOND_NS
# What a message may be late on this machine; times the exchange's rate it is exchange time.
WALL_LATENCY_S = 0.25


class FeedWatchdog:
    """Watches one market stream by its bars, the one message that is due every minute of a session.

    Args:
        stream: what is watched; it is made to reconnect when REST has bars that it has not brought.
        newest_minutes: asks REST when the newest minute bar of each symbol began.
        clock: trading time. While its rate is 0 the exchange is stepped by hand, and nothing is ever late.
        session: the newest session that has opened by a time.
        post: takes the event that the credentials are refused.
        least_pause_s: wall time between two looks, for an exchange that is faster than the wall.
    """

    def __init__(
        self,
        stream: MarketStream,
        newest_minutes: Callable[[Sequence[str]], Awaitable[Mapping[str, int]]],
        clock: Clock,
        session: Callable[[int], Session | None],
        post: Callable[[Event], None],
        *,
        least_pause_s: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.asked = 0
        self.alarms = 0
        self._stream = stream
        self._newest_minutes = newest_minutes
        self._clock = clock
        self._session = session
        self._post = post
        self._least_pause_s = least_pause_s
        self._sleep = sleep
        self._quiet_through_ns = 0  # REST has no bar either that the stream has not brought
        self._awaited: dict[str, int] = {}  # ends of bars that REST has, and the stream has not brought
        self._ask_again_ns = 0
        self._refused = False

    async def run(self) -> None:
        """Look every 5 s of trading time; ends when the credentials are refused, or when cancelled."""
        while not self._refused:
            await self._clock.wait_until(self._clock.now_ns() + LOOK_EVERY_NS)
            await self._sleep(self._least_pause_s)
            await self.look()

    async def look(self) -> None:
        """Ask REST when bars are overdue, and have the stream reconnect when it lacks some."""
        asked_ns = self._clock.now_ns()
        if asked_ns < self._ask_again_ns or not self._overdue(asked_ns):
            return
        self._ask_again_ns = asked_ns + ASK_AGAIN_NS
        self.asked += 1
        known = (self._stream.bars_end_ns, self._stream.up_ns)
        try:
            newest = await self._newest_minutes(sorted(self._stream.followed))
        except AlpacaError as problem:
            self._unanswered(problem)
            return
        if self._stream.link.up and known == (self._stream.bars_end_ns, self._stream.up_ns):
            self._judge(newest, asked_ns)

    def _overdue(self, now_ns: int) -> bool:
        """True when a bar that should have come by now is more than a minute late."""
        session = self._session(now_ns)
        if session is None or self._clock.rate == 0 or not self._stream.link.up or not self._stream.followed:
            return False
        seen_ns = max(self._stream.bars_end_ns, self._stream.up_ns, self._quiet_through_ns, session.open_ns)
        due_ns = seen_ns - seen_ns % MINUTE_NS + MINUTE_NS
        return due_ns <= session.close_ns and due_ns + PATIENCE_NS <= self._delivered_ns(now_ns)

    def _delivered_ns(self, now_ns: int) -> int:
        """Bars that ended by then must have arrived."""
        return now_ns - DELIVERY_NS - int(WALL_LATENCY_S * self._clock.rate * SECOND_NS)

    def _judge(self, newest: Mapping[str, int], asked_ns: int) -> None:
        delivered_ns = self._delivered_ns(asked_ns)
        brought_ns = max(self._stream.bars_end_ns, self._stream.up_ns)
        ends_ns = {symbol: start_ns + MINUTE_NS for symbol, start_ns in newest.items() if self._in_session(start_ns)}
        # The first that was told is kept: at a fast exchange the newest may be on its way whenever REST is asked.
        awaited = {symbol: end_ns for symbol, end_ns in self._awaited.items() if end_ns > brought_ns}
        self._awaited = {symbol: end_ns for symbol, end_ns in (ends_ns | awaited).items() if end_ns > brought_ns}
        lacking = {symbol: end_ns for symbol, end_ns in self._awaited.items() if end_ns <= delivered_ns}
        if lacking:
            self.alarms += 1
            self._stream.reconnect(_sentence(lacking, self._stream.bars_end_ns))
        elif self._awaited:
            self._ask_again_ns = asked_ns + LOOK_EVERY_NS
        else:
            log.info("no bar has come for a minute, and REST has none either: the market is quiet")
            self._stream.stale, self._quiet_through_ns = False, delivered_ns

    def _in_session(self, start_ns: int) -> bool:
        session = self._session(start_ns)
        return session is not None and start_ns < session.close_ns

    def _unanswered(self, problem: AlpacaError) -> None:
        """Nobody can say whether the market is quiet or the stream mute: shown as stale until somebody does."""
        self._stream.stale = True
        log.warning("no bar has come for a minute, and REST can't be asked whether there are any: %s", problem)
        if isinstance(problem, DataRefused) and problem.credentials:
            self._refused = True
            self._post(LinkChanged("data", False, str(problem), fatal=True, cause=Cause.CREDENTIALS))


def _sentence(lacking: Mapping[str, int], bars_end_ns: int) -> str:
    symbol = max(lacking, key=lacking.__getitem__)
    last = f"since the minute that ended at {new_york(bars_end_ns):%H:%M} ET" if bars_end_ns else "yet"
    found = f"one of {symbol} that ended at {new_york(lacking[symbol]):%H:%M} ET"
    return f"the market stream is connected and mute: it brought no bar {last}, and REST has {found}"
