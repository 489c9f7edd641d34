"""The official SDK submits bracket, OCO and OTO orders and follows their legs."""

from __future__ import annotations

import pytest
from alpaca.trading.enums import OrderStatus, OrderType
from alpaca.trading.requests import GetOrderByIdRequest, GetOrdersRequest

BRACKET = {"order_class": "bracket", "take_profit": {"limit_price": 460.0}, "stop_loss": {"stop_price": 440.0}}


def nested(desk, order):
    return desk.trading.get_order_by_id(order.id, GetOrderByIdRequest(nested=True))


def test_a_brackets_exits_are_held_until_its_entry_is_filled(desk):
    entry = desk.submit(type="limit", limit_price=449.0, time_in_force="gtc", **BRACKET)
    assert [(leg.type, leg.status) for leg in entry.legs] == [("limit", "held"), ("stop", "held")]
    desk.admin("trade", symbol="SPY", price=448.9)
    filled = nested(desk, entry)
    assert filled.status is OrderStatus.FILLED
    assert [(leg.type, leg.status, leg.side) for leg in filled.legs] == [
        ("limit", "new", "sell"),
        ("stop", "held", "sell"),
    ]


@pytest.mark.parametrize(("price", "statuses"), [(461.0, ["filled", "canceled"]), (439.0, ["canceled", "filled"])])
def test_one_exit_of_a_bracket_ends_the_other(desk, price, statuses):
    entry = desk.submit(time_in_force="gtc", **BRACKET)
    desk.admin("trade", symbol="SPY", price=price)
    assert [leg.status for leg in nested(desk, entry).legs] == statuses
    assert desk.trading.get_all_positions() == []


def test_canceling_one_leg_ends_the_group(desk):
    entry = desk.submit(time_in_force="gtc", **BRACKET)
    desk.trading.cancel_order_by_id(entry.legs[0].id)
    assert [leg.status for leg in nested(desk, entry).legs] == ["canceled", "canceled"]


def test_a_brackets_legs_are_moved_in_price_but_not_in_quantity(desk):
    entry = desk.submit(time_in_force="gtc", **BRACKET)
    profit, loss = entry.legs
    assert desk.replace(profit, limit_price=465.0).limit_price == "465"
    assert desk.replace(loss, stop_price=445.0).status is OrderStatus.HELD
    assert [leg.limit_price or leg.stop_price for leg in nested(desk, entry).legs] == ["465", "445"]
    newest = nested(desk, entry).legs[0]
    assert desk.refused(desk.replace, newest, qty=5).code == 42210000


def test_an_oco_pair_guards_a_position_with_one_reservation(desk):
    desk.submit()
    exits = {"take_profit": {"limit_price": 460.0}, "stop_loss": {"stop_price": 440.0, "limit_price": 439.5}}
    head = desk.submit(side="sell", type="limit", order_class="oco", **exits)
    assert (head.limit_price, [leg.type for leg in head.legs]) == ("460", [OrderType.STOP_LIMIT])
    assert desk.trading.get_open_position("SPY").qty_available == "0"
    desk.admin("trade", symbol="SPY", price=439.8)
    assert [order.status for order in (nested(desk, head), *nested(desk, head).legs)] == ["canceled", "filled"]


@pytest.mark.parametrize("exit_", [{"stop_loss": {"stop_price": 440.0}}, {"take_profit": {"limit_price": 460.0}}])
def test_an_oto_order_brings_one_exit_that_cannot_be_replaced(desk, exit_):
    entry = desk.submit(order_class="oto", time_in_force="gtc", **exit_)
    (leg,) = nested(desk, entry).legs
    assert leg.status is OrderStatus.NEW
    name = "stop_price" if leg.stop_price else "limit_price"
    error = desk.refused(desk.replace, leg, **{name: float(getattr(leg, name)) + 1})
    assert (error.code, error.message) == (42210000, "replacing oto leg orders is not supported yet")


def test_legs_are_listed_inside_their_entry_when_nested_is_asked_for(desk):
    entry = desk.submit(type="limit", limit_price=440.0, order_class="oto", stop_loss={"stop_price": 430.0})
    (plain,) = desk.trading.get_orders()
    assert (plain.id, plain.legs) == (entry.id, None)
    (whole,) = desk.trading.get_orders(GetOrdersRequest(nested=True))
    assert [leg.id for leg in whole.legs] == [entry.legs[0].id]
