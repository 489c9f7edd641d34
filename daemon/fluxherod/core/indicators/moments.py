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
from fluxherod.core.jit import FloatArray, Record, inlined, kernel, multiply_add

Scalars: TypeAlias = tuple[int, float, float, float, float]
_SLOPE, _R2, _SIGMA, _BANDS = range(4)

MOMENTS = np.dtype(
    [
        ("reference", "f8"),
        ("prefix", "f8"),
        ("prefix_squares", "f8"),
        ("prefix_sums", "f8"),
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
    closes: FloatArray,
    border: int,
    period: int,
    reference: float,
    sums: FloatArray,
    squares: FloatArray,
    ramps: FloatArray,
) -> None:
    """The suffix sums of the block of closes that starts at `border`."""
    total, total_squares, total_ramp = 0.0, 0.0, 0.0
    for newer in range(1, period + 1):
        k = period - newer
        deviation = closes[np.uintp(border + k)] - reference
        total_ramp += total  # each newer close moves one step away from the oldest
        total += deviation
        total_squares = multiply_add(deviation, deviation, total_squares)
        sums[np.uintp(k)] = total
        squares[np.uintp(k)] = total_squares
        ramps[np.uintp(k)] = total_ramp


@inlined
def push_moments(rings: Record, scalars: Scalars, period: int, close: float) -> tuple[Scalars, float, float, float]:
    """Add a close to a window; `scalars` is its (position, reference, prefix, prefix_squares, prefix_sums).

    Returns:
        (scalars, sum d, sum d^2, sum k x d) over the window, d = close - reference, k = 0 for the oldest.
        They mean something once `period` closes are in.
    """
    position, reference, prefix, prefix_squares, prefix_sums = scalars
    rings["closes"][np.uintp(position)] = close
    prefix, prefix_squares, prefix_sums = _extend(close - reference, prefix, prefix_squares, prefix_sums)
    position += 1
    if position == period:
        reference = close
        _fold(rings["closes"], 0, period, reference, rings["sums"], rings["squares"], rings["ramps"])
        position, prefix, prefix_squares, prefix_sums = 0, 0.0, 0.0, 0.0
    k = np.uintp(position)
    return (
        (position, reference, prefix, prefix_squares, prefix_sums),
        rings["sums"][k] + prefix,
        rings["squares"][k] + prefix_squares,
        rings["ramps"][k] + multiply_add(period, prefix, -prefix_sums),
    )


@inlined
def _extend(deviation: float, prefix: float, prefix_squares: float, prefix_sums: float) -> tuple[float, float, float]:
    """The new block's sums of d, of d^2 and of the first: with d at k = period - n .. period - 1, sum k x d is
    period x (sum of d) less the sum of those sums.
    """
    prefix += deviation
    return prefix, multiply_add(deviation, deviation, prefix_squares), prefix_sums + prefix


@inlined
def push_moments_state(state: Record, period: int, first: bool, close: float) -> tuple[float, float, float, float]:
    """`push_moments` on a MOMENTS record; (reference, sum d, sum d^2, sum k x d). `first` on the first close."""
    reference = close if first else state["reference"]
    scalars = (state["position"], reference, state["prefix"], state["prefix_squares"], state["prefix_sums"])
    scalars, total, squares, ramp = push_moments(state, scalars, period, close)
    state["position"], state["reference"], state["prefix"] = scalars[0], scalars[1], scalars[2]
    state["prefix_squares"], state["prefix_sums"] = scalars[3], scalars[4]
    return scalars[1], total, squares, ramp


@inlined
def mean_and_sigma(weight: float, reference: float, total: float, squares: float) -> tuple[float, float]:
    """Mean and population sigma of the window; `weight` = 1 / period."""
    offset = total * weight
    return reference + offset, math.sqrt(max(multiply_add(-offset, offset, squares * weight), 0.0))


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
    covariation = multiply_add(-0.5 * (period - 1), total, ramp)
    variation = multiply_add(-total * weight, total, squares)
    slope = covariation * scale
    r2 = min(slope * covariation / variation, 1.0) if variation > 0.0 else 0.0
    return slope, r2


@inlined
def _slide(
    closes: FloatArray, border: int, count: int, period: int, sums: FloatArray, squares: FloatArray, ramps: FloatArray
) -> None:
    """The suffix sums of the block before `border` become the window's sums at each of the next `count` closes."""
    reference = closes[border - 1]
    prefix, prefix_squares, prefix_sums = 0.0, 0.0, 0.0
    for step in range(count):
        deviation = closes[np.uintp(border + step)] - reference
        prefix, prefix_squares, prefix_sums = _extend(deviation, prefix, prefix_squares, prefix_sums)
        k, older = np.uintp(step), np.uintp(step + 1)
        sums[k] = sums[older] + prefix
        squares[k] = squares[older] + prefix_squares
        ramps[k] = ramps[older] + multiply_add(period, prefix, -prefix_sums)


@inlined
def _finish(
    which: int,
    width: float,
    period: int,
    reference: float,
    sums: FloatArray,
    squares: FloatArray,
    ramps: FloatArray,
    first: int,
    count: int,
    out: FloatArray,
) -> None:
    """From window sums to values. No bar waits for another here: the compiler takes several at once."""
    weight, scale = 1.0 / period, slope_scale(period)
    for k in range(count):
        if which == _BANDS:
            middle, sigma = mean_and_sigma(weight, reference, sums[k], squares[k])
            out[0, first + k] = middle + width * sigma
            out[1, first + k] = middle
            out[2, first + k] = middle - width * sigma
        elif which == _SIGMA:
            out[0, first + k] = mean_and_sigma(weight, reference, sums[k], squares[k])[1]
        elif which == _SLOPE:
            out[0, first + k] = slope_and_r2(period, weight, scale, sums[k], squares[k], ramps[k])[0]
        else:
            out[0, first + k] = slope_and_r2(period, weight, scale, sums[k], squares[k], ramps[k])[1]


@kernel
def _moments_into(
    closes: FloatArray, period: int, which: int, width: float, scratch: FloatArray, out: FloatArray
) -> None:
    """`push_moments` a block at a time, the array itself its ring; `scratch` has shape (3, period).

    The rows of `out`: upper, middle and lower band, or the one number that is asked for.
    """
    count = closes.shape[0]
    sums, squares, ramps = scratch[0], scratch[1], scratch[2]
    out[:, : period - 1] = np.nan
    for border in range(0, count, period):
        if border > 0:
            length = min(period - 1, count - border)
            _slide(closes, border, length, period, sums, squares, ramps)
            _finish(which, width, period, closes[border - 1], sums, squares, ramps, border, length, out)
        last = border + period - 1
        if last < count:
            _fold(closes, border, period, closes[last], sums, squares, ramps)
            _finish(which, width, period, closes[last], sums, squares, ramps, last, 1, out)


def _moments(closes: FloatArray, period: int, which: int, width: float = 0.0) -> FloatArray:
    out = np.empty((3 if which == _BANDS else 1, closes.shape[0]))
    _moments_into(closes, period, which, width, np.empty((3, period)), out)
    return out


def bollinger_bands(closes: FloatArray, period: int, width: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Upper, middle (SMA) and lower band, `width` population sigmas apart; first valid at index period - 1."""
    upper, middle, lower = _moments(closes, period, _BANDS, width)
    return upper, middle, lower


def population_sigma(closes: FloatArray, period: int) -> FloatArray:
    """Population standard deviation; first valid at index period - 1."""
    return _moments(closes, period, _SIGMA)[0]


def linear_regression_slope(closes: FloatArray, period: int) -> FloatArray:
    """Slope a bar of the least-squares line; first valid at index period - 1."""
    return _moments(closes, period, _SLOPE)[0]


def r_squared(closes: FloatArray, period: int) -> FloatArray:
    """Squared correlation of close and time, 0 on a flat window; first valid at index period - 1."""
    return _moments(closes, period, _R2)[0]
