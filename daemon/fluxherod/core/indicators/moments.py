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

Sums: TypeAlias = tuple[float, float, float]
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
def prepend(deviation: float, sums: Sums) -> Sums:
    """A block's (sum d, sum d^2, sum k x d) with one older close: each newer one moves a step away from the oldest."""
    total, squares, ramp = sums
    return total + deviation, multiply_add(deviation, deviation, squares), ramp + total


@inlined
def append(deviation: float, sums: Sums) -> Sums:
    """A block's (sum d, sum d^2, the sum of all those sums d so far) with one newer close."""
    total, squares, sum_of_sums = sums
    total += deviation
    return total, multiply_add(deviation, deviation, squares), sum_of_sums + total


@inlined
def joined(period: int, old: Sums, new: Sums) -> Sums:
    """The window's (sum d, sum d^2, sum k x d): the old block's suffix and what was appended since.

    The appended ones end at k = period - 1, so their sum k x d is period x (sum d) less the sum of the sums d.
    """
    ramp = old[2] + multiply_add(period, new[0], -new[2])
    return old[0] + new[0], old[1] + new[1], ramp


@inlined
def _fold(
    closes: FloatArray, period: int, reference: float, sums: FloatArray, squares: FloatArray, ramps: FloatArray
) -> None:
    """The suffix sums of the first `period` closes."""
    suffix = (0.0, 0.0, 0.0)
    for newer in range(1, period + 1):
        k = np.uintp(period - newer)
        suffix = prepend(closes[k] - reference, suffix)
        sums[k], squares[k], ramps[k] = suffix


@inlined
def push_moments(state: Record, period: int, first: bool, close: float) -> tuple[float, Sums]:
    """Add a close to a MOMENTS record, `first` when it is the first.

    Returns:
        the reference and (sum d, sum d^2, sum k x d) over the window, d = close - reference, k = 0 for the oldest.
        They mean something once `period` closes are in.
    """
    position, reference = state["position"], close if first else state["reference"]
    state["closes"][np.uintp(position)] = close
    new = append(close - reference, (state["prefix"], state["prefix_squares"], state["prefix_sums"]))
    position += 1
    if position == period:
        reference = close
        _fold(state["closes"], period, reference, state["sums"], state["squares"], state["ramps"])
        position, new = 0, (0.0, 0.0, 0.0)
    k = np.uintp(position)
    sums = joined(period, (state["sums"][k], state["squares"][k], state["ramps"][k]), new)
    state["position"], state["reference"] = position, reference
    state["prefix"], state["prefix_squares"], state["prefix_sums"] = new
    return reference, sums


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
def slope_and_r2(period: int, weight: float, scale: float, sums: Sums) -> tuple[float, float]:
    """Slope of the least-squares line a bar, and R2 in [0, 1]; R2 is 0 on a flat window.

    `weight` is 1 / period, `scale` is `slope_scale(period)`.
    """
    total, squares, ramp = sums
    covariation = multiply_add(-0.5 * (period - 1), total, ramp)
    variation = multiply_add(-total * weight, total, squares)
    slope = covariation * scale
    r2 = min(slope * covariation / variation, 1.0) if variation > 0.0 else 0.0
    return slope, r2


@inlined
def _write(which: int, width: float, period: int, reference: float, sums: Sums, out: FloatArray, index: int) -> None:
    """The rows of `out`: upper, middle and lower band, or the one number that is asked for."""
    k = np.uintp(index)
    weight, scale = 1.0 / period, slope_scale(period)
    if which == _BANDS:
        middle, sigma = mean_and_sigma(weight, reference, sums[0], sums[1])
        out[0, k] = middle + width * sigma
        out[1, k] = middle
        out[2, k] = middle - width * sigma
    elif which == _SIGMA:
        out[0, k] = mean_and_sigma(weight, reference, sums[0], sums[1])[1]
    elif which == _SLOPE:
        out[0, k] = slope_and_r2(period, weight, scale, sums)[0]
    else:
        out[0, k] = slope_and_r2(period, weight, scale, sums)[1]


@kernel
def _moments_into(
    closes: FloatArray, period: int, which: int, width: float, scratch: FloatArray, out: FloatArray
) -> None:
    """`push_moments` a block at a time, the array itself its ring; `scratch` has shape (3, 2 x period).

    One loop appends the block's closes from its start and makes, from its end, the suffix sums that the next block
    will need: two chains that don't wait for each other.
    """
    count = closes.shape[0]
    out[:, : period - 1] = np.nan
    if count < period:
        return
    sums, squares, ramps = scratch[0], scratch[1], scratch[2]
    reference = closes[period - 1]
    _fold(closes, period, reference, sums, squares, ramps)
    _write(which, width, period, reference, (sums[0], squares[0], ramps[0]), out, period - 1)
    old, new = 0, period
    for border in range(period, count, period):
        last = border + period - 1
        next_reference = closes[min(last, count - 1)]
        prefix, suffix = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
        for k in range(min(period - 1, count - border)):
            prefix = append(closes[np.uintp(border + k)] - reference, prefix)
            j = np.uintp(old + k + 1)
            window = joined(period, (sums[j], squares[j], ramps[j]), prefix)
            _write(which, width, period, reference, window, out, border + k)
            mirror = np.uintp(min(last - k, count - 1))  # past the end of the array: for no block
            suffix = prepend(closes[mirror] - next_reference, suffix)
            j = np.uintp(new + period - 1 - k)
            sums[j], squares[j], ramps[j] = suffix
        if last < count:
            suffix = prepend(closes[border] - next_reference, suffix)
            _write(which, width, period, next_reference, suffix, out, last)
        reference = next_reference
        old, new = new, old


def _moments(closes: FloatArray, period: int, which: int, width: float = 0.0) -> FloatArray:
    out: FloatArray = np.empty((3 if which == _BANDS else 1, closes.shape[0]))
    _moments_into(closes, period, which, width, np.empty((3, 2 * period)), out)
    return out


def bollinger_bands(closes: FloatArray, period: int, width: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Upper, middle (SMA) and lower band, `width` population sigmas apart; first valid at index period - 1."""
    upper, middle, lower = _moments(closes, period, _BANDS, width)
    return upper, middle, lower


def population_sigma(closes: FloatArray, period: int) -> FloatArray:
    """Population standard deviation; first valid at index period - 1."""
    sigma: FloatArray = _moments(closes, period, _SIGMA)[0]
    return sigma


def linear_regression_slope(closes: FloatArray, period: int) -> FloatArray:
    """Slope a bar of the least-squares line; first valid at index period - 1."""
    slope: FloatArray = _moments(closes, period, _SLOPE)[0]
    return slope


def r_squared(closes: FloatArray, period: int) -> FloatArray:
    """Squared correlation of close and time, 0 on a flat window; first valid at index period - 1."""
    r2: FloatArray = _moments(closes, period, _R2)[0]
    return r2
