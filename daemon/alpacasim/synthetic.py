"""Seeded minute bars without end: trends, ranges and shocks, with a market that moves every symbol.

A symbol's minutes of a day depend on the seed, the symbol and the day alone, not on the first or last day asked for or
on other symbols, and are the same bytes on every machine. Daily prices form a chain from the calendar's first session,
so that each day opens near the close before it; the minutes between are a random bridge made on demand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from alpacasim.aggregate import MINUTE, Bars
from alpacasim.calendar import FIRST_DAY, LAST_DAY, MINUTE_NS, Calendar, Session
from alpacasim.daily_chain import Frames, frames_of
from alpacasim.minute_path import (
    POINTS_A_MINUTE,
    bars_of_points,
    hash_seed,
    random_bell,
    random_uniform,
    session_volume_profile,
    share_out,
)
from alpacasim.tape import Series, Tape

_INTRADAY_DEVIATION = 0.009

Places = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class _Day:
    """The frame of a day; `shock` is the part of its move that comes at once."""

    open: float
    close: float
    shock: float
    shares: int


def synthetic(seed: int, symbols: Sequence[str], start: date, end: date) -> Tape:
    """A tape of generated minutes of the regular sessions of start..end, both inclusive.

    ValueError when there is no symbol, no session, or the range leaves the calendar.
    """
    calendar = Calendar()
    if not symbols:
        raise ValueError("no symbol to generate: name at least one")
    if start < FIRST_DAY or end > LAST_DAY or not calendar.sessions(start, end):
        raise ValueError(f"no session from {start} to {end}: choose days between {FIRST_DAY} and {LAST_DAY}")
    sessions = calendar.sessions(start, end)
    places = {session.day: place for place, session in enumerate(sessions)}
    count = len(calendar.sessions(FIRST_DAY, end))
    chains = zip(symbols, frames_of(seed, symbols, count, count - len(sessions)), strict=True)
    series: dict[str, Series] = {
        symbol: _SyntheticSeries(seed, symbol, sessions, places, frames) for symbol, frames in chains
    }
    return Tape(series, calendar, holds_splits=False)


class _SyntheticSeries:
    """One symbol's minutes; `places` tells where a day's frame is in `frames`."""

    def __init__(self, seed: int, symbol: str, sessions: Sequence[Session], places: Places, frames: Frames) -> None:
        self.dropped = 0
        self._seed = seed
        self._symbol = symbol
        self._sessions = sessions
        self._places = places
        self._frames = frames

    def days(self) -> Sequence[date]:
        return tuple(self._places)

    def minutes(self, day: date) -> Bars:
        place = self._places.get(day)
        if place is None:
            return np.zeros(0, dtype=MINUTE)
        session, frame = self._sessions[place], self._frame(place)
        seed = hash_seed(f"{self._seed}|{self._symbol}|{day}")
        minutes = (session.close_ns - session.open_ns) // MINUTE_NS
        busyness = session_volume_profile(0, minutes, minutes)
        shock_at = 5 + int(random_uniform(seed, 1)[0] * (minutes - 10))
        market = hash_seed(f"{self._seed}|market|{day}")
        walk = self._frames.character.beta * _bridge(market, busyness) + _bridge(seed + 1, busyness)
        points = _prices(frame, walk, shock_at)
        weights = busyness * (0.6 + 0.8 * random_uniform(seed + 2, minutes))
        if frame.shock:
            after = np.maximum(np.arange(minutes) - shock_at, 0) / 15.0
            weights *= np.where(np.arange(minutes) >= shock_at, 1.0 + 6.0 / (1.0 + after), 1.0)
        t_ns = session.open_ns + np.arange(minutes, dtype=np.int64) * MINUTE_NS
        return bars_of_points(t_ns, points, share_out(frame.shares, weights), seed + 3)

    def _frame(self, place: int) -> _Day:
        frames = self._frames
        return _Day(
            float(frames.open[place]), float(frames.close[place]), float(frames.shock[place]), int(frames.shares[place])
        )


def _bridge(seed: int, busyness: NDArray[np.float64]) -> NDArray[np.float64]:
    """A random walk from 0 to 0 over the points of a session, wilder in busy minutes, of deviation about 1."""
    count = len(busyness) * POINTS_A_MINUTE
    steps = random_bell(seed, count) * np.sqrt(np.repeat(busyness, POINTS_A_MINUTE) / count)
    walk = np.cumsum(steps)
    share = np.arange(count) / (count - 1)
    bridge: NDArray[np.float64] = walk - (walk[0] * (1.0 - share) + walk[-1] * share)
    return bridge


def _prices(frame: _Day, walk: NDArray[np.float64], shock_at: int) -> NDArray[np.float64]:
    """The day's price path in cents: a straight line, the shock at its minute, and the walk on top."""
    index = np.arange(len(walk))
    jump = frame.open * frame.shock
    line = frame.open + (frame.close - frame.open - jump) * (index / (len(walk) - 1))
    path = line + np.where(index >= shock_at * POINTS_A_MINUTE, jump, 0.0) + walk * (frame.open * _INTRADAY_DEVIATION)
    return np.maximum(np.rint(path * 100.0) / 100.0, 0.01)
