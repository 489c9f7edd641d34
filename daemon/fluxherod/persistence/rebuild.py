"""`fluxherod rebuild`: the database anew, from the sealed files and what can be read of the old one.

It is made beside the old one and takes its place at the end. A process that dies in between leaves the old one, or one
that is whole and that the next `rebuild` puts in its place; no daemon starts before that.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain as one_after_the_other
from pathlib import Path

from fluxherod.adapters.files import TEMPORARY, named_by_time, sync_file, sync_folder
from fluxherod.adapters.journal_files import DATABASE, JournalFiles, JournalGap
from fluxherod.adapters.mirror import raise_mark
from fluxherod.adapters.sqlite.journal import JournalRow, Tail, link, read_some
from fluxherod.adapters.sqlite.schema import StorageError, check_finished, connect, rebuilt
from fluxherod.adapters.sqlite.writer import lock_database
from fluxherod.errors import FluxHeroError
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import RecoveryError
from fluxherod.persistence.tables import Tables

BESIDE = ("", "-wal", "-shm")


class RebuildError(FluxHeroError):
    """The database can't be made anew; the text says why, and the old one is as it was."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The last row of the new database; why no later row could be read ("": the old one said nothing of any).

    `differs_at` is the first input of which this version decides otherwise than was recorded.
    """

    last_seq: int
    fault: str
    differs_at: int | None


def rebuild_main(state_dir: Path) -> int:
    """Make the database of a state folder anew and say what became of it; 0 also where rows are lost."""
    database = state_dir / DATABASE
    if not state_dir.is_dir():
        raise RebuildError(f"{state_dir} is not there: name the daemon's state folder")
    try:
        descriptor = lock_database(database)
        try:
            if rebuilt(database).is_file():
                print("going on with a rebuild that was cut short")
            else:
                check_finished(database)
                _print(rebuild(state_dir))
            kept = put_in_place(database)
        finally:
            os.close(descriptor)
    except (OSError, StorageError, sqlite3.Error, RecoveryError) as error:
        raise RebuildError(str(error)) from error
    print(f"{database} is in its place" + (f"; the old one is {kept}" if kept else ""))
    print("look at it with fluxherod verify, then start the daemon")
    return 0


def _print(done: Rebuilt) -> None:
    print(f"rows 1 to {done.last_seq} of the journal are kept")
    if done.differs_at is not None:
        print(
            f"from input {done.differs_at} on this version decides otherwise than was recorded: the tables say what "
            "this version decides, as a start does"
        )
    if done.fault:
        print(f"rows after {done.last_seq} are lost: {done.fault}")
        print("the next start is halted: compare positions and orders with the broker's own page, then fluxhero resume")


def rebuild(state_dir: Path) -> Rebuilt:
    """Make the database anew, whole and durable, beside the old one (`schema.rebuilt`).

    Raises:
        RebuildError, StorageError, RecoveryError, sqlite3.Error, OSError: when that is impossible.
    """
    database = state_dir / DATABASE
    meta = _meta(database)
    new = database.name + TEMPORARY
    _remove(state_dir / new)
    files = JournalFiles(state_dir, database=new)
    epoch = meta.get("epoch") or _epoch_of_files(files, database)
    files = JournalFiles(state_dir, database=new, epoch=epoch)
    through = files.sealed_through()
    old = Readable(database)
    rows = one_after_the_other(files.rows(), old.rows(through))
    try:
        with closing(Tables(state_dir / new, epoch, provenance().fingerprint)) as tables:
            tables.take(rows, keep_from=through.seq, tell=_tell)
            done = Rebuilt(tables.recovery.last_seq, old.fault, tables.recovery.differs_at)
            if not done.last_seq:
                raise RebuildError(
                    f"not one row of journal {epoch} can be read in {state_dir}{_because(old.fault, files)}"
                )
            opened = meta.get("runs", "")
            runs = max(tables.recovery.engine.run, int(opened) if opened.isdecimal() else 0)
            _write_meta(tables, epoch, runs, through.seq)
        sync_file(state_dir / new)
        if done.fault:
            raise_mark(state_dir, epoch, done.last_seq)
        os.replace(state_dir / new, rebuilt(database))
        sync_folder(state_dir)
    except BaseException:
        with suppress(OSError):
            _remove(state_dir / new)
        raise
    return done


def put_in_place(database: Path) -> Path | None:
    """Let a database that was made anew take the place of the old one; where that is kept (None: there was none)."""
    kept = None
    if database.exists():
        kept = named_by_time(database.with_name(f"{database.name}.damaged"))
        for end in BESIDE:
            with suppress(FileNotFoundError):
                os.link(f"{database}{end}", f"{kept}{end}")
        sync_folder(database.parent)
    for end in BESIDE[1:]:  # the log of the old one must not be taken for the new one's
        database.with_name(database.name + end).unlink(missing_ok=True)
    sync_folder(database.parent)
    os.replace(rebuilt(database), database)
    sync_folder(database.parent)
    return kept


class Readable:
    """The rows of a database, damaged or not, after a row: up to the first that can't be read or trusted.

    `fault` says why that one can't; "" when there is none.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self.fault = ""

    def rows(self, after: Tail) -> Iterator[JournalRow]:
        """The rows, in order; they are proved by the chain.

        Raises:
            JournalGap: when rows that were sealed are in no file any more.
        """
        if not self._database.is_file():
            self.fault = f"{self._database} is not there"
            return
        seq, chain = after.seq, after.chain
        try:
            with closing(connect(self._database, read_only=True)) as connection:
                while some := read_some(connection, seq, most=1):
                    ((row, stored),) = some
                    if row.seq != seq + 1:
                        raise self._missing(after, seq, row.seq)
                    chain, seq = link(chain, row), row.seq
                    if chain != stored:
                        raise ValueError(f"row {seq} is not the one that was written, or follows another row {seq - 1}")
                    yield row
                if seq == after.seq and not _has(connection, seq):
                    self.fault = f"{self._database} ends before the sealed files do, as an old copy of it would"
        except (sqlite3.Error, ValueError, TypeError, AttributeError, struct.error) as error:
            self.fault = f"{self._database}: {error}"

    def _missing(self, after: Tail, seq: int, found: int) -> Exception:
        text = f"rows {seq + 1} to {found - 1} are missing"
        if seq > after.seq:
            return ValueError(text)
        return JournalGap(
            f"{text}: they were sealed, and their file is not there, or is damaged. Put it back, from a backup. Where "
            f"there is none, move {self._database} away: then rebuild keeps the rows before them"
        )


def _has(connection: sqlite3.Connection, seq: int) -> bool:
    return not seq or connection.execute("SELECT 1 FROM journal WHERE seq = ?", (seq,)).fetchone() is not None


def _meta(database: Path) -> dict[str, str]:
    """What the old database says of itself, as far as that can be read."""
    if not database.is_file():
        return {}
    with suppress(sqlite3.Error), closing(connect(database, read_only=True)) as connection:
        return dict(connection.execute("SELECT key, value FROM meta"))
    return {}


def _epoch_of_files(files: JournalFiles, database: Path) -> str:
    try:
        return files.epoch
    except sqlite3.Error as error:
        raise RebuildError(
            f"{database} can't be read and {files.folder} has no sealed file: there is nothing to make one from. "
            "Restore a backup (fluxherod restore), or move the file away and begin anew"
        ) from error


def _write_meta(tables: Tables, epoch: str, runs: int, sealed_through: int) -> None:
    values = {"epoch": epoch, "runs": str(runs), "sealed_through": str(sealed_through)}
    tables.connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())


def _remove(path: Path) -> None:
    for end in BESIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)


def _because(fault: str, files: JournalFiles) -> str:
    text = f" ({fault})" if fault else ""
    if files.strangers():
        text += "; its sealed files are of another journal: to rebuild that one, move the database away"
    return text


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
