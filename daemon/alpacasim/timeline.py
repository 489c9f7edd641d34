"""What happens when: the tape and the sessions as one ordered sequence of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

import numpy as np

from alpacasim.calendar import LAST_DAY, MINUTE_NS, SECOND_NS, Calendar, Session, new_york_day
from alpacasim.history import History
from alpacasim.money import E4

PRE_OPEN_NS = MINUTE_NS
AFTER_CLOSE_NS = 5 * SECOND_NS
# A minute visits its open, the extreme nearer to the open, the other one and its close at these instants.
POINT_OFFSETS_NS = (1 * SECOND_NS, 20 * SECOND_NS, 40 * SECOND_NS, 59 * SECOND_NS)


class Kind(Enum):
    DAY = auto()
    OPEN = auto()
    POINT = auto()
    CLOSE = auto()
    BARS = auto()
    NIGHT = auto()


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


def timeline(history: History, calendar: Calendar, start_ns: int, last_tape_day: date) -> Iterator[Event]:
    """Events from `start_ns` on; after `last_tape_day` the sessions go on without data."""
    for session in calendar.sessions(new_york_day(start_ns), LAST_DAY):
        if session.close_ns + AFTER_CLOSE_NS < start_ns:
            continue
        for event in _session_events(history, session, session.day <= last_tape_day):
            if event.at_ns >= start_ns:
                yield event


def _session_events(history: History, session: Session, with_tape: bool) -> Iterator[Event]:
    yield Event(session.open_ns - PRE_OPEN_NS, Kind.DAY, session)
    yield Event(session.open_ns, Kind.OPEN, session)
    last: Event | None = None
    for t_ns, minutes in (day_minutes(history, session) if with_tape else {}).items():
        if last is not None:
            yield last
        for point, offset_ns in enumerate(POINT_OFFSETS_NS):
            yield Event(t_ns + offset_ns, Kind.POINT, session, minutes, point)
        last = Event(t_ns + MINUTE_NS, Kind.BARS, session, minutes)
    if last is not None and last.at_ns < session.close_ns:
        yield last
        last = None
    yield Event(session.close_ns, Kind.CLOSE, session)
    if last is not None:
        yield last
    yield Event(session.close_ns + AFTER_CLOSE_NS, Kind.NIGHT, session)


def day_minutes(history: History, session: Session) -> dict[int, tuple[MinuteOf, ...]]:
    """The minutes of a regular session by their start, each with the symbols that traded in it."""
    by_minute: dict[int, list[MinuteOf]] = {}
    for symbol in history.symbols:
        bars = history.minutes(symbol, session.day)
        bars = bars[(bars["t_ns"] >= session.open_ns) & (bars["t_ns"] < session.close_ns)]
        prices = {name: np.rint(bars[name] * E4).astype(np.int64) for name in ("open", "high", "low", "close")}
        high_first = prices["high"] - prices["open"] <= prices["open"] - prices["low"]
        first = np.where(high_first, prices["high"], prices["low"])
        second = np.where(high_first, prices["low"], prices["high"])
        points = np.stack((prices["open"], first, second, prices["close"]), axis=1).tolist()
        sizes = np.maximum(bars["volume"] // 4, 1).tolist()
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
