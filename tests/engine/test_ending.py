"""A daemon that is told to stop: open shares get their stop first, and what is left without one is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from engine.exchange import Exchange
from engine.test_chase import abandoned, fill, refresh, restart, resting
from engine.test_runner import Stage, limit_order
from engine.world import World, of

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.engine.effects import AlertRaised, CancelOrder, Effect, ReplyCode, SubmitOrder
from fluxherod.engine.events import DrainEnded, Started, Stopping

ENTRY = OrderRole.ENTRY


def left(world: World) -> list[str]:
    return [alert.text for alert in of(AlertRaised, world.seen) if alert.code == "LEFT_UNPROTECTED"]


def time_is_up(world: World) -> None:
    world.tell(DrainEnded())
    assert world.engine.over


def test_a_part_filled_chase_is_cancelled_and_its_shares_have_their_stop_before_the_end() -> None:
    world = resting()
    fill(world, 30)
    world.stop()
    assert world.engine.over
    (stop,) = world.exchange.stops("SPY")
    assert (stop.quantity, stop.stop_price_e4) == (30, 4_410_000)
    assert [order.state for order in world.orders(ENTRY)] == [OrderState.CANCELED]
    assert abandoned(world) == [
        "Order abandoned: SPY BUY 100 @ limit. Not chased: the daemon is stopping. 30 of 100 are filled."
    ]
    assert left(world) == []
    world.replay()


@pytest.mark.parametrize("chases", [0, 3])
def test_a_limit_entry_that_is_not_filled_is_cancelled_too_as_nobody_would_watch_a_part_of_it(chases: int) -> None:
    world = resting(chases=chases)
    world.stop()
    assert world.engine.over
    assert not world.exchange.working("SPY")
    assert "the daemon is stopping" in abandoned(world)[0].lower()


def test_a_chase_between_two_orders_is_given_up_and_its_shares_have_their_stop() -> None:
    world = resting(price_max_age_ns=50 * SECOND_NS)
    fill(world, 30)
    world.wait(60)  # no fresh quote: the next order waits for one
    assert world.engine.desk.book.waiting_entry("SPY") is not None
    world.stop()
    assert world.engine.over
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [30]


def test_the_end_waits_until_the_cancel_is_confirmed_and_the_stop_works() -> None:
    world = resting()
    fill(world, 30)
    world.delivery = False
    world.stop()
    steps = []
    while world.exchange.outbox:
        assert not world.engine.over
        world.tell(world.exchange.outbox.pop(0))
        steps.append(len(world.exchange.stops("SPY")))
    assert world.engine.over
    assert steps[-1] == 1
    world.replay()


def test_fills_of_the_race_with_the_cancel_are_under_the_stop() -> None:
    world = resting()
    fill(world, 30)
    world.delivery = False
    (working,) = [order for order in world.exchange.working("SPY") if order.stop_price_e4 is None]
    world.exchange.fill(working.broker_id, 20, 4_500_000)
    world.delivery = True
    world.stop()
    assert world.engine.over
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [50]


def test_an_exit_that_has_cancelled_its_stop_sells_before_the_end() -> None:
    world = World().ready()
    assert world.place(100, 441.0).code is ReplyCode.OK
    world.delivery = False
    world.close()
    world.tell(Stopping("received SIGTERM"))
    assert not world.engine.over
    world.delivery = True
    world.deliver()
    assert world.engine.over
    assert world.position() is None
    assert left(world) == []


def test_shares_that_have_no_stop_when_time_is_up_are_told_with_their_number() -> None:
    world = resting()
    fill(world, 30)
    world.delivery = False
    world.stop()
    time_is_up(world)
    (text,) = left(world)
    assert text.startswith("The daemon ends, and 30 SPY have no working stop at the broker (")
    (alert,) = [alert for alert in world.engine.alerts.open if alert.code == "LEFT_UNPROTECTED"]
    assert alert.severity == "critical"
    world.replay()


def test_a_limit_entry_whose_cancel_is_not_confirmed_when_time_is_up_is_told_too() -> None:
    world = resting()
    world.delivery = False
    world.stop()
    time_is_up(world)
    (text,) = left(world)
    assert "BUY 100 SPY" in text.upper()


def test_a_chase_whose_cancel_was_not_confirmed_goes_on_with_the_next_process() -> None:
    world = resting()
    fill(world, 30)
    world.delivery = False
    world.stop()
    time_is_up(world)
    world.delivery = True
    restart(world)
    refresh(world)
    assert world.orders(ENTRY)[-1].quantity == 70
    assert "RESTARTED_AFTER_CRASH" not in world.alerts()
    world.replay()


def test_a_process_that_dies_before_it_has_seen_to_open_shares_did_not_end_in_good_order() -> None:
    world = resting()
    fill(world, 30)
    world.delivery = False
    world.stop()
    world.delivery = True
    restart(world)
    assert "RESTARTED_AFTER_CRASH" in world.alerts()


def test_where_stops_are_the_daemons_alone_its_end_leaves_the_shares_and_says_so_at_once() -> None:
    world = World(stops="daemon").ready()
    assert world.place(100, 441.0).code is ReplyCode.OK
    world.stop()
    assert world.engine.over
    assert left(world)[0].startswith("The daemon ends, and 100 SPY have no working stop at the broker (watched by")


def test_an_end_with_nothing_open_or_all_guarded_is_over_at_once_and_sends_nothing() -> None:
    world = World().ready()
    assert world.place(100, 441.0).code is ReplyCode.OK
    effects = world.tell(Stopping("received SIGTERM"))
    assert world.engine.over
    assert of(CancelOrder, effects) == []
    assert left(world) == []


def test_a_refused_stop_is_tried_again_before_the_end() -> None:
    world = World().ready()
    assert world.place(100, 441.0).code is ReplyCode.OK
    (leg,) = world.exchange.stops("SPY")
    world.exchange.end(leg.broker_id, leg.status.CANCELED)
    world.deliver()
    world.tell(Stopping("received SIGTERM"))
    assert not world.engine.over
    world.wait(3)
    assert world.engine.over
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [100]


# --- in the runner -----------------------------------------------------------------------------------------


async def test_the_runner_goes_on_until_the_shares_are_guarded() -> None:
    stage = Stage()
    exchange = Exchange()
    stage.broker.submit = lambda order, _: answer(exchange, SubmitOrder(order), stage)
    stage.broker.cancel = lambda order_id, broker_id: answer(exchange, CancelOrder(order_id, broker_id), stage)
    running = asyncio.create_task(stage.runner.run())
    await stage.trading()
    await stage.runner.ask(limit_order())
    await stage.settled()
    (entry,) = (order for order in stage.engine.desk.orders.values() if order.role is ENTRY)
    exchange.fill(entry.broker_id, 4, 4_500_000)
    stage.runner.post(exchange.outbox.pop())
    stage.runner.post(Stopping("done"))
    async with asyncio.timeout(60):
        await running
    assert [stop.quantity for stop in exchange.stops("SPY")] == [4]
    assert not any(isinstance(entry.event, DrainEnded) for entry in stage.store.entries)


async def answer(exchange: Exchange, effect: Effect, stage: Stage) -> Any:
    """What the exchange answers to a request; what it says besides follows on the stream."""
    exchange.carry_out([effect], stage.clock.now_ns())
    first, *others = exchange.outbox
    exchange.outbox.clear()
    for event in others:
        stage.runner.post(event)
    return first


async def test_the_runner_ends_when_time_is_up_and_tells_what_is_left_to_whoever_listens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fluxherod.engine.runner.DRAIN_S", 0.01)
    stage = Stage()
    running = asyncio.create_task(stage.runner.run())
    await stage.trading()
    await stage.runner.ask(limit_order())
    await stage.settled()
    stage.runner.post(Stopping("done"))
    async with asyncio.timeout(60):
        await running
    assert isinstance(stage.store.entries[-1].event, DrainEnded)
    told = [update for _, _, updates in stage.published for update in of(AlertRaised, updates)]
    assert "LEFT_UNPROTECTED" in [alert.code for alert in told]


async def test_a_process_that_has_recovered_an_end_does_not_end_before_it_is_told_to() -> None:
    stage = Stage()
    for event in (Started("0" * 16, 1, "test", World().settings), Stopping("done")):
        stage.engine.process(0, event)
    assert stage.engine.over
    running = asyncio.create_task(stage.runner.run())
    stage.runner.post(Started("0" * 16, 2, "test", World().settings))
    await stage.until(lambda: stage.store.entries)
    await stage.settled()
    assert not running.done()
    stage.runner.post(Stopping("done"))
    async with asyncio.timeout(60):
        await running
