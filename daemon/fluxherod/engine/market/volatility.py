"""The 5-minute bars of a symbol, kept for their average true range alone: they tell a volatility spike."""

from __future__ import annotations

import math
from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from fluxherod.core.bars import BarBuilder, Span, fault
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar
from fluxherod.core.volatility import next_range

FIVE_MINUTES = 5
FIVE_MINUTE_HISTORY = 200
"""How many 5-minute bars are loaded: after so many Wilder's average has forgotten where it began, to 1e-6."""

_BAR = Struct("<qddd")  # start, high, low, close
_MOST_BYTES = 2 * FIVE_MINUTE_HISTORY * _BAR.size


# How many bars were seen, their average range so far, and the last close.
_Range = tuple[int, float, float]


class _Mark(NamedTuple):
    """What was known before the first 5-minute bar was complete that ended after a strategy bar had begun."""

    state: _Range
    through_ns: int
    span: Span | None
    minutes: dict[int, Bar]


class FiveMinuteRange:
    """ATR of the 5-minute bars: from history at first, then from the minutes as they come."""

    __slots__ = ("_bars", "_builder", "_mark", "_period", "_state", "_through_ns")

    def __init__(self, symbol: str, period: int) -> None:
        self._period = period
        self._state: _Range = (0, 0.0, math.nan)
        self._builder = BarBuilder(symbol)
        self._through_ns = 0  # end of the newest bar that counts
        self._bars = bytearray()  # the newest ones, as _BAR
        self._mark: _Mark | None = None

    @property
    def atr(self) -> float:
        """The average true range; NaN while there are too few bars."""
        bars, average, _ = self._state
        return average if bars > self._period else math.nan

    def load(self, bars: Iterable[Bar]) -> None:
        """Take completed bars, oldest first; an unsound one is passed over."""
        for bar in bars:
            if fault(bar) is None and bar.start_ns >= self._through_ns:
                self._step(bar.start_ns, bar.high, bar.low, bar.close, bar.start_ns + FIVE_MINUTES * MINUTE_NS)

    def add(self, minute: Bar, span: Span) -> None:
        """Take a sound minute of a 5-minute bar; one that the history holds already changes nothing."""
        if minute.start_ns < self._through_ns:
            return
        builder = self._builder
        if builder.span is not span and builder.span is not None and builder.span != span:
            self._finish()
        builder.add(minute, span)

    def begin(self) -> None:
        """A strategy bar begins: to here `rewind` comes back."""
        self._mark = None

    def rewind(self, began_ns: int) -> None:
        """Undo what came since the strategy bar began: all of its minutes come again, in order."""
        mark, self._mark = self._mark or self._now(), None
        self._state, self._through_ns = mark.state, mark.through_ns
        undone = sum(start_ns >= mark.through_ns for start_ns, *_ in _BAR.iter_unpack(self._bars))
        del self._bars[len(self._bars) - undone * _BAR.size :]
        self._builder.drop()
        for minute in mark.minutes.values():
            if mark.span is not None and minute.start_ns < began_ns:
                self._builder.add(minute, mark.span)

    def _now(self) -> _Mark:
        return _Mark(self._state, self._through_ns, self._builder.span, self._builder.minutes)

    def finish_through(self, ns: int) -> None:
        """Complete the bar that is being built when it ends at or before a time."""
        span = self._builder.span
        if span is not None and span.end_ns <= ns:
            self._finish()

    def _finish(self) -> None:
        if self._mark is None:
            self._mark = self._now()
        bar, end_ns = self._builder.finish()
        self._step(bar.start_ns, bar.high, bar.low, bar.close, end_ns)

    def _step(self, start_ns: int, high: float, low: float, close: float, through_ns: int) -> None:
        index, average, previous_close = self._state
        if index > 0:
            average = next_range(average, self._period, index, high, low, previous_close)
        self._state = (index + 1, average, close)
        self._through_ns = through_ns
        self._bars += _BAR.pack(start_ns, high, low, close)
        if len(self._bars) > _MOST_BYTES:
            del self._bars[: _BAR.size]

    def with_period(self, period: int) -> FiveMinuteRange:
        """The same bars with another period."""
        if period == self._period:
            return self
        other = FiveMinuteRange(self._builder.symbol, period)
        for start_ns, high, low, close in _BAR.iter_unpack(self._bars):
            other._step(start_ns, high, low, close, self._through_ns)
        other._builder, other._through_ns = self._builder, self._through_ns
        return other
