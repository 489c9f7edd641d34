"""What bars become on the tape: their dates are New York's, by the time zone database, and a session is a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.backtest.model import BacktestConfig, Bars, Signals
from fluxherod.backtest.tape import Laid, lay_out, new_york_days
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS
from fluxherod.core.jit import RowArray
from fluxherod.core.risk.request import MAX_QUANTITY

NEW_YORK = ZoneInfo("America/New_York")
FIRST = 1_704_067_200 * 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MIDNIGHTS = st.dates(date(1971, 1, 1), date(2036, 12, 31)).map(
    lambda day: datetime(day.year, day.month, day.day, tzinfo=NEW_YORK).astimezone(UTC)
)
AROUND_ONE, ALL_DAY = st.integers(-3, 3), st.integers(0, 86_400)
TIMES = st.tuples(MIDNIGHTS, st.one_of(AROUND_ONE, ALL_DAY)).map(lambda pair: pair[0] + timedelta(seconds=pair[1]))


def ns_of(times: list[datetime]) -> RowArray:
    return np.array([(time - EPOCH) // timedelta(microseconds=1) * 1_000 for time in times], np.int64)


def new_york_dates(times: list[datetime]) -> list[date]:
    """The oracle: a time at a time, by the time zone database."""
    return [time.astimezone(NEW_YORK).date() for time in times]


def dates(days: RowArray) -> list[date]:
    return [EPOCH.date() + timedelta(days=int(day)) for day in days]


def flat_bars(symbol: str, start_ns: RowArray) -> Bars:
    price = np.full(len(start_ns), 100.0)
    return Bars(symbol, start_ns, price, price, price, price, np.ones(len(start_ns), np.int64))


def dates_of(laid: Laid, s: int) -> list[date]:
    """The session of each bar of a symbol, as a date."""
    rows = slice(laid.tape.first[s], laid.tape.last[s])
    return dates(laid.sessions.day[laid.tape.session[rows]])


@given(st.lists(TIMES, max_size=30), st.booleans())
def test_a_time_is_on_the_date_that_the_time_zone_database_says_in_any_order(
    times: list[datetime], rising: bool
) -> None:
    times = sorted(times) if rising else times
    assert dates(new_york_days(ns_of(times))) == new_york_dates(times)


@given(st.lists(st.lists(TIMES, max_size=20, unique=True).map(sorted), min_size=1, max_size=3))
def test_without_a_calendar_the_sessions_are_the_dates_of_all_symbols_and_each_bar_is_in_its_own(
    symbols: list[list[datetime]],
) -> None:
    given = [flat_bars(chr(ord("A") + s), ns_of(times)) for s, times in enumerate(symbols)]
    laid = lay_out(given, BacktestConfig(timeframe_ns=MINUTE_NS))
    assert dates(laid.sessions.day) == sorted({day for times in symbols for day in new_york_dates(times)})
    for s, times in enumerate(symbols):
        assert dates_of(laid, s) == new_york_dates(times)


def test_bars_that_go_back_in_time_are_left_out_and_open_no_session_twice() -> None:
    start = datetime(2024, 3, 8, 15, tzinfo=UTC)
    times = [start + timedelta(days=day) for day in (0, 1, 0, 2, 1, 3)]
    laid = lay_out([flat_bars("A", ns_of(times))], BacktestConfig(timeframe_ns=HOUR_NS))
    assert laid.rejected == {"time_goes_back": 2}
    assert dates(laid.sessions.day) == dates_of(laid, 0) == [date(2024, 3, day) for day in (8, 9, 10, 11)]


def test_signals_of_more_shares_than_an_order_may_have_are_refused() -> None:
    bars = flat_bars("A", FIRST + HOUR_NS * np.arange(2))
    side, nothing = np.array([1, 0], np.int8), np.zeros(2, np.bool_)
    lay_out([bars], BacktestConfig(), {"A": Signals(side, nothing, np.array([MAX_QUANTITY, 0]))})
    with pytest.raises(ValueError, match="signals of A: quantity = 10000001: allowed is at most 10000000"):
        lay_out([bars], BacktestConfig(), {"A": Signals(side, nothing, np.array([MAX_QUANTITY + 1, 0]))})
