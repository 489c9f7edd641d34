from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fluxherod
from fluxherod.adapters.sqlite import SqliteStore, StorageError, TableReader, effects_digest, schema
from fluxherod.adapters.sqlite.journal import JournalRow, read_some
from fluxherod.adapters.sqlite.projections import ORDER, POSITION
from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.types import Bar, Mode, OrderType, Quote, Regime, Side, TimeInForce
from fluxherod.engine.codec import decode_event
from fluxherod.engine.effects import Alert, AlertUpdated, Effect, QuotesUpdated, Severity, StatusChanged
from fluxherod.engine.events import BarsReceived, Event, QuotesReceived, Stopping, TimerFired
from fluxherod.engine.ports import JournalEntry, Store

FINITE = st.floats(allow_nan=False)
BARS = st.builds(
    Bar, st.sampled_from(["SPY", "IBM"]), st.integers(0, 2**62), FINITE, FINITE, FINITE, FINITE, st.integers(0, 2**40)
)
EVENTS = st.one_of(
    st.just(TimerFired()),
    st.builds(Stopping, st.text(max_size=20)),
    st.builds(BarsReceived, st.lists(BARS, max_size=3).map(tuple)),
)
EFFECTS = st.lists(st.builds(StatusChanged, st.text(max_size=5), st.text(max_size=5)), max_size=3)


@contextmanager
def opened(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.open(path)
    try:
        yield store
    finally:
        store.close()


def entry(seq: int, event: Event | None = None, effects: Sequence[Effect] = ()) -> JournalEntry:
    return JournalEntry(seq, seq * 1000, event or TimerFired(), effects)


def quotes(seq: int) -> JournalEntry:
    quote = Quote("SPY", seq, 100.0 + seq, 100.5 + seq)
    return entry(seq, QuotesReceived((quote,)), [QuotesUpdated((quote,))])


def rows_of(path: Path, after_seq: int = 0) -> list[JournalRow]:
    """The durable rows after a number, over a connection of its own."""
    with closing(schema.connect(path, read_only=True)) as connection:
        return [row for row, _ in read_some(connection, after_seq)]


async def fill(path: Path, count: int) -> None:
    with opened(path) as store:
        await store.append([quotes(seq) for seq in range(1, count + 1)])


def test_the_store_is_the_engines_port(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store:
        port: Store = store
        assert port is store


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(EVENTS, EFFECTS, st.booleans()), max_size=12))
def test_the_journal_gives_back_what_was_appended_however_it_was_grouped(
    inputs: list[tuple[Event, list[Effect], bool]],
) -> None:
    async def run(path: Path) -> None:
        entries = [JournalEntry(seq, seq * 7, event, effects) for seq, (event, effects, _) in enumerate(inputs, 1)]
        with opened(path) as store:
            group: list[JournalEntry] = []
            for one, (_, _, ends_group) in zip(entries, inputs, strict=True):
                group.append(one)
                if ends_group:
                    await store.append(group)
                    group = []
            await store.append(group)
        with opened(path) as store:
            rows = rows_of(path)
            assert [JournalEntry(row.seq, row.now_ns, decode_event(row.kind, row.payload), ()) for row in rows] == [
                JournalEntry(one.seq, one.now_ns, one.event, ()) for one in entries
            ]
            assert [row.effects for row in rows] == [effects_digest(one.effects) for one in entries]
            assert store.verify().bad_seq is None
            assert store.verify().rows == store.tail().seq == len(entries)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder) / "db"))


async def test_reading_on_from_a_row_gives_the_rows_after_it(tmp_path: Path) -> None:
    await fill(tmp_path / "db", 5)
    with opened(tmp_path / "db") as store:
        assert [row.seq for row in rows_of(store.path, 3)] == [4, 5]


async def test_sixty_four_concurrent_appends_share_commits_and_lose_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store:
        done: list[int] = []

        async def append(seq: int) -> None:
            await store.append([quotes(seq)])
            done.append(seq)

        async with asyncio.TaskGroup() as group:
            for seq in range(1, 65):
                group.create_task(append(seq))
        assert sorted(done) == list(range(1, 65))
        assert store.commits < 64
        assert store.queue_depth == 0
        assert [row.seq for row in rows_of(tmp_path / "db")] == list(range(1, 65))


async def test_what_was_said_to_be_durable_survives_a_sudden_end(tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "db"
    copy.parent.mkdir()
    with opened(tmp_path / "db") as store:
        for seq in range(1, 30):
            await store.append([quotes(seq)])
            # What a killed process leaves: the files as they are, nothing checkpointed or closed.
            shutil.copy(tmp_path / "db", copy)
            shutil.copy(tmp_path / "db-wal", f"{copy}-wal")
        store_epoch = store.epoch
    with opened(copy) as survivor:
        assert survivor.tail().seq == 29
        assert survivor.verify().bad_seq is None
        assert survivor.epoch == store_epoch
        await survivor.append([quotes(30)])


async def test_a_torn_end_of_the_log_costs_only_what_was_not_durable(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store:
        await store.append([quotes(1)])
        durable = (tmp_path / "db-wal").stat().st_size
        await store.append([quotes(2)])
        copy = tmp_path / "copy"
        shutil.copy(tmp_path / "db", copy)
        torn = (tmp_path / "db-wal").read_bytes()[: durable + 100]
        (tmp_path / "copy-wal").write_bytes(torn)
    with opened(copy) as survivor:
        assert survivor.tail().seq == 1
        assert survivor.verify().bad_seq is None


@pytest.mark.parametrize("column", ["payload", "effects", "kind", "now_ns", "chain"])
async def test_verify_names_the_row_in_which_one_byte_changed(tmp_path: Path, column: str) -> None:
    path = tmp_path / "db"
    await fill(path, 300)
    with closing(sqlite3.connect(path)) as connection:
        (value,) = connection.execute(f"SELECT {column} FROM journal WHERE seq = 17").fetchone()
        changed = {
            bytes: lambda: bytes([value[0] ^ 1]) + value[1:],
            str: lambda: chr(ord(value[0]) ^ 1) + value[1:],
            int: lambda: value ^ 1,
        }[type(value)]()
        connection.execute(f"UPDATE journal SET {column} = ? WHERE seq = 17", (changed,))
        connection.commit()
    with opened(path) as store:  # the end, which is checked at each start, is sound
        found = store.verify()
    assert (found.bad_seq, found.rows) == (17, 16)


async def test_verify_names_a_missing_row(tmp_path: Path) -> None:
    path = tmp_path / "db"
    await fill(path, 300)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM journal WHERE seq = 9")
        connection.commit()
    with opened(path) as store:
        assert store.verify().bad_seq == 9


async def test_a_damaged_end_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "db"
    await fill(path, 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE journal SET now_ns = now_ns + 1 WHERE seq = 3")
        connection.commit()
    with pytest.raises(StorageError, match="row 3 is not the one that was written"):
        SqliteStore.open(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageError, match="not a database"):
        SqliteStore.open(path)


def test_a_second_process_is_refused_and_told_who_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "db"
    program = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "from fluxherod.adapters.sqlite import SqliteStore\n"
        "SqliteStore.open(pathlib.Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    daemon = str(Path(fluxherod.__path__[0]).parent)
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path), daemon], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"
        with pytest.raises(StorageError, match=f"in use by process {first.pid}"):
            SqliteStore.open(path)
        first.kill()
    with opened(path) as store:  # the lock ended with the process that was killed
        assert store.run == 2


async def test_after_a_failure_nothing_is_taken_until_the_store_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with opened(path) as store:
        await store.append([quotes(1)])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(
                "CREATE TRIGGER broken BEFORE INSERT ON journal WHEN NEW.seq = 3"
                " BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END"
            )
        with pytest.raises(StorageError, match="the disk is on fire"):
            await store.append([quotes(2), quotes(3)])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TRIGGER broken")
        with pytest.raises(StorageError, match="the disk is on fire"):
            await store.append([quotes(2)])
    with opened(path) as store:
        assert store.tail().seq == 1  # a failed group leaves nothing behind
        await store.append([quotes(2)])


async def test_a_gap_in_the_numbers_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store, pytest.raises(StorageError, match="entry 2 does not follow 0"):
        await store.append([quotes(2)])


async def test_what_can_not_be_encoded_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store, pytest.raises(StorageError, match="can't encode"):
        await store.append([quotes(1), entry(2, effects=[StatusChanged(object())])])  # type: ignore[arg-type]
    with opened(tmp_path / "db") as store:
        assert store.tail().seq == 0


async def test_a_queue_beyond_its_bound_fails_the_store(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "db", fail_beyond=3)
    with pytest.raises(StorageError, match="the disk is behind"):
        await store.append([quotes(seq) for seq in range(1, 5)])
    with pytest.raises(StorageError, match="the disk is behind"):
        await store.append([quotes(1)])
    store.close()


async def test_a_closed_store_has_committed_everything_and_takes_no_more(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "db")
    first = store.append([quotes(1)])
    store.close()
    await first
    with pytest.raises(StorageError, match="closed"):
        await store.append([quotes(2)])


async def test_an_append_of_nothing_waits_for_all_before_it(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store:
        first = store.append([quotes(1)])
        await store.append([])
        assert first.done()


async def test_a_waiter_that_gave_up_does_not_stop_the_others(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store:
        given_up, waited_for = store.append([quotes(1)]), store.append([quotes(2)])
        given_up.cancel()
        await waited_for
        assert store.tail().seq == 2


def test_the_journals_id_is_made_once_and_runs_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "state" / "deep" / "db"
    with opened(path) as store:
        epoch, run = store.epoch, store.run
    with opened(path) as store:
        assert (store.epoch, store.run) == (epoch, run + 1)
    assert run == 1
    assert len(bytes.fromhex(epoch)) == 16


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="schema 99, this version knows up to"):
        SqliteStore.open(path)


async def test_a_migration_keeps_the_rows_and_one_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with opened(path) as store:
        await store.append([entry(1, effects=[AlertUpdated(Alert("id", "CODE", Severity.INFO, "text", "", 1, 1))])])
    with closing(schema.connect(path)) as connection:
        broken = (*schema.MIGRATIONS, "ALTER TABLE alerts ADD COLUMN extra TEXT; SELECT nonsense;")
        with pytest.raises(sqlite3.OperationalError, match="nonsense"):
            schema.migrate(connection, broken)
        assert "extra" not in [column[1] for column in connection.execute("PRAGMA table_info(alerts)")]
        schema.migrate(connection, (*schema.MIGRATIONS, "ALTER TABLE alerts ADD COLUMN extra TEXT"))
        assert connection.execute("SELECT code, extra FROM alerts").fetchall() == [("CODE", None)]


def test_alerts_of_the_old_shape_are_carried_over_as_history(tmp_path: Path) -> None:
    with closing(schema.connect(tmp_path / "db")) as connection:
        schema.migrate(connection, schema.MIGRATIONS[: schema.MIGRATIONS.index(schema._THIRD)])
        connection.executemany(
            "INSERT INTO alerts (seq, now_ns, code, severity, text, symbol) VALUES (?, ?, ?, ?, ?, ?)",
            [(7, 7_000, "A", "warning", "look", "SPY"), (9, 9_000, "A", "critical", "look again", "")],
        )
        schema.migrate(connection)
        columns = "number, seq, id, code, severity, text, symbol, raised_ns, last_raised_ns, count, acknowledged_ns"
        rows = connection.execute(f"SELECT {columns}, acknowledged_by FROM alerts ORDER BY number").fetchall()
    assert rows == [
        (1, 7, "old-1", "A", "warning", "look", "SPY", 7_000, 7_000, 1, 7_000, "fluxherod"),
        (2, 9, "old-2", "A", "critical", "look again", "", 9_000, 9_000, 1, 9_000, "fluxherod"),
    ]


@pytest.mark.parametrize("added", ["chase_count", "requested_by"])
async def test_rows_of_before_a_column_was_there_are_read_with_its_default(tmp_path: Path, added: str) -> None:
    path = tmp_path / "db"
    before = schema.MIGRATIONS[: next(n for n, step in enumerate(schema.MIGRATIONS) if added in step)]
    order = Order(
        "fh-1", "SPY", Side.BUY, OrderType.MARKET, TimeInForce.GTC, OrderRole.ENTRY, 5, OrderState.FILLED, 1, 2
    )
    position = Position(
        "SPY", 5, 10, 1, Mode.TREND, Regime.NEUTRAL, "fh-1", None, None, None, 2, 1.5, 2, exit_reason="closed by hand"
    )
    with closing(schema.connect(path)) as connection:
        schema.migrate(connection, before)
        for table, record, value in (("orders", ORDER, order), ("positions", POSITION, position)):
            known = {column[1] for column in connection.execute(f"PRAGMA table_info({table})")}
            row = {name: cell for name, cell in zip(record.columns, record.cells(value), strict=True) if name in known}
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} (seq, {', '.join(row)}) VALUES (1, {marks})", tuple(row.values()))
        schema.migrate(connection)
    async with await TableReader.open(path) as tables:
        assert await tables.order("fh-1") == order
        assert await tables.positions() == (position,)


def test_the_writer_syncs_every_commit(tmp_path: Path) -> None:
    with closing(schema.connect(tmp_path / "db")) as connection:
        pragmas = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        assert pragmas == ["wal", 2]
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
