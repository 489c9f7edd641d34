"""PATCH meets the rules of POST, and a replacement that waits may end before it took its place."""

from __future__ import annotations

import pytest

from alpacasim.calendar import DAY_NS, MINUTE_NS
from alpacasim.matching import ScriptedFill
from alpacasim.orders import Order, Status
from alpacasim.refusals import Refusal

LEGS = {"take_profit": {"limit_price": "460"}, "stop_loss": {"stop_price": "440"}}
BUY = {"type": "limit", "limit_price": "445"}


def refused(desk, order, **fields):
    """The text with which a PATCH is refused; nothing has changed then, and nothing was told."""
    desk.take_events()
    before = [(one.id, one.status) for one in desk.exchange.orders.values()]
    refusal = desk.patch(order, **fields)
    assert isinstance(refusal, Refusal), refusal
    assert [(one.id, one.status) for one in desk.exchange.orders.values()] == before
    assert desk.take_events() == []
    return refusal.http_status, refusal.message


def waiting(desk, order, **fields):
    desk.exchange.hold_answers("SPY", True, desk.now_ns)
    new = desk.patch(order, **fields)
    assert isinstance(new, Order), new
    assert (order.status, new.status) == (Status.PENDING_REPLACE, Status.PENDING_NEW)
    return new


# A replacement that ends while it waits


def test_a_replacement_that_expires_while_it_waits_leaves_the_old_order_working(desk):
    old = desk.order(time_in_force="gtc", **BUY)
    new = waiting(desk, old, time_in_force="day")
    desk.take_events()
    desk.exchange.close_session(desk.exchange.session.close_ns)
    assert (old.status, old.successor, new.status, new.predecessor) == (Status.NEW, None, Status.EXPIRED, None)
    assert desk.take_events() == [("expired", new.id), ("order_replace_rejected", old.id)]


def test_the_old_order_fills_and_ends_after_its_replacement_has_expired(desk):
    first, second = (desk.order(time_in_force="gtc", **BUY) for _ in range(2))
    for order in (first, second):
        waiting(desk, order, time_in_force="day")
    session = desk.exchange.session
    desk.exchange.close_session(session.close_ns)
    desk.exchange.open_session(session, session.open_ns + DAY_NS)
    assert desk.cancel(second) is None
    desk.exchange.hold_answers("SPY", False, desk.now_ns)
    desk.trade(440.00)
    assert (first.status, second.status) == (Status.FILLED, Status.CANCELED)


def test_the_end_of_the_pause_books_no_dead_order_in(desk):
    old = desk.order(time_in_force="gtc", **BUY)
    new = waiting(desk, old, time_in_force="day")
    desk.exchange.close_session(desk.exchange.session.close_ns)
    desk.exchange.hold_answers("SPY", False, desk.now_ns)
    assert (old.replaced_by, new.status, desk.exchange.open_orders()) == (None, Status.EXPIRED, [old])


def test_an_order_that_goes_on_remembers_that_it_is_partly_filled(desk):
    desk.exchange.markets["SPY"].fills_held = True
    old = desk.order(type="limit", limit_price="450", time_in_force="gtc")
    desk.exchange.script("SPY", [ScriptedFill(4_500_000, 4 * 10**9)], desk.now_ns)
    waiting(desk, old, time_in_force="day")
    desk.exchange.close_session(desk.exchange.session.close_ns)
    assert (old.status, old.filled_e9) == (Status.PARTIALLY_FILLED, 4 * 10**9)


# The rules of POST


@pytest.mark.parametrize("order_class", ["bracket", "oto"])
@pytest.mark.parametrize("time_in_force", ["opg", "cls", "ioc", "fok"])
def test_an_entry_with_legs_stays_a_day_or_gtc_order(desk, order_class, time_in_force):
    legs = LEGS if order_class == "bracket" else {"stop_loss": LEGS["stop_loss"]}
    entry = desk.order(order_class=order_class, **BUY, **legs)
    if time_in_force == "opg":
        assert refused(desk, entry, time_in_force="opg") == (422, "opg orders are not accepted at this time")
        desk.now_ns += DAY_NS - 31 * MINUTE_NS
    assert refused(desk, entry, time_in_force=time_in_force) == (
        422,
        f"{order_class} orders must be DAY or GTC orders",
    )


@pytest.mark.parametrize("time_in_force", ["ioc", "fok"])
def test_a_stop_stays_a_day_or_gtc_order(desk, time_in_force):
    desk.order()
    stop = desk.order(side="sell", type="stop", stop_price="443.25")
    assert refused(desk, stop, time_in_force=time_in_force) == (422, "stop orders must be DAY or GTC orders")


def test_a_stop_is_not_lost_to_an_auction_that_is_over(desk):
    desk.order()
    stop = desk.order(side="sell", type="stop", stop_price="443.25")
    refused(desk, stop, time_in_force="opg")
    assert stop.status is Status.NEW


def test_a_fraction_stays_a_day_order(desk):
    order = desk.order(qty="1.5", **BUY)
    assert refused(desk, order, time_in_force="gtc") == (422, "fractional orders must be DAY orders")


def test_an_order_for_extended_hours_stays_a_day_or_gtc_order(desk):
    order = desk.order(extended_hours=True, **BUY)
    text = "extended hours order must be DAY or GTC limit orders"
    assert refused(desk, order, time_in_force="cls") == (422, text)


def test_a_short_of_a_hard_to_borrow_asset_stays_a_day_order(desk):
    desk.exchange.markets["SPY"].easy_to_borrow = False
    short = desk.order(side="sell", type="limit", limit_price="455")
    text = "only day orders are allowed for hard-to-borrow asset SPY"
    assert refused(desk, short, time_in_force="gtc") == (422, text)


def test_a_limit_is_not_moved_over_an_own_order_of_the_other_side(desk):
    buy = desk.order(**BUY)
    desk.order(side="sell", type="limit", limit_price="455")
    text = "potential wash trade detected. use complex orders"
    assert refused(desk, buy, limit_price="456") == (403, text)
    assert isinstance(desk.patch(buy, limit_price="446"), Order)


def test_a_larger_order_needs_the_buying_power_for_all_of_it(desk):
    order = desk.order(**BUY)
    assert refused(desk, order, qty="450") == (403, "insufficient buying power")
    assert isinstance(desk.patch(order, qty="440"), Order)


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ("440", "stop_loss.stop_price must be <= base_price - 0.01"),
        ("460", "take_profit.limit_price must be >= base_price + 0.01"),
    ],
)
def test_an_entry_stays_between_its_exits(desk, price, text):
    entry = desk.order(order_class="bracket", **BUY, **LEGS)
    assert refused(desk, entry, limit_price=price) == (422, text)


def test_the_exits_stay_on_their_sides_of_an_entry_that_waits(desk):
    profit, stop = desk.order(order_class="bracket", **BUY, **LEGS).legs
    assert refused(desk, profit, limit_price="445") == (422, "take_profit.limit_price must be >= base_price + 0.01")
    assert refused(desk, stop, stop_price="445") == (422, "stop_loss.stop_price must be <= base_price - 0.01")


def test_the_exits_stay_on_their_sides_of_each_other_and_of_the_market(desk):
    profit, stop = desk.order(order_class="bracket", **LEGS).legs
    crossed = "take_profit.limit_price must be greater than stop_loss.stop_price"
    assert refused(desk, stop, stop_price="460") == (422, crossed)
    assert refused(desk, profit, limit_price="440") == (422, crossed)
    assert refused(desk, stop, stop_price="450") == (422, "stop_loss.stop_price must be <= base_price - 0.01")
    assert refused(desk, profit, limit_price="450") == (422, "take_profit.limit_price must be >= base_price + 0.01")


def test_the_stop_of_a_filled_entry_may_move_beyond_the_price_of_the_entry(desk):
    _, stop = desk.order(order_class="bracket", **LEGS).legs
    desk.trade(455.00)
    moved = desk.patch(stop, stop_price="452")
    assert isinstance(moved, Order)
    assert moved.status is Status.HELD


def test_both_exits_of_an_oco_order_stay_on_their_sides(desk):
    desk.order()
    head = desk.order(side="sell", type="limit", order_class="oco", time_in_force="gtc", **LEGS)
    text = "take_profit.limit_price must be greater than stop_loss.stop_price"
    assert refused(desk, head, limit_price="440") == (422, text)
    assert refused(desk, head.legs[0], stop_price="460") == (422, text)


def test_the_expiry_follows_the_time_in_force(desk):
    order = desk.order(**BUY)
    lasting = desk.patch(order, time_in_force="gtc")
    assert lasting.expires_ns == desk.now_ns + 90 * DAY_NS
    assert desk.patch(lasting, time_in_force="day").expires_ns is None


def test_the_legs_of_an_entry_take_its_new_time_in_force(desk):
    entry = desk.order(order_class="bracket", **BUY, **LEGS)
    new = desk.patch(entry, time_in_force="gtc")
    assert {(one.time_in_force, one.expires_ns) for one in new.group} == {("gtc", desk.now_ns + 90 * DAY_NS)}
