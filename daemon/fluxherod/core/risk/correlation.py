"""How alike two symbols move: Pearson's rho over the newest 50 log returns on their common timestamps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fluxherod.core.jit import FloatArray, RowArray

RETURNS = 50
# What differs by less than this, of its size and in all, is the rounding of a flat series, not a movement.
_ROUNDING = 1e-12
_LEAST = 1e-14


@dataclass(frozen=True, slots=True)
class Correlation:
    """A symbol that is held or being opened, and how it moves with the one that is to be opened.

    Args:
        symbol: the held one.
        rho: -1 to 1; NaN when it is not known, which counts as correlated.
        unknown: why it is not known, in words.
    """

    symbol: str
    rho: float
    unknown: str = ""

    def exceeds(self, limit: float) -> bool:
        """True above the limit, and when nothing is known. The limit itself is not above it."""
        return not abs(self.rho) <= limit


def strongest(correlations: Sequence[Correlation], limit: float) -> Correlation | None:
    """The one with the largest |rho|; when that is within the limit the first unknown one; None without any."""
    known = [one for one in correlations if not math.isnan(one.rho)]
    largest = max(known, key=lambda one: abs(one.rho), default=None)
    if largest is not None and largest.exceeds(limit):
        return largest
    return next((one for one in correlations if math.isnan(one.rho)), largest)


def correlation(
    symbol: str, times: RowArray, closes: FloatArray, others: tuple[RowArray, FloatArray], basis: str = "returns"
) -> Correlation:
    """How the bars of one symbol go with those of another, which is named `symbol`.

    Args:
        times: ends of the bars, rising; shape (n,).
        closes: their closes, all above 0; shape (n,).
        others: the same of the other symbol.
        basis: "returns" (log returns) or "prices".
    """
    ours, theirs = _common(times, closes, *others)
    wanted = RETURNS + 1 if basis == "returns" else RETURNS
    if len(ours) < wanted:
        found = max(0, len(ours) - (wanted - RETURNS))
        return Correlation(symbol, math.nan, f"{found} common {basis}, {RETURNS} are needed")
    ours, theirs = ours[-wanted:], theirs[-wanted:]
    if basis == "returns":
        ours, theirs = np.log(ours[1:] / ours[:-1]), np.log(theirs[1:] / theirs[:-1])
    rho = _pearson(ours, theirs)
    return Correlation(symbol, rho, "a price did not move" if math.isnan(rho) else "")


def _common(
    times: RowArray, closes: FloatArray, other_times: RowArray, other_closes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The closes of both at the times that both have."""
    if len(times) == len(other_times) and bool((times == other_times).all()):
        return closes, other_closes
    if not len(other_times):
        return closes[:0], other_closes
    place = np.minimum(other_times.searchsorted(times), len(other_times) - 1)
    both = other_times[place] == times
    return closes[both], other_closes[place[both]]


def _pearson(ours: FloatArray, theirs: FloatArray) -> float:
    """Rho of two series of one length; NaN when one of them is flat."""
    ours_away, theirs_away = ours - np.add.reduce(ours) / len(ours), theirs - np.add.reduce(theirs) / len(theirs)
    spread = _length(ours_away, ours) * _length(theirs_away, theirs)
    return max(-1.0, min(1.0, float(ours_away @ theirs_away) / spread)) if spread > 0 else math.nan


def _length(away: FloatArray, values: FloatArray) -> float:
    """The root of the summed squares of distances from the mean; 0 where they are mere rounding of the values."""
    rounding = _ROUNDING**2 * float(values @ values) + len(values) * _LEAST**2
    sum_of_squares = float(away @ away)
    return math.sqrt(sum_of_squares) if sum_of_squares > rounding else 0.0
