"""One subscriber: what waits for it, and the frames in which it goes out.

Nothing here ever waits for the subscriber, and none of it holds the event loop for long: what is due is encoded in
pieces, and between two of them the sockets have their turn. A frame ends between two numbers of the journal, never
inside of one, but where one number fills several frames: then a frame says how many of its updates are out. So whoever
comes back after a frame misses nothing, and gets nothing twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fluxherod.engine.streams.topics import PLAIN, QUEUED, Item, Key, Topic

if TYPE_CHECKING:
    from fluxherod.engine.streams.hub import Hub

HOLD_S = 0.000_25  # encoding holds the loop no longer in one go: an order that comes meanwhile waits for it
LOOK_EVERY = 32  # updates, between two looks at the time
MOST_BYTES = 3 << 20  # of a frame: clients take messages of 4 MiB
# A frame costs 50 us: to more than a few subscribers conflated updates go no oftener than a third of a core can send.
FRAME_S, FEW = 0.000_15, 16


class FrameKind(StrEnum):
    """What a frame is for."""

    UPDATES = "updates"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Frame:
    """What goes out at once: encoded updates, oldest first, to be joined.

    Everything that queues is out up to `seq`, the journal's number; `prev_seq` is the `seq` of the frame
    before (of the subscription's start in the first one). `conflated` counts the updates that newer ones
    of the same symbol replaced since then. `part` counts the updates of the number after `seq` that are out,
    too: more than 0 only where that number fills several frames.
    """

    kind: FrameKind
    seq: int
    prev_seq: int
    chunks: list[bytes]
    conflated: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Overflow:
    """The subscriber was too slow; it has everything up to `last_seq`, and `last_part` updates of the next number."""

    last_seq: int
    last_part: int = 0


@dataclass(frozen=True, slots=True)
class Drained:
    """The daemon ended the subscription in good order."""

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The subscriber itself left."""


End = Overflow | Drained | Closed


class Subscription:
    """One subscriber's frames: `async for frame in subscription`. Afterwards `end` says why there are no more.

    Made by `Hub.subscribe` and `Hub.resume`; leave its `with` block or `close()` it. `since` has the number after
    which updates of a topic are wanted, `start_seq` and `start_part` are what the subscriber has seen.
    """

    def __init__(
        self,
        hub: Hub,
        since: Mapping[Topic, int],
        symbols: Collection[str],
        interval_s: float,
        start_seq: int,
        start_part: int = 0,
    ) -> None:
        self.since = since
        self.end: End | None = None
        self._hub = hub
        self._symbols = symbols
        self._interval_s = interval_s
        self._sent_seq = start_seq
        self._sent_part = start_part
        self._out = (start_seq + 1, start_part)  # of the newest number that was begun: how many updates left the queue
        self._missed = 0
        self._queue: deque[Item] = deque()
        self._latest: dict[Key, Item] = {}  # conflated updates that wait for their time
        self._leaving: dict[Key, Item] = {}  # those whose time has come, in as many frames as it takes
        self._line: list[Key] = []  # in which order, last first
        self._chunks: list[bytes] = []  # of the frame that is being made
        self._size = 0
        self._cut = False  # more is due
        self._conflated = 0
        self._wake = asyncio.Event()
        self._called = False  # it stands in the hub's line to be woken
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        self._latest_due = self._now()  # when conflated updates may go out again
        self._heartbeat_due = self._now() + hub.heartbeat_s
        self._timer: asyncio.TimerHandle | None = None

    @property
    def queued(self) -> int:
        """Updates that wait for this subscriber."""
        return len(self._queue) + len(self._latest) + len(self._leaving)

    def waiting(self) -> Mapping[Topic, int]:
        """How many updates of each topic wait for this subscriber."""
        if len(self.since) == 1:
            return dict.fromkeys(self.since, self.queued)  # thousands, perhaps, that need not be looked at
        return Counter(item.topic for item in chain(self._queue, self._leaving.values(), self._latest.values()))

    def close(self) -> None:
        """Leave; what waits is dropped."""
        self.finish(Closed())
        self._drop()

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
            if self._cut:
                self._call()  # the others have their turn first
                await self._wake.wait()
            self._cut = False
            self._wake.clear()
            if not self._fill():
                continue
            if self._chunks:
                return self._take()
            if self._cut:  # nothing of the first of it is ever sent
                continue
            if self.end is not None:
                raise StopAsyncIteration
            if self._now() >= self._heartbeat_due:
                return self._frame(FrameKind.HEARTBEAT, self._hub.seq, [])
            await self._wait()

    async def _wait(self) -> None:
        self._wake_at(min(self._latest_due, self._heartbeat_due) if self._latest else self._heartbeat_due)
        await self._wake.wait()

    def _wake_at(self, due: float) -> None:
        """One timer, the earlier one of what is asked for; a wake that comes too early changes nothing."""
        if self._timer is not None:
            if self._now() < self._timer.when() <= due:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._call)

    def _call(self) -> None:
        """Something may be due: be woken when the turn comes."""
        if not self._called and not self._wake.is_set():
            self._called = True
            self._hub.call(self)

    def wake(self) -> None:
        """Its turn has come; one that finds nothing due changes nothing."""
        self._called = False
        self._wake.set()

    # --- the way in: called by the hub, never waits ----------------------------------------------------
    def missed(self, items: Sequence[Item]) -> bool:
        """Take in what a subscriber that comes back has missed; that much more may wait for it.

        False when it can't have seen as much of its last number as it says.
        """
        self._missed = len(items)
        wanted = list(filter(self._passes, items))
        number, part = self._out
        begun = [item for item in wanted[:part] if item.seq == number and item.key is None]
        for item in wanted[part:]:
            self._take_in(item)
        return len(begun) == part

    def offer(self, items: Sequence[Item]) -> None:
        """Take in the updates that a number has of one topic, in their order."""
        if items[0].seq <= self.since[items[0].topic]:
            return
        if not self._symbols and items[0].topic in PLAIN:
            self._queue.extend(items)
            self._call()
        else:
            for item in filter(self._passes, items):
                self._take_in(item)
        if len(self._queue) > self._hub.fail_beyond + self._missed:
            self._overflow(items[-1].topic)

    def replace(self, items: Sequence[Item], newest: dict[Key, Item]) -> None:
        """What `offer` does, quicker: all of them conflate, and `newest` has the last one of each key."""
        if self._symbols or self._leaving or items[0].seq <= self.since[items[0].topic]:
            self.offer(items)
            return
        expected = len(self._latest) + len(items)
        self._latest.update(newest)
        self._count(items[0].topic, expected - len(self._latest))
        self._wake_for_latest()

    def _passes(self, item: Item) -> bool:
        return item.symbol is None or not self._symbols or item.symbol in self._symbols

    def _take_in(self, item: Item) -> None:
        if item.key is None:
            if item.whole:
                self._forget((item.topic, item.symbol))
            self._queue.append(item)
            self._call()
            return
        waiting = self._leaving if item.key in self._leaving else self._latest
        if item.key in waiting:
            self._count(item.topic, 1)
        waiting[item.key] = item  # in its place: what is often replaced must not wait for ever
        self._wake_for_latest()

    def _wake_for_latest(self) -> None:
        if self._called or self._wake.is_set():
            return
        if self._now() >= self._latest_due:
            self._call()
        else:
            self._wake_at(self._latest_due)

    def _forget(self, key: Key) -> None:
        """A conflated update that a newer one replaces."""
        if self._latest.pop(key, None) is not None or self._leaving.pop(key, None) is not None:
            self._count(key[0], 1)

    def _count(self, topic: Topic, conflated: int) -> None:
        self._conflated += conflated
        self._hub.count[topic].conflated += conflated

    def _overflow(self, topic: Topic) -> None:
        self.finish(Overflow(self._sent_seq, self._sent_part))
        self._drop()
        self._hub.count[topic].overflowed += 1

    def _drop(self) -> None:
        self._queue.clear()
        self._latest.clear()
        self._leaving.clear()
        self._chunks.clear()

    def finish(self, end: End) -> None:
        """Take nothing more in; what waits still goes out."""
        if self.end is None:
            self.end = end
            self._hub.forget(self)
            self._wake.set()
        if self._timer is not None:
            self._timer.cancel()

    # --- the way out -----------------------------------------------------------------------------------
    def _fill(self) -> bool:
        """Encode what is due: queued updates at once, conflated ones at their pace.

        True when the frame may leave; False when the time is over inside a number of the journal.
        """
        encode, enough, until = self._hub.encode, self._hub.frame_bytes, self._now() + HOLD_S
        for number, item in enumerate(self._due(), 1):
            chunk = item.encoded(encode)
            if chunk is not None:
                self._chunks.append(chunk)
                self._size += len(chunk)
            late = number % LOOK_EVERY == 0 and self._now() > until
            if late or self._size >= enough:
                inside = bool(self._queue) and self._queue[0].seq == item.seq and self._size < MOST_BYTES
                self._cut = late or not inside
                if self._cut:
                    return not inside
        return True

    def _take(self) -> Frame:
        """The frame that has been filled."""
        chunks, self._chunks, self._size = self._chunks, [], 0
        number = self._queue[0].seq if self._queue else self._hub.seq + 1
        begun, part = self._out
        return self._frame(FrameKind.UPDATES, number - 1, chunks, part if begun == number else 0)

    def _due(self) -> Iterator[Item]:
        """What may go out now, each taken as it is asked for."""
        while self._queue:
            queued = self._queue.popleft()
            if queued.topic in QUEUED:
                number, part = self._out
                self._out = queued.seq, part + 1 if queued.seq == number else 1
            yield queued
        if self._latest and not self._leaving and (self.end is not None or self._now() >= self._latest_due):
            self._leaving, self._latest = self._latest, {}
            self._line = list(reversed(self._leaving))
            self._latest_due = self._now() + max(self._interval_s, self._pace_s())
        while self._leaving:
            item = self._leaving.pop(self._line.pop(), None)
            if item is not None:  # else something whole has taken its place
                yield item

    def _pace_s(self) -> float:
        subscribers = self._hub.subscribers
        return FRAME_S * subscribers if subscribers > FEW else 0.0

    def _frame(self, kind: FrameKind, seq: int, chunks: list[bytes], part: int = 0) -> Frame:
        seq = max(seq, self._sent_seq)
        frame = Frame(kind, seq, self._sent_seq, chunks, self._conflated, part)
        self._sent_seq, self._sent_part = seq, part
        self._conflated = 0
        self._heartbeat_due = self._now() + self._hub.heartbeat_s
        return frame
