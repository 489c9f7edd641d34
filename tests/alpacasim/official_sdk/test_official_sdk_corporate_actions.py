"""The official SDK is told of splits and dividends, and finds its position changed by them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from alpaca.data.enums import Adjustment, CorporateActionsType
from alpaca.data.requests import CorporateActionsRequest, StockBarsRequest, StockLatestQuoteRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.enums import OrderStatus
from alpaca.trading.models import NonTradeActivity
from alpaca.trading.requests import GetCorporateAnnouncementsRequest

EVENING = "2024-01-04T21:00:05Z"
JANUARY = {"start": date(2024, 1, 1), "end": date(2024, 1, 31)}


@pytest.fixture
def told(desk):
    def ask(**query):
        return desk.actions.get_corporate_actions(CorporateActionsRequest(**query)).data

    return ask


def announce_split(desk, new_rate=3, old_rate=1):
    kind = "forward_split" if new_rate > old_rate else "reverse_split"
    rates = {"new_rate": new_rate, "old_rate": old_rate}
    desk.admin("corporate-action", type=kind, symbol="SPY", ex_date="2024-01-05", **rates)


def activities(desk, kind):
    account = desk.trading.get_account().id
    return [NonTradeActivity(account_id=account, **one) for one in desk.trading.get(f"/account/activities/{kind}")]


def test_they_are_told_by_type_symbol_and_day(desk, told):
    split = {"new_rate": 7, "old_rate": 1, "ex_date": "2024-01-08"}
    desk.admin("corporate-action", type="forward_split", symbol="SPY", **split)
    desk.admin("corporate-action", type="reverse_split", symbol="QQQ", new_rate=1, old_rate=10, ex_date="2024-01-09")
    desk.admin("corporate-action", type="cash_dividend", symbol="SPY", rate=1.57, ex_date="2024-01-10")
    assert {kind: len(found) for kind, found in told(**JANUARY).items()} == {
        "forward_splits": 1, "reverse_splits": 1, "cash_dividends": 1,
    }  # fmt: skip
    (found,) = told(symbols=["SPY"], types=[CorporateActionsType.FORWARD_SPLIT], **JANUARY)["forward_splits"]
    assert (found.symbol, found.new_rate, found.old_rate, found.ex_date) == ("SPY", 7.0, 1.0, date(2024, 1, 8))
    assert told(ids=[str(found.id)]).keys() == {"forward_splits"}
    assert told(start=date(2024, 1, 9), end=date(2024, 1, 9)).keys() == {"reverse_splits"}
    assert told() == {}


def test_many_are_told_over_several_pages(desk):
    for day in range(5, 13):
        desk.admin("corporate-action", type="cash_dividend", symbol="SPY", rate=0.5, ex_date=f"2024-02-{day:02}")
    query = {"start": "2024-02-01", "end": "2024-02-29", "limit": 3}
    days = []
    while True:
        page = desk.actions.get("/corporate-actions", query)
        days.append([one["ex_date"][-2:] for one in page["corporate_actions"]["cash_dividends"]])
        if page["next_page_token"] is None:
            break
        query["page_token"] = page["next_page_token"]
    assert days == [["05", "06", "07"], ["08", "09", "10"], ["11", "12"]]


def test_a_split_multiplies_the_position_in_the_night_and_leaves_its_value(desk):
    announce_split(desk)
    desk.submit()
    assert desk.trading.get_open_position("SPY").qty == "10"
    desk.admin("step", until=EVENING)
    position = desk.trading.get_open_position("SPY")
    assert (position.qty, position.market_value, position.cost_basis) == ("30", "4500", "4500.5")
    assert (position.current_price, position.avg_entry_price, position.unrealized_pl) == ("150", "150.016667", "-0.5")
    assert (position.lastday_price, position.change_today) == ("150", "0")
    quote = desk.data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="SPY"))["SPY"]
    assert (quote.bid_price, quote.ask_price) == (149.9833, 150.0167)
    (entry,) = activities(desk, "SPLIT")
    assert (entry.symbol, entry.qty, entry.net_amount) == ("SPY", 20.0, 0.0)
    desk.admin("step", until="2024-01-05T15:00:00Z")
    assert desk.trading.get_open_position("SPY").qty == "30"


def test_a_reverse_split_divides_a_short_position(desk):
    announce_split(desk, 1, 10)
    desk.submit(side="sell", qty=20)
    desk.admin("step", until=EVENING)
    position = desk.trading.get_open_position("SPY")
    assert (position.qty, position.current_price, position.market_value) == ("-2", "4500", "-9000")


def test_a_resting_stop_keeps_its_price_and_quantity_over_a_split(desk):
    announce_split(desk)
    desk.submit()
    stop = desk.submit(side="sell", type="stop", stop_price=440.0, time_in_force="gtc")
    desk.admin("step", until=EVENING)
    kept = desk.now(stop)
    assert (kept.status, kept.stop_price, kept.qty) == (OrderStatus.NEW, "440", "10")


def test_bars_are_adjusted_for_a_split_from_its_day_on_when_that_is_asked_for(desk):
    announce_split(desk)

    def close_and_volume(adjustment, timeframe=TimeFrame.Minute, day=3):
        start = datetime(2024, 1, day, 5, tzinfo=UTC)
        query = StockBarsRequest(
            symbol_or_symbols="SPY", timeframe=timeframe, start=start, limit=1, adjustment=adjustment
        )
        (bar,) = desk.data.get_stock_bars(query)["SPY"]
        return bar.close, bar.volume

    assert close_and_volume(Adjustment.SPLIT) == (450.0, 1000.0)
    desk.admin("step", until="2024-01-05T14:31:00Z")
    desk.admin("bar", symbol="SPY", open=150, high=151, low=149, close=150.5, volume=70)
    assert close_and_volume(Adjustment.SPLIT, day=5) == (150.5, 70.0)
    assert close_and_volume(Adjustment.RAW) == (450.0, 1000.0)
    assert close_and_volume(Adjustment.SPLIT) == close_and_volume(Adjustment.ALL) == (150.0, 3000.0)
    assert close_and_volume(Adjustment.SPLIT, TimeFrame.Day) == (150.0, 1_170_000.0)


@pytest.mark.parametrize(
    ("adjustment", "close"), [("raw", 450.0), ("split", 450.0), ("dividend", 445.5), ("all", 445.5)]
)
def test_bars_are_adjusted_for_a_dividend_by_its_share_of_the_last_close(desk, adjustment, close):
    desk.admin("corporate-action", type="cash_dividend", symbol="SPY", rate=4.5, ex_date="2024-01-05")
    desk.admin("step", until="2024-01-05T14:31:00Z")
    desk.admin("bar", symbol="SPY", open=446, high=447, low=445, close=446.5, volume=70)
    query = {"symbol_or_symbols": "SPY", "timeframe": TimeFrame.Day, "adjustment": Adjustment(adjustment)}
    start = datetime(2024, 1, 2, 5, tzinfo=UTC)
    days = desk.data.get_stock_bars(StockBarsRequest(**query, start=start))["SPY"]
    assert [day.close for day in days] == [close, close, close, 446.5]
    assert [day.volume for day in days] == [390_000.0, 390_000.0, 390_000.0, 70.0]


def test_adjustments_may_be_combined_and_multiply(early_desk):
    desk = early_desk
    announce_split(desk)
    desk.admin("corporate-action", type="cash_dividend", symbol="SPY", rate=4.5, ex_date="2024-01-04")
    desk.admin("step", until="2024-01-05T14:31:00Z")
    query = {"symbols": "SPY", "timeframe": "1Day", "start": "2024-01-03", "end": "2024-01-04"}

    def closes(adjustment):
        answer = desk.data.get("/stocks/bars", {**query, "adjustment": adjustment})
        return [bar["c"] for bar in answer["bars"]["SPY"]]

    assert closes("dividend") == [445.5, 450.0]
    assert closes("split") == [150.0, 150.0]
    assert closes("split,dividend") == closes("all") == [148.5, 150.0]
    assert closes("spin-off") == closes("raw") == [450.0, 450.0]


@pytest.mark.parametrize(("side", "paid"), [("buy", 15.7), ("sell", -15.7)])
def test_a_dividend_is_paid_to_a_long_position_and_by_a_short_one(desk, side, paid):
    desk.admin("corporate-action", type="cash_dividend", symbol="SPY", rate=1.57, ex_date="2024-01-05")
    desk.submit(side=side)
    before = float(desk.trading.get_account().cash)
    desk.admin("step", until=EVENING)
    assert float(desk.trading.get_account().cash) == pytest.approx(before + paid)
    (entry,) = activities(desk, "DIV")
    assert (entry.net_amount, entry.per_share_amount, entry.date) == (paid, 1.57, date(2024, 1, 4))


def test_all_activities_are_one_list_newest_first(desk):
    announce_split(desk)
    desk.submit()
    desk.admin("step", until=EVENING)
    kinds = [one["activity_type"] for one in desk.trading.get("/account/activities")]
    assert kinds == ["SPLIT", "FILL"]
    assert [one["activity_type"] for one in desk.trading.get("/account/activities/FILL")] == ["FILL"]


# The trading API's older way to ask


def announcements(desk, kinds, **query):
    given = {"since": date(2024, 1, 1), "until": date(2024, 3, 1), **query}
    with pytest.warns(DeprecationWarning, match="get_corporate_announcements is deprecated"):
        return desk.trading.get_corporate_announcements(GetCorporateAnnouncementsRequest(ca_types=kinds, **given))


def test_announcements_are_told_by_type_symbol_and_day(desk):
    assert announcements(desk, ["split", "dividend"]) == []
    split = {"new_rate": 7, "old_rate": 1, "ex_date": "2024-01-08"}
    desk.admin("corporate-action", type="forward_split", symbol="SPY", **split)
    desk.admin("corporate-action", type="cash_dividend", symbol="QQQ", rate=0.75, ex_date="2024-01-09")
    (found,) = announcements(desk, ["split", "merger"])
    assert (found.ca_type, found.ca_sub_type, found.initiating_symbol) == ("split", "stock_split", "SPY")
    assert (found.new_rate, found.old_rate, found.cash, found.ex_date) == (7.0, 1.0, 0.0, date(2024, 1, 8))
    assert desk.trading.get_corporate_announcement_by_id(found.id) == found
    (paid,) = announcements(desk, ["dividend"], symbol="QQQ", until=date(2024, 1, 9))
    assert (paid.ca_sub_type, paid.cash) == ("cash", 0.75)
    assert announcements(desk, ["dividend"], symbol="SPY") == []
    assert announcements(desk, ["dividend"], until=date(2024, 1, 8)) == []


def test_an_announcement_that_is_not_there_or_not_well_asked_for_is_refused(desk):
    unknown = desk.refused(desk.trading.get_corporate_announcement_by_id, "00000000-0000-0000-0000-000000000000")
    assert (unknown.status_code, unknown.code) == (404, 40410000)
    path, query = "/corporate_actions/announcements", {"since": "2024-01-01", "until": "2024-06-01"}
    for wrong in ({}, {"ca_types": "gift"}, {"ca_types": "split", "since": "soon"}, {"ca_types": "split"}):
        error = desk.refused(desk.trading.get, path, {**query, **wrong})
        assert (error.status_code, error.code) == (422, 40010001)
