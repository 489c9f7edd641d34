"""How alike two symbols move: Pearson's rho over the newest 50 log returns on their common timestamps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fluxherod.core.jit import FloatArray, RowArray, compiled_only, inlined, kernel

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
    largest: Correlation | None = None
    for one in correlations:
        if not math.isnan(one.rho) and (largest is None or abs(one.rho) > abs(largest.rho)):
            largest = one
    if largest is not None and largest.exceeds(limit):
        return largest
    return next((one for one in correlations if math.isnan(one.rho)), largest)


def correlation(
    symbol: str, times: RowArray, closes: FloatArray, others: tuple[RowArray, FloatArray], basis: str = "returns"
) -> Correlation:
    """How the bars of one symbol go with those of another, which is named `symbol`.

    Args:
        times: ends of the bars, rising; shape (n,), contiguous.
        closes: their closes, all above 0; shape (n,), contiguous.
        others: the same of the other symbol.
        basis: "returns" (log returns) or "prices".
    """
    rho, found = newest_rho(times, closes, *others, basis == "returns")
    if found < RETURNS:
        return Correlation(symbol, math.nan, f"{found} common {basis}, {RETURNS} are needed")
    return Correlation(symbol, rho, "a price did not move" if math.isnan(rho) else "")


@kernel
def newest_rho(
    times: RowArray, closes: FloatArray, other_times: RowArray, other_closes: FloatArray, returns: bool
) -> tuple[float, int]:
    """Rho over the newest common values, NaN when one of them is flat; and how many there are, up to what is needed."""
    wanted = RETURNS + 1 if returns else RETURNS
    ours, theirs = np.empty(wanted), np.empty(wanted)
    first = _newest_common(times, closes, other_times, other_closes, ours, theirs)
    if returns:
        for k in range(wanted - 1, first, -1):
            ours[k], theirs[k] = math.log(ours[k] / ours[k - 1]), math.log(theirs[k] / theirs[k - 1])
        first += 1
    found = max(0, wanted - first)
    if found < RETURNS:
        return math.nan, found
    return _pearson(ours[first:], theirs[first:]), found


@inlined
def _newest_common(
    times: RowArray,
    closes: FloatArray,
    other_times: RowArray,
    other_closes: FloatArray,
    ours: FloatArray,
    theirs: FloatArray,
) -> int:
    """Fill both with the closes at the newest times that both have, from the end; where what was found begins."""
    first, mine, other = len(ours), len(times) - 1, len(other_times) - 1
    while first > 0 and mine >= 0 and other >= 0:
        if times[mine] == other_times[other]:
            first -= 1
            ours[first], theirs[first] = closes[mine], other_closes[other]
            mine, other = mine - 1, other - 1
        elif times[mine] > other_times[other]:
            mine -= 1
        else:
            other -= 1
    return first


@inlined
def _pearson(ours: FloatArray, theirs: FloatArray) -> float:
    """Rho of two series of one length; NaN when one of them is flat."""
    count = len(ours)
    our_mean, their_mean = ours.sum() / count, theirs.sum() / count
    product, our_squares, their_squares, our_size, their_size = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(count):
        away, their_away = ours[k] - our_mean, theirs[k] - their_mean
        product += away * their_away
        our_squares += away * away
        their_squares += their_away * their_away
        our_size += ours[k] * ours[k]
        their_size += theirs[k] * theirs[k]
    if not (_moved(our_squares, our_size, count) and _moved(their_squares, their_size, count)):
        return math.nan
    return max(-1.0, min(1.0, product / (math.sqrt(our_squares) * math.sqrt(their_squares))))


@inlined
def _moved(squares_away: float, squares: float, count: int) -> bool:
    """False when the distances from the mean are mere rounding of the values."""
    return squares_away > _ROUNDING * _ROUNDING * squares + count * _LEAST * _LEAST


def warm_up() -> None:
    """Compile (or load from the cache) what the first signal must not wait for."""
    nothing = np.empty(0, np.int64), np.empty(0)
    newest_rho(*nothing, *nothing, True)
    compiled_only(newest_rho)
