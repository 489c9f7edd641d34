"""The journal and the plain file beside it in memory, and what a disk does to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Protocol

from harness.weeks_daemon import COMMIT_S, EPOCH

from fluxherod.adapters.sqlite.journal import JournalRow, encode_row, genesis, link
from fluxherod.core.risk.safety import SafetyState
from fluxherod.engine.ports import JournalEntry, NotMirrored, StoreFailed

SLOW_S, STALL_S = 0.4, 7.0


class Trouble(Protocol):
    """Which faults are in force, and what ends the process."""

    def strikes(self, kind: str, chance: float = 1.0, most: int = 0) -> bool:
        """Draw for a fault; counts it when it is met, at most so often."""
        ...

    def power_cut(self) -> None:
        """The process is gone from here on."""
        ...


class _Gone:
    """The process is gone: nothing of it goes on. What waits is kept, for no task may end unheard of."""

    def __init__(self) -> None:
        self._waits: list[asyncio.Future[None]] = []

    async def for_ever(self) -> None:
        self._waits.append(asyncio.get_running_loop().create_future())
        await self._waits[-1]


class _Commit:
    """A commit that begins when it is waited for: a process that ends before that leaves none behind."""

    def __init__(
        self, work: Callable[[Sequence[JournalEntry]], Awaitable[None]], entries: Sequence[JournalEntry]
    ) -> None:
        self._work, self._entries = work, entries

    def __await__(self) -> Generator[Any, None, None]:
        return self._work(self._entries).__await__()


class Disk:
    """`ports.Store` in memory. `wants` says whether a power cut waits for entries; `note` hears what is durable."""

    def __init__(
        self,
        trouble: Trouble,
        note: Callable[[JournalEntry, JournalRow], None],
        before: Callable[[Sequence[JournalEntry]], bool],
        after: Callable[[Sequence[JournalEntry]], bool],
    ) -> None:
        self.rows: list[JournalRow] = []
        self.entries: list[JournalEntry] = []
        self.chain = genesis(EPOCH)
        self.faults: list[str] = []
        self._trouble = trouble
        self._note = note
        self._before, self._after = before, after
        self._process = 0
        self._gone = _Gone()

    def append(self, entries: Sequence[JournalEntry]) -> Awaitable[None]:
        return _Commit(self._append, list(entries))

    async def reopen(self) -> int:
        """The number of the last durable entry, once the disk works."""
        await asyncio.sleep(COMMIT_S)
        if self._trouble.strikes("commit_fails", most=20):
            raise StoreFailed("no space left on device")
        return len(self.rows)

    def begin(self) -> None:
        """Another process begins: what an earlier one had under way is lost."""
        self._process += 1

    async def _append(self, entries: Sequence[JournalEntry]) -> None:
        trouble, process = self._trouble, self._process
        stalls = trouble.strikes("commit_stalls", 1.0, most=1)
        slow = not stalls and trouble.strikes("commits_slow", 0.5)
        await asyncio.sleep(STALL_S if stalls else SLOW_S if slow else COMMIT_S)
        if process != self._process:
            await self._gone.for_ever()
        if trouble.strikes("commit_fails", 0.5, most=20):
            raise StoreFailed("no space left on device")
        if self._before(entries):
            trouble.power_cut()
            await self._gone.for_ever()
        self._write(entries)
        if trouble.strikes("commit_said_failed", 0.5, most=1):
            raise StoreFailed("input/output error")
        if self._after(entries):
            trouble.power_cut()
            await self._gone.for_ever()

    def _write(self, entries: Sequence[JournalEntry]) -> None:
        for entry in entries:
            if entry.seq != len(self.rows) + 1:
                self.faults.append(f"entry {entry.seq} came after {len(self.rows)}: the journal has a gap")
            row = encode_row(entry)
            self.rows.append(row)
            self.entries.append(entry)
            self.chain = link(self.chain, row)
            self._note(entry, row)


class PlainFile:
    """`ports.Mirror` in memory, with what it said before."""

    def __init__(self, trouble: Trouble) -> None:
        self.state: SafetyState | None = None
        self.before: SafetyState | None = None
        self.fault = ""
        self._trouble = trouble
        self._gone = _Gone()

    def read(self) -> tuple[SafetyState | None, str]:
        """As `MirrorFile.read`."""
        return (None, self.fault) if self.fault else (self.state, "")

    async def write(self, state: SafetyState) -> None:
        await asyncio.sleep(COMMIT_S)
        if self._trouble.strikes("killed_before_mirror", 1.0, most=1):
            self._trouble.power_cut()
            await self._gone.for_ever()
        if self._trouble.strikes("mirror_fails"):
            raise NotMirrored("safety.json: no space left on device")
        self.state, self.before, self.fault = state, self.state, ""

    def lose(self) -> None:
        """The file is gone."""
        self.state = None

    def damage(self) -> None:
        """The file can't be read."""
        self.fault = "safety.json is damaged"

    def age(self) -> None:
        """The file is that of before its last change."""
        self.state = self.before if self.before is not None else self.state
