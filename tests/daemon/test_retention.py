"""Old rows in files: the night that writes them, a rebuild, a backup, and `verify`, which finds what was changed."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from adapters.test_archive_files import drop
from daemon.test_archive import CODE, Running, entries, state_dir
from daemon.test_rebuild import content
from harness.processes import wait_for

from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.adapters.sqlite.archive_files import ArchiveFile, columns, listed, write_file
from fluxherod.adapters.sqlite.reader import TableReader
from fluxherod.adapters.sqlite.schema import connect
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.core.calendar import HOUR_NS
from fluxherod.engine.alerts import archive_reported
from fluxherod.engine.events import ArchiveReported, Event
from fluxherod.engine.ports import JournalEntry
from fluxherod.persistence import archivist as archivist_module
from fluxherod.persistence.archive import archive
from fluxherod.persistence.backup import BackupError, backup_main, restore_main
from fluxherod.persistence.rebuild import rebuild_main
from fluxherod.persistence.recovery import DATABASE
from fluxherod.persistence.retention import archive_rows, before_ns
from fluxherod.persistence.verify import verify_main

__all__ = ["entries", "state_dir"]  # fixtures


def archive_all(folder: Path, entries: list[JournalEntry]) -> None:
    """As if the engine had forgotten everything, and days had passed."""
    last_ns = entries[-1].now_ns
    archived, faults = archive_rows(folder / DATABASE, (), len(entries), before_ns(last_ns + 30 * HOUR_NS, 0))
    assert faults == []
    assert {known.table for known in archived.files} >= {"trades", "orders", "order_events", "equity_curve"}
    drop(folder / DATABASE, archived)


def sizes(folder: Path) -> dict[str, int]:
    return {table: len(rows) for table, rows in content(folder).items()}


async def _lists(folder: Path) -> list[Any]:
    async with await TableReader.open(folder / DATABASE) as reader:
        lists = reader.trades, reader.orders, reader.signals, reader.equity_curve
        found: list[Any] = [(await ask(page_size=1_000)).items for ask in lists]  # type: ignore[operator]
        return found + [await reader.order_events(order.id) for order in found[1]]


def lists(folder: Path) -> list[Any]:
    return asyncio.run(_lists(folder))


def files_of(folder: Path) -> list[Path]:
    return sorted((folder / "archive").glob("*.parquet"))


def change(folder: Path, path: Path, column: str, value: object) -> None:
    """Another value in the first row of a file, as our own code would write it."""
    with closing(connect(folder / DATABASE, read_only=True)) as connection:
        known, epoch = listed(connection)[path.name], JournalFiles(folder).epoch
    rows = list(ArchiveFile.open(path.parent, known, epoch).tuples())
    place = [one.name for one in columns(known.table)].index(column)
    rows[0] = (*rows[0][:place], value, *rows[0][place + 1 :])
    write_file(path.parent, known.table, "2024-01", epoch, iter(rows), lambda place: None)


def test_a_night_lets_old_rows_leave_that_the_engine_has_forgotten(
    state_dir: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    before, answers = sizes(state_dir), lists(state_dir)
    assert archive(state_dir, CODE, lambda done: None).tables is not None
    assert files_of(state_dir) == []  # nothing is 30 days old
    done = archive(state_dir, CODE, lambda done: None, keep_days=0)
    assert done.tables is not None
    assert done.lost == ()
    assert [path.name for path in files_of(state_dir)] == [
        f"{table}-2024-01.parquet" for table in ("equity_curve", "signals", "trades")
    ]
    drop(state_dir / DATABASE, done.tables)
    after = sizes(state_dir)
    assert (before["trades"], after["trades"]) == (4, 1)
    assert after["equity_curve"] < before["equity_curve"]
    assert after["orders"] == before["orders"]  # for three days the engine knows them, and may hear of them
    assert lists(state_dir) == answers
    assert verify_main(state_dir) == 0
    assert "trades-2024-01.parquet: 3 rows" in capsys.readouterr().out


def test_verify_finds_a_changed_cell_a_lost_row_and_a_lost_file_in_the_archive(
    state_dir: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    archive_all(state_dir, entries)
    assert verify_main(state_dir) == 0
    assert "replaced where it is needed" not in capsys.readouterr().out
    trades, orders = (state_dir / f"archive/{name}-2024-01.parquet" for name in ("trades", "orders"))
    whole = {path: path.read_bytes() for path in (trades, orders)}
    for path, column, value in ((trades, "realized_e4", 5), (orders, "state", "expired"), (trades, "id", "none")):
        change(state_dir, path, column, value)
        assert verify_main(state_dir) == 1
        assert f"DAMAGED: {path}: table {path.name[:6]}, id " in capsys.readouterr().out
        path.write_bytes(whole[path])
    trades.rename(trades.with_suffix(".away"))
    assert verify_main(state_dir) == 1
    out = capsys.readouterr().out
    assert f"DAMAGED: {trades}: is missing: put it back from a backup, or stop the daemon" in out
    assert "1 faults" in out
    trades.write_bytes(whole[trades][:-30] + b"?" + whole[trades][-29:])
    assert verify_main(state_dir) == 1
    assert f"DAMAGED: {trades}" in capsys.readouterr().out


def test_a_rebuild_has_every_row_once_and_the_next_night_archives_them_again(
    state_dir: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    before, answers = content(state_dir), lists(state_dir)
    archive_all(state_dir, entries)
    files_of(state_dir)[0].write_bytes(b"damaged")
    assert rebuild_main(state_dir) == 0
    assert content(state_dir) == before
    assert lists(state_dir) == answers
    assert verify_main(state_dir) == 0
    assert "it is not used, and replaced where it is needed" in capsys.readouterr().out
    archive_all(state_dir, entries)
    assert sizes(state_dir)["trades"] == 1
    assert lists(state_dir) == answers
    assert verify_main(state_dir) == 0


def test_a_backup_has_the_archive_and_names_a_file_of_it_that_is_missing(
    state_dir: Path, tmp_path: Path, entries: list[JournalEntry]
) -> None:
    answers = lists(state_dir)
    archive_all(state_dir, entries)
    copy, again = tmp_path / "copy", tmp_path / "again"
    assert backup_main(state_dir, copy) == 0
    assert [path.name for path in files_of(copy)] == [path.name for path in files_of(state_dir)]
    assert {path.stat().st_mode & 0o77 for path in (copy / "archive", *files_of(copy))} == {0}
    assert verify_main(copy) == 0
    assert restore_main(copy, again, force=False) == 0
    assert lists(again) == answers
    assert verify_main(again) == 0
    shutil.rmtree(again / "archive")
    assert restore_main(copy, again, force=True) == 0
    assert lists(again) == answers
    change(copy, files_of(copy)[0], "seq", 0)
    with pytest.raises(BackupError, match=f"{files_of(copy)[0]} is not the file that was backed up"):
        restore_main(copy, tmp_path / "third", force=False)
    lost = files_of(state_dir)[1]
    lost.unlink()
    with pytest.raises(BackupError, match=str(lost)):
        backup_main(state_dir, tmp_path / "fourth")


def test_a_damaged_file_keeps_its_own_rows_in_the_database_and_no_others(
    state_dir: Path, entries: list[JournalEntry]
) -> None:
    database, before = state_dir / DATABASE, before_ns(entries[-1].now_ns, 0)
    archived, _ = archive_rows(database, (), len(entries), before_ns(entries[-1].now_ns, 1))
    drop(database, archived)
    trades = state_dir / "archive/trades-2024-01.parquet"
    whole, counts = trades.read_bytes(), sizes(state_dir)
    trades.write_bytes(whole[:-40])
    archived, faults = archive_rows(database, (), len(entries), before)
    (fault,) = faults
    assert str(trades) in fault
    drop(database, archived)
    assert sizes(state_dir)["trades"] == counts["trades"] == 2
    assert sizes(state_dir)["equity_curve"] < counts["equity_curve"]
    trades.write_bytes(whole)
    drop(database, archive_rows(database, (), len(entries), before)[0])
    assert sizes(state_dir)["trades"] == 1
    assert verify_main(state_dir) == 0


async def test_a_daemon_lets_old_rows_leave_and_says_which_file_is_lost(
    state_dir: Path, entries: list[JournalEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archivist_module, "FIRST_S", 0.0)
    monkeypatch.setattr(archivist_module, "ROWS", 1)
    archived, _ = archive_rows(state_dir / DATABASE, (), len(entries), before_ns(entries[-1].now_ns, 1))
    drop(state_dir / DATABASE, archived)
    (lost,) = (state_dir / "archive").glob("orders-*")
    lost.unlink()
    heard: list[Event] = []
    store = SqliteStore.open(state_dir / DATABASE)
    running = Running(entries[-1].now_ns, len(entries))
    task = asyncio.create_task(archivist_module.Archivist(store, 0, running, 0, heard.append).run())
    await asyncio.to_thread(wait_for, lambda: bool(heard) and sizes(state_dir)["trades"] == 1, "it was archived")
    task.cancel()
    store.close()
    (report,) = heard
    assert isinstance(report, ArchiveReported)
    assert str(lost) in report.lost
    alert = archive_reported(report)
    assert (alert.code, str(lost) in alert.text) == ("ARCHIVE_DAMAGED", True)
