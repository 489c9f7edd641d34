"""What operators wish for outlives a restart and wins over a new configuration; and all of it at once."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from engine import test_replay
from engine.changes import add, answer, asset, history, join, reply, update
from engine.world import EPOCH, SESSIONS, World, of

from fluxherod.core.kernel import StrategyParams
from fluxherod.engine.commands import (
    AddSymbolCommand,
    Command,
    DisableSymbolCommand,
    EnableSymbolCommand,
    RemoveSymbolCommand,
    UpdateParametersCommand,
)
from fluxherod.engine.effects import (
    AlertRaised,
    FollowSymbols,
    ReplyCode,
    RequestBackfill,
    RequestHistory,
    Severity,
)
from fluxherod.engine.events import CalendarLoaded, FeedFollows, LinkChanged, Started
from fluxherod.engine.operators.overrides import Overrides


# --- symbols that the file lists, or not ------------------------------------------------------------------
def test_removing_what_was_added_leaves_no_trace_so_the_file_may_list_it_later() -> None:
    world = World(("SPY",)).ready(history=100)
    join(world)
    world.tell(RemoveSymbolCommand(world.caller(), "QQQ"))
    assert world.engine.universe.overrides == Overrides()
    world.settings = replace(world.settings, symbols=("SPY", "QQQ"))
    world.stop()
    world.start(run=2)
    assert world.engine.settings.symbols == ("SPY", "QQQ")
    assert world.alerts() == []
    world.replay()


def test_what_the_feed_refused_once_is_followed_when_the_file_lists_it() -> None:
    world = World(("SPY",)).ready(history=100)
    add(world)
    world.tell(FeedFollows(("SPY",), "405 symbol limit exceeded"))
    world.settings = replace(world.settings, symbols=("SPY", "QQQ"))
    world.start(run=2)
    assert world.engine.settings.symbols == ("SPY", "QQQ")
    world.replay()


def test_what_was_removed_and_left_the_file_meanwhile_is_followed_when_the_file_lists_it_again() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    world.tell(RemoveSymbolCommand(world.caller(), "IBM"))
    both = world.settings
    world.settings = replace(both, symbols=("SPY",))
    world.start(run=2)
    world.settings = both
    world.start(run=3)
    assert world.engine.settings.symbols == ("SPY", "IBM")
    world.replay()


def test_a_start_tells_which_listed_symbols_an_operator_removed() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    world.tell(RemoveSymbolCommand(world.caller(), "IBM"))
    world.stop()
    effects = world.start(run=2)
    assert world.engine.settings.symbols == ("SPY",)
    (alert,) = of(AlertRaised, effects)
    assert (alert.code, alert.severity) == ("SYMBOLS_OVERRIDDEN", Severity.INFO)
    assert alert.text == "market.symbols lists IBM, removed by an operator: not followed until added again"
    add(world, "IBM")
    world.stop()
    assert not of(AlertRaised, world.start(run=3))


# --- over a restart --------------------------------------------------------------------------------------
def test_a_restart_keeps_the_set_and_what_the_symbols_know() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    join(world)
    world.tell(RemoveSymbolCommand(world.caller(), "IBM"))
    states = world.engine.market.states.tobytes()
    world.start(run=2)
    assert world.engine.settings.symbols == ("SPY", "QQQ")
    assert not of(RequestHistory, world.tell(CalendarLoaded(SESSIONS)))
    assert world.engine.market.states.tobytes() == states
    world.replay()


def test_what_operators_wish_wins_over_a_new_configuration() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    join(world)
    world.tell(RemoveSymbolCommand(world.caller(), "IBM"))
    world.tell(DisableSymbolCommand(world.caller(), "SPY", "odd"))
    update(world, trend_adx=30.0, allow_shorts=False)
    file = replace(world.settings, symbols=("AAA", "IBM", "SPY"), strategy=StrategyParams(trend_adx=40.0, exit_atr=0.1))
    world.tell(Started(EPOCH, 2, "test", file))
    settings = world.engine.settings
    assert settings.symbols == ("AAA", "SPY", "QQQ")
    assert settings.why_disabled("SPY") == "odd"
    assert (settings.strategy.trend_adx, settings.strategy.exit_atr, settings.allow_shorts) == (30.0, 0.1, False)
    world.replay()


def test_a_symbol_that_joined_stays_when_the_configuration_takes_it_in_and_drops_it() -> None:
    world = World().ready(history=100)
    join(world)
    for symbols in (("SPY", "QQQ"), ("SPY",)):
        world.tell(Started(EPOCH, world.engine.run + 1, "test", replace(world.settings, symbols=symbols)))
        assert world.engine.settings.symbols == ("SPY", "QQQ")


def test_a_restart_in_the_middle_of_joining_warms_the_symbol_up() -> None:
    world = World().ready(history=100)
    add(world)
    world.start(run=2)
    (request,) = of(RequestHistory, world.tell(CalendarLoaded(SESSIONS)))
    assert request.symbols == ("QQQ",)
    world.tell(history(), FeedFollows(("SPY", "QQQ")), LinkChanged("market", True), LinkChanged("trading", True))
    world.tell(answer(world, of(RequestBackfill, world.seen)[-1]))
    world.snapshot()
    assert (world.engine.warming, world.engine.state) == ([], "ACTIVE")
    world.replay()


def test_parameters_that_a_new_configuration_contradicts_are_set_aside_and_new_risk_waits() -> None:
    world = World().ready(history=100)
    update(world, range_adx=24.0)
    file = replace(world.settings, strategy=StrategyParams(trend_adx=22.0))
    world.stop()
    world.tell(Started(EPOCH, 2, "test", file))
    assert world.engine.settings.strategy == file.strategy
    assert world.alerts() == ["PARAMETERS_SET_ASIDE"]
    world.reference()
    world.connect()
    world.quote(450.0)
    refused = world.place(10, 443.0)
    assert refused.code is ReplyCode.RISK_REJECTED
    assert "range_adx: allowed is at most trend_adx, which is 22.0, not 24.0" in refused.text
    assert reply(update(world, exit_atr=0.2)).code is ReplyCode.INVALID_FIELD
    assert reply(update(world, range_adx=21.0)).code is ReplyCode.OK
    assert world.place(10, 443.0).code is ReplyCode.OK


# --- all of it at once -----------------------------------------------------------------------------------
def _change(world: World, chance: random.Random) -> None:
    """An operator changes something; the outside answers at once."""
    symbol = chance.choice(("SPY", "QQQ", "IBM"))
    caller = world.caller()
    commands: list[Command] = [
        AddSymbolCommand(caller, symbol, asset(symbol)),
        RemoveSymbolCommand(caller, symbol),
        DisableSymbolCommand(caller, symbol, "odd"),
        EnableSymbolCommand(caller, symbol),
        UpdateParametersCommand(caller, (("entry_atr", chance.uniform(0.0, 1.0)),), "", "a test"),
        UpdateParametersCommand(caller, (("kama_period", chance.randint(5, 30)),), "", "a test"),
    ]
    effects = world.tell(chance.choice(commands))
    for wanted in of(FollowSymbols, effects):
        effects += world.tell(FeedFollows(wanted.symbols))
    for loading in of(RequestHistory, effects):
        effects += world.tell(*map(history, loading.symbols))
    for gap in of(RequestBackfill, effects):
        world.tell(answer(world, gap))


@pytest.mark.parametrize("seed", range(8))
def test_a_random_session_in_which_everything_changes_replays_the_same_and_its_books_agree(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    operate = test_replay._operator

    def operate_and_change(world: World, chance: random.Random, prices: dict[str, float]) -> None:
        operate(world, chance, prices)
        _change(world, chance)

    monkeypatch.setattr(test_replay, "_operator", operate_and_change)
    world = test_replay.random_session(seed)
    assert world.engine.universe.overrides != Overrides()
    assert len(world.exchange.submitted) == len(set(world.exchange.submitted))
    assert set(world.engine.market.books) == set(world.engine.settings.symbols)
    rows = [book.row for book in world.engine.market.books.values()]
    assert len(set(rows)) == len(rows) <= len(world.engine.market.states)
    world.replay()
