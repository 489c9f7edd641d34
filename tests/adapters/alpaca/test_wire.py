"""Recorded shapes of Alpaca's REST answers, read and written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.types import BrokerStatus, OrderType, Side, TimeInForce

NOON_NS = 1_704_207_600 * SECOND_NS  # 2024-01-02T15:00:00Z


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2024-01-02T15:00:00Z", NOON_NS),
        ("2024-01-02T15:00:00.123456789Z", NOON_NS + 123_456_789),
        ("2024-01-02T15:00:00.5Z", NOON_NS + 500_000_000),
        ("2024-01-02T10:00:00-05:00", NOON_NS),
        ("2024-01-02T10:00:00.000000001-05:00", NOON_NS + 1),
        ("2024-01-02T15:00:00+00:00", NOON_NS),
    ],
)
def test_a_time_is_read_to_the_nanosecond(text: str, ns: int) -> None:
    assert wire.parse_time(text) == ns


@pytest.mark.parametrize(
    "text",
    [
        *("", "2024-01-02", "2024-01-02T15:00:00", "yesterday at three o'clock", "2024-13-02T15:00:00Z"),
        *("2024-01-02T15:00:61Z", "2024-01-02T15:00: 5Z", "2024-01-02T15:00:-5Z", "2024-01-02T15:00:٣٣Z"),
        *("0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"),
    ],
)
def test_a_text_that_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(WireError):
        wire.parse_time(text)


@pytest.mark.parametrize("ns", [NOON_NS, NOON_NS + 1, NOON_NS + 120_000_000, NOON_NS - 1])
def test_a_written_time_reads_back(ns: int) -> None:
    assert wire.parse_time(wire.format_time(ns)) == ns


def test_a_recorded_order_is_read_with_its_exact_values(order_json: Any) -> None:
    order = wire.decode_order(
        encoded(order_json(filled_qty="25", filled_avg_price="451.2766666", status="partially_filled"))
    )
    assert (order.client_order_id, order.symbol, order.side) == ("e1-SPY-20240102-entry-1", "SPY", Side.BUY)
    assert (order.quantity, order.filled_quantity, order.filled_value_e4) == (125, 25, 112_819_167)
    assert (order.submitted_ns, order.updated_ns) == (NOON_NS + 123_456_789, NOON_NS + SECOND_NS)
    assert order.status is BrokerStatus.WORKING
    assert order.legs == ()


def test_numbers_may_be_numbers_or_strings(order_json: Any) -> None:
    text = order_json(qty="10", limit_price="450.48", type="limit")
    number = order_json(qty=10, limit_price=450.48, type="limit")
    assert wire.decode_order(encoded(text)) == wire.decode_order(encoded(number))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("new", BrokerStatus.WORKING),
        ("partially_filled", BrokerStatus.WORKING),
        ("filled", BrokerStatus.FILLED),
        ("done_for_day", BrokerStatus.DONE_FOR_DAY),
        ("canceled", BrokerStatus.CANCELED),
        ("expired", BrokerStatus.EXPIRED),
        ("replaced", BrokerStatus.REPLACED),
        ("pending_cancel", BrokerStatus.PENDING_CANCEL),
        ("pending_replace", BrokerStatus.PENDING_REPLACE),
        ("accepted", BrokerStatus.ACCEPTED),
        ("pending_new", BrokerStatus.ACCEPTED),
        ("accepted_for_bidding", BrokerStatus.ACCEPTED),
        ("pending_review", BrokerStatus.ACCEPTED),
        ("stopped", BrokerStatus.WORKING),
        ("rejected", BrokerStatus.REJECTED),
        ("suspended", BrokerStatus.SUSPENDED),
        ("calculated", BrokerStatus.WORKING),
        ("held", BrokerStatus.HELD),
        ("a_word_of_next_year", BrokerStatus.WORKING),
        (None, BrokerStatus.WORKING),
    ],
)
def test_every_status_is_read_and_an_unknown_one_is_never_an_end(
    order_json: Any, word: str | None, status: BrokerStatus
) -> None:
    assert wire.decode_order(encoded(order_json(status=word))).status is status


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("stop", OrderType.STOP),
        ("stop_limit", OrderType.STOP),
        ("trailing_stop", OrderType.STOP),
        ("limit", OrderType.LIMIT),
        ("market", OrderType.MARKET),
        ("new_kind", OrderType.MARKET),
    ],
)
def test_every_order_type_is_reduced_to_three(order_json: Any, word: str, kind: OrderType) -> None:
    assert wire.decode_order(encoded(order_json(type=word))).order_type is kind


@pytest.mark.parametrize(
    ("word", "force"),
    [("day", TimeInForce.DAY), ("gtc", TimeInForce.GTC), ("opg", None), (None, None), (7, None)],
)
def test_a_time_in_force_of_ours_is_read_and_any_other_is_not_known(
    order_json: Any, word: object, force: TimeInForce | None
) -> None:
    assert wire.decode_order(encoded(order_json(time_in_force=word))).time_in_force is force


def test_legs_are_nested_and_their_absence_is_noticed(order_json: Any) -> None:
    leg = order_json(id="leg-1", client_order_id="x", side="sell", type="stop", stop_price="443.25", status="held")
    whole = encoded(order_json(order_class="oto", legs=[leg]))
    order = wire.decode_order(whole)
    assert [(leg.broker_id, leg.status, leg.stop_price_e4) for leg in order.legs] == [
        ("leg-1", BrokerStatus.HELD, 4_432_500)
    ]
    assert not wire.legs_missing(whole)
    assert wire.legs_missing(encoded(order_json(order_class="oto")))
    assert not wire.legs_missing(encoded(order_json()))


def test_an_options_order_of_several_legs_does_not_hide_the_other_orders(order_json: Any) -> None:
    legs = [order_json(id=f"leg-{number}", symbol=f"SPY241220C0060{number}000") for number in range(2)]
    spread = order_json(id="spread", order_class="mleg", side=None, symbol=None, legs=legs)
    orders = wire.decode_orders(encoded([spread, order_json()]))
    assert [order.broker_id for order in orders] == ["leg-0", "leg-1", order_json()["id"]]


@pytest.mark.parametrize("number", ["1e999999999", 1e15, "-1e20", "NaN", True, [], {}])
def test_a_number_beyond_reason_is_an_error_of_the_wire(order_json: Any, number: object) -> None:
    with pytest.raises(WireError):
        wire.decode_order(encoded(order_json(qty=number or "x")))


def test_a_fraction_that_another_holds_is_not_rounded_away(order_json: Any) -> None:
    positions = wire.decode_positions(
        encoded(
            [
                {"symbol": "SPY", "qty": "0.25", "side": "long", "avg_entry_price": "450.1"},
                {"symbol": "IBM", "qty": "-134", "side": "short", "avg_entry_price": "185.48"},
            ]
        )
    )
    assert [(position.symbol, position.quantity) for position in positions] == [("SPY", 1), ("IBM", -134)]
    assert positions[1].average_price_e4 == 1_854_800
    assert wire.decode_order(encoded(order_json(qty=None, notional="100"))).quantity == 0


def test_an_order_without_an_id_is_an_error_of_the_wire(order_json: Any) -> None:
    for body in (encoded(order_json(id=None) | {"side": None}), b"null", b"[]", b"<html>", b"{}"):
        with pytest.raises(WireError):
            wire.decode_order(body)


def test_an_entry_with_a_stop_leg_goes_out_as_gtc_oto_with_decimal_strings() -> None:
    order = ApprovedOrder("id-1", "SPY", Side.BUY, OrderType.MARKET, TimeInForce.DAY, 44, leg_stop_e4=4_432_500)
    assert wire.encode_order(order) == {
        "client_order_id": "id-1",
        "symbol": "SPY",
        "side": "buy",
        "type": "market",
        "time_in_force": "gtc",
        "qty": "44",
        "order_class": "oto",
        "stop_loss": {"stop_price": "443.25"},
    }


def test_simple_orders_go_out_with_the_prices_of_their_type() -> None:
    limit = ApprovedOrder("a", "SPY", Side.BUY, OrderType.LIMIT, TimeInForce.DAY, 100, limit_price_e4=4_504_800)
    stop = ApprovedOrder("b", "F", Side.SELL, OrderType.STOP, TimeInForce.GTC, 7, stop_price_e4=9_876)
    assert wire.encode_order(limit) == {
        "client_order_id": "a",
        "symbol": "SPY",
        "side": "buy",
        "type": "limit",
        "time_in_force": "day",
        "qty": "100",
        "limit_price": "450.48",
    }
    assert wire.encode_order(stop) == {
        "client_order_id": "b",
        "symbol": "F",
        "side": "sell",
        "type": "stop",
        "time_in_force": "gtc",
        "qty": "7",
        "stop_price": "0.9876",
    }
    replacement = ApprovedReplacement("b2", "b", "broker-1", 7, 10_000)
    assert wire.encode_replacement(replacement) == {"client_order_id": "b2", "qty": "7", "stop_price": "1.00"}


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (422, b'{"code":40010001,"message":"qty is required"}', 40010001, "qty is required"),
        (401, b'{"message":"unauthorized."}', 0, "unauthorized."),
        (
            403,
            b'{"code":40310000,"message":"potential wash trade detected. use complex orders",'
            b'"existing_order_id":"x","reject_reason":"opposite side limit order exists"}',
            40310000,
            "potential wash trade detected. use complex orders: opposite side limit order exists",
        ),
        (
            403,
            b"<html>\r\n<head><title>403 Forbidden</title></head>\r\n",
            0,
            "<html> <head><title>403 Forbidden</title></head>",
        ),
        (500, b"", 0, ""),
        (500, b"\xff\xfe", 0, "\ufffd\ufffd"),
        (400, b"[1]", 0, "[1]"),
    ],
)
def test_a_refusal_is_read_whatever_its_body(status: int, body: bytes, code: int, message: str) -> None:
    refusal = wire.decode_refusal(status, body)
    assert (refusal.status, refusal.code, refusal.message) == (status, code, message)


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (401, b'{"message":"unauthorized."}', True),
        (401, b"<html>401 Authorization Required</html>", True),
        (403, b'{"message":"forbidden."}', True),
        (403, b'{"code":40310000,"message":"insufficient buying power"}', False),
        (403, b'{"message":"subscription does not permit querying recent SIP data"}', False),
        (403, b"<html>blocked</html>", False),
        (422, b'{"message":"forbidden."}', False),
    ],
)
def test_only_a_refusal_of_the_keys_is_one(status: int, body: bytes, refused: bool) -> None:
    assert wire.refuses_credentials(status, body) is refused


def test_the_account_needs_no_day_trading_fields_and_reads_strings() -> None:
    account = wire.decode_account(
        encoded(
            {
                "id": "acc",
                "status": "ACTIVE",
                "cash": "43590",
                "equity": "100000.00",
                "last_equity": "99999.9",
                "buying_power": "143590.12",
                "multiplier": "2",
                "shorting_enabled": True,
                "trading_blocked": False,
            }
        )
    )
    assert (account.cash_e4, account.equity_e4, account.last_equity_e4) == (435_900_000, 1_000_000_000, 999_999_000)
    assert (account.multiplier, account.shorting_enabled, account.blocked) == (2, True, False)


@pytest.mark.parametrize("change", [{"trading_blocked": True}, {"account_blocked": True}, {"status": "ACCOUNT_CLOSED"}])
def test_an_account_that_must_not_trade_is_blocked(change: dict[str, Any]) -> None:
    money = {"cash": "1", "equity": "1", "last_equity": "1", "buying_power": "1", "status": "ACTIVE"}
    assert wire.decode_account(encoded({**money, **change})).blocked


@pytest.mark.parametrize("equity", [None, "NaN", "Infinity", "much", {}])
def test_an_account_without_a_number_for_its_equity_is_an_error_of_the_wire(equity: object) -> None:
    with pytest.raises(WireError):
        wire.decode_account(encoded({"cash": "1", "equity": equity, "last_equity": "1", "buying_power": "1"}))


@pytest.mark.parametrize(("kind", "tradable"), [("us_equity", True), ("crypto", False), ("us_option", False)])
def test_only_a_us_equity_is_tradable(kind: str, tradable: bool) -> None:
    asset = wire.decode_asset(encoded({"symbol": "BTC/USD", "class": kind, "status": "active", "tradable": True}))
    assert (asset.found, asset.tradable) == (True, tradable)


@pytest.mark.parametrize(
    ("fields", "easy"),
    [
        ({"easy_to_borrow": True}, True),
        ({"borrow_status": "easy_to_borrow"}, True),
        ({}, False),
        ({"borrow_status": "hard_to_borrow", "easy_to_borrow": True}, False),
    ],
)
def test_either_form_of_the_borrow_status_is_read(fields: dict[str, Any], easy: bool) -> None:
    known = {"symbol": "SPY", "class": "us_equity", "status": "active", "tradable": True, "shortable": True}
    asset = wire.decode_asset(encoded(known | fields))
    assert (asset.found, asset.tradable, asset.shortable, asset.easy_to_borrow) == (True, True, True, easy)


def test_the_calendar_is_read_in_new_york_time_over_the_change_of_clocks() -> None:
    days = [
        {"date": "2024-11-01", "open": "09:30", "close": "16:00", "session_open": "0400", "session_close": "2000"},
        {"date": "2024-11-04", "open": "09:30", "close": "16:00"},
        {"date": "2024-11-29", "open": "09:30", "close": "13:00"},
    ]
    before, after, half = wire.decode_calendar(encoded(days))
    assert before.open_ns == wire.parse_time("2024-11-01T13:30:00Z")
    assert after.open_ns == wire.parse_time("2024-11-04T14:30:00Z")
    assert half.close_ns - half.open_ns == 210 * MINUTE_NS


def test_the_calendar_has_the_extended_hours_of_each_day_that_gives_them() -> None:
    regular = {"date": "2024-11-29", "open": "09:30", "close": "13:00"}
    extended = {"session_open": "0400", "session_close": "1700"}
    given, bare, null = wire.decode_calendar(
        encoded([regular | extended, regular, regular | {"session_open": None, "session_close": ""}])
    )
    assert (given.early_ns, given.late_ns) == (
        wire.parse_time("2024-11-29T09:00:00Z"),
        wire.parse_time("2024-11-29T22:00:00Z"),
    )
    assert (bare.early_ns, bare.late_ns) == (null.early_ns, null.late_ns) == (0, 0)


@pytest.mark.parametrize(
    "body",
    [{"bars": {}, "next_page_token": None}, {"bars": None, "next_page_token": None}, {"bars": {"SPY": None}}, {}],
)
def test_no_bars_are_no_error(body: object) -> None:
    bars, token = wire.decode_bars(encoded(body))
    assert (sum(map(len, bars.values())), token) == (0, None)


def test_bars_are_read_with_their_page_token_and_a_bar_without_a_price_is_left_out() -> None:
    row = {"t": "2024-01-02T15:00:00Z", "o": 450.5, "h": 451, "l": 450, "c": 450.75, "v": 1200, "n": 12, "vw": 450.6}
    bars, token = wire.decode_bars(encoded({"bars": {"SPY": [row, {**row, "c": None}]}, "next_page_token": "abc"}))
    assert token == "abc"
    assert [(bar.start_ns, bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars["SPY"]] == [
        (NOON_NS, 450.5, 451.0, 450.0, 450.75, 1200)
    ]
