"""A configuration that is read again: all of it holds from then on, or nothing has changed; a replay says the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine.changes import asset, reply
from engine.world import World, of

from fluxherod.engine.codec import decode_event, encode_event
from fluxherod.engine.commands import DisableSymbolCommand, ReloadCommand, UpdateLimitsCommand, UpdateParametersCommand
from fluxherod.engine.effects import FollowSymbols, ReplyCode, RequestHistory
from fluxherod.engine.settings import Settings


def reload(world: World, settings: Settings, reset: tuple[str, ...] = (), joining: tuple[str, ...] = ()) -> Any:
    command = ReloadCommand(world.caller(), reset, settings, tuple(asset(symbol) for symbol in joining))
    return world.tell(command)


def test_symbols_strategy_and_limits_of_the_file_hold_at_once_and_after_a_restart() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    before = world.engine.settings
    read = replace(
        before,
        symbols=("SPY", "QQQ"),
        strategy=replace(before.strategy, entry_atr=0.9),
        limits=replace(before.limits, max_positions=2),
        allow_shorts=False,
        timeframe="1Hour",  # waits for a restart
    )
    effects = reload(world, read, joining=("QQQ",))
    settings = world.engine.settings
    assert reply(effects).code is ReplyCode.OK
    assert settings.symbols == ("SPY", "QQQ") == tuple(world.engine.market.books)
    assert (settings.strategy.entry_atr, settings.limits.max_positions, settings.allow_shorts) == (0.9, 2, False)
    assert settings.timeframe == before.timeframe
    assert of(FollowSymbols, effects) == [FollowSymbols(("SPY", "QQQ"))]
    assert [request.symbols for request in of(RequestHistory, effects)] == [("QQQ",)]
    world.replay()


def test_what_operators_changed_wins_over_the_file_until_it_is_reset() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    read = replace(world.engine.settings, limits=replace(world.engine.settings.limits, max_positions=2))
    world.tell(
        UpdateLimitsCommand(world.caller(), (("max_positions", 4), ("max_position_bp", 1000)), "", "a test"),
        UpdateParametersCommand(world.caller(), (("entry_atr", 0.8), ("close_quiet_minutes", 5)), "", "a test"),
        DisableSymbolCommand(world.caller(), "IBM", "odd"),
    )
    reload(world, read)
    assert world.engine.settings.limits.max_positions == 4
    keys = ("risk.max_positions", "risk.max_position", "strategy.entry_atr", "strategy.noise.close_quiet_minutes")
    reload(world, read, reset=keys)
    settings = world.engine.settings
    assert (settings.limits.max_positions, settings.limits.max_position_bp) == (2, read.limits.max_position_bp)
    assert settings.strategy == read.strategy
    assert settings.why_disabled("IBM") == "odd"  # a switch is no key of the configuration
    world.replay()


def test_bars_from_before_new_parameters_are_known_to_be_so_and_new_limits_are_no_new_parameters() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    read = world.engine.settings
    reload(world, replace(read, limits=replace(read.limits, max_positions=2)))
    assert world.engine.universe.changed_ns == 0
    reload(world, replace(read, strategy=replace(read.strategy, entry_atr=0.9)))
    assert world.engine.universe.changed_ns == world.now_ns
    world.replay()


def test_a_symbol_that_an_operator_removed_is_followed_again_when_that_is_reset() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    read = world.engine.settings
    reload(world, replace(read, symbols=("SPY",)))
    assert tuple(world.engine.market.books) == ("SPY",)
    reload(world, read, reset=("market.symbols",), joining=("IBM",))
    assert tuple(world.engine.market.books) == ("SPY", "IBM")
    world.replay()


@pytest.mark.parametrize("case", ["in use", "not traded", "contradiction"])
def test_a_reload_that_can_not_be_done_whole_changes_nothing(case: str) -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    before = world.engine.settings
    read = replace(before, limits=replace(before.limits, max_positions=2))
    if case == "in use":
        world.place(10, 443.0)
        expected, words = ReplyCode.SYMBOL_IN_USE, "SPY is not in it any more and in use: a position is open"
        effects = reload(world, replace(read, symbols=("IBM",)))
    elif case == "not traded":
        expected, words = ReplyCode.CONFIG_INVALID, "the broker does not trade QQQ"
        effects = reload(world, replace(read, symbols=("SPY", "IBM", "QQQ")))
    else:
        world.tell(UpdateLimitsCommand(world.caller(), (("warning_drawdown_bp", 1900),), "", "a test"))
        before = world.engine.settings
        expected, words = ReplyCode.CONFIG_INVALID, "warning_drawdown_bp"
        effects = reload(world, replace(read, limits=replace(read.limits, critical_drawdown_bp=1800)))
    assert reply(effects).code is expected
    assert words in reply(effects).text
    assert world.engine.settings == before
    assert tuple(world.engine.market.books) == ("SPY", "IBM")
    world.replay()


def test_the_same_request_is_answered_the_same_whatever_the_file_says_meanwhile() -> None:
    world = World().ready(history=100)
    caller, before = world.caller(), world.engine.settings
    first = ReloadCommand(caller, (), replace(before, allow_shorts=False), changed=("strategy.allow_shorts",))
    answer = reply(world.tell(first))
    assert reply(world.tell(ReloadCommand(caller, (), before))) == answer
    assert not world.engine.settings.allow_shorts
    other = ReloadCommand(caller, ("market.symbols",), before)
    assert reply(world.tell(other)).code is ReplyCode.REQUEST_ID_REUSED
    assert decode_event(*encode_event(first)).changed == first.changed  # type: ignore[union-attr]
    world.replay()
