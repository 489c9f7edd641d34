"""Exponential and Kaufman's adaptive moving average, and the efficiency ratio."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.windows import MAX_PERIOD, WINDOW, push_sum
from fluxherod.core.jit import FloatArray, Record, RecordArray, inlined, kernel

EMA = np.dtype([("value", "f8")], align=True)
KAMA = np.dtype(
    [
        ("value", "f8"),
        ("previous", "f8"),
        ("position", "i8"),
        ("closes", "f8", (MAX_PERIOD,)),
        ("path", WINDOW),
    ],
    align=True,
)


@inlined
def update_ema(state: Record, period: int, weight: float, index: int, value: float) -> float:
    """The average with `weight` = 2 / (period + 1), seeded with the mean of the first `period` values; NaN before."""
    if index >= period:
        state["value"] += (value - state["value"]) * weight
        return state["value"]  # type: ignore[no-any-return]
    state["value"] += value
    if index < period - 1:
        return np.nan
    state["value"] /= period
    return state["value"]  # type: ignore[no-any-return]


@inlined
def update_kama(
    state: Record, period: int, fastest: float, slowest: float, index: int, close: float
) -> tuple[float, float]:
    """KAMA and its efficiency ratio; both NaN before index `period`. The ratio is 0 on a flat window.

    `fastest` and `slowest` are the smoothing constants 2 / (bars + 1).
    """
    position = state["position"]
    k = np.uintp(position)
    oldest = state["closes"][k]
    state["closes"][k] = close
    state["position"] = position + 1 if position + 1 < period else 0
    previous = state["previous"]
    state["previous"] = close
    if index == 0:
        return np.nan, np.nan
    path = push_sum(state["path"], period, abs(close - previous))
    if index < period:
        state["value"] = close  # the seed is the close before the first valid bar
        return np.nan, np.nan
    ratio = min(abs(close - oldest) / path, 1.0) if path > 0.0 else 0.0
    smoothing = ratio * (fastest - slowest) + slowest
    state["value"] += (close - state["value"]) * (smoothing * smoothing)
    return state["value"], ratio


@kernel
def _ema_into(values: FloatArray, period: int, state: RecordArray, out: FloatArray) -> None:
    weight = 2.0 / (period + 1)
    for index in range(values.shape[0]):
        out[index] = update_ema(state[0], period, weight, index, values[index])


@kernel
def _kama_into(
    closes: FloatArray, period: int, fast: int, slow: int, state: RecordArray, out: FloatArray, ratio: FloatArray
) -> None:
    fastest = 2.0 / (fast + 1)
    slowest = 2.0 / (slow + 1)
    for index in range(closes.shape[0]):
        out[index], ratio[index] = update_kama(state[0], period, fastest, slowest, index, closes[index])


def ema(values: FloatArray, period: int) -> FloatArray:
    """Exponential moving average, shape of `values`; first valid at index period - 1."""
    out = np.empty(values.shape[0])
    _ema_into(values, period, np.zeros(1, EMA), out)
    return out


def _kama(closes: FloatArray, period: int, fast: int, slow: int) -> tuple[FloatArray, FloatArray]:
    out, ratio = np.empty(closes.shape[0]), np.empty(closes.shape[0])
    _kama_into(closes, period, fast, slow, np.zeros(1, KAMA), out, ratio)
    return out, ratio


def kama(closes: FloatArray, period: int, fast: int = 2, slow: int = 30) -> FloatArray:
    """Kaufman's adaptive moving average; first valid at index `period`."""
    return _kama(closes, period, fast, slow)[0]


def efficiency_ratio(closes: FloatArray, period: int) -> FloatArray:
    """Net move over path length in [0, 1], 0 on a flat window; first valid at index `period`."""
    return _kama(closes, period, 2, 30)[1]
