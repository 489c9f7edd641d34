"""Minutes in, strategy bars out: the check at the door and the aggregation on exchange time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from fluxherod.core.calendar import MINUTE_NS, Session, minute_of_day
from fluxherod.core.types import Bar

DAY_MINUTES = 1440
MOST_DOLLARS = 10_000_000.0
DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Span:
    """The time a strategy bar covers: its stamped start, and its end cut to the session's close."""

    start_ns: int
    end_ns: int


def fault(bar: Bar) -> str | None:
    """What is wrong with a bar by itself, or None when it is sound."""
    # All of it in one look, which NaN and the infinities fail: nearly every bar is sound.
    ordered = 0 < bar.low <= bar.open <= bar.high <= MOST_DOLLARS and bar.low <= bar.close <= bar.high
    if ordered and bar.volume >= 0 and not bar.start_ns % MINUTE_NS:
        return None
    prices = (bar.open, bar.high, bar.low, bar.close)
    if not all(math.isfinite(price) for price in prices):
        return "a price is not a number"
    if min(prices) <= 0:
        return "a price is zero or negative"
    if max(prices) > MOST_DOLLARS:
        return "a price is beyond reason"
    if bar.high < bar.low:
        return "high is below low"
    if not (bar.low <= bar.open <= bar.high and bar.low <= bar.close <= bar.high):
        return "open or close is outside low to high"
    return "volume is negative" if bar.volume < 0 else "start is not a whole minute"


def refusal(bar: Bar, newest_start_ns: int) -> str | None:
    """Why a bar is turned away at the door, or None when it is sound and new.

    Args:
        bar: the bar.
        newest_start_ns: start of the newest one already taken of this symbol.
    """
    reason = fault(bar)
    if reason is not None or bar.start_ns > newest_start_ns:
        return reason
    return DUPLICATE if bar.start_ns == newest_start_ns else "time goes back"


def span_of(minute_start_ns: int, timeframe_minutes: int, session: Session) -> Span:
    """The strategy bar that a minute of a session belongs to.

    Intraday bars are aligned to New York's wall clock, so the hour stamped 09:00 holds 09:30 to 10:00;
    a daily bar is the session.
    """
    if timeframe_minutes >= DAY_MINUTES:
        return Span(session.open_ns, session.close_ns)
    open_minute = minute_of_day(session.open_ns)
    minute = open_minute + (minute_start_ns - session.open_ns) // MINUTE_NS
    start_ns = session.open_ns + (minute - minute % timeframe_minutes - open_minute) * MINUTE_NS
    return Span(start_ns, min(start_ns + timeframe_minutes * MINUTE_NS, session.close_ns))


@dataclass(slots=True)
class BarBuilder:
    """The strategy bar that is being built of one symbol. Its minutes, by their start, may come in any order."""

    symbol: str
    span: Span | None = None
    minutes: dict[int, Bar] = field(default_factory=dict)
    open: float = 0.0
    high: float = 0.0
    low: float = 0.0
    close: float = 0.0
    volume: int = 0
    newest_ns: int = 0
    in_order: bool = True  # else the prices and the volume are made of the minutes when the bar is finished

    def add(self, minute: Bar, span: Span) -> None:
        """Take a minute of the bar that is being built, or start the bar with it; one that is there is replaced."""
        if self.span is None:
            self.span, self.newest_ns, self.in_order = span, 0, True
        self.minutes[minute.start_ns] = minute
        if minute.start_ns > self.newest_ns:
            self._append(minute)
        else:
            self.in_order = False

    def _append(self, minute: Bar) -> None:
        if self.newest_ns == 0:
            self.open, self.high, self.low, self.volume = minute.open, minute.high, minute.low, 0
        else:
            if minute.high > self.high:
                self.high = minute.high
            if minute.low < self.low:
                self.low = minute.low
        self.newest_ns = minute.start_ns
        self.close = minute.close
        self.volume += minute.volume

    def finish(self) -> tuple[Bar, int]:
        """The finished bar and its end; the builder is empty afterwards.

        Raises:
            ValueError: when no bar is being built.
        """
        if self.span is None:
            raise ValueError(f"no bar of {self.symbol} is being built")
        if not self.in_order:
            self.newest_ns = 0
            for start_ns in sorted(self.minutes):
                self._append(self.minutes[start_ns])
        span, only = self.span, next(iter(self.minutes.values()))
        single = len(self.minutes) == 1 and only.start_ns == span.start_ns  # then it is the bar
        self.drop()
        if single:
            return only, span.end_ns
        return Bar(self.symbol, span.start_ns, self.open, self.high, self.low, self.close, self.volume), span.end_ns

    def drop(self) -> None:
        """Forget the bar that is being built."""
        self.span, self.minutes = None, {}
