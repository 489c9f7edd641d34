"""The official SDK reads trades and quotes of the past, and asks the screener."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alpaca.common.enums import Sort
from alpaca.data.enums import MostActivesBy
from alpaca.data.historical.screener import ScreenerClient
from alpaca.data.requests import (
    MarketMoversRequest,
    MostActivesRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockQuotesRequest,
    StockTradesRequest,
)

JANUARY_2 = datetime(2024, 1, 2, tzinfo=UTC)
OPEN = datetime(2024, 1, 4, 14, 30, tzinfo=UTC)


def trades(desk, symbols="SPY", **query):
    return desk.data.get_stock_trades(StockTradesRequest(symbol_or_symbols=symbols, **query)).data


def quotes(desk, symbols="SPY", **query):
    return desk.data.get_stock_quotes(StockQuotesRequest(symbol_or_symbols=symbols, **query)).data


def test_the_trades_and_quotes_of_the_past_are_those_of_the_streams(early_desk, streams):
    listener = streams.market(early_desk, trades="SPY,QQQ", quotes="SPY")
    early_desk.step(3)
    streamed = listener.take(3 * (2 * 4 + 1))
    printed = [one for one in streamed if hasattr(one, "price")]
    found = trades(early_desk, ["SPY", "QQQ"], start=OPEN)
    key = lambda one: (one.symbol, one.timestamp, one.price, one.size, one.id, one.conditions, one.exchange)  # noqa: E731
    assert sorted(map(key, found["SPY"] + found["QQQ"])) == sorted(map(key, printed))
    quoted = [one.model_dump() for one in streamed if hasattr(one, "bid_price")]
    kept = [one.model_dump() for one in quotes(early_desk, start=OPEN)["SPY"]]
    assert len(quoted) == 3
    assert [one for one in quoted if one not in kept] == []


def test_the_newest_of_each_is_the_latest(desk):
    newest = trades(desk, start=OPEN, limit=1, sort=Sort.DESC)["SPY"]
    assert newest == [desk.data.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols="SPY"))["SPY"]]
    quoted = quotes(desk, start=OPEN, limit=1, sort=Sort.DESC)["SPY"]
    assert quoted == [desk.data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="SPY"))["SPY"]]


@pytest.mark.parametrize("ask", [trades, quotes])
@pytest.mark.parametrize("sort", [Sort.ASC, Sort.DESC])
def test_what_many_pages_hold_comes_whole_and_in_order(open_desk, make_tape, ask, sort):
    days = (datetime(2024, 1, day).date() for day in (2, 3, 4))  # noqa: DTZ001 - a date
    desk = open_desk(make_tape({"QQQ": 400.0, "SPY": 450.0, "XLF": 40.0, "XLK": 200.0}, tuple(days)))
    found = ask(desk, ["SPY", "QQQ", "XLF", "XLK"], start=JANUARY_2, sort=sort)
    assert {symbol: len(of) for symbol, of in found.items()} == dict.fromkeys(["QQQ", "SPY", "XLF", "XLK"], 2 * 1560)
    stamps = [one.timestamp for one in found["XLK"]]
    assert stamps == sorted(set(stamps), reverse=sort is Sort.DESC)


def test_the_limit_is_a_total_over_all_symbols(desk):
    found = trades(desk, ["SPY", "QQQ"], start=JANUARY_2, limit=5000)
    assert {symbol: len(of) for symbol, of in found.items()} == {"QQQ": 3124, "SPY": 1876}


def test_a_symbol_without_trades_is_absent_and_no_error(desk):
    assert trades(desk, ["ABCD"], start=JANUARY_2) == {}
    assert quotes(desk, ["ABCD"], start=JANUARY_2) == {}


def test_the_screener_names_the_most_active_and_those_that_moved(desk):
    screener = ScreenerClient("PKDEMO", "demo-secret", url_override=desk.stage.url)
    desk.admin("trade", symbol="SPY", price=459.0)
    desk.admin("trade", symbol="QQQ", price=396.0)
    desk.admin("bar", symbol="QQQ", open=396, high=396, low=396, close=396, volume=5000)
    active = screener.get_most_actives(MostActivesRequest(by=MostActivesBy.VOLUME, top=1))
    assert [(one.symbol, one.volume, one.trade_count) for one in active.most_actives] == [("QQQ", 5000.0, 50.0)]
    assert active.last_updated == datetime(2024, 1, 4, 14, 31, tzinfo=UTC)
    moved = screener.get_market_movers(MarketMoversRequest(top=5))
    (up,), (down,) = moved.gainers, moved.losers
    assert (up.symbol, up.price, up.change, up.percent_change) == ("SPY", 459.0, 9.0, 2.0)
    assert (down.symbol, down.price, down.change, down.percent_change) == ("QQQ", 396.0, -4.0, -1.0)
