"""`fluxherod verify`: look at every byte of what a daemon keeps, and say what is damaged, where, and what to do."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fluxherod.adapters import sealed, snapshots
from fluxherod.adapters.files import TEMPORARY
from fluxherod.adapters.journal_files import DATABASE, JournalFiles
from fluxherod.adapters.sealed import SealedError, SealedFile
from fluxherod.adapters.snapshots import Snapshot, SnapshotError
from fluxherod.adapters.sqlite.archive_files import FOLDER, ArchiveFile, ArchiveFileError, listed
from fluxherod.adapters.sqlite.journal import genesis, link, read_some, seqs
from fluxherod.adapters.sqlite.schema import MIGRATIONS, StorageError, connect
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import RecoveryError
from fluxherod.persistence.tables import KEYS, Tables, differences


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence on a part of the state folder; `fault` when something is damaged or missing."""

    text: str
    fault: bool = False


Check = Callable[[JournalFiles], Iterator[Finding]]


def verify_main(state_dir: Path) -> int:
    """Check a state folder, also while its daemon runs, and print what is found: 0 when all is whole, else 1."""
    files = JournalFiles(state_dir)
    if not files.database.is_file() and not files.folder.is_dir():
        sys.stderr.write(f"{files.database} is not there: name the daemon's state folder\n")
        return 1
    faults = 0
    for check in CHECKS:
        for finding in _findings(check, files):
            faults += finding.fault
            print(f"{'DAMAGED: ' if finding.fault else ''}{finding.text}")
    print(f"{faults} faults" if faults else "everything is whole")
    return 1 if faults else 0


def _findings(check: Check, files: JournalFiles) -> Iterator[Finding]:
    try:
        yield from check(files)
    except (sqlite3.Error, StorageError, OSError) as error:
        text = str(error)
        yield Finding(text if str(files.database.parent) in text else f"{files.database}: {text}", fault=True)


# --- sealed files -----------------------------------------------------------------------------------------------------
def sealed_files(files: JournalFiles) -> Iterator[Finding]:
    """Each sealed file, byte by byte, and whether they follow each other without a gap."""
    found: list[SealedFile] = []
    for path in sorted(files.folder.glob(f"*{sealed.SUFFIX}")):
        try:
            file = SealedFile.open(path)
            rows = file.verify()
        except SealedError as error:
            yield Finding(str(error), fault=True)
            continue
        if path.name != file.header.name:
            yield Finding(f"{path}: is {file.header.name} by what it says of itself: rename it", fault=True)
        found.append(file)
        yield Finding(f"{path}: {rows} rows, {file.header.first_seq} to {file.header.last_seq}")
    yield from _in_a_row(files, found)
    for path in sorted(files.folder.glob(f"*{TEMPORARY}")):
        yield Finding(f"{path}: was being written when its process ended; the daemon's archive removes it")


def _in_a_row(files: JournalFiles, found: list[SealedFile]) -> Iterator[Finding]:
    epoch = files.epoch if found else ""
    last, chain = 0, genesis(epoch)
    for file in sorted(found, key=lambda one: one.header.first_seq):
        header = file.header
        if header.epoch != epoch:
            yield Finding(f"{file.path}: is of another journal ({header.epoch}): move it away")
            continue
        if header.first_seq != last + 1:
            yield Finding(f"{file.path}: does not follow row {last}: is a file missing, or there twice?", fault=True)
        elif header.chain_before != chain:
            yield Finding(f"{file.path}: does not follow row {last} of the file before it", fault=True)
        last, chain = header.last_seq, header.chain_after


# --- the database ---------------------------------------------------------------------------------------------------
def database_rows(files: JournalFiles) -> Iterator[Finding]:
    """The chain over the rows that the database has, from the sealed ones on."""
    if not files.database.is_file():
        yield Finding(f"{files.database} is not there: fluxherod rebuild makes it from the sealed files", fault=True)
        return
    files.check()
    with closing(connect(files.database, read_only=True)) as connection:
        yield from _walk(files, connection)


def _walk(files: JournalFiles, connection: sqlite3.Connection) -> Iterator[Finding]:
    chain, last, rows = genesis(files.epoch), 0, 0
    while True:
        try:
            some = read_some(connection, last)
        except sqlite3.DatabaseError as error:  # a page so damaged that SQLite can't read it
            yield Finding(f"{files.database}: row {last + 1} of the journal can't be read: {error}", fault=True)
            return
        if some and some[0][0].seq > last + 1:  # those before it are sealed, or were sealed while we looked
            before = _sealed_chain(files, some[0][0].seq - 1)
            if before is not None:
                chain, last = before, some[0][0].seq - 1
        for row, stored in some:
            if row.seq != last + 1:
                yield Finding(f"{files.database}: row {last + 1} of the journal is missing", fault=True)
                return
            chain = link(chain, row)
            if chain != stored:
                text = f"{files.database}: row {row.seq} of the journal is not the one that was written"
                yield Finding(text, fault=True)
                return
            last, rows = row.seq, rows + 1
        if not some:
            yield Finding(f"{files.database}: {rows} rows of the journal, up to {last}")
            return


def _sealed_chain(files: JournalFiles, seq: int) -> bytes | None:
    """The chain value after a row by the sealed files; None when none of them knows it."""
    for file in files.sealed():
        if file.header.first_seq - 1 <= seq <= file.header.last_seq:
            return file.chain_at(seq)
    return None


# --- snapshots --------------------------------------------------------------------------------------------------------
def snapshot_files(files: JournalFiles) -> Iterator[Finding]:
    """Each snapshot, byte by byte, and whether it is of this journal. None of them is needed."""
    for path in sorted(files.folder.glob(f"*{snapshots.SUFFIX}")):
        try:
            snapshot = Snapshot.open(path)
            snapshot.verify()
        except SnapshotError as error:
            yield Finding(f"{error}; delete it: a start uses an older one, or the whole journal", fault=True)
            continue
        header = snapshot.header
        if header.epoch != files.epoch or files.chain_at(header.seq) != header.chain:
            yield Finding(f"{path}: is of another journal; it is not used, delete it")
        elif header.made_by.fingerprint != provenance().fingerprint:
            yield Finding(f"{path}: was made by other code (version {header.made_by.version}); it is not used")
        else:
            yield Finding(f"{path}: the state after row {header.seq}")


# --- archived rows ----------------------------------------------------------------------------------------------------
def archive_files(files: JournalFiles) -> Iterator[Finding]:
    """Each file that rows have left the tables for, every value; what they should be is compared with the tables."""
    if not files.database.is_file():
        return
    with closing(connect(files.database, read_only=True)) as connection:
        known = listed(connection)
    folder = files.database.parent / FOLDER
    for one in known.values():
        try:
            rows = sum(1 for _ in ArchiveFile.open(folder, one, files.epoch).tuples())
        except ArchiveFileError as error:
            yield Finding(str(error), fault=True)
        else:
            yield Finding(f"{folder / one.name}: {rows} rows")
    for path in sorted(folder.glob("*")):
        if path.name not in known:
            yield Finding(f"{path}: the database has no rows in it; it is not used, and replaced where it is needed")


def _readable(folder: Path, connection: sqlite3.Connection, epoch: str) -> list[ArchiveFile]:
    """The files that can be read; of the others is told elsewhere."""
    found = []
    for known in listed(connection).values():
        with suppress(ArchiveFileError):
            file = ArchiveFile.open(folder, known, epoch)
            if sum(1 for _ in file.tuples()):
                found.append(file)
    return found


# --- tables -----------------------------------------------------------------------------------------------------------
def table_rows(files: JournalFiles) -> Iterator[Finding]:
    """All tables and their archive, row by row, against those that a replay of the whole journal makes for a while."""
    if not files.database.is_file():
        return
    with (
        TemporaryDirectory(prefix="fluxherod-verify-") as folder,
        closing(Tables(Path(folder) / DATABASE, files.epoch, provenance().fingerprint)) as made,
        closing(connect(files.database, read_only=True)) as connection,
    ):
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        if schema != len(MIGRATIONS):
            yield Finding(f"{files.database}: its tables are another version's ({schema}), a start brings them up")
            return
        try:
            made.take(files.rows(), tell=_tell, until_difference=True)
            connection.execute("BEGIN")  # a daemon may go on: all tables are looked at as they are now
            _, newest = seqs(connection)
            if made.recovery.differs_at is None:
                made.take(files.rows(made.recovery.last_seq, newest), until_difference=True)
        except RecoveryError as error:
            yield Finding(f"{files.database}: the tables can't be compared: {error}", fault=True)
            return
        if newest < made.recovery.last_seq:
            yield Finding(
                f"{files.database}: the tables can't be compared: rows of the journal are missing", fault=True
            )
        else:
            yield from _compared(files, made, connection, newest)


def _compared(files: JournalFiles, made: Tables, connection: sqlite3.Connection, newest: int) -> Iterator[Finding]:
    database, folder = files.database, files.database.parent / FOLDER
    until, differs_at = newest, made.recovery.differs_at
    if differs_at is not None:
        until = differs_at - 1
        text = f"{database}: input {differs_at} of the journal comes out otherwise than it was recorded"
        if made.recovery.fault_at is not None:
            yield Finding(f"{text}, by this very code", fault=True)
        else:
            yield Finding(f"{text}, by another version; what the tables have of later inputs is not compared")
    found = False
    for one in differences(made, connection, _readable(folder, connection, files.epoch), until):
        found = True
        path = folder / one.file if one.file else database
        where = f"table {one.table}" + ("" if one.key is None else f", {KEYS[one.table]} {one.key}")
        yield Finding(f"{path}: {where}: {one.column and one.column + ' '}{one.text}", fault=True)
    if not found:
        yield Finding(f"{database}: the tables are those of a replay up to row {until}")


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


# In this order; what is added sees a journal of which the damage has been told.
CHECKS: tuple[Check, ...] = (sealed_files, database_rows, snapshot_files, archive_files, table_rows)
