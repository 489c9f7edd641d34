"""Backups: made beside a daemon that writes on, checked byte by byte, restored into a start that is halted."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from contextlib import closing
from pathlib import Path

import pytest
from daemon.test_archive import CODE, check_whole, entries
from daemon.test_rebuild import change, codes_of_a_start, content, sealed, sealed_once, write_mirror

from fluxherod.adapters.journal_files import DATABASE, JournalFiles
from fluxherod.adapters.mirror import MirrorFile
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.engine.ports import JournalEntry
from fluxherod.persistence import backup as module
from fluxherod.persistence.archive import archive
from fluxherod.persistence.backup import BackupError, backup_main, keep_backups, restore_main
from fluxherod.persistence.verify import verify_main

__all__ = ["entries", "sealed", "sealed_once"]  # fixtures


@pytest.fixture
def copy(sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a folder with sealed files, snapshots and safety.json."""
    write_mirror(sealed, 5)
    folder = tmp_path_factory.mktemp("backups") / "monday"
    assert backup_main(sealed, folder) == 0
    return folder


def damaged(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


def test_a_backup_is_whole_for_its_owner_alone_and_restored_it_is_what_was_there(
    sealed: Path, copy: Path, tmp_path: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_main(copy) == 0
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"latest.snap", "2024-01-02.fxj", "safety.json", DATABASE, "manifest.json"}
    assert {path.stat().st_mode & 0o77 for path in [copy, *files]} == {0}
    again = tmp_path / "elsewhere"
    assert restore_main(copy, again, force=False) == 0
    assert "the next start is halted" in capsys.readouterr().out
    assert content(again) == content(sealed)
    check_whole(again, entries)
    assert verify_main(again) == 0
    assert sorted(path.name for path in again.iterdir()) == [DATABASE, f"{DATABASE}.lock", "journal", "safety.json"]
    # What came after the backup is not known here: orders of then may be at the broker.
    assert "START_OLD_DATABASE" in codes_of_a_start(again)


def test_of_the_backups_of_a_folder_the_newest_stay_and_nothing_else_goes(
    sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "backups"
    for other in ("fluxhero-by-hand", "fluxhero-20200101T000000Z.new", "notes"):
        (folder / other).mkdir(parents=True)
    for _ in range(3):
        assert keep_backups(sealed, folder, 2) == 0
    made = [line.split(":")[0] for line in capsys.readouterr().out.splitlines() if "removed" not in line]
    assert len(made) == 3
    kept = {path for path in folder.iterdir() if (path / "manifest.json").exists()}
    assert {str(path) for path in kept} == set(made[1:])
    assert {path.name for path in folder.iterdir()} - {path.name for path in kept} == {"fluxhero-by-hand", "notes"}
    assert verify_main(kept.pop()) == 0


def test_a_backup_that_fails_removes_no_other(sealed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert keep_backups(sealed, folder, 1) == 0
    with pytest.raises(BackupError, match="is not there"):
        keep_backups(tmp_path / "nothing", folder, 1)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(BackupError, match="another backup"):
        keep_backups(sealed, folder, 1)
    os.close(descriptor)
    assert len(list(folder.iterdir())) == 1


def test_rows_that_are_written_sealed_and_dropped_meanwhile_are_in_it_or_after_it(
    tmp_path: Path, entries: list[JournalEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    half = len(entries) // 2
    state_dir = tmp_path / "state"
    store = SqliteStore.open(state_dir / DATABASE)

    async def write(some: list[JournalEntry]) -> None:
        await store.append(some)

    asyncio.run(write(entries[:half]))
    copy_files = module._journal_files

    def meanwhile(*arguments: object) -> object:
        asyncio.run(write(entries[half:]))
        archive(state_dir, CODE, lambda done: None)
        store.drop_sealed(JournalFiles(state_dir).sealed_through())
        while store._tidier.pending is not None:
            pass
        return copy_files(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_journal_files", meanwhile)
    assert backup_main(state_dir, tmp_path / "copy") == 0
    store.close()
    check_whole(tmp_path / "copy", entries[:half])
    assert verify_main(tmp_path / "copy") == 0


@pytest.mark.parametrize("name", [DATABASE, "safety.json", "journal/2024-01-03.fxj", "journal/latest.snap"])
def test_a_changed_missing_or_strange_file_is_named_and_nothing_is_restored(
    copy: Path, tmp_path: Path, name: str
) -> None:
    again = tmp_path / "again"
    kept = (copy / name).read_bytes()
    damaged(copy / name)
    with pytest.raises(BackupError, match=f"{name} is not the file that was backed up"):
        restore_main(copy, again, force=False)
    (copy / name).unlink()
    with pytest.raises(BackupError, match=f"{name} is missing"):
        restore_main(copy, again, force=False)
    (copy / name).write_bytes(kept)
    (copy / f"{name}-wal").write_bytes(b"")
    with pytest.raises(BackupError, match=f"{name}-wal does not belong"):
        restore_main(copy, again, force=False)
    assert [path.name for path in again.iterdir()] == [f"{DATABASE}.lock"]


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("format", 2, "format 2, this version knows 1"),
        ("epoch", 7, "is damaged: .*epoch"),
        ("files", {"../safety.json": {"size": 1, "blake2b": ""}}, "is no file of a backup"),
        ("files", {"journal/x/y.fxj": {"size": 1, "blake2b": ""}}, "is no file of a backup"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(copy: Path, tmp_path: Path, key: str, value: object, told: str) -> None:
    path = copy / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(BackupError, match=told):
        restore_main(copy, tmp_path / "again", force=False)


def test_what_is_there_is_replaced_with_force_alone_and_kept(
    sealed: Path, copy: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    (sealed / "tokens.json").write_text("{}")
    change(sealed, "DELETE FROM trades")
    write_mirror(sealed, len(entries) + 40)
    with pytest.raises(BackupError, match="already: with --force"):
        restore_main(copy, sealed, force=False)
    before = content(sealed)
    assert restore_main(copy, sealed, force=True) == 0
    (kept,) = sealed.glob("replaced-*")
    assert str(kept) in capsys.readouterr().out
    assert content(kept) == before
    assert verify_main(sealed) == 0
    assert (sealed / "tokens.json").exists()
    state, _ = MirrorFile(sealed).read()
    assert state is not None
    assert state.inputs == len(entries) + 40  # the newer one stays in force
    assert "START_OLD_DATABASE" in codes_of_a_start(sealed)


@pytest.mark.parametrize("cut", ["away", "in place"])
def test_a_restore_that_was_cut_short_keeps_a_daemon_from_starting_and_is_done_again(
    sealed: Path, copy: Path, entries: list[JournalEntry], cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mirror(sealed, len(entries) + 40)

    def die(folder: Path) -> None:
        move_away(folder)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        move_away = module._move_away
        if cut == "away":
            patch.setattr(module, "_move_away", die)
        else:
            patch.setattr(module, "PARTS", ("safety.json", "journal"))
        with pytest.raises((KeyboardInterrupt, BackupError)):
            restore_main(copy, sealed, force=True)
    with pytest.raises(StorageError, match="fluxherod restore was cut short"):
        SqliteStore.open(sealed / DATABASE)
    assert restore_main(copy, sealed, force=True) == 0
    assert verify_main(sealed) == 0
    state, _ = MirrorFile(sealed).read()
    assert state is not None
    assert state.inputs == len(entries) + 40
    SqliteStore.open(sealed / DATABASE).close()


def test_nothing_is_restored_under_a_daemon_and_no_folder_is_written_over(sealed: Path, copy: Path) -> None:
    with closing(SqliteStore.open(sealed / DATABASE)):
        with pytest.raises(BackupError, match="is in use by process"):
            restore_main(copy, sealed, force=True)
        with pytest.raises(BackupError, match="is there already: name a new folder"):
            backup_main(sealed, copy)
    with pytest.raises(BackupError, match="is no backup"):
        restore_main(sealed, copy, force=True)
    with pytest.raises(BackupError, match="name the daemon's state folder"):
        backup_main(sealed / "none", copy.with_name("other"))


def test_a_database_that_cannot_be_read_leaves_no_half_of_a_backup(sealed: Path, copy: Path) -> None:
    (sealed / DATABASE).write_bytes(b"no database" * 1000)
    other = copy.with_name("other")
    with pytest.raises(BackupError, match="fluxherod verify"):
        backup_main(sealed, other)
    assert [path.name for path in other.parent.iterdir()] == [copy.name]
