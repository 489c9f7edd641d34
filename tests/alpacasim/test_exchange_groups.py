"""Brackets, OTO and OCO groups, PATCH and cancel at the bare exchange."""

from __future__ import annotations

import pytest

from alpacasim.matching import ScriptedFill
from alpacasim.orders import Order, Status
from alpacasim.refusals import Refusal

STOP = {"stop_loss": {"stop_price": "443.25"}}
PROFIT = {"take_profit": {"limit_price": "460"}}


def oto(desk, **fields):
    return desk.order(order_class="oto", time_in_force="gtc", **STOP, **fields)


def bracket(desk, **fields):
    return desk.order(order_class="bracket", time_in_force="gtc", **STOP, **PROFIT, **fields)


def test_the_leg_of_an_oto_entry_works_when_the_entry_is_completely_filled(desk):
    desk.exchange.script("SPY", [ScriptedFill(4_500_000, 4 * 10**9)], desk.now_ns)
    entry = oto(desk)
    leg = entry.legs[0]
    assert (entry.status, leg.status) == (Status.PARTIALLY_FILLED, Status.HELD)
    desk.take_events()
    desk.trade(450.00)
    assert (entry.status, leg.status) == (Status.FILLED, Status.NEW)
    assert desk.take_events() == [("fill", entry.id), ("new", leg.id)]
    desk.trade(443.00)
    assert leg.status is Status.FILLED
    assert desk.shares == 0


def test_a_short_oto_entry_is_covered_by_its_buy_stop(desk):
    entry = desk.order(
        side="sell", order_class="oto", time_in_force="gtc", stop_loss={"stop_price": "455.00"}, qty="134"
    )
    desk.trade(455.50, continuous=True)
    assert entry.legs[0].filled_notional == 4_550_100 * 134 * 10**9
    assert desk.shares == 0


def test_the_take_profit_of_a_bracket_cancels_its_stop(desk):
    entry = bracket(desk)
    profit, stop = entry.legs
    assert (profit.status, stop.status) == (Status.NEW, Status.HELD)
    desk.take_events()
    desk.trade(461.00, continuous=True)
    assert desk.take_events() == [("fill", profit.id), ("canceled", stop.id)]
    assert profit.filled_notional == 4_600_000 * 10 * 10**9


def test_the_stop_of_a_bracket_cancels_its_take_profit(desk):
    profit, stop = bracket(desk).legs
    desk.take_events()
    desk.trade(443.00)
    assert desk.take_events() == [("canceled", profit.id), ("new", stop.id), ("fill", stop.id)]


def test_a_part_of_the_take_profit_leaves_the_stop_the_rest(desk):
    profit, stop = bracket(desk).legs
    desk.exchange.script("SPY", [ScriptedFill(4_600_000, 4 * 10**9, "sell")], desk.now_ns)
    desk.trade(461.00, continuous=True)
    assert (profit.status, stop.quantity_e9) == (Status.PARTIALLY_FILLED, 6 * 10**9)
    desk.trade(440.00)
    assert stop.status is Status.FILLED
    assert desk.shares == 0


def test_canceling_a_leg_cancels_its_group(desk):
    profit, stop = bracket(desk).legs
    assert desk.cancel(stop) is None
    assert (profit.status, stop.status) == (Status.CANCELED, Status.CANCELED)


def test_canceling_a_part_filled_entry_leaves_its_shares_without_a_leg(desk):
    desk.exchange.markets["SPY"].fills_held = True
    entry = oto(desk)
    desk.exchange.script("SPY", [ScriptedFill(4_500_000, 4 * 10**9)], desk.now_ns)
    desk.cancel(entry)
    assert (entry.status, entry.legs[0].status) == (Status.CANCELED, Status.CANCELED)
    assert desk.shares == 4


def test_an_oco_order_exits_by_its_limit_or_its_stop(desk):
    desk.order()
    head = desk.order(side="sell", type="limit", order_class="oco", time_in_force="gtc", **STOP, **PROFIT)
    assert (head.status, head.legs[0].status) == (Status.NEW, Status.HELD)
    desk.trade(443.00)
    assert (head.status, head.legs[0].status) == (Status.CANCELED, Status.FILLED)


def test_day_legs_expire_at_the_close(desk):
    entry = desk.order(order_class="bracket", **STOP, **PROFIT)
    desk.exchange.close_session(desk.now_ns)
    assert [leg.status for leg in entry.legs] == [Status.EXPIRED, Status.EXPIRED]


# PATCH


def test_a_simple_stop_is_replaced_by_a_new_order(desk):
    desk.order()
    stop = desk.order(side="sell", type="stop", stop_price="443.25", time_in_force="gtc")
    desk.take_events()
    new = desk.patch(stop, stop_price="444.00")
    assert isinstance(new, Order)
    assert (stop.status, stop.replaced_by, new.replaces) == (Status.REPLACED, new.id, stop.id)
    assert (new.status, new.stop_e4, new.quantity_e9) == (Status.NEW, 4_440_000, 10 * 10**9)
    assert desk.take_events() == [("replaced", stop.id), ("new", new.id)]


def test_the_quantity_of_a_patch_is_the_total_and_the_sum_of_the_fills_never_exceeds_it(desk):
    desk.exchange.markets["SPY"].fills_held = True
    order = desk.order(type="limit", limit_price="450.00")
    desk.exchange.script("SPY", [ScriptedFill(4_500_000, 4 * 10**9)], desk.now_ns)
    refusal = desk.patch(order, qty="4")
    assert isinstance(refusal, Refusal)
    assert refusal.message == "qty must be > filled_qty"
    new = desk.patch(order, qty="10", limit_price="450.50")
    desk.exchange.script("SPY", [ScriptedFill(4_505_000)], desk.now_ns)
    assert (new.status, desk.shares) == (Status.FILLED, 10)


def test_the_leg_of_an_oto_order_cannot_be_replaced(desk):
    leg = oto(desk).legs[0]
    refusal = desk.patch(leg, stop_price="444.00")
    assert isinstance(refusal, Refusal)
    assert (refusal.http_status, refusal.code) == (422, 42210000)
    assert "not supported yet" in refusal.message


def test_the_legs_of_a_bracket_can_change_their_prices_but_not_their_quantity(desk):
    entry = bracket(desk)
    profit, stop = entry.legs
    moved = desk.patch(stop, stop_price="445.00")
    assert isinstance(moved, Order)
    assert (moved.status, entry.legs) == (Status.HELD, [profit, moved])
    assert isinstance(desk.patch(profit, qty="5"), Refusal)
    desk.trade(444.90)
    assert (moved.status, profit.status) == (Status.FILLED, Status.CANCELED)


def test_a_replaced_entry_keeps_its_legs(desk):
    entry = desk.order(type="limit", limit_price="449", order_class="oto", time_in_force="gtc", **STOP)
    new = desk.patch(entry, limit_price="449.50")
    assert new.legs == entry.legs
    desk.trade(449.00, continuous=True)
    assert new.legs[0].status is Status.NEW


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("filled", 'order is already in "filled" state'),
        ("canceled", "order is not open"),
        ("accepted", "cannot replace order in accepted status"),
    ],
)
def test_an_order_can_be_replaced_only_while_it_works(desk, status, message):
    if status == "accepted":
        desk.exchange.close_session(desk.now_ns)
    order = desk.order(type="limit", limit_price="460" if status == "filled" else "440")
    if status == "canceled":
        desk.cancel(order)
    refusal = desk.patch(order, limit_price="441")
    assert isinstance(refusal, Refusal)
    assert (refusal.http_status, refusal.code, refusal.message) == (422, 42210000, message)


def test_a_patch_that_changes_nothing_is_refused(desk):
    order = desk.order(type="limit", limit_price="440")
    refusal = desk.patch(order, limit_price="440.00")
    assert isinstance(refusal, Refusal)
    assert refusal.message == "order parameters are not changed"


# Cancel


def test_a_filled_order_cannot_be_canceled_and_a_canceled_one_can_again(desk):
    filled, resting = desk.order(), desk.order(type="limit", limit_price="440")
    refusal = desk.cancel(filled)
    assert refusal is not None
    assert (refusal.http_status, refusal.message) == (422, 'order is already in "filled" state')
    assert desk.cancel(resting) is None
    assert desk.cancel(resting) is None


def test_cancel_all_cancels_each_open_order_once(desk):
    bracket(desk)
    desk.order(symbol="QQQ", type="limit", limit_price="300")
    desk.take_events()
    canceled = desk.exchange.cancel_all(desk.now_ns)
    assert [event for event, _ in desk.take_events()] == ["canceled"] * 3
    assert {(order.status, refusal) for order, refusal in canceled} == {(Status.CANCELED, None)}
