"""Rows that are in files leave the database: a few at a time, while nobody waits for a commit."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from fluxherod.adapters.sqlite.archive_files import Listed
from fluxherod.adapters.sqlite.journal import Tail, drop, seqs
from fluxherod.failpoints import reach

log = logging.getLogger(__name__)

REST_S = 0.02
# So much is deleted at once: a commit waits for no more than that.
_ROWS, _BYTES = 64, 1 << 20
# The row with the highest number stays: the next one's is one more. Of orders also the one with the newest event, since
# its events leave with it.
_KEPT = {"orders": "AND id != (SELECT order_id FROM order_events ORDER BY number DESC LIMIT 1)"}


@dataclass(frozen=True, slots=True)
class Archived:
    """Rows that are in files of the archive: the files, and by table the first and last number of rows in a row.

    Rows that changed after the input `until_seq` are not among them.
    """

    until_seq: int = 0
    files: tuple[Listed, ...] = ()
    rows: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


class Tidier:
    """Deletes rows of the journal before a sealed one, and rows of tables that are in the archive.

    The sealed row itself stays, so that the database knows where it goes on. `pending` is the newest sealed row while
    there is something to delete, `archived` what the archive has taken. Any thread may set them.
    """

    def __init__(self) -> None:
        self.pending: Tail | None = None
        self.archived: Archived | None = None
        self._leaving: tuple[Archived, Iterator[None]] | None = None

    @property
    def busy(self) -> bool:
        """True while there is something to delete."""
        return self.pending is not None or self.archived is not None

    def step(self, connection: sqlite3.Connection) -> None:
        """Delete a few rows. What goes wrong is said in the log, and tried again when more has been archived."""
        through, archived = self.pending, self.archived
        try:
            if through is not None and self._delete_some(connection, through):
                return
            if through is None and archived is not None and self._let_some_leave(connection, archived):
                return
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # the first error is the one to tell
                connection.execute("ROLLBACK")
            log.error("rows that are in files could not be deleted from the database: %s", error)
        if through is not None:
            self.pending = None if self.pending is through else self.pending
        elif self.archived is archived:
            self.archived = self._leaving = None

    def _delete_some(self, connection: sqlite3.Connection, through: Tail) -> bool:
        """True while there may be more to delete."""
        oldest, _ = seqs(connection)
        if oldest >= through.seq:
            return False
        found = connection.execute("SELECT chain FROM journal WHERE seq = ?", (through.seq,)).fetchone()
        if found is None or found[0] != through.chain:
            log.error("row %d of the journal is not the one that was sealed: nothing is deleted", through.seq)
            return False
        connection.execute("BEGIN IMMEDIATE")
        last = _last_of_some(connection, oldest, through.seq)
        drop(connection, last, through.seq)
        reach("seal.write.deleting")
        connection.execute("COMMIT")
        return True

    def _let_some_leave(self, connection: sqlite3.Connection, archived: Archived) -> bool:
        """True while there may be more to delete."""
        if self._leaving is None or self._leaving[0] is not archived:
            self._leaving = archived, _leave(connection, archived)
        return any(True for _ in islice(self._leaving[1], 1))


def _leave(connection: sqlite3.Connection, archived: Archived) -> Iterator[None]:
    """A transaction a step: first the files are named, so that whoever misses a row knows where it is."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT OR REPLACE INTO archive_files VALUES (?, ?, ?, ?, ?, ?)", archived.files)
    connection.execute("COMMIT")
    yield
    for table, ranges in archived.rows.items():
        some = f"""DELETE FROM {table} WHERE number IN (
            SELECT number FROM {table} WHERE number BETWEEN ? AND ? AND seq <= ?
            AND number < (SELECT max(number) FROM {table}) {_KEPT.get(table, "")} LIMIT {_ROWS})"""
        for first, last in ranges:
            left = _ROWS
            while left == _ROWS:
                connection.execute("BEGIN IMMEDIATE")
                left = connection.execute(some, (first, last, archived.until_seq)).rowcount
                reach("tables.write.deleting")
                connection.execute("COMMIT")
                yield


def _last_of_some(connection: sqlite3.Connection, oldest: int, end: int) -> int:
    last, size = oldest, 0
    lengths = connection.execute(
        "SELECT seq, length(payload) FROM journal WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?", (oldest, end, _ROWS)
    )
    for seq, length in lengths.fetchall():
        if size >= _BYTES:
            break
        last, size = seq, size + length
    return last
