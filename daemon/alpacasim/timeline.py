"""What happens when: the tape and the sessions as one ordered sequence of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from alpacasim.calendar import LAST_DAY, MINUTE_NS, SECOND_NS, Calendar, Session, new_york_day
from alpacasim.history import History
from alpacasim.points import POINT_OFFSETS_NS, point_prices_e4, point_sizes

PRE_OPEN_NS = MINUTE_NS
AFTER_CLOSE_NS = 5 * SECOND_NS


class Kind(Enum):
    DAY = auto()
    OPEN = auto()
    POINT = auto()
    CLOSE = auto()
    BARS = auto()
    NIGHT = auto()


# The order of what happens at one time: the session closes with its last print, and that minute's bar comes after it.
_AT_ONE_TIME = (Kind.DAY, Kind.CLOSE, Kind.BARS, Kind.OPEN, Kind.POINT, Kind.NIGHT)


@dataclass(frozen=True, slots=True)
class MinuteOf:
    """One symbol's minute: its four prices, and its record as the MINUTE dtype has it."""

    symbol: str
    points_e4: tuple[int, int, int, int]
    size: int
    record: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Event:
    at_ns: int
    kind: Kind
    session: Session
    minutes: tuple[MinuteOf, ...] = ()
    point: int = 0

    @property
    def is_regular(self) -> bool:
        """Do its prints or minutes belong to the regular session."""
        return self.session.open_ns < self.at_ns <= self.session.close_ns


def timeline(history: History, calendar: Calendar, start_ns: int, last_tape_day: date) -> Iterator[Event]:
    """Events from `start_ns` on; after `last_tape_day` the sessions go on without data.

    Minutes that the tape has of extended hours are played too, between the day's beginning and its end.
    """
    for session in calendar.sessions(new_york_day(start_ns), LAST_DAY):
        minutes = day_minutes(history, session) if session.day <= last_tape_day else {}
        events = _session_events(session, minutes, start_ns)
        yield from (event for event in sorted(events, key=_order) if event.at_ns >= start_ns)


def _order(event: Event) -> tuple[int, int]:
    return event.at_ns, _AT_ONE_TIME.index(event.kind)


def _session_events(session: Session, minutes: dict[int, tuple[MinuteOf, ...]], start_ns: int) -> Iterator[Event]:
    early = [t_ns for t_ns in minutes if start_ns <= t_ns < session.open_ns]
    late = [t_ns + MINUTE_NS for t_ns in minutes if t_ns >= session.close_ns]
    yield Event(min((session.open_ns - PRE_OPEN_NS, *early)), Kind.DAY, session)
    yield Event(session.open_ns, Kind.OPEN, session)
    yield Event(session.close_ns, Kind.CLOSE, session)
    yield Event(max((session.close_ns + AFTER_CLOSE_NS, *late)), Kind.NIGHT, session)
    for t_ns, of in minutes.items():
        for point, offset_ns in enumerate(POINT_OFFSETS_NS):
            yield Event(t_ns + offset_ns, Kind.POINT, session, of, point)
        yield Event(t_ns + MINUTE_NS, Kind.BARS, session, of)


def day_minutes(history: History, session: Session) -> dict[int, tuple[MinuteOf, ...]]:
    """The minutes of a session's day by their start, each with the symbols that traded in it."""
    by_minute: dict[int, list[MinuteOf]] = {}
    for symbol in history.symbols:
        bars = history.minutes(symbol, session.day)
        points, sizes = point_prices_e4(bars).tolist(), point_sizes(bars).tolist()
        for record, four, size in zip(bars.tolist(), points, sizes, strict=True):
            by_minute.setdefault(record[0], []).append(MinuteOf(symbol, tuple(four), size, record))
    return {t_ns: tuple(by_minute[t_ns]) for t_ns in sorted(by_minute)}


def minutes_later(calendar: Calendar, now_ns: int, count: int) -> int:
    """The end of the `count`-th session minute from now; a minute that is under way counts as the first."""
    while True:
        session = calendar.session_at(now_ns)
        open_ns = session.open_ns if session else calendar.next_open(now_ns)
        close_ns = session.close_ns if session else calendar.next_close(now_ns)
        done = max(0, now_ns - open_ns) // MINUTE_NS
        left = (close_ns - open_ns) // MINUTE_NS - done
        if count <= left:
            return open_ns + (done + count) * MINUTE_NS
        count -= left
        now_ns = close_ns
