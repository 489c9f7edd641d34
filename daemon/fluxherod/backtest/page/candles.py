"""The page's time line: marks in slots, and each symbol's bars as candles on it.

A slot is one mark as long as they all fit into the page; then two, four, ... The equity of a slot is its last mark's,
its drawdown the worst of its marks, and a candle has the open, high, low and close of all bars that end in its slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fluxherod.backtest.model import Bars, Run
from fluxherod.backtest.tape import Laid, lay_out
from fluxherod.core.jit import FloatArray, RowArray


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """One symbol's candles in rising slots, shape (n,): prices in dollars."""

    symbol: str
    slot: RowArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TimeLine:
    """Slots of `width` marks each; `last` is the index of each one's last mark, `end_ns` its time."""

    width: int
    last: RowArray
    end_ns: RowArray

    def ending(self, ns: RowArray) -> RowArray:
        """The slots of bars by their ends, and of signals."""
        return self._inside(np.searchsorted(self.end_ns, ns, "left"))

    def starting(self, ns: RowArray) -> RowArray:
        """The slots of what happens at the open of a bar: of entries."""
        return self._inside(np.searchsorted(self.end_ns, ns, "right"))

    def _inside(self, slots: RowArray) -> RowArray:
        return np.minimum(slots, max(0, len(self.end_ns) - 1)).astype(np.int64)


def time_line(run: Run, width: int) -> TimeLine:
    """The marks of a run in slots of so many."""
    marks = len(run.equity_ns)
    last = np.minimum(np.arange(width - 1, marks + width - 1, width, dtype=np.int64), marks - 1)
    return TimeLine(width, last, run.equity_ns[last])


def laid_bars(bars: Sequence[Bars], run: Run) -> Laid:
    """The bars that got in."""
    return lay_out(bars, run.config)


def candles(laid: Laid, line: TimeLine, symbol: int) -> Candles:
    """The candles of a symbol, by its index, of the bars that were traded on."""
    tape = laid.tape
    rows = slice(int(tape.warm[symbol]), int(tape.last[symbol]))
    slots = line.ending(tape.end_ns[rows])
    first = np.flatnonzero(np.diff(slots, prepend=np.int64(-1)))
    if len(first) == 0:
        none = np.zeros(0, np.float64)
        return Candles(laid.symbols[symbol], np.zeros(0, np.int64), none, none, none, none)
    final = np.concatenate([first[1:], [len(slots)]]) - 1
    return Candles(
        laid.symbols[symbol],
        slots[first],
        tape.open[rows][first],
        np.maximum.reduceat(tape.high[rows], first),
        np.minimum.reduceat(tape.low[rows], first),
        tape.close[rows][final],
    )
