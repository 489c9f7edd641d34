"""Recorded frames of both streams."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

import pytest

from fluxherod.adapters.alpaca import frames
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.adapters.alpaca.wire import parse_time
from fluxherod.core.types import Bar, BrokerStatus, Quote, Side

BAR = {
    "T": "b",
    "S": "SPY",
    "o": 388.985,
    "h": 389.13,
    "l": 388.975,
    "c": 389.12,
    "v": 49378,
    "n": 461,
    "vw": 389.06,
    "t": "2021-02-22T19:15:00Z",
}
QUOTE = {
    "T": "q",
    "S": "SPY",
    "ax": "V",
    "ap": 389.2,
    "as": 100,
    "bx": "V",
    "bp": 389.1,
    "bs": 200,
    "c": ["R"],
    "z": "B",
    "t": "2021-02-22T19:15:01.123456789Z",
}
STATUS = {"T": "s", "S": "SPY", "sc": "H", "sm": "Trading Halt", "rc": "T12", "rm": "", "t": "2021-02-22T19:15:00Z"}
BAND = {"T": "l", "S": "SPY", "u": 3.4, "d": 3.1, "i": "B", "t": "2021-02-22T19:15:00Z", "z": "A"}


def text(*messages: object) -> str:
    return json.dumps(messages)


def test_one_frame_of_many_kinds_is_sorted_by_kind() -> None:
    later = {**QUOTE, "bp": 0, "t": "2021-02-22T19:15:02Z"}
    frame = frames.decode_market_frame(text(BAR, {**BAR, "T": "u"}, QUOTE, later, STATUS, BAND, {**BAR, "T": "d"}))
    assert [(bar.symbol, bar.start_ns, bar.close, bar.volume) for bar in frame.bars] == [
        ("SPY", parse_time("2021-02-22T19:15:00Z"), 389.12, 49378)
    ]
    assert frame.revised == frame.bars
    assert [(quote.bid, quote.ask, quote.time_ns) for quote in frame.quotes] == [
        (0.0, 389.2, parse_time("2021-02-22T19:15:02Z"))
    ]
    assert (frame.quote_count, len(frame.statuses), len(frame.bands), frame.control, frame.malformed) == (
        2,
        1,
        1,
        (),
        (),
    )


def test_an_older_quote_never_replaces_a_newer_one() -> None:
    older = {**QUOTE, "ap": 1.0, "t": "2021-02-22T19:15:00Z"}
    assert frames.decode_market_frame(text(QUOTE, older)).quotes[0].ask == 389.2


@pytest.mark.parametrize("unknown", [{"T": "z9", "S": "SPY"}, {"T": "t", "S": "SPY", "c": ["@"]}, {"no": "kind"}])
def test_an_unknown_kind_passes_and_costs_no_other_message(unknown: dict[str, Any]) -> None:
    frame = frames.decode_market_frame(text(BAR, unknown, QUOTE))
    assert (len(frame.bars), len(frame.quotes), frame.malformed) == (1, 1, ())


@pytest.mark.parametrize("change", [{"o": None}, {"o": "cheap"}, {"t": "noon"}, {"t": None}, {"S": 7}, {"v": 1e400}])
def test_a_broken_message_is_set_aside_with_its_text_and_costs_no_other(change: dict[str, Any]) -> None:
    body = text(BAR, {**BAR, **change}, QUOTE).replace("Infinity", "1e400")
    frame = frames.decode_market_frame(body)
    assert (len(frame.bars), len(frame.quotes), len(frame.malformed)) == (1, 1, 1)


@pytest.mark.parametrize("body", ["", "{}", "null", "<html>", b"\xff\x00"])
def test_a_frame_that_is_no_array_is_an_error_of_the_wire(body: str | bytes) -> None:
    with pytest.raises(WireError):
        frames.decode_market_frame(body)


def test_control_messages_are_read() -> None:
    error = frames.decode_market_frame('[{"T":"error","code":406,"msg":"connection limit exceeded"}]').control[0]
    assert isinstance(error, frames.StreamError)
    assert (error.code, error.msg) == (406, "connection limit exceeded")
    subscription = frames.decode_market_frame(
        '[{"T":"subscription","trades":[],"quotes":[],"bars":["SPY"],"updatedBars":[],"lulds":null,"new":[]}]'
    ).control[0]
    assert isinstance(subscription, frames.Subscription)
    assert subscription.bars == ["SPY"]


def test_eight_thousand_bars_in_one_frame_are_read_bit_for_bit() -> None:
    bars = [{**BAR, "S": f"S{number}", "c": 100 + number / 7} for number in range(8000)]
    frame = frames.decode_market_frame(text(*bars).encode())
    assert [bar.close for bar in frame.bars] == [bar["c"] for bar in bars]


def test_what_a_frame_gives_are_values_like_any_other() -> None:
    frame = frames.decode_market_frame(text(BAR, QUOTE))
    bar = Bar("SPY", parse_time(str(BAR["t"])), 388.985, 389.13, 388.975, 389.12, 49378)
    quote = Quote("SPY", parse_time(str(QUOTE["t"])), 389.1, 389.2)
    assert (frame.bars, frame.quotes) == ((bar,), (quote,))
    assert {*frame.bars, *frame.quotes} == {bar, quote}
    for read, built in ((frame.bars[0], bar), (frame.quotes[0], quote)):
        assert [type(value) for value in astuple(read)] == [type(value) for value in astuple(built)]


@pytest.mark.parametrize(("volume", "shares"), [("12", 12), ("12.0", 12), ("12.7", 12), ("0", 0), ("1e3", 1000)])
def test_a_volume_is_whole_shares_however_it_is_written(volume: str, shares: int) -> None:
    (bar,) = frames.decode_market_frame(text(BAR).replace("49378", volume)).bars
    assert (bar.volume, type(bar.volume)) == (shares, int)


@pytest.mark.parametrize(
    ("code", "trading"),
    [("H", False), ("P", False), ("Q", False), ("T", True), ("2", False), ("3", True), ("4", False), ("1", False)]
    + [(code, None) for code in ("5", "7", "A", "E", "F", "?", "", None)],
)
def test_the_words_of_both_tapes_say_whether_a_symbol_trades_and_another_word_says_nothing(
    code: str | None, trading: bool | None
) -> None:
    (status,) = frames.decode_market_frame(text({**STATUS, "sc": code})).statuses
    assert (status.symbol, status.trading, status.time_ns) == ("SPY", trading, parse_time("2021-02-22T19:15:00Z"))


def test_a_halt_keeps_the_words_of_the_tape_and_its_codes() -> None:
    told = {**STATUS, "rm": "Information requested"}
    whole, bare = frames.decode_market_frame(
        text(told, {"T": "s", "S": "IBM", "sc": "H", "rc": None, "t": None})
    ).statuses
    assert whole.text == "Trading Halt: Information requested (H, T12)"
    assert (bare.symbol, bare.text, bare.trading, bare.time_ns) == ("IBM", "trading status (H)", False, 0)


def test_a_band_is_two_prices_and_a_missing_one_is_no_limit() -> None:
    bare = {"T": "l", "S": "IBM", "u": None, "d": 0}
    bands = frames.decode_market_frame(text(BAND, bare, {**BAND, "u": -1, "d": 1e300, "i": "?"})).bands
    assert [(band.symbol, band.low_e4, band.high_e4) for band in bands] == [
        ("SPY", 31_000, 34_000),
        ("IBM", 0, 0),
        ("SPY", 0, 0),
    ]
    assert (bands[0].time_ns, bands[1].time_ns) == (parse_time("2021-02-22T19:15:00Z"), 0)


@pytest.mark.parametrize("broken", [{"T": "s", "sc": "H"}, {**STATUS, "t": "noon"}, {**BAND, "u": "high"}, {"T": "l"}])
def test_a_status_or_band_that_can_not_be_read_is_told_and_costs_no_other_message(broken: dict[str, Any]) -> None:
    frame = frames.decode_market_frame(text(broken, BAR, STATUS))
    assert (len(frame.bars), len(frame.statuses), len(frame.malformed)) == (1, 1, 1)


@pytest.mark.parametrize("volume", ["9223372036854775808", "null", "true", '"12"'])
def test_a_volume_that_is_no_number_of_shares_costs_its_bar_alone(volume: str) -> None:
    frame = frames.decode_market_frame(text(BAR, BAR).replace("49378", volume, 1))
    assert (len(frame.bars), len(frame.malformed)) == (1, 1)


def test_a_side_without_a_price_is_no_quote_of_that_side() -> None:
    (quote,) = frames.decode_market_frame(text({**QUOTE, "bp": None})).quotes
    assert (quote.bid, quote.ask, type(quote.bid)) == (0.0, 389.2, float)


@pytest.mark.parametrize("broken", [{**BAR, "o": None}, {**BAR, "t": "noon"}, {**QUOTE, "t": "noon"}, {"T": "new"}])
def test_a_frame_reads_the_same_with_and_without_a_message_that_can_not_be_read(broken: dict[str, Any]) -> None:
    revised = {**BAR, "T": "u", "v": 3.5}
    whole = frames.decode_market_frame(text(BAR, QUOTE, revised, STATUS))
    mixed = frames.decode_market_frame(text(BAR, broken, QUOTE, revised, STATUS))
    assert (mixed.bars, mixed.revised, mixed.quotes, len(mixed.statuses)) == (
        whole.bars,
        whole.revised,
        whole.quotes,
        1,
    )


def update(order: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"stream": "trade_updates", "data": {"order": order, **fields}}).encode()


def test_a_fill_carries_its_execution_in_text_and_binary_frames(order_json: Any) -> None:
    order = order_json(status="filled", filled_qty="125", filled_avg_price="451.28", side="sell")
    body = update(
        order,
        event="fill",
        execution_id="ex-1",
        timestamp="2024-01-02T15:00:02.000000003Z",
        price="451.28",
        qty="100",
        position_qty="-100",
    )
    for frame in (body, body.decode()):
        message = frames.decode_trade_frame(frame)
        assert isinstance(message, frames.TradeUpdate)
        execution = message.event.execution
        assert execution is not None
        assert (execution.execution_id, execution.quantity, execution.price_e4) == ("ex-1", 100, 4_512_800)
        assert (execution.cumulative, execution.side, execution.position) == (125, Side.SELL, -100)
        assert execution.time_ns == message.time_ns == parse_time("2024-01-02T15:00:02.000000003Z")
        assert message.event.order.status is BrokerStatus.FILLED


@pytest.mark.parametrize("event", ["new", "canceled", "order_cancel_rejected", "an_event_of_next_year"])
def test_every_other_event_passes_with_its_own_word(order_json: Any, event: str) -> None:
    message = frames.decode_trade_frame(update(order_json(), event=event, timestamp="2024-01-02T15:00:02Z"))
    assert isinstance(message, frames.TradeUpdate)
    assert (message.event.event, message.event.execution) == (event, None)


@pytest.mark.parametrize(
    "body",
    [
        '{"stream":"trade_updates","data":null}',
        '{"stream":"trade_updates","data":{"event":"new","order":null}}',
        '{"stream":"news","data":{}}',
        "{}",
    ],
)
def test_a_frame_that_says_nothing_is_skipped(body: str) -> None:
    assert frames.decode_trade_frame(body) is None


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '{"stream":"trade_updates","data":{"event":"new","order":{"status":"new"}}}']
)
def test_a_frame_of_no_known_shape_is_an_error_of_the_wire(body: str) -> None:
    with pytest.raises(WireError):
        frames.decode_trade_frame(body)


def test_both_forms_of_authentication_and_their_answers() -> None:
    keys = Credentials("key", "secret")
    assert json.loads(frames.encode_authentication(keys)) == {"action": "auth", "key": "key", "secret": "secret"}
    assert json.loads(frames.encode_old_authentication(keys)) == {
        "action": "authenticate",
        "data": {"key_id": "key", "secret_key": "secret"},
    }
    yes = frames.decode_trade_frame('{"stream":"authorization","data":{"status":"authorized","action":"authenticate"}}')
    no = frames.decode_trade_frame('{"stream":"authorization","data":{"status":"unauthorized","action":"listen"}}')
    assert yes == frames.Authorization(True, "authorized")
    assert no == frames.Authorization(False, "unauthorized")


def test_a_secret_never_shows_in_a_repr() -> None:
    assert "hush" not in repr(Credentials("key", "hush"))
