"""The archive: a process beside the daemon that seals days that are over, replays what is new and makes snapshots.

Last it writes old rows of the tables to files (`retention`). Rows that are in files are deleted from the database by
the daemon, when it hears of them here. It runs after each day, at a start that finds closed days that are not sealed,
and after so many rows. What it replays it compares: so each day is shown to come out the same, byte for byte, before
its night is over.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from fluxherod import failpoints
from fluxherod.adapters.files import TEMPORARY
from fluxherod.adapters.journal_files import Day, JournalFiles, JournalGap
from fluxherod.adapters.sealed import Provenance, SealedHeader, SealedRow, seal
from fluxherod.adapters.snapshots import LATEST, SUFFIX, Snapshot, SnapshotHeader, write_snapshot
from fluxherod.adapters.sqlite.journal import JournalRow, Tail
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.adapters.sqlite.tidying import Archived
from fluxherod.core.calendar import new_york_day
from fluxherod.errors import FluxHeroError
from fluxherod.persistence.provenance import packages, provenance
from fluxherod.persistence.recovery import Recovery, recover
from fluxherod.persistence.retention import archive_rows, before_ns, remembered
from fluxherod.service.niceness import REFUSED, lower_priority

log = logging.getLogger(__name__)

LOCK = "archive.lock"
WITH_ITS_PARENT = "with-its-parent"
KEPT_DAYS, KEPT_MONTHS, LEAST_DAYS = 7, 12, 2
KEPT_BYTES = 1 << 30  # one of 8,000 symbols has more than half of that
KEEP_DAYS = 30
# Fewer rows than this since the newest snapshot are replayed in no time.
LEAST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Done:
    """What the archive has done, one message of several: later ones say more.

    `sealed` is the newest row that is in a sealed file which was read back, `snapshot_seq` the row of the newest
    snapshot, `open_day` the day that goes on. `differs_at` is an input whose effects came out otherwise than this very
    code recorded them; `tables` is which rows of the tables are in files, `lost` which of those files are damaged or
    missing; `fault` is what went wrong.
    """

    sealed: Tail | None = None
    snapshot_seq: int = 0
    open_day: str = ""
    rows: int = 0
    differs_at: int | None = None
    tables: Archived | None = None
    lost: tuple[str, ...] = ()
    fault: str = ""


class ArchiveError(FluxHeroError):
    """The archive can't do its work; the text says why."""


def archive(state_dir: Path, code: Provenance, tell: Callable[[Done], None], keep_days: int = KEEP_DAYS) -> Done:
    """Seal the closed days of a state folder, replay and compare what is new, make snapshots, archive old rows.

    Args:
        tell: hears what is done as soon as it is.
        keep_days: how many days before today the tables keep.

    Raises:
        ArchiveError: when another process does this already, or the journal can't be read or written on.
    """
    files = JournalFiles(state_dir)
    try:
        files.folder.mkdir(mode=0o700, exist_ok=True)
        with _alone(files.folder):
            return _archive(files, code, tell, keep_days)
    except (OSError, StorageError, sqlite3.Error) as error:
        raise ArchiveError(str(error)) from error


def _archive(files: JournalFiles, code: Provenance, tell: Callable[[Done], None], keep_days: int) -> Done:
    for left in files.folder.glob(f"*{TEMPORARY}"):
        left.unlink(missing_ok=True)  # of a process that died while it wrote
    files.check()
    done = _seal_days(files, replace(code, packages=packages()), tell)
    tell(done)
    snapshots = _Snapshots(files, code)
    recovery = recover(files, code, observe=snapshots.look)
    snapshots.end(recovery)
    snapshots.thin_out()
    done = replace(done, snapshot_seq=snapshots.newest_seq, rows=recovery.rows, differs_at=recovery.fault_at)
    tell(done)
    before = before_ns(recovery.last_ns, keep_days)
    tables, lost = archive_rows(files.database, remembered(recovery.engine), recovery.last_seq, before)
    return replace(done, tables=tables, lost=tuple(lost))


# --- sealing --------------------------------------------------------------------------------------------------------
def _seal_days(files: JournalFiles, code: Provenance, tell: Callable[[Done], None]) -> Done:
    """Seal the days that are over; what is sealed and still in the database is read back once more."""
    oldest, _ = files.in_database()
    for file in files.sealed():
        if file.header.last_seq > oldest:
            file.verify()
    through = files.sealed_through()
    days = files.unsealed(through.seq)
    if days and days[0].first_seq > through.seq + 1:
        raise JournalGap(
            f"rows {through.seq + 1} to {days[0].first_seq - 1} of the journal are neither in {files.folder} nor in "
            "the database: nothing is sealed until the missing sealed file is back, from a backup"
        )
    done = Done(through if through.seq else None, open_day=days[-1].day if days else "")
    for day in days[:-1]:
        tell(done)
        header = _seal_day(files, day, through, code)
        through = Tail(header.last_seq, header.last_ns, header.chain_after)
        done = replace(done, sealed=through)
    return done


def _seal_day(files: JournalFiles, day: Day, before: Tail, code: Provenance) -> SealedHeader:
    first, last = _ends(files, day)
    header = SealedHeader(
        files.epoch,
        day.day,
        _free_part(files.folder, day.day),
        first.row.seq,
        last.row.seq,
        first.row.now_ns,
        last.row.now_ns,
        before.chain,
        last.chain,
        code,
    )
    file = seal(files.folder, header, (record.row for record in files.records(before.seq, day.last_seq)))
    log.info("sealed %s: rows %d to %d", file.path.name, day.first_seq, day.last_seq)
    return header


def _ends(files: JournalFiles, day: Day) -> tuple[SealedRow, SealedRow]:
    """The first and the last row of a day."""
    first, last = (next(files.records(seq - 1, seq)) for seq in (day.first_seq, day.last_seq))
    return first, last


def _free_part(folder: Path, day: str) -> int:
    part = 1
    while (folder / SealedHeader.name_of(day, part)).exists():
        part += 1
    return part


# --- snapshots ------------------------------------------------------------------------------------------------------
class _Snapshots:
    """Makes snapshots while a replay goes by: at the end of each of the newest days, and of its last row."""

    def __init__(self, files: JournalFiles, code: Provenance) -> None:
        self._files = files
        self._code = code
        self._day = ""
        days = [day.day for day in files.days()]
        self._wanted = frozenset(sorted(set(days))[-KEPT_DAYS - 1 :] + list(_last_of_months(days)))
        self.newest_seq = 0

    def look(self, progress: Recovery, row: JournalRow) -> None:
        """Called before each row."""
        if not progress.rows:  # a replay begins, or begins again
            self.newest_seq = progress.last_seq
            self._day = new_york_day(progress.last_ns) if progress.last_seq else ""
        day = new_york_day(row.now_ns)
        if day > self._day:
            if self._day in self._wanted and progress.rows:
                self._write(self._day, progress)
            self._day = day

    def end(self, recovery: Recovery) -> None:
        """The replay has come to the newest row."""
        if not recovery.rows:
            self.newest_seq = recovery.last_seq
        elif recovery.last_seq - self.newest_seq >= LEAST_ROWS:
            self._write(LATEST, recovery)

    def _write(self, name: str, at: Recovery) -> None:
        chain = self._files.chain_at(at.last_seq)
        assert chain is not None  # it has just been replayed
        header = SnapshotHeader(self._files.epoch, at.last_seq, at.last_ns, chain, self._code, at.differs_at)
        write_snapshot(self._files.folder / f"{name}{SUFFIX}", header, at.state)
        self.newest_seq = at.last_seq

    def thin_out(self) -> None:
        """Keep the snapshots of the newest days, and of older ones one a month; fewer where they are large."""
        by_day = {one.path.name.removesuffix(SUFFIX): one for one in self._files.snapshots()}
        days = sorted(day for day in by_day if day != LATEST)
        usable = [day for day in days if self._serves(by_day[day])]
        kept = {*days[-KEPT_DAYS:], *usable[-KEPT_DAYS:], *sorted(_last_of_months(usable))[-KEPT_MONTHS:]}
        size = 0
        for day in reversed(days):
            size += by_day[day].path.stat().st_size
            if day not in kept or (size > KEPT_BYTES and day not in usable[-LEAST_DAYS:]):
                by_day[day].path.unlink(missing_ok=True)

    def _serves(self, snapshot: Snapshot) -> bool:
        return snapshot.header.made_by.fingerprint == self._code.fingerprint


def _last_of_months(days: list[str]) -> set[str]:
    return set({day[:7]: day for day in sorted(days)}.values())


# --- the process ----------------------------------------------------------------------------------------------------
@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time does this, however the others ended."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArchiveError("another process is at work on it") from error
        yield
    finally:
        os.close(descriptor)


def _say(done: Done) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(done) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_the_parent() -> None:
    """The parent holds the other end of standard input: where it is gone, another daemon may start its own archive."""
    while os.read(sys.stdin.fileno(), 4096):  # not by its buffer: a thread in it keeps the interpreter from ending
        pass
    os._exit(1)


def main(state_dir: str, keep_days: str, how: str = "") -> int:
    """Do the work and say on standard output what is done, a line of JSON at a time."""
    if how == WITH_ITS_PARENT:
        threading.Thread(target=_end_with_the_parent, daemon=True).start()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    failpoints.install(os.environ)
    if why := lower_priority():
        log.info("%s (%s)", REFUSED, why)
    try:
        _say(archive(Path(state_dir), provenance(), _say, int(keep_days)))
    except FluxHeroError as error:
        _say(Done(fault=str(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
