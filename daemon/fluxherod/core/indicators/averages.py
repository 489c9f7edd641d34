"""Exponential and Kaufman's adaptive moving average, and the efficiency ratio."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.windows import MAX_PERIOD, WINDOW, push_sum
from fluxherod.core.jit import FloatArray, inlined, kernel

KAMA = np.dtype([("value", "f8"), ("position", "i8"), ("closes", "f8", (MAX_PERIOD,)), ("path", WINDOW)], align=True)


@inlined
def next_ema(value: float, period: int, weight: float, index: int, new: float) -> float:
    """The average with `weight` = 2 / (period + 1), valid from index period - 1 on: the mean seeds it.

    Before that the value is the sum so far.
    """
    if index >= period:
        return value + (new - value) * weight
    total = value + new
    return total if index < period - 1 else total / period


@inlined
def efficiency(move: float, path: float) -> float:
    """Net move over path length in [0, 1]; 0 when there was no move at all."""
    return min(abs(move) / path, 1.0) if path > 0.0 else 0.0


@inlined
def next_kama(
    value: float, period: int, fastest: float, slowest: float, index: int, ratio: float, close: float
) -> float:
    """KAMA, valid from index `period` on, seeded with the close before; the close itself before that.

    `fastest` and `slowest` are the smoothing constants 2 / (bars + 1).
    """
    if index < period:
        return close
    smoothing = ratio * (fastest - slowest) + slowest
    return value + (close - value) * (smoothing * smoothing)


@kernel
def _ema_into(values: FloatArray, period: int, out: FloatArray) -> None:
    weight = 2.0 / (period + 1)
    value = 0.0
    for index in range(values.shape[0]):
        value = next_ema(value, period, weight, index, values[index])
        out[index] = value if index >= period - 1 else np.nan


@kernel
def _kama_into(
    closes: FloatArray, period: int, fast: int, slow: int, ring: FloatArray, out: FloatArray, ratios: FloatArray
) -> None:
    fastest = 2.0 / (fast + 1)
    slowest = 2.0 / (slow + 1)
    position, prefix, value, ratio = 0, 0.0, 0.0, 0.0
    for index in range(closes.shape[0]):
        close = closes[index]
        if index > 0:
            position, prefix, path = push_sum(ring, position, prefix, period, abs(close - closes[index - 1]))
            if index >= period:
                ratio = efficiency(close - closes[index - period], path)
        value = next_kama(value, period, fastest, slowest, index, ratio, close)
        out[index] = value if index >= period else np.nan
        if ratios.shape[0] > 0:
            ratios[index] = ratio if index >= period else np.nan


def ema(values: FloatArray, period: int) -> FloatArray:
    """Exponential moving average, shape of `values`; first valid at index period - 1."""
    out = np.empty(values.shape[0])
    _ema_into(values, period, out)
    return out


def kama(closes: FloatArray, period: int, fast: int = 2, slow: int = 30) -> FloatArray:
    """Kaufman's adaptive moving average; first valid at index `period`."""
    out = np.empty(closes.shape[0])
    _kama_into(closes, period, fast, slow, np.zeros(period), out, np.empty(0))
    return out


def efficiency_ratio(closes: FloatArray, period: int) -> FloatArray:
    """Net move over path length in [0, 1], 0 on a flat window; first valid at index `period`."""
    out = np.empty(closes.shape[0])
    _kama_into(closes, period, 2, 30, np.zeros(period), np.empty(closes.shape[0]), out)
    return out
