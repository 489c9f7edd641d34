"""Alpaca's refusals, each with its status, its code and its text."""

from __future__ import annotations

import pytest

from alpacasim.orders import Status
from alpacasim.requests import parse_order
from alpacasim.rules import buying_power_e4, held_shares

BRACKET = {"order_class": "bracket", "take_profit": {"limit_price": "460"}, "stop_loss": {"stop_price": "440"}}
LIMIT = {"type": "limit", "limit_price": "450.00"}


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"qty": None}, 40010001, "qty or notional is required"),
        ({"notional": "100"}, 40010001, "only one of qty or notional is accepted"),
        ({"qty": "0"}, 40010001, "qty must be > 0"),
        ({"qty": "-1"}, 40010001, "qty must be > 0"),
        ({"side": "hold"}, 40010001, "invalid side"),
        ({"type": "iceberg"}, 40010001, "invalid order type"),
        ({"time_in_force": "gtd"}, 40010001, "invalid time_in_force"),
        ({"type": "limit"}, 40010001, "limit orders require a limit price"),
        ({"type": "stop"}, 40010001, "stop orders require a stop price"),
        ({"limit_price": "450"}, 40010001, "market orders require no stop or limit price"),
        ({"symbol": "NOPE"}, 42210000, 'asset "NOPE" not found'),
        ({"qty": "0.5", "time_in_force": "gtc"}, 42210000, "fractional orders must be DAY orders"),
        ({"qty": "0.5", "side": "sell"}, 42210000, "fractional orders cannot be sold short"),
        (
            {"type": "limit", "limit_price": "290.123"},
            42210000,
            "invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria",
        ),
        ({"extended_hours": True}, 42210000, "extended hours order must be DAY or GTC limit orders"),
        ({"order_class": "bracket"}, 42210000, "bracket orders require take_profit.limit_price"),
        (
            {"order_class": "bracket", "take_profit": {"limit_price": "440"}, "stop_loss": {"stop_price": "441"}},
            42210000,
            "take_profit.limit_price must be greater than stop_loss.stop_price",
        ),
        (
            {**LIMIT, "order_class": "oto", "stop_loss": {"stop_price": "450.00"}},
            42210000,
            "stop_loss.stop_price must be <= base_price - 0.01",
        ),
        ({**BRACKET, "time_in_force": "ioc"}, 42210000, "bracket orders must be DAY or GTC orders"),
        ({"order_class": "oto"}, 42210000, "oto orders require either take_profit or stop_loss"),
        ({"client_order_id": "x" * 129}, 40010001, "client_order_id must be no more than 128 characters"),
    ],
)
def test_an_order_that_is_wrong_in_itself_is_refused_with_its_text(desk, fields, code, message):
    refusal = desk.refused(**fields)
    assert (refusal.http_status, refusal.code, refusal.message) == (422, code, message)
    assert desk.take_events() == []


def test_a_body_that_is_no_object_is_malformed():
    refusal = parse_order([1])
    assert (refusal.http_status, refusal.code, refusal.message) == (400, 40010000, "request body format is invalid")


def test_numbers_and_strings_are_both_understood(desk):
    order = desk.order(qty=10, type="limit", limit_price=440.1)
    assert (order.quantity_e9, order.limit_e4) == (10 * 10**9, 4_401_000)


def test_prices_below_a_dollar_may_have_four_decimals(desk):
    assert desk.order(type="limit", limit_price="0.1234").limit_e4 == 1234


def test_a_client_order_id_is_unique_for_ever(desk):
    order = desk.order(client_order_id="mine", **{**LIMIT, "limit_price": "440"})
    desk.cancel(order)
    refusal = desk.refused(client_order_id="mine")
    assert (refusal.http_status, refusal.code, refusal.message) == (422, 40010001, "client_order_id must be unique")


def test_more_than_the_position_cannot_be_sold(desk):
    desk.order(qty="2")
    refusal = desk.refused(qty="5", side="sell")
    assert refusal.body() == {
        "code": 40310000,
        "message": "insufficient qty available for order (requested: 5, available: 2)",
        "available": "2",
        "existing_qty": "2",
        "held_for_orders": "0",
        "symbol": "SPY",
    }
    assert refusal.http_status == 403


def test_shares_that_a_stop_holds_are_not_available(desk):
    desk.order()
    desk.order(side="sell", type="stop", stop_price="440", time_in_force="gtc")
    assert desk.refused(side="sell").extra["held_for_orders"] == "10"


def test_a_short_cannot_be_turned_by_one_order(desk):
    desk.order(side="sell")
    assert desk.refused(qty="11").message.startswith("insufficient qty available")


def test_an_order_that_opened_when_it_was_placed_does_not_turn_a_later_position(desk):
    short = desk.order(side="sell", type="limit", limit_price="455", qty="30")
    desk.order(type="limit", limit_price="449", qty="10")
    desk.trade(448.00)
    desk.trade(456.00)
    assert (short.status, short.filled_e9) == (Status.CANCELED, 10 * 10**9)
    assert desk.shares == 0


def test_a_bracket_holds_its_shares_once(desk):
    desk.order(**BRACKET)
    assert held_shares(desk.exchange, "SPY").held_e9 == 10 * 10**9


@pytest.mark.parametrize(
    ("existing", "new", "reason"),
    [
        ({"side": "sell", "type": "stop", "stop_price": "440"}, {}, "opposite side market/stop order exists"),
        (
            {"side": "sell", **LIMIT, "limit_price": "460"},
            {},
            "opposite side limit order exists. use complex/limit/stop_limit orders",
        ),
        (
            {"side": "sell", **LIMIT, "limit_price": "460"},
            {**LIMIT, "limit_price": "461"},
            "opposite side limit order exists",
        ),
    ],
)
def test_an_order_against_an_own_open_order_is_a_wash_trade(desk, existing, new, reason):
    other = desk.order(time_in_force="gtc", **existing)
    refusal = desk.refused(**new)
    assert (refusal.http_status, refusal.code) == (403, 40310000)
    assert refusal.message == "potential wash trade detected. use complex orders"
    assert refusal.extra == {"existing_order_id": other.id, "reject_reason": reason}


def test_limit_orders_that_do_not_cross_may_stand_on_both_sides(desk):
    desk.order(**{**LIMIT, "limit_price": "460"}, side="sell")
    assert desk.order(**{**LIMIT, "limit_price": "440"}).status is Status.NEW


def test_more_than_the_buying_power_is_refused_with_both_figures(desk):
    refusal = desk.refused(qty="445")
    assert refusal.body() == {
        "code": 40310000,
        "message": "insufficient buying power",
        "buying_power": "200000",
        "cost_basis": "205260.8335",
    }


def test_buying_power_is_twice_the_equity_less_exposure_and_open_orders(desk):
    desk.order(qty="100")
    desk.order(**{**LIMIT, "limit_price": "440"}, qty="50")
    equity = 100_000 - 1.00
    assert buying_power_e4(desk.exchange) == round((2 * equity - 45_000 - 22_000) * 10_000)


def test_a_closing_order_needs_no_buying_power(desk):
    desk.order(qty="430")
    assert desk.order(qty="430", side="sell").status is Status.FILLED


def test_a_short_takes_three_percent_more_than_the_ask(desk):
    refusal = desk.refused(qty="440", side="sell")
    assert refusal.extra["cost_basis"] == "203944.532"


def test_an_asset_that_is_not_shortable_is_never_shorted(desk):
    desk.exchange.markets["SPY"].shortable = False
    assert desk.refused(side="sell").message == 'asset "SPY" cannot be sold short'


def test_a_hard_to_borrow_asset_takes_day_orders_only(desk):
    desk.exchange.markets["SPY"].easy_to_borrow = False
    message = "only day orders are allowed for hard-to-borrow asset SPY"
    assert desk.refused(side="sell", time_in_force="gtc").message == message
    assert desk.order(side="sell").status is Status.FILLED


def test_an_account_without_shorting_is_told_so(desk):
    desk.exchange.account.shorting_enabled = False
    refusal = desk.refused(side="sell")
    assert (refusal.http_status, refusal.message) == (403, "account is not allowed to short")


def test_an_inactive_asset_is_refused(desk):
    desk.exchange.markets["SPY"].tradable = False
    refusal = desk.refused()
    assert (refusal.code, refusal.message) == (40010001, "asset SPY is not active")


def test_a_bracket_is_an_entry_and_an_oco_is_an_exit(desk):
    oco = {**LIMIT, "order_class": "oco", "stop_loss": {"stop_price": "440"}, "side": "sell"}
    assert desk.refused(**oco).message == "oco orders must be exit orders"
    desk.order()
    short = {"order_class": "bracket", "take_profit": {"limit_price": "440"}, "stop_loss": {"stop_price": "460"}}
    assert desk.refused(side="sell", **short).message == "bracket orders must be entry orders"


def test_closing_a_position_that_does_not_exist_is_not_found(desk):
    refusal = desk.exchange.closing_request("SPY")
    assert (refusal.http_status, refusal.code, refusal.message) == (404, 40410000, "position does not exist")


def test_orders_that_wait_for_the_open_count_against_the_buying_power(desk):
    desk.exchange.close_session(desk.now_ns)
    desk.order(qty="200")
    assert desk.refused(qty="300").message == "insufficient buying power"


@pytest.mark.parametrize("price", ["1e30", "1e400", "1e999999", "1000000000", 1e30])
@pytest.mark.parametrize("name", ["limit_price", "take_profit", "qty", "notional", "trail_percent"])
def test_a_number_beyond_all_reason_is_refused(desk, name, price):
    fields = {
        "limit_price": {"type": "limit", "limit_price": price},
        "take_profit": {**BRACKET, "take_profit": {"limit_price": price}},
        "qty": {"qty": price},
        "notional": {"qty": None, "notional": price},
        "trail_percent": {"type": "trailing_stop", "trail_percent": price},
    }[name]
    refusal = desk.refused(**fields)
    assert (refusal.http_status, refusal.code) == (422, 40010001)


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"trail_price": "1"}, 40010001, "market orders require no trail_price or trail_percent"),
        ({**LIMIT, "trail_percent": "1"}, 40010001, "limit orders require no trail_price or trail_percent"),
        ({**LIMIT, "stop_price": "440"}, 40010001, "limit orders require no stop price"),
        ({**LIMIT, "type": "stop", "stop_price": "460"}, 40010001, "stop orders require no limit price"),
        ({"stop_loss": {"stop_price": "440"}}, 42210000, "simple orders must not have take_profit or stop_loss"),
        ({"take_profit": {"limit_price": "460"}}, 42210000, "simple orders must not have take_profit or stop_loss"),
    ],
)
def test_what_an_order_has_no_use_for_is_refused(desk, fields, code, message):
    refusal = desk.refused(**fields)
    assert (refusal.http_status, refusal.code, refusal.message) == (422, code, message)


@pytest.mark.parametrize(("given", "meant"), [("false", False), ("true", True), (None, False), (True, True)])
def test_extended_hours_given_as_a_text_mean_what_it_says(desk, given, meant):
    assert desk.order(**{**LIMIT, "limit_price": "440"}, extended_hours=given).extended_hours is meant


def test_extended_hours_that_are_no_truth_value_are_malformed(desk):
    assert desk.refused(**LIMIT, extended_hours="maybe").http_status == 400
