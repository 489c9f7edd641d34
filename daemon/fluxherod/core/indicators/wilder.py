"""Wilder's indicators: RSI, ATR, ADX with +DI and -DI, seeded as TA-Lib seeds them.

The updates take `weight` = 1 / period: a division a bar is dear.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.averages import forget
from fluxherod.core.jit import FloatArray, inlined, kernel, multiply_add

# Below this TA-Lib takes a denominator for zero.
_ZERO = 1e-14

RSI = np.dtype([("gain", "f8"), ("loss", "f8")], align=True)
ADX = np.dtype([("plus", "f8"), ("minus", "f8"), ("range", "f8"), ("value", "f8")], align=True)


@inlined
def true_range(high: float, low: float, previous_close: float) -> float:
    """The largest of high - low, |high - previous close| and |low - previous close|."""
    return max(high, previous_close) - min(low, previous_close)  # the same number, rounding included


@inlined
def next_mean(value: float, period: int, weight: float, index: int, new: float) -> float:
    """Wilder's average of values that come from index 1 on, valid from index `period` on: their mean seeds it.

    Before that it is the sum so far.
    """
    if index > period:
        return forget(value, weight, new)
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
    return multiply_add(1.0 - weight if index >= period else 1.0, value, new)


@inlined
def directional_movement(rise: float, fall: float) -> tuple[float, float]:
    """+DM and -DM of a bar whose high rose by `rise` and whose low fell by `fall`: the larger one, if positive."""
    return max(rise, 0.0) if rise > fall else 0.0, max(fall, 0.0) if fall > rise else 0.0


@inlined
def directional_indices(plus: float, minus: float, bar_range: float) -> tuple[float, float, float]:
    """(+DI, -DI, DX) from Wilder's sums; DX is negative where there is none: without any range or movement."""
    scale = 100.0 / bar_range if bar_range > _ZERO else 0.0
    movement = plus + minus
    known = (bar_range > _ZERO) & (100.0 * movement > _ZERO * bar_range)
    # The range in both DIs cancels out of DX.
    return plus * scale, minus * scale, 100.0 * (abs(plus - minus) / movement) if known else -1.0


@inlined
def next_adx(value: float, period: int, weight: float, index: int, dx: float) -> float:
    """ADX, valid from index 2 x period - 1 on; the sum of DX from index `period` on before that.

    A bar without DX leaves it as it is.
    """
    if index < period:
        return 0.0
    if dx >= 0.0:
        value = forget(value, weight, dx) if index >= 2 * period else value + dx
    return value / period if index == 2 * period - 1 else value


@inlined
def _gain_and_loss(closes: FloatArray, index: int) -> tuple[float, float]:
    change = closes[np.uintp(index)] - closes[np.uintp(index - 1)]
    return max(change, 0.0), max(-change, 0.0)


# In the batch forms the warm-up is a loop of its own: in the long loop no bar asks for its index.
@kernel
def _rsi_into(closes: FloatArray, period: int, out: FloatArray) -> None:
    weight = 1.0 / period
    gain, loss = 0.0, 0.0
    out[:period] = np.nan
    for index in range(1, min(period + 1, closes.shape[0])):
        rise, fall = _gain_and_loss(closes, index)
        gain = next_mean(gain, period, weight, index, rise)
        loss = next_mean(loss, period, weight, index, fall)
    if closes.shape[0] > period:
        out[period] = rsi_of(gain, loss)
    for index in range(period + 1, closes.shape[0]):
        rise, fall = _gain_and_loss(closes, index)
        gain = forget(gain, weight, rise)
        loss = forget(loss, weight, fall)
        out[np.uintp(index)] = rsi_of(gain, loss)


@inlined
def _range_of(high: FloatArray, low: FloatArray, close: FloatArray, index: int) -> float:
    return true_range(high[np.uintp(index)], low[np.uintp(index)], close[np.uintp(index - 1)])


@kernel
def _atr_into(high: FloatArray, low: FloatArray, close: FloatArray, period: int, out: FloatArray) -> None:
    weight = 1.0 / period
    value = 0.0
    out[:period] = np.nan
    for index in range(1, min(period + 1, close.shape[0])):
        value = next_mean(value, period, weight, index, _range_of(high, low, close, index))
        out[index] = value if index == period else np.nan
    for index in range(period + 1, close.shape[0]):
        value = forget(value, weight, _range_of(high, low, close, index))
        out[np.uintp(index)] = value


@inlined
def _movement_of(high: FloatArray, low: FloatArray, index: int) -> tuple[float, float]:
    now, before = np.uintp(index), np.uintp(index - 1)
    return directional_movement(high[now] - high[before], low[before] - low[now])


@kernel
def _adx_into(high: FloatArray, low: FloatArray, close: FloatArray, period: int, out: FloatArray) -> None:
    weight = 1.0 / period
    keep = 1.0 - weight
    plus, minus, ranges, value = 0.0, 0.0, 0.0, 0.0
    out[0, : 2 * period - 1] = np.nan
    out[1, :period] = np.nan
    out[2, :period] = np.nan
    for index in range(1, min(2 * period, close.shape[0])):
        rise, fall = _movement_of(high, low, index)
        plus = next_sum(plus, period, weight, index, rise)
        minus = next_sum(minus, period, weight, index, fall)
        ranges = next_sum(ranges, period, weight, index, _range_of(high, low, close, index))
        plus_di, minus_di, dx = directional_indices(plus, minus, ranges)
        value = next_adx(value, period, weight, index, dx)
        if index >= period:
            out[1, index] = plus_di
            out[2, index] = minus_di
        if index == 2 * period - 1:
            out[0, index] = value
    for index in range(2 * period, close.shape[0]):
        rise, fall = _movement_of(high, low, index)
        plus = multiply_add(keep, plus, rise)
        minus = multiply_add(keep, minus, fall)
        ranges = multiply_add(keep, ranges, _range_of(high, low, close, index))
        plus_di, minus_di, dx = directional_indices(plus, minus, ranges)
        if dx >= 0.0:
            value = forget(value, weight, dx)
        out[0, np.uintp(index)] = value
        out[1, np.uintp(index)] = plus_di
        out[2, np.uintp(index)] = minus_di


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
