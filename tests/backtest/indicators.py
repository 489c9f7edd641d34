"""The indicators of the specification, section 3, each recomputed in the plainest way. Prices are 1/10,000 dollar.

A list has one value a bar, None before the first valid one. What is a sum over a window is exact (integers and
fractions, each window anew); what Wilder or Kaufman defined by recursion is a float, as TA-Lib, the reference of the
specification, seeds and compares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from backtest.types import Bar

E4 = 10_000
Floats = list[float | None]
Fractions = list[Fraction | None]


def sma(values: Sequence[int], period: int) -> Fractions:
    """The mean of the last values."""
    return [None if window is None else Fraction(sum(window), period) for window in _windows(values, period)]


def population_variance(values: Sequence[int], period: int) -> Fractions:
    """The square of the Bollinger bands' sigma: n x sum of squares - square of the sum, over n squared."""
    return [
        None if window is None else Fraction(period * sum(v * v for v in window) - sum(window) ** 2, period * period)
        for window in _windows(values, period)
    ]


def r_squared(values: Sequence[int], period: int) -> Fractions:
    """The square of the correlation of the last values with time; 0 on a flat window."""
    times = range(period)
    n_sxx = period * sum(x * x for x in times) - sum(times) ** 2
    found: Fractions = []
    for window in _windows(values, period):
        if window is None:
            found.append(None)
            continue
        n_sxy = period * sum(x * y for x, y in zip(times, window, strict=True)) - sum(times) * sum(window)
        n_syy = period * sum(y * y for y in window) - sum(window) ** 2
        found.append(Fraction(n_sxy**2, n_sxx * n_syy) if n_syy else Fraction(0))
    return found


def _windows(values: Sequence[int], period: int) -> list[Sequence[int] | None]:
    return [values[i + 1 - period : i + 1] if i + 1 >= period else None for i in range(len(values))]


def kama(closes: Sequence[int], period: int, fast: int = 2, slow: int = 30) -> Floats:
    """Kaufman's average; it starts from the close before its first value, and a flat window has no efficiency."""
    found: Floats = [None] * len(closes)
    value = 0.0
    for i in range(period, len(closes)):
        change = abs(closes[i] - closes[i - period])
        way = sum(abs(closes[j] - closes[j - 1]) for j in range(i - period + 1, i + 1))
        efficiency = change / way if way else 0.0
        constant = (efficiency * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1)) ** 2
        before = closes[i - 1] if i == period else value
        value = before + constant * (closes[i] - before)
        found[i] = value
    return found


def rsi(closes: Sequence[int], period: int) -> Floats:
    """Wilder's RSI; 50 while nothing has ever moved."""
    changes = [closes[i] - closes[i - 1] for i in range(1, len(closes))]
    gains = _wilder_means([max(change, 0) for change in changes], period)
    losses = _wilder_means([max(-change, 0) for change in changes], period)
    found: Floats = [None]
    for gain, loss in zip(gains, losses, strict=True):
        if gain is None or loss is None:
            found.append(None)
        else:
            found.append(100 * gain / (gain + loss) if gain + loss > 0 else 50.0)
    return found[: len(closes)]


def atr(bars: Sequence[Bar], period: int) -> Floats:
    """Wilder's average of the true range."""
    return ([None, *_wilder_means(_true_ranges(bars), period)])[: len(bars)]


def _true_ranges(bars: Sequence[Bar]) -> list[int]:
    """Of each bar but the first."""
    return [max(bars[i].high, bars[i - 1].close) - min(bars[i].low, bars[i - 1].close) for i in range(1, len(bars))]


def _wilder_means(values: Sequence[int], period: int) -> Floats:
    """The first is a plain mean of the first values, each later one moves by 1/period."""
    found: Floats = [None] * len(values)
    mean = 0.0
    for i in range(period - 1, len(values)):
        mean = sum(values[:period]) / period if i == period - 1 else (mean * (period - 1) + values[i]) / period
        found[i] = mean
    return found


def adx(bars: Sequence[Bar], period: int) -> Floats:
    """Wilder's ADX: his sums begin with period - 1 moves, the first value is the mean of the next `period` DX."""
    ranges = [value / E4 for value in _true_ranges(bars)]
    plus, minus = _directional_moves(bars)
    found: Floats = [None] * len(bars)
    sums = [float(sum(values[: period - 1])) for values in (ranges, plus, minus)]
    indexes: list[float] = []
    value = 0.0
    for i in range(period - 1, len(ranges)):
        sums = [kept - kept / period + values[i] for kept, values in zip(sums, (ranges, plus, minus), strict=True)]
        index = _directional_index(*sums)
        if len(indexes) < period:
            indexes.append(index if index is not None else 0.0)
            value = sum(indexes) / period
        elif index is not None:
            value = (value * (period - 1) + index) / period
        if len(indexes) == period:
            found[i + 1] = value
    return found


def _directional_moves(bars: Sequence[Bar]) -> tuple[list[float], list[float]]:
    """The larger of the move up and the move down, if it is one; of each bar but the first.

    In dollars, as the reference reads them: two moves of equal ticks are seldom equal there, and one of them counts.
    """
    plus, minus = [], []
    for i in range(1, len(bars)):
        up, down = bars[i].high / E4 - bars[i - 1].high / E4, bars[i - 1].low / E4 - bars[i].low / E4
        plus.append(up if up > down and up > 0 else 0.0)
        minus.append(down if down > up and down > 0 else 0.0)
    return plus, minus


def _directional_index(true_range: float, plus: float, minus: float) -> float | None:
    """DX, None where there is no range or no direction."""
    if true_range == 0 or plus + minus == 0:
        return None
    return 100 * abs(plus - minus) / (plus + minus)
