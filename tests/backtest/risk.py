"""Stops, size, correlation, breaker and daily loss of the specification, sections 5 and 8, in whole numbers.

Choices where the words leave room:
R1. Rounding to 1/10,000 dollar takes the nearest, a half to the even one. "Away from the entry" is down for a long and
    up for a short, also for a trailing stop that has passed the entry. Below a dollar the broker's tick is 1/10,000.
R2. REDUCED means 2.0 ATR only where that is tighter than the configured stop; it changes no mean-reversion stop.
R3. At most 5 open positions: working entries count, so that the sum never passes 5.
R4. The collar (4 % and 3 %) is put on the price only where buying power is divided by it.
R5. Buying power and headroom subtract the same exposure: positions at the last price, working entries at their signal.
R6. Log returns go from one common timestamp to the next, back from now, however long ago that is. A series that does
    not move has no correlation: unknown, so correlated. `prices` uses the last 50 closes on common timestamps.
R7. A stop at or beyond the price (after rounding), or not above zero, is on the wrong side: rejected.
R8. Mean reversion's and neutral's size follow the same waterfall; neutral risks 1 % as a trend.
R9. Both refusals of one mark hold together: DISABLED for good, the daily loss until the next session's first bar.
R10. A session's base is the last mark before its first bar of any symbol; before all marks it is the starting cash.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from backtest.types import LONG, Bar, Config, Mode

CENT = 100
DOLLAR = 10_000
BASIS = 10_000
RETURNS = 50
Status = Literal["NORMAL", "REDUCED", "DISABLED"]


def rounded_stop(raw: float | Fraction, side: int) -> int:
    """To 1/10,000 dollar, then from a dollar on to the cent away from the entry."""
    exact = round(raw)
    if exact < DOLLAR:
        return exact
    return exact // CENT * CENT if side == LONG else -(-exact // CENT) * CENT


def stop_multiple(config: Config, status: Status) -> Fraction:
    """Of ATR, for a trend position."""
    return min(config.trend_stop, config.reduced_stop) if status == "REDUCED" else config.trend_stop


def initial_stop(price: int, side: int, mode: Mode, atr: float, multiple: Fraction, config: Config) -> int:
    """Where the stop of an entry signalled at a price goes."""
    if mode == "MEAN_REVERSION":
        return rounded_stop(price - side * price * Fraction(config.mean_reversion_stop_bp, BASIS), side)
    return rounded_stop(price - side * float(multiple) * atr, side)


def stop_distance(price: int, side: int, mode: Mode, atr: float, status: Status, config: Config) -> tuple[int, int]:
    """The placed stop, and the larger of the normal and the placed distance; 0 for a stop on the wrong side."""
    placed = initial_stop(price, side, mode, atr, stop_multiple(config, status), config)
    normal = initial_stop(price, side, mode, atr, config.trend_stop, config)
    if placed <= 0 or side * (price - placed) <= 0:
        return placed, 0
    return placed, max(abs(price - placed), abs(price - normal))


@dataclass(frozen=True, slots=True)
class Book:
    """What the size of an entry depends on besides itself."""

    equity: int
    exposure: int
    open_or_working: int


def size(
    book: Book, price: int, distance: int, side: int, risk_bp: int, multipliers_bp: Sequence[int], config: Config
) -> int:
    """Shares; 0 is a rejection."""
    if book.equity <= 0 or distance <= 0 or book.open_or_working >= config.max_positions:
        return 0
    shares = math.floor(Fraction(book.equity * risk_bp, BASIS * distance))
    shares = min(shares, math.floor(Fraction(book.equity * config.max_position_bp, BASIS * price)))
    product = Fraction(1)
    for multiplier in multipliers_bp:
        product *= Fraction(multiplier, BASIS)
    shares = math.floor(shares * product)
    headroom = Fraction(book.equity * config.max_exposure_bp, BASIS) - book.exposure
    buying_power = 2 * book.equity - book.exposure
    collar = Fraction(104, 100) if side == LONG else Fraction(103, 100)
    return max(0, min(shares, math.floor(headroom / price), math.floor(buying_power / (price * collar))))


def correlation(mine: Sequence[Bar], other: Mapping[int, int], basis: str) -> float | None:
    """Pearson's, of one symbol's bars up to now and the closes of another by time; None when unknown."""
    count = RETURNS + 1 if basis == "returns" else RETURNS
    common: list[tuple[int, int]] = []
    for bar in reversed(mine):
        if bar.start_ns in other:
            common.append((bar.close, other[bar.start_ns]))
        if len(common) == count:
            break
    if len(common) < count:
        return None
    prices = list(zip(*reversed(common), strict=True))
    if basis == "prices":
        return _pearson(*prices)
    return _pearson(*([math.log(after / before) for before, after in pairwise(column)] for column in prices))


def _pearson(x: Sequence[float], y: Sequence[float]) -> float | None:
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    covariance = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    variances = math.fsum((a - mean_x) ** 2 for a in x) * math.fsum((b - mean_y) ** 2 for b in y)
    return covariance / math.sqrt(variances) if variances > 0 else None


def correlated(rho: float | None, config: Config) -> bool:
    """Unknown counts."""
    return rho is None or abs(rho) > config.max_correlation


class Guards:
    """Circuit breaker and daily loss, told of each mark."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.peak = config.cash
        self.status: Status = "NORMAL"
        self.base = config.cash
        self.day_lost = False

    def new_session(self, last_mark: int) -> list[str]:
        """What it ends: a day that was lost."""
        ended = ["new_session"] if self.day_lost else []
        self.base, self.day_lost = last_mark, False
        return ended

    def mark(self, equity: int) -> list[str]:
        """What this mark brought about, in order: warning, recovered, critical, daily_loss."""
        self.peak = max(self.peak, equity)
        return [*self._breaker(self.peak - equity), *self._daily_loss(equity)]

    def _breaker(self, fallen: int) -> list[str]:
        def at_least(limit_bp: int) -> bool:
            return fallen * BASIS >= limit_bp * self.peak

        if self.status == "DISABLED":
            return []
        if at_least(self.config.critical_bp):
            self.status = "DISABLED"
            return ["critical"]
        if self.status == "NORMAL" and at_least(self.config.warning_bp):
            self.status = "REDUCED"
            return ["warning"]
        if self.status == "REDUCED" and not at_least(self.config.recovered_bp):
            self.status = "NORMAL"
            return ["recovered"]
        return []

    def _daily_loss(self, equity: int) -> list[str]:
        limit = self.config.daily_loss_bp
        if limit is None or self.day_lost or (self.base - equity) * BASIS < limit * self.base:
            return []
        self.day_lost = True
        return ["daily_loss"]


def closes_by_time(bars: Sequence[Bar]) -> dict[int, int]:
    return {bar.start_ns: bar.close for bar in bars}
