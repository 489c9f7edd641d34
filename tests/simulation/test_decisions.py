"""What a session takes for one decision: two in the same second are two, and another order for one is no new one."""

from __future__ import annotations

from dataclasses import replace

from engine.world import World

from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.types import BrokerStatus, OrderType, Side
from fluxherod.engine.commands import PlaceOrderCommand
from fluxherod.engine.effects import OrderUpdated
from fluxherod.engine.events import SubmitAnswered, TimerFired
from fluxherod.engine.ports import JournalEntry
from simulation.decisions import Decisions


def asked_for(world: World, decisions: Decisions, shares: int) -> Order:
    """The order that a person's word makes."""
    buy, limit = Side.BUY, OrderType.LIMIT
    command = PlaceOrderCommand(world.caller(), "SPY", buy, shares, limit, 4_490_000, 4_430_000)
    decisions.take(JournalEntry(1, world.now_ns, command, world.tell(command)))
    (order,) = world.live(OrderRole.ENTRY)
    return order


def test_two_decisions_of_one_second_are_two_though_their_ids_differ_by_the_attempt_alone() -> None:
    world, decisions = World().ready(), Decisions()
    first = asked_for(world, decisions, 10)
    assert decisions.wanted(first.id, first.quantity) == 10
    world.exchange.end(first.broker_id, BrokerStatus.CANCELED)
    world.deliver()
    second = asked_for(world, decisions, 30)
    assert (first.id[-3:], second.id) == ("-e1", f"{first.id[:-1]}2")
    assert decisions.wanted(second.id, second.quantity) == 30
    assert decisions.filled(second.id, {first.id: 3, second.id: 4}) == 4


def test_what_no_person_and_no_signal_has_decided_carries_a_decision_on() -> None:
    world, decisions = World().ready(), Decisions()
    first = asked_for(world, decisions, 10)
    decisions.wanted(first.id, first.quantity)
    # A daemon that takes an order without an answer for lost makes one that looks like the first of a decision.
    for attempt, event in enumerate((SubmitAnswered(first.id, None, None, "timed out"), TimerFired()), 2):
        again = replace(first, id=f"{first.id[:-1]}{attempt}")
        decisions.take(JournalEntry(attempt, world.now_ns, event, [OrderUpdated(again, "submitted")]))
        assert decisions.wanted(again.id, 30) == 10
        assert decisions.filled(again.id, {first.id: 10}) == 10
