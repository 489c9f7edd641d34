"""The exchange calendar and New York's wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpacasim.calendar import (
    HOUR_NS,
    NEW_YORK,
    SECOND_NS,
    Calendar,
    from_wall_ns,
    midnight_ns,
    new_york_day,
    to_wall_ns,
)

CALENDAR = Calendar()


def ns(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp()) * SECOND_NS


def test_a_regular_session_trades_from_half_past_nine_until_just_before_four() -> None:
    session = CALENDAR.session(date(2008, 10, 1))
    assert session is not None
    assert (session.open_ns, session.close_ns) == (ns("2008-10-01T13:30:00Z"), ns("2008-10-01T20:00:00Z"))
    assert CALENDAR.session_at(session.open_ns) == session
    assert CALENDAR.session_at(session.close_ns - 1) == session
    assert not CALENDAR.is_open(session.open_ns - 1)
    assert not CALENDAR.is_open(session.close_ns)


def test_a_half_day_closes_at_one() -> None:
    session = CALENDAR.session(date(2008, 7, 3))
    assert session is not None
    assert session.close_ns == ns("2008-07-03T17:00:00Z")


@pytest.mark.parametrize("day", [date(2001, 9, 11), date(2008, 7, 4), date(2008, 7, 5), date(2012, 10, 29)])
def test_holidays_weekends_and_closures_have_no_session(day: date) -> None:
    assert CALENDAR.session(day) is None


def test_sessions_are_given_for_both_ends_and_none_outside_of_the_calendar() -> None:
    days = [session.day for session in CALENDAR.sessions(date(2008, 7, 3), date(2008, 7, 7))]
    assert days == [date(2008, 7, 3), date(2008, 7, 7)]
    assert CALENDAR.sessions(date(1980, 1, 1), date(1989, 12, 31)) == ()
    assert CALENDAR.sessions(date(1980, 1, 1), date(2050, 1, 1))[0].day == date(1990, 1, 2)


def test_next_open_and_next_close_lie_strictly_ahead() -> None:
    friday = ns("2008-10-03T20:00:00Z")
    assert CALENDAR.next_open(friday) == ns("2008-10-06T13:30:00Z")
    assert CALENDAR.next_close(friday) == ns("2008-10-06T20:00:00Z")
    assert CALENDAR.next_close(friday - 1) == friday
    assert CALENDAR.next_open(ns("2008-10-06T13:30:00Z")) == ns("2008-10-07T13:30:00Z")


def test_the_open_moves_in_utc_when_new_york_changes_its_clocks() -> None:
    before, after = CALENDAR.sessions(date(2008, 3, 7), date(2008, 3, 10))
    assert before.open_ns == ns("2008-03-07T14:30:00Z")
    assert after.open_ns == ns("2008-03-10T13:30:00Z")


def test_nothing_follows_the_end_of_the_calendar() -> None:
    with pytest.raises(LookupError, match="calendar ends on 2029-12-31"):
        CALENDAR.next_open(ns("2030-01-01T00:00:00Z"))


def test_midnight_in_new_york_is_four_or_five_in_utc() -> None:
    assert midnight_ns(date(2008, 7, 3)) == ns("2008-07-03T04:00:00Z")
    assert midnight_ns(date(2008, 12, 3)) == ns("2008-12-03T05:00:00Z")
    assert new_york_day(midnight_ns(date(2008, 7, 3)) - 1) == date(2008, 7, 2)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2029, 12, 31)))  # noqa: DTZ001
def test_the_wall_clock_agrees_with_the_zone_database(moment: datetime) -> None:
    utc = moment.replace(tzinfo=UTC, microsecond=0)
    instant = np.array([round(utc.timestamp()) * SECOND_NS])
    local = utc.astimezone(NEW_YORK).replace(tzinfo=UTC)
    wall = to_wall_ns(instant)
    assert wall[0] == round(local.timestamp()) * SECOND_NS
    # The hour that comes twice a year maps back to its first pass.
    assert instant[0] - from_wall_ns(wall)[0] in (0, HOUR_NS if utc.astimezone(NEW_YORK).fold else 0)
