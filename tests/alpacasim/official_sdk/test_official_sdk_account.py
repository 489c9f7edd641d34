"""The official SDK reads the account, the clock, the calendar and the assets."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from alpaca.trading.enums import AccountStatus, AssetClass, AssetExchange, AssetStatus
from alpaca.trading.models import TradeActivity
from alpaca.trading.requests import GetAssetsRequest, GetCalendarRequest, GetPortfolioHistoryRequest

NEW_YORK = ZoneInfo("America/New_York")


def test_the_account_is_parsed_and_balances(desk):
    desk.submit(qty=100)
    desk.submit(symbol="QQQ", side="sell", qty=50)
    account = desk.trading.get_account()
    assert account.status is AccountStatus.ACTIVE
    cash, long, short = (float(getattr(account, name)) for name in ("cash", "long_market_value", "short_market_value"))
    assert (long, short) == (45_000.0, -20_000.0)
    assert float(account.equity) == float(account.portfolio_value) == cash + long + short
    assert (account.currency, account.multiplier, account.shorting_enabled) == ("USD", "2", True)
    blocks = (account.trading_blocked, account.transfers_blocked, account.account_blocked)
    assert blocks == (False, False, False)
    assert account.pattern_day_trader is account.daytrade_count is account.daytrading_buying_power is None


def test_the_clock_tells_new_yorks_time_before_within_and_after_a_session(early_desk):
    before = early_desk.trading.get_clock()
    assert not before.is_open
    assert before.timestamp == datetime(2024, 1, 4, 9, 29, tzinfo=NEW_YORK)
    assert before.timestamp.utcoffset().total_seconds() == -5 * 3600
    early_desk.step()
    within = early_desk.trading.get_clock()
    assert within.is_open
    assert within.next_open == datetime(2024, 1, 5, 9, 30, tzinfo=NEW_YORK)
    early_desk.step(389)
    after = early_desk.trading.get_clock()
    assert not after.is_open
    assert after.next_close == datetime(2024, 1, 5, 16, 0, tzinfo=NEW_YORK)


def test_the_calendar_has_half_days_and_no_holidays(early_desk):
    week = GetCalendarRequest(start=date(2024, 11, 25), end=date(2024, 11, 29))
    days = early_desk.trading.get_calendar(week)
    assert [day.date.day for day in days] == [25, 26, 27, 29]
    assert [day.close for day in days[-2:]] == [datetime(2024, 11, 27, 16, 0), datetime(2024, 11, 29, 13, 0)]  # noqa: DTZ001


def test_an_asset_is_found_by_symbol_and_by_id(early_desk):
    asset = early_desk.trading.get_asset("SPY")
    assert early_desk.trading.get_asset(asset.id) == asset
    assert isinstance(asset.id, UUID)
    assert (asset.asset_class, asset.status, asset.tradable) == (AssetClass.US_EQUITY, AssetStatus.ACTIVE, True)
    assert (asset.shortable, asset.easy_to_borrow, asset.fractionable) == (True, True, True)


@pytest.mark.parametrize(
    ("wanted", "symbols"),
    [
        (GetAssetsRequest(), ["QQQ", "SPY"]),
        (GetAssetsRequest(status=AssetStatus.ACTIVE, asset_class=AssetClass.US_EQUITY), ["SPY"]),
        (GetAssetsRequest(status=AssetStatus.INACTIVE), ["QQQ"]),
        (GetAssetsRequest(asset_class=AssetClass.CRYPTO), []),
        (GetAssetsRequest(exchange=AssetExchange.OTC), []),
    ],
)
def test_assets_are_listed_by_status_class_and_exchange(early_desk, wanted, symbols):
    early_desk.admin("asset", symbol="QQQ", tradable=False)
    assert [asset.symbol for asset in early_desk.trading.get_all_assets(wanted)] == symbols


def test_the_configuration_is_read_and_set(desk):
    settings = desk.trading.get_account_configurations()
    assert (settings.no_shorting, settings.suspend_trade, settings.max_margin_multiplier) == (False, False, "2")
    settings.no_shorting = True
    assert desk.trading.set_account_configurations(settings).no_shorting is True
    assert desk.trading.get_account().shorting_enabled is False
    assert desk.refused(desk.submit, side="sell").message == "account is not allowed to short"
    settings.no_shorting, settings.suspend_trade = False, True
    desk.trading.set_account_configurations(settings)
    assert desk.trading.get_account().trade_suspended_by_user is True
    assert desk.refused(desk.submit).status_code == 403


def test_portfolio_history_is_the_equity_curve_in_the_steps_that_were_asked_for(desk):
    desk.submit(qty=100)
    desk.step(20)
    minutes = desk.trading.get_portfolio_history(GetPortfolioHistoryRequest(period="1D", timeframe="1Min"))
    assert (minutes.base_value, minutes.equity[0], minutes.equity[1]) == (100_000.0, 100_000.0, 99_995.0)
    assert (minutes.profit_loss[-1], len(minutes.timestamp)) == (-5.0, 21)
    assert desk.trading.get_portfolio_history(GetPortfolioHistoryRequest(period="1D")).timeframe == "1Min"
    assert desk.trading.get_portfolio_history(GetPortfolioHistoryRequest(period="2W")).timeframe == "15Min"
    quarters = desk.trading.get_portfolio_history(GetPortfolioHistoryRequest(period="1D", timeframe="15Min"))
    assert [second % 900 for second in quarters.timestamp] == [0]
    desk.step(370)
    days = desk.trading.get_portfolio_history()
    assert (days.timeframe, days.equity) == ("1D", [99_995.0])


def test_fill_activities_parse_into_the_sdks_model_and_page_by_the_last_id(desk):
    desk.admin("fills", symbol="SPY", fills=[{"price": 450.1, "qty": 4}, {"price": 450.2}])
    order = desk.submit()
    query = {"direction": "asc", "page_size": 1}
    account = desk.trading.get_account().id  # the model is the Broker API's, which tells it with each activity
    pages = []
    while page := desk.trading.get("/account/activities/FILL", query):
        pages.extend(TradeActivity(account_id=account, **one) for one in page)
        query["page_token"] = page[-1]["id"]
    assert [(one.type.value, one.price, one.qty, one.cum_qty, one.leaves_qty) for one in pages] == [
        ("partial_fill", 450.1, 4.0, 4.0, 6.0),
        ("fill", 450.2, 6.0, 10.0, 0.0),
    ]
    assert {one.order_id for one in pages} == {order.id}
