"""Which bars the strategy wants, and how REST's bars become them. Pure: no request is made here."""

from __future__ import annotations

from collections.abc import Iterable

from fluxherod.core.bars import DAY_MINUTES, Span, span_of
from fluxherod.core.calendar import MINUTE_NS, Calendar, Session, new_york_day
from fluxherod.core.types import Bar
from fluxherod.engine.settings import TIMEFRAME_MINUTES

# REST's own 09:00 hour holds pre-market trades; its half-hours don't, so hours are built from them.
_REST_TIMEFRAMES = {"1Hour": "30Min"}


def rest_timeframe(timeframe: str) -> str:
    """The timeframe to ask REST for."""
    return _REST_TIMEFRAMES.get(timeframe, timeframe)


class BarGrid:
    """The strategy bars of one timeframe on a calendar: that of the regular sessions, or of the extended ones."""

    def __init__(self, timeframe: str, calendar: Calendar) -> None:
        self.minutes = TIMEFRAME_MINUTES[timeframe]
        self._calendar = calendar
        self._days = {session.day: session for session in calendar.sessions} if self.daily else {}
        self._spans: dict[int, Span | None] = {}

    @property
    def daily(self) -> bool:
        """True when a bar is a session."""
        return self.minutes >= DAY_MINUTES

    def through_ns(self, now_ns: int) -> int:
        """The end of the newest completed bar: minutes from here on belong to bars still to come."""
        session = self._calendar.last_opened(now_ns)
        if session is None:
            return now_ns - now_ns % MINUTE_NS
        if now_ns >= session.close_ns:
            return session.close_ns
        return max(span_of(now_ns, self.minutes, session).start_ns, session.open_ns)

    def lookback_ns(self, through_ns: int, bars: int) -> int | None:
        """The open of the session in which the wanted number of bars begins; None when the calendar ends before it."""
        wanted = bars
        for session in reversed(self._calendar.sessions):
            wanted -= self._completed(session, through_ns)
            if wanted <= 0:
                return session.open_ns
        return None

    @property
    def first_ns(self) -> int:
        """The open of the calendar's first session; 0 when it knows none."""
        return self._calendar.sessions[0].open_ns if self._calendar.sessions else 0

    def ended(self, bar: Bar, through_ns: int) -> bool:
        """True for a strategy bar of a known session that ended by then."""
        # The first hour of a session is stamped before its open.
        session = self._calendar.last_opened(bar.start_ns + (0 if self.daily else (self.minutes - 1) * MINUTE_NS))
        if session is None or bar.start_ns >= session.close_ns:
            return False
        return span_of(max(bar.start_ns, session.open_ns), self.minutes, session).end_ns <= through_ns

    def completed_bars(self, rows: Iterable[Bar], through_ns: int) -> list[Bar]:
        """REST's bars, oldest first, cut to the sessions, merged into strategy bars that ended by then."""
        bars: list[Bar] = []
        for row in rows:
            span = self._span(row.start_ns)
            if span is None or span.end_ns > through_ns:
                continue
            if bars and bars[-1].start_ns == span.start_ns:
                bars[-1] = _merged(bars[-1], row)
            else:
                bars.append(Bar(row.symbol, span.start_ns, row.open, row.high, row.low, row.close, row.volume))
        return bars

    def _span(self, start_ns: int) -> Span | None:
        if start_ns not in self._spans:  # the symbols share their starts: the calendar is asked once for each
            session = self._days.get(new_york_day(start_ns)) if self.daily else self._calendar.at(start_ns)
            self._spans[start_ns] = None if session is None else span_of(start_ns, self.minutes, session)
        return self._spans[start_ns]

    def _completed(self, session: Session, through_ns: int) -> int:
        if session.open_ns >= through_ns or (self.daily and session.close_ns > through_ns):
            return 0
        first = span_of(session.open_ns, self.minutes, session)
        last = span_of(min(session.close_ns, through_ns) - MINUTE_NS, self.minutes, session)
        return 1 + (last.start_ns - first.start_ns) // (self.minutes * MINUTE_NS)


def _merged(bar: Bar, row: Bar) -> Bar:
    return Bar(
        bar.symbol,
        bar.start_ns,
        bar.open,
        max(bar.high, row.high),
        min(bar.low, row.low),
        row.close,
        bar.volume + row.volume,
    )


def session_minutes(rows: Iterable[Bar], calendar: Calendar, since_ns: int, through_ns: int) -> list[Bar]:
    """The minutes of a calendar's sessions that began at or after `since_ns` and ended by `through_ns`."""
    last_start_ns = through_ns - MINUTE_NS
    return [row for row in rows if since_ns <= row.start_ns <= last_start_ns and calendar.at(row.start_ns) is not None]


def same_bar(left: Bar, right: Bar) -> bool:
    """Equal prices: false when a split has adjusted one of them."""
    return (left.start_ns, left.open, left.high, left.low, left.close) == (
        right.start_ns,
        right.open,
        right.high,
        right.low,
        right.close,
    )
