"""The daemon's own watch of stops, beside the broker's."""

from __future__ import annotations

from dataclasses import replace

from engine.exchange import S
from engine.world import CLOSE_NS, DAY_NS, World

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import Side
from fluxherod.engine.events import CancelAnswered

EXIT, ENTRY = OrderRole.EXIT, OrderRole.ENTRY


def holding(side: Side = Side.BUY) -> World:
    world = World().ready()
    world.place(100, 443.0 if side is Side.BUY else 457.0, side)
    world.exchange.auto_fill = False
    return world


def test_the_broker_has_five_seconds_to_act_on_its_stop_then_the_daemon_sells() -> None:
    world = holding()
    world.quote(443.0)
    world.wait(4.9)
    assert not world.orders(EXIT)
    world.wait(0.1)
    assert "STOP_NOT_ACTED" in world.alerts()
    assert len(world.live(EXIT)) == 1
    assert not world.exchange.stops("SPY")


def test_a_short_is_watched_from_the_other_side() -> None:
    world = holding(Side.SELL)
    world.quote(456.9)
    assert not world.engine.guard.breaches
    world.quote(457.0)
    world.wait(5)
    assert world.live(EXIT)[0].side is Side.BUY


def test_a_price_that_comes_back_in_time_is_no_breach() -> None:
    world = holding()
    world.quote(442.9)
    world.wait(4)
    world.quote(443.1)
    world.wait(10)
    assert not world.orders(EXIT)
    assert not world.engine.guard.breaches


def test_shares_without_a_working_stop_are_sold_at_once() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.exchange.working("SPY")
    world.exchange.fill(entry.broker_id, 30, 4_500_000)
    world.deliver()
    world.quote(442.9)
    assert world.exchange.orders[entry.broker_id].status is S.CANCELED
    world.wait(3)
    (exit_order,) = world.live(EXIT)
    assert exit_order.quantity == 30


def test_an_entry_whose_stop_was_passed_before_it_filled_is_cancelled_once() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(10, 443.0, limit=449.0)
    world.wait(1)
    world.quote(443.0)
    assert not world.live(ENTRY)
    assert world.alerts().count("ENTRY_STOPPED") == 1


def test_a_cancel_of_such_an_entry_that_is_refused_is_not_repeated_with_each_price() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(10, 443.0, limit=449.0)
    (entry,) = world.exchange.working("SPY")
    world.wait(1)
    world.exchange.orders[entry.broker_id] = replace(entry, status=S.REJECTED)
    world.delivery = False
    for tick in range(20):
        world.quote(442.0 - tick / 100)
        refused = [event for event in world.exchange.outbox if isinstance(event, CancelAnswered)]
        world.exchange.outbox = []
        world.tell(*refused)
        world.exchange.outbox = []
    assert world.alerts().count("ENTRY_STOPPED") == 1


def test_outside_the_session_no_price_is_a_breach_and_one_on_the_bell_waits_for_the_open() -> None:
    world = holding()
    world.until(CLOSE_NS - 2 * SECOND_NS)
    world.quote(442.0)
    world.wait(60)
    assert not world.orders(EXIT)
    world.quote(442.0)
    assert not world.engine.guard.breaches
    world.until(CLOSE_NS - 390 * 60 * SECOND_NS + DAY_NS)
    world.quote(442.0)
    world.wait(5)
    assert len(world.live(EXIT)) == 1


def test_a_stop_that_the_broker_has_filled_meanwhile_is_not_sold_again() -> None:
    world = holding()
    (stop,) = world.exchange.stops("SPY")
    world.quote(442.0)
    world.exchange.fill(stop.broker_id, 100, 4_420_000)
    world.deliver()
    world.wait(10)
    assert not world.orders(EXIT)
    assert not world.engine.guard.breaches
    world.agree()
