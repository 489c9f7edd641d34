"""Wilder's indicators: RSI, ATR, ADX with +DI and -DI, seeded as TA-Lib seeds them.

The updates take `weight` = 1 / period: a division a bar is dear.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.jit import FloatArray, inlined, kernel

# Below this TA-Lib takes a denominator for zero.
_ZERO = 1e-14

RSI = np.dtype([("gain", "f8"), ("loss", "f8")], align=True)
ADX = np.dtype([("plus", "f8"), ("minus", "f8"), ("range", "f8"), ("value", "f8")], align=True)


@inlined
def true_range(high: float, low: float, previous_close: float) -> float:
    """The largest of high - low, |high - previous close| and |low - previous close|."""
    return max(high - low, abs(high - previous_close), abs(low - previous_close))


@inlined
def next_mean(value: float, period: int, weight: float, index: int, new: float) -> float:
    """Wilder's average of values that come from index 1 on, valid from index `period` on: their mean seeds it.

    Before that it is the sum so far.
    """
    if index > period:
        return value * (1.0 - weight) + new * weight
    total = value + new
    return total if index < period else total / period


@inlined
def rsi_of(gain: float, loss: float) -> float:
    """RSI of the average gain and loss; 50 without any move."""
    total = gain + loss
    return 100.0 * (gain / total) if total > _ZERO else 50.0


@inlined
def next_sum(value: float, period: int, weight: float, index: int, new: float) -> float:
    """Wilder's running sum: it forgets 1 / period of itself a bar from index `period` on."""
    return value * (1.0 - weight if index >= period else 1.0) + new


@inlined
def directional_movement(rise: float, fall: float) -> tuple[float, float]:
    """+DM and -DM of a bar whose high rose by `rise` and whose low fell by `fall`: the larger one, if positive."""
    plus = rise if (rise > 0.0) & (rise > fall) else 0.0
    minus = fall if (fall > 0.0) & (fall > rise) else 0.0
    return plus, minus


@inlined
def next_adx(
    value: float, period: int, weight: float, index: int, plus: float, minus: float, bar_range: float
) -> tuple[float, float, float]:
    """(ADX, +DI, -DI) from Wilder's sums; the DIs valid from index `period` on, ADX from 2 x period - 1 on.

    Before that ADX is the sum of DX so far. A bar without any range or movement leaves it as it is.
    """
    if index < period:
        return 0.0, 0.0, 0.0
    scale = 100.0 / bar_range if bar_range > _ZERO else 0.0
    plus_di = plus * scale
    minus_di = minus * scale
    movement = plus + minus
    if (bar_range > _ZERO) & (100.0 * movement > _ZERO * bar_range):
        dx = 100.0 * (abs(plus - minus) / movement)  # the range in both DIs cancels out
        value = value * (1.0 - weight) + dx * weight if index >= 2 * period else value + dx
    if index == 2 * period - 1:
        value /= period
    return value, plus_di, minus_di


@kernel
def _rsi_into(closes: FloatArray, period: int, out: FloatArray) -> None:
    weight = 1.0 / period
    gain, loss = 0.0, 0.0
    out[:1] = np.nan
    for index in range(1, closes.shape[0]):
        change = closes[index] - closes[index - 1]
        gain = next_mean(gain, period, weight, index, max(change, 0.0))
        loss = next_mean(loss, period, weight, index, max(-change, 0.0))
        out[index] = rsi_of(gain, loss) if index >= period else np.nan


@kernel
def _atr_into(high: FloatArray, low: FloatArray, close: FloatArray, period: int, out: FloatArray) -> None:
    weight = 1.0 / period
    value = 0.0
    out[:1] = np.nan
    for index in range(1, close.shape[0]):
        bar_range = true_range(high[index], low[index], close[index - 1])
        value = next_mean(value, period, weight, index, bar_range)
        out[index] = value if index >= period else np.nan


@kernel
def _adx_into(high: FloatArray, low: FloatArray, close: FloatArray, period: int, out: FloatArray) -> None:
    weight = 1.0 / period
    plus, minus, bar_range, value = 0.0, 0.0, 0.0, 0.0
    out[:, :1] = np.nan
    for index in range(1, close.shape[0]):
        rise, fall = directional_movement(high[index] - high[index - 1], low[index - 1] - low[index])
        plus = next_sum(plus, period, weight, index, rise)
        minus = next_sum(minus, period, weight, index, fall)
        new_range = true_range(high[index], low[index], close[index - 1])
        bar_range = next_sum(bar_range, period, weight, index, new_range)
        value, plus_di, minus_di = next_adx(value, period, weight, index, plus, minus, bar_range)
        out[0, index] = value if index >= 2 * period - 1 else np.nan
        out[1, index] = plus_di if index >= period else np.nan
        out[2, index] = minus_di if index >= period else np.nan


def rsi(closes: FloatArray, period: int) -> FloatArray:
    """Relative strength index in [0, 100]; first valid at index `period`; 50 when no close ever moved."""
    out = np.empty(closes.shape[0])
    _rsi_into(closes, period, out)
    return out


def atr(high: FloatArray, low: FloatArray, close: FloatArray, period: int) -> FloatArray:
    """Average true range; first valid at index `period`."""
    out = np.empty(close.shape[0])
    _atr_into(high, low, close, period, out)
    return out


def adx(high: FloatArray, low: FloatArray, close: FloatArray, period: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """ADX (first valid at index 2 x period - 1), +DI and -DI (at index `period`)."""
    out = np.empty((3, close.shape[0]))
    _adx_into(high, low, close, period, out)
    return out[0], out[1], out[2]
