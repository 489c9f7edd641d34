"""Bars of long ago are explained from the journal alone, exactly as they were explained when they were new."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from engine.test_strategist import drive
from engine.world import MINUTE_NS, OPEN_NS, World

from fluxhero.v1 import signal_pb2
from fluxherod.adapters.sqlite.journal import JournalRow
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.engine.codec import encode_event
from fluxherod.engine.ports import JournalEntry
from fluxherod.past import Past, PastUnavailable, explain_past
from fluxherod.recovery import DATABASE
from fluxherod.rpc.explain import explain_nothing


@pytest.fixture(scope="module")
def world() -> World:
    """A session in which a position is opened, held and closed."""
    made = World().ready(history=100, five_minute_span=1.0)
    drive(made)
    first = (made.now_ns - OPEN_NS) // MINUTE_NS
    for number in range(first, first + 6):
        made.minute(number, 452.0 - 0.4 * (number - first), 5_000)
    return made


def rows(world: World) -> list[JournalRow]:
    return [
        JournalRow(seq, now_ns, *encode_event(event), b"") for seq, (now_ns, event, _) in enumerate(world.journal, 1)
    ]


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
        await store.append([JournalEntry(seq, *row[:2], ()) for seq, row in enumerate(world.journal, 1)])

    asyncio.run(write())
    store.close()
    return tmp_path


async def test_another_process_reads_the_journal_and_answers(world: World, state_dir: Path) -> None:
    past, closed = Past(state_dir), world.engine.market.books["SPY"].closed
    content = await past.explain("SPY", closed[80].end_ns)
    assert content is not None
    assert signal_pb2.ExplainResponse.FromString(content) == explain_nothing(world.engine, closed[80])
    assert await past.explain("SPY", closed[0].end_ns - 1) is None


async def test_a_journal_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PastUnavailable, match=r"could not be replayed: .*unable to open database file"):
        await Past(tmp_path).explain("SPY", 0)
