"""A process that ends in mid-flight and begins again: nothing is sent twice and nothing is forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import sold
from engine.world import DAY_NS, SESSIONS, World, of

from fluxherod.core.orders import OrderRole
from fluxherod.engine.commands import HaltCommand
from fluxherod.engine.effects import (
    RequestHistory,
)
from fluxherod.engine.events import CalendarLoaded, Started

STOP = OrderRole.STOP


@pytest.mark.parametrize("heard", range(5))
def test_a_restart_in_mid_flight_submits_nothing_twice(heard: int) -> None:
    world = World().ready()
    world.delivery = False
    world.place(100, 443.0)
    for event in world.exchange.outbox[:heard]:
        world._process(event)
    world.exchange.outbox = []  # the process is killed: what it had not heard is lost
    world.delivery = True
    world.start(run=2)
    world.reference()
    world.connect()
    world.wait(90)
    assert len(world.exchange.submitted) == 1
    assert world.position().quantity == 100
    assert len(world.exchange.stops("SPY")) == 1
    assert len(world.live(STOP)) == 1
    world.agree()
    world.replay()


def test_a_restart_goes_on_with_an_exit_that_was_under_way() -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.delivery = False
    world.close()
    world.exchange.outbox = []
    world.delivery = True
    world.start(run=2)
    world.reference()
    world.connect()
    world.wait(120)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    world.agree()


def test_a_stop_that_filled_while_no_process_ran_is_booked_at_the_start() -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.exchange.trade("SPY", 4_420_000)
    world.exchange.outbox = []
    world.start(run=2)
    assert world.position() is None
    world.agree()


def test_a_restart_keeps_the_halt_and_the_kernel_state() -> None:
    world = World().ready(history=100)
    world.tell(HaltCommand(world.caller(), "enough"))
    before = world.engine.market.states.tobytes()
    effects = world.start(run=2)
    assert not of(RequestHistory, [*effects, *world.tell(CalendarLoaded(SESSIONS))])
    assert world.engine.market.states.tobytes() == before
    assert "enough" in world.engine.blocked(world.now_ns)


def test_a_restart_after_days_or_with_another_timeframe_loads_history_anew() -> None:
    world = World().ready(history=100)
    world.now_ns += 7 * DAY_NS
    world.start(run=2)
    assert of(RequestHistory, world.tell(CalendarLoaded(SESSIONS)))
    other = World().ready(history=100)
    other.tell(Started("0123456789abcdef", 2, "test", replace(other.settings, timeframe="5Min")))
    assert of(RequestHistory, other.tell(CalendarLoaded(SESSIONS)))
