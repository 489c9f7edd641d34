"""A database as an older version left it: made by the first migrations, with what a daemon of now has written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from fluxherod.adapters.sqlite.schema import MIGRATIONS

KEPT = ("journal", "orders", "order_events", "trades", "signals")


def make_old(path: Path, steps: int) -> dict[str, int]:
    """Make a database of a dead daemon one of `steps` migrations; the rows of the tables that must not lose any."""
    beside = path.with_name("old.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(sqlite3.connect(beside, isolation_level=None)) as old:
        for script in MIGRATIONS[:steps]:
            old.executescript(script)
        old.execute("ATTACH ? AS new", (str(path),))
        for (table,) in old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            _copy(old, table)
        old.execute(f"PRAGMA user_version = {steps}")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    beside.replace(path)
    return rows(path)


def _copy(old: sqlite3.Connection, table: str) -> None:
    """The columns that both know; a table that needs others stays empty, as it may be."""
    known = {row[1] for row in old.execute(f"PRAGMA new.table_info({table})")}
    columns = old.execute(f"PRAGMA main.table_info({table})").fetchall()
    if any(needed and default is None and name not in known for _, name, _, needed, default, _ in columns):
        return
    names = ", ".join(name for _, name, *_ in columns if name in known)
    old.execute(f"INSERT OR REPLACE INTO main.{table} ({names}) SELECT {names} FROM new.{table}")


def rows(path: Path) -> dict[str, int]:
    """How many rows tables have."""
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in KEPT}


def version(path: Path) -> int:
    """How many migrations it has seen."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
