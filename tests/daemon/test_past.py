"""Bars of long ago are explained from the journal alone, exactly as they were explained when they were new."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from engine.changes import asset
from engine.test_strategist import drive
from engine.world import MINUTE_NS, OPEN_NS, World

from fluxhero.v1 import signal_pb2
from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.adapters.sqlite import journal as journal_module
from fluxherod.adapters.sqlite.journal import JournalRow, encode_row, mentions
from fluxherod.adapters.sqlite.schema import connect
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.engine.commands import ReloadCommand, UpdateParametersCommand
from fluxherod.engine.engine import Engine
from fluxherod.engine.ports import JournalEntry
from fluxherod.persistence.past import FOLLOWING_KINDS, MOST_CALLERS, Past, PastUnavailable, explain_past
from fluxherod.persistence.recovery import DATABASE
from fluxherod.rpc.explain import explain_nothing
from fluxherod.rpc.info import TooManyAsk

PATIENCE_S = 500.0  # the child has a low priority


@pytest.fixture(scope="module")
def world() -> World:
    """A session in which a position is opened, held and closed."""
    made = World().ready(history=100, five_minute_span=1.0)
    drive(made)
    first = (made.now_ns - OPEN_NS) // MINUTE_NS
    for number in range(first, first + 6):
        made.minute(number, 452.0 - 0.4 * (number - first), 5_000)
    return made


def entries(world: World) -> list[JournalEntry]:
    engine = Engine()
    return [
        JournalEntry(seq, now_ns, event, tuple(engine.process(now_ns, event)))
        for seq, (now_ns, event, _) in enumerate(world.journal, 1)
    ]


def rows(world: World) -> list[JournalRow]:
    return list(map(encode_row, entries(world)))


def test_each_bar_has_the_explanation_that_it_had_when_it_was_the_newest(world: World) -> None:
    journal = rows(world)
    closed = world.engine.market.books["SPY"].closed
    held = set()
    for bar in closed[60:]:
        then = explain_past(journal, "SPY", bar.end_ns)
        assert then is not None
        assert then == explain_nothing(world.engine, bar)
        held.add(bar.held is not None)
    assert held == {True, False}
    assert {bar.live for bar in closed[60:]} == {True, False}


def test_between_two_bars_the_last_complete_one_is_explained_and_before_the_first_none(world: World) -> None:
    journal, closed = rows(world), world.engine.market.books["SPY"].closed
    between = explain_past(journal, "SPY", closed[70].end_ns + 1)
    assert between is not None
    assert between.signal.decided_at.ToNanoseconds() == closed[70].end_ns
    assert explain_past(journal, "SPY", closed[0].end_ns - 1) is None
    assert explain_past(journal, "NONE", closed[70].end_ns) is None


@pytest.fixture
def state_dir(world: World, tmp_path: Path) -> Path:
    store = SqliteStore.open(tmp_path / DATABASE, code_version="test")

    async def write() -> None:
        await store.append(entries(world))

    asyncio.run(write())
    store.close()
    return tmp_path


async def test_another_process_reads_the_journal_and_answers(world: World, state_dir: Path) -> None:
    past, closed = Past(state_dir, PATIENCE_S), world.engine.market.books["SPY"].closed
    content = await past.explain("SPY", closed[80].end_ns)
    assert content is not None
    assert signal_pb2.ExplainResponse.FromString(content) == explain_nothing(world.engine, closed[80])
    assert await past.explain("SPY", closed[0].end_ns - 1) is None


async def test_a_journal_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PastUnavailable, match=r"could not be replayed: .*unable to open database file"):
        await Past(tmp_path).explain("SPY", 0)


# Refuses setpriority as the service's SystemCallFilter= does, then asks for an explanation.
REFUSED_NICE = """
import asyncio, ctypes, os, platform, struct, sys
from pathlib import Path
from fluxherod.persistence.past import Past

number = {"x86_64": 141, "aarch64": 140}[platform.machine()]
lines = ((0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000))
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program)):
    sys.exit(77)
try:
    os.nice(1)
except PermissionError:
    answer = asyncio.run(Past(Path(sys.argv[1])).explain("SPY", int(sys.argv[2])))
    sys.stdout.buffer.write(answer)
else:
    sys.exit("the filter does not hold")
"""


def test_an_old_bar_is_explained_where_the_priority_may_not_be_lowered(world: World, state_dir: Path) -> None:
    bar = world.engine.market.books["SPY"].closed[80]
    done = subprocess.run(
        [sys.executable, "-c", REFUSED_NICE, state_dir, str(bar.end_ns)], capture_output=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("this kernel takes no system call filters")
    assert done.returncode == 0, done.stderr.decode()
    assert signal_pb2.ExplainResponse.FromString(done.stdout) == explain_nothing(world.engine, bar)


async def test_nothing_is_imported_from_the_working_directory(
    world: World, state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = world.engine.market.books["SPY"].closed[80]
    (state_dir / "msgspec.py").write_text("raise SystemExit('executed')")
    monkeypatch.chdir(state_dir)
    content = await Past(Path(), PATIENCE_S).explain("SPY", bar.end_ns)
    assert content is not None


async def test_a_child_that_cannot_be_made_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(PastUnavailable, match=r"could not be replayed: .*No such file"):
        await Past(tmp_path).explain("SPY", 0)


async def test_a_replay_that_takes_too_long_is_ended_and_said(state_dir: Path) -> None:
    with pytest.raises(PastUnavailable, match=r"takes longer than 0\.01 s"):
        await Past(state_dir, longest_s=0.01).explain("SPY", 0)


async def test_few_callers_wait_and_the_next_one_is_turned_away(world: World, state_dir: Path) -> None:
    past, end_ns = Past(state_dir, PATIENCE_S), world.engine.market.books["SPY"].closed[80].end_ns
    waiting = [asyncio.create_task(past.explain("SPY", end_ns)) for _ in range(MOST_CALLERS)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyAsk):
        await past.explain("SPY", end_ns)
    assert len(set(await asyncio.gather(*waiting))) == 1
    assert await past.explain("SPY", end_ns) is not None


async def test_a_bar_that_was_explained_before_is_not_replayed_again(
    world: World, state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past, end_ns = Past(state_dir, PATIENCE_S), world.engine.market.books["SPY"].closed[80].end_ns
    first = await past.explain("SPY", end_ns)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert await past.explain("SPY", end_ns) == first
    with pytest.raises(PastUnavailable):  # a later bar may come to be known for this time
        await past.explain("SPY", end_ns + 1)


def test_the_journal_can_be_reset_while_it_is_replayed(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "_SOME_ROWS", 10)
    path = state_dir / DATABASE
    with closing(connect(path)) as writer:
        count = writer.execute("SELECT count(*) FROM journal").fetchone()[0]
        replayed = JournalFiles(state_dir).rows()
        next(replayed)
        writer.execute("UPDATE journal SET kind = kind")
        assert writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, "a reader kept it"
        assert 1 + sum(1 for _ in replayed) == count


async def test_of_a_symbol_that_was_never_followed_nothing_is_replayed(state_dir: Path) -> None:
    with closing(connect(state_dir / DATABASE)) as writer:
        writer.execute("UPDATE journal SET payload = x'00' WHERE seq > 1")
    assert await Past(state_dir, PATIENCE_S).explain("NONE", OPEN_NS) is None
    with pytest.raises(PastUnavailable, match="could not be replayed"):
        await Past(state_dir, PATIENCE_S).explain("SPY", OPEN_NS)


@pytest.mark.parametrize("by", ["parameters", "reload"])
def test_a_bar_of_before_a_change_is_explained_by_the_thresholds_of_then(by: str) -> None:
    world = World().ready(history=100, five_minute_span=1.0)
    bar = world.engine.market.books["SPY"].closed[-1]
    then = explain_nothing(world.engine, bar)
    settings = replace(world.engine.settings, strategy=replace(world.engine.settings.strategy, entry_atr=2.9))
    changed = UpdateParametersCommand(world.caller(), (("entry_atr", 2.9),), "", "a test")
    world.tell(changed if by == "parameters" else ReloadCommand(world.caller(), (), settings))
    assert world.engine.settings.strategy.entry_atr == 2.9
    assert explain_nothing(world.engine, bar) != then
    assert explain_past(rows(world), "SPY", bar.end_ns) == then


async def test_of_a_symbol_that_came_with_a_reload_it_is_replayed(tmp_path: Path) -> None:
    world = World(("IBM",)).ready(history=100)
    read = replace(world.engine.settings, symbols=("IBM", "SPY"))
    world.tell(ReloadCommand(world.caller(), (), read, (asset("SPY"),)))
    store = SqliteStore.open(tmp_path / DATABASE, code_version="test")
    await store.append(entries(world))
    store.close()
    with closing(connect(tmp_path / DATABASE, read_only=True)) as connection:
        assert mentions(connection, FOLLOWING_KINDS, "SPY")
        assert not mentions(connection, FOLLOWING_KINDS, "QQQ")


def test_that_this_version_decides_otherwise_is_said(world: World) -> None:
    bar = world.engine.market.books["SPY"].closed[80]
    journal = rows(world)
    journal[3] = journal[3]._replace(effects=bytes(16))
    told = explain_past(journal, "SPY", bar.end_ns)
    assert told is not None
    plain = explain_nothing(world.engine, bar)
    note = "this version decides otherwise than was recorded, from input 4 of the journal on"
    assert told.why_not == f"{plain.why_not} ({note})"
    assert told.signal.text.endswith(f"\nNote: {note}")
