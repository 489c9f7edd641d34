"""The tables once more: a database that a replay makes, and what another one and its archive have otherwise."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from fluxherod.adapters.sqlite import journal
from fluxherod.adapters.sqlite.archive_files import ArchiveFile, listed
from fluxherod.adapters.sqlite.archive_files import columns as columns_of
from fluxherod.adapters.sqlite.journal import JournalRow, genesis
from fluxherod.adapters.sqlite.projections import project
from fluxherod.adapters.sqlite.schema import connect, migrate
from fluxherod.persistence.recovery import Recovery, replayed

# What one row of a table is told from another by. The journal is proved by its chain, and `meta` is of each file.
KEYS = {
    "orders": "id",
    "order_events": "number",
    "positions": "symbol",
    "trades": "id",
    "signals": "id",
    "risk_decisions": "signal_id",
    "equity_curve": "number",
    "settings": "key",
    "alerts": "id",
}
# Rows of these are deleted now and then.
_PASSING = frozenset({"positions", "settings"})
_FAULTS_TOLD = 5
Row = tuple[Any, ...]


class Tables:
    """A new database file that a replay fills as the journal's writer does, in one pass.

    Nothing is synced: whoever keeps the file does that. `runs` counts the processes of the journal.
    """

    def __init__(self, path: Path, epoch: str, fingerprint: str) -> None:
        self.recovery = Recovery(fingerprint=fingerprint)
        self.chain = genesis(epoch)
        self.connection = connect(path)
        self.connection.execute("PRAGMA journal_mode = OFF")
        self.connection.execute("PRAGMA synchronous = OFF")
        migrate(self.connection)

    def take(
        self,
        rows: Iterable[JournalRow],
        keep_from: int | None = None,
        tell: Callable[[str], None] | None = None,
        *,
        until_difference: bool = False,
    ) -> None:
        """Go on with the next rows of the journal.

        Args:
            keep_from: the first row that is written to the journal in this file, too (None: none is).
            until_difference: end before the first row whose effects are not those that were recorded.

        Raises:
            RecoveryError: when the rows can't be read, or replayed.
            sqlite3.Error: when this file can't be written.
        """
        self.connection.execute("BEGIN")
        for row, entry in replayed(rows, self.recovery, tell):
            if until_difference and self.recovery.differs_at is not None:
                break
            project(self.connection, entry)
            self.chain = journal.link(self.chain, row)
            if keep_from is not None and row.seq >= keep_from:
                journal.insert(self.connection, row, self.chain)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a table that is not as a replay makes it. `column` is "" where the row is missing, or is too many.

    `file` has the row, where it is in a file of the archive.
    """

    table: str
    key: object
    column: str
    text: str
    file: str = ""


def differences(
    made: Tables, looked_at: sqlite3.Connection, files: Sequence[ArchiveFile], until_seq: int
) -> Iterator[Difference]:
    """What another database's tables, and the files of its archive, have otherwise, the first few of each table.

    Args:
        looked_at: in a transaction, its journal at or after `until_seq`.
        files: those that it has rows in; the rows of tables of which one is left out may be missing.
        until_seq: the row up to which `made` is; rows that changed after it can't be compared.
    """
    (newest,) = looked_at.execute("SELECT max(seq) FROM journal").fetchone()
    there = {file.known.name for file in files}
    left_out = {known.table for name, known in listed(looked_at).items() if name not in there}
    for table, key in KEYS.items():
        columns = [column[1] for column in made.connection.execute(f"PRAGMA table_info({table})")]
        may_be_gone = table in left_out or (table in _PASSING and newest != until_seq)
        try:
            archived = _archived(made.connection, table, key, columns, files)
            theirs = heapq.merge(_sorted(looked_at, table, key, columns), archived, key=itemgetter(columns.index(key)))
            found = _of_table(table, key, columns, made.connection, theirs, until_seq, may_be_gone)
            yield from islice(found, _FAULTS_TOLD)
        except sqlite3.DatabaseError as error:  # a page so damaged that SQLite can't read it
            yield Difference(table, None, "", f"can't be read: {error}")


def _of_table(
    table: str,
    key: str,
    columns: list[str],
    made: sqlite3.Connection,
    theirs: Iterator[Row],
    until_seq: int,
    may_be_gone: bool,
) -> Iterator[Difference]:
    place, seq = columns.index(key), columns.index("seq")
    for expected, found in _side_by_side(_sorted(made, table, key, columns), theirs, place):
        if found is None:
            if expected is not None and not may_be_gone:
                yield Difference(table, expected[place], "", "is missing")
        elif found[seq] > until_seq:
            continue
        elif expected is None:
            yield Difference(table, found[place], "", "should not be there", found[-1])
        else:
            for column, right, wrong in zip(columns, expected, found, strict=False):
                if right != wrong:
                    text = f"is {wrong!r}, by the journal {right!r}"
                    yield Difference(table, found[place], column, text, found[-1])


def _sorted(connection: sqlite3.Connection, table: str, key: str, columns: list[str]) -> Iterator[Row]:
    """The rows by their key, and "" after the columns: they are in no file."""
    return iter(connection.execute(f"SELECT {', '.join(columns)}, '' FROM {table} ORDER BY {key}"))


def _archived(
    connection: sqlite3.Connection, table: str, key: str, columns: list[str], files: Sequence[ArchiveFile]
) -> Iterator[Row]:
    """The rows of a table's files by their key, each with the file's name; they are sorted in a table for a while."""
    names, marks = ", ".join(columns), ", ".join("?" * (len(columns) + 1))
    connection.execute(f"CREATE TEMP TABLE archived_{table} AS SELECT {names}, '' AS file FROM {table} WHERE 0")
    order = [column.name for column in columns_of(table)]
    pick = itemgetter(*(order.index(column) for column in columns))
    for file in files:
        if file.known.table == table:
            rows = ((*pick(row), file.known.name) for row in file.tuples())
            connection.executemany(f"INSERT INTO archived_{table} VALUES ({marks})", rows)
    return iter(connection.execute(f"SELECT {names}, file FROM archived_{table} ORDER BY {key}"))


def _side_by_side(ours: Iterator[Row], theirs: Iterator[Row], place: int) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows of two sorted lists, those of the same key together; theirs may have a row in a table and in a file."""
    left, met = next(ours, None), False
    for right in theirs:
        while left is not None and left[place] < right[place]:
            if not met:
                yield left, None
            left, met = next(ours, None), False
        met = left is not None and left[place] == right[place]
        yield left if met else None, right
    if not met:
        yield left, None
    for rest in ours:
        yield rest, None
