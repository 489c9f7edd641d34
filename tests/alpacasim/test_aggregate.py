"""Minutes into the timeframes of Alpaca."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpacasim.aggregate import MINUTE, Bars, Timeframe, aggregate, parse_timeframe
from alpacasim.calendar import DAY_NS, MINUTE_NS, NEW_YORK, SECOND_NS, Calendar

CALENDAR = Calendar()


def ns(text: str) -> int:
    """An instant, in New York time where the text has no offset."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=NEW_YORK)
    return round(aware.timestamp()) * SECOND_NS


def minutes_from(*stretches: tuple[str, int]) -> Bars:
    """Minutes from each start on; prices count up by one."""
    starts = np.concatenate([ns(start) + np.arange(count) * MINUTE_NS for start, count in stretches])
    price = 100.0 + np.arange(len(starts))
    bars = np.zeros(len(starts), dtype=MINUTE)
    bars["t_ns"] = starts
    bars["open"], bars["close"], bars["vwap"] = price, price + 0.5, price + 0.25
    bars["high"], bars["low"] = price + 1.0, price - 1.0
    bars["volume"], bars["trades"] = 10, 2
    return bars


def starts_of(minutes: Bars, timeframe: str) -> list[int]:
    starts: list[int] = aggregate(minutes, parse_timeframe(timeframe), CALENDAR)["t_ns"].tolist()
    return starts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1Min", Timeframe(1, "minute")),
        ("59T", Timeframe(59, "minute")),
        ("1Hour", Timeframe(1, "hour")),
        ("23H", Timeframe(23, "hour")),
        ("1Day", Timeframe(1, "day")),
        ("1D", Timeframe(1, "day")),
        ("1Week", Timeframe(1, "week")),
        ("1W", Timeframe(1, "week")),
        ("12Month", Timeframe(12, "month")),
        ("3M", Timeframe(3, "month")),
    ],
)
def test_alpacas_timeframes_are_understood(text: str, expected: Timeframe) -> None:
    assert parse_timeframe(text) == expected


@pytest.mark.parametrize(
    "text", ["60Min", "0Min", "24Hour", "2Day", "2Week", "5Month", "1min", "Hour", "1 Min", "٣Min"]
)
def test_any_other_timeframe_is_refused_with_the_allowed_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"invalid timeframe .* allowed are 1Min to 59Min"):
        parse_timeframe(text)


def test_a_bar_has_the_first_open_the_extremes_the_last_close_and_the_sums() -> None:
    (bar,) = aggregate(minutes_from(("2008-10-01T10:00", 5)), parse_timeframe("5Min"), CALENDAR)
    assert (bar["open"], bar["high"], bar["low"], bar["close"]) == (100.0, 105.0, 99.0, 104.5)
    assert (bar["volume"], bar["trades"], bar["vwap"]) == (50, 10, 102.25)


def test_the_first_hour_of_a_session_is_the_half_hour_bar_stamped_nine() -> None:
    minutes = minutes_from(("2008-10-01T09:30", 390))
    assert starts_of(minutes, "1Hour") == [ns(f"2008-10-01T{hour:02}:00") for hour in range(9, 16)]
    assert aggregate(minutes, parse_timeframe("1Hour"), CALENDAR)["volume"].tolist() == [300] + [600] * 6


def test_intraday_bars_hold_extended_hours_and_daily_bars_do_not() -> None:
    minutes = minutes_from(("2008-10-01T08:58", 4), ("2008-10-01T09:30", 390), ("2008-10-01T16:00", 5))
    assert starts_of(minutes, "1Hour")[0] == ns("2008-10-01T08:00")
    (day,) = aggregate(minutes, parse_timeframe("1Day"), CALENDAR)
    assert (day["t_ns"], day["volume"], day["open"]) == (ns("2008-10-01T00:00"), 3900, 104.0)


def test_a_day_without_regular_minutes_has_no_daily_bar() -> None:
    assert starts_of(minutes_from(("2008-10-01T08:00", 10), ("2008-10-04T10:00", 10)), "1Day") == []


def test_daily_bars_are_stamped_at_new_york_midnight_on_both_sides_of_a_clock_change() -> None:
    minutes = minutes_from(("2008-03-07T09:30", 390), ("2008-03-10T09:30", 390))
    assert starts_of(minutes, "1Day") == [ns("2008-03-07T05:00:00+00:00"), ns("2008-03-10T04:00:00+00:00")]


def test_hours_are_cut_by_the_wall_clock_on_the_day_the_clocks_change() -> None:
    # Sunday, 9 March 2008: 01:59 EST is followed by 03:00 EDT. 4Hour bars begin at 00:00 and 04:00 of the wall.
    minutes = minutes_from(("2008-03-09T06:30:00+00:00", 120))
    assert starts_of(minutes, "1Hour") == [ns(f"2008-03-09T0{hour}:00:00+00:00") for hour in (6, 7, 8)]
    assert starts_of(minutes, "4Hour") == [ns("2008-03-09T00:00"), ns("2008-03-09T04:00")]


def test_the_repeated_hour_of_autumn_has_its_own_bars() -> None:
    # Sunday, 2 November 2008: 01:59 EDT (05:59Z) is followed by 01:00 EST (06:00Z).
    minutes = minutes_from(("2008-11-02T05:00:00+00:00", 120))
    assert starts_of(minutes, "1Hour") == [ns("2008-11-02T05:00:00+00:00"), ns("2008-11-02T06:00:00+00:00")]
    assert starts_of(minutes, "4Hour") == [ns("2008-11-02T00:00")]


def test_weeks_begin_on_monday_even_when_monday_is_a_holiday() -> None:
    minutes = minutes_from(("2008-08-29T09:30", 5), ("2008-09-02T09:30", 5), ("2008-09-05T15:00", 5))
    assert starts_of(minutes, "1Week") == [ns("2008-08-25T00:00"), ns("2008-09-01T00:00")]


@pytest.mark.parametrize(("timeframe", "month"), [("1Month", 5), ("2M", 5), ("3M", 4), ("6M", 1), ("12M", 1)])
def test_bars_of_months_begin_with_the_year(timeframe: str, month: int) -> None:
    assert starts_of(minutes_from(("2008-05-14T09:30", 5)), timeframe) == [ns(f"2008-{month:02}-01T00:00")]


def test_no_minutes_give_no_bars() -> None:
    assert starts_of(np.zeros(0, dtype=MINUTE), "1Hour") == []


@given(
    st.sets(st.integers(0, 3 * 1440 - 1), min_size=1, max_size=40),
    st.sampled_from(["1Min", "7Min", "15Min", "45Min", "1Hour", "4Hour", "23Hour"]),
    st.sampled_from(["2008-03-08T00:00", "2008-11-01T00:00", "2008-07-01T00:00"]),
)
def test_intraday_bars_neither_lose_nor_double_a_share(chosen: set[int], timeframe: str, first: str) -> None:
    minutes = minutes_from((first, 3 * 1440))[sorted(chosen)]
    bars = aggregate(minutes, parse_timeframe(timeframe), CALENDAR)
    assert int(bars["volume"].sum()) == 10 * len(chosen)
    assert (np.diff(bars["t_ns"]) > 0).all()
    assert bars["t_ns"][0] <= minutes["t_ns"][0]
    assert minutes["t_ns"][0] - bars["t_ns"][0] < DAY_NS
    assert bars["t_ns"][-1] <= minutes["t_ns"][-1]
