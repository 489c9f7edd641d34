"""The 5-minute bars of a symbol, kept for their average true range alone: they tell a volatility spike."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fluxherod.core.bars import BarBuilder, Span, fault
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.jit import RecordArray
from fluxherod.core.types import Bar
from fluxherod.core.volatility import RANGE_STATE, step_range

FIVE_MINUTES = 5
FIVE_MINUTE_HISTORY = 200
"""How many 5-minute bars are loaded: after so many Wilder's average has forgotten where it began, to 1e-6."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """What was known before the first 5-minute bar was complete that ended after a strategy bar had begun."""

    state: RecordArray
    atr: float
    through_ns: int
    span: Span | None
    minutes: dict[int, Bar]


class FiveMinuteRange:
    """ATR of the 5-minute bars: from history at first, then from the minutes as they come."""

    def __init__(self, symbol: str, period: int) -> None:
        self.atr = math.nan
        self._period = period
        self._state: RecordArray = np.zeros(1, RANGE_STATE)
        self._builder = BarBuilder(symbol)
        self._through_ns = 0  # end of the newest bar that counts
        self._bars: deque[Bar] = deque(maxlen=2 * FIVE_MINUTE_HISTORY)
        self._mark: _Mark | None = None

    def load(self, bars: Iterable[Bar]) -> None:
        """Take completed bars, oldest first; an unsound one is passed over."""
        for bar in bars:
            if fault(bar) is None and bar.start_ns >= self._through_ns:
                self._step(bar, bar.start_ns + FIVE_MINUTES * MINUTE_NS)

    def add(self, minute: Bar, span: Span) -> None:
        """Take a sound minute of a 5-minute bar; one that the history holds already changes nothing."""
        if minute.start_ns < self._through_ns:
            return
        if self._builder.span not in (None, span):
            self._finish()
        self._builder.add(minute, span)

    def begin(self) -> None:
        """A strategy bar begins: to here `rewind` comes back."""
        self._mark = None

    def rewind(self, began_ns: int) -> None:
        """Undo what came since the strategy bar began: all of its minutes come again, in order."""
        mark, self._mark = self._mark or self._now(), None
        self._state, self.atr, self._through_ns = mark.state, mark.atr, mark.through_ns
        while self._bars and self._bars[-1].start_ns >= mark.through_ns:
            self._bars.pop()
        self._builder.drop()
        for minute in mark.minutes.values():
            if mark.span is not None and minute.start_ns < began_ns:
                self._builder.add(minute, mark.span)

    def _now(self) -> _Mark:
        return _Mark(self._state.copy(), self.atr, self._through_ns, self._builder.span, self._builder.minutes)

    def finish_through(self, ns: int) -> None:
        """Complete the bar that is being built when it ends at or before a time."""
        if self._builder.span is not None and self._builder.span.end_ns <= ns:
            self._finish()

    def _finish(self) -> None:
        self._mark = self._mark or self._now()
        bar, end_ns = self._builder.finish()
        self._step(bar, end_ns)

    def _step(self, bar: Bar, through_ns: int) -> None:
        self.atr = float(step_range(self._state, self._period, bar.high, bar.low, bar.close))
        self._through_ns = through_ns
        self._bars.append(bar)

    def with_period(self, period: int) -> FiveMinuteRange:
        """The same bars with another period."""
        if period == self._period:
            return self
        other = FiveMinuteRange(self._builder.symbol, period)
        for bar in self._bars:
            other._step(bar, self._through_ns)
        other._builder, other._through_ns = self._builder, self._through_ns
        return other
