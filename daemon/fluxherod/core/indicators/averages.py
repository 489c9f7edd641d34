"""Exponential and Kaufman's adaptive moving average, and the efficiency ratio."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.windows import MAX_PERIOD, WINDOW
from fluxherod.core.jit import FloatArray, inlined, kernel, multiply_add

# Below any step that a price can make.
_NO_PATH = 1e-300

KAMA = np.dtype([("value", "f8"), ("position", "i8"), ("closes", "f8", (MAX_PERIOD,)), ("path", WINDOW)], align=True)


@inlined
def next_ema(value: float, period: int, weight: float, index: int, new: float) -> float:
    """The average with `weight` = 2 / (period + 1), valid from index period - 1 on: the mean seeds it.

    Before that the value is the sum so far.
    """
    if index >= period:
        return forget(value, weight, new)
    total = value + new
    return total if index < period - 1 else total / period


@inlined
def forget(value: float, weight: float, new: float) -> float:
    """Exponential smoothing. Only one operation waits for the value before, so a loop over it runs at full speed."""
    return fade(value, weight, weight * new)


@inlined
def fade(value: float, weight: float, part: float) -> float:
    """`forget` whose new value has its weight already."""
    return multiply_add(1.0 - weight, value, part)


@inlined
def efficiency(move: float, path: float) -> float:
    """Net move over path length in [0, 1]; 0 when there was no move at all."""
    return min(abs(move) / max(path, _NO_PATH), 1.0)


@inlined
def next_kama(
    value: float, period: int, fastest: float, slowest: float, index: int, ratio: float, close: float
) -> float:
    """KAMA, valid from index `period` on, seeded with the close before; the close itself before that.

    `fastest` and `slowest` are the smoothing constants 2 / (bars + 1).
    """
    return adapt(value, fastest, slowest, ratio, close) if index >= period else close


@inlined
def adapt(value: float, fastest: float, slowest: float, ratio: float, close: float) -> float:
    """KAMA's next value by the efficiency ratio of its window."""
    return approach(value, smoothing_of(ratio, fastest, slowest), close)


@inlined
def smoothing_of(ratio: float, fastest: float, slowest: float) -> float:
    """The part of the way to the close that KAMA goes, by the efficiency ratio."""
    smoothing = multiply_add(ratio, fastest - slowest, slowest)
    return smoothing * smoothing


@inlined
def approach(value: float, part: float, close: float) -> float:
    """Smoothing in the form that leaves a value equal to the close exactly as it is."""
    return multiply_add(part, close - value, value)


@kernel
def _ema_into(values: FloatArray, period: int, out: FloatArray) -> None:
    weight = 2.0 / (period + 1)
    value = 0.0
    for index in range(min(period, values.shape[0])):
        value = next_ema(value, period, weight, index, values[index])
        out[index] = value if index == period - 1 else np.nan
    for index in range(period, values.shape[0]):
        value = forget(value, weight, values[index])
        out[index] = value


@inlined
def _step_length(closes: FloatArray, index: int) -> float:
    return abs(float(closes[np.uintp(index)] - closes[np.uintp(index - 1)]))


@kernel
def _kama_into(
    closes: FloatArray, period: int, fast: int, slow: int, ratios: bool, scratch: FloatArray, out: FloatArray
) -> None:
    """KAMA, or with `ratios` the efficiency ratios; `scratch` has shape (2, period + 1).

    The path is `push_sum` a block at a time. KAMA waits for its own value before, the suffix sums that the next block
    will need wait for nothing: so one loop does both, those from the block's end backwards.
    """
    count = closes.shape[0]
    fastest, slowest = 2.0 / (fast + 1), 2.0 / (slow + 1)
    out[:period] = np.nan
    if count <= period:
        return
    old, new = scratch[0], scratch[1]
    path = 0.0
    for k in range(period, 0, -1):
        path += _step_length(closes, k)
        old[k - 1] = path
    ratio = efficiency(closes[period] - closes[0], path)
    value = adapt(closes[period - 1], fastest, slowest, ratio, closes[period])
    out[period] = ratio if ratios else value
    for border in range(period + 1, count, period):
        prefix, folded = 0.0, 0.0
        for k in range(min(period, count - border)):
            index, mirror = border + k, period - 1 - k
            folded += _step_length(closes, min(border + mirror, count - 1))  # past the end: for no block
            new[np.uintp(mirror)] = folded
            prefix += _step_length(closes, index)
            path = prefix + old[np.uintp(k + 1)] if mirror > 0 else folded
            close = closes[np.uintp(index)]
            ratio = efficiency(close - closes[np.uintp(index - period)], path)
            value = adapt(value, fastest, slowest, ratio, close)
            out[np.uintp(index)] = ratio if ratios else value
        old, new = new, old


def ema(values: FloatArray, period: int) -> FloatArray:
    """Exponential moving average, shape of `values`; first valid at index period - 1."""
    out = np.empty(values.shape[0])
    _ema_into(values, period, out)
    return out


def kama(closes: FloatArray, period: int, fast: int = 2, slow: int = 30) -> FloatArray:
    """Kaufman's adaptive moving average; first valid at index `period`."""
    out = np.empty(closes.shape[0])
    _kama_into(closes, period, fast, slow, False, np.zeros((2, period + 1)), out)
    return out


def efficiency_ratio(closes: FloatArray, period: int) -> FloatArray:
    """Net move over path length in [0, 1], 0 on a flat window; first valid at index `period`."""
    out = np.empty(closes.shape[0])
    _kama_into(closes, period, 2, 30, True, np.zeros((2, period + 1)), out)
    return out
