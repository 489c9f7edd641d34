"""Whatever arrives, a reader gives sound values or its one error, and what it gives can be journaled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import pytest
from adapters.alpaca.conftest import ORDER
from adapters.alpaca.test_frames import BAND, BAR, QUOTE, STATUS
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.adapters.alpaca import frames, wire
from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.core.types import Bar, BrokerAccount, BrokerOrder
from fluxherod.engine import codec
from fluxherod.engine.events import (
    AssetsLoaded,
    BarsReceived,
    BarsRevised,
    BrokerSnapshot,
    CalendarLoaded,
    Event,
    HistoryLoaded,
    OrderReported,
    QuotesReceived,
    SplitsLoaded,
    StatusesReceived,
    SubmitAnswered,
)

REST_BAR = {key: value for key, value in BAR.items() if key not in ("T", "S")}
LEG = ORDER | {"id": "leg", "type": "stop", "stop_price": "440.5", "status": "held"}
ACCOUNT = {"id": "a", "cash": "1000.5", "equity": "1200", "last_equity": "1100", "buying_power": "2000"} | {
    "status": "ACTIVE",
    "multiplier": "2",
    "shorting_enabled": True,
    "trading_blocked": False,
}
POSITION = {"symbol": "SPY", "qty": "-12", "side": "short", "avg_entry_price": "451.2833"}
ASSET = {"symbol": "SPY", "class": "us_equity", "status": "active", "tradable": True, "shortable": True}
DAY = {"date": "2024-11-29", "open": "09:30", "close": "13:00", "session_open": "0400", "session_close": "1700"}
SPLIT = {"symbol": "SPY", "new_rate": 7, "old_rate": 1, "ex_date": "2024-06-10"}
UPDATE = {"event": "fill", "price": "451.28", "qty": "5", "timestamp": "2024-01-02T15:00:02Z", "execution_id": "e"}
NO_ACCOUNT = BrokerAccount("a", 0, 0, 0, 0, 1, False, False)


def history(body: bytes) -> list[Event]:
    return [HistoryLoaded(symbol, tuple(bars), 0) for symbol, bars in wire.decode_bars(body)[0].items()]


def market_frame(body: bytes) -> list[Event]:
    frame = frames.decode_market_frame(body)
    statuses = StatusesReceived(frame.statuses, frame.bands)
    return [BarsReceived(frame.bars), BarsRevised(frame.revised), QuotesReceived(frame.quotes), statuses]


def trade_frame(body: bytes) -> list[Event]:
    message = frames.decode_trade_frame(body)
    return [message.event] if isinstance(message, frames.TradeUpdate) else []


def silent(read: Callable[[bytes], object]) -> Callable[[bytes], list[Event]]:
    """A reader whose value travels in no event."""

    def reading(body: bytes) -> list[Event]:
        read(body)
        return []

    return reading


def snapshot(account: BrokerAccount = NO_ACCOUNT, positions: Any = (), orders: Any = ()) -> list[Event]:
    return [BrokerSnapshot(0, account, tuple(positions), tuple(orders))]


# What each reader reads, and the events that its values travel in.
READERS: dict[str, tuple[object, Callable[[bytes], list[Event]]]] = {
    "order": (ORDER | {"legs": [LEG]}, lambda body: [OrderReported("new", wire.decode_order(body))]),
    "orders": ([ORDER, LEG], lambda body: snapshot(orders=wire.decode_orders(body))),
    "legs": (ORDER | {"order_class": "oto"}, silent(wire.legs_missing)),
    "account": (ACCOUNT, lambda body: snapshot(wire.decode_account(body))),
    "positions": ([POSITION], lambda body: snapshot(positions=wire.decode_positions(body))),
    "asset": (ASSET, lambda body: [AssetsLoaded((wire.decode_asset(body),))]),
    "assets": ([ASSET], lambda body: [AssetsLoaded(tuple(wire.decode_assets(body)))]),
    "calendar": ([DAY, DAY], lambda body: [CalendarLoaded(wire.decode_calendar(body))]),
    "clock": ({"time_ns": 5, "rate": 1.0}, silent(wire.decode_exchange_clock)),
    "bars": ({"bars": {"SPY": [REST_BAR]}, "next_page_token": "x"}, history),
    "latest": ({"bars": {"SPY": REST_BAR}}, silent(wire.decode_latest_minutes)),
    "splits": (
        {"corporate_actions": {"forward_splits": [SPLIT], "reverse_splits": None}, "next_page_token": None},
        lambda body: [SplitsLoaded(tuple(wire.decode_splits(body)[0]))],
    ),
    "market frame": ([BAR, BAR | {"T": "u"}, QUOTE, STATUS, BAND], market_frame),
    "trade frame": ({"stream": "trade_updates", "data": UPDATE | {"order": ORDER}}, trade_frame),
    "authorization": ({"stream": "authorization", "data": {"status": "authorized", "message": "m"}}, trade_frame),
}
# A no must be readable whatever it is: these have no error.
REFUSAL = {"code": 40310000, "message": "insufficient buying power", "reject_reason": "why"}

ODD_NUMBERS = [1e308, -1e308, 1e-300, 2**63, 2**64, -(2**63) - 1, 10**14, 0]
ODD_TEXTS = [
    *("1e999999999", "1e-999999999", "-0", "NaN", "Infinity", "9999-12-31T23:59:59Z"),
    *("0001-01-01T00:00:00+23:59", "2024-01-02T15:00:99Z", "0930", "24:00"),
]
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(ODD_NUMBERS)
texts = st.text(max_size=12) | st.sampled_from(ODD_TEXTS)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: object) -> Any:
    """The value with another one at a place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


def check(read: Callable[[bytes], list[Event]], body: bytes) -> None:
    """Sound values, or the one error."""
    try:
        events = read(body)
    except WireError:
        return
    for event in events:
        assert codec.decode_event(*codec.encode_event(event)) == event


@pytest.mark.parametrize("name", READERS)
def test_a_recorded_shape_is_read(name: str) -> None:
    shape, read = READERS[name]
    read(json.dumps(shape).encode())


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_field_may_be_null_or_anything_else(name: str, data: st.DataObject) -> None:
    shape, read = READERS[name]
    for path in data.draw(st.lists(st.sampled_from(list(places(shape))), min_size=1, max_size=2)):
        try:
            shape = changed(shape, path, data.draw(st.none() | values))
        except (KeyError, IndexError, TypeError):
            continue  # the second place went with the first
    check(read, json.dumps(shape).encode())


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25, deadline=None)
@given(values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60))
def test_any_body_is_read_or_is_an_error_of_the_wire(name: str, body: bytes) -> None:
    check(READERS[name][1], body)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("deep", ['{"T":' * 50_000, "[" * 50_000 + "]" * 50_000], ids=["open", "closed"])
def test_a_body_without_a_bottom_is_an_error_of_the_wire(name: str, deep: str) -> None:
    with pytest.raises(WireError):
        READERS[name][1](deep.encode())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_refusal_is_read_whatever_it_is(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(places(REFUSAL))))
    body = json.dumps(changed(REFUSAL, path, data.draw(values))).encode()
    for content in (body, data.draw(st.binary(max_size=40)), b"[" * 50_000):
        refusal = wire.decode_refusal(403, content)
        event = SubmitAnswered("id", refusal=refusal)
        assert codec.decode_event(*codec.encode_event(event)) == event
        assert isinstance(wire.is_error_object(content), bool)
        assert isinstance(wire.refuses_credentials(403, content), bool)


# Which fields of the wire each field of an order is read from.
SOURCES = {
    "broker_id": {"id"},
    "order_type": {"type", "order_type", "limit_price"},
    "quantity": {"qty"},
    "filled_quantity": {"filled_qty"},
    "filled_value_e4": {"filled_avg_price", "filled_qty"},
    "limit_price_e4": {"limit_price"},
    "stop_price_e4": {"stop_price"},
    "submitted_ns": {"submitted_at", "created_at"},
    "updated_ns": {"updated_at"},
    "reason": {"reason", "reject_reason"},
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*ORDER, "a_new_field"]), values)
def test_a_field_that_is_odd_changes_no_other_field_of_an_order(field: str, value: object) -> None:
    whole = wire.decode_order(json.dumps(ORDER).encode())
    try:
        odd = wire.decode_order(json.dumps(ORDER | {field: value}).encode())
    except WireError:
        return
    for one in fields(BrokerOrder):
        if field not in SOURCES.get(one.name, {one.name}):
            assert getattr(odd, one.name) == getattr(whole, one.name)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*BAR, "new"]), values)
def test_a_message_that_is_odd_changes_no_other_message_of_its_frame(field: str, value: object) -> None:
    frame = frames.decode_market_frame(json.dumps([BAR, QUOTE | {field: value}, BAR | {field: value}, BAR]).encode())
    (whole,) = frames.decode_market_frame(json.dumps([BAR]).encode()).bars
    assert [bar for bar in frame.bars if bar == whole][:2] == [whole, whole]
    assert all(type(bar) is Bar and type(bar.volume) is int for bar in frame.bars)
    assert all(0 <= price <= 10_000_000 for quote in frame.quotes for price in (quote.bid, quote.ask))
