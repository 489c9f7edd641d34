"""`fluxherod backtest --like-day` on a journal whose first day is sealed and whose second goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from backtest.parity_days import Tape, begin, play
from engine.world import DAY_NS, OPEN_NS, World
from simulation.plan import BUSY

from fluxherod.__main__ import main
from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.engine.effects import SignalUpdated
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import Started
from fluxherod.engine.ports import JournalEntry
from fluxherod.persistence import archive as archive_module
from fluxherod.persistence.archive import archive
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import DATABASE

FIRST, SECOND, NEVER = "2024-01-02", "2024-01-03", "2023-12-29"
MINUTES = 24
Say = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def entries() -> list[JournalEntry]:
    """Two mornings; a position is held over the night."""
    world, tape = World(strategy=BUSY), Tape(5)
    begin(world)
    for number in range(MINUTES):
        play(world, number, [tape.minute("SPY", number)])
    world.wait(2)
    assert world.position() is not None
    world.stop()
    world.now_ns = OPEN_NS + DAY_NS
    world.start(run=2)
    world.reference()
    world.connect()
    for number in range(DAY_NS // MINUTE_NS, DAY_NS // MINUTE_NS + MINUTES):
        play(world, number, [tape.minute("SPY", number)])
    world.wait(2)
    engine, made = Engine(), []
    for seq, (now_ns, event, _) in enumerate(world.journal, 1):
        event = replace(event, code=provenance().fingerprint) if isinstance(event, Started) else event
        made.append(JournalEntry(seq, now_ns, event, engine.process(now_ns, event)))
    return made


def written(folder: Path, entries: Sequence[JournalEntry]) -> Path:
    store = SqliteStore.open(folder / DATABASE)

    async def write() -> None:
        await store.append(entries)

    asyncio.run(write())
    store.close()
    return folder


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def said(*arguments: str) -> tuple[int, str]:
        code = main(["backtest", *arguments])
        out, err = capsys.readouterr()
        return code, out or err

    return said


def test_a_sealed_day_and_one_that_goes_on_are_compared_alike(
    entries: list[JournalEntry], tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "LEAST_ROWS", 1)
    state = ("--state-dir", str(written(tmp_path, entries)))
    before = [say("--like-day", day, *state) for day in (FIRST, SECOND)]
    archive(tmp_path, provenance(), lambda done: None)
    (sealed,) = JournalFiles(tmp_path).sealed()
    assert sealed.header.day == FIRST
    assert [say("--like-day", day, *state) for day in (FIRST, SECOND)] == before
    assert [code for code, _ in before] == [0, 0]
    assert all(text.rstrip().endswith("Every difference is explained.") for _, text in before)
    code, text = say("--like-day", SECOND, *state, "--json")
    told = json.loads(text)
    assert (code, told["day"], told["symbols"], told["unexplained"]) == (0, SECOND, ["SPY"], 0)
    assert told["findings"][0]["time"] > f"{SECOND}T14:30"
    assert {one["class"] for one in told["classes"]} >= {"same", "fill_price"}


def test_a_day_whose_recorded_decision_is_another_fails_and_is_named(
    entries: list[JournalEntry], tmp_path: Path, say: Say
) -> None:
    place = next(k for k, one in enumerate(entries) if any(isinstance(effect, SignalUpdated) for effect in one.effects))
    changed = [
        SignalUpdated(replace(effect.signal, price=effect.signal.price + 1))
        if isinstance(effect, SignalUpdated)
        else effect
        for effect in entries[place].effects
    ]
    other = [*entries[:place], replace(entries[place], effects=changed), *entries[place + 1 :]]
    code, text = say("--like-day", FIRST, "--state-dir", str(written(tmp_path, other)))
    assert code == 1
    assert "1 unexplained:" in text
    assert f"input {entries[place].seq}" in text


def test_what_is_not_there_or_does_not_go_together_is_said(
    entries: list[JournalEntry], tmp_path: Path, say: Say
) -> None:
    state = ("--state-dir", str(written(tmp_path, entries)))
    assert say("--like-day", NEVER, *state) == (
        2,
        f"fluxherod: the journal has nothing of {NEVER}: it has {FIRST} to {SECOND}\n",
    )
    code, text = say("--like-day", FIRST, "--state-dir", str(tmp_path / "nowhere"))
    assert (code, "--state-dir" in text) == (1, True)
    for wrong in (["SPY.csv"], ["--equity", "5"], ["--from", FIRST], ["--out", "here"]):
        assert say(*wrong, "--like-day", FIRST, *state)[0] == 2
    assert say(*state)[0] == 2
    assert say() == (2, "fluxherod: name a file of bars, or a day with --like-day\n")
