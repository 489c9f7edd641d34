"""Answers that cross: what the exhaustive search of `tests/orders` has found, each as one story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine.exchange import S, sold
from engine.world import OPEN_NS, World, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import BrokerOrder, OrderType, Side
from fluxherod.engine.effects import LookupOrder, SubmitOrder
from fluxherod.engine.events import LookupAnswered, OrderReported, SubmitAnswered

ENTRY, STOP, EXIT = OrderRole.ENTRY, OrderRole.STOP, OrderRole.EXIT


def unanswered() -> World:
    """An entry that arrived late, after it was looked for: nothing of it was heard yet."""
    world = World().ready()
    world.exchange.auto_fill = False
    world.delivery = False
    world.place(100, 443.0)
    (event,) = world.exchange.outbox
    assert isinstance(event, SubmitAnswered)
    assert event.order is not None
    world.exchange.outbox.clear()
    world.now_ns += 1
    world.tell(SubmitAnswered(event.order_id, detail="timed out"))
    world.exchange.outbox.clear()
    world.now_ns += 1
    return world


def not_found(world: World) -> LookupAnswered:
    """It was asked before the entry arrived, and is heard after it."""
    asked_ns, world.now_ns = world.now_ns, world.now_ns + 1
    return LookupAnswered(world.orders(ENTRY)[0].id, False, asked_ns=asked_ns)


def told(world: World, word: str) -> OrderReported:
    (entry,) = [order for order in world.exchange.orders.values() if order.broker_id not in world.exchange.parents]
    return OrderReported(word, world.exchange.report(entry))


def test_a_not_found_of_before_an_order_was_heard_of_does_not_end_it() -> None:
    world = unanswered()
    stale = not_found(world)
    world.tell(told(world, "new"))
    world.now_ns += 1
    world.tell(stale)
    assert world.orders(ENTRY)[0].state is OrderState.PENDING
    assert world.live(STOP)


def test_a_not_found_of_before_an_entry_filled_does_not_mean_that_its_leg_is_not_there() -> None:
    world = unanswered()
    stale = not_found(world)
    (entry,) = world.exchange.working("SPY")
    world.exchange.fill(entry.broker_id, 100, 4_500_000)
    filled = next(event for event in world.exchange.outbox if isinstance(event, OrderReported))
    world.exchange.outbox.clear()
    world.tell(filled)
    seen = len(world.seen)
    world.now_ns += 1
    world.tell(stale)
    assert of(SubmitOrder, world.seen[seen:]) == [], "a second stop: both could sell the same shares"
    world.exchange.outbox.clear()
    world.delivery = True
    world.snapshot()
    world.wait(3)
    assert of(LookupOrder, world.seen[seen:]) or world.live(STOP)
    (stop,) = world.live(STOP)
    assert stop.parent_id is not None
    world.agree()


def test_a_not_found_of_after_an_order_was_heard_of_still_ends_it() -> None:
    world = unanswered()
    world.tell(told(world, "new"))
    world.now_ns += 1
    world.tell(not_found(world))
    assert world.orders(ENTRY)[0].state is OrderState.CANCELED


def test_a_stop_that_part_filled_while_it_was_moved_is_adopted_with_the_shares_that_are_left() -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.trail(444.0)
    (stop,) = world.live(STOP)
    world.exchange.lose = ["submit"]
    world.delivery = False
    world.trail(445.0)
    # The fill came before the replacement took its place, and the broker takes it off what the new one wants.
    exchange = world.exchange
    old = exchange.orders[stop.broker_id]
    (new,) = [order for order in exchange.orders.values() if order.replaces == old.broker_id]
    filled = replace(old, filled_quantity=30, filled_value_e4=30 * 4_440_000)
    exchange.orders[old.broker_id] = filled
    for number, event in enumerate(exchange.outbox):
        if isinstance(event, OrderReported) and event.order.broker_id == old.broker_id:
            exchange.outbox[number] = replace(event, order=filled)
    exchange.orders[new.broker_id] = replace(new, quantity=70)
    exchange.position["SPY"] = 70
    exchange.cash_e4 += 30 * 4_440_000
    world.delivery = True
    world.deliver()
    world.wait(61)
    world.snapshot()
    (stop,) = world.live(STOP)
    assert (stop.broker_id, stop.quantity, stop.state) == (new.broker_id, 70, OrderState.PENDING)
    assert world.position().quantity == 70
    world.close()
    assert world.position() is None
    assert "ORDER_MISMATCH" not in world.alerts()
    world.agree()


OTHERS: list[dict[str, Any]] = [
    {"quantity": 70, "filled_quantity": 70},
    {"side": Side.BUY},
    {"submitted_ns": OPEN_NS - 10 * MINUTE_NS},
]


@pytest.mark.parametrize("change", OTHERS)
def test_an_exit_whose_id_another_order_has_is_sent_under_another_id(change: dict[str, Any]) -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.delivery = False
    world.close()
    world.tell(world.exchange.outbox.pop(0))  # the cancel of the leg is accepted
    world.exchange.lose = ["request", "lookup"]
    world.tell(world.exchange.outbox.pop(0))  # and done: the exit goes out, and never arrives
    world.delivery = True
    world.deliver()
    (first,) = world.live(EXIT)
    other = BrokerOrder(
        "b99", first.id, "SPY", Side.SELL, OrderType.MARKET, S.FILLED, 100, 100, 450_000_000, submitted_ns=OPEN_NS
    )
    world.tell(LookupAnswered(first.id, True, replace(other, **change)))
    assert world.position().quantity == 100
    assert "ORDER_MISMATCH" in world.alerts()
    world.wait(3)
    world.tell(OrderReported("fill", replace(other, **change)))
    assert world.orders(EXIT)[0].state is OrderState.REJECTED
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    world.agree()


def test_an_order_that_is_found_as_it_was_sent_is_ours() -> None:
    world = unanswered()
    world.tell(LookupAnswered(world.orders(ENTRY)[0].id, True, told(world, "new").order))
    assert world.orders(ENTRY)[0].state is OrderState.PENDING


def test_a_stop_that_was_given_up_and_took_its_place_after_all_is_not_forgotten_by_an_exit() -> None:
    """Its request arrives late, and that the old stop was replaced is all that is heard."""
    world = World().ready()
    world.place(100, 443.0)
    world.trail(444.0)
    (old,) = world.live(STOP)
    exchange = world.exchange
    exchange.auto_fill = False
    exchange.lose = ["request", "request"]  # of the new stop; and of the cancel of the old one, later
    world.trail(445.0)
    new = next(order for order in world.live(STOP) if order.replaces_id == old.id)
    world.close()
    world.wait(5)
    assert world.engine.desk.orders[new.id].state is OrderState.NOT_RECEIVED
    assert world.engine.desk.orders[old.id].state is OrderState.CANCELING
    world.delivery = False
    exchange.outbox.clear()
    was = exchange.orders[old.broker_id]
    replaced = replace(was, status=S.REPLACED, replaced_by="b77")
    stop = replace(
        was, broker_id="b77", client_order_id=new.id, stop_price_e4=4_450_000, status=S.WORKING, replaces=old.broker_id
    )
    exchange.orders |= {old.broker_id: replaced, "b77": stop}
    seen = len(world.seen)
    world.tell(OrderReported("replaced", replaced))
    assert of(SubmitOrder, world.seen[seen:]) == [], "the shares are not free: a stop works for them"
    world.delivery = exchange.auto_fill = True
    world.deliver()
    assert exchange.orders["b77"].status is S.CANCELED, "it went before the exit came"
    assert world.position() is None
    assert sold(exchange, "SPY") == 100
    world.agree()
