"""Between an entry and what it wants stands the disk: committed in order, then carried out.

A commit that fails, or takes longer than a second, turns this to *storage failing*. Then the same entries are tried
again, every second, and what of them may leave before it is durable does so at once: who carries it out decides what
that is. Everything else waits, in order, until the journal has it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from fluxherod.engine.patience import done_within
from fluxherod.engine.ports import EntryRefused, JournalEntry, Store, StoreFailed

# Wall time. A commit takes some milliseconds; one that takes this long is no commit that trading can wait for.
COMMIT_WITHIN_S = 1.0
RETRY_AFTER_S = 1.0
END_WITHIN_S = 2.5  # how long an end waits for a disk that fails
MOST_COMMITS = 64  # that wait for the disk, before events wait, too
MOST_ENTRIES_AGAIN = 1_024  # in one commit, when they are tried again
MOST_HELD = 65_536  # entries that are held in memory while the disk fails
SLOW = f"a commit is not done within {COMMIT_WITHIN_S:g} s: the disk is too slow, or hangs"


@dataclass(slots=True)
class _Batch:
    entries: Sequence[JournalEntry]
    commit: Awaitable[None]


class Committing:
    """Takes entries by `put`, hands them to the store, and carries them out by `run`, in order.

    Args:
        carry_out: what follows from an entry that is durable; its second argument is True when it went `early` before.
        carry_early: called at once, in order, for each entry that can't be made durable now.
        tell: hears why the storage fails, at once and at each change, and "" once everything is durable and carried
            out.
    """

    def __init__(
        self,
        store: Store,
        carry_out: Callable[[JournalEntry, bool], Awaitable[None]],
        carry_early: Callable[[JournalEntry], None],
        tell: Callable[[str], None],
    ) -> None:
        self.store = store
        self.fault = ""  # why the storage fails; "" while it works
        self.failures = 0  # how often it began to fail
        self._carry_out = carry_out
        self._carry_early = carry_early
        self._tell = tell
        self._batches: deque[_Batch] = deque()  # in the hands of the store
        self._held: deque[JournalEntry] = deque()  # after them; only while the storage fails
        self._arrived = asyncio.Event()
        self._moved = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Entries that are not carried out as durable yet."""
        return sum(len(batch.entries) for batch in self._batches) + len(self._held)

    async def put(self, entries: Sequence[JournalEntry]) -> None:
        """Let entries be committed; waits while the store is far behind, but for one that fails.

        Raises:
            StoreFailed: when more would be held than memory is for.
        """
        if self.fault:
            self._hold(entries)
            return
        self._batches.append(_Batch(entries, self.store.append(entries)))
        self._arrived.set()
        while len(self._batches) > MOST_COMMITS and not self.fault:
            await self._move()

    async def run(self) -> None:
        """Carry out what becomes durable, for ever.

        Raises:
            EntryRefused: when an entry can never be made durable.
        """
        while True:
            if not self._batches:
                self._arrived.clear()
                await self._arrived.wait()
            batch = self._batches[0]
            try:
                await _in_time(batch)
            except EntryRefused:
                raise
            except StoreFailed as fault:
                self._begin(str(fault))
                await self._mend()
                continue
            for entry in batch.entries:
                await self._carry_out(entry, False)
            self._batches.popleft()
            self._moved.set()

    async def finish(self) -> None:
        """Return when everything is durable and carried out.

        Raises:
            StoreFailed: when the storage fails and makes no progress for `END_WITHIN_S`.
        """
        while self._batches or self._held or self.fault:
            try:
                async with asyncio.timeout(END_WITHIN_S if self.fault else None):
                    await self._move()
            except TimeoutError:
                raise self._lost() from None

    # --- storage failing -------------------------------------------------------------------------------
    def _begin(self, fault: str) -> None:
        self.failures += 1
        self._say(fault)
        for batch in self._batches:
            for entry in batch.entries:
                self._carry_early(entry)
        self._moved.set()

    def _say(self, fault: str) -> None:
        if fault != self.fault:
            self.fault = fault
            self._tell(fault)

    def _hold(self, entries: Sequence[JournalEntry]) -> None:
        if self.waiting + len(entries) > MOST_HELD:
            raise self._lost()
        self._held.extend(entries)
        for entry in entries:
            self._carry_early(entry)

    def _lost(self) -> StoreFailed:
        return StoreFailed(f"{self.fault}; the last {self.waiting} inputs are not in the journal")

    async def _mend(self) -> None:
        """Until everything that is held is durable and carried out."""
        reopened = True  # what the store has in hand may become durable yet: else it says once more that it failed
        while self._batches or self._held or not reopened:
            try:
                if not reopened:
                    durable_seq = await self.store.reopen()
                    reopened = True
                    await self._carried(sum(1 for entry in self._held if entry.seq <= durable_seq))
                elif self._batches:
                    await self._batches[0].commit
                    await self._carry_batch()
                else:
                    again = tuple(islice(self._held, MOST_ENTRIES_AGAIN))
                    await self.store.append(again)
                    await self._carried(len(again))
            except EntryRefused:
                raise
            except StoreFailed as fault:
                reopened = False
                self._take_back()
                self._say(str(fault))
                await asyncio.sleep(RETRY_AFTER_S)
        self._say("")
        self._moved.set()

    async def _carry_batch(self) -> None:
        for entry in self._batches[0].entries:
            await self._carry_out(entry, True)
        self._batches.popleft()
        self._moved.set()

    async def _carried(self, count: int) -> None:
        """So many of those that are held are durable."""
        for _ in range(count):
            await self._carry_out(self._held[0], True)
            self._held.popleft()
        self._moved.set()

    def _take_back(self) -> None:
        """What the store had in hand is to be handed to it again, but for what turns out to be durable."""
        for batch in reversed(self._batches):
            if asyncio.iscoroutine(batch.commit):
                batch.commit.close()  # it has not begun
            self._held.extendleft(reversed(batch.entries))
        self._batches.clear()

    async def _move(self) -> None:
        self._moved.clear()
        await self._moved.wait()


async def _in_time(batch: _Batch) -> None:
    """Wait for a commit, but not for long; it may go on by itself.

    Raises:
        StoreFailed: when it failed, or is not done in time.
    """
    commit = batch.commit = asyncio.ensure_future(batch.commit)
    if not (commit.done() or await done_within(commit, COMMIT_WITHIN_S)):
        raise StoreFailed(SLOW)
    commit.result()
