"""The newest updates of each topic that queues, for subscribers that come back."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Iterable, Sequence

from fluxherod.engine.effects import (
    AlertUpdated,
    BarClosed,
    BarRejected,
    Effect,
    OrderUpdated,
    PositionUpdated,
    SignalUpdated,
    TradeUpdated,
)
from fluxherod.engine.events import Event, Started
from fluxherod.engine.streams.topics import ORDER, QUEUED, Item, Topic, items_of

# What an update takes in memory, its objects and its bytes, measured: a signal carries its rules in words.
BYTES = dict.fromkeys(QUEUED, 1_500) | {Topic.BARS: 700, Topic.SIGNALS: 8_000}
_HEARD = (AlertUpdated, BarClosed, BarRejected, OrderUpdated, PositionUpdated, SignalUpdated, TradeUpdated)


class Ring:
    """Of each topic the newest `kept` updates, fewer where they would take more than `kept_bytes` of memory.

    So a flood of bars does not push out the orders of an hour ago. It holds everything after `since`.
    """

    def __init__(self, since: int = 0, *, kept: int = 32_768, kept_bytes: int = 32 << 20) -> None:
        self._kept = kept
        self._kept_bytes = kept_bytes
        self._timeframe = ""
        self._begin(since)

    def _begin(self, since: int) -> None:
        self._items: dict[Topic, deque[Item]] = {topic: deque() for topic in QUEUED}
        self._gone = dict.fromkeys(QUEUED, since)  # the newest number of which something is not here
        self._marks: dict[str | None, Item] = {}  # the newest mark of each open position, if it is newer than all else

    def hear(self, seq: int, event: Event, effects: Iterable[Effect]) -> None:
        """Take in what a replay of the journal gives, in order.

        What an earlier process sent of bars and signals names its timeframe: after another one nothing is kept.
        """
        if isinstance(event, Started):
            if self._timeframe not in ("", event.settings.timeframe):
                self._begin(seq)
            self._timeframe = event.settings.timeframe
        heard = [item for effect in effects if isinstance(effect, _HEARD) for item in items_of(seq, effect)]
        for topic in {item.topic for item in heard}:
            self.add([item for item in heard if item.topic is topic])

    def fits(self, timeframe: str) -> bool:
        """True when what was heard was sent under this timeframe."""
        return timeframe == self._timeframe

    def add(self, items: Sequence[Item]) -> None:
        """Keep the updates of one topic, if it is one that queues."""
        topic = items[0].topic
        if topic not in QUEUED:
            return
        news = self._without_marks(items) if topic is Topic.POSITIONS else items
        kept = self._items[topic]
        kept.extend(news)
        most = min(self._kept, self._kept_bytes // BYTES[topic])
        while len(kept) > most:
            self._gone[topic] = kept.popleft().seq

    def _without_marks(self, items: Iterable[Item]) -> list[Item]:
        news = []
        for item in items:
            if isinstance(item.update, PositionUpdated):
                self._marks.pop(item.symbol, None)
            if item.key is not None:
                self._marks[item.symbol] = item
            else:
                news.append(item)
        return news

    def newest(self, topic: Topic) -> int:
        """The number of the newest update of a topic that is kept, 0 without one."""
        items = self._items[topic]
        return items[-1].seq if items else 0

    def after(self, seq: int, topics: Collection[Topic]) -> list[Item] | None:
        """All updates of some topics after a number, in order, then the newest marks; `None` when some are gone."""
        wanted = [topic for topic in ORDER if topic in QUEUED and topic in topics]
        if any(seq < self._gone[topic] for topic in wanted):
            return None
        found = list(heapq.merge(*(_after(seq, self._items[topic]) for topic in wanted), key=_number))
        # Older marks too: the last one may still have waited for its time when the subscriber left.
        return found + list(self._marks.values() if Topic.POSITIONS in wanted else ())

    def gone(self, topic: Topic) -> int:
        """What may be resumed of a topic begins after this number."""
        return self._gone[topic]


def _after(seq: int, items: deque[Item]) -> Sequence[Item]:
    found = []
    for item in reversed(items):
        if item.seq <= seq:
            break
        found.append(item)
    return found[::-1]


def _number(item: Item) -> int:
    return item.seq
