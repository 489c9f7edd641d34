"""Rows that have left their table, as Parquet files: `STATE/archive/trades-2024-01.parquet`, a table's rows of a month.

A file has the table's own columns, sorted by `number`. Its pages have checksums; for the rest, of which Parquet reads
some changed bytes as other values, its metadata has a BLAKE2b over all of it (itself as zeros). The database names the
files that rows have left it for (`archive_files`). Rows leave only once their file is there: a row is in its table, in
a file, or for a while in both.
"""

from __future__ import annotations

import heapq
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache, reduce
from hashlib import blake2b
from itertools import islice
from operator import and_
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from fluxherod.adapters.files import replacing_plain
from fluxherod.adapters.sqlite.filters import Condition, Filters
from fluxherod.adapters.sqlite.projections import Row
from fluxherod.adapters.sqlite.schema import MIGRATIONS, StorageError
from fluxherod.core.calendar import NEW_YORK, SECOND_NS, new_york_day

FOLDER = "archive"
SUFFIX = ".parquet"
ROWS_AT_ONCE = 2_048  # so many are in the memory at the same time, whoever reads or writes
_ABOUT = b"fluxherod"
_DIGEST, _NO_DIGEST = b'"digest": "', b"0" * 64
_PIECE = 1 << 20
_TYPES = {"INTEGER": pa.int64(), "TEXT": pa.string(), "REAL": pa.float64()}
_REMEDY = "put it back from a backup, or stop the daemon and make the database anew with fluxherod rebuild"


class ArchiveFileError(StorageError):
    """A file that is missing, or can't be read or trusted; the text names it and says what to do."""


class Listed(NamedTuple):
    """A file as the database knows it: rows that are nowhere else are within these numbers and times."""

    name: str
    rows: int
    first_number: int
    last_number: int
    first_ns: int
    last_ns: int

    @property
    def table(self) -> str:
        """The table whose rows it has."""
        return self.name.removesuffix(SUFFIX)[: -len("-2024-01")]


class Column(NamedTuple):
    """A column of a table, and its value in rows that were written before it was there."""

    name: str
    kind: str
    default: Any


# --- names and columns ------------------------------------------------------------------------------------------------
def month_of(ns: int) -> str:
    """The New York month of a time, `YYYY-MM`."""
    return new_york_day(ns)[:7]


def month_ns(month: str) -> tuple[int, int]:
    """When a month begins and ends."""
    year, number = map(int, month.split("-"))
    begins = datetime(year, number, 1, tzinfo=NEW_YORK)
    ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=NEW_YORK)
    return int(begins.timestamp()) * SECOND_NS, int(ends.timestamp()) * SECOND_NS


def name_of(table: str, month: str) -> str:
    """The name of the file with a table's rows of a month."""
    return f"{table}-{month}{SUFFIX}"


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns that files of a table have: `number` first, also where the table itself has none."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for script in MIGRATIONS:
            connection.executescript(script)
        found = [
            Column(name, kind, connection.execute(f"SELECT {default or 'NULL'}").fetchone()[0])
            for _, name, kind, _, default, _ in connection.execute(f"PRAGMA table_info({table})").fetchall()
        ]
    return (Column("number", "INTEGER", None), *(column for column in found if column.name != "number"))


def listed(connection: sqlite3.Connection) -> dict[str, Listed]:
    """The files that a database has rows in, by name; none where it is of a version that knows of none."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'archive_files'").fetchone()
    rows = connection.execute("SELECT * FROM archive_files").fetchall() if known else []
    return {row[0]: Listed._make(row) for row in rows}


# --- a file -----------------------------------------------------------------------------------------------------------
class ArchiveFile:
    """One file, opened by `open`; its rows are read a few at a time when they are asked for.

    `known` is how the database knows it.
    """

    def __init__(self, path: Path, known: Listed, file: pq.ParquetFile) -> None:
        self.path = path
        self.known = known
        self._columns = columns(known.table)
        self._file = file

    @classmethod
    def open(
        cls, folder: Path, known: Listed, epoch: str, whole: dict[str, tuple[int, ...]] | None = None
    ) -> ArchiveFile:
        """Read what a file says of itself, and all of it once, to see that no byte has changed.

        Args:
            known: what it must have at least.
            epoch: the journal that its rows must be of.
            whole: remembers which files have been read as they are.

        Raises:
            ArchiveFileError: when it is missing, damaged, or not the one that it should be.
        """
        path = folder / known.name
        with _named(path):
            if not path.is_file():
                raise ValueError("is missing")
            status = path.stat()
            state = status.st_ino, status.st_mtime_ns, status.st_size
            if whole is None or whole.get(known.name) != state:
                _check_digest(path)
            if whole is not None:
                whole[known.name] = state
            file = cls(path, known, pq.ParquetFile(path, page_checksum_verification=True))
            file._check(epoch)
        return file

    def _check(self, epoch: str) -> None:
        about = json.loads((self._file.metadata.metadata or {})[_ABOUT])
        if about["epoch"] != epoch or name_of(about["table"], about["month"]) != self.known.name:
            raise ValueError(f"has {about['table']} of {about['month']} of journal {about['epoch']}")
        if about["schema"] > len(MIGRATIONS):
            raise ValueError(f"has schema {about['schema']}, this version knows up to {len(MIGRATIONS)}")
        if self.rows < self.known.rows:
            raise ValueError(f"has {self.rows} rows, there were {self.known.rows}: is it an old copy?")
        found = {field.name: field.type for field in self._file.schema_arrow}
        wanted = {column.name: _TYPES[column.kind] for column in self._columns}
        missing = wanted.keys() - found.keys()
        if not found.items() <= wanted.items() or (missing and about["schema"] == len(MIGRATIONS)):
            raise ValueError(f"has the columns {', '.join(found)}")

    @property
    def rows(self) -> int:
        """How many it has."""
        return int(self._file.metadata.num_rows)

    def numbers(self) -> pa.Array:
        """The numbers of its rows, in order."""
        with _named(self.path):
            groups = [self._group(index, ["number"]) for index in range(self._file.num_row_groups)]
            return pa.concat_tables(groups).column("number").combine_chunks()

    def tuples(self) -> Iterator[tuple[Any, ...]]:
        """All rows in order, each as the values of `columns`."""
        for index in range(self._file.num_row_groups):
            with _named(self.path):
                table = self._group(index, [column.name for column in self._columns])
                if self._file.metadata.row_group(index).num_rows != table.num_rows:
                    raise ValueError("has other rows than it says")
                lists = [table.column(column.name).to_pylist() for column in self._columns]
            yield from zip(*lists, strict=True)

    def newest(self, conditions: Sequence[Condition], most: int) -> Iterator[Row]:
        """The rows that meet some conditions, at most so many, those with the highest numbers first."""
        test = reduce(and_, (condition.arrow for condition in conditions))
        asked = [condition.column for condition in conditions]
        everything = [column.name for column in self._columns]
        for index in reversed(range(self._file.num_row_groups)):
            with _named(self.path):
                if not self._group(index, asked).filter(test).num_rows:
                    continue
                met = self._group(index, everything).filter(test)
                rows = met.slice(max(0, met.num_rows - most)).to_pylist()
            yield from reversed(rows)
            most -= len(rows)
            if not most:
                return

    def _group(self, index: int, names: Iterable[str]) -> pa.Table:
        """Some columns of some rows; a column that was not there yet has its default."""
        there = set(self._file.schema_arrow.names)
        names = dict.fromkeys(names)
        table = self._file.read_row_group(index, [name for name in names if name in there], use_threads=False)
        for column in self._columns:
            if column.name in names and column.name not in there:
                values = pa.array([column.default] * table.num_rows, _TYPES[column.kind])
                table = table.append_column(column.name, values)
        return table


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What can't be read is told with the file's name."""
    try:
        yield
    except (OSError, pa.ArrowException, ValueError, LookupError, TypeError, MemoryError) as error:
        raise ArchiveFileError(f"{path}: {error}: {_REMEDY}") from error


def write_file(
    folder: Path,
    table: str,
    month: str,
    epoch: str,
    rows: Iterator[tuple[Any, ...]],
    reached: Callable[[str], None],
) -> tuple[int, int, int]:
    """Write a file, or replace it; how many rows it has, and the first and the last number.

    Args:
        rows: at least one, sorted by number, each as the values of `columns`.
        reached: hears of the places at which a process may die: "written", "renamed".

    Raises:
        OSError: when it can't be written, or read back; what was there is as it was.
    """
    about = {"table": table, "month": month, "epoch": epoch, "schema": len(MIGRATIONS), "digest": _NO_DIGEST.decode()}
    kinds = [pa.field(column.name, _TYPES[column.kind]) for column in columns(table)]
    schema = pa.schema(kinds)
    numbers: list[int] = []
    count = 0

    def check(path: Path) -> None:
        _check_digest(path)
        file = pq.ParquetFile(path, page_checksum_verification=True)
        found = sum(file.read_row_group(index, use_threads=False).num_rows for index in range(file.num_row_groups))
        if found != count:
            raise OSError(f"{path}: {found} of {count} rows can be read back")

    with replacing_plain(folder / name_of(table, month), check, reached) as file:
        with pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True, store_schema=False) as writer:
            writer.add_key_value_metadata({_ABOUT: json.dumps(about).encode()})
            while some := list(islice(rows, ROWS_AT_ONCE)):
                numbers = [*numbers[:1], some[0][0], some[-1][0]]
                count += len(some)
                lists = zip(zip(*some, strict=True), kinds, strict=True)
                writer.write_table(pa.table([pa.array(values, field.type) for values, field in lists], schema=schema))
        file.flush()
        place, _, digest = _digests(file)
        file.seek(place)
        file.write(digest)
    return count, numbers[0], numbers[-1]


def _digests(file: BinaryIO) -> tuple[int, bytes, bytes]:
    """Where in a file its digest is, what it says, and what it should say."""
    size = file.seek(-8, os.SEEK_END) + 8
    footer_size = int.from_bytes(file.read(4), "little") + 8
    if footer_size > size:
        raise ValueError("is damaged")
    file.seek(-footer_size, os.SEEK_END)
    footer = file.read(footer_size)
    place = footer.rindex(_DIGEST) + len(_DIGEST)
    end = place + len(_NO_DIGEST)
    digest, left = blake2b(digest_size=32), size - footer_size
    file.seek(0)
    while left > 0 and (piece := file.read(min(left, _PIECE))):
        digest.update(piece)
        left -= len(piece)
    digest.update(footer[:place] + _NO_DIGEST + footer[end:])
    return size - footer_size + place, footer[place:end], digest.hexdigest().encode()


def _check_digest(path: Path) -> None:
    with path.open("rb") as file:
        _, said, digest = _digests(file)
    if said != digest:
        raise ValueError("is not the file that was written")


def merged(newer: Iterable[tuple[Any, ...]], older: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows of two lists that are sorted by number, each number once, of those that both have the newer one's."""
    last = None
    for row in heapq.merge(newer, older, key=lambda row: row[0]):
        if row[0] != last:
            yield row
        last = row[0]


# --- questions --------------------------------------------------------------------------------------------------------
class Archive:
    """The files of a state folder, read for those who ask the tables."""

    def __init__(self, folder: Path, epoch: str) -> None:
        self._folder = folder
        self._epoch = epoch
        self._whole: dict[str, tuple[int, ...]] = {}

    def newest(self, files: Iterable[Listed], filters: Filters, rows: Sequence[Row], most: int) -> list[Row]:
        """The newest rows of a table and of its files together, each once: at most so many.

        Args:
            rows: what the table itself has, as many of its newest as are asked for.

        Raises:
            ArchiveFileError: when a file that may matter can't be read.
        """
        found = {row["number"]: row for row in rows}
        for known in sorted(files, key=lambda known: known.last_number, reverse=True):
            lowest = min(found) if len(found) == most else 0
            if known.last_number < lowest:
                break
            if not _may_have(known, filters):
                continue
            conditions = [*filters.conditions, Condition("number", ">=", lowest)]
            for row in self._open(known).newest(conditions, most):
                found.setdefault(row["number"], row)
            found = {number: found[number] for number in sorted(found, reverse=True)[:most]}
        return list(found.values())

    def find(self, files: Iterable[Listed], key: str, since_ns: int) -> tuple[Row, Listed] | None:
        """The row with an id, and the file that has it. `since_ns` is a time that is not after the row's.

        Raises:
            ArchiveFileError: when a file that may have it can't be read, and no other one has it.
        """
        for known in sorted(files, key=lambda known: known.last_number, reverse=True):
            if known.last_ns < since_ns:
                continue
            for row in self._open(known).newest([Condition("id", "=", key)], 1):
                return row, known
        return None

    def _open(self, known: Listed) -> ArchiveFile:
        return ArchiveFile.open(self._folder, known, self._epoch, self._whole)


def _may_have(known: Listed, filters: Filters) -> bool:
    """True when numbers and times don't rule it out that a file has rows that are asked for."""
    return (
        (filters.before is None or known.first_number < filters.before)
        and (filters.since_ns is None or known.last_ns >= filters.since_ns)
        and (filters.until_ns is None or known.first_ns < filters.until_ns)
    )
