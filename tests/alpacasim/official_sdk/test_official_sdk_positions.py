"""The official SDK reads positions and closes them, whole, in part and all at once."""

from __future__ import annotations

import pytest
from alpaca.trading.enums import OrderStatus, PositionIntent, PositionSide
from alpaca.trading.models import FailedClosePositionDetails, Order
from alpaca.trading.requests import ClosePositionRequest


def test_a_long_and_a_short_position_carry_their_signs(desk):
    desk.submit()
    desk.submit(symbol="QQQ", side="sell")
    desk.admin("trade", symbol="SPY", price=451.0)
    short, long = desk.trading.get_all_positions()
    assert (long.symbol, long.side, long.qty, long.qty_available) == ("SPY", PositionSide.LONG, "10", "10")
    assert (long.market_value, long.cost_basis, long.unrealized_pl) == ("4510", "4500.5", "9.5")
    assert (long.current_price, long.lastday_price, long.avg_entry_price) == ("451", "450", "450.05")
    assert float(long.unrealized_plpc) == pytest.approx(9.5 / 4500.5)
    assert float(long.change_today) == pytest.approx(1 / 450)
    assert (short.symbol, short.side, short.qty) == ("QQQ", PositionSide.SHORT, "-10")
    assert float(short.market_value) < 0 > float(short.cost_basis)


def test_a_position_is_found_by_symbol_and_by_the_assets_id(desk):
    desk.submit()
    position = desk.trading.get_open_position("SPY")
    assert desk.trading.get_open_position(position.asset_id) == position


def test_open_exits_take_shares_out_of_what_is_available(desk):
    desk.submit()
    desk.submit(side="sell", qty=6, type="stop", stop_price=440.0)
    assert desk.trading.get_open_position("SPY").qty_available == "4"


@pytest.mark.parametrize(
    ("options", "sold", "left"),
    [({"qty": "3"}, "3", "7"), ({"qty": "0.5"}, "0.5", "9.5"), ({"percentage": "25"}, "2.5", "7.5")],
)
def test_a_part_of_a_position_is_closed_by_quantity_or_percentage(desk, options, sold, left):
    desk.submit()
    order = desk.trading.close_position("SPY", ClosePositionRequest(**options))
    assert (order.qty, order.side, order.position_intent) == (sold, "sell", PositionIntent.SELL_TO_CLOSE)
    assert desk.trading.get_open_position("SPY").qty == left


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_whole_position_is_closed_with_a_market_order(desk, side):
    desk.submit(side=side)
    order = desk.trading.close_position("SPY")
    assert (order.type, order.qty, desk.now(order).status) == ("market", "10", OrderStatus.FILLED)
    assert desk.trading.get_all_positions() == []


def test_all_positions_are_closed_and_their_exits_canceled_when_that_is_asked_for(desk):
    desk.submit()
    stop = desk.submit(side="sell", type="stop", stop_price=440.0)
    desk.submit(symbol="QQQ", side="sell")
    answers = desk.trading.close_all_positions(cancel_orders=True)
    assert [(answer.symbol, answer.status) for answer in answers] == [("QQQ", 200), ("SPY", 200)]
    assert all(isinstance(answer.body, Order) for answer in answers)
    assert desk.now(stop).status is OrderStatus.CANCELED
    assert desk.trading.get_all_positions() == []


def test_a_position_whose_shares_are_held_is_the_one_that_is_not_closed(desk):
    desk.submit()
    desk.submit(side="sell", type="stop", stop_price=440.0)
    desk.submit(symbol="QQQ")
    closed, failed = desk.trading.close_all_positions()
    assert (closed.symbol, closed.status) == ("QQQ", 200)
    assert (failed.symbol, failed.status) == ("SPY", 403)
    assert isinstance(failed.body, FailedClosePositionDetails)
    assert (failed.body.code, failed.body.held_for_orders, failed.body.available) == (40310000, 10.0, 0.0)
    error = desk.refused(desk.trading.close_position, "SPY")
    assert error.message == "insufficient qty available for order (requested: 10, available: 0)"


def test_there_is_nothing_to_close_where_there_is_no_position(desk):
    for ask in (desk.trading.get_open_position, desk.trading.close_position):
        error = desk.refused(ask, "SPY")
        assert (error.status_code, error.code, error.message) == (404, 40410000, "position does not exist")
    assert desk.trading.close_all_positions(cancel_orders=True) == []


def test_after_the_close_a_closing_order_waits_for_the_next_open(desk):
    desk.submit()
    desk.step(389)
    assert desk.trading.close_position("SPY").status is OrderStatus.ACCEPTED
