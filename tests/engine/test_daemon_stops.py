"""`stops = "daemon"`: no stop at the broker; the daemon sells at the market when a price touches the stop."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import sold
from engine.world import EPOCH, World, of

from fluxherod.core.orders import OrderRole
from fluxherod.core.risk.approve import NotApproved, approve_entry
from fluxherod.core.types import OrderType, Side, TimeInForce
from fluxherod.engine.effects import SubmitOrder, TradeUpdated
from fluxherod.engine.events import Started

EXIT, STOP, ENTRY = OrderRole.EXIT, OrderRole.STOP, OrderRole.ENTRY


def holding(side: Side = Side.BUY) -> World:
    world = World(stops="daemon").ready()
    world.place(100, 443.0 if side is Side.BUY else 457.0, side)
    return world


def test_entries_are_plain_and_no_stop_goes_to_the_broker() -> None:
    world = holding()
    world.snapshot()
    world.wait(60)
    (sent,) = of(SubmitOrder, world.seen)
    assert (sent.order.leg_stop_e4, sent.order.time_in_force) == (None, TimeInForce.DAY)
    assert world.position().stop_e4 == 4_430_000
    assert world.engine.desk.protection_of(world.position()) == "daemon"
    assert not world.orders(STOP)


@pytest.mark.parametrize(
    ("side", "near", "touch"), [(Side.BUY, 443.01, 443.0), (Side.SELL, 456.99, 457.0)], ids=["long", "short"]
)
def test_a_price_that_touches_the_stop_sells_at_the_market_at_once(side: Side, near: float, touch: float) -> None:
    world = holding(side)
    world.quote(near)
    assert world.position() is not None
    world.quote(touch)
    assert world.position() is None
    (exit_order,) = world.orders(EXIT)
    assert exit_order.order_type is OrderType.MARKET
    (closed,) = [effect.trade for effect in of(TradeUpdated, world.seen) if effect.trade.closed]
    assert closed.exit_reason == f"stop ${touch:.2f} hit (watched by the daemon)"
    assert not {"STOP_NOT_ACTED", "UNPROTECTED_SHARES"} & set(world.alerts())
    world.agree()
    world.replay()


def test_the_close_of_a_minute_is_a_price() -> None:
    world = holding()
    world.minute(0, 442.5)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100


def test_an_entry_without_a_stop_is_refused_and_never_approved() -> None:
    world = World(stops="daemon").ready()
    assert world.place(100, None).text
    assert not world.orders(ENTRY)
    decision = world.place(10, 443.0).decision
    (entry,) = world.orders(ENTRY)
    assert entry.leg_stop_e4 is None
    with pytest.raises(NotApproved):
        approve_entry(entry, decision)
    with pytest.raises(NotApproved):
        approve_entry(entry, decision, 0)
    assert approve_entry(entry, decision, 4_430_000).quantity == 10


def test_its_shares_count_as_unprotected_without_an_alert() -> None:
    world = holding()
    start_ns = world.now_ns
    world.wait(30)
    assert world.engine.unprotected.shares == 100
    (span,) = world.engine.unprotected.spans(world.now_ns)
    assert (span.cause, span.start_ns) == ("watched by the daemon", start_ns)
    assert world.engine.unprotected.share_seconds(world.now_ns) == 3_000
    assert "UNPROTECTED_SHARES" not in world.alerts()


def test_a_change_of_the_setting_moves_open_positions_over_at_the_next_start() -> None:
    world = World().ready()
    world.place(100, 443.0)
    for run, stops, working in ((2, "daemon", 0), (3, "broker", 1)):
        world.tell(Started(EPOCH, run, "test", replace(world.settings, stops=stops)))
        world.reference()
        world.connect()
        world.wait(5)
        world.snapshot()
        assert len(world.exchange.stops("SPY")) == working
    assert world.position().quantity == 100
    world.replay()
