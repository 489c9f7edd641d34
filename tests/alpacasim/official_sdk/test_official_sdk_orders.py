"""The official SDK submits, lists, replaces and cancels orders of every type and time in force."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from alpaca.trading.enums import OrderClass, OrderSide, OrderStatus, OrderType, PositionIntent, QueryOrderStatus
from alpaca.trading.requests import GetOrdersRequest

REST = {"type": "limit", "limit_price": 440.0}


def test_a_market_order_is_pending_in_the_answer_and_filled_at_the_ask_a_moment_later(desk):
    order = desk.submit(client_order_id="mine")
    assert (order.status, order.filled_qty, order.filled_avg_price) == (OrderStatus.PENDING_NEW, "0", None)
    assert (order.order_class, order.type, order.order_type) == (OrderClass.SIMPLE, OrderType.MARKET, OrderType.MARKET)
    assert (order.position_intent, order.symbol, order.qty) == (PositionIntent.BUY_TO_OPEN, "SPY", "10")
    filled = desk.now(order)
    assert (filled.status, filled.filled_qty, filled.filled_avg_price) == (OrderStatus.FILLED, "10", "450.05")
    assert filled.filled_at == datetime(2024, 1, 4, 14, 31, tzinfo=UTC)
    assert desk.trading.get_order_by_client_id("mine") == filled


def test_a_market_order_before_the_open_is_accepted_and_fills_at_the_open(early_desk):
    order = early_desk.submit()
    assert order.status is OrderStatus.ACCEPTED
    early_desk.step()
    assert early_desk.now(order).filled_avg_price == "450.05"


def test_a_limit_order_rests_until_its_price_is_reached(desk):
    order = desk.submit(type="limit", limit_price=449.5, time_in_force="gtc")
    assert desk.now(order).status is OrderStatus.NEW
    assert order.expires_at > order.created_at
    desk.admin("trade", symbol="SPY", price=449.4)
    assert desk.now(order).status is OrderStatus.FILLED


def test_a_marketable_limit_order_fills_at_the_quote(desk):
    assert desk.now(desk.submit(type="limit", limit_price=451.0)).filled_avg_price == "450.05"


def test_a_stop_waits_for_a_trade_at_its_price(desk):
    desk.submit()
    stop = desk.submit(side="sell", type="stop", stop_price=449.0, time_in_force="gtc")
    desk.admin("quote", symbol="SPY", bid=448.0, ask=448.1)
    assert desk.now(stop).status is OrderStatus.NEW
    desk.admin("trade", symbol="SPY", price=448.5)
    assert desk.now(stop).status is OrderStatus.FILLED


def test_a_stop_limit_that_is_hit_waits_for_its_limit(desk):
    desk.submit()
    order = desk.submit(side="sell", type="stop_limit", stop_price=449.0, limit_price=448.9)
    desk.admin("trade", symbol="SPY", price=448.0)
    assert desk.now(order).status is OrderStatus.NEW
    desk.admin("trade", symbol="SPY", price=449.2)
    assert float(desk.now(order).filled_avg_price) >= 448.9


@pytest.mark.parametrize("distance", [{"trail_price": 1.0}, {"trail_percent": 0.2}])
def test_a_trailing_stop_follows_the_best_price_and_is_hit_behind_it(desk, distance):
    desk.submit()
    order = desk.submit(side="sell", type="trailing_stop", **distance)
    desk.admin("trade", symbol="SPY", price=455.0)
    moved = desk.now(order)
    assert (moved.hwm, moved.status) == ("455", OrderStatus.NEW)
    assert float(moved.stop_price) == pytest.approx(455 - distance.get("trail_price", 455 * 0.002))
    desk.admin("trade", symbol="SPY", price=453.9)
    assert desk.now(order).status is OrderStatus.FILLED


def test_a_fraction_and_an_amount_of_money_are_bought_at_the_market(desk):
    fraction = desk.now(desk.submit(qty=0.5))
    assert (fraction.qty, fraction.filled_qty) == ("0.5", "0.5")
    money = desk.now(desk.submit(qty=None, notional=900.1))
    assert (money.notional, money.qty, money.filled_qty) == ("900.1", None, "2")
    assert desk.trading.get_open_position("SPY").qty == "2.5"
    desk.submit(qty=0.25, side="sell")
    assert desk.trading.get_open_position("SPY").qty == "2.25"


@pytest.mark.parametrize("time_in_force", ["ioc", "fok"])
def test_what_must_fill_at_once_is_canceled_when_it_cannot(desk, time_in_force):
    assert desk.now(desk.submit(**REST, time_in_force=time_in_force)).status is OrderStatus.CANCELED
    assert desk.now(desk.submit(time_in_force=time_in_force)).status is OrderStatus.FILLED


@pytest.mark.parametrize(("time_in_force", "got"), [("ioc", "4"), ("fok", "0")])
def test_an_ioc_order_keeps_the_part_that_it_got_and_a_fok_order_takes_no_part(desk, time_in_force, got):
    desk.admin("fills", symbol="SPY", fills=[{"price": 450.05, "qty": 4}])
    order = desk.now(desk.submit(type="limit", limit_price=451.0, time_in_force=time_in_force))
    assert (order.status, order.filled_qty) == (OrderStatus.CANCELED, got)


def test_on_open_orders_fill_at_the_open_and_come_too_late_after_it(early_desk):
    late = early_desk.submit(time_in_force="opg")
    assert early_desk.now(late).status is OrderStatus.REJECTED


def test_on_close_orders_fill_at_the_close(desk):
    order = desk.submit(time_in_force="cls")
    assert desk.now(order).status is OrderStatus.NEW
    desk.step(389)
    assert (desk.now(order).status, desk.now(order).filled_avg_price) == (OrderStatus.FILLED, "450")


def test_an_extended_hours_order_works_before_the_open(early_desk):
    order = early_desk.submit(type="limit", limit_price=451.0, extended_hours=True)
    early_desk.admin("trade", symbol="SPY", price=450.5)
    assert early_desk.now(order).status is OrderStatus.FILLED


def test_day_orders_expire_at_the_close(desk):
    order = desk.submit(**REST)
    desk.step(389)
    ended = desk.now(order)
    assert (ended.status, ended.expired_at) == (OrderStatus.EXPIRED, datetime(2024, 1, 4, 21, tzinfo=UTC))


# Lists


def test_orders_are_listed_by_status_side_symbol_and_number(desk):
    filled = desk.submit()
    resting = desk.submit(**REST)
    short = desk.submit(symbol="QQQ", side="sell", type="limit", limit_price=410.0)

    def listed(**query):
        return [order.id for order in desk.trading.get_orders(GetOrdersRequest(**query))]

    assert [order.id for order in desk.trading.get_orders()] == [short.id, resting.id]
    assert listed(status=QueryOrderStatus.CLOSED) == [filled.id]
    assert listed(status=QueryOrderStatus.ALL, direction="asc") == [filled.id, resting.id, short.id]
    assert listed(status=QueryOrderStatus.ALL, limit=1) == [short.id]
    assert listed(symbols=["SPY", "IBM"]) == [resting.id]
    assert listed(side=OrderSide.SELL) == [short.id]


def test_a_long_list_is_paged_by_the_time_of_submission(desk):
    ids = []
    for _ in range(5):
        ids.append(desk.submit(**REST).id)
        desk.step()
    found, until = [], None
    while page := desk.trading.get_orders(GetOrdersRequest(status="all", limit=2, until=until)):
        found += [order.id for order in page]
        until = page[-1].submitted_at
    assert found == ids[::-1]
    after = desk.trading.get_orders(GetOrdersRequest(status="all", after=until, direction="asc"))
    assert [order.id for order in after] == ids[1:]


# Replace and cancel


def test_a_replaced_order_gives_way_to_a_new_one_and_both_name_each_other(desk):
    old = desk.submit(**REST, client_order_id="first")
    new = desk.replace(old, qty=7, limit_price=441.0, time_in_force="gtc", client_order_id="second")
    assert (new.replaces, new.client_order_id) == (old.id, "second")
    assert (new.qty, new.limit_price, new.time_in_force) == ("7", "441", "gtc")
    replaced = desk.now(old)
    assert (replaced.status, replaced.replaced_by) == (OrderStatus.REPLACED, new.id)
    assert replaced.replaced_at is not None
    assert [order.id for order in desk.trading.get_orders()] == [new.id]


@pytest.mark.parametrize(
    ("order", "change", "name", "value"),
    [
        ({"type": "stop", "stop_price": 440.0}, {"stop_price": 441.0}, "stop_price", "441"),
        (
            {"type": "stop_limit", "stop_price": 440.0, "limit_price": 439.0},
            {"limit_price": 438.0},
            "limit_price",
            "438",
        ),
        ({"type": "trailing_stop", "trail_price": 5.0}, {"trail": 2.5}, "trail_price", "2.5"),
        ({"type": "trailing_stop", "trail_percent": 5.0}, {"trail": 2.5}, "trail_percent", "2.5"),
    ],
)
def test_every_type_that_rests_can_be_replaced(desk, order, change, name, value):
    desk.submit()
    assert getattr(desk.replace(desk.submit(side="sell", **order), **change), name) == value


def test_the_quantity_of_a_replacement_counts_what_was_filled_before(desk):
    desk.admin("hold", symbol="SPY", hold=True)
    old = desk.submit(type="limit", limit_price=450.0)
    desk.admin("fills", symbol="SPY", fills=[{"price": 450.0, "qty": 4}])
    assert (desk.now(old).status, desk.now(old).filled_qty) == (OrderStatus.PARTIALLY_FILLED, "4")
    error = desk.refused(desk.replace, old, qty=4)
    assert (error.code, error.message) == (42210000, "qty must be > filled_qty")
    new = desk.replace(old, qty=6)
    desk.admin("fills", symbol="SPY", fills=[{"price": 450.0}])
    assert desk.now(new).status is OrderStatus.FILLED
    assert desk.trading.get_open_position("SPY").qty == "6"


def test_a_canceled_order_stays_canceled_however_often_it_is_canceled(desk):
    order = desk.submit(**REST)
    for _ in range(2):
        assert desk.trading.cancel_order_by_id(order.id) is None
    assert (desk.now(order).status, desk.trading.get_orders()) == (OrderStatus.CANCELED, [])


def test_all_orders_are_canceled_with_a_status_for_each(desk):
    ids = {desk.submit(**REST).id, desk.submit(symbol="QQQ", type="limit", limit_price=380.0).id}
    assert {(one.id, one.status) for one in desk.trading.cancel_orders()} == {(order_id, 200) for order_id in ids}
    assert desk.trading.cancel_orders() == []


def test_an_unknown_order_is_not_found(desk):
    unknown = uuid4()
    for ask in (desk.trading.get_order_by_id, desk.trading.cancel_order_by_id, desk.trading.replace_order_by_id):
        error = desk.refused(ask, unknown)
        assert (error.status_code, error.code) == (404, 40410000)
        assert error.message == f"order not found for {unknown}"
