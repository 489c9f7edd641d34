"""The whole journal: sealed files in order, then the rows of the database. Whoever reads it reads it here.

The database always keeps the newest sealed row (the anchor), so that it knows where it goes on. A row may be in both
for a while; never in neither.
"""

from __future__ import annotations

import logging
import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fluxherod.adapters import sealed, snapshots
from fluxherod.adapters.sealed import SealedError, SealedFile, SealedRow
from fluxherod.adapters.snapshots import Snapshot, SnapshotError
from fluxherod.adapters.sqlite.journal import JournalRow, Tail, genesis, mentions, read_some, seqs, time_at
from fluxherod.adapters.sqlite.schema import StorageError, connect
from fluxherod.core.calendar import new_york_day

log = logging.getLogger(__name__)

DATABASE = "fluxhero.db"
FOLDER = "journal"


class JournalGap(StorageError):
    """Rows that are neither in a sealed file nor in the database; the text names them and says what to do."""


@dataclass(frozen=True, slots=True)
class Day:
    """Rows of one New York day, and the file that they are sealed in (None: they are in the database alone)."""

    day: str
    first_seq: int
    last_seq: int
    file: SealedFile | None = None


class JournalFiles:
    """The one reader of the journal of a state folder. It writes nothing and holds nothing open between calls.

    Sealed files of another journal (another epoch) are left alone: see `strangers`. `folder` is where the sealed files
    and the snapshots are, `database` the file with the rows since; `epoch` is the journal's id where that file can't
    be asked for it.
    """

    def __init__(
        self, state_dir: Path, database: str = DATABASE, folder: str = FOLDER, epoch: str | None = None
    ) -> None:
        self.folder = state_dir / folder
        self.database = state_dir / database
        self._epoch = epoch
        self._known: dict[tuple[str, int, int], SealedFile] = {}  # sealed files don't change: each is opened once

    # --- what is there -------------------------------------------------------------------------------------
    @property
    def epoch(self) -> str:
        """The journal's id: the database's, or that of the newest sealed file where there is no database.

        Raises:
            sqlite3.Error: when it can't be read, or when there is neither.
        """
        if self._epoch is not None:
            return self._epoch
        if not self.database.is_file() and (files := self._files()):
            return max(files, key=lambda file: file.header.last_ns).header.epoch
        with closing(self._connect()) as connection:
            return epoch_of(connection)

    def sealed(self) -> list[SealedFile]:
        """The sealed files of this journal whose header can be read, oldest first."""
        epoch = self.epoch
        own = (file for file in self._files() if file.header.epoch == epoch)
        return sorted(own, key=lambda file: file.header.first_seq)

    def strangers(self) -> list[Path]:
        """Sealed files of another journal."""
        epoch = self.epoch
        return sorted(file.path for file in self._files() if file.header.epoch != epoch)

    def sealed_through(self) -> Tail:
        """The last sealed row; number 0 and the journal's first chain value when nothing is sealed."""
        files = self.sealed()
        if not files:
            return Tail(0, 0, genesis(self.epoch))
        header = files[-1].header
        return Tail(header.last_seq, header.last_ns, header.chain_after)

    def check(self) -> None:
        """Whether the database goes on where the sealed files end; whole it may be none the less.

        Raises:
            JournalGap: when it does not; the text says what to do.
        """
        through = self.sealed_through()
        oldest, newest = self.in_database()
        if newest < through.seq:
            raise JournalGap(
                f"{self.database} ends at row {newest} of the journal and {self.folder} at row {through.seq}, as after "
                "an old copy of the database was put back: make it anew from the sealed files with fluxherod rebuild"
            )
        if oldest <= through.seq and self.chain_at(through.seq) != through.chain:
            raise JournalGap(
                f"row {through.seq} of {self.database} is not the one that was sealed in {self.folder}: one of the two "
                "is damaged, fluxherod verify says which"
            )

    def in_database(self) -> tuple[int, int]:
        """The first and the last number of the rows that the database has; 1 and 0 without any."""
        with closing(self._connect()) as connection:
            return seqs(connection)

    def days(self) -> list[Day]:
        """The days of the journal in order, a sealed one once for each of its files; the last one goes on."""
        days = [Day(f.header.day, f.header.first_seq, f.header.last_seq, f) for f in self.sealed()]
        return days + self.unsealed(days[-1].last_seq if days else 0)

    def unsealed(self, after_seq: int) -> list[Day]:
        """The days of the database's rows after a number, in order; the last one goes on."""
        if not self.database.is_file():
            return []
        days = []
        with closing(self._connect()) as connection:
            oldest, newest = seqs(connection)
            seq = max(oldest, after_seq + 1)
            while seq <= newest:
                day = _day(connection, seq)
                # The time never goes back; where a clock once did, its rows are told with the day before.
                end = seq + bisect_right(range(seq, newest + 1), day, key=lambda one: _day(connection, one))
                days.append(Day(day, seq, end - 1))
                seq = end
        return days

    # --- rows -------------------------------------------------------------------------------------------------
    def rows(self, after_seq: int = 0, until_seq: int | None = None) -> Iterator[JournalRow]:
        """The rows after a number, up to another and with it (None: all), in order and without a gap.

        Reads are short: a daemon may go on writing meanwhile.

        Raises:
            JournalGap, SealedError, sqlite3.Error: where it can't go on.
        """
        for record in self.records(after_seq, until_seq):
            yield record.row

    def records(self, after_seq: int = 0, until_seq: int | None = None) -> Iterator[SealedRow]:
        """As `rows`, each with the chain value after it."""
        if until_seq is not None and until_seq <= after_seq:
            return
        for record in self._records(after_seq):
            yield record
            if record.row.seq == until_seq:
                return

    def _records(self, seq: int) -> Iterator[SealedRow]:
        for record in self._from_files(seq):
            yield record
            seq = record.row.seq
        if not self.database.is_file():
            return
        with closing(self._connect()) as connection:
            while some := read_some(connection, seq):
                if some[0][0].seq > seq + 1 and self.sealed_through().seq > seq:
                    # Sealed, and gone from the database, since the files were looked at.
                    for record in self._from_files(seq):
                        yield record
                        seq = record.row.seq
                    continue
                for row, chain in some:
                    if row.seq != seq + 1:
                        raise self._gap(seq, row.seq)
                    yield SealedRow(row, chain)
                    seq = row.seq

    def _from_files(self, seq: int) -> Iterator[SealedRow]:
        for file in self.sealed():
            if file.header.last_seq <= seq:
                continue
            if file.header.first_seq > seq + 1:
                raise self._gap(seq, file.header.first_seq)
            yield from file.records(seq)
            seq = file.header.last_seq

    def _gap(self, seq: int, found_seq: int) -> JournalGap:
        return JournalGap(
            f"rows {seq + 1} to {found_seq - 1} of the journal are neither in {self.folder} nor in {self.database}: "
            "put the missing sealed file back, from a backup"
        )

    def chain_at(self, seq: int) -> bytes | None:
        """The chain value after a row; None when there is no such row.

        Raises:
            SealedError, sqlite3.Error: when it can't be read.
        """
        if self.database.is_file():
            with closing(self._connect()) as connection:
                found = connection.execute("SELECT chain FROM journal WHERE seq = ?", (seq,)).fetchone()
            if found is not None:
                return bytes(found[0])
        for file in self.sealed():
            if file.header.first_seq <= seq <= file.header.last_seq:
                return file.chain_at(seq)
        return None

    def mentions(self, kinds: Collection[str], text: str) -> bool:
        """True when the content of some row of these kinds holds a text."""
        if any(file.mentions(kinds, text.encode()) for file in self.sealed()):
            return True
        if not self.database.is_file():
            return False
        with closing(self._connect()) as connection:
            return mentions(connection, kinds, text)

    # --- snapshots ---------------------------------------------------------------------------------------------
    def snapshots(self) -> list[Snapshot]:
        """The snapshots whose header can be read, newest first."""
        found = []
        for path in self.folder.glob(f"*{snapshots.SUFFIX}"):
            try:
                found.append(Snapshot.open(path))
            except SnapshotError as error:
                log.warning("%s; it is passed over", error)
        return sorted(found, key=lambda snapshot: (snapshot.header.seq, snapshot.path.name), reverse=True)

    def usable_snapshots(
        self, fingerprint: str, before_seq: int | None = None, before_ns: int | None = None
    ) -> Iterator[Snapshot]:
        """The snapshots at or before a row and a time, newest first, that are of this journal and of this code.

        What is passed over is said in the log. Whether one is whole is seen when it is loaded.
        """
        epoch = self.epoch
        for snapshot in self.snapshots():
            header = snapshot.header
            if before_seq is not None and header.seq > before_seq:
                continue
            if before_ns is not None and header.now_ns > before_ns:
                continue
            if fault := self._fault(snapshot, epoch, fingerprint):
                log.warning("%s %s; it is passed over", snapshot.path, fault)
            else:
                yield snapshot

    def newest_snapshot(self, before_seq: int, fingerprint: str) -> Snapshot | None:
        """The newest usable snapshot at or before a row."""
        return next(self.usable_snapshots(fingerprint, before_seq), None)

    def _fault(self, snapshot: Snapshot, epoch: str, fingerprint: str) -> str:
        header = snapshot.header
        if header.epoch != epoch:
            return "is of another journal"
        if header.made_by.fingerprint != fingerprint:
            return f"was made by other code (version {header.made_by.version}), or on another kind of processor"
        try:
            if self.chain_at(header.seq) != header.chain:
                return f"is of another journal: its row {header.seq} is another one"
        except (SealedError, sqlite3.Error) as error:
            return f"can't be used: {error}"
        return ""

    # --- the files themselves ------------------------------------------------------------------------------------
    def _files(self) -> list[SealedFile]:
        found = {}
        for path in self.folder.glob(f"*{sealed.SUFFIX}"):
            status = path.stat()
            key = path.name, status.st_mtime_ns, status.st_size
            try:
                found[key] = self._known.get(key) or SealedFile.open(path)
            except SealedError as error:
                log.warning("%s; it is passed over", error)
        self._known = found
        return list(found.values())

    def _connect(self) -> sqlite3.Connection:
        return connect(self.database, read_only=True)


def epoch_of(connection: sqlite3.Connection) -> str:
    """The id of a database's journal; "" when it has none yet."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    return "" if found is None else str(found[0])


def _day(connection: sqlite3.Connection, seq: int) -> str:
    return new_york_day(time_at(connection, seq))
