"""Symbols switched off and on, and parameters changed, while the engine runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from engine.changes import closed, code, reply, update
from engine.test_strategist import drive
from engine.world import World, of

from fluxherod.core.kernel import StrategyParams
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import BrokerStatus, OrderType, Side
from fluxherod.engine.commands import DisableSymbolCommand, EnableSymbolCommand, PlaceOrderCommand
from fluxherod.engine.effects import (
    ReplyCode,
    RequestHistory,
    SignalUpdated,
    StatusChanged,
    SubmitOrder,
)
from fluxherod.engine.operators.overrides import Overrides, parameters_of, revision


# --- switched off and on ---------------------------------------------------------------------------------
def test_a_symbol_that_is_switched_off_takes_no_order_that_opens_and_every_order_that_reduces() -> None:
    world = World().ready(history=100)
    world.place(10, 443.0)
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "earnings")) is ReplyCode.OK
    assert len(world.exchange.stops("SPY")) == 1
    sell = PlaceOrderCommand(world.caller(), "SPY", Side.SELL, 4, OrderType.MARKET)
    assert code(world, sell) is ReplyCode.OK
    world.close()
    world.wait(5)
    assert world.position() is None
    refused = world.place(10, 443.0)
    assert (refused.code, refused.text) == (ReplyCode.RISK_REJECTED, "SPY is switched off: earnings")
    assert code(world, EnableSymbolCommand(world.caller(), "SPY")) is ReplyCode.OK
    assert world.place(10, 443.0).code is ReplyCode.OK


def test_an_entry_in_a_symbol_that_is_switched_off_is_recorded_with_the_reason() -> None:
    world = World().ready(history=200)
    world.tell(DisableSymbolCommand(world.caller(), "SPY", "earnings"))
    signal = drive(world)
    assert (signal.outcome, signal.outcome_text) == ("disabled", "SPY is switched off: earnings")
    assert not of(SubmitOrder, world.seen)


def test_a_position_in_a_symbol_that_is_switched_off_still_trails_and_exits() -> None:
    world = World().ready(history=200)
    drive(world)
    position = world.position()
    world.tell(DisableSymbolCommand(world.caller(), "SPY"))
    top = round((position.price_e4 / 10_000 - 450.0) / 0.1)
    for number in range(top + 1, top + 8):
        world.minute(number, 450.0 + 0.5 * number, 5_000)
    assert world.position().stop_e4 > position.stop_e4
    for number in range(top + 8, top + 14):
        world.minute(number, 440.0, 5_000)
    assert world.position() is None


def test_switching_a_symbol_off_cancels_its_working_entries_and_no_others() -> None:
    world = World(("SPY", "QQQ")).ready(history=100)
    for symbol in ("SPY", "QQQ"):
        world.place(10, 430.0, limit=440.0, symbol=symbol)
    world.tell(DisableSymbolCommand(world.caller(), "SPY"))
    assert (world.live(OrderRole.ENTRY, "SPY"), len(world.live(OrderRole.ENTRY, "QQQ"))) == ([], 1)


def test_switching_says_when_nothing_would_change() -> None:
    world = World().ready()
    assert code(world, EnableSymbolCommand(world.caller(), "SPY")) is ReplyCode.ALREADY_DONE
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "odd")) is ReplyCode.OK
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "odd")) is ReplyCode.ALREADY_DONE
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "odder")) is ReplyCode.OK
    assert world.engine.settings.why_disabled("SPY") == "odder"


def test_each_change_is_told_to_those_who_watch_the_status() -> None:
    world = World().ready()
    effects = world.tell(DisableSymbolCommand(world.caller(), "SPY", "odd"))
    assert of(StatusChanged, effects) == [StatusChanged("ACTIVE", "SPY takes no new risk: odd")]
    assert not of(StatusChanged, world.tell(DisableSymbolCommand(world.caller(), "SPY", "odd")))


# --- parameters ------------------------------------------------------------------------------------------
def test_a_threshold_changes_from_the_next_bar_on_and_the_memory_stays() -> None:
    world = World().ready(history=100)
    world.minute(0, 450.0)
    states = world.engine.market.states.copy()
    effects = update(world, trend_adx=30.0, entry_atr=0.7)
    assert reply(effects).code is ReplyCode.OK
    assert not of(RequestHistory, effects)
    states["entries"]["seen"] = 0  # the edges alone are noted anew
    assert world.engine.market.states.tobytes() == states.tobytes()
    assert float(world.engine.market.params["trend_adx"][0]) == 30.0
    for part in (world.engine.desk, world.engine.strategist, world.engine.guard, world.engine.commands):
        assert part.settings is world.engine.settings
    assert closed(world.minute(1, 450.1), "SPY") == [2]
    world.replay()


@pytest.mark.parametrize(
    ("before", "change"),
    [({"neutral_entries": False}, {"neutral_entries": True}), ({"entry_atr": 3.0}, {"entry_atr": 0.5})],
)
def test_a_change_of_parameters_fires_nothing_that_stood_in_the_market_already(
    before: dict[str, Any], change: dict[str, Any]
) -> None:
    world = World(strategy=StrategyParams(**before)).ready(history=200)
    for number in range(10):
        world.minute(number, 450.0 + 0.02 * number, 5_000)
    assert not of(SignalUpdated, world.seen)
    update(world, **change)
    first, second = (world.minute(number, 450.0 + 0.02 * number, 5_000) for number in (10, 11))
    bars = world.engine.market.books["SPY"].closed[-3:]
    assert [bool(bar.decision["trend_long"]) for bar in bars] == ["neutral_entries" in change, True, True]
    assert not of(SignalUpdated, first + second)
    assert [bar.only_noted for bar in bars] == [False, True, False]
    for number in range(12, 20):
        world.minute(number, 451.0 - 0.1 * number, 5_000)
    assert of(SignalUpdated, world.seen)
    world.replay()


def test_a_change_that_changes_no_rule_lets_the_next_bar_fire() -> None:
    world = World().ready(history=200)
    update(world, allow_shorts=False, entry_atr=0.5)
    world.minute(0, 450.0, 5_000)
    assert not world.engine.market.books["SPY"].closed[-1].only_noted
    world.replay()


def test_a_changed_rule_decides_the_next_bar() -> None:
    plain, eager = (World().ready(history=200) for _ in range(2))
    update(eager, breakout_volume_ratio=100.0)
    assert drive(plain).outcome == "ordered"
    assert drive(eager).outcome == "noise"


def test_a_period_changes_at_once_and_gives_what_a_fresh_start_with_it_gives() -> None:
    world = World().ready(history=100, five_minute_span=2.0)
    for number in range(3):
        world.minute(number, 450.0 + number)
    effects = update(world, kama_period=10, atr_period=7)
    assert not of(RequestHistory, effects)
    assert world.engine.state == "ACTIVE"
    assert closed(effects, "SPY") == []  # decided before, and not once more
    strategy = StrategyParams(kama_period=10, atr_period=7)
    fresh = World(strategy=strategy).ready(history=100, five_minute_span=2.0)
    for number in range(3):
        fresh.minute(number, 450.0 + number)
    for number in range(3, 8):
        assert closed(world.minute(number, 450.0 + number), "SPY") == [number + 1]
        fresh.minute(number, 450.0 + number)
        assert world.engine.market.states.tobytes() == fresh.engine.market.states.tobytes()
    books = [each.engine.market.books["SPY"] for each in (world, fresh)]
    assert books[0].five_minutes.atr == books[1].five_minutes.atr > 0
    assert [bar.decision.tobytes() for bar in books[0].closed] == [bar.decision.tobytes() for bar in books[1].closed]
    assert [bar.live for bar in books[0].closed] == [bar.live for bar in books[1].closed]
    world.replay()


def test_a_period_that_changes_in_the_middle_of_a_bar_loses_none_of_its_minutes() -> None:
    world = World(timeframe="5Min").ready(history=100)
    for number in range(10):
        if number == 7:
            update(world, rsi_period=10)
        world.minute(number, 450.0 + number)
    assert [bar.bar.volume for bar in world.engine.market.books["SPY"].closed if bar.live] == [5_000, 5_000]


def test_bars_from_before_a_change_are_known_as_decided_by_other_parameters() -> None:
    world = World().ready(history=100)
    world.minute(0, 450.0)
    assert world.engine.universe.changed_ns == 0
    update(world, entry_atr=0.7)
    assert world.engine.universe.changed_ns == world.now_ns
    world.tell(DisableSymbolCommand(world.caller(), "SPY"))
    assert world.engine.universe.changed_ns == world.now_ns


def test_while_the_indicators_warm_up_again_stops_stand_and_are_watched() -> None:
    world = World().ready(history=100)
    world.place(10, 443.0)
    update(world, rsi_period=10)
    assert len(world.exchange.stops("SPY")) == 1
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, BrokerStatus.CANCELED)
    world.deliver()
    world.quote(440.0)
    world.wait(20)
    assert world.position() is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"nonsense": 1}, "nonsense: no parameter of the strategy"),
        ({"kama_period": 1}, "kama_period: allowed is 2 to 128, not 1"),
        ({"kama_period": 20.0}, "kama_period: allowed is 2 to 128, not 20.0"),
        ({"trend_r2": float("nan")}, "trend_r2: allowed is 0 to 1, not nan"),
        ({"allow_shorts": 1}, "allow_shorts: allowed is 0 to 1, not 1"),
        ({"range_adx": 26.0}, "range_adx: allowed is at most trend_adx, which is 25.0, not 26.0"),
        ({"trend_adx": 19.0}, "trend_adx: allowed is at least range_adx, which is 20.0, not 19.0"),
        ({"ema_period": 0, "rsi_period": 999}, "ema_period: allowed is 2 to 128, not 0; rsi_period: allowed is 2 to"),
    ],
)
def test_parameters_that_can_not_be_are_refused_whole(changes: dict[str, float], text: str) -> None:
    world = World().ready(history=100)
    before = world.engine.settings
    refused = reply(update(world, entry_atr=0.9, **changes))
    assert refused.code is ReplyCode.INVALID_FIELD
    assert text in refused.text
    assert world.engine.settings is before


def test_a_change_of_both_ends_of_a_range_is_judged_by_its_outcome() -> None:
    world = World().ready(history=100)
    assert reply(update(world, range_adx=40.0, trend_adx=50.0)).code is ReplyCode.OK


def test_a_change_that_is_based_on_an_older_revision_is_refused() -> None:
    world = World().ready(history=100)
    first = revision(world.engine.settings)
    assert reply(update(world, first, trend_adx=30.0)).code is ReplyCode.OK
    assert revision(world.engine.settings) != first
    conflict = reply(update(world, first, trend_adx=31.0))
    assert conflict.code is ReplyCode.REVISION_CONFLICT
    assert revision(world.engine.settings) in conflict.text
    assert reply(update(world, trend_adx=25.0)).code is ReplyCode.OK
    assert revision(world.engine.settings) == first  # the same parameters
    assert world.engine.universe.overrides.parameters == {"trend_adx": 25.0}  # and still a wish


def test_shorts_are_switched_off_at_run_time() -> None:
    world = World().ready(history=100)
    assert reply(update(world, allow_shorts=False)).code is ReplyCode.OK
    assert "shorts are switched off" in world.place(10, 460.0, Side.SELL).text


def test_overrides_over_nothing_are_the_configuration() -> None:
    settings = World(("SPY", "IBM"), allow_shorts=False).settings
    assert Overrides().over(settings) == settings
    effective = asdict(settings.strategy)
    assert parameters_of(settings) == {**effective, "allow_shorts": False}
