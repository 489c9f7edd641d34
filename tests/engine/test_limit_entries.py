"""`entry_order = "limit"`: the strategy's entries as limit orders at the signal's price, chased to their end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine.exchange import S
from engine.test_strategist import drive
from engine.world import World, of

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.money import on_tick_e4
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.signals import Signal
from fluxherod.core.types import Mode, OrderType, Side, TimeInForce
from fluxherod.engine.commands import HaltCommand
from fluxherod.engine.effects import SignalUpdated, SubmitOrder

ENTRY = OrderRole.ENTRY


def limited(slope: float = 0.1, **settings: Any) -> tuple[World, Signal]:
    """A signal whose limit order rests."""
    world = World(entry_order="limit", **settings).ready(history=200)
    world.exchange.auto_fill = False
    return world, drive(world, slope)


def outcomes(world: World, signal: Signal) -> list[tuple[str, str]]:
    told = [effect.signal for effect in of(SignalUpdated, world.seen)]
    return [(one.outcome, one.outcome_text) for one in told if one.id == signal.id]


@pytest.mark.parametrize("slope", [0.1, -0.1])
def test_an_entry_is_a_limit_order_at_the_signal_s_price_with_its_stop_leg(slope: float) -> None:
    world, signal = limited(slope)
    (sent,) = [effect.order for effect in of(SubmitOrder, world.seen)]
    assert (sent.order_type, sent.time_in_force, sent.leg_stop_e4) == (
        OrderType.LIMIT,
        TimeInForce.GTC,
        signal.stop_e4,
    )
    assert sent.limit_price_e4 == on_tick_e4(round(signal.price * 10_000), up=slope < 0)
    assert signal.outcome == "ordered"


@pytest.mark.parametrize(("up", "price"), [(False, 4_502_500), (True, 4_502_600)])
def test_a_price_between_two_ticks_is_never_worse_than_the_signal_s(up: bool, price: int) -> None:
    assert on_tick_e4(4_502_533, up) == price
    assert on_tick_e4(price, up) == price
    assert on_tick_e4(9_876, up) == 9_876


def test_a_market_order_is_the_default() -> None:
    world = World().ready(history=200)
    drive(world)
    assert of(SubmitOrder, world.seen)[0].order.order_type is OrderType.MARKET
    assert world.engine.desk.book.chased == {}


def test_the_position_of_a_chase_has_the_plan_of_the_signal() -> None:
    world, signal = limited()
    first = world.orders(ENTRY)[0]
    (working,) = world.exchange.working("SPY")
    world.exchange.fill(working.broker_id, 10, first.limit_price_e4)
    world.deliver()
    acknowledged_ns = first.acknowledged_ns
    world.until(acknowledged_ns + 59 * SECOND_NS)
    world.quote(signal.price + 0.2)
    world.snapshot()
    world.until(acknowledged_ns + 60 * SECOND_NS)
    chase = world.orders(ENTRY)[-1]
    assert (chase.signal_id, chase.leg_stop_e4, chase.manual) == (signal.id, signal.stop_e4, False)
    assert chase.reason == f"chase 1/3: {signal.trigger}"
    assert 0.9 * first.quantity < 10 + chase.quantity <= first.quantity  # 0.7 of a neutral entry counts once
    assert signal.neutral
    (working,) = world.exchange.working("SPY")
    world.exchange.fill(working.broker_id, chase.quantity, chase.limit_price_e4)
    world.deliver()
    position = world.position()
    assert (position.mode, position.signal_id, position.trade_id) == (Mode.TREND, signal.id, first.id)
    assert (position.stop_e4, position.atr) == (signal.stop_e4, signal.indicators.atr)
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [position.quantity]
    assert len(outcomes(world, signal)) == 1  # nothing new of it
    world.replay()


def abandon(world: World) -> str:
    for _ in range(10):
        world.wait(30)
        world.quote(world.engine.market.books["SPY"].price_e4 / 10_000)
        world.snapshot()
    return next(alert.text for alert in world.seen if getattr(alert, "code", "") == "ORDER_ABANDONED")


def test_the_signal_of_an_order_that_is_given_up_is_expired() -> None:
    world, signal = limited()
    text = abandon(world)
    assert text.startswith("Order abandoned: SPY BUY ")
    assert text.endswith(" @ limit. 3 chases failed. Market moved significantly.")
    assert outcomes(world, signal) == [outcomes(world, signal)[0], ("expired", text)]
    assert world.engine.strategist.signals["SPY"].outcome == "expired"
    assert world.position() is None
    world.replay()


def test_the_signal_of_an_order_that_is_filled_in_part_stays_ordered_and_says_so() -> None:
    world, signal = limited(chases=0)
    (working,) = world.exchange.working("SPY")
    world.exchange.fill(working.broker_id, 10, working.limit_price_e4)
    world.deliver()
    text = abandon(world)
    assert text.endswith(f" 10 of {world.orders(ENTRY)[0].quantity} are filled.")
    assert outcomes(world, signal)[-1] == ("ordered", text)


def test_the_signal_of_an_entry_that_is_called_off_is_expired_too() -> None:
    world, signal = limited()
    world.tell(HaltCommand(world.caller(), "enough"))
    assert outcomes(world, signal)[-1] == ("expired", "the entry has ended: canceled")


def test_a_newer_signal_is_not_overwritten_by_what_became_of_an_older_one() -> None:
    world, signal = limited()
    newer = replace(signal, id="SPY-newer", outcome="in_position")
    world.engine.strategist.signals["SPY"] = newer
    world.exchange.end(world.exchange.working("SPY")[0].broker_id, S.CANCELED)
    world.deliver()
    assert outcomes(world, signal)[-1][0] == "expired"
    assert world.engine.strategist.signals["SPY"] == newer


def test_a_short_signal_is_chased_above_the_middle() -> None:
    world, signal = limited(-0.1)
    first = world.orders(ENTRY)[0]
    assert first.side is Side.SELL
    world.until(first.acknowledged_ns + 59 * SECOND_NS)
    world.quote(signal.price - 0.2)
    world.snapshot()
    world.wait(1)
    assert [order.state for order in world.orders(ENTRY)] == [OrderState.CANCELED, OrderState.PENDING]
    assert world.orders(ENTRY)[-1].limit_price_e4 == round((signal.price - 0.2 + 0.02) * 100) * 100
