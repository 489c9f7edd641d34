"""Fan-out of updates to whoever watches. The publisher never waits, and each update is encoded at most once.

Prices and marks conflate: a subscriber that is behind gets the newest of each symbol and a count of what it
missed. Everything else queues up to a bound, and beyond it the subscription ends and says so: nothing is
lost silently. Everything here runs on one event loop, so a snapshot that is taken in the same step as
`subscribe` and all that the subscription yields leave no gap.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from fluxherod.engine.effects import (
    AccountUpdated,
    AlertRaised,
    AlertUpdated,
    BarClosed,
    BarRejected,
    OrderUpdated,
    PositionUpdated,
    QuotesUpdated,
    SafetyChanged,
    SignalUpdated,
    TradeUpdated,
    Update,
)


@dataclass(frozen=True, slots=True)
class RiskChanged:
    """The figures of the risk engine are others than before; the hub says so whenever account, orders or state are."""


Published = Update | RiskChanged
Encode = Callable[[Published], bytes | None]


class Topic(StrEnum):
    """What can be watched. Trades come with the positions, rejected bars with the bars."""

    PRICES = "prices"
    BARS = "bars"
    POSITIONS = "positions"
    ORDERS = "orders"
    SIGNALS = "signals"
    ACCOUNT = "account"
    RISK = "risk"
    STATUS = "status"
    ALERTS = "alerts"


class FrameKind(StrEnum):
    """What a frame is for."""

    UPDATES = "updates"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Frame:
    """What goes out at once: encoded updates, oldest first, to be joined.

    Everything that queues is out up to `seq`, the journal's number; `prev_seq` is the `seq` of the frame
    before (of the subscription's start in the first one). `conflated` counts the updates that newer ones
    of the same symbol replaced since then.
    """

    kind: FrameKind
    seq: int
    prev_seq: int
    chunks: list[bytes]
    conflated: int


@dataclass(frozen=True, slots=True)
class Overflow:
    """The subscriber was too slow; it has everything up to `last_seq`."""

    last_seq: int


@dataclass(frozen=True, slots=True)
class Drained:
    """The daemon ended the subscription in good order."""

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The subscriber itself left."""


End = Overflow | Drained | Closed


@dataclass(frozen=True, slots=True)
class HubGauges:
    """What operators watch: subscribers and their queued updates now, conflations and overflows so far."""

    subscribers: int
    queued: int
    conflated: int
    overflowed: int


class _Item:
    """An update on its way, and its bytes once somebody needed them."""

    __slots__ = ("_bytes", "_encoded", "key", "seq", "symbol", "topic", "update")

    def __init__(self, seq: int, update: Published, topic: Topic, symbol: str | None, conflates: bool) -> None:
        self.seq = seq
        self.update = update
        self.topic = topic
        self.symbol = symbol
        self.key = (topic, symbol) if conflates else None
        self._encoded = False
        self._bytes: bytes | None = None

    def encoded(self, encode: Encode) -> bytes | None:
        if not self._encoded:
            self._bytes = encode(self.update)
            self._encoded = True
        return self._bytes


def _items(seq: int, update: Update) -> list[_Item]:
    """An update as the hub sends it: by topic, filtered by symbol (`None` passes every filter)."""
    match update:
        case QuotesUpdated(quotes):
            return [_Item(seq, QuotesUpdated((quote,)), Topic.PRICES, quote.symbol, True) for quote in quotes]
        case PositionUpdated(position, mark):
            return [_Item(seq, update, Topic.POSITIONS, position.symbol, mark)]
        case AccountUpdated(_, record):
            return [_Item(seq, update, Topic.ACCOUNT, None, not record), _risk(seq)]
        case TradeUpdated(trade):
            return [_Item(seq, update, Topic.POSITIONS, trade.symbol, False)]
        case OrderUpdated(order):
            return [_Item(seq, update, Topic.ORDERS, order.symbol, False), _risk(seq)]
        case SignalUpdated(signal):
            return [_Item(seq, update, Topic.SIGNALS, signal.symbol, False)]
        case BarClosed(bar) | BarRejected(bar):
            return [_Item(seq, update, Topic.BARS, bar.symbol, False)]
        case AlertUpdated(alert):
            return [_Item(seq, update, Topic.ALERTS, alert.symbol or None, False)]
        case SafetyChanged():
            return [_risk(seq)]
        case AlertRaised():  # the alert that it became follows
            return []
    return [_Item(seq, update, Topic.STATUS, None, False), _risk(seq)]


def _risk(seq: int) -> _Item:
    return _Item(seq, RiskChanged(), Topic.RISK, None, True)


class Subscription:
    """One subscriber's frames: `async for frame in subscription`. Afterwards `end` says why there are no more.

    Made by `Hub.subscribe`; leave its `with` block or `close()` it.
    """

    def __init__(
        self, hub: Hub, topics: frozenset[Topic], symbols: frozenset[str], interval_s: float, snapshot_seq: int | None
    ) -> None:
        self.topics = topics
        self.end: End | None = None
        self._hub = hub
        self._symbols = symbols
        self._interval_s = interval_s
        self._snapshot_seq = -1 if snapshot_seq is None else snapshot_seq
        self._sent_seq = hub.seq if snapshot_seq is None else snapshot_seq
        self._queue: deque[_Item] = deque()
        self._latest: dict[tuple[Topic, str | None], _Item] = {}
        self._conflated = 0
        self._wake = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self._latest_due = loop.time()  # when conflated updates may go out again
        self._heartbeat_due = loop.time() + hub.heartbeat_s

    @property
    def queued(self) -> int:
        """Updates that wait for this subscriber."""
        return len(self._queue) + len(self._latest)

    def close(self) -> None:
        """Leave; what waits is dropped."""
        self._finish(Closed())
        self._queue.clear()
        self._latest.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        while True:
            frame = self._take()
            if frame is not None:
                return frame
            if self.end is not None:
                raise StopAsyncIteration
            if self._now() >= self._heartbeat_due:
                return self._frame(FrameKind.HEARTBEAT, self._hub.seq, [])
            self._wake.clear()
            due = min(self._latest_due, self._heartbeat_due) if self._latest else self._heartbeat_due
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._wake.wait()

    def _wants(self, item: _Item) -> bool:
        wanted = item.symbol is None or not self._symbols or item.symbol in self._symbols
        return wanted and item.seq > self._snapshot_seq

    def _offer(self, item: _Item) -> None:
        """Take an update in; called by the hub, never waits."""
        wake = not self._latest or item.key is None
        if item.key is not None:
            self._replace(item.key)
            self._latest[item.key] = item
        else:
            if isinstance(item.update, PositionUpdated | AccountUpdated):
                self._replace((item.topic, item.symbol))  # it says all that a mark before it said
            self._queue.append(item)
        if len(self._queue) > self._hub.fail_beyond:
            self._overflow()
        elif wake:
            self._wake.set()

    def _replace(self, key: tuple[Topic, str | None]) -> None:
        if self._latest.pop(key, None) is not None:
            self._conflated += 1
            self._hub.conflated += 1

    def _overflow(self) -> None:
        self._finish(Overflow(self._sent_seq))
        self._queue.clear()
        self._latest.clear()
        self._hub.overflowed += 1

    def _finish(self, end: End) -> None:
        if self.end is None:
            self.end = end
            self._hub.forget(self)
            self._wake.set()

    def _take(self) -> Frame | None:
        """A frame of what may go out now: queued updates at once, conflated ones at their pace."""
        chunks: list[bytes] = []
        room = self._hub.frame_bytes
        while self._queue and room > 0:
            room -= self._add(chunks, self._queue.popleft())
        if self._latest and room > 0 and (self.end is not None or self._now() >= self._latest_due):
            self._latest_due = self._now() + self._interval_s
            for item in self._latest.values():
                self._add(chunks, item)
            self._latest.clear()
        if not chunks:
            return None
        seq = self._queue[0].seq - 1 if self._queue else self._hub.seq
        return self._frame(FrameKind.UPDATES, seq, chunks)

    def _add(self, chunks: list[bytes], item: _Item) -> int:
        chunk = item.encoded(self._hub.encode)
        if chunk is None:
            return 0
        chunks.append(chunk)
        return len(chunk)

    def _frame(self, kind: FrameKind, seq: int, chunks: list[bytes]) -> Frame:
        seq = max(seq, self._sent_seq)
        frame = Frame(kind, seq, self._sent_seq, chunks, self._conflated)
        self._sent_seq = seq
        self._conflated = 0
        self._heartbeat_due = self._now() + self._hub.heartbeat_s
        return frame


class Hub:
    """Where updates go; a `ports.Publisher`.

    `encode` turns an update into the bytes of a frame (`None`: it is not sent); it is called when the first
    subscriber needs them. `fail_beyond` bounds a subscriber's queue
    (a minute may bring a bar of each of 8,000 symbols at once), `frame_bytes` is where a frame is cut,
    `kept` bounds what `recent` remembers of each topic.
    """

    def __init__(
        self,
        encode: Encode,
        *,
        seq: int = 0,
        heartbeat_s: float = 5.0,
        fail_beyond: int = 16_384,
        frame_bytes: int = 1 << 20,
        kept: int = 1_024,
    ) -> None:
        self.encode = encode
        self.seq = seq
        self.heartbeat_s = heartbeat_s
        self.fail_beyond = fail_beyond
        self.frame_bytes = frame_bytes
        self.conflated = 0
        self.overflowed = 0
        self._by_topic: dict[Topic, dict[Subscription, None]] = {topic: {} for topic in Topic}
        self._recent: dict[Topic, deque[tuple[int, Update]]] = {topic: deque(maxlen=kept) for topic in Topic}

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        """Hand the updates of a journal row to the subscribers; never waits."""
        self.seq = seq
        for update in updates:
            for item in _items(seq, update):
                if item.key is None:
                    self._recent[item.topic].append((seq, update))
                for subscription in tuple(self._by_topic[item.topic]):
                    if subscription._wants(item):
                        subscription._offer(item)

    def subscribe(
        self,
        topics: Iterable[Topic],
        symbols: Iterable[str] = (),
        *,
        min_interval_s: float = 0.0,
        snapshot_seq: int | None = None,
    ) -> Subscription:
        """Watch topics from now on; no symbols means all of them.

        `min_interval_s` paces prices and marks only. With a snapshot that already holds the updates up to
        `snapshot_seq`, those are not sent again.
        """
        subscription = Subscription(self, frozenset(topics), frozenset(symbols), min_interval_s, snapshot_seq)
        for topic in subscription.topics:
            self._by_topic[topic][subscription] = None
        return subscription

    def recent(self, topic: Topic) -> tuple[tuple[int, Update], ...]:
        """The last updates of a topic that don't conflate, oldest first, each with its number."""
        return tuple(self._recent[topic])

    def drain(self, reason: str) -> None:
        """End every subscription in good order: what waits still goes out."""
        for subscription in self._subscriptions():
            subscription._finish(Drained(reason))

    def gauges(self) -> HubGauges:
        """The figures of this moment."""
        subscriptions = self._subscriptions()
        queued = sum(subscription.queued for subscription in subscriptions)
        return HubGauges(len(subscriptions), queued, self.conflated, self.overflowed)

    def forget(self, subscription: Subscription) -> None:
        """Send nothing more to a subscription that has ended."""
        for topic in subscription.topics:
            self._by_topic[topic].pop(subscription, None)

    def _subscriptions(self) -> set[Subscription]:
        return {subscription for subscribers in self._by_topic.values() for subscription in subscribers}
