"""The database anew, and the tables compared with a replay: what is damaged is named, what can be read is kept."""

from __future__ import annotations

import asyncio
import re
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from crash.old_database import make_old, version
from daemon.test_archive import CODE, check_whole, drop_sealed, entries, state_dir
from engine.test_strategist import drive, warm

from fluxherod.adapters.journal_files import DATABASE, JournalFiles
from fluxherod.adapters.mirror import MirrorFile
from fluxherod.adapters.sqlite.schema import StorageError, connect, rebuilt
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.core.risk.safety import SafetyState
from fluxherod.engine.commands import Caller, ClosePositionCommand
from fluxherod.engine.effects import AlertRaised, Effect, OrderUpdated, PositionUpdated, TradeUpdated
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import Started
from fluxherod.engine.ports import JournalEntry
from fluxherod.persistence import archive as archive_module
from fluxherod.persistence.archive import archive
from fluxherod.persistence.rebuild import RebuildError, rebuild, rebuild_main
from fluxherod.persistence.recovery import recover_folder
from fluxherod.persistence.tables import KEYS
from fluxherod.persistence.verify import verify_main

__all__ = ["entries", "state_dir"]  # fixtures


@pytest.fixture(scope="module")
def sealed_once(tmp_path_factory: pytest.TempPathFactory, entries: list[JournalEntry]) -> Path:
    folder = tmp_path_factory.mktemp("sealed") / "state"
    store = SqliteStore.open(folder / DATABASE)
    asyncio.run(write(store, entries))
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive_module, "LEAST_ROWS", 1)
        archive(folder, CODE, lambda done: None)
    drop_sealed(folder)
    return folder


@pytest.fixture
def sealed(tmp_path: Path, sealed_once: Path) -> Path:
    """A state folder of which two days are sealed and have left the database."""
    return Path(shutil.copytree(sealed_once, tmp_path / "state"))


async def write(store: SqliteStore, entries: list[JournalEntry]) -> None:
    await store.append(entries)


def content(state_dir: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, and of the journal."""
    with closing(connect(state_dir / DATABASE, read_only=True)) as connection:
        tables = [*KEYS, "journal"]
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables}


def damage_page(state_dir: Path, table: str) -> None:
    """Overwrite the root page of a table, as a disk may."""
    path = state_dir / DATABASE
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def change(state_dir: Path, sql: str) -> None:
    with closing(connect(state_dir / DATABASE)) as connection:
        connection.execute(sql)


def write_mirror(state_dir: Path, inputs: int) -> None:
    MirrorFile(state_dir).put(SafetyState(JournalFiles(state_dir).epoch, 3, inputs))


def codes_of_a_start(state_dir: Path) -> list[str]:
    """The alerts of the next start: as the daemon does it, with safety.json."""
    found = recover_folder(state_dir, lambda text: None)
    mirror, fault = MirrorFile(state_dir).read()
    assert mirror is not None
    assert mirror.epoch == JournalFiles(state_dir).epoch
    mirror = replace(mirror, epoch=found.engine.epoch)  # the inputs of these tests are another world's
    started = Started(found.engine.epoch, 4, "1", found.engine.settings, mirror, fault, mirror_read=True)
    effects = found.engine.process(found.last_ns + 1, started)
    return [effect.code for effect in effects if isinstance(effect, AlertRaised)]


def test_every_table_is_compared(state_dir: Path) -> None:
    with closing(connect(state_dir / DATABASE)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == {*KEYS, "meta", "journal", "archive_files"}


def test_a_rebuilt_database_is_row_for_row_the_one_that_was_there(
    sealed: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    write_mirror(sealed, 5)
    before = content(sealed)
    assert before["trades"]
    assert before["equity_curve"]
    assert verify_main(sealed) == 0
    assert rebuild_main(sealed) == 0
    assert content(sealed) == before
    told = capsys.readouterr().out
    assert "lost" not in told
    (kept,) = sealed.glob(f"{DATABASE}.damaged-*Z")
    assert str(kept) in told
    check_whole(sealed, entries)
    assert verify_main(sealed) == 0
    assert "START_OLD_DATABASE" not in codes_of_a_start(sealed)
    store = SqliteStore.open(sealed / DATABASE)
    assert (store.tail().seq, store.run) == (len(entries), 4)  # it counts on
    store.close()


def test_rows_in_the_log_of_a_killed_writer_are_read_and_the_log_is_kept_with_the_old_database(
    tmp_path: Path, entries: list[JournalEntry]
) -> None:
    state_dir = tmp_path / "killed"
    with closing(SqliteStore.open(tmp_path / "writes" / DATABASE)) as store:
        asyncio.run(write(store, entries[:20]))
        with closing(connect(store.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asyncio.run(write(store, entries[20:]))
        shutil.copytree(tmp_path / "writes", state_dir)
    before = content(tmp_path / "writes")
    log = (state_dir / f"{DATABASE}-wal").read_bytes()
    assert rebuild_main(state_dir) == 0
    assert content(state_dir) == before
    (kept,) = state_dir.glob(f"{DATABASE}.damaged-*-wal")
    assert kept.read_bytes() == log
    assert not list(state_dir.glob(f"{DATABASE}-wal"))


def test_a_damaged_table_costs_nothing(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(sealed)
    damage_page(sealed, "trades")
    assert verify_main(sealed) == 1
    assert "DAMAGED" in (told := capsys.readouterr().out)
    assert "table trades: can't be read" in told
    assert rebuild_main(sealed) == 0
    assert content(sealed) == before
    assert verify_main(sealed) == 0


def test_rows_after_one_that_cannot_be_trusted_are_lost_and_the_next_start_is_halted(
    sealed: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = len(entries) - 3
    change(sealed, f"UPDATE journal SET payload = x'00' WHERE seq = {bad}")
    write_mirror(sealed, 5)  # no order among the lost rows: it is told all the same
    assert rebuild_main(sealed) == 0
    assert f"rows after {bad - 1} are lost" in capsys.readouterr().out
    check_whole(sealed, entries[: bad - 1])
    assert verify_main(sealed) == 0
    assert "START_OLD_DATABASE" in codes_of_a_start(sealed)


@pytest.mark.parametrize("damage", ["gone", "no database", "an old copy", "journal's page"])
def test_without_a_readable_row_the_sealed_files_are_what_is_left(
    sealed: Path, entries: list[JournalEntry], damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state_dir = sealed
    path = state_dir / DATABASE
    write_mirror(state_dir, 5)
    match damage:
        case "gone":
            path.unlink()
        case "no database":
            path.write_bytes(b"no database" * 1000)
        case "an old copy":
            change(state_dir, "DELETE FROM journal")
        case "journal's page":
            damage_page(state_dir, "journal")
    assert rebuild_main(state_dir) == 0
    last_seq = JournalFiles(state_dir).sealed_through().seq
    assert f"rows after {last_seq} are lost" in capsys.readouterr().out
    assert content(state_dir)["journal"][0][0] == last_seq
    check_whole(state_dir, entries[:last_seq])
    assert verify_main(state_dir) == 0
    assert "START_OLD_DATABASE" in codes_of_a_start(state_dir)


def test_a_missing_sealed_file_is_asked_for_and_nothing_changes(sealed: Path) -> None:
    before = (sealed / DATABASE).read_bytes()
    JournalFiles(sealed).sealed()[-1].path.unlink()
    with pytest.raises(RebuildError, match=r"were sealed.*from a backup"):
        rebuild_main(sealed)
    assert (sealed / DATABASE).read_bytes() == before
    assert not list(sealed.glob("*.new*"))


def test_where_nothing_can_be_read_it_says_so(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database" * 1000)
    with pytest.raises(RebuildError, match="Restore a backup"):
        rebuild_main(tmp_path)
    with pytest.raises(RebuildError, match="name the daemon's state folder"):
        rebuild_main(tmp_path / "none")


def test_an_empty_database_does_not_hide_the_journal_that_was_there(sealed: Path, entries: list[JournalEntry]) -> None:
    last_seq = JournalFiles(sealed).sealed_through().seq
    (sealed / DATABASE).unlink()
    SqliteStore.open(sealed / DATABASE).close()
    with pytest.raises(RebuildError, match="of another journal: to rebuild that one, move the database away"):
        rebuild_main(sealed)
    (sealed / DATABASE).unlink()
    assert rebuild_main(sealed) == 0
    check_whole(sealed, entries[:last_seq])


def test_no_database_is_replaced_under_a_daemon(sealed: Path) -> None:
    store = SqliteStore.open(sealed / DATABASE)
    with pytest.raises(RebuildError, match="is in use by process"):
        rebuild_main(sealed)
    store.close()


def test_a_rebuild_that_was_cut_short_is_gone_on_with_and_no_daemon_starts_before(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(sealed)
    rebuild(sealed)
    with pytest.raises(StorageError, match="fluxherod rebuild was cut short"):
        SqliteStore.open(sealed / DATABASE)
    (sealed / DATABASE).unlink()  # at the worst moment
    assert rebuild_main(sealed) == 0
    assert "cut short" in capsys.readouterr().out
    assert not rebuilt(sealed / DATABASE).exists()
    assert content(sealed) == before


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE trades SET realized_e4 = realized_e4 + 1 WHERE number = 2", r"table trades, id .*: realized_e4 is"),
        ("DELETE FROM equity_curve WHERE number = 3", "table equity_curve, number 3: is missing"),
        ("UPDATE settings SET value = '\"x\"' WHERE key = 'timeframe'", "table settings, key timeframe: value is"),
        ("INSERT INTO alerts VALUES (1, 9, 'x', 'CODE', 'info', '', '', 1, 1, 1, NULL, '', '')",
         "table alerts, id x: should not be there"),
    ],
)  # fmt: skip
def test_a_changed_row_of_a_table_is_named_by_verify(
    state_dir: Path, sql: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(state_dir, sql)
    assert verify_main(state_dir) == 1
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if "DAMAGED" in line]
    assert re.search(told, out)
    assert "\n1 faults" in out


def test_what_another_version_decided_otherwise_is_compared_up_to_there(
    tmp_path: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    seq = next(one.seq for one in entries if any(isinstance(effect, TradeUpdated) for effect in one.effects))
    for code, result in (("another", 0), (CODE.fingerprint, 1)):
        folder = tmp_path / code[:7]
        store = SqliteStore.open(folder / DATABASE)
        written = [
            replace(one, event=replace(one.event, code=code)) if isinstance(one.event, Started) else one
            for one in entries
        ]
        written[seq - 1] = replace(written[seq - 1], effects=())
        asyncio.run(write(store, written))
        store.close()
        assert verify_main(folder) == result
        assert f"input {seq} of the journal comes out otherwise" in capsys.readouterr().out
        change(folder, f"UPDATE equity_curve SET cash_e4 = 1 WHERE number = 1 AND seq < {seq}")
        assert verify_main(folder) == 1
        capsys.readouterr()


def as_of_before(effect: Effect) -> Effect:
    """What a version has recorded that did not know who asked."""
    if isinstance(effect, OrderUpdated):
        return replace(effect, order=replace(effect.order, requested_by=""))
    if isinstance(effect, PositionUpdated):
        return replace(effect, position=replace(effect.position, exit_by=""))
    return effect


@pytest.fixture
def nameless(tmp_path: Path) -> Path:
    """A folder of before migration 7: a strategy's entry, an operator's after it, and an exit of an operator's."""
    world = warm()
    drive(world)
    world.close()
    world.place(10, 440.0)
    world.exchange.auto_fill = False
    world.tell(ClosePositionCommand(Caller("ann-1", "token:ann"), "SPY"))
    engine, made = Engine(), []
    for seq, (now_ns, event, _) in enumerate(world.journal, 1):
        effects = [as_of_before(effect) for effect in engine.process(now_ns, event)]
        made.append(JournalEntry(seq, now_ns, event, effects))
    store = SqliteStore.open(tmp_path / "state" / DATABASE)
    asyncio.run(write(store, made))
    store.close()
    make_old(tmp_path / "state" / DATABASE, 6)
    return tmp_path / "state"


def who_asked(state_dir: Path) -> tuple[set[tuple[str, str]], list[tuple[str]]]:
    """Of each kind of order who asked for it, and of the open position who wants to close it."""
    with closing(connect(state_dir / DATABASE, read_only=True)) as connection:
        orders = connection.execute(
            "SELECT role || iif(signal_id IS NULL, '', ' of a signal'), requested_by FROM orders"
        )
        return set(orders), connection.execute("SELECT exit_by FROM positions").fetchall()


def test_who_asked_for_an_order_is_known_of_old_rows_once_the_database_is_made_anew(
    nameless: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SqliteStore.open(nameless / DATABASE).close()
    assert version(nameless / DATABASE) > 6
    orders, positions = who_asked(nameless)
    assert ({name for _, name in orders}, positions) == ({""}, [("",)])
    before = content(nameless)
    assert rebuild_main(nameless) == 0
    assert who_asked(nameless) == (
        {
            ("entry of a signal", ""),
            ("stop of a signal", ""),
            ("exit of a signal", "tester"),
            ("entry", "tester"),
            ("stop", ""),
            ("exit", "token:ann"),
        },
        [("token:ann",)],
    )
    assert content(nameless)["journal"] == before["journal"]
    assert "are lost" not in capsys.readouterr().out


def test_a_database_that_no_newer_version_has_opened_is_made_anew_all_the_same(nameless: Path) -> None:
    assert version(nameless / DATABASE) == 6
    assert rebuild_main(nameless) == 0
    orders, positions = who_asked(nameless)
    assert ({name for _, name in orders}, positions) == ({"", "tester", "token:ann"}, [("token:ann",)])
    assert version(nameless / DATABASE) > 6
