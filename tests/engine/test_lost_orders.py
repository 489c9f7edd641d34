"""Orders of ours that the journal lost, as when the disk failed at the end: those that only reduce are ours again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.test_foreign import polled
from engine.world import EPOCH, World, of

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import BrokerOrder, BrokerStatus, OrderType, Side
from fluxherod.engine.effects import CancelOrder, SubmitOrder

SHARES = 10


def restored(world: World, inputs: int) -> World:
    """Another process at the same exchange, whose journal has the first inputs alone."""
    again = World()
    again.exchange, again.mirror, again.requests = world.exchange, world.mirror, world.requests
    for now_ns, event, effects in world.journal[:inputs]:
        again.engine.process(now_ns, event)
        again.journal.append((now_ns, event, effects))
    again.now_ns = world.now_ns + SECOND_NS
    again.start(run=2)
    again.reference()
    again.connect()
    return again


def with_a_stop_lost(quantity: int = SHARES) -> tuple[World, BrokerOrder]:
    """A position whose stop was cancelled by us; another was placed, and the journal does not have that any more."""
    world = World().ready()
    world.place(quantity, 443.0)
    (leg,) = world.exchange.stops("SPY")
    world.exchange.end(leg.broker_id, BrokerStatus.CANCELED)
    world.deliver()
    kept = len(world.journal)
    world.wait(10)
    (stop,) = world.exchange.stops("SPY")
    assert stop.client_order_id.startswith("fh-")
    return restored(world, kept), stop


def test_a_stop_that_the_journal_lost_guards_again_and_no_other_is_placed() -> None:
    world, stop = with_a_stop_lost()
    polled(world)
    (ours,) = world.live(OrderRole.STOP)
    assert (ours.id, ours.broker_id, ours.state) == (stop.client_order_id, stop.broker_id, OrderState.PENDING)
    assert ours.stop_price_e4 == 4_430_000
    assert world.alerts().count("ORDER_NOT_IN_JOURNAL") == world.alerts().count("ORDER_TAKEN_IN") == 1
    assert [one.broker_id for one in world.exchange.stops("SPY")] == [stop.broker_id]
    assert not world.engine.reconciler.differences
    assert "not in our books" not in world.engine.blocked(world.now_ns)
    polled(world)
    world.agree()
    world.replay()


def test_an_exit_leaves_though_a_stop_that_the_journal_lost_holds_the_shares() -> None:
    world, stop = with_a_stop_lost()
    polled(world)
    world.close()
    world.wait(60)
    assert stop.broker_id in [effect.broker_id for effect in of(CancelOrder, world.seen)]
    assert world.exchange.position["SPY"] == 0
    assert world.position() is None
    world.agree()
    world.replay()


def test_what_a_lost_stop_has_filled_is_booked_and_the_rest_stays_guarded_by_it() -> None:
    world, stop = with_a_stop_lost()
    world.exchange.fill(stop.broker_id, 4, 4_430_000, tell=False)
    polled(world)
    position = world.position()
    assert position is not None
    assert position.quantity == SHARES - 4
    (ours,) = world.live(OrderRole.STOP)
    assert (ours.filled_quantity, ours.state) == (4, OrderState.PARTIALLY_FILLED)
    assert "POSITION_ADOPTED" not in world.alerts()
    world.agree()
    world.replay()


@pytest.mark.parametrize(
    "change",
    [
        {"client_order_id": "fh-99999999-SPY-20240102142500-s1"},  # another journal's
        {"client_order_id": f"fh-{EPOCH[:8]}-SPY-20240102142500-e1"},  # an entry
        {"client_order_id": f"fh-{EPOCH[:8]}-QQQ-20240102142500-s1"},  # another symbol's
        {"client_order_id": f"fh-{EPOCH[:8]}-SPY-20240102142500-s1-r"},  # not the form of an id
        {"side": Side.BUY, "stop_price_e4": 4_600_000},
        {"quantity": SHARES + 1},
        {"order_type": OrderType.LIMIT, "limit_price_e4": 4_600_000},
    ],
)
def test_what_may_do_more_than_reduce_our_position_is_left_alone(change: dict[str, object]) -> None:
    world = World().ready()
    world.place(SHARES, 443.0)
    (leg,) = world.exchange.stops("SPY")
    world.exchange.end(leg.broker_id, BrokerStatus.CANCELED)
    client_id = f"fh-{EPOCH[:8]}-SPY-20240102142500-s1"
    lost = BrokerOrder(
        "l1", client_id, "SPY", Side.SELL, OrderType.STOP, BrokerStatus.WORKING, SHARES, 0, 0, None, 4_430_000
    )
    world.exchange.orders["l1"] = replace(lost, **change)
    world.deliver()
    for _ in range(3):
        polled(world)
    assert "ORDER_TAKEN_IN" not in world.alerts()
    assert world.alerts().count("ORDER_NOT_IN_JOURNAL") == 1
    assert not world.exchange.orders["l1"].status.ended
    assert "not in our books" in world.engine.desk.doubts.why_frozen("SPY")
    world.replay()


def test_a_lost_stop_of_no_position_is_left_alone_for_it_would_open_one() -> None:
    world = World().ready()
    client_id = f"fh-{EPOCH[:8]}-SPY-20240102142500-s1"
    world.exchange.orders["l1"] = BrokerOrder(
        "l1", client_id, "SPY", Side.SELL, OrderType.STOP, BrokerStatus.WORKING, 5, 0, 0, None, 4_430_000
    )
    polled(world)
    polled(world)
    assert "ORDER_TAKEN_IN" not in world.alerts()
    assert not of(SubmitOrder, world.seen)
