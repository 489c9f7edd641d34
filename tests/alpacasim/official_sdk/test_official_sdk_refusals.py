"""Each documented error reaches the official SDK's user as an APIError with its status, code and message."""

from __future__ import annotations

import json
from types import SimpleNamespace
from uuid import uuid4

import pytest
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockBarsRequest, StockLatestQuoteRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import OrderRequest

ORDER = {"symbol": "SPY", "qty": 10, "side": "buy", "type": "market", "time_in_force": "day"}
LIMIT = {"type": "limit", "limit_price": 440.0}
BRACKET = {"order_class": "bracket", "take_profit": {"limit_price": 460.0}, "stop_loss": {"stop_price": 440.0}}


def told(error):
    return error.status_code, error.code, error.message


# Credentials


def test_a_wrong_key_is_401_without_a_code(desk):
    for client in (TradingClient, StockHistoricalDataClient):
        stranger = client("PKDEMO", "guess", url_override=desk.stage.url)
        error = desk.refused(stranger.get, "/account" if client is TradingClient else "/stocks/bars")
        assert (error.status_code, error.message) == (401, "unauthorized.")
        with pytest.raises(KeyError):
            _ = error.code


def test_without_credentials_the_proxy_answers_in_html(desk):
    stranger = TradingClient("PKDEMO", "demo-secret", url_override=desk.stage.url)
    stranger._get_auth_headers = dict
    error = desk.refused(stranger.get_account)
    assert error.status_code == 401
    assert "<html>" in str(error)
    with pytest.raises(json.JSONDecodeError):
        _ = error.code


def test_market_data_takes_basic_authorization_too(desk):
    client = StockHistoricalDataClient("PKDEMO", "demo-secret", use_basic_auth=True, url_override=desk.stage.url)
    assert client.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="SPY")).keys() == {"SPY"}
    wrong = StockHistoricalDataClient("PKDEMO", "guess", use_basic_auth=True, url_override=desk.stage.url)
    assert desk.refused(wrong.get, "/stocks/bars").status_code == 401


# Orders that are wrong in themselves


def test_a_body_that_is_no_object_is_malformed(desk):
    error = desk.refused(desk.trading.post, "/orders", [ORDER])
    assert told(error) == (400, 40010000, "request body format is invalid")


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"qty": None}, 40010001, "qty or notional is required"),
        ({"time_in_force": "gtd"}, 40010001, "invalid time_in_force"),
        ({"type": "iceberg"}, 40010001, "invalid order type"),
        ({"type": "limit"}, 40010001, "limit orders require a limit price"),
        ({"limit_price": 450.0}, 40010001, "market orders require no stop or limit price"),
        ({"qty": 0.5, "time_in_force": "gtc"}, 42210000, "fractional orders must be DAY orders"),
        ({"qty": 0.5, "side": "sell"}, 42210000, "fractional orders cannot be sold short"),
        ({"symbol": "NOPE"}, 42210000, 'asset "NOPE" not found'),
        (
            {"type": "limit", "limit_price": 290.123},
            42210000,
            "invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria",
        ),
        (
            {"type": "stop", "stop_price": 290.123},
            42210000,
            "invalid stop_price 290.123. sub-penny increment does not fulfill minimum pricing criteria",
        ),
        (
            {**BRACKET, "take_profit": {"limit_price": 439.0}},
            42210000,
            "take_profit.limit_price must be greater than stop_loss.stop_price",
        ),
        ({**BRACKET, "time_in_force": "ioc"}, 42210000, "bracket orders must be DAY or GTC orders"),
    ],
)
def test_an_order_that_is_wrong_in_itself_is_422(desk, changes, code, message):
    body = {name: value for name, value in {**ORDER, **changes}.items() if value is not None}
    assert told(desk.refused(desk.trading.post, "/orders", body)) == (422, code, message)


def test_the_sdks_own_request_model_sends_the_same_mistakes(desk):
    error = desk.refused(desk.trading.submit_order, OrderRequest(**{**ORDER, "type": "limit"}))
    assert told(error) == (422, 40010001, "limit orders require a limit price")


# Orders that the account, the asset or another order forbids


def test_a_client_order_id_is_unique_for_ever(desk):
    order = desk.submit(**LIMIT, client_order_id="mine")
    desk.trading.cancel_order_by_id(order.id)
    other = desk.submit(**LIMIT)
    for ask in (
        lambda: desk.submit(client_order_id="mine"),
        lambda: desk.replace(other, qty=5, client_order_id="mine"),
    ):
        assert told(desk.refused(ask)) == (422, 40010001, "client_order_id must be unique")


def test_more_than_the_buying_power_is_403_with_both_figures(desk):
    error = desk.refused(desk.submit, qty=1000)
    assert told(error) == (403, 40310000, "insufficient buying power")
    assert error.response.json()["buying_power"] == "200000"
    assert float(error.response.json()["cost_basis"]) > 450_000


def test_more_than_the_position_is_403_with_what_there_is(desk):
    desk.submit()
    desk.submit(side="sell", qty=6, type="stop", stop_price=440.0)
    error = desk.refused(desk.submit, side="sell", qty=5)
    assert told(error) == (403, 40310000, "insufficient qty available for order (requested: 5, available: 4)")
    extra = {"available": "4", "existing_qty": "10", "held_for_orders": "6", "symbol": "SPY"}
    assert extra.items() <= error.response.json().items()


@pytest.mark.parametrize(
    ("existing", "new", "reason"),
    [
        ({"type": "stop", "stop_price": 440.0}, {}, "opposite side market/stop order exists"),
        (
            {"type": "limit", "limit_price": 460.0},
            {},
            "opposite side limit order exists. use complex/limit/stop_limit orders",
        ),
        (
            {"type": "limit", "limit_price": 460.0},
            {"type": "limit", "limit_price": 461.0},
            "opposite side limit order exists",
        ),
    ],
)
def test_an_order_against_an_own_order_is_a_wash_trade(desk, existing, new, reason):
    order = desk.submit(side="sell", **existing)
    error = desk.refused(desk.submit, **new)
    assert told(error) == (403, 40310000, "potential wash trade detected. use complex orders")
    assert error.response.json()["existing_order_id"] == str(order.id)
    assert error.response.json()["reject_reason"] == reason


@pytest.mark.parametrize(
    ("asset", "fields", "expected"),
    [
        ({"shortable": False}, {"side": "sell"}, (422, 42210000, 'asset "SPY" cannot be sold short')),
        (
            {"easy_to_borrow": False},
            {"side": "sell", "time_in_force": "gtc"},
            (422, 42210000, "only day orders are allowed for hard-to-borrow asset SPY"),
        ),
        ({"tradable": False}, {}, (422, 40010001, "asset SPY is not active")),
        ({"fractionable": False}, {"qty": 0.5}, (422, 42210000, 'asset "SPY" is not fractionable')),
    ],
)
def test_what_the_asset_does_not_allow_is_refused(desk, asset, fields, expected):
    desk.admin("asset", symbol="SPY", **asset)
    assert told(desk.refused(desk.submit, **fields)) == expected


def test_an_order_must_do_what_it_says_it_intends(desk):
    error = desk.refused(desk.submit, side="sell", position_intent="sell_to_close")
    message = "position intent mismatch, inferred: sell_to_open, specified: sell_to_close"
    assert told(error) == (422, 42210000, message)
    desk.submit(position_intent="buy_to_open")
    desk.submit(side="sell", position_intent="sell_to_close")
    assert desk.trading.get_all_positions() == []
    unknown = desk.refused(desk.trading.post, "/orders", {**ORDER, "position_intent": "hope"})
    assert told(unknown) == (422, 40010001, "invalid position_intent")


def test_an_account_may_be_without_shorting(desk):
    desk.admin("account", shorting_enabled=False)
    error = desk.refused(desk.submit, side="sell")
    assert told(error) == (403, 40310000, "account is not allowed to short")


def test_brackets_are_entries_and_oco_pairs_are_exits(desk):
    desk.submit()
    exits = {"take_profit": {"limit_price": 440.0}, "stop_loss": {"stop_price": 460.0}}
    error = desk.refused(desk.submit, side="sell", order_class="bracket", **exits)
    assert told(error) == (422, 42210000, "bracket orders must be entry orders")
    error = desk.refused(desk.submit, symbol="QQQ", side="sell", type="limit", **{**BRACKET, "order_class": "oco"})
    assert told(error)[:2] == (422, 42210000)


# Orders and things that are gone


def test_a_filled_order_can_neither_be_canceled_nor_replaced(desk):
    order = desk.submit()
    expected = (422, 42210000, 'order is already in "filled" state')
    assert told(desk.refused(desk.trading.cancel_order_by_id, order.id)) == expected
    assert told(desk.refused(desk.replace, order, qty=20)) == expected


def test_a_canceled_order_can_not_be_replaced(desk):
    order = desk.submit(**LIMIT)
    desk.trading.cancel_order_by_id(order.id)
    assert told(desk.refused(desk.replace, order, qty=20)) == (422, 42210000, "order is not open")


def test_an_order_bought_by_value_cannot_be_replaced(early_desk):
    order = early_desk.submit(qty=None, notional=100.0)
    assert early_desk.refused(early_desk.replace, order, qty=20).code == 42210000


def test_an_order_that_waits_for_the_open_cannot_be_replaced(early_desk):
    error = early_desk.refused(early_desk.replace, early_desk.submit(**LIMIT), qty=20)
    assert told(error) == (422, 42210000, "cannot replace order in accepted status")


def test_what_does_not_exist_is_404(desk):
    unknown = uuid4()
    assert told(desk.refused(desk.trading.get_order_by_id, unknown)) == (
        404,
        40410000,
        f"order not found for {unknown}",
    )
    assert told(desk.refused(desk.trading.get_order_by_client_id, "no")) == (404, 40410000, "order not found for no")
    assert told(desk.refused(desk.trading.get_open_position, "SPY")) == (404, 40410000, "position does not exist")
    assert told(desk.refused(desk.trading.get_asset, "NOPE")) == (404, 40410000, "asset not found for NOPE")


# The plan, the rate limit and failing servers


def test_the_basic_plan_has_no_recent_sip_data(open_desk):
    desk = open_desk(plan="basic")
    desk.step(20)
    query = {"symbol_or_symbols": "SPY", "timeframe": TimeFrame.Minute, "feed": "sip"}
    for ask, request in (
        (desk.data.get_stock_bars, StockBarsRequest(**query)),
        (desk.data.get_stock_latest_quote, StockLatestQuoteRequest(symbol_or_symbols="SPY", feed="sip")),
    ):
        error = desk.refused(ask, request)
        assert (error.status_code, error.message) == (403, "subscription does not permit querying recent SIP data")
    old = StockBarsRequest(**query, start="2024-01-03T14:30:00Z", end="2024-01-04T14:35:00Z")
    assert len(desk.data.get_stock_bars(old)["SPY"]) == 396
    iex = StockBarsRequest(**{**query, "feed": "iex"}, start="2024-01-04T14:30:00Z")
    assert len(desk.data.get_stock_bars(iex)["SPY"]) == 20


class WallClock:
    """The wall's time, which the SDK's own waiting moves on."""

    def __init__(self, now_s: float = 1_700_000_040.0) -> None:
        self.now_s = now_s
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_s += seconds


def test_the_sdk_waits_out_the_rate_limit(open_desk, monkeypatch):
    wall = WallClock(1_700_000_035.0)
    monkeypatch.setattr("alpaca.common.rest.time", SimpleNamespace(sleep=wall.sleep))
    desk = open_desk(rate_limit=2, wall_s=lambda: wall.now_s)
    assert 60 - wall.now_s % 60 == 5
    for _ in range(3):
        desk.trading.get_clock()
    assert wall.waits == [3, 3]


def test_a_rate_limit_that_lasts_is_429_with_its_headers(open_desk, monkeypatch):
    wall = WallClock()
    monkeypatch.setattr("alpaca.common.rest.time", SimpleNamespace(sleep=wall.sleep))
    desk = open_desk(rate_limit=1, wall_s=lambda: wall.now_s)
    desk.trading.get_clock()
    error = desk.refused(desk.trading.get_clock)
    assert told(error) == (429, 42910000, "rate limit exceeded")
    headers = error.response.headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("1", "0")
    assert int(headers["X-RateLimit-Reset"]) == (int(wall.now_s) // 60 + 1) * 60
    assert wall.waits == [3, 3, 3]


def test_the_headers_of_the_rate_limit_are_on_refusals_too_and_count_both_hosts_apart(open_desk):
    desk = open_desk(rate_limit=10)
    bad_query = desk.refused(desk.data.get, "/stocks/bars", {"symbols": "SPY", "timeframe": "60Min"})
    bad_order = desk.refused(desk.trading.post, "/orders", {})
    assert [error.response.headers["X-RateLimit-Remaining"] for error in (bad_query, bad_order)] == ["9", "9"]


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (500, 50010000, "internal server error occurred"),
        (503, 50310000, "service unavailable"),
        (504, 50410000, "request timed out"),
    ],
)
@pytest.mark.parametrize("carried_out", [True, False])
def test_a_server_error_leaves_the_outcome_of_a_submission_open(desk, monkeypatch, status, code, message, carried_out):
    wall = WallClock()
    monkeypatch.setattr("alpaca.common.rest.time", SimpleNamespace(sleep=wall.sleep))
    desk.admin("fail", status=status, method="POST", path="/v2/orders", times=4, carried_out=carried_out)
    error = desk.refused(desk.submit, client_order_id="mine")
    assert told(error) == (status, code, message)
    # The SDK repeats a POST blindly after a 504: only a client order id keeps it from being doubled.
    assert wall.waits == ([3, 3, 3] if status == 504 else [])
    orders = desk.trading.get_orders()
    assert orders == []
    filled = desk.trading.get_all_positions()
    assert [position.qty for position in filled] == (["10"] if carried_out else [])


def test_a_failing_proxy_answers_in_html(desk):
    desk.admin("fail", status=503, html=True)
    error = desk.refused(desk.trading.get_account)
    assert error.status_code == 503
    with pytest.raises(json.JSONDecodeError):
        _ = error.message
    assert desk.trading.get_account().status == "ACTIVE"
