"""The sessions of the New York exchanges in the past, holidays and half-days included, from a maintained calendar."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from functools import lru_cache

from fluxherod.core.calendar import Calendar, Session


@lru_cache(maxsize=8)
def new_york_sessions(first: date, last: date) -> Calendar:
    """All sessions from one date to another, both included.

    Raises:
        ValueError: when the calendar's library does not know such dates.
    """
    # The import pulls in pandas: only who asks for sessions pays for it.
    from exchange_calendars import get_calendar
    from exchange_calendars.errors import CalendarError

    with warnings.catch_warnings():
        # The library (4.13) uses what pandas 3.1 announces to change; its results are not concerned.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:  # a calendar of one day is none to it
            found = get_calendar("XNYS", start=first.isoformat(), end=(last + timedelta(1)).isoformat())
        except (CalendarError, ValueError) as error:
            raise ValueError(f"sessions from {first} to {last}: {error}") from error
    days = [day.date().isoformat() for day in found.sessions]
    hours = zip(days, found.opens_nanos.tolist(), found.closes_nanos.tolist(), strict=True)
    return Calendar([Session(day, open_ns, close_ns) for day, open_ns, close_ns in hours if day <= last.isoformat()])
