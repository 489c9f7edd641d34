"""Fan-out of updates to whoever watches. The publisher never waits, and each update is encoded at most once.

Prices and marks conflate: a subscriber that is behind gets the newest of each symbol and a count of what it
missed. Everything else queues up to a bound, and beyond it the subscription ends and says so: nothing is
lost silently. Everything here runs on one event loop, so a snapshot that is taken in the same step as
`subscribe` and all that the subscription yields leave no gap. What queues is kept for a while, and `resume`
begins with what a subscriber has missed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fluxherod.engine.effects import QuotesUpdated, Update
from fluxherod.engine.streams.ring import Ring
from fluxherod.engine.streams.subscription import Closed, Drained, End, Frame, FrameKind, Overflow, Subscription
from fluxherod.engine.streams.topics import (
    AS_READ,
    ORDER,
    QUEUED,
    Encode,
    IndicatorsChanged,
    Item,
    Key,
    Published,
    RiskChanged,
    StatusNow,
    Topic,
    indicators_of,
    items_of,
)

__all__ = [
    "QUEUED",
    "Closed",
    "Drained",
    "Encode",
    "End",
    "Frame",
    "FrameKind",
    "Hub",
    "HubGauges",
    "IndicatorsChanged",
    "Overflow",
    "Published",
    "Ring",
    "RiskChanged",
    "StatusNow",
    "Subscription",
    "Topic",
    "TopicGauges",
]


A_TURN = 2  # subscriptions that are woken in one turn of the loop: each makes its frame in it
STAND_BACK_S = 0.002  # how long those few wait at most while the engine has something urgent


@dataclass(slots=True)
class TopicGauges:
    """Of one topic: subscribers and their queued updates now; conflations, overflows and resumptions so far.

    `past_gone` counts subscribers that came back and got the whole state, as what they missed was no longer kept.
    """

    subscribers: int = 0
    queued: int = 0
    conflated: int = 0
    overflowed: int = 0
    resumed: int = 0
    past_gone: int = 0


@dataclass(frozen=True, slots=True)
class HubGauges:
    """What operators watch, all topics together and each; a subscriber of several topics counts in each of them."""

    subscribers: int
    queued: int
    conflated: int
    overflowed: int
    resumed: int
    past_gone: int
    topics: Mapping[Topic, TopicGauges]


class Hub:
    """Where updates go; a `ports.Publisher`.

    `encode` turns an update into the bytes of a frame (`None`: it is not sent); it is called when the first
    subscriber needs them. `fail_beyond` bounds a subscriber's queue
    (a minute may bring a bar of each of 8,000 symbols at once), `frame_bytes` is where a frame is cut,
    `ring` holds the past that can be resumed (by default none before `seq`).
    """

    def __init__(
        self,
        encode: Encode,
        *,
        seq: int = 0,
        heartbeat_s: float = 5.0,
        fail_beyond: int = 16_384,
        frame_bytes: int = 1 << 20,
        ring: Ring | None = None,
    ) -> None:
        self.encode = encode
        self.seq = seq
        self.now_ns = 0  # the time of `seq`
        self.heartbeat_s = heartbeat_s
        self.fail_beyond = fail_beyond
        self.frame_bytes = frame_bytes
        self.subscribers = 0  # those of `following` included
        self.count = {topic: TopicGauges() for topic in Topic}
        self.resumed = 0
        self.past_gone = 0
        self.drained: str | None = None
        self._ring = ring if ring is not None else Ring(seq)
        self._by_topic: dict[Topic, dict[Subscription, None]] = {topic: {} for topic in Topic}
        self._moved: asyncio.Event | None = None  # somebody waits for `seq` to move
        # Whether the engine has something that must not wait for streams.
        self.urgent: Callable[[], bool] = lambda: False
        self._called: deque[Subscription] = deque()  # those that have something to look at
        self._status: Item | None = None  # the newest, for those that subscribed to it
        # What the daemon itself does when the trading state is another one.
        self.on_state: Callable[[], None] = lambda: None

    # --- the way in ------------------------------------------------------------------------------------
    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        """Hand the updates of a journal row to the subscribers; never waits."""
        self.seq, self.now_ns = seq, now_ns
        by_topic: dict[Topic, list[Item]] = {}
        for update in updates:
            if isinstance(update, QuotesUpdated) and not self._by_topic[Topic.PRICES]:
                continue  # nobody sees them, and there may be thousands
            for item in items_of(seq, update):
                if item.topic not in by_topic:
                    by_topic[item.topic] = []
                by_topic[item.topic].append(item)
        if self._by_topic[Topic.INDICATORS] and (changed := indicators_of(by_topic.get(Topic.BARS, ()))):
            by_topic[Topic.INDICATORS] = changed
        for topic in sorted(by_topic, key=ORDER.__getitem__):  # as the ring gives them again
            items = by_topic[topic]
            for item in items if topic is Topic.POSITIONS else ():
                if item.key is None:
                    item.encoded(self.encode)  # what guards a position is told as it is now, whenever it is read
            self._ring.add(items)
            self._offer(topic, items)
        if Topic.STATUS in by_topic:
            self.on_state()
        self._move()

    def tell_status(self) -> None:
        """Have the subscribers of the status get it as it is now, though the journal stands where it stood."""
        self._offer(Topic.STATUS, [Item(AS_READ, StatusNow(), Topic.STATUS, None, True)])

    def settle_status(self) -> None:
        """Have what subscribers of the status have not read yet say what a snapshot of this moment says."""
        if self._status is not None:
            self._status.encoded(self.encode)

    def _offer(self, topic: Topic, items: Sequence[Item]) -> None:
        subscribers = self._by_topic[topic]
        if not subscribers:
            return
        if topic is Topic.STATUS:
            self._status = items[-1]
        newest: dict[Key, Item] = {item.key: item for item in items if item.key is not None}
        if len(newest) < len(items) and not all(item.key is not None for item in items):
            for subscription in tuple(subscribers):
                subscription.offer(items)
        else:
            for subscription in tuple(subscribers):
                subscription.replace(items, newest)

    def call(self, subscription: Subscription) -> None:
        """Wake a subscription soon. In one turn of the loop only a few are: a bar that comes in waits for no more."""
        if not self._called:
            asyncio.get_running_loop().call_soon(self._wake)
        self._called.append(subscription)

    def _wake(self, stands_back: bool = True) -> None:
        loop = asyncio.get_running_loop()
        if stands_back and self.urgent():
            loop.call_later(STAND_BACK_S, self._wake, False)
            return
        for _ in range(min(A_TURN, len(self._called))):
            self._called.popleft().wake()
        if self._called:
            loop.call_soon(self._wake)

    def _move(self) -> None:
        if self._moved is not None:
            self._moved.set()
            self._moved = None

    # --- the way out -----------------------------------------------------------------------------------
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
        since = dict.fromkeys(topics, -1 if snapshot_seq is None else snapshot_seq)
        start_seq = self.seq if snapshot_seq is None else snapshot_seq
        return self._join(Subscription(self, since, frozenset(symbols), min_interval_s, start_seq))

    def resume(
        self,
        topics: Iterable[Topic],
        symbols: Iterable[str] = (),
        *,
        from_seq: int,
        part: int = 0,
        snapshot_seq: int,
        min_interval_s: float = 0.0,
    ) -> Subscription | None:
        """Watch topics from a number on, beginning with what was missed since; `None` when that is not kept.

        Of the number after it the first `part` updates were not missed. The topics and symbols are those of before.
        The topics that conflate go on after `snapshot_seq`, the number of a snapshot of them.
        """
        chosen = tuple(topics)
        missed = self._ring.after(from_seq, chosen) if from_seq <= max(self.seq, snapshot_seq) else None
        if missed is None:
            self._count_gone(chosen, from_seq)
            return None
        since = {topic: from_seq if topic in QUEUED else snapshot_seq for topic in chosen}
        subscription = Subscription(self, since, frozenset(symbols), min_interval_s, from_seq, start_part=part)
        if not subscription.missed(missed):
            self._count_gone(chosen, from_seq)
            return None
        self.resumed += 1
        for topic in chosen:
            self.count[topic].resumed += 1
        return self._join(subscription)

    def _count_gone(self, topics: Iterable[Topic], from_seq: int) -> None:
        self.past_gone += 1
        for topic in QUEUED.intersection(topics):
            self.count[topic].past_gone += not self._ring.gone(topic) <= from_seq <= self.seq

    def _join(self, subscription: Subscription) -> Subscription:
        self.subscribers += 1
        for topic in subscription.since:
            self._by_topic[topic][subscription] = None
            self.count[topic].subscribers += 1
        if self.drained is not None:
            subscription.finish(Drained(self.drained))
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Send nothing more to a subscription that has ended."""
        self.subscribers -= 1
        for topic in subscription.since:
            del self._by_topic[topic][subscription]
            self.count[topic].subscribers -= 1

    @contextmanager
    def following(self) -> Iterator[None]:
        """Count a subscriber that follows the journal itself, by `reached`."""
        self.subscribers += 1
        try:
            yield
        finally:
            self.subscribers -= 1

    async def reached(self, seq: int) -> bool:
        """Wait until everything up to a number is durable and published; False when the hub is drained before."""
        while self.seq < seq and self.drained is None:
            if self._moved is None:
                self._moved = asyncio.Event()
            await self._moved.wait()
        return self.seq >= seq

    def newest(self, topic: Topic) -> int:
        """The number of the newest update of a topic that queues, as far as it is kept; 0 without one."""
        return self._ring.newest(topic)

    def drain(self, reason: str) -> None:
        """End every subscription in good order, those that come later too: what waits still goes out."""
        self.drained = reason
        for subscription in self._subscriptions():
            subscription.finish(Drained(reason))
        self._move()

    def gauges(self) -> HubGauges:
        """The figures of this moment."""
        topics = {
            topic: TopicGauges(*(getattr(count, name) for name in TopicGauges.__slots__))
            for topic, count in self.count.items()
        }
        for subscription in self._subscriptions():
            for topic, waiting in subscription.waiting().items():
                topics[topic].queued += waiting
        queued, conflated, overflowed = (
            sum(getattr(each, name) for each in topics.values()) for name in ("queued", "conflated", "overflowed")
        )
        return HubGauges(self.subscribers, queued, conflated, overflowed, self.resumed, self.past_gone, topics)

    def _subscriptions(self) -> set[Subscription]:
        return {subscription for subscribers in self._by_topic.values() for subscription in subscribers}
