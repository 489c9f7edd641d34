"""Rows of the tables whose life is over go to the archive, a month and table a file, once they are some days old.

What the engine still remembers may still change, so it stays: whatever it has forgotten never changes again. The rows
leave the database later, when the daemon hears what is in files (`Archived`).
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fluxherod.adapters.files import TEMPORARY
from fluxherod.adapters.sqlite.archive_files import (
    FOLDER,
    ArchiveFile,
    ArchiveFileError,
    Listed,
    columns,
    listed,
    merged,
    month_ns,
    month_of,
    name_of,
    write_file,
)
from fluxherod.adapters.sqlite.schema import connect
from fluxherod.adapters.sqlite.tidying import Archived
from fluxherod.core.calendar import from_datetime, new_york
from fluxherod.core.orders import OrderState
from fluxherod.engine.engine import Engine
from fluxherod.failpoints import reach

log = logging.getLogger(__name__)

_ENDED = ", ".join(f"'{state}'" for state in OrderState if state.ended)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A table, and one whose rows belong to its rows and go with them.

    `time` is the column by which its rows are asked for, `over` what is true of those that may go, `part` the other
    table and its column with the id.
    """

    table: str
    time: str
    over: str
    part: tuple[str, str] | None = None


_KINDS = (
    _Kind("trades", "opened_ns", "closed_ns < :before"),
    _Kind(
        "orders",
        "created_ns",
        f"state IN ({_ENDED}) AND updated_ns < :before AND id NOT IN remembered",
        ("order_events", "order_id"),
    ),
    _Kind("signals", "decided_ns", "decided_ns < :before AND id NOT IN remembered", ("risk_decisions", "signal_id")),
    _Kind("equity_curve", "now_ns", "now_ns < :before"),
)


def remembered(engine: Engine) -> set[str]:
    """The ids of orders and signals that an engine may yet change; a trade that is closed never changes."""
    if not engine.run:
        return set()
    plans = (plan.signal for plan in engine.desk.plans.values())
    signals = (*plans, *engine.strategist.signals.values())
    return {*engine.desk.book.all, *(signal.id for signal in signals if signal is not None)}


def before_ns(now_ns: int, keep_days: int) -> int:
    """When the first day begins that stays: the day of a time, and so many before it."""
    day = new_york(now_ns).replace(hour=0, minute=0, second=0, microsecond=0)
    return from_datetime(day - timedelta(days=keep_days))


def archive_rows(database: Path, kept: Iterable[str], last_seq: int, before_ns: int) -> tuple[Archived, list[str]]:
    """Write what is older than a time to files, and say what is in them; also what was before and is still there.

    Args:
        kept: ids of rows that may yet change.
        last_seq: the newest input that those who say so have seen.

    Returns:
        What is in files, and what is wrong with files that are damaged or missing: their rows stay where they are.

    Raises:
        OSError, sqlite3.Error: when that is impossible.
    """
    folder = database.parent / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.glob(f"*{TEMPORARY}"):
        left.unlink(missing_ok=True)  # of a process that died while it wrote
    with closing(connect(database, read_only=True)) as connection:
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("CREATE TEMP TABLE remembered (id TEXT PRIMARY KEY)")
        connection.executemany("INSERT OR IGNORE INTO remembered VALUES (?)", ((one,) for one in kept))
        work = _Work(connection, folder)
        for kind in _KINDS:
            work.take(kind, last_seq, before_ns)
        work.look()
    return Archived(last_seq, tuple(work.written), work.rows), list(dict.fromkeys(work.faults))


class _Work:
    """One night's: `written` are the files, `rows` what is in them by numbers, `faults` what is wrong with others."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        (self.epoch,) = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        self.written: list[Listed] = []
        self.rows: dict[str, list[tuple[int, int]]] = {}
        self.faults: list[str] = []
        self._connection = connection
        self._folder = folder

    def take(self, kind: _Kind, last_seq: int, before_ns: int) -> None:
        """Take the rows of a table that may go, a month after the other."""
        self._connection.execute("DROP TABLE IF EXISTS temp.going")
        self._connection.execute(
            f"CREATE TEMP TABLE going AS SELECT number, {kind.time} AS at FROM {kind.table} "
            f"WHERE seq <= :last_seq AND {kind.over}",
            {"last_seq": last_seq, "before": before_ns},
        )
        gone: list[int] = []
        for month in sorted({month_of(at) for (at,) in self._connection.execute("SELECT at FROM going")}):
            self._connection.execute("BEGIN")  # which files there are, and rows, as of one moment
            try:
                gone += self._take_month(kind, month)
            except ArchiveFileError as error:
                self.faults.append(str(error))
            finally:
                self._connection.execute("COMMIT")
        self.rows[kind.table] = list(_in_a_row(sorted(gone)))

    def _take_month(self, kind: _Kind, month: str) -> list[int]:
        """The numbers of the rows that are in files now."""
        of_month = "FROM going g WHERE g.at >= ? AND g.at < ?"
        times = self._connection.execute(f"SELECT min(at), max(at) {of_month}", month_ns(month)).fetchone()
        own = f"FROM {kind.table} t JOIN going g ON g.number = t.number WHERE g.at >= ? AND g.at < ?"
        self._write(kind.table, month, times, "t.number", own)
        if kind.part is not None:
            table, key = kind.part
            joined = f"FROM {table} t JOIN {kind.table} o ON o.id = t.{key} JOIN going g ON g.number = o.number"
            number = "t.number" if table == "order_events" else "o.number"
            self._write(table, month, times, number, f"{joined} WHERE g.at >= ? AND g.at < ?")
        return [number for (number,) in self._connection.execute(f"SELECT g.number {of_month}", month_ns(month))]

    def _write(self, table: str, month: str, times: tuple[int, int], number: str, source: str) -> None:
        """Write the rows of a month to its file, with those that it has, unless it has them all."""
        known = self._listed().get(name_of(table, month))
        old = ArchiveFile.open(self._folder, known, self.epoch) if known is not None else None
        found = self._connection.execute(f"SELECT {number} {source}", month_ns(month)).fetchall()
        wanted = pa.array([number for (number,) in found], pa.int64())
        if not found:
            return
        if old is not None and pc.all(pc.is_in(wanted, there := old.numbers())).as_py():
            size = old.rows, there[0].as_py(), there[-1].as_py()
        else:
            names = ", ".join(f"t.{column.name}" for column in columns(table) if column.name != "number")
            rows = self._connection.execute(f"SELECT {number}, {names} {source} ORDER BY {number}", month_ns(month))
            reach("tables.write.before")
            both = merged(rows, old.tuples() if old is not None else ())
            size = write_file(self._folder, table, month, self.epoch, both, _reached)
            log.info("archived %s: %d rows", name_of(table, month), size[0])
            reach("tables.write.after")
        first_ns, last_ns = times if known is None else (min(times[0], known.first_ns), max(times[1], known.last_ns))
        self.written.append(Listed(name_of(table, month), *size, first_ns, last_ns))

    def look(self) -> None:
        """See whether the files are there that were there before, and what they say of themselves."""
        for known in self._listed().values():
            try:
                ArchiveFile.open(self._folder, known, self.epoch)
            except ArchiveFileError as error:
                self.faults.append(str(error))

    def _listed(self) -> dict[str, Listed]:
        return listed(self._connection)


def _reached(place: str) -> None:
    reach(f"tables.write.{place}")


def _in_a_row(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of numbers that follow each other."""
    for _, some in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        row = [number for _, number in some]
        yield row[0], row[-1]
