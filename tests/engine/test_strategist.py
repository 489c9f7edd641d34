"""From a completed bar to an order: vetoes, sizes, plans, trailing and exits, at the tiny exchange."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine.world import DAY_NS, OPEN_NS, World, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.signals import RiskVerdict, Signal
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import AssetInfo, Mode, Side, SignalKind
from fluxherod.engine.commands import HaltCommand
from fluxherod.engine.effects import SignalUpdated, SubmitOrder
from fluxherod.engine.events import AssetsLoaded, LinkChanged


def drive(world: World, slope: float = 0.1, minutes: int = 25, before: Any = None) -> Signal:
    """A quiet start and then a move; its first entry signal. `before` is called before each minute."""
    kind = SignalKind.LONG if slope > 0 else SignalKind.SHORT
    for number in range(minutes):
        if before is not None:
            before(number)
        effects = world.minute(number, 450.0 + slope * number, 1_000 if number < 10 else 5_000)
        for effect in of(SignalUpdated, effects):
            if effect.signal.kind is kind:
                return effect.signal
    raise AssertionError("no entry fired")


def warm(**settings: Any) -> World:
    return World(**settings).ready(history=200)


def test_an_entry_is_explained_sized_by_risk_and_sent_with_its_stop() -> None:
    world = warm()
    signal = drive(world)
    assert signal.outcome == "ordered"
    assert signal.risk is not None
    assert signal.text.startswith("BUY SPY @ $")
    order = world.engine.desk.orders[signal.order_id]
    assert (order.quantity, order.leg_stop_e4, order.signal_id) == (signal.risk.quantity, signal.stop_e4, signal.id)
    assert order.id == "fh-01234567-SPY-20240102144300-e1"
    position = world.position()
    assert (position.mode, position.stop_e4, position.signal_id) == (signal.mode, signal.stop_e4, signal.id)
    assert position.best_e4 == round(signal.price * 10_000)


def test_a_fall_is_shorted() -> None:
    world = warm()
    signal = drive(world, -0.1)
    assert (signal.kind, signal.outcome) == (SignalKind.SHORT, "ordered")
    assert signal.stop_e4 > signal.price * 10_000
    assert world.position().quantity < 0
    world.agree()


def test_a_neutral_entry_is_seven_tenths_of_the_size_and_a_trend_position() -> None:
    world = warm()
    signal = drive(world)
    assert (signal.neutral, signal.mode) == (True, Mode.TREND)
    steps = {step.name: step for step in signal.risk.steps}
    assert steps["multipliers"].after == steps["multipliers"].before * 7 // 10
    assert steps["multipliers"].text == "neutral 0.7"


def shorts_off(world: World) -> None:
    world.engine.strategist.settings = replace(world.settings, allow_shorts=False)


@pytest.mark.parametrize(
    ("code", "slope", "change"),
    [
        ("not_tradable", 0.1, lambda w: w.tell(AssetsLoaded((AssetInfo("SPY", True, False, True, True),)))),
        ("not_shortable", -0.1, lambda w: w.tell(AssetsLoaded((AssetInfo("SPY", True, True, True, False),)))),
        ("shorts_off", -0.1, shorts_off),
        ("foreign_position", 0.1, lambda w: w.engine.ledger.foreign.update(SPY=(5, 4_500_000))),
        ("risk", 0.1, lambda w: w.tell(HaltCommand(w.caller(), "enough"))),
        ("risk", 0.1, lambda w: w.tell(LinkChanged("trading", False, "reset"))),
    ],
)
def test_a_veto_ends_an_entry_and_is_recorded(code: str, slope: float, change: Any) -> None:
    world = warm()
    world.exchange.position["SPY"] = 5 if code == "foreign_position" else 0
    signal = drive(world, slope, before=lambda number: change(world) if number == 11 else None)
    assert signal.outcome == code
    assert signal.outcome_text
    assert not of(SubmitOrder, world.seen)


def test_an_entry_on_thin_volume_or_without_a_quote_is_noise() -> None:
    thin = warm()
    for number in range(25):
        thin.minute(number, 450.0 + number / 10, 1_000)
    signals = [effect.signal for effect in of(SignalUpdated, thin.seen)]
    assert signals
    assert {signal.outcome for signal in signals} == {"noise"}
    assert "volume" in signals[0].outcome_text
    blind = warm()

    def forget_the_quote(_: int) -> None:
        blind.engine.market.books["SPY"].quote = None

    blind.quote = lambda *_: []  # type: ignore[method-assign, assignment]
    signal = drive(blind, before=forget_the_quote)
    assert (signal.outcome, "no quote" in signal.outcome_text) == ("noise", True)


def test_an_edge_while_a_position_or_its_entry_is_open_is_lost() -> None:
    world = warm()
    world.place(1, 430.0)
    assert drive(world).outcome == "in_position"
    waiting = warm(chase_after_ns=DAY_NS)
    waiting.place(1, 430.0, limit=440.0)
    assert drive(waiting).outcome == "in_position"


def test_an_order_of_unknown_outcome_takes_no_new_risk_in_its_symbol() -> None:
    world = warm()

    def lose_an_order(number: int) -> None:
        if number == 11:
            world.exchange.lose = ["request", *["lookup"] * 50]
            world.place(1, 430.0)

    assert drive(world, before=lose_an_order).outcome == "in_position"
    assert world.engine.desk.uncertain("SPY")


def test_risk_of_a_rejected_entry_is_told_with_its_checks() -> None:
    world = warm(limits=replace(World().settings.limits, max_positions=0))
    signal = drive(world)
    assert (signal.outcome, signal.risk.verdict) == ("risk", RiskVerdict.REJECTED)
    assert signal.risk.reason_code == "open_positions"


def test_a_stop_only_ever_moves_towards_the_price() -> None:
    world = warm()
    drive(world)
    stops = [world.position().stop_e4]
    for number, close in enumerate((451.6, 451.9, 451.5, 451.4, 452.2)):
        world.minute(13 + number, close)
        if world.position() is None:
            break
        stops.append(world.position().stop_e4)
    assert stops == sorted(stops)
    assert stops[-1] > stops[0]


def test_a_bar_that_ended_before_the_fill_neither_trails_nor_ends_the_position() -> None:
    world = warm()
    drive(world)
    position = world.position()
    (closed,) = [bar for bar in world.engine.market.books["SPY"].closed if bar.end_ns == OPEN_NS + 13 * MINUTE_NS]
    out: list[Any] = []
    list(world.engine.strategist.decide([closed], "", world.now_ns, out))
    assert world.position() == position
    assert not of(SignalUpdated, [effect for effect in out if effect.signal.kind.startswith("exit")])


def test_a_position_by_hand_keeps_its_stop_and_no_signal_ends_it() -> None:
    world = warm()
    world.place(10, 430.0)
    for number in range(30):
        world.minute(number, 450.0 - number / 4, 5_000)
    position = world.position()
    assert (position.mode, position.stop_e4) == (Mode.MANUAL, 4_300_000)
    assert not world.orders(OrderRole.EXIT)


def test_an_exit_is_decided_while_trading_is_halted_and_the_stream_of_orders_is_down() -> None:
    world = warm(strategy=StrategyParams(trend_stop_atr=50.0))
    drive(world)
    world.tell(HaltCommand(world.caller(), "enough"), LinkChanged("trading", False, "reset"))
    for number in range(30):
        world.minute(13 + number, 451.2 - number / 10)
        if world.position() is None:
            break
    assert world.position() is None
    kinds = [effect.signal.kind for effect in of(SignalUpdated, world.seen)]
    assert SignalKind.EXIT_LONG in kinds
    world.agree()


def test_exposure_counts_what_works_at_its_limit_or_signal_price() -> None:
    world = World(("SPY", "QQQ")).ready()
    world.place(10, 430.0, limit=440.0)
    state = world.engine.strategist.account_state("")
    assert (state.exposure_e4, state.open_positions) == (10 * 4_400_000, 1)
    world.place(10, 460.0, Side.SELL, symbol="QQQ")
    state = world.engine.strategist.account_state("")
    assert (state.exposure_e4, state.open_positions) == (10 * 4_400_000 + 10 * 4_500_000, 2)
    assert state.buying_power_e4 == 2 * 1_000_000_000 - state.exposure_e4
