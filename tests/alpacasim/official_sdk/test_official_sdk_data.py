"""The official SDK reads bars with pages, latest data and snapshots."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from alpaca.common.enums import Sort
from alpaca.data.enums import Adjustment, DataFeed
from alpaca.data.requests import (
    StockBarsRequest,
    StockLatestBarRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockSnapshotRequest,
)
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit

from alpacasim.calendar import Calendar

JANUARY_2 = datetime(2024, 1, 2, tzinfo=UTC)


def bars(desk, symbols="SPY", timeframe=TimeFrame.Minute, **query):
    return desk.data.get_stock_bars(StockBarsRequest(symbol_or_symbols=symbols, timeframe=timeframe, **query)).data


def test_minute_bars_of_two_days_and_two_symbols_come_whole_over_several_pages(desk):
    found = bars(desk, ["SPY", "QQQ"], start=JANUARY_2, end=datetime(2024, 1, 4, tzinfo=UTC))
    assert {symbol: len(part) for symbol, part in found.items()} == {"QQQ": 780, "SPY": 780}
    stamps = [bar.timestamp for bar in found["SPY"]]
    assert stamps == sorted(set(stamps))
    first = found["SPY"][0]
    assert first.timestamp == datetime(2024, 1, 2, 14, 30, tzinfo=UTC)
    assert (first.open, first.high, first.low, first.close) == (450.0, 450.01, 449.99, 450.0)
    assert (first.volume, first.trade_count, first.vwap) == (1000.0, 10.0, 450.0)


def test_more_bars_than_two_pages_hold_are_fetched_page_by_page(open_desk, make_tape):
    days = [session.day for session in Calendar().sessions(date(2023, 10, 2), date(2024, 1, 3))]
    desk = open_desk(make_tape({"SPY": 450.0}, tuple(days)))
    found = bars(desk, start=datetime(2023, 10, 2, tzinfo=UTC))["SPY"]
    assert len({bar.timestamp for bar in found}) == len(found) > 2 * 10_000


def test_the_limit_is_a_total_and_the_sort_may_be_descending(desk):
    newest = bars(desk, start=JANUARY_2, limit=3, sort=Sort.DESC)["SPY"]
    assert [bar.timestamp.minute for bar in newest] == [30, 59, 58]


@pytest.mark.parametrize(
    ("timeframe", "count", "volume"),
    [
        (TimeFrame(5, TimeFrameUnit.Minute), 78, 5_000),
        (TimeFrame(15, TimeFrameUnit.Minute), 26, 15_000),
        (TimeFrame.Hour, 7, 30_000),
        (TimeFrame.Day, 1, 390_000),
    ],
)
def test_coarser_bars_are_made_of_the_minutes(desk, timeframe, count, volume):
    found = bars(desk, timeframe=timeframe, start=JANUARY_2, end=datetime(2024, 1, 2, 23, tzinfo=UTC))
    assert (len(found["SPY"]) if timeframe.unit_value is not TimeFrameUnit.Day else 1) == count
    day = bars(desk, timeframe=timeframe, start=datetime(2024, 1, 2, 5, tzinfo=UTC), limit=1)["SPY"]
    assert day[0].volume == volume


def test_feed_adjustment_and_currency_are_understood(desk):
    query = {"feed": DataFeed.IEX, "adjustment": Adjustment.SPLIT, "currency": "USD", "asof": "2024-01-04"}
    assert len(bars(desk, start=datetime(2024, 1, 4, tzinfo=UTC), **query)["SPY"]) == 1


def test_a_symbol_without_data_is_absent_and_no_error(desk):
    assert bars(desk, ["ABCD"], start=JANUARY_2) == {}
    assert set(bars(desk, ["ABCD", "SPY"], start=JANUARY_2)) == {"SPY"}


def test_a_timeframe_that_does_not_exist_is_a_400_without_a_code(desk):
    error = desk.refused(desk.data.get, "/stocks/bars", {"symbols": "SPY", "timeframe": "60Min"})
    assert (error.status_code, error.message) == (400, "invalid timeframe: 60Min")
    with pytest.raises(KeyError):
        _ = error.code


def test_the_latest_bar_trade_and_quote_are_those_of_now(desk):
    both = {"symbol_or_symbols": ["SPY", "QQQ", "ABCD"], "feed": DataFeed.IEX}
    latest = desk.data.get_stock_latest_bar(StockLatestBarRequest(**both))
    assert {symbol: bar.close for symbol, bar in latest.items()} == {"SPY": 450.0, "QQQ": 400.0}
    assert latest["SPY"].timestamp == datetime(2024, 1, 4, 14, 30, tzinfo=UTC)
    desk.admin("trade", symbol="SPY", price=451.5, size=7)
    trade = desk.data.get_stock_latest_trade(StockLatestTradeRequest(**both))["SPY"]
    assert (trade.price, trade.size, trade.exchange) == (451.5, 7.0, "V")
    desk.admin("quote", symbol="SPY", bid=451.4, ask=451.6, bid_size=3, ask_size=4)
    quote = desk.data.get_stock_latest_quote(StockLatestQuoteRequest(**both))["SPY"]
    assert (quote.bid_price, quote.bid_size, quote.ask_price, quote.ask_size) == (451.4, 3.0, 451.6, 4.0)


def test_a_side_that_nobody_quotes_has_the_price_zero(desk):
    desk.admin("quote", symbol="SPY", bid=450.0, ask=0)
    quote = desk.data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="SPY"))["SPY"]
    assert (quote.bid_price, quote.ask_price) == (450.0, 0.0)


def test_a_snapshot_holds_the_five_newest_things(desk):
    found = desk.data.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=["SPY", "ABCD"]))
    assert found.keys() == {"SPY"}
    snapshot = found["SPY"]
    assert (snapshot.latest_trade.price, snapshot.latest_quote.ask_price) == (450.0, 450.05)
    assert (snapshot.minute_bar.volume, snapshot.daily_bar.volume) == (1000.0, 1000.0)
    assert snapshot.previous_daily_bar.timestamp == datetime(2024, 1, 3, 5, tzinfo=UTC)
