"""The kernel over columns of one symbol's bars: figures bit for bit those of `step`, in a fraction of its time."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.columns import WORK, Columns, Prices, update_columns
from fluxherod.core.indicators.fused import gap_of, update_indicators
from fluxherod.core.indicators.unrolled import BLOCK
from fluxherod.core.jit import Record, RecordArray, blank, lending_kernel, lent
from fluxherod.core.kernel import DECISION

__all__ = ["BLOCK", "WORK", "Columns", "Prices", "figure", "figure_block"]


@lending_kernel
def figure(
    states: RecordArray, i: int, index: int, params: RecordArray, prices: Prices, work: RecordArray, out: Columns
) -> None:
    """Bring the indicators of symbol `i` forward by its next bars and write the figures of bar k to row k of `out`.

    Regime, entries and the count of bars are for who decides, and stay.

    Args:
        states: STATE records; `params`: PARAMS, shape (1,); `work`: WORK, shape (1,), whatever it holds.
        index: how many bars the indicators have seen.
        prices: any number of bars, its columns of one length; those of `out` are as long.

    Raises:
        IndexError: `i` is out of range, or `out` has not as many rows as there are bars.
    """
    bars = prices.close.shape[0]
    if i < 0 or i >= states.shape[0] or out.close.shape[0] != bars:
        raise IndexError("no such state, or not as many rows of figures as bars")
    for first in range(0, bars, BLOCK):
        count = min(BLOCK, bars - first)
        figure_block(states, i, index + first, params, prices, first, count, work)
        _copy(work[0]["figures"], count, out, first)


@lending_kernel
def figure_block(
    states: RecordArray,
    i: int,
    index: int,
    params: RecordArray,
    prices: Prices,
    first: int,
    count: int,
    work: RecordArray,
) -> None:
    """`figure` of up to `BLOCK` bars, from row `first` on: bar k's are at k of the figures in `work`.

    For kernels, which have compared the lengths.
    """
    indicators, known = states[np.uintp(i)]["indicators"], params[0]
    if index > known["decision_index"]:
        update_columns(indicators, known, prices, first, count, work[0])
        return
    for k in range(count):
        at, one = np.uintp(first + k), blank(DECISION)
        opening = prices.open[at]
        high, low, one["close"], one["volume"] = prices.high[at], prices.low[at], prices.close[at], prices.volume[at]
        one["gap"] = gap_of(opening, indicators["previous_close"] if index + k > 0 else np.nan)
        close, volume = one["close"], one["volume"]
        update_indicators(indicators, known, index + k, high, low, close, volume, one)
        _keep(one, work[0]["figures"], k)


@lent
def _keep(one: Record, figures: Record, k: int) -> None:
    """The figures of a DECISION."""
    j = np.uintp(k)
    figures["close"][j], figures["volume"][j], figures["gap"][j] = one["close"], one["volume"], one["gap"]
    figures["sma"][j], figures["kama"][j], figures["rsi"][j] = one["sma"], one["kama"], one["rsi"]
    figures["atr"][j], figures["adx"][j], figures["r2"][j] = one["atr"], one["adx"], one["r2"]
    figures["bb_upper"][j], figures["bb_lower"][j] = one["bb_upper"], one["bb_lower"]
    figures["avg_volume"][j] = one["avg_volume"]


@lent
def _copy(figures: Record, count: int, out: Columns, first: int) -> None:
    for k in range(count):
        j, at = np.uintp(k), np.uintp(first + k)
        out.close[at], out.volume[at], out.gap[at] = figures["close"][j], figures["volume"][j], figures["gap"][j]
        out.sma[at], out.kama[at], out.rsi[at] = figures["sma"][j], figures["kama"][j], figures["rsi"][j]
        out.atr[at], out.adx[at], out.r2[at] = figures["atr"][j], figures["adx"][j], figures["r2"][j]
        out.bb_upper[at], out.bb_lower[at] = figures["bb_upper"][j], figures["bb_lower"][j]
        out.avg_volume[at] = figures["avg_volume"][j]
