"""Moments of the last `period` closes: mean, population sigma, regression slope and R2.

Closes are taken relative to a reference close that is always one of the window (the newest close at the block
border, see `windows`). So no deviation exceeds the window's own range, the variance is at least
range^2 / (2 x period), and the textbook formulas lose no digits however high the price is.
"""

from __future__ import annotations

import math

import numpy as np

from fluxherod.core.indicators.windows import MAX_PERIOD
from fluxherod.core.jit import FloatArray, Record, RecordArray, inlined, kernel

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
def _fold(moments: Record, period: int, reference: float) -> None:
    closes, sums, squares, ramps = moments["closes"], moments["sums"], moments["squares"], moments["ramps"]
    total = 0.0
    total_squares = 0.0
    total_ramp = 0.0
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
def push_moments(moments: Record, period: int, first: bool, close: float) -> tuple[float, float, float, float]:
    """Add a close; `first` on the very first one.

    Returns:
        (reference, sum d, sum d^2, sum k x d) over the window, d = close - reference, k = 0 for the oldest.
        They mean something once `period` closes are in.
    """
    if first:
        moments["reference"] = close
    position = moments["position"]
    moments["closes"][np.uintp(position)] = close
    deviation = close - moments["reference"]
    prefix = moments["prefix"] + deviation
    prefix_squares = moments["prefix_squares"] + deviation * deviation
    prefix_ramp = moments["prefix_ramp"] + position * deviation
    position += 1
    if position == period:
        _fold(moments, period, close)
        moments["reference"] = close
        position = 0
        prefix = 0.0
        prefix_squares = 0.0
        prefix_ramp = 0.0
    moments["position"] = position
    moments["prefix"] = prefix
    moments["prefix_squares"] = prefix_squares
    moments["prefix_ramp"] = prefix_ramp
    k = np.uintp(position)
    return (
        moments["reference"],
        moments["sums"][k] + prefix,
        moments["squares"][k] + prefix_squares,
        moments["ramps"][k] + (prefix_ramp + (period - position) * prefix),
    )


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
def _moments_into(closes: FloatArray, period: int, state: RecordArray, out: FloatArray) -> None:
    weight = 1.0 / period
    scale = slope_scale(period)
    for index in range(closes.shape[0]):
        reference, total, squares, ramp = push_moments(state[0], period, index == 0, closes[index])
        if index >= period - 1:
            out[0, index], out[1, index] = mean_and_sigma(weight, reference, total, squares)
            out[2, index], out[3, index] = slope_and_r2(period, weight, scale, total, squares, ramp)
        else:
            out[:, index] = np.nan


def _moments(closes: FloatArray, period: int) -> FloatArray:
    out = np.empty((4, closes.shape[0]))
    _moments_into(closes, period, np.zeros(1, MOMENTS), out)
    return out


def population_sigma(closes: FloatArray, period: int) -> FloatArray:
    """Population standard deviation; first valid at index period - 1."""
    return _moments(closes, period)[1]


def bollinger_bands(closes: FloatArray, period: int, width: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Upper, middle (SMA) and lower band, `width` population sigmas apart; first valid at index period - 1."""
    middle, sigma, _, _ = _moments(closes, period)
    return middle + width * sigma, middle, middle - width * sigma


def linear_regression_slope(closes: FloatArray, period: int) -> FloatArray:
    """Slope a bar of the least-squares line; first valid at index period - 1."""
    return _moments(closes, period)[2]


def r_squared(closes: FloatArray, period: int) -> FloatArray:
    """Squared correlation of close and time, 0 on a flat window; first valid at index period - 1."""
    return _moments(closes, period)[3]
