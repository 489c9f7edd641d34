"""The daemon's status: state, session, connections, progress."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Iterable
from importlib import metadata

from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import system_pb2
from fluxherod.core.calendar import HOUR_NS, new_york_day
from fluxherod.core.orders import OrderState
from fluxherod.core.words import some_of
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.streams.hub import Hub
from fluxherod.rpc.convert import duration, optional_timestamp, timestamp
from fluxherod.rpc.info import DaemonInfo, MarketCounters, TradeCounters
from fluxherod.rpc.live import Live
from fluxherod.rpc.today import Today

log = logging.getLogger(__name__)

_MODES = {
    "paper": system_pb2.TRADING_MODE_PAPER,
    "live": system_pb2.TRADING_MODE_LIVE,
    "demo": system_pb2.TRADING_MODE_DEMO,
}
_STATES = {
    "STARTING": system_pb2.TRADING_STATE_STARTING,
    "WARMING": system_pb2.TRADING_STATE_WARMING,
    "ACTIVE": system_pb2.TRADING_STATE_ACTIVE,
    "DEGRADED": system_pb2.TRADING_STATE_DEGRADED,
    "HALTED": system_pb2.TRADING_STATE_HALTED,
    "STOPPING": system_pb2.TRADING_STATE_STOPPING,
}
_LIBRARIES = ("grpcio", "protobuf", "numba", "numpy")
_EXTENDED_HOURS_NS = 5 * HOUR_NS + HOUR_NS // 2
# What of a feed merely counts or grows old.
_COUNTS = ("last_message_at", "age", "frames", "bars", "revised_bars", "quotes", "trade_updates")


class StatusReader:
    """Puts the status together; answers from the first moment on."""

    def __init__(self, live: Live, hub: Hub, info: DaemonInfo, today: Today) -> None:
        self._live = live
        self._today = today
        self._hub = hub
        self._info = info
        self._started_ns = time.time_ns()
        self._uncounted = ""  # why, as it was logged last
        self._versions = {name: metadata.version(name) for name in _LIBRARIES} | {"python": platform.python_version()}

    async def read(self) -> system_pb2.Status:
        """The status now, its counts of today too."""
        await self.count()
        return self.message()

    def health(self) -> system_pb2.Status:
        """State, version and parts alone: quickly, however many symbols there are, as strangers may ask."""
        status = system_pb2.Status(state=system_pb2.TRADING_STATE_STARTING, version=self._info.version)
        if self._live.started:
            status.state = _STATES[self._live.engine.state]
            status.parts.extend(self._parts(self._live.now_ns))
        return status

    async def count(self) -> bool:
        """Count today's signals and trades; True when they are others than before.

        On a damaged database the status says the rest all the same.
        """
        if self._live.runner.committing.fault:
            return False  # the tables may hang with the disk: then the counts are older ones
        today = self._today
        before = today.signals, today.trades
        try:
            await today.refresh()
        except Exception as error:
            if (text := str(error)) != self._uncounted:
                log.warning("signals and trades of today can't be counted: %s", text)
            self._uncounted = text
        return before != (today.signals, today.trades)

    def standing(self) -> system_pb2.Status:
        """What people and programs act on: state, session, feeds, parts; without what counts or grows old."""
        status = system_pb2.Status()
        if self._live.started:
            self._stand(status, self._live.now_ns)
        for feed in status.feeds:
            for name in _COUNTS:
                feed.ClearField(name)
        return status

    def message(self) -> system_pb2.Status:
        """The status now; its counts of today are those of the last `count`."""
        now_ns = self._live.now_ns
        uptime_ns = time.time_ns() - self._started_ns
        status = system_pb2.Status(
            mode=_MODES[self._info.config.daemon.mode],
            state=system_pb2.TRADING_STATE_STARTING,
            version=self._info.version,
            versions=self._versions,
            started_at=timestamp(self._started_ns),
            uptime=duration(uptime_ns),
            clock=system_pb2.TradingClock(time=timestamp(now_ns), rate=self._live.runner.clock.rate),
            progress=self._progress(now_ns),
        )
        if not self._live.started:
            status.state_detail = "the journal is being read"
            return status
        engine = self._live.engine
        self._stand(status, now_ns)
        status.run = engine.run
        status.symbols.extend(engine.settings.symbols)
        status.timeframe = engine.settings.timeframe
        status.counts.CopyFrom(self._counts())
        return status

    def _stand(self, status: system_pb2.Status, now_ns: int) -> None:
        status.state = _STATES[self._live.engine.state]
        status.state_detail = self.detail(now_ns)
        status.session.CopyFrom(self._session(now_ns))
        status.feeds.extend((self._market_feed(now_ns), self._trading_feed(now_ns), *self._rest_feed()))
        status.parts.extend(self._parts(now_ns))

    def detail(self, now_ns: int) -> str:
        """Why no new risk is taken, or less, in words; "" when nothing is in the way."""
        engine = self._live.engine
        if fault := engine.storage.blocked():
            return fault  # it says of nothing else whether that lasts
        if engine.state == "ACTIVE":
            return engine.blocked(now_ns) or engine.safety.reduction
        if engine.state == "WARMING":
            return f"history is being loaded: {some_of(engine.warming)}"
        return engine.blocked(now_ns) or engine.stopping

    def _progress(self, now_ns: int) -> system_pb2.Progress:
        runner = self._live.runner
        progress = system_pb2.Progress(
            epoch=self._info.epoch,
            journal_seq=runner.committed_seq,
            # What is not durable yet has not been carried out, so it still counts as waiting.
            events_queued=runner.queued + runner.seq - runner.committed_seq,
            requests_in_flight=runner.requests_in_flight,
        )
        if self._live.started:
            engine = self._live.engine
            deadline_ns = engine.next_deadline_ns()
            progress.events_queued += deadline_ns is not None and deadline_ns <= now_ns
            books = engine.market.books.values()
            _set(progress.last_minute, max((book.newest_minute_ns for book in books), default=0))
            _set(progress.last_bar_time, _last_bar_ns(books))
        return progress

    def _session(self, now_ns: int) -> system_pb2.Session:
        calendar = self._live.engine.market.calendar
        last, following = calendar.last_opened(now_ns), calendar.following(now_ns)
        session = system_pb2.Session(
            phase=self._phase(now_ns), next_open_time=optional_timestamp(following.open_ns) if following else None
        )
        if last is not None:
            session.date = last.day
            session.open_time.CopyFrom(timestamp(last.open_ns))
            session.close_time.CopyFrom(timestamp(last.close_ns))
        return session

    def _phase(self, now_ns: int) -> system_pb2.SessionPhase:
        calendar = self._live.engine.market.calendar
        if calendar.at(now_ns) is not None:
            return system_pb2.SESSION_PHASE_REGULAR
        last, following = calendar.last_opened(now_ns), calendar.following(now_ns)
        day = new_york_day(now_ns)
        if following is not None and following.day == day and following.open_ns - now_ns <= _EXTENDED_HOURS_NS:
            return system_pb2.SESSION_PHASE_PRE_MARKET
        if last is not None and last.day == day and now_ns - last.close_ns < 4 * HOUR_NS:
            return system_pb2.SESSION_PHASE_AFTER_HOURS
        return system_pb2.SESSION_PHASE_CLOSED

    def _feed(self, name: str, counters: MarketCounters | TradeCounters, now_ns: int) -> system_pb2.Feed:
        change = self._live.engine.links.get(name)
        feed = system_pb2.Feed(
            name=name,
            up=change is not None and change.up,
            detail="not connected yet" if change is None else ("" if change.up else change.detail),
            fatal=change is not None and change.fatal,
            reconnects=max(0, counters.link.connects - 1),
            frames=counters.frames,
        )
        if counters.last_message_ns:
            feed.last_message_at.CopyFrom(timestamp(counters.last_message_ns))
            feed.age.CopyFrom(duration(max(0, now_ns - counters.last_message_ns)))
        return feed

    def _market_feed(self, now_ns: int) -> system_pb2.Feed:
        counters = self._info.market
        feed = self._feed("market", counters, now_ns)
        feed.bars, feed.revised_bars, feed.quotes = counters.bars, counters.revisions, counters.quotes
        feed.stale = counters.stale
        return feed

    def _trading_feed(self, now_ns: int) -> system_pb2.Feed:
        feed = self._feed("trading", self._info.trades, now_ns)
        feed.trade_updates = self._info.trades.updates
        return feed

    def _rest_feed(self) -> list[system_pb2.Feed]:
        """The broker's host, while it does not answer."""
        change = self._live.engine.links.get("rest")
        if change is None or change.up:
            return []
        return [system_pb2.Feed(name="rest", detail=change.detail, fatal=change.fatal)]

    def _parts(self, now_ns: int) -> list[system_pb2.Part]:
        engine = self._live.engine
        account = "" if engine.ledger.account is not None else "the account has not been read yet"
        calendar = "" if engine.market.calendar.sessions else "the calendar has not been read yet"
        names = engine.warming
        warming = f"history is being loaded: {some_of(names)}" if names else ""
        details = {
            "broker": engine.refused or self._lost("trading") or account,
            "market_data": self._lost("market") or self._mute() or calendar,
            "strategy": warming or engine.blocked(now_ns),
            "journal": self._live.runner.committing.fault,
        }
        return [system_pb2.Part(name=name, ready=not detail, detail=detail) for name, detail in details.items()]

    def _lost(self, stream: str) -> str:
        change = self._live.engine.links.get(stream)
        if change is not None and change.up:
            return ""
        return f"no {stream} connection" + (f": {change.detail}" if change is not None and change.fatal else "")

    def _mute(self) -> str:
        data = self._live.engine.links.get("data")
        if data is not None and data.fatal:
            return f"market data can't be loaded: {data.detail}"
        return "bars are overdue, and REST can't say whether there are any" if self._info.market.stale else ""

    def _counts(self) -> system_pb2.Counts:
        engine = self._live.engine
        live = list(engine.desk.live())
        return system_pb2.Counts(
            open_positions=len(engine.ledger.positions),
            foreign_positions=len(engine.ledger.foreign),
            open_orders=len(live),
            unknown_orders=sum(order.state is OrderState.UNKNOWN for order in live),
            signals_today=self._today.signals,
            trades_today=self._today.trades,
            open_alerts=len(engine.alerts.open),
            rejected_bars=sum(book.rejected for book in engine.market.books.values() if book.rejections),
            subscribers=self._hub.subscribers,
        )


def _last_bar_ns(books: Iterable[SymbolBook]) -> int:
    """When the newest bar ended, 0 without one; of thousands of symbols nearly none is asked for its bars."""
    newest_ns = 0
    for book in books:
        if book.decided_through_ns > newest_ns and book.closed:
            newest_ns = max(newest_ns, book.closed.end_ns(len(book.closed) - 1))
    return newest_ns


def _set(field: Timestamp, ns: int) -> None:
    if ns > 0:
        field.CopyFrom(timestamp(ns))
