"""The store on a disk that fails, call by call: what was acknowledged is there, the chain holds, and it goes on."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from harness.disk_faults import FAULTS, Control, compiled, entry

from fluxherod.adapters.sqlite import SqliteStore, StorageError, Tail

ROOT = Path(__file__).parents[2]
# One call in so many is met here, another share each run of the suite's own choice; `make disk` meets every one.
SHARE, OF = int(os.environ.get("DISK_SHARE", "3")), int(os.environ.get("DISK_OF", "40"))
TIMEOUT_S = 1800


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed (Debian: apt-get install gcc libc6-dev)")
    return compiled(tmp_path_factory.mktemp("library"))


def test_whatever_call_fails_nothing_acknowledged_is_lost_and_the_store_goes_on(library: Path, tmp_path: Path) -> None:
    control = Control(tmp_path / "control")
    paths = (str(ROOT / "tests"), *sys.path)
    child = subprocess.run(
        [sys.executable, "-m", "harness.disk_faults", tmp_path / "play", control.path, str(SHARE), str(OF)],
        env={
            **os.environ,
            **control.variables(library, tmp_path / "play" / "disk"),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    said = json.loads(child.stdout)
    print(said["met"])
    assert all(said["met"].get(name, 0) for name in FAULTS)
    assert "the disk is full: make room on it" in said["starts"]["no space"]
    assert "remount it writable" in said["starts"]["read-only"]
    assert "look at the kernel's log" in said["starts"]["I/O error"]


async def some(store: SqliteStore, first: int, last: int) -> None:
    await store.append([entry(seq) for seq in range(first, last + 1)])


async def test_a_store_that_another_connection_locks_says_so_soon_and_goes_on_when_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = SqliteStore.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        since = time.monotonic()
        with pytest.raises(StorageError, match="database is locked: another program holds"):
            await some(store, 1, 3)
        assert time.monotonic() - since < 3.0
        with pytest.raises(StorageError, match="database is locked"):
            await store.reopen()
        other.execute("ROLLBACK")
    assert await store.reopen() == 0
    await some(store, 1, 3)
    assert store.tail().seq == 3
    store.close()


async def test_a_damaged_page_is_told_with_its_remedy_for_as_long_as_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = SqliteStore.open(path)
    await some(store, 1, 50)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        sound = file.read(size)
        file.seek((page - 1) * size)
        file.write(os.urandom(size))
    store = SqliteStore.open(path)
    for _ in range(2):
        with pytest.raises(StorageError, match=r"malformed: the database is damaged: fluxherod verify .* rebuild"):
            await some(store, 51, 53)
        assert await store.reopen() == 50
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(sound)
    await store.reopen()
    await some(store, 51, 53)
    assert store.verify().bad_seq is None
    store.close()


async def test_a_file_that_was_replaced_meanwhile_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = SqliteStore.open(path)
    await some(store, 1, 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DELETE FROM journal WHERE seq = 3")
    with pytest.raises(StorageError, match="ends at input 2, not where it did: was the file replaced"):
        await store.reopen()
    with pytest.raises(StorageError, match="was the file replaced"):
        await some(store, 4, 6)
    for name in ("db", "db-wal", "db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with pytest.raises(StorageError, match="can't be opened"):
        await store.reopen()
    assert not path.exists(), "no empty journal is made in its place"
    store.close()


async def test_what_the_failed_commit_left_behind_is_not_written_twice(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = SqliteStore.open(path)
    await some(store, 1, 3)
    before = store.tail()
    await some(store, 4, 6)
    store._attempted, store._last = store.tail(), before  # as after a commit whose sync has failed
    assert await store.reopen() == 6
    assert (tmp_path / "db-wal").stat().st_size < 50_000, "what was in the log is in the database, synced"
    await some(store, 7, 9)
    assert (store.tail().seq, store.verify().rows) == (9, 9)
    store.close()


async def test_a_reader_that_keeps_the_log_from_being_made_safe_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = SqliteStore.open(path)
    await some(store, 1, 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal").fetchone()
        before = store.tail()
        await some(store, 4, 6)
        store._attempted, store._last = store.tail(), before
        with pytest.raises(StorageError, match="while somebody reads the database"):
            await store.reopen()
    assert await store.reopen() == 6
    store.close()


async def test_a_commit_takes_what_waits_but_not_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.adapters.sqlite.writer._LONGEST_COMMIT_S", 0.0)
    store = SqliteStore.open(tmp_path / "db")
    await asyncio.gather(*(some(store, seq, seq) for seq in range(1, 6)))
    assert (store.commits, store.tail().seq, store.queue_depth) == (5, 5, 0)
    assert isinstance(store.tail(), Tail)
    store.close()
