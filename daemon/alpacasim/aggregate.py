"""Minute bars into coarser ones, as Alpaca cuts them: by New York's wall clock, stamped with the bar's start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from alpacasim.calendar import (
    DAY_NS,
    HOUR_NS,
    MINUTE_NS,
    Calendar,
    day_of_number,
    from_wall_ns,
    last_clock_change_ns,
    to_wall_ns,
    wall_days,
)

MINUTE = np.dtype(
    [
        ("t_ns", "i8"),
        ("open", "f8"),
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "i8"),
        ("trades", "i8"),
        ("vwap", "f8"),
    ]
)
"""One bar; `t_ns` is its start."""

Bars = NDArray[np.void]
"""An array of MINUTE records, ascending by `t_ns`."""

Unit = Literal["minute", "hour", "day", "week", "month"]

_FORMS = "1Min to 59Min (or T), 1Hour to 23Hour (or H), 1Day (or D), 1Week (or W), 1, 2, 3, 4, 6 or 12Month (or M)"
_UNITS: dict[str, Unit] = {
    "Min": "minute",
    "T": "minute",
    "Hour": "hour",
    "H": "hour",
    "Day": "day",
    "D": "day",
    "Week": "week",
    "W": "week",
    "Month": "month",
    "M": "month",
}
_COUNTS: dict[Unit, tuple[int, ...]] = {
    "minute": tuple(range(1, 60)),
    "hour": tuple(range(1, 24)),
    "day": (1,),
    "week": (1,),
    "month": (1, 2, 3, 4, 6, 12),
}
_UNIT_NS: dict[Unit, int] = {
    "minute": MINUTE_NS,
    "hour": HOUR_NS,
    "day": DAY_NS,
    "week": 7 * DAY_NS,
    "month": 31 * DAY_NS,
}
# 1970-01-01 was a Thursday: the Monday of its week is day -3.
_MONDAY_SHIFT_DAYS = 3


@dataclass(frozen=True, slots=True)
class Timeframe:
    """`count` units: `15Min` is Timeframe(15, "minute")."""

    count: int
    unit: Unit

    @property
    def length_ns(self) -> int:
        """The length of a bar; of months the longest."""
        return self.count * _UNIT_NS[self.unit]

    @property
    def longest_ns(self) -> int:
        """No bar lasts longer than this (an hour more for a change of the clocks)."""
        return self.length_ns + HOUR_NS

    @property
    def intraday(self) -> bool:
        return self.unit in ("minute", "hour")


def parse_timeframe(text: str) -> Timeframe:
    """A timeframe in Alpaca's notation. ValueError says which forms are allowed."""
    match = re.fullmatch(r"(\d{1,2})([A-Za-z]+)", text, re.ASCII)
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None or int(match[1]) not in _COUNTS[unit]:
        raise ValueError(f"invalid timeframe {text!r}: allowed are {_FORMS}")
    return Timeframe(int(match[1]), unit)


def aggregate(minutes: Bars, timeframe: Timeframe, calendar: Calendar) -> Bars:
    """Bars of `timeframe` from ascending minute records.

    Intraday bars hold every minute, also those of extended hours. Bars of a day and longer hold the minutes of regular
    sessions only, and are stamped at New York midnight. A bar without a minute does not exist.
    """
    if timeframe == Timeframe(1, "minute"):
        return minutes
    if not timeframe.intraday:
        minutes = minutes[_in_session(minutes["t_ns"], calendar)]
    if len(minutes) == 0:
        return minutes
    starts = _bucket_starts(minutes["t_ns"], timeframe)
    return _merge(minutes, starts)


def _in_session(t_ns: NDArray[np.int64], calendar: Calendar) -> NDArray[np.bool_]:
    days, positions = np.unique(wall_days(t_ns), return_inverse=True)
    sessions = [calendar.session(day_of_number(day)) for day in days.tolist()]
    opens = np.array([session.open_ns if session else 0 for session in sessions], dtype=np.int64)
    closes = np.array([session.close_ns if session else 0 for session in sessions], dtype=np.int64)
    inside: NDArray[np.bool_] = (t_ns >= opens[positions]) & (t_ns < closes[positions])
    return inside


def _bucket_starts(t_ns: NDArray[np.int64], timeframe: Timeframe) -> NDArray[np.int64]:
    wall = to_wall_ns(t_ns)
    days = wall // DAY_NS
    if timeframe.intraday:
        size = timeframe.count * _UNIT_NS[timeframe.unit]
        into_bar = (wall - days * DAY_NS) % size
        if size > HOUR_NS:
            return from_wall_ns(wall - into_bar)
        # Short bars don't span a change of the clocks: the repeated hour has its own, the missing one has none.
        return np.maximum(t_ns - into_bar, last_clock_change_ns(t_ns))
    if timeframe.unit == "week":
        days = (days + _MONDAY_SHIFT_DAYS) // 7 * 7 - _MONDAY_SHIFT_DAYS
    elif timeframe.unit == "month":
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        # Twelve is a multiple of every allowed count, so that bars of several months begin with a year.
        first = (months // timeframe.count * timeframe.count).astype("datetime64[M]")
        days = first.astype("datetime64[D]").astype(np.int64)
    return from_wall_ns(days * DAY_NS)


def _merge(minutes: Bars, starts: NDArray[np.int64]) -> Bars:
    first = np.flatnonzero(np.concatenate(([True], starts[1:] != starts[:-1])))
    last = np.concatenate((first[1:], [len(minutes)])) - 1
    merged = np.zeros(len(first), dtype=MINUTE)
    merged["t_ns"] = starts[first]
    merged["open"] = minutes["open"][first]
    merged["high"] = np.maximum.reduceat(minutes["high"], first)
    merged["low"] = np.minimum.reduceat(minutes["low"], first)
    merged["close"] = minutes["close"][last]
    merged["volume"] = np.add.reduceat(minutes["volume"], first)
    merged["trades"] = np.add.reduceat(minutes["trades"], first)
    turnover = np.add.reduceat(minutes["vwap"] * minutes["volume"], first)
    traded = merged["volume"] > 0
    merged["vwap"] = np.where(traded, turnover / np.maximum(merged["volume"], 1), merged["close"])
    return merged
