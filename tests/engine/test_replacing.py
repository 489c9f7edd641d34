"""An operator changes a limit order that works: cancel, confirmation, and the new order in its place."""

from __future__ import annotations

from typing import Any

import pytest
from engine.exchange import S
from engine.test_chase import EXIT, STOP, fill, filled, limits, newest, refresh, restart, resting, working
from engine.test_strategist import drive
from engine.world import World, of

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState, Sequel
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import RiskVerdict
from fluxherod.engine.commands import CancelOrderCommand, HaltCommand, ReplaceOrderCommand
from fluxherod.engine.effects import CancelOrder, LookupOrder, OrderUpdated, Reply, ReplyCode, SubmitOrder
from fluxherod.engine.events import Started

ENTRY = OrderRole.ENTRY


def change(
    world: World, order_id: str, limit: float | None = None, quantity: int | None = None, accept: bool = False
) -> Reply:
    price_e4 = None if limit is None else round(limit * 10_000)
    command = ReplaceOrderCommand(world.caller(), order_id, quantity, price_e4, accept)
    return of(Reply, world.tell(command))[-1]


def test_a_changed_order_takes_the_place_of_the_old_one_once_that_has_ended() -> None:
    world = resting()
    old = newest(world)
    world.delivery = False
    reply = change(world, old.id, 450.1, 80)
    assert reply.code is ReplyCode.OK
    assert reply.decision.verdict is RiskVerdict.APPROVED
    new = world.engine.desk.orders[reply.order_id]
    assert (new.state, new.replaces_id, new.chain_id, new.quantity) == (OrderState.NEW, old.id, old.id, 80)
    assert new.id == old.id[:-1] + "2"
    assert len(of(SubmitOrder, world.seen)) == 1  # nothing is sent beside the old one
    assert newest(world).id == new.id
    world.delivery = True
    world.deliver()
    assert [order.state for order in world.orders(ENTRY)] == [OrderState.CANCELED, OrderState.PENDING]
    assert limits(world) == [4_500_000, 4_501_000]
    assert working(world).quantity == 80
    world.replay()


def test_a_changed_order_is_chased_from_the_start() -> None:
    world = resting()
    refresh(world)
    world.wait(60)
    refresh(world)
    world.wait(30)
    reply = change(world, newest(world).id, 450.2)
    world.wait(59)
    refresh(world, 450.6)
    assert newest(world).id == reply.order_id
    assert newest(world).chase_count == 0
    world.wait(1)
    assert limits(world) == [4_500_000, 4_504_800, 4_502_000, 4_505_800]
    assert newest(world).chase_count == 1


def test_fills_of_the_race_are_taken_off_the_changed_order() -> None:
    world = resting()
    fill(world, 20)
    old = newest(world)
    world.exchange.lose = ["request"]
    reply = change(world, old.id, 450.1, 120, accept=True)
    assert world.engine.desk.orders[reply.order_id].quantity == 89  # risk allows 109 at 450.10, 20 are held
    fill(world, 30)
    world.exchange.end(old.broker_id, S.CANCELED)
    world.deliver()
    assert newest(world).quantity == 59
    fill(world, 59, 450.1)
    assert filled(world) == world.position().quantity == 109
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [109]
    world.agree()
    world.replay()


def test_an_order_that_fills_before_its_cancel_is_not_replaced() -> None:
    world = resting()
    old = newest(world)
    world.exchange.lose = ["request"]
    reply = change(world, old.id, 450.1)
    fill(world, 100)
    new = world.engine.desk.orders[reply.order_id]
    assert (new.state, new.reason) == (OrderState.CANCELED, f"{old.id} has ended before: filled")
    assert len(of(SubmitOrder, world.seen)) == 1
    assert len(world.exchange.stops("SPY")) == 1
    world.agree()


def test_an_order_that_fills_before_it_is_enlarged_keeps_its_stop_leg_and_is_not_enlarged() -> None:
    world = resting(quantity=50)
    old = newest(world)
    world.exchange.lose = ["request"]
    reply = change(world, old.id, quantity=80)
    fill(world, 50)
    assert world.engine.desk.orders[reply.order_id].state is OrderState.CANCELED
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [50]
    world.agree()


def test_an_order_can_be_enlarged() -> None:
    world = resting(quantity=50)
    fill(world, 20)
    change(world, newest(world).id, quantity=80)
    assert newest(world).quantity == 60
    fill(world, 60)
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [80]
    world.agree()


def test_a_refused_cancel_is_asked_for_again_until_the_order_ends() -> None:
    world = resting()
    old = newest(world)
    world.exchange.lose = ["request"] * 3
    change(world, old.id, 450.1)
    world.wait(33)  # after the third time it is asked for every 30 s
    assert newest(world).state is OrderState.NEW
    refresh(world)
    world.wait(1)
    assert limits(world) == [4_500_000, 4_501_000]
    assert newest(world).state is OrderState.PENDING


def test_risk_is_asked_when_it_is_changed_and_when_it_is_sent() -> None:
    world = resting()
    old = newest(world)
    reply = change(world, old.id, quantity=120)
    assert (reply.code, reply.order_id) == (ReplyCode.RISK_ADJUSTED, old.id)
    assert reply.text == "risk allows 111 of 120 shares: risk of $1,000.00 allows 111 shares"
    assert change(world, old.id, 440.9).code is ReplyCode.RISK_REJECTED  # beyond its stop
    assert newest(world).state is OrderState.PENDING
    assert not of(CancelOrder, world.seen)
    accepted = change(world, old.id, quantity=120, accept=True)
    assert world.engine.desk.orders[accepted.order_id].quantity == 111


def test_a_halt_before_it_is_sent_ends_it() -> None:
    world = resting()
    old = newest(world)
    world.exchange.lose = ["request"]
    reply = change(world, old.id, 450.1)
    world.tell(HaltCommand(world.caller(), "enough"))
    world.exchange.end(old.broker_id, S.CANCELED)
    world.deliver()
    assert world.engine.desk.orders[reply.order_id].state is OrderState.CANCELED
    assert "ORDER_ABANDONED" in world.alerts()
    assert len(of(SubmitOrder, world.seen)) == 1
    assert change(world, old.id, 450.2).code is ReplyCode.ORDER_NOT_REPLACEABLE


def test_while_trading_is_halted_nothing_is_changed() -> None:
    world = resting()
    old = newest(world)
    world.exchange.lose = ["request"]
    world.tell(HaltCommand(world.caller(), "enough"))
    world.exchange.refuse = []
    assert change(world, old.id, 450.1).code is ReplyCode.ORDER_NOT_REPLACEABLE  # its cancel is on its way


def test_what_can_t_be_changed_says_why() -> None:
    world = resting()
    order = newest(world)
    assert change(world, "fh-nothing", 450.1).code is ReplyCode.ORDER_NOT_FOUND
    for arguments in ({}, {"limit": 450.0}, {"quantity": 100}, {"limit": 450.0, "quantity": 100}):
        assert change(world, order.id, **arguments).text.startswith("nothing would change")
    fill(world, 30)
    reply = change(world, order.id, quantity=30)
    assert (reply.code, reply.text) == (
        ReplyCode.INVALID_FIELD,
        "quantity: 30 shares are filled, so 31 to 10000000",
    )
    assert change(world, order.id, 450.123).code is ReplyCode.INVALID_FIELD
    fill(world, 70)
    (stop,) = world.live(STOP)
    assert "is a protective stop" in change(world, stop.id, 445.0).text
    assert change(world, order.id, 450.1).text == f"{order.id} is filled"
    world.close()
    (exit_order,) = world.orders(EXIT)
    assert "is a market exit" in change(world, exit_order.id, 445.0).text


def test_an_order_of_the_strategy_is_not_changed() -> None:
    world = World(entry_order="limit").ready(history=200)
    world.exchange.auto_fill = False
    signal = drive(world)
    reply = change(world, signal.order_id, 450.0)
    assert reply.code is ReplyCode.ORDER_NOT_REPLACEABLE
    assert "is the strategy's" in reply.text


@pytest.mark.parametrize("which", ["old", "new"])
def test_cancelling_either_of_the_two_leaves_nothing(which: str) -> None:
    world = resting()
    old = newest(world)
    world.exchange.lose = ["request"]
    reply = change(world, old.id, 450.1)
    chosen = {"old": old.id, "new": reply.order_id}[which]
    assert of(Reply, world.tell(CancelOrderCommand(world.caller(), chosen)))[-1].code is ReplyCode.OK
    world.wait(31)  # the cancel is asked for again
    assert [order.state for order in world.orders(ENTRY)] == [OrderState.CANCELED, OrderState.CANCELED]
    assert len(world.exchange.submitted) == 1
    assert world.engine.desk.book.chased == {}
    world.replay()


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_restart_in_the_middle_goes_on(confirmed: bool) -> None:
    world = resting()
    old = newest(world)
    world.delivery = False
    if not confirmed:
        world.exchange.lose = ["request"]
    reply = change(world, old.id, 450.1)
    world.delivery = True
    restart(world)
    assert newest(world).id == reply.order_id
    assert newest(world).state is OrderState.PENDING
    assert limits(world) == [4_500_000, 4_501_000]
    assert world.exchange.submitted == [old.id, reply.order_id]
    world.replay()


def test_a_changed_order_that_was_not_sent_is_not_of_unknown_outcome_after_a_restart() -> None:
    world = resting()
    world.exchange.lose = ["request"]
    reply = change(world, newest(world).id, 450.1)
    world.delivery = False
    world.tell(Started("0123456789abcdef", 2, "test", world.settings))
    assert world.engine.desk.orders[reply.order_id].state is OrderState.NEW
    assert world.engine.desk.orders[reply.order_id].sequel is Sequel.NONE
    assert not of(LookupOrder, world.seen)


def test_it_is_not_counted_twice_in_the_exposure() -> None:
    world = resting(limits=RiskLimits(max_position_bp=10_000))  # 45,010 of 50,000
    assert change(world, newest(world).id, 450.1).code is ReplyCode.OK
    world = resting()
    before = world.engine.desk.working_e4()
    world.delivery = False
    change(world, newest(world).id, 450.1)
    assert world.engine.desk.working_e4() == before


def test_an_answer_is_given_once_and_repeated() -> None:
    world = resting()
    order = newest(world)
    command = ReplaceOrderCommand(world.caller(), order.id, None, 4_501_000)
    first, again = (of(Reply, world.tell(command))[-1] for _ in range(2))
    assert first == again
    assert len(world.orders(ENTRY)) == 2


def test_its_life_is_told(**_: Any) -> None:
    world = resting()
    old = newest(world)
    change(world, old.id, 450.1)
    words = [(effect.order.id[-2:], effect.event) for effect in of(OrderUpdated, world.seen)]
    assert ("e2", f"waits for the end of {old.id}") in words
    assert words.index(("e1", "canceled")) < words.index(("e2", "submitted"))
    assert world.now_ns % SECOND_NS == 0
