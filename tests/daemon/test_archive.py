"""The archive: days are sealed and compared, and a start finds all of it again, whatever died or was damaged."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from adapters.test_archive_files import drop
from crash.plan import Scene, places
from engine.test_replay import random_session
from engine.world import DAY_NS, MINUTE_NS, OPEN_NS, World
from harness.processes import wait_for

from fluxherod.adapters.journal_files import JournalFiles, JournalGap
from fluxherod.adapters.snapshots import Snapshot
from fluxherod.adapters.sqlite.journal import encode_row, genesis, link
from fluxherod.adapters.sqlite.reader import TableReader
from fluxherod.adapters.sqlite.schema import connect
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.engine.codec import encode_effects
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import ArchiveReported, Event, Started
from fluxherod.engine.ports import JournalEntry
from fluxherod.persistence import archive as archive_module
from fluxherod.persistence import archivist as archivist_module
from fluxherod.persistence.archive import ArchiveError, Done, archive
from fluxherod.persistence.past import _explain
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import DATABASE, recover, replay
from fluxherod.persistence.replay import replay_main
from fluxherod.persistence.verify import verify_main
from fluxherod.rpc.explain import explain_nothing
from fluxherod.service.niceness import REFUSED, lower_priority

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04")
CODE = provenance()


@pytest.fixture(scope="module")
def entries() -> list[JournalEntry]:
    """Three days, in each of which shares are bought and sold; at night nothing runs."""
    world = World().ready(history=100, five_minute_span=1.0)
    for day in range(3):
        if day:
            world.stop()
            world.now_ns = OPEN_NS + day * DAY_NS
            world.start(run=day + 1)
            world.reference()
            world.connect()
        for number in range(day * DAY_NS // MINUTE_NS, day * DAY_NS // MINUTE_NS + 6):
            world.minute(number, 450.0 + number % 5 * 0.3)
        world.place(10, 440.0)
        world.close()
    engine = Engine()
    made = []
    for seq, (now_ns, event, _) in enumerate(world.journal, 1):
        event = replace(event, code=CODE.fingerprint) if isinstance(event, Started) else event
        made.append(JournalEntry(seq, now_ns, event, engine.process(now_ns, event)))
    return made


@pytest.fixture
def state_dir(tmp_path: Path, entries: list[JournalEntry], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(archive_module, "LEAST_ROWS", 1)
    store = SqliteStore.open(tmp_path / DATABASE)

    async def write() -> None:
        await store.append(entries)

    asyncio.run(write())
    store.close()
    return tmp_path


def drop_sealed(state_dir: Path) -> int:
    """Let a daemon do it; returns how many rows are left."""
    store = SqliteStore.open(state_dir / DATABASE)
    store.drop_sealed(JournalFiles(state_dir).sealed_through())
    while store._tidier.pending is not None:
        pass
    store.close()
    with closing(connect(state_dir / DATABASE, read_only=True)) as connection:
        count: int = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
        return count


def trades_in(state_dir: Path) -> int:
    """How many are in the database itself."""
    with closing(connect(state_dir / DATABASE, read_only=True)) as connection:
        count: int = connection.execute("SELECT count(*) FROM trades").fetchone()[0]
        return count


def names(state_dir: Path) -> list[str]:
    return sorted(path.name for path in (state_dir / "journal").iterdir() if path.suffix != ".lock")


def check_whole(state_dir: Path, entries: list[JournalEntry]) -> None:
    """Each row is there once, chained, and the engine is found again."""
    files = JournalFiles(state_dir)
    chain = genesis(files.epoch)
    for entry, (row, stored) in zip(entries, files.records(), strict=True):
        assert row == encode_row(entry)
        chain = link(chain, row)
        assert chain == stored
    assert recover(files, CODE).last_seq == len(entries)


def test_closed_days_are_sealed_and_leave_the_database(
    state_dir: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[Done] = []
    done = archive(state_dir, CODE, heard.append)
    assert (done.rows, done.differs_at, done.fault, done.open_day) == (len(entries), None, "", DAYS[2])
    assert names(state_dir) == sorted(
        [f"{day}{end}" for day in DAYS[:2] for end in (".fxj", ".snap")] + ["latest.snap"]
    )
    first, second = JournalFiles(state_dir).sealed()
    assert (first.header.day, first.header.first_seq, second.header.first_seq) == (
        DAYS[0],
        1,
        first.header.last_seq + 1,
    )
    assert first.header.sealed_by == replace(CODE, packages=first.header.sealed_by.packages)
    assert done.sealed is not None
    assert (done.sealed.seq, done.sealed.chain) == (second.header.last_seq, second.header.chain_after)
    assert heard[-1].sealed == done.sealed
    check_whole(state_dir, entries)
    assert drop_sealed(state_dir) == len(entries) - done.sealed.seq + 1
    check_whole(state_dir, entries)
    assert verify_main(state_dir) == 0
    assert replay_main(state_dir) == 0
    assert replay_main(first.path) == 0
    assert replay_main(second.path) == 0
    assert f"{second.header.last_seq - first.header.last_seq} inputs replayed" in capsys.readouterr().out
    again = archive(state_dir, CODE, heard.append)
    assert (again.rows, again.sealed) == (0, done.sealed)


def test_a_start_replays_only_what_is_newer_than_the_snapshot(state_dir: Path, entries: list[JournalEntry]) -> None:
    archive(state_dir, CODE, lambda done: None)
    files = JournalFiles(state_dir)
    whole = replay(map(encode_row, entries))
    found = recover(files, CODE)
    assert found.snapshot is not None
    assert (found.snapshot.path.name, found.rows, found.last_seq, found.last_ns) == (
        "latest.snap", 0, whole.last_seq, whole.last_ns,
    )  # fmt: skip
    (state_dir / "journal/latest.snap").unlink()
    found = recover(files, CODE)
    assert found.snapshot is not None
    assert found.snapshot.path.name == f"{DAYS[1]}.snap"
    assert 0 < found.rows == whole.last_seq - found.snapshot_seq
    now_ns, event = whole.last_ns, entries[-1].event
    assert encode_effects(found.engine.process(now_ns, event)) == encode_effects(whole.engine.process(now_ns, event))
    for topic, items in whole.ring._items.items():
        assert [(item.seq, item.update) for item in found.ring._items[topic]] == [
            (item.seq, item.update) for item in items
        ]


@pytest.mark.parametrize("damage", ["a byte", "cut", "other code", "other journal", "another row", "no pickle"])
def test_a_snapshot_that_does_not_serve_is_passed_over(
    state_dir: Path, damage: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    archive(state_dir, CODE, lambda done: None)
    path = state_dir / "journal/latest.snap"
    snapshot, content = Snapshot.open(path), path.read_bytes()
    header, state = snapshot.header, snapshot.load()
    match damage:
        case "a byte":
            path.write_bytes(content[:-100] + bytes([content[-100] ^ 1]) + content[-99:])
        case "cut":
            path.write_bytes(content[:-100])
        case "other code":
            header = replace(header, made_by=replace(CODE, code="another"))
        case "other journal":
            header = replace(header, epoch="another")
        case "another row":
            header = replace(header, chain=bytes(16))
        case "no pickle":
            state = "no engine"
    if damage not in ("a byte", "cut"):
        archive_module.write_snapshot(path, header, state)
    with caplog.at_level(logging.WARNING):
        found = recover(JournalFiles(state_dir), CODE)
    assert found.snapshot is not None
    assert found.snapshot.path.name == f"{DAYS[1]}.snap"
    assert "latest.snap" in caplog.text
    assert verify_main(state_dir) == (damage in ("a byte", "cut"))
    assert str(path) in capsys.readouterr().out


def test_a_snapshot_after_which_inputs_come_out_otherwise_is_not_believed(
    state_dir: Path, entries: list[JournalEntry], caplog: pytest.LogCaptureFixture
) -> None:
    archive(state_dir, CODE, lambda done: None)
    (state_dir / "journal/latest.snap").unlink()
    path = state_dir / f"journal/{DAYS[1]}.snap"
    snapshot = Snapshot.open(path)
    engine, ring, code = snapshot.load()
    engine.ledger.cash_e4 += 1
    archive_module.write_snapshot(path, snapshot.header, (engine, ring, code))
    found = recover(JournalFiles(state_dir), CODE)
    assert found.snapshot is not None
    assert (found.snapshot.path.name, found.differs_at) == (f"{DAYS[0]}.snap", None)
    assert f"{DAYS[1]}.snap does not serve" in caplog.text
    assert archive(state_dir, CODE, lambda done: None).differs_at is None
    assert Snapshot.open(path).load()[0].ledger.cash_e4 == engine.ledger.cash_e4 - 1  # made anew


def test_effects_that_this_very_code_recorded_otherwise_are_told(tmp_path: Path, entries: list[JournalEntry]) -> None:
    seq = next(one.seq for one in entries[20:] if one.effects)
    wrong = [replace(one, effects=()) if one.seq == seq else one for one in entries]
    for folder, code in (("same", CODE), ("other", replace(CODE, code="another"))):
        store = SqliteStore.open(tmp_path / folder / DATABASE)
        asyncio.run(_append(store, wrong))
        store.close()
        done = archive(tmp_path / folder, code, lambda done: None)
        assert done.differs_at == (seq if folder == "same" else None)
        assert recover(JournalFiles(tmp_path / folder), code).differs_at == seq


async def _append(store: SqliteStore, entries: list[JournalEntry]) -> None:
    await store.append(entries)


def test_one_process_at_a_time_archives(state_dir: Path) -> None:
    def meanwhile(done: Done) -> None:
        with pytest.raises(ArchiveError, match="another process"):
            archive(state_dir, CODE, lambda done: None)

    assert archive(state_dir, CODE, meanwhile).sealed is not None


def test_a_sealed_file_that_is_gone_is_told_and_nothing_is_sealed_after_it(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive(state_dir, CODE, lambda done: None)
    drop_sealed(state_dir)
    files = JournalFiles(state_dir)
    last = files.sealed()[-1].path
    last.rename(state_dir / "away")
    with pytest.raises(JournalGap, match=r"rows \d+ to \d+ of the journal are neither"):
        list(files.rows())
    with pytest.raises(ArchiveError, match="are neither"):
        archive(state_dir, CODE, lambda done: None)
    assert recover(files, CODE).snapshot is not None  # which needs none of them
    assert verify_main(state_dir) == 1
    assert "is missing" in capsys.readouterr().out
    (state_dir / "away").rename(last)
    assert verify_main(state_dir) == 0


def test_a_database_that_ends_before_the_sealed_files_is_not_written_on(state_dir: Path) -> None:
    archive(state_dir, CODE, lambda done: None)
    with closing(connect(state_dir / DATABASE)) as connection:
        connection.execute("DELETE FROM journal WHERE seq > 10")
    with pytest.raises(JournalGap, match="fluxherod rebuild"):
        JournalFiles(state_dir).check()


def test_sealed_files_of_another_journal_are_left_alone(
    state_dir: Path, tmp_path: Path, entries: list[JournalEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    archive(state_dir, CODE, lambda done: None)
    strangers = JournalFiles(state_dir).sealed()
    for path in state_dir.glob(f"{DATABASE}*"):
        path.unlink()
    store = SqliteStore.open(state_dir / DATABASE)
    asyncio.run(_append(store, entries))
    store.close()
    files = JournalFiles(state_dir)
    assert files.strangers() == [file.path for file in strangers]
    check_whole(state_dir, entries)
    archive(state_dir, CODE, lambda done: None)
    assert [file.path.name for file in files.sealed()] == [f"{day}-2.fxj" for day in DAYS[:2]]
    assert verify_main(state_dir) == 0
    assert "is of another journal" in capsys.readouterr().out


def test_a_changed_byte_is_named_by_verify(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive(state_dir, CODE, lambda done: None)
    drop_sealed(state_dir)
    path = JournalFiles(state_dir).sealed()[0].path
    content = path.read_bytes()
    for place in range(0, len(content), len(content) // 8):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        assert verify_main(state_dir) == 1
        assert f"DAMAGED: {path}" in capsys.readouterr().out
    path.write_bytes(content)
    with closing(connect(state_dir / DATABASE)) as connection:
        seq = connection.execute("SELECT max(seq) FROM journal").fetchone()[0]
        connection.execute("UPDATE journal SET payload = x'00' WHERE seq = ?", (seq - 3,))
    assert verify_main(state_dir) == 1
    assert f"row {seq - 3} of the journal is not the one that was written" in capsys.readouterr().out


def test_whoever_watches_reads_on_from_sealed_rows_to_those_of_the_database(
    state_dir: Path, entries: list[JournalEntry]
) -> None:
    archive(state_dir, CODE, lambda done: None)
    drop_sealed(state_dir)

    async def read() -> None:
        chain = [record.chain for record in JournalFiles(state_dir).records()]
        async with await TableReader.open(state_dir / DATABASE) as reader:
            seq = 0
            while seq < len(entries):
                got = await reader.journal(seq, seq + 15)
                assert [(one.seq, one.chain) for one in got] == list(enumerate(chain, 1))[seq : seq + 15]
                seq += 15
            kinds = await reader.journal(0, len(entries), ("Started", "PlaceOrderCommand"))
            assert [one.kind for one in kinds] == ["Started", "PlaceOrderCommand"] * 3

    asyncio.run(read())


def test_a_bar_of_a_sealed_day_is_explained_from_the_snapshot_before_it(
    state_dir: Path, entries: list[JournalEntry]
) -> None:
    engine = Engine()
    told = {}
    for entry in entries:
        engine.process(entry.now_ns, entry.event)
        for bar in list(engine.market.books["SPY"].closed)[-1:] if engine.run else ():
            told.setdefault(bar.end_ns, explain_nothing(engine, bar))
    archive(state_dir, CODE, lambda done: None)
    drop_sealed(state_dir)
    files = JournalFiles(state_dir)
    for end_ns in sorted(told)[-12::4]:
        assert _explain(files, "SPY", end_ns) == told[end_ns]
    assert _explain(files, "NONE", max(told)) is None


# One process, for each place a child of it that dies there: what a start finds must be whole, and a second run tidies.
KILLED = """
import os, sys, logging
from pathlib import Path
from shutil import copytree, rmtree
from fluxherod import failpoints
from fluxherod.persistence import archive as module
from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.persistence.provenance import provenance

module.LEAST_ROWS = 1
source, code = Path(sys.argv[1]), provenance()

def work(folder):
    done = module.archive(folder, code, lambda done: None, keep_days=0)
    store = SqliteStore.open(folder / "fluxhero.db")
    store.drop_sealed(JournalFiles(folder).sealed_through())
    store.drop_archived(done.tables)
    while store._tidier.busy:
        pass
    store.close()

for place in sys.argv[2:]:
    folder = source.with_name(place)
    copytree(source, folder)
    child = os.fork()
    if not child:
        failpoints.install({failpoints.VARIABLE: place + "=kill@2"})
        work(folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(place, os.WTERMSIG(status), flush=True)
"""
PLACES = places(Scene.NIGHT)


def test_a_kill_at_any_place_costs_no_row_and_is_tidied_up(state_dir: Path, entries: list[JournalEntry]) -> None:
    source = state_dir / "source"
    source.mkdir()
    (state_dir / DATABASE).rename(source / DATABASE)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(source), *PLACES], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [f"{place} 9" for place in PLACES], done.stderr
    for place in PLACES:
        check_whole(state_dir / place, entries)
        assert not place.startswith("tables") or verify_main(state_dir / place) == 0
        done = archive(state_dir / place, CODE, lambda done: None, keep_days=0)
        assert done.tables is not None
        drop(state_dir / place / DATABASE, done.tables)
        assert trades_in(state_dir / place) == 1
        assert drop_sealed(state_dir / place) < 100
        assert names(state_dir / place) == names_after_all(state_dir)
        check_whole(state_dir / place, entries)
        assert verify_main(state_dir / place) == 0


def names_after_all(state_dir: Path) -> list[str]:
    return sorted([f"{day}{end}" for day in DAYS[:2] for end in (".fxj", ".snap")] + ["latest.snap"])


@pytest.mark.parametrize("seed", range(2))
def test_an_engine_from_a_snapshot_goes_on_as_the_one_that_went_on(tmp_path: Path, seed: int) -> None:
    world = random_session(seed)
    engine = Engine()
    header = archive_module.SnapshotHeader("", 0, 0, b"", CODE)
    for number, (now_ns, event, effects) in enumerate(world.journal):
        if number % 41 == seed:
            engine = archive_module.write_snapshot(tmp_path / "cut.snap", header, engine).load()
        assert encode_effects(engine.process(now_ns, event)) == effects, (number, event)


@dataclass
class Running:
    """Of a daemon what the archivist looks at."""

    last_event_ns: int
    committed_seq: int


async def test_a_daemon_lets_a_process_archive_and_drops_what_is_sealed(
    state_dir: Path, entries: list[JournalEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archivist_module, "FIRST_S", 0.0)
    store = SqliteStore.open(state_dir / DATABASE)
    wrong = next(one.seq for one in entries[-1::-1] if one.effects)
    with closing(connect(state_dir / DATABASE)) as connection:
        connection.execute("UPDATE journal SET effects = zeroblob(16) WHERE seq = ?", (wrong,))
    heard: list[Event] = []
    running = Running(entries[-1].now_ns, len(entries))
    task = asyncio.create_task(archivist_module.Archivist(store, 30, running, 0, heard.append).run())
    files = JournalFiles(state_dir)
    await asyncio.to_thread(wait_for, lambda: bool(heard) and store._tidier.pending is None, "it was archived")
    task.cancel()
    assert heard == [ArchiveReported(differs_at=wrong)]
    assert files.in_database() == (files.sealed_through().seq, len(entries))
    store.close()


async def test_a_priority_that_may_not_be_lowered_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(increment: int) -> int:
        raise PermissionError(1, "Operation not permitted")  # as a service's system call filter does

    monkeypatch.setattr("os.nice", refused)
    assert lower_priority() == "Operation not permitted"
    caplog.set_level(logging.INFO, "fluxherod.persistence.archivist")
    store = SqliteStore.open(tmp_path / DATABASE)
    archivist = archivist_module.Archivist(store, 30, Running(0, 0), 0, lambda event: None)
    lines = f"INFO {REFUSED} (no)\nINFO sealed\n"
    says = f"import sys; sys.stderr.write({lines!r})"
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", says, stderr=subprocess.PIPE)
        assert await archivist._relay(process) == "INFO sealed"
        await process.wait()
    store.close()
    told = [record.getMessage() for record in caplog.records]
    assert told == [f"archive: INFO {REFUSED} (no)", "archive: INFO sealed", "archive: INFO sealed"]
