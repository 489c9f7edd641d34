"""What the indicators are measured by: TA-Lib, and a long-double computation where TA-Lib itself is off.

Everything is written out anew here, from the definitions; nothing of the daemon is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import talib

from harness.prices import Prices

FloatArray: TypeAlias = npt.NDArray[np.float64]
LongArray: TypeAlias = npt.NDArray[np.longdouble]
Long = np.longdouble

SMALLEST_DENOMINATOR = 1e-14  # TA-Lib's zero


def _blank(count: int) -> LongArray:
    return np.full(count, np.nan, Long)


def _from(first: int, values: LongArray, count: int) -> LongArray:
    out = _blank(count)
    out[first:] = values[: max(count - first, 0)]
    return out


def _windows(values: FloatArray, period: int) -> tuple[LongArray, LongArray, LongArray]:
    """Of each window: its mean, its deviations from the mean and their sum of squares."""
    if values.size < period:
        return _blank(0), np.zeros((0, period), Long), _blank(0)
    windows = np.lib.stride_tricks.sliding_window_view(values, period).astype(Long)
    relative = windows - windows[:, :1]  # 64 bits of mantissa are then enough
    mean = relative.mean(axis=1)
    centred = relative - mean[:, None]
    return mean + windows[:, 0], centred, (centred**2).sum(axis=1)


def exact_sma(values: FloatArray, period: int) -> LongArray:
    return _from(period - 1, _windows(values, period)[0], values.size)


def exact_sigma(values: FloatArray, period: int) -> LongArray:
    return _from(period - 1, np.sqrt(_windows(values, period)[2] / period), values.size)


def _regression(values: FloatArray, period: int) -> tuple[LongArray, LongArray]:
    _, centred, variation = _windows(values, period)
    ramp = np.arange(period, dtype=Long) - Long(period - 1) / 2
    covariation = (centred * ramp).sum(axis=1)
    moved = variation > 0
    r2 = np.where(moved, covariation**2 / ((ramp**2).sum() * np.where(moved, variation, Long(1))), Long(0))
    slope = covariation / (ramp**2).sum()
    return _from(period - 1, slope, values.size), _from(period - 1, r2, values.size)


def exact_ema(values: FloatArray, period: int) -> LongArray:
    out, weight = exact_sma(values, period), Long(2) / (period + 1)
    for index in range(period, values.size):
        out[index] = out[index - 1] + (values[index] - out[index - 1]) * weight
    return out


def exact_efficiency(values: FloatArray, period: int) -> LongArray:
    """0 on a flat window: no information is not a signal."""
    out, long = _blank(values.size), values.astype(Long)
    steps = np.abs(np.diff(long))
    for index in range(period, values.size):
        path = steps[index - period : index].sum()
        out[index] = abs(long[index] - long[index - period]) / path if path > 0 else Long(0)
    return out


def exact_kama(values: FloatArray, period: int) -> LongArray:
    ratios, out = exact_efficiency(values, period), _blank(values.size)
    fast, slow = Long(2) / 3, Long(2) / 31
    previous = Long(values[period - 1]) if values.size > period else Long(0)
    for index in range(period, values.size):
        previous += (values[index] - previous) * (ratios[index] * (fast - slow) + slow) ** 2
        out[index] = previous
    return out


def _wilder_mean(values: LongArray, period: int) -> LongArray:
    """Wilder's average of values that start at index 1."""
    out = _blank(values.size)
    for index in range(period, values.size):
        before = out[index - 1] * (period - 1) + values[index]
        out[index] = (values[1 : period + 1].sum() if index == period else before) / period
    return out


def _changes(values: FloatArray) -> LongArray:
    return np.diff(values.astype(Long), prepend=Long(values[0]))


def exact_rsi(close: FloatArray, period: int) -> LongArray:
    """50 where nothing ever moved: no information is not a signal."""
    change = _changes(close)
    gain, loss = _wilder_mean(np.maximum(change, 0), period), _wilder_mean(np.maximum(-change, 0), period)
    total = gain + loss
    moved = ~(total <= SMALLEST_DENOMINATOR)
    return np.where(moved, 100 * gain / np.where(moved, total, Long(1)), Long(50))


def _true_range(prices: Prices) -> LongArray:
    high, low = prices.high.astype(Long), prices.low.astype(Long)
    before = np.concatenate([prices.close[:1], prices.close[:-1]]).astype(Long)
    widest: LongArray = np.maximum(np.maximum(high - low, np.abs(high - before)), np.abs(low - before))
    return widest


def exact_atr(prices: Prices, period: int) -> LongArray:
    return _wilder_mean(_true_range(prices), period)


def _wilder_sum(values: LongArray, period: int) -> LongArray:
    out = _blank(values.size)
    total = values[1:period].sum()
    for index in range(period, values.size):
        total = total - total / period + values[index]
        out[index] = total
    return out


def _directional(prices: Prices, period: int) -> tuple[LongArray, LongArray, LongArray]:
    """Wilder's sums of +DM, -DM and the true range."""
    rise, fall = _changes(prices.high), -_changes(prices.low)
    plus = np.where((rise > 0) & (rise > fall), rise, Long(0))
    minus = np.where((fall > 0) & (fall > rise), fall, Long(0))
    return _wilder_sum(plus, period), _wilder_sum(minus, period), _wilder_sum(_true_range(prices), period)


def _share(part: LongArray, whole: LongArray) -> LongArray:
    there = ~(whole <= SMALLEST_DENOMINATOR)
    return np.where(there, 100 * part / np.where(there, whole, Long(1)), Long(0))


def exact_plus_di(prices: Prices, period: int) -> LongArray:
    plus, _, ranges = _directional(prices, period)
    return _share(plus, ranges)


def exact_minus_di(prices: Prices, period: int) -> LongArray:
    _, minus, ranges = _directional(prices, period)
    return _share(minus, ranges)


def exact_adx(prices: Prices, period: int) -> LongArray:
    plus, minus = exact_plus_di(prices, period), exact_minus_di(prices, period)
    out, total = _blank(plus.size), Long(0)
    for index in range(period, plus.size):
        both = plus[index] + minus[index]
        moved = both > SMALLEST_DENOMINATOR
        dx = 100 * abs(plus[index] - minus[index]) / both if moved else Long(0)
        if index < 2 * period:
            total += dx
            value = total / period
        elif moved:
            value += (dx - value) / period
        out[index] = value if index >= 2 * period - 1 else np.nan
    return out


def _correlation(close: FloatArray, period: int) -> FloatArray:
    result: FloatArray = talib.CORREL(close, np.arange(close.size, dtype=np.float64), period)
    return result


OnPrices: TypeAlias = Callable[[Prices, int], FloatArray]
RELATIVE, OF_PRICE, ABSOLUTE = "relative", "of the price", "absolute"
SHORTEST_IN_USE = 14


@dataclass(frozen=True, slots=True)
class Reference:
    """An indicator of a period by TA-Lib and in long double, and what its 1e-9 refers to.

    A `relative` 1e-9 is one of `least` where the value is smaller and the period shorter than any in use (14).
    """

    library: OnPrices
    exact: Callable[[Prices, int], LongArray]
    kind: str = RELATIVE
    least: float = 0.0

    def allowed(self, prices: Prices, values: npt.NDArray[np.floating], period: int) -> npt.NDArray[np.floating]:
        scale: dict[str, npt.NDArray[np.floating]] = {
            RELATIVE: np.maximum(np.abs(values), self.least if period < SHORTEST_IN_USE else 0.0),
            OF_PRICE: prices.close,
            ABSOLUTE: np.ones(values.size),
        }
        return scale[self.kind] * 1e-9


REFERENCES: dict[str, Reference] = {
    "sma": Reference(lambda p, n: talib.SMA(p.close, n), lambda p, n: exact_sma(p.close, n)),
    "avg_volume": Reference(lambda p, n: talib.SMA(p.volume, n), lambda p, n: exact_sma(p.volume, n)),
    "ema": Reference(lambda p, n: talib.EMA(p.close, n), lambda p, n: exact_ema(p.close, n)),
    "kama": Reference(lambda p, n: talib.KAMA(p.close, n), lambda p, n: exact_kama(p.close, n)),
    "rsi": Reference(lambda p, n: talib.RSI(p.close, n), lambda p, n: exact_rsi(p.close, n)),
    "atr": Reference(lambda p, n: talib.ATR(p.high, p.low, p.close, n), exact_atr),
    # From the difference of two sums, so where they are all but equal no double has nine digits left, TA-Lib's neither.
    "adx": Reference(lambda p, n: talib.ADX(p.high, p.low, p.close, n), exact_adx, least=1e-4),
    "plus_di": Reference(lambda p, n: talib.PLUS_DI(p.high, p.low, p.close, n), exact_plus_di),
    "minus_di": Reference(lambda p, n: talib.MINUS_DI(p.high, p.low, p.close, n), exact_minus_di),
    "bb_upper": Reference(
        lambda p, n: talib.BBANDS(p.close, n, 2.0, 2.0)[0],
        lambda p, n: exact_sma(p.close, n) + 2 * exact_sigma(p.close, n),
    ),
    "bb_middle": Reference(lambda p, n: talib.BBANDS(p.close, n, 2.0, 2.0)[1], lambda p, n: exact_sma(p.close, n)),
    "bb_lower": Reference(
        lambda p, n: talib.BBANDS(p.close, n, 2.0, 2.0)[2],
        lambda p, n: exact_sma(p.close, n) - 2 * exact_sigma(p.close, n),
    ),
    "close_sigma": Reference(lambda p, n: talib.STDDEV(p.close, n, 1.0), lambda p, n: exact_sigma(p.close, n)),
    "slope": Reference(
        lambda p, n: talib.LINEARREG_SLOPE(p.close, n), lambda p, n: _regression(p.close, n)[0], OF_PRICE
    ),
    "r2": Reference(lambda p, n: _correlation(p.close, n) ** 2, lambda p, n: _regression(p.close, n)[1], ABSOLUTE),
}


def disagreements(name: str, ours: FloatArray, prices: Prices, period: int) -> tuple[int, str]:
    """How often TA-Lib itself was off, and where we are: what differs from both, or from TA-Lib's warm-up; or ""."""
    reference = REFERENCES[name]
    library = reference.library(prices, period)
    if not np.array_equal(np.isnan(ours), np.isnan(library)):
        first = [int(np.flatnonzero(~np.isnan(column)).min(initial=column.size)) for column in (ours, library)]
        return 0, f"{name}({period}): valid from {first[0]} on, TA-Lib's from {first[1]} on"
    valid = ~np.isnan(library)
    off = valid & ~(np.abs(ours - library) <= reference.allowed(prices, library, period))
    if not off.any():
        return 0, ""
    exact = reference.exact(prices, period)
    wrong = np.flatnonzero(off & ~(np.abs(ours - exact) <= reference.allowed(prices, exact, period)))
    if wrong.size:
        at = int(wrong[0])
        return 0, f"{name}({period})[{at}]: {ours[at]!r}, TA-Lib {library[at]!r}, exact {exact[at]!r}"
    return int(off.sum()), ""
