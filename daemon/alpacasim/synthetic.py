"""Seeded minute bars without end: trends, ranges and shocks, with a market that moves every symbol.

A symbol's minutes of a day depend on the seed, the symbol and the day alone, not on the first or last day asked for or
on other symbols, and are the same bytes on every machine. Daily prices form a chain from the calendar's first session,
so that each day opens near the close before it; the minutes between are a random bridge made on demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from alpacasim.aggregate import MINUTE, Bars
from alpacasim.calendar import FIRST_DAY, LAST_DAY, MINUTE_NS, Calendar, Session
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

_MARKET_DEVIATION = 0.008
_OWN_DEVIATION = 0.008
_GAP_DEVIATION = 0.003
_INTRADAY_DEVIATION = 0.009
_PULL_TO_BASE = 0.01
_PULL_IN_A_RANGE = 0.15
_SHOCK_CHANCE = 1 / 40
_LOWEST_PRICE = 2.0

Kind = Literal["range", "up", "down"]


@dataclass(frozen=True, slots=True)
class _Character:
    """What distinguishes one symbol from another."""

    base_price: float
    beta: float
    daily_shares: int


@dataclass(frozen=True, slots=True)
class _Day:
    """The frame of a day; `shock` is the part of its move that comes at once."""

    session: Session
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
    series: dict[str, Series] = {symbol: _SyntheticSeries(seed, symbol, start, end, calendar) for symbol in symbols}
    return Tape(series, calendar)


class _SyntheticSeries:
    def __init__(self, seed: int, symbol: str, start: date, end: date, calendar: Calendar) -> None:
        self.dropped = 0
        self._seed = seed
        self._symbol = symbol
        self._character = _character(seed, symbol)
        chain = _chain(seed, symbol, self._character, calendar.sessions(FIRST_DAY, end))
        self._days = {day.session.day: day for day in chain if day.session.day >= start}

    def days(self) -> Sequence[date]:
        return tuple(self._days)

    def minutes(self, day: date) -> Bars:
        frame = self._days.get(day)
        if frame is None:
            return np.zeros(0, dtype=MINUTE)
        seed = hash_seed(f"{self._seed}|{self._symbol}|{day}")
        minutes = (frame.session.close_ns - frame.session.open_ns) // MINUTE_NS
        busyness = session_volume_profile(0, minutes, minutes)
        shock_at = 5 + int(random_uniform(seed, 1)[0] * (minutes - 10))
        market = hash_seed(f"{self._seed}|market|{day}")
        walk = self._character.beta * _bridge(market, busyness) + _bridge(seed + 1, busyness)
        points = _prices(frame, walk, shock_at)
        weights = busyness * (0.6 + 0.8 * random_uniform(seed + 2, minutes))
        if frame.shock:
            after = np.maximum(np.arange(minutes) - shock_at, 0) / 15.0
            weights *= np.where(np.arange(minutes) >= shock_at, 1.0 + 6.0 / (1.0 + after), 1.0)
        t_ns = frame.session.open_ns + np.arange(minutes, dtype=np.int64) * MINUTE_NS
        return bars_of_points(t_ns, points, share_out(frame.shares, weights), seed + 3)


def _character(seed: int, symbol: str) -> _Character:
    price, beta, shares = random_uniform(hash_seed(f"{seed}|{symbol}|character"), 3).tolist()
    return _Character(20.0 + 280.0 * price * price, 0.6 + 0.8 * beta, 2_000_000 + int(10_000_000 * shares))


def _chain(seed: int, symbol: str, character: _Character, sessions: Sequence[Session]) -> Iterator[_Day]:
    """The days' opens and closes, each from the close before it, from the calendar's first session on."""
    count = len(sessions)
    own = hash_seed(f"{seed}|{symbol}|days")
    market_moves = (random_bell(hash_seed(f"{seed}|market|days"), count) * _MARKET_DEVIATION).tolist()
    own_moves = (random_bell(own + 1, count) * _OWN_DEVIATION).tolist()
    gaps = (random_bell(own + 2, count) * _GAP_DEVIATION).tolist()
    shocks = _shocks(own + 3, count)
    activity = random_uniform(own + 4, count).tolist()
    regimes = _regimes(own + 5, count)
    close = level = round(character.base_price, 2)
    previous = None
    for index, (session, regime) in enumerate(zip(sessions, regimes, strict=True)):
        kind, drift, number = regime
        if number != previous:
            level, previous = close, number
        pull = _PULL_TO_BASE * (character.base_price / close - 1.0)
        if kind == "range":
            pull += _PULL_IN_A_RANGE * (level / close - 1.0)
        move = drift + pull + character.beta * market_moves[index] + own_moves[index]
        open_ = max(_LOWEST_PRICE, round(close * (1.0 + gaps[index]), 2))
        close = max(_LOWEST_PRICE, round(open_ * (1.0 + move + shocks[index]), 2))
        shares = int(character.daily_shares * (0.7 + 0.6 * activity[index]) * (1.0 + 20.0 * abs(move + shocks[index])))
        yield _Day(session, open_, close, shocks[index], shares)


def _shocks(seed: int, count: int) -> list[float]:
    """Mostly 0; now and then 3 to 6 % up or down."""
    sizes = 0.03 + 0.03 * random_uniform(seed + 1, count)
    signs = np.where(random_uniform(seed + 2, count) < 0.5, -1.0, 1.0)
    shocks: list[float] = np.where(random_uniform(seed, count) < _SHOCK_CHANCE, sizes * signs, 0.0).tolist()
    return shocks


def _regimes(seed: int, count: int) -> Iterator[tuple[Kind, float, int]]:
    """Kind, daily drift and number of the regime of each day; a regime lasts 8 to 30 sessions."""
    draws = random_uniform(seed, 3 * (count // 8 + 1)).reshape(-1, 3).tolist()
    left = count
    for number, (choice, strength, length) in enumerate(draws):
        days = min(left, 8 + int(23 * length))
        drift = 0.003 + 0.004 * strength
        kind: Kind = "range" if choice < 0.4 else "up" if choice < 0.7 else "down"
        signed = {"range": 0.0, "up": drift, "down": -drift}[kind]
        for _ in range(days):
            yield kind, signed, number
        left -= days
        if left == 0:
            return


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
