"""Wilder's indicators: RSI, ATR, ADX with +DI and -DI, seeded as TA-Lib seeds them.

The updates take `weight` = 1 / period: a division a bar is dear.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.jit import FloatArray, Record, RecordArray, inlined, kernel

# Below this TA-Lib takes a denominator for zero.
_ZERO = 1e-14

RSI = np.dtype([("gain", "f8"), ("loss", "f8")], align=True)
ATR = np.dtype([("value", "f8")], align=True)
ADX = np.dtype([("plus", "f8"), ("minus", "f8"), ("range", "f8"), ("value", "f8")], align=True)


@inlined
def true_range(high: float, low: float, previous_close: float) -> float:
    """The largest of high - low, |high - previous close| and |low - previous close|."""
    return max(high - low, abs(high - previous_close), abs(low - previous_close))


@inlined
def update_rsi(state: Record, period: int, weight: float, index: int, change: float) -> float:
    """RSI after a close that changed by `change` (index >= 1); NaN before index `period`, 50 without any move."""
    gain = max(change, 0.0)
    loss = max(-change, 0.0)
    if index <= period:
        state["gain"] += gain
        state["loss"] += loss
        if index < period:
            return np.nan
        state["gain"] /= period
        state["loss"] /= period
    else:
        keep = 1.0 - weight
        state["gain"] = state["gain"] * keep + gain * weight
        state["loss"] = state["loss"] * keep + loss * weight
    total = state["gain"] + state["loss"]
    return 100.0 * (state["gain"] / total) if total > _ZERO else 50.0


@inlined
def update_atr(state: Record, period: int, weight: float, index: int, bar_range: float) -> float:
    """ATR after a bar of true range `bar_range` (index >= 1); NaN before index `period`."""
    if index > period:
        state["value"] = state["value"] * (1.0 - weight) + bar_range * weight
        return state["value"]  # type: ignore[no-any-return]
    state["value"] += bar_range
    if index < period:
        return np.nan
    state["value"] /= period
    return state["value"]  # type: ignore[no-any-return]


@inlined
def update_adx(
    state: Record, period: int, weight: float, index: int, rise: float, fall: float, bar_range: float
) -> tuple[float, float, float]:
    """ADX, +DI and -DI after a bar (index >= 1) whose high rose by `rise` and whose low fell by `fall`.

    The DIs are NaN before index `period`, ADX before index 2 x period - 1. A bar without any range or
    directional movement leaves ADX as it is.
    """
    keep = 1.0 - weight if index >= period else 1.0
    plus = state["plus"] * keep + (rise if rise > 0.0 and rise > fall else 0.0)
    minus = state["minus"] * keep + (fall if fall > 0.0 and fall > rise else 0.0)
    smoothed_range = state["range"] * keep + bar_range
    state["plus"] = plus
    state["minus"] = minus
    state["range"] = smoothed_range
    if index < period:
        return np.nan, np.nan, np.nan
    scale = 100.0 / smoothed_range if smoothed_range > _ZERO else 0.0
    plus_di = plus * scale
    minus_di = minus * scale
    movement = plus_di + minus_di
    moved = movement > _ZERO
    dx = 100.0 * (abs(plus_di - minus_di) / movement) if moved else 0.0
    last_seed = 2 * period - 1
    if index > last_seed:
        if moved:
            state["value"] = state["value"] * keep + dx * weight
        return state["value"], plus_di, minus_di
    state["value"] += dx
    if index < last_seed:
        return np.nan, plus_di, minus_di
    state["value"] /= period
    return state["value"], plus_di, minus_di


@kernel
def _rsi_into(closes: FloatArray, period: int, state: RecordArray, out: FloatArray) -> None:
    weight = 1.0 / period
    for index in range(closes.shape[0]):
        out[index] = (
            np.nan if index == 0 else update_rsi(state[0], period, weight, index, closes[index] - closes[index - 1])
        )


@kernel
def _atr_into(
    high: FloatArray, low: FloatArray, close: FloatArray, period: int, state: RecordArray, out: FloatArray
) -> None:
    weight = 1.0 / period
    for index in range(close.shape[0]):
        out[index] = np.nan
        if index > 0:
            bar_range = true_range(high[index], low[index], close[index - 1])
            out[index] = update_atr(state[0], period, weight, index, bar_range)


@kernel
def _adx_into(
    high: FloatArray, low: FloatArray, close: FloatArray, period: int, state: RecordArray, out: FloatArray
) -> None:
    weight = 1.0 / period
    for index in range(close.shape[0]):
        if index == 0:
            out[:, index] = np.nan
            continue
        out[0, index], out[1, index], out[2, index] = update_adx(
            state[0],
            period,
            weight,
            index,
            high[index] - high[index - 1],
            low[index - 1] - low[index],
            true_range(high[index], low[index], close[index - 1]),
        )


def rsi(closes: FloatArray, period: int) -> FloatArray:
    """Relative strength index in [0, 100]; first valid at index `period`; 50 when no close ever moved."""
    out = np.empty(closes.shape[0])
    _rsi_into(closes, period, np.zeros(1, RSI), out)
    return out


def atr(high: FloatArray, low: FloatArray, close: FloatArray, period: int) -> FloatArray:
    """Average true range; first valid at index `period`."""
    out = np.empty(close.shape[0])
    _atr_into(high, low, close, period, np.zeros(1, ATR), out)
    return out


def adx(high: FloatArray, low: FloatArray, close: FloatArray, period: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """ADX (first valid at index 2 x period - 1), +DI and -DI (at index `period`)."""
    out = np.empty((3, close.shape[0]))
    _adx_into(high, low, close, period, np.zeros(1, ADX), out)
    return out[0], out[1], out[2]
