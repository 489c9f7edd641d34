"""Exchange time: sessions as data, and New York's wall clock. The only place that knows either."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS


@dataclass(frozen=True, slots=True)
class Session:
    """One regular session: its New York date (`YYYY-MM-DD`), open and close.

    `early_ns` and `late_ns` are when trading before the open begins and trading after the close ends; 0 is not known.
    """

    day: str
    open_ns: int
    close_ns: int
    early_ns: int = 0
    late_ns: int = 0


def to_datetime(ns: int) -> datetime:
    """The aware UTC datetime of a time, to the microsecond."""
    return datetime.fromtimestamp(ns // SECOND_NS, UTC).replace(microsecond=ns % SECOND_NS // 1000)


@lru_cache(maxsize=16)  # the bars of all symbols end at the same times
def stamp(ns: int) -> str:
    """A time in an id: the seconds of UTC, as `20240122153000`."""
    return f"{to_datetime(ns):%Y%m%d%H%M%S}"


def from_datetime(moment: datetime) -> int:
    """The nanoseconds of an aware datetime.

    Raises:
        ValueError: when the datetime has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * SECOND_NS + moment.microsecond * 1000


def new_york(ns: int) -> datetime:
    """New York's wall clock at a time."""
    return datetime.fromtimestamp(ns // SECOND_NS, NEW_YORK)


@lru_cache(maxsize=1024)  # the bars of all symbols end at the same times
def minute_of_day(ns: int) -> int:
    """Minutes since New York's midnight."""
    wall = new_york(ns)
    return wall.hour * 60 + wall.minute


def new_york_day(ns: int) -> str:
    """The New York date of a time, `YYYY-MM-DD`."""
    return _day_of_hour(ns // HOUR_NS)


@lru_cache(maxsize=256)
def _day_of_hour(hour: int) -> str:
    """New York's days begin with an hour of UTC."""
    return new_york(hour * HOUR_NS).date().isoformat()


class Calendar:
    """The sessions that are known, in order. Asking beyond them gives None, never a guess."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.sessions = tuple(sorted(sessions, key=lambda session: session.open_ns))
        self._opens = [session.open_ns for session in self.sessions]

    def at(self, ns: int) -> Session | None:
        """The session that is open at a time (`open <= ns < close`)."""
        session = self.last_opened(ns)
        return session if session is not None and ns < session.close_ns else None

    def last_opened(self, ns: int) -> Session | None:
        """The newest session whose open is not after a time."""
        index = bisect_right(self._opens, ns) - 1
        return self.sessions[index] if index >= 0 else None

    def following(self, ns: int) -> Session | None:
        """The first session that opens after a time."""
        index = bisect_right(self._opens, ns)
        return self.sessions[index] if index < len(self.sessions) else None

    def extended(self) -> Calendar:
        """The same days, each from its early to its late hour as if that were the session."""
        days = self.sessions
        return Calendar(
            [
                Session(day.day, min(day.early_ns or day.open_ns, day.open_ns), max(day.late_ns, day.close_ns))
                for day in days
            ]
        )

    def between(self, first: date, last: date) -> tuple[Session, ...]:
        """The sessions from one New York date to another, both included."""
        low, high = first.isoformat(), last.isoformat()
        return tuple(session for session in self.sessions if low <= session.day <= high)
