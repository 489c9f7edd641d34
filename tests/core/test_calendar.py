from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.calendar import (
    HOUR_NS,
    MINUTE_NS,
    NEW_YORK,
    Calendar,
    Session,
    from_datetime,
    minute_of_day,
    new_york_day,
    to_datetime,
)


def session(day: date, close_hour: int = 16) -> Session:
    begin = datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK)
    return Session(day.isoformat(), from_datetime(begin), from_datetime(begin.replace(hour=close_hour, minute=0)))


FRIDAY, HALF_DAY, MONDAY = session(date(2024, 7, 1)), session(date(2024, 7, 3), 13), session(date(2024, 7, 5))
CALENDAR = Calendar((MONDAY, FRIDAY, HALF_DAY))


def test_a_session_holds_its_open_and_not_its_close() -> None:
    assert CALENDAR.at(FRIDAY.open_ns) == FRIDAY
    assert CALENDAR.at(FRIDAY.close_ns - 1) == FRIDAY
    assert CALENDAR.at(FRIDAY.open_ns - 1) is None
    assert CALENDAR.at(FRIDAY.close_ns) is None


def test_extended_hours_are_the_days_own_and_the_regular_ones_where_they_are_not_known() -> None:
    known = replace(FRIDAY, early_ns=FRIDAY.open_ns - 5 * HOUR_NS, late_ns=FRIDAY.close_ns + 4 * HOUR_NS)
    odd = replace(MONDAY, early_ns=MONDAY.open_ns + 1, late_ns=MONDAY.close_ns - 1)
    first, half, last = Calendar((known, HALF_DAY, odd)).extended().sessions
    assert (first.day, first.open_ns, first.close_ns) == (FRIDAY.day, known.early_ns, known.late_ns)
    assert (half, last) == (HALF_DAY, MONDAY)


def test_after_a_half_days_close_no_session_is_open() -> None:
    assert CALENDAR.at(HALF_DAY.close_ns + HOUR_NS) is None
    assert CALENDAR.last_opened(HALF_DAY.close_ns + HOUR_NS) == HALF_DAY


def test_the_following_session_opens_after_the_time_and_beyond_what_is_known_there_is_none() -> None:
    assert CALENDAR.following(FRIDAY.open_ns - 1) == FRIDAY
    assert CALENDAR.following(FRIDAY.open_ns) == HALF_DAY
    assert CALENDAR.following(MONDAY.open_ns) is None
    assert CALENDAR.last_opened(FRIDAY.open_ns - 1) is None
    assert Calendar(()).at(0) is None


def test_sessions_between_two_dates_hold_both() -> None:
    assert CALENDAR.between(date(2024, 7, 1), date(2024, 7, 3)) == (FRIDAY, HALF_DAY)
    assert CALENDAR.between(date(2024, 7, 4), date(2024, 7, 4)) == ()


@pytest.mark.parametrize(("month", "utc_hour"), [(1, 14), (7, 13)])
def test_new_yorks_wall_clock_follows_daylight_saving(month: int, utc_hour: int) -> None:
    ns = from_datetime(datetime(2024, month, 2, utc_hour, 30, tzinfo=UTC))
    assert minute_of_day(ns) == 9 * 60 + 30
    assert new_york_day(ns) == f"2024-0{month}-02"


def test_the_new_york_date_is_not_the_utc_date_in_the_evening() -> None:
    assert new_york_day(from_datetime(datetime(2024, 1, 3, 2, tzinfo=UTC))) == "2024-01-02"


@given(st.integers(0, 4 * 10**18))
def test_a_time_is_read_back_to_the_microsecond(ns: int) -> None:
    assert from_datetime(to_datetime(ns)) == ns - ns % 1000


def test_a_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        from_datetime(datetime(2024, 1, 2))  # noqa: DTZ001 - that is the point


def test_a_minute_is_a_minute() -> None:
    assert 60 * MINUTE_NS == HOUR_NS
