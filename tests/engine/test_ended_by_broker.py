"""Orders that the broker, or someone at it, ends, idles or replaces: adopted, told, and the shares guarded again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import HELD, S, sold
from engine.world import CLOSE_NS, World, of

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import BrokerOrder, BrokerStatus, OrderType, Side, TimeInForce
from fluxherod.engine.effects import AlertRaised, SubmitOrder
from fluxherod.engine.events import LookupAnswered, OrderReported

ENTRY, EXIT, STOP = OrderRole.ENTRY, OrderRole.EXIT, OrderRole.STOP


def holding(simple: bool = False) -> World:
    world = World().ready()
    world.place(100, 443.0)
    if simple:
        world.exchange.end(world.exchange.stops("SPY")[0].broker_id, S.CANCELED)
        world.deliver()
        world.wait(4)
        world.seen.clear()
    return world


@pytest.mark.parametrize("simple", [False, True], ids=["leg", "simple stop"])
@pytest.mark.parametrize("status", [S.EXPIRED, S.CANCELED, S.REJECTED])
def test_a_stop_that_ends_at_the_broker_is_told_and_placed_again_in_time(status: BrokerStatus, simple: bool) -> None:
    world = holding(simple)
    (stop,) = world.exchange.stops("SPY")
    start_ns = world.now_ns
    world.exchange.end(stop.broker_id, status)
    world.deliver()
    world.wait(4)
    (again,) = world.exchange.stops("SPY")
    assert (again.quantity, again.stop_price_e4) == (100, stop.stop_price_e4)
    assert again.submitted_ns - start_ns < 5 * SECOND_NS
    assert "ORDER_ENDED_BY_BROKER" in world.alerts()
    assert "UNPROTECTED_SHARES" not in world.alerts()
    world.replay()


def test_a_stop_that_expires_out_of_hours_stands_again_before_the_open() -> None:
    world = holding()
    world.until(CLOSE_NS + 60 * MINUTE_NS)
    world.exchange.open = False
    (stop,) = world.exchange.stops("SPY")
    world.exchange.end(stop.broker_id, S.EXPIRED)
    world.deliver()
    world.wait(4)
    assert len(world.exchange.stops("SPY")) == 1
    assert world.engine.unprotected.share_seconds(world.now_ns) == 0


def test_an_entry_that_the_broker_ends_for_want_of_borrow_is_told_and_leaves_nothing() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 457.0, Side.SELL)
    (entry,) = world.exchange.working("SPY")
    world.exchange.orders[entry.broker_id] = replace(entry, reason="hard to borrow")
    world.exchange.end(entry.broker_id, S.REJECTED)
    world.deliver()
    assert any("hard to borrow" in alert.text for alert in of(AlertRaised, world.seen))
    assert world.engine.desk.working_e4() == 0
    assert not list(world.engine.desk.live())


def test_an_entry_that_ends_partly_filled_gets_its_stop_in_the_same_moment() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.exchange.working("SPY")
    world.exchange.fill(entry.broker_id, 30, 4_500_000)
    world.deliver()
    world.wait(1)
    world.exchange.end(entry.broker_id, S.EXPIRED)
    world.deliver()
    (stop,) = world.exchange.stops("SPY")
    assert (stop.quantity, stop.submitted_ns) == (30, world.now_ns)


@pytest.mark.parametrize("simple", [False, True], ids=["leg", "simple stop"])
def test_a_stop_that_is_done_for_the_day_is_cancelled_and_placed_again(simple: bool) -> None:
    world = holding(simple)
    (stop,) = world.exchange.stops("SPY")
    idle = replace(stop, status=S.DONE_FOR_DAY)
    world.exchange.orders[stop.broker_id] = idle
    world.tell(OrderReported("done_for_day", idle))
    assert world.exchange.orders[stop.broker_id].status is S.CANCELED
    (again,) = world.exchange.stops("SPY")
    assert (again.quantity, again.stop_price_e4) == (100, stop.stop_price_e4)
    assert "ORDER_IDLE_AT_BROKER" in world.alerts()
    assert world.engine.desk.protection_of(world.position()) == "broker"
    world.replay()


def test_an_exit_that_is_done_for_the_day_is_sent_again_and_sells_once() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.close()
    (parked,) = world.exchange.working("SPY")
    world.exchange.fill(parked.broker_id, 40, 4_500_000)
    world.deliver()
    idle = replace(world.exchange.orders[parked.broker_id], status=S.DONE_FOR_DAY)
    world.exchange.orders[parked.broker_id] = idle
    world.tell(OrderReported("done_for_day", idle))
    (again,) = world.live(EXIT)
    assert again.quantity == 60
    world.exchange.auto_fill = True
    world.quote(450.0)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    world.agree()


def test_a_suspended_stop_guards_nothing_until_it_works_again() -> None:
    world = holding()
    (stop,) = world.exchange.stops("SPY")
    world.tell(OrderReported("suspended", replace(stop, status=S.SUSPENDED)))
    assert world.engine.desk.protection_of(world.position()) == "daemon"
    assert world.engine.unprotected.shares == 100
    assert world.alerts().count("ORDER_IDLE_AT_BROKER") == 1
    world.wait(7)
    assert world.alerts().count("UNPROTECTED_SHARES") == 1
    world.tell(OrderReported("new", stop))
    assert world.engine.desk.protection_of(world.position()) == "broker"
    assert world.engine.unprotected.shares == 0
    world.quote(450.0)
    assert not world.orders(EXIT)
    world.replay()


@pytest.mark.parametrize("first", ["old", "new"])
@pytest.mark.parametrize(("price_e4", "kept_e4"), [(4_450_000, 4_450_000), (4_400_000, 4_430_000)])
def test_a_stop_that_someone_replaces_is_ours_and_never_looser(price_e4: int, kept_e4: int, first: str) -> None:
    world = holding(simple=True)
    (stop,) = world.exchange.stops("SPY")
    new = replace(
        stop, broker_id="r1", client_order_id="someone", stop_price_e4=price_e4, replaces=stop.broker_id, updated_ns=0
    )
    old = replace(stop, status=S.REPLACED, replaced_by="r1")
    world.exchange.orders |= {"r1": new, stop.broker_id: old}
    reports = [OrderReported("replaced", old), OrderReported("new", new)]
    world.tell(*(reports if first == "old" else reversed(reports)))
    world.wait(5)
    world.snapshot()
    world.wait(5)
    (working,) = world.exchange.stops("SPY")
    assert (working.quantity, working.stop_price_e4) == (100, kept_e4)
    assert len(world.live(STOP)) == 1
    assert "ORDER_ENDED_BY_BROKER" in world.alerts()
    assert not {"FOREIGN_ORDER", "STOP_REFUSED"} & set(world.alerts())
    world.close()
    assert world.position() is None
    world.agree()
    world.replay()


def test_an_entry_that_someone_makes_one_for_the_day_is_told_as_one() -> None:
    world = World().ready(price=450.25)
    world.exchange.auto_fill = False
    world.place(100, 441.0, limit=450.0)
    assert {order.time_in_force for order in world.engine.desk.live()} == {TimeInForce.GTC}  # its leg, too
    entry = world.exchange.working("SPY")[0]
    change = {"broker_id": "d1", "client_order_id": "theirs", "time_in_force": TimeInForce.DAY}
    world.exchange.orders["d1"] = replace(entry, **change, replaces=entry.broker_id)
    world.exchange.orders[entry.broker_id] = replace(entry, status=S.REPLACED, replaced_by="d1")
    world.snapshot()
    assert [order.time_in_force for order in world.orders(ENTRY)] == [TimeInForce.GTC, TimeInForce.DAY]
    world.replay()


def changed_by_hand(world: World, legs: str) -> BrokerOrder:
    """An entry that works has become one for fewer shares; Alpaca doesn't say what becomes of its leg."""
    world.exchange.auto_fill = False
    world.place(100, 441.0, limit=450.0)
    (entry,) = world.exchange.working("SPY")
    (leg_id,) = world.exchange.parents
    leg = world.exchange.orders[leg_id]
    new = replace(entry, broker_id="r1", client_order_id="theirs", quantity=80, replaces=entry.broker_id)
    world.exchange.orders["r1"] = new
    world.exchange.orders[entry.broker_id] = replace(entry, status=S.REPLACED, replaced_by="r1")
    if legs == "kept":
        world.exchange.orders[leg_id] = replace(leg, quantity=80)
        world.exchange.parents[leg_id] = "r1"
    else:
        world.exchange.orders[leg_id] = replace(leg, status=S.CANCELED)
    if legs == "anew":
        world.exchange.orders["l2"] = replace(leg, broker_id="l2", client_order_id="broker-l2", quantity=80)
        world.exchange.parents["l2"] = "r1"
    return entry


@pytest.mark.parametrize("heard", ["replaced", "new", "late"])
@pytest.mark.parametrize("legs", ["kept", "ended", "anew"])
def test_shares_of_an_entry_that_someone_changed_have_one_stop_whatever_the_broker_made_of_its_leg(
    legs: str, heard: str
) -> None:
    world = World().ready(price=450.25)
    exchange = world.exchange
    entry = changed_by_hand(world, legs)
    reports = [OrderReported("replaced", exchange.orders[entry.broker_id]), OrderReported("new", exchange.orders["r1"])]
    if heard != "late":
        world.tell(*(reports if heard == "replaced" else reversed(reports)))
    exchange.fill("r1", 80, 4_500_000, tell=heard != "late")
    world.deliver()
    world.snapshot()
    world.wait(15)
    (stop,) = exchange.stops("SPY")
    assert stop.quantity == world.position().quantity == 80
    assert [order.quantity for order in world.live(STOP)] == [80]
    assert world.engine.desk.protection_of(world.position()) == "broker"
    assert not {"STOP_REFUSED", "ORDER_MISMATCH", "FOREIGN_ORDER"} & set(world.alerts())
    exchange.auto_fill = True
    world.close()
    assert world.position() is None
    world.agree()
    world.replay()


def test_the_stop_of_an_entry_that_someone_changed_is_booked_after_the_entry_whichever_is_heard_first() -> None:
    world = World().ready(price=450.25)
    exchange = world.exchange
    entry = changed_by_hand(world, "kept")
    (leg_id,) = exchange.parents
    world.tell(OrderReported("replaced", exchange.orders[entry.broker_id]))
    exchange.fill("r1", 80, 4_500_000, tell=False)
    exchange.fill(leg_id, 80, 4_410_000)
    world.deliver()
    world.wait(15)
    assert world.position() is None
    assert sold(exchange, "SPY") == 80
    assert "POSITION_REVERSED" not in world.alerts()
    world.agree()
    world.replay()


def test_our_own_replacement_is_no_surprise() -> None:
    world = holding(simple=True)
    world.trail(445.0)
    assert world.alerts() == []
    assert not world.engine.desk.holds


def test_an_exit_refused_for_held_shares_is_looked_into_and_sent_again_once_they_are_free() -> None:
    world = holding()
    world.exchange.refuse = [HELD]
    world.close()
    (refused,) = world.orders(EXIT)
    assert refused.state is OrderState.REJECTED
    world.wait(3)
    assert [order.quantity for order in world.orders(EXIT)] == [100, 100]
    assert len({order.id for order in world.orders(EXIT)}) == 2
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    world.agree()


def theirs(world: World, quantity: int) -> None:
    """Someone's order to sell shares of ours, far from the market, in place of our stop."""
    (stop,) = world.exchange.stops("SPY")
    order = replace(stop, broker_id="theirs", client_order_id="by hand", order_type=OrderType.LIMIT, quantity=quantity)
    world.exchange.orders["theirs"] = replace(order, status=S.WORKING, stop_price_e4=None, limit_price_e4=5_000_000)
    world.exchange.end(stop.broker_id, S.CANCELED)


def test_beside_someone_s_order_the_shares_that_are_left_get_a_stop_and_an_exit_sells_them_at_once() -> None:
    world = holding()
    theirs(world, 40)
    world.deliver()
    world.wait(4)
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [60]
    world.close()
    world.wait(4)
    assert sold(world.exchange, "SPY") == 60
    world.exchange.end("theirs", S.CANCELED)
    world.deliver()
    world.wait(4)
    assert sold(world.exchange, "SPY") == 100
    assert world.position() is None
    world.agree()
    world.replay()


def test_shares_that_someone_was_heard_to_sell_are_not_sold_again_though_no_snapshot_says_so() -> None:
    world = holding()
    theirs(world, 100)
    world.exchange.lose = ["snapshot"] * 100
    world.exchange.fill("theirs", 100, 4_500_000)
    world.deliver()
    world.close()
    world.wait(90)
    assert not world.orders(EXIT)
    assert [order.role for order in world.engine.desk.live()] == []
    world.exchange.lose.clear()
    for _ in range(3):
        world.wait(3)
        world.snapshot()
    assert world.position() is None
    assert "POSITION_ADOPTED" in world.alerts()
    world.agree()
    world.replay()


def test_someone_who_closes_in_the_moment_of_our_fill_is_believed_at_once() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.exchange.working("SPY")
    world.exchange.fill(entry.broker_id, 100, 4_500_000)
    theirs(world, 100)
    world.exchange.orders["theirs"] = replace(world.exchange.orders["theirs"], updated_ns=world.now_ns)
    world.exchange.fill("theirs", 100, 4_500_000)
    world.now_ns += SECOND_NS // 50
    world.deliver()
    for _ in range(2):
        world.wait(3)
        world.snapshot()
    assert world.position() is None
    assert any("(order by hand)" in alert.text for alert in of(AlertRaised, world.seen))
    world.agree()
    world.replay()


def test_a_stop_grows_when_someone_s_order_is_over() -> None:
    world = holding()
    theirs(world, 40)
    world.deliver()
    world.wait(4)
    world.exchange.end("theirs", S.CANCELED)
    world.deliver()
    world.wait(4)
    assert sum(stop.quantity for stop in world.exchange.stops("SPY")) == 100
    world.replay()


def test_an_exit_whose_shares_someone_s_order_holds_leaves_as_soon_as_that_is_over() -> None:
    world = holding()
    theirs(world, 100)
    world.close()
    world.wait(130)
    tried = len(world.orders(EXIT))
    assert 5 <= tried <= 7  # after 2, 4, 8, 16, 32 and 64 s: the next would be a minute away
    assert world.position() is not None
    world.exchange.end("theirs", S.CANCELED)
    world.deliver()
    world.wait(3)
    assert world.position() is None
    assert len(world.orders(EXIT)) == tried + 1
    assert sold(world.exchange, "SPY") == 100
    world.agree()
    world.replay()


def test_an_exit_that_someone_cancels_is_sent_again() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.close()
    (exit_order,) = world.exchange.working("SPY")
    world.exchange.end(exit_order.broker_id, S.CANCELED)
    world.deliver()
    world.wait(3)
    assert [order.quantity for order in world.live(EXIT)] == [100]
    assert "ORDER_ENDED_BY_BROKER" in world.alerts()


def entry_of(world: World) -> BrokerOrder:
    world.exchange.lose = ["request"]
    world.place(100, 443.0)
    (entry,) = world.orders(ENTRY)
    return BrokerOrder(
        "b9", entry.id, "SPY", Side.BUY, OrderType.MARKET, S.WORKING, 100, 0, 0, submitted_ns=world.now_ns
    )


@pytest.mark.parametrize(
    "change", [{"quantity": 90}, {"side": Side.SELL}, {"symbol": "QQQ"}, {"submitted_ns": 1}], ids=str
)
def test_an_order_under_our_id_that_is_not_ours_ends_ours_and_is_never_booked(change: dict[str, object]) -> None:
    world = World().ready()
    found = replace(entry_of(world), **change)
    filled = replace(found, filled_quantity=found.quantity, filled_value_e4=found.quantity * 4_500_000, status=S.FILLED)
    (entry,) = world.orders(ENTRY)
    world.tell(LookupAnswered(entry.id, True, filled))
    assert "ORDER_MISMATCH" in world.alerts()
    assert world.orders(ENTRY)[0].state is OrderState.REJECTED
    world.tell(OrderReported("fill", filled))
    assert world.position() is None
    assert len(of(SubmitOrder, world.seen)) == 1


def test_an_order_found_by_id_that_matches_is_ours() -> None:
    world = World().ready()
    found = entry_of(world)
    world.tell(LookupAnswered(found.client_order_id, True, found))
    assert world.orders(ENTRY)[0].state is OrderState.PENDING


@pytest.mark.parametrize(("seconds", "ours"), [(-301, False), (-300, True), (0, True), (10, True)])
def test_the_broker_s_clock_may_be_behind_ours_by_five_minutes(seconds: int, ours: bool) -> None:
    world = World().ready()
    found = entry_of(world)
    world.tell(
        LookupAnswered(found.client_order_id, True, replace(found, submitted_ns=world.now_ns + seconds * SECOND_NS))
    )
    assert (world.orders(ENTRY)[0].state is OrderState.PENDING) == ours
