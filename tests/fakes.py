"""The runner's ports in memory: a clock moved by hand, a store that is its own reader, a broker, prices."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fluxherod.adapters.sqlite.journal import encode_row, genesis, link
from fluxherod.adapters.sqlite.reader import JournalRecord
from fluxherod.core.calendar import MINUTE_NS, NEW_YORK, Session, from_datetime
from fluxherod.core.orders import Order
from fluxherod.core.portfolio import Trade
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.signals import Signal
from fluxherod.core.types import (
    AssetInfo,
    Bar,
    BrokerAccount,
    BrokerOrder,
    BrokerPosition,
    BrokerStatus,
    Execution,
    OrderType,
)
from fluxherod.engine.effects import (
    AccountUpdated,
    AccountView,
    Alert,
    AlertUpdated,
    OrderUpdated,
    RequestHistory,
    SignalUpdated,
    TradeUpdated,
)
from fluxherod.engine.events import (
    AssetsLoaded,
    BackfillLoaded,
    BrokerSnapshot,
    CalendarLoaded,
    CancelAnswered,
    HistoryLoaded,
    LookupAnswered,
    OrderReported,
    ReplaceAnswered,
    SplitsLoaded,
    SubmitAnswered,
)
from fluxherod.engine.ports import JournalEntry, StoreFailed

SYMBOLS = ("SPY", "IBM")
OPEN_NS = from_datetime(datetime(2024, 1, 2, 14, 30, tzinfo=UTC))
CASH_E4 = 100_000 * 10_000


class HandClock:
    """Trading time that moves when it is told to."""

    rate = 0.0

    def __init__(self, now_ns: int) -> None:
        self._now_ns = now_ns
        self._moved = asyncio.Condition()

    def now_ns(self) -> int:
        return self._now_ns

    def observe(self, ns: int) -> None:
        self._now_ns = max(self._now_ns, ns)

    async def move(self, ns: int) -> None:
        async with self._moved:
            self.observe(ns)
            self._moved.notify_all()

    async def wait_until(self, ns: int) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self._now_ns >= ns)


@dataclass(frozen=True)
class Page:
    items: tuple[Any, ...]
    next_token: str = ""


@dataclass(frozen=True)
class Change:
    seq: int
    now_ns: int
    event: str
    state: Any
    filled_quantity: int
    filled_value_e4: int
    reason: str


@dataclass(frozen=True)
class Point:
    now_ns: int
    account: AccountView


@dataclass
class MemoryStore:
    """The journal's store and the tables' reader in one. `durable` lets commits end, `fault` is why they fail.

    `readable` lets trades be read.
    """

    entries: list[JournalEntry] = field(default_factory=list)
    order_rows: dict[str, Order] = field(default_factory=dict)
    changes: list[tuple[str, Change]] = field(default_factory=list)
    signal_seqs: dict[str, int] = field(default_factory=dict)
    signal_rows: dict[str, Signal] = field(default_factory=dict)
    trade_rows: dict[str, Trade] = field(default_factory=dict)
    alert_rows: dict[str, Alert] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    durable: asyncio.Event = field(default_factory=asyncio.Event)
    readable: asyncio.Event = field(default_factory=asyncio.Event)
    broken: Exception | None = None
    fault: str = ""

    def __post_init__(self) -> None:
        self.durable.set()
        self.readable.set()

    async def append(self, entries: Sequence[JournalEntry]) -> None:
        await self.durable.wait()
        self._fail()
        for entry in entries:
            self.entries.append(entry)
            for effect in entry.effects:
                self._project(entry, effect)

    def _fail(self) -> None:
        if self.fault:
            raise StoreFailed(self.fault)

    async def reopen(self) -> int:
        self._fail()
        return self.entries[-1].seq if self.entries else 0

    def _project(self, entry: JournalEntry, effect: Any) -> None:
        match effect:
            case OrderUpdated(order, event):
                self.order_rows[order.id] = order
                change = Change(
                    entry.seq,
                    entry.now_ns,
                    event,
                    order.state,
                    order.filled_quantity,
                    order.filled_value_e4,
                    order.reason,
                )
                self.changes.append((order.id, change))
            case SignalUpdated(signal):
                self.signal_rows[signal.id] = signal
                self.signal_seqs[signal.id] = entry.seq
            case TradeUpdated(trade):
                self.trade_rows[trade.id] = trade
            case AccountUpdated(account, True):
                self.points.append(Point(entry.now_ns, account))
            case AlertUpdated(alert):
                self.alert_rows[alert.id] = alert

    def _page(self, items: Sequence[Any], page_size: int, page_token: str) -> Page:
        if self.broken is not None:
            raise self.broken
        start = int(page_token or 0)
        rest = list(reversed(items))[start:]
        more = len(rest) > page_size
        return Page(tuple(rest[:page_size]), str(start + page_size) if more else "")

    async def orders(
        self,
        *,
        symbol: Any = None,
        states: Any = (),
        since_ns: Any = None,
        until_ns: Any = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page:
        rows = [
            row
            for row in self.order_rows.values()
            if symbol in (None, row.symbol)
            and (not states or row.state in states)
            and _within(row.created_ns, since_ns, until_ns)
        ]
        return self._page(rows, page_size, page_token)

    async def order(self, order_id: str, /, *, since_ns: int = 0) -> Order | None:
        return self.order_rows.get(order_id)

    async def order_events(self, order_id: str, /, *, page_size: int = 100, page_token: str = "") -> Page:
        return self._page([change for name, change in self.changes if name == order_id], page_size, page_token)

    async def signals(
        self,
        *,
        symbol: Any = None,
        outcome: Any = None,
        since_ns: Any = None,
        until_ns: Any = None,
        until_seq: Any = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page:
        rows = [
            row
            for row in self.signal_rows.values()
            if symbol in (None, row.symbol)
            and outcome in (None, row.outcome)
            and (until_seq is None or self.signal_seqs[row.id] <= until_seq)
            and _within(row.decided_ns, since_ns, until_ns)
        ]
        return self._page(rows, page_size, page_token)

    async def signal(self, signal_id: str, /) -> Signal | None:
        return self.signal_rows.get(signal_id)

    async def trades(
        self,
        *,
        symbol: Any = None,
        closed: Any = None,
        since_ns: Any = None,
        until_ns: Any = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page:
        await self.readable.wait()
        rows = [
            row
            for row in self.trade_rows.values()
            if symbol in (None, row.symbol)
            and closed in (None, row.closed)
            and _within(row.opened_ns, since_ns, until_ns)
        ]
        return self._page(rows, page_size, page_token)

    async def trade(self, trade_id: str, /, *, since_ns: int = 0) -> Trade | None:
        return self.trade_rows.get(trade_id)

    async def equity_curve(
        self, *, since_ns: Any = None, until_ns: Any = None, page_size: int = 100, page_token: str = ""
    ) -> Page:
        return self._page(
            [row for row in self.points if _within(row.now_ns, since_ns, until_ns)], page_size, page_token
        )

    async def alerts(
        self,
        *,
        severities: Any = (),
        codes: Any = (),
        symbols: Any = (),
        acknowledged: Any = None,
        since_ns: Any = None,
        until_ns: Any = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page:
        rows = [
            row
            for row in sorted(self.alert_rows.values(), key=lambda row: row.last_raised_ns)
            if (not severities or row.severity in severities)
            and (not codes or row.code in codes)
            and (not symbols or row.symbol in symbols)
            and acknowledged in (None, row.acknowledged_ns is not None)
            and _within(row.last_raised_ns, since_ns, until_ns)
        ]
        return self._page(rows, page_size, page_token)

    async def alert(self, alert_id: str, /) -> Alert | None:
        return self.alert_rows.get(alert_id)

    async def journal(self, after_seq: int, until_seq: int, kinds: Collection[str], /) -> list[JournalRecord]:
        records, chain = [], genesis("epoch-0123456789")
        for entry in self.entries:
            row = encode_row(entry)
            chain = link(chain, row)
            if after_seq < row.seq <= until_seq and (not kinds or row.kind in kinds):
                records.append(JournalRecord(row.seq, row.now_ns, row.kind, row.payload, chain))
        return records


def _within(ns: int, since_ns: int | None, until_ns: int | None) -> bool:
    return (since_ns is None or ns >= since_ns) and (until_ns is None or ns < until_ns)


class MemoryBroker:
    """Accepts everything; fills when it is told to."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.orders: dict[str, BrokerOrder] = {}
        self.positions: tuple[BrokerPosition, ...] = ()
        self.submitted: list[ApprovedOrder] = []

    async def submit(self, order: ApprovedOrder, unwanted: Callable[[], str] = lambda: "") -> SubmitAnswered:
        self.submitted.append(order)
        legs: tuple[BrokerOrder, ...] = ()
        if order.leg_stop_e4 is not None:
            legs = (
                BrokerOrder(
                    f"leg-{order.id}",
                    f"theirs-{order.id}",
                    order.symbol,
                    order.side.opposite,
                    OrderType.STOP,
                    BrokerStatus.HELD,
                    order.quantity,
                    0,
                    0,
                    stop_price_e4=order.leg_stop_e4,
                ),
            )
        accepted = BrokerOrder(
            f"b-{order.id}",
            order.id,
            order.symbol,
            order.side,
            order.order_type,
            BrokerStatus.ACCEPTED,
            order.quantity,
            0,
            0,
            order.limit_price_e4,
            order.stop_price_e4,
            legs=legs,
        )
        self.orders[order.id] = accepted
        return SubmitAnswered(order.id, accepted)

    async def cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        return CancelAnswered(order_id, True)

    async def replace(self, replacement: ApprovedReplacement) -> ReplaceAnswered:
        return ReplaceAnswered(replacement.replaces_id, replacement.id, detail="not in this test")

    async def lookup(self, order_id: str) -> LookupAnswered:
        return LookupAnswered(order_id, order_id in self.orders, self.orders.get(order_id))

    async def snapshot(self, now_ns: int) -> BrokerSnapshot:
        account = BrokerAccount("account-1", CASH_E4, CASH_E4, CASH_E4, 2 * CASH_E4, 2, True, False)
        return BrokerSnapshot(now_ns, account, self.positions, ())

    def filled(self, order_id: str, price_e4: int) -> OrderReported:
        """The stream's word that an order is filled."""
        order = self.orders[order_id]
        done = BrokerOrder(
            order.broker_id,
            order.client_order_id,
            order.symbol,
            order.side,
            order.order_type,
            BrokerStatus.FILLED,
            order.quantity,
            order.quantity,
            order.quantity * price_e4,
        )
        fill = Execution(
            f"x-{order_id}",
            order.broker_id,
            order.symbol,
            order.side,
            order.quantity,
            price_e4,
            order.quantity,
            self.clock.now_ns(),
        )
        return OrderReported("fill", done, fill)

    def ended(self, order_id: str) -> OrderReported:
        """The stream's word that an order is cancelled."""
        order = self.orders[order_id]
        return OrderReported(
            "canceled",
            BrokerOrder(
                order.broker_id,
                order.client_order_id,
                order.symbol,
                order.side,
                order.order_type,
                BrokerStatus.CANCELED,
                order.quantity,
                0,
                0,
            ),
        )


class MemoryMarketData:
    """A calendar of weekdays and a seeded walk of minutes."""

    async def calendar(self, now_ns: int) -> CalendarLoaded:
        day, sessions = datetime(2023, 12, 1, tzinfo=NEW_YORK), []
        while day < datetime(2024, 3, 1, tzinfo=NEW_YORK):
            if day.weekday() < 5:
                opens, closes = day.replace(hour=9, minute=30), day.replace(hour=16)
                sessions.append(Session(day.date().isoformat(), from_datetime(opens), from_datetime(closes)))
            day += timedelta(days=1)
        return CalendarLoaded(tuple(sessions))

    async def assets(self, symbols: Sequence[str]) -> AssetsLoaded:
        return AssetsLoaded(tuple(AssetInfo(symbol, True, True, True, True) for symbol in symbols))

    async def splits(self, symbols: Sequence[str], now_ns: int) -> SplitsLoaded:
        return SplitsLoaded(())

    async def history(self, wanted: RequestHistory, now_ns: int) -> Sequence[HistoryLoaded]:
        opens = from_datetime(datetime(2023, 12, 29, 14, 30, tzinfo=UTC))
        closes = opens + 390 * MINUTE_NS
        return [HistoryLoaded(symbol, walk(symbol, opens, 300), closes) for symbol in wanted.symbols]

    async def backfill(self, symbols: Sequence[str], since_ns: int, now_ns: int) -> BackfillLoaded:
        return BackfillLoaded(tuple(symbols), (), since_ns, now_ns)


def walk(symbol: str, start_ns: int, count: int) -> tuple[Bar, ...]:
    chance, price, bars = random.Random(symbol), 450.0, []
    for minute in range(count):
        opening = price
        price *= 1 + chance.gauss(0.0, 0.0005)
        bars.append(
            Bar(
                symbol,
                start_ns + minute * MINUTE_NS,
                opening,
                max(opening, price) + 0.01,
                min(opening, price) - 0.01,
                price,
                chance.randint(500, 5000),
            )
        )
    return tuple(bars)
