"""Starts the archive's process when there is something for it to do, and acts on what it says."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.core.calendar import new_york_day
from fluxherod.engine.events import ArchiveReported, Event
from fluxherod.persistence.archive import WITH_ITS_PARENT, Done
from fluxherod.service.niceness import REFUSED

log = logging.getLogger(__name__)

ROWS = 20_000  # newer than the newest snapshot: a start replays no more than about so many
FIRST_S = 5.0  # a start has more urgent things to do
CHECK_EVERY_S = 15.0
REST_S = 60.0  # an exchange that replays old days ends one every few seconds
RETRY_S = 600.0
LONGEST_S = 6 * 3600.0
LONGEST_LINE = 1 << 24  # a first night names the files of years
_DONE = msgspec.json.Decoder(Done)


class Running(Protocol):
    """What writes the journal: the time of the newest event, and the number of the newest durable one."""

    last_event_ns: int
    committed_seq: int


@dataclass(slots=True)
class _Known:
    """What there is: the row of the newest snapshot, the first day that is not sealed, and whether rows are twice."""

    snapshot_seq: int
    open_day: str = ""
    twice: bool = False


class Archivist:
    """Seals, compares, makes snapshots and archives old rows in a process of its own; `run` until it is cancelled.

    `post` hears of differences, of files that are damaged or missing, and of a fault that comes twice in a row.
    """

    def __init__(
        self, store: SqliteStore, keep_days: int, runner: Running, snapshot_seq: int, post: Callable[[Event], None]
    ) -> None:
        self._state_dir = store.path.absolute().parent
        self._keep_days = keep_days
        self._store = store
        self._runner = runner
        self._post = post
        self._known = _Known(snapshot_seq)
        self._failed = 0
        self._refused = False  # has its process said that it may not lower its priority

    async def run(self) -> None:
        """Look now and then whether there is something to do."""
        await asyncio.sleep(FIRST_S)
        try:
            await asyncio.to_thread(self._look)
        except (sqlite3.Error, StorageError) as error:
            log.warning("what is sealed can't be read: %s", error)
        while True:
            if not self._due():
                await asyncio.sleep(CHECK_EVERY_S)
            elif await self._work():
                await asyncio.sleep(REST_S)
            else:
                await asyncio.sleep(RETRY_S)

    def _look(self) -> None:
        """What an earlier process left to do."""
        files = JournalFiles(self._state_dir)
        through = files.sealed_through().seq
        days = files.unsealed(through)
        self._known.twice = files.in_database()[0] < through
        self._known.open_day = days[0].day if days else ""

    def _due(self) -> bool:
        """True when a day has ended, when much is newer than the newest snapshot, or when something was left to do."""
        known, runner = self._known, self._runner
        if not runner.last_event_ns:
            return False
        today = new_york_day(runner.last_event_ns)
        known.open_day = known.open_day or today
        return known.twice or today > known.open_day or runner.committed_seq - known.snapshot_seq >= ROWS

    async def _work(self) -> bool:
        """Let the process do its work; True when it has done it."""
        try:
            fault = await self._run_process()
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            fault = f"its process could not be started, or heard: {error}"
        if not fault:
            self._failed = 0
            return True
        log.warning("the journal could not be archived: %s", fault)
        self._failed += 1
        if self._failed == 2:
            self._post(ArchiveReported(fault=fault))
        return False

    async def _run_process(self) -> str:
        """What went wrong; "" when nothing did."""
        # Nothing is imported from the working directory, whoever may write there.
        command = (sys.executable, "-P", "-m", "fluxherod.persistence.archive", str(self._state_dir))
        how = str(self._keep_days), WITH_ITS_PARENT
        process = await asyncio.create_subprocess_exec(
            *command, *how, cwd="/", stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LONGEST_LINE
        )
        try:
            async with asyncio.timeout(LONGEST_S):
                fault, errors = await asyncio.gather(self._hear(process), self._relay(process))
                code = await process.wait()
        except TimeoutError:
            return f"it takes longer than {LONGEST_S / 3600:g} hours"
        finally:
            if process.returncode is None:  # it takes too long, or the daemon ends
                process.kill()
                await process.wait()
        return fault or (f"its process ended with {code}: {errors}" if code else "")

    async def _hear(self, process: Process) -> str:
        """Act on what it says; return the fault that it names."""
        assert process.stdout is not None
        fault = ""
        async for line in process.stdout:
            done = _DONE.decode(line)
            fault = done.fault
            if not fault:
                self._take(done)
        return fault

    def _take(self, done: Done) -> None:
        if done.sealed is not None:
            self._known.twice = False
            self._store.drop_sealed(done.sealed)
        self._known.open_day = done.open_day or self._known.open_day
        self._known.snapshot_seq = max(self._known.snapshot_seq, done.snapshot_seq)
        if done.tables is not None:  # the last message: the rest of it has been told
            self._store.drop_archived(done.tables)
            for lost in done.lost:
                log.error("%s", lost)
                self._post(ArchiveReported(lost=lost))
            return
        if done.rows:
            log.info("the archive has replayed %d inputs, up to a snapshot of input %d", done.rows, done.snapshot_seq)
        if done.differs_at is not None:
            log.error("the effects of input %d come out otherwise than they were recorded", done.differs_at)
            self._post(ArchiveReported(differs_at=done.differs_at))

    async def _relay(self, process: Process) -> str:
        """What it writes to its log goes into ours; returns the last line."""
        assert process.stderr is not None
        last = ""
        async for line in process.stderr:
            last = line.decode(errors="replace").rstrip()
            known, self._refused = self._refused, self._refused or REFUSED in last
            log.log(logging.DEBUG if known and REFUSED in last else logging.INFO, "archive: %s", last)
        return last
