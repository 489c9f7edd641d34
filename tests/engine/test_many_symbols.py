"""What the engine keeps so that an event costs the same however many symbols there are agrees with a look at each."""

from __future__ import annotations

import random
from typing import Any

import pytest
from engine import test_replay
from engine.changes import add, answer, join
from engine.test_overrides import _change
from engine.world import OPEN_NS, World, bar, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.engine import readiness
from fluxherod.engine.commands import RemoveSymbolCommand
from fluxherod.engine.effects import BarClosed, RequestBackfill
from fluxherod.engine.events import BarsReceived, Event, LinkChanged
from fluxherod.engine.settings import Settings


@pytest.mark.parametrize("seed", range(4))
def test_the_state_and_the_next_deadline_are_those_that_a_look_at_every_symbol_gives(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    operate, process = test_replay._operator, World._process
    deadlines: set[int | None] = set()
    states: set[str] = set()

    def operate_and_change(world: World, chance: random.Random, prices: dict[str, float]) -> None:
        operate(world, chance, prices)
        _change(world, chance)

    def process_and_look(world: World, event: Event) -> None:
        process(world, event)
        engine, market = world.engine, world.engine.market
        states.add(engine.state)
        assert engine.state == readiness.state(engine, bool(engine.warming))
        spans = (book.builder.span for book in market.books.values() if book.waiting is None)
        grace_ns = engine.settings.bar_delay_ns + engine.settings.latency_ns
        built = [span.end_ns for span in spans if span is not None]
        looked = [OPEN_NS + n * MINUTE_NS for n in range(1, 391) if OPEN_NS + n * MINUTE_NS > market.ended_ns > 0]
        due_ns = min((end_ns + grace_ns for end_ns in built + looked), default=None)
        deadlines.add(due_ns)
        assert market.next_due_ns() == due_ns

    monkeypatch.setattr(test_replay, "_operator", operate_and_change)
    monkeypatch.setattr(World, "_process", process_and_look)
    test_replay.random_session(seed)
    assert {"WARMING", "ACTIVE"} <= states
    assert len(deadlines) > 10


class Sealed(dict[str, Any]):
    """Gives one book, never all."""

    def values(self) -> Any:
        raise AssertionError("every symbol was looked at")

    __iter__ = items = keys = values


def test_neither_a_quote_nor_a_minute_of_one_symbol_looks_at_the_others() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    world.minute(0, 450.0)
    books = world.engine.market.books
    world.engine.market.books = Sealed(books)
    world.quote(450.0)
    world.tell(BarsReceived((bar(1, 450.0),)))
    assert world.engine.next_deadline_ns() == OPEN_NS + 2 * MINUTE_NS + world.settings.bar_delay_ns
    world.engine.market.books = books
    world.replay()


def test_a_bar_with_a_gap_in_it_is_not_due_until_the_gap_is_closed() -> None:
    world = World(("SPY",)).ready(history=100)
    world.tell(BarsReceived((bar(0, 450.0),)))
    due_ns = world.engine.market.next_due_ns()
    assert due_ns == OPEN_NS + MINUTE_NS + world.settings.bar_delay_ns
    world.tell(LinkChanged("market", up=False))
    assert of(BarClosed, world.until(due_ns)) == []
    assert world.engine.market.next_due_ns() == due_ns + MINUTE_NS
    (request,) = of(RequestBackfill, world.tell(LinkChanged("market", up=True)))
    world.tell(answer(world, request))
    assert world.engine.market.next_due_ns() == due_ns
    assert len(of(BarClosed, world.until(due_ns))) == 1
    world.replay()


def test_the_row_of_a_symbol_that_left_is_used_again_and_no_other_row_moves() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    rows = {symbol: book.row for symbol, book in world.engine.market.books.items()}
    join(world)
    world.tell(RemoveSymbolCommand(world.caller(), "IBM"))
    join(world, "DIA")
    after = {symbol: book.row for symbol, book in world.engine.market.books.items()}
    assert (after["SPY"], after["DIA"]) == (rows["SPY"], rows["IBM"])
    world.replay()


def test_the_states_are_copied_for_few_of_the_symbols_that_join() -> None:
    world = World().ready(history=100)
    arrays = set()
    for number in range(64):
        add(world, f"S{number}")
        arrays.add(id(world.engine.market.states))
    assert len(world.engine.market.books) == 65
    assert len(arrays) <= 6


def test_the_reason_of_each_switched_off_symbol_is_found_and_of_no_other() -> None:
    disabled = tuple((f"S{number:04}", f"reason {number}" if number % 2 else "") for number in range(0, 1000, 3))
    settings, known = Settings((), disabled=disabled), dict(disabled)
    for number in range(-1, 1002):
        assert settings.why_disabled(f"S{number:04}") == known.get(f"S{number:04}")
