"""Regular sessions of the New York Stock Exchange, 1990 to 2029, and New York wall-clock arithmetic.

All instants are integer nanoseconds UTC (`*_ns`). Days are New York dates.
"""

from __future__ import annotations

import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

NEW_YORK = ZoneInfo("America/New_York")
FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2029, 12, 31)

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_WINTER_OFFSET_NS = -5 * HOUR_NS
_SUMMER_OFFSET_NS = -4 * HOUR_NS


@dataclass(frozen=True, slots=True)
class Session:
    """A regular session: it trades while `open_ns <= now < close_ns`."""

    day: date
    open_ns: int
    close_ns: int


class Calendar:
    """The exchange's sessions; every Calendar shares one table, built at the first use."""

    def __init__(self) -> None:
        table = _table()
        self._sessions = table
        self._by_day = {session.day: session for session in table}
        self._days = [session.day for session in table]
        self._opens = [session.open_ns for session in table]
        self._closes = [session.close_ns for session in table]

    def sessions(self, start: date, end: date) -> Sequence[Session]:
        """Sessions of start..end, both inclusive; days before 1990 or after 2029 have none."""
        return self._sessions[bisect_left(self._days, start) : bisect_right(self._days, end)]

    def session(self, day: date) -> Session | None:
        """The session of a New York date; None on a weekend or holiday."""
        return self._by_day.get(day)

    def session_at(self, ns: int) -> Session | None:
        """The session that is trading at `ns` (open <= ns < close), else None."""
        index = bisect_right(self._opens, ns) - 1
        if index < 0 or ns >= self._closes[index]:
            return None
        return self._sessions[index]

    def is_open(self, ns: int) -> bool:
        return self.session_at(ns) is not None

    def next_open(self, ns: int) -> int:
        """The first open after `ns`; LookupError when the calendar ends before it."""
        return _first_after(self._opens, ns)

    def next_close(self, ns: int) -> int:
        """The first close after `ns` (today's while the session trades); LookupError past the calendar's end."""
        return _first_after(self._closes, ns)


def settlement_day(calendar: Calendar, day: date) -> date:
    """The session in which trades of a day are settled: one later since 28 May 2024, two or three before that."""
    later = 1 + (day < date(2024, 5, 28)) + (day < date(2017, 9, 5))
    sessions = calendar.sessions(day, day + timedelta(days=14))
    return sessions[min(later, len(sessions) - 1)].day


def midnight_ns(day: date) -> int:
    """Midnight in New York at the start of `day`."""
    return round(datetime(day.year, day.month, day.day, tzinfo=NEW_YORK).timestamp()) * SECOND_NS


def new_york_day(ns: int) -> date:
    """The New York date at `ns`."""
    return datetime.fromtimestamp(ns // SECOND_NS, NEW_YORK).date()


def to_wall_ns(utc_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """New York wall-clock time as nanoseconds since 1970-01-01 00:00 on the wall."""
    changes, offsets = _offset_table()
    return utc_ns + offsets[np.searchsorted(changes, utc_ns, side="right")]


def from_wall_ns(wall_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """UTC of a New York wall-clock time; of a repeated hour the first, of a missing hour the one after it."""
    summer = wall_ns - _SUMMER_OFFSET_NS
    winter = wall_ns - _WINTER_OFFSET_NS
    return np.where(to_wall_ns(summer) == wall_ns, summer, winter)


def last_clock_change_ns(utc_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last instant, up to each of `utc_ns`, at which New York changed its clocks; far in the past before any."""
    changes, _ = _offset_table()
    padded = np.concatenate(([np.iinfo(np.int64).min], changes))
    return padded[np.searchsorted(changes, utc_ns, side="right")]


def wall_days(utc_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """New York dates as days since 1970-01-01."""
    return to_wall_ns(utc_ns) // DAY_NS


def day_of_number(number: int) -> date:
    """The date that is so many days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH_ORDINAL)


def _first_after(ascending: Sequence[int], ns: int) -> int:
    index = bisect_right(ascending, ns)
    if index == len(ascending):
        instant = datetime.fromtimestamp(ns // SECOND_NS, UTC).isoformat()
        raise LookupError(f"the exchange calendar ends on {LAST_DAY}: nothing follows {instant}")
    return ascending[index]


@cache
def _table() -> tuple[Session, ...]:
    # The import pulls in pandas, which is most of the cost: only a program that asks for sessions pays for it.
    from exchange_calendars import get_calendar

    with warnings.catch_warnings():
        # The library (4.13) uses what pandas 3.1 announces to change; its results are not concerned.
        warnings.simplefilter("ignore", DeprecationWarning)
        xnys = get_calendar("XNYS", start=FIRST_DAY.isoformat(), end=LAST_DAY.isoformat())
    days = xnys.sessions.to_numpy().astype("datetime64[D]").astype(np.int64).tolist()
    opens, closes = xnys.opens_nanos.tolist(), xnys.closes_nanos.tolist()
    return tuple(
        Session(day_of_number(day), open_ns, close_ns)
        for day, open_ns, close_ns in zip(days, opens, closes, strict=True)
    )


@cache
def _offset_table() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Instants at which New York changes its clocks, and the offset before, between and after them."""
    changes: list[int] = []
    offsets: list[int] = []
    instant = datetime(1969, 12, 31, tzinfo=UTC)
    end = datetime(2038, 1, 1, tzinfo=UTC)
    offset = _offset(instant)
    offsets.append(_to_ns(offset))
    while instant < end:
        later = instant + timedelta(days=1)
        if (changed := _offset(later)) != offset:
            changes.append(_change_between(instant, later))
            offsets.append(_to_ns(changed))
            offset = changed
        instant = later
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _change_between(before: datetime, after: datetime) -> int:
    offset = _offset(before)
    hours = (before + timedelta(hours=hour) for hour in range(1, 25))
    first = next((hour for hour in hours if _offset(hour) != offset), after)
    return round(first.timestamp()) * SECOND_NS


def _offset(instant: datetime) -> timedelta:
    offset = instant.astimezone(NEW_YORK).utcoffset()
    assert offset is not None
    return offset


def _to_ns(delta: timedelta) -> int:
    return round(delta.total_seconds()) * SECOND_NS
