"""The database file: its tables, as an ordered list of migrations, and how it is opened.

Money is an INTEGER of 1/10,000 dollar (`*_e4`), a time an INTEGER of nanoseconds UTC (`*_ns`), an enum
its text, a boolean 0 or 1. REAL columns may be NULL: that is how SQLite keeps a NaN. `number` counts the
rows of a table in the order in which they first appeared; `seq` is the journal row that wrote one last.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from fluxherod.engine.ports import StoreFailed
from fluxherod.failpoints import reach

_FIRST = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    now_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    effects BLOB NOT NULL,
    chain BLOB NOT NULL
) STRICT;

CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    order_type TEXT NOT NULL,
    time_in_force TEXT NOT NULL,
    role TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_ns INTEGER NOT NULL,
    updated_ns INTEGER NOT NULL,
    limit_price_e4 INTEGER,
    stop_price_e4 INTEGER,
    leg_stop_e4 INTEGER,
    parent_id TEXT,
    replaces_id TEXT,
    signal_id TEXT,
    manual INTEGER NOT NULL,
    broker_id TEXT NOT NULL,
    filled_quantity INTEGER NOT NULL,
    filled_value_e4 INTEGER NOT NULL,
    looks INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX orders_by_symbol ON orders (symbol);
CREATE INDEX orders_by_state ON orders (state);
CREATE INDEX orders_by_time ON orders (created_ns);

CREATE TABLE order_events (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    now_ns INTEGER NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    filled_quantity INTEGER NOT NULL,
    filled_value_e4 INTEGER NOT NULL,
    limit_price_e4 INTEGER,
    stop_price_e4 INTEGER,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX order_events_by_order ON order_events (order_id);

CREATE TABLE positions (
    symbol TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    cost_e4 INTEGER NOT NULL,
    opened_ns INTEGER NOT NULL,
    mode TEXT NOT NULL,
    regime TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    signal_id TEXT,
    stop_e4 INTEGER,
    target_e4 INTEGER,
    best_e4 INTEGER NOT NULL,
    atr REAL,
    price_e4 INTEGER NOT NULL,
    exit_quantity INTEGER NOT NULL,
    exit_reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE trades (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    symbol TEXT NOT NULL,
    side INTEGER NOT NULL,
    mode TEXT NOT NULL,
    regime TEXT NOT NULL,
    signal_id TEXT,
    signal_reason TEXT NOT NULL,
    opened_ns INTEGER NOT NULL,
    entry_quantity INTEGER NOT NULL,
    entry_value_e4 INTEGER NOT NULL,
    stop_e4 INTEGER,
    exit_quantity INTEGER NOT NULL,
    exit_value_e4 INTEGER NOT NULL,
    realized_e4 INTEGER NOT NULL,
    closed_ns INTEGER,
    exit_reason TEXT NOT NULL
) STRICT;
CREATE INDEX trades_by_symbol ON trades (symbol);
CREATE INDEX trades_by_time ON trades (opened_ns);

CREATE TABLE signals (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    symbol TEXT NOT NULL,
    kind TEXT NOT NULL,
    bar_start_ns INTEGER NOT NULL,
    decided_ns INTEGER NOT NULL,
    price REAL,
    mode TEXT NOT NULL,
    regime TEXT NOT NULL,
    outcome TEXT NOT NULL,
    order_id TEXT,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX signals_by_symbol ON signals (symbol);
CREATE INDEX signals_by_time ON signals (decided_ns);

CREATE TABLE risk_decisions (
    signal_id TEXT PRIMARY KEY REFERENCES signals (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE equity_curve (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    now_ns INTEGER NOT NULL,
    cash_e4 INTEGER NOT NULL,
    equity_e4 INTEGER NOT NULL,
    exposure_e4 INTEGER NOT NULL,
    unrealized_e4 INTEGER NOT NULL,
    realized_today_e4 INTEGER NOT NULL,
    last_equity_e4 INTEGER NOT NULL,
    buying_power_e4 INTEGER NOT NULL,
    broker_cash_e4 INTEGER NOT NULL,
    broker_equity_e4 INTEGER NOT NULL,
    as_of_ns INTEGER NOT NULL,
    peak_e4 INTEGER NOT NULL
) STRICT;
CREATE INDEX equity_curve_by_time ON equity_curve (now_ns);

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    now_ns INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    symbol TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_time ON alerts (now_ns);
"""

_SECOND = """
ALTER TABLE positions ADD COLUMN watched_stop_e4 INTEGER;
ALTER TABLE positions ADD COLUMN stop_factor REAL DEFAULT 1.0;
"""

# One row an alert. What was raised before alerts could be acknowledged is history: the daemon tells at its next start
# which alerts are open, with their true counts.
_THIRD = """
ALTER TABLE alerts RENAME TO raised_alerts;
DROP INDEX alerts_by_time;
CREATE TABLE alerts (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    symbol TEXT NOT NULL,
    raised_ns INTEGER NOT NULL,
    last_raised_ns INTEGER NOT NULL,
    count INTEGER NOT NULL,
    acknowledged_ns INTEGER,
    acknowledged_by TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_time ON alerts (last_raised_ns, number);
INSERT INTO alerts
    SELECT number, seq, 'old-' || number, code, severity, text, symbol, now_ns, now_ns, 1,
        now_ns, 'fluxherod', 'raised by a version without acknowledgement'
    FROM raised_alerts;
DROP TABLE raised_alerts;
"""

_FOURTH = """
ALTER TABLE orders ADD COLUMN chase_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN chain_id TEXT;
ALTER TABLE orders ADD COLUMN acknowledged_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN sequel TEXT NOT NULL DEFAULT '';
"""

# Rows that are in sealed files leave the journal (meta.sealed_through says up to where). A version that doesn't know
# that would begin the journal anew: it must refuse the file.
_FIFTH = "INSERT OR IGNORE INTO meta VALUES ('sealed_through', '0')"

# The files that rows have left the tables for: what is in a file beyond these numbers is still in its table, too. The
# times are those by which the rows are asked for. A version that doesn't know of them would answer with holes.
_SIXTH = """
CREATE TABLE archive_files (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    first_ns INTEGER NOT NULL,
    last_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

# Who asked for what was ordered before this is not known here: the journal has it.
_SEVENTH = """
ALTER TABLE orders ADD COLUMN requested_by TEXT NOT NULL DEFAULT '';
ALTER TABLE positions ADD COLUMN exit_by TEXT NOT NULL DEFAULT '';
"""

# One script a version, never edited once it has shipped: `user_version` counts how many have run.
MIGRATIONS: tuple[str, ...] = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH)

# What stands beside the database while `fluxherod rebuild` or `restore` puts another one in its place.
REBUILT, RESTORING = ".rebuilt", "restoring"

_WRITER_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "journal_size_limit = 67108864")


class StorageError(StoreFailed):
    """The journal can't be opened, trusted or made durable."""


def rebuilt(path: Path) -> Path:
    """Where a database that was made anew waits, whole, for its place."""
    return path.with_name(path.name + REBUILT)


def check_finished(path: Path) -> None:
    """Nothing may be written to a database that is about to be replaced.

    Raises:
        StorageError: when a rebuild or a restore was cut short; the text says what to do.
    """
    for left, command in ((rebuilt(path), "rebuild"), (path.with_name(RESTORING), "restore")):
        if left.exists():
            raise StorageError(f"fluxherod {command} was cut short (it left {left.name}): run it again")


def database_uri(path: Path, mode: str) -> str:
    """The file as SQLite's own kind of address: mode `ro` reads, `rwc` creates."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def connect(path: Path, *, read_only: bool = False, create: bool = True) -> sqlite3.Connection:
    """A connection in autocommit mode (transactions are said aloud); a writer syncs at every commit."""
    uri = database_uri(path, "ro" if read_only else "rwc" if create else "rw")
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA busy_timeout = 5000")
        for pragma in () if read_only else _WRITER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    """Bring the tables to this version, one transaction a step.

    Raises:
        StorageError: when a newer version wrote the file.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise StorageError(
            f"the database has schema {version}, this version knows up to {len(migrations)}: install the newer version"
        )
    for number, script in enumerate(migrations[version:], start=version + 1):
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number};")
            reach("migration.changed")
            connection.execute("COMMIT")
            reach("migration.committed")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
