"""Moments of the last `period` closes: mean, population sigma, regression slope and R2.

Closes are taken relative to a reference close that is always one of the window (the newest close at the block
border, see `windows`). So no deviation exceeds the window's own range, the variance is at least
range^2 / (2 x period), and the textbook formulas lose no digits however high the price is.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from fluxherod.core.indicators.windows import MAX_PERIOD
from fluxherod.core.jit import FloatArray, Record, RecordArray, inlined, kernel

Scalars: TypeAlias = tuple[int, float, float, float, float]
_SLOPE, _R2, _SIGMA = 0, 1, 2

MOMENTS = np.dtype(
    [
        ("reference", "f8"),
        ("prefix", "f8"),
        ("prefix_squares", "f8"),
        ("prefix_ramp", "f8"),
        ("position", "i8"),
        ("closes", "f8", (MAX_PERIOD,)),
        ("sums", "f8", (MAX_PERIOD,)),
        ("squares", "f8", (MAX_PERIOD,)),
        ("ramps", "f8", (MAX_PERIOD,)),
    ],
    align=True,
)


@inlined
def _fold(
    closes: FloatArray, sums: FloatArray, squares: FloatArray, ramps: FloatArray, period: int, reference: float
) -> None:
    total, total_squares, total_ramp = 0.0, 0.0, 0.0
    for newer in range(1, period + 1):
        k = np.uintp(period - newer)
        deviation = closes[k] - reference
        total_ramp += total  # each newer close moves one step away from the oldest
        total += deviation
        total_squares += deviation * deviation
        sums[k] = total
        squares[k] = total_squares
        ramps[k] = total_ramp


@inlined
def push_moments(rings: Record, scalars: Scalars, period: int, close: float) -> tuple[Scalars, float, float, float]:
    """Add a close to a window; `scalars` is its (position, reference, prefix, prefix_squares, prefix_ramp).

    Returns:
        (scalars, sum d, sum d^2, sum k x d) over the window, d = close - reference, k = 0 for the oldest.
        They mean something once `period` closes are in.
    """
    position, reference, prefix, prefix_squares, prefix_ramp = scalars
    rings["closes"][np.uintp(position)] = close
    deviation = close - reference
    prefix += deviation
    prefix_squares += deviation * deviation
    prefix_ramp += position * deviation
    position += 1
    if position == period:
        reference = close
        _fold(rings["closes"], rings["sums"], rings["squares"], rings["ramps"], period, reference)
        position, prefix, prefix_squares, prefix_ramp = 0, 0.0, 0.0, 0.0
    k = np.uintp(position)
    return (
        (position, reference, prefix, prefix_squares, prefix_ramp),
        rings["sums"][k] + prefix,
        rings["squares"][k] + prefix_squares,
        rings["ramps"][k] + (prefix_ramp + (period - position) * prefix),
    )


@inlined
def push_moments_state(state: Record, period: int, first: bool, close: float) -> tuple[float, float, float, float]:
    """`push_moments` on a MOMENTS record; (reference, sum d, sum d^2, sum k x d). `first` on the first close."""
    reference = close if first else state["reference"]
    scalars = (state["position"], reference, state["prefix"], state["prefix_squares"], state["prefix_ramp"])
    scalars, total, squares, ramp = push_moments(state, scalars, period, close)
    state["position"], state["reference"], state["prefix"] = scalars[0], scalars[1], scalars[2]
    state["prefix_squares"], state["prefix_ramp"] = scalars[3], scalars[4]
    return scalars[1], total, squares, ramp


@inlined
def mean_and_sigma(weight: float, reference: float, total: float, squares: float) -> tuple[float, float]:
    """Mean and population sigma of the window; `weight` = 1 / period."""
    offset = total * weight
    return reference + offset, math.sqrt(max(squares * weight - offset * offset, 0.0))


@inlined
def slope_scale(period: int) -> float:
    """1 over the variation of the bar numbers 0 .. period - 1."""
    return 12.0 / (period * (period * period - 1.0))


@inlined
def slope_and_r2(
    period: int, weight: float, scale: float, total: float, squares: float, ramp: float
) -> tuple[float, float]:
    """Slope of the least-squares line a bar, and R2 in [0, 1]; R2 is 0 on a flat window.

    `weight` is 1 / period, `scale` is `slope_scale(period)`.
    """
    covariation = ramp - 0.5 * (period - 1) * total
    variation = squares - total * total * weight
    slope = covariation * scale
    r2 = min(slope * covariation / variation, 1.0) if variation > 0.0 else 0.0
    return slope, r2


@kernel
def _bands_into(closes: FloatArray, period: int, width: float, state: RecordArray, out: FloatArray) -> None:
    """The rows of `out`: upper, middle and lower band."""
    weight = 1.0 / period
    scalars = (0, closes[0] if closes.shape[0] else 0.0, 0.0, 0.0, 0.0)
    for index in range(closes.shape[0]):
        scalars, total, squares, _ = push_moments(state[0], scalars, period, closes[index])
        middle, sigma = mean_and_sigma(weight, scalars[1], total, squares)
        if index < period - 1:
            middle = np.nan
        out[0, index] = middle + width * sigma
        out[1, index] = middle
        out[2, index] = middle - width * sigma


@kernel
def _one_into(closes: FloatArray, period: int, which: int, state: RecordArray, out: FloatArray) -> None:
    weight = 1.0 / period
    scale = slope_scale(period)
    scalars = (0, closes[0] if closes.shape[0] else 0.0, 0.0, 0.0, 0.0)
    for index in range(closes.shape[0]):
        scalars, total, squares, ramp = push_moments(state[0], scalars, period, closes[index])
        if which == _SIGMA:
            value = mean_and_sigma(weight, 0.0, total, squares)[1]
        else:
            value = slope_and_r2(period, weight, scale, total, squares, ramp)[which]
        out[index] = value if index >= period - 1 else np.nan


def bollinger_bands(closes: FloatArray, period: int, width: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Upper, middle (SMA) and lower band, `width` population sigmas apart; first valid at index period - 1."""
    out = np.empty((3, closes.shape[0]))
    _bands_into(closes, period, width, np.zeros(1, MOMENTS), out)
    return out[0], out[1], out[2]


def _one(closes: FloatArray, period: int, which: int) -> FloatArray:
    out = np.empty(closes.shape[0])
    _one_into(closes, period, which, np.zeros(1, MOMENTS), out)
    return out


def population_sigma(closes: FloatArray, period: int) -> FloatArray:
    """Population standard deviation; first valid at index period - 1."""
    return _one(closes, period, _SIGMA)


def linear_regression_slope(closes: FloatArray, period: int) -> FloatArray:
    """Slope a bar of the least-squares line; first valid at index period - 1."""
    return _one(closes, period, _SLOPE)


def r_squared(closes: FloatArray, period: int) -> FloatArray:
    """Squared correlation of close and time, 0 on a flat window; first valid at index period - 1."""
    return _one(closes, period, _R2)
