"""Where a minute belongs and when bars end: the same for every symbol, by the sessions that bars are made of."""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.core.bars import Span, span_of
from fluxherod.core.calendar import Calendar
from fluxherod.engine.market.completed import Ending, ending
from fluxherod.engine.market.volatility import FIVE_MINUTES

NEVER_NS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a minute belongs. `regular` is whether it is one of the regular session."""

    start_ns: int
    regular: bool
    span: Span
    five_minutes: Span


class Grid:
    """`calendar` has the regular sessions, `bar_calendar` those that bars are made of; `minutes` is a bar's length."""

    def __init__(self, calendar: Calendar, bar_calendar: Calendar, minutes: int) -> None:
        self._calendar = calendar
        self._bar_calendar = bar_calendar
        self._minutes = minutes
        self._slot: Slot | None = None
        self._regular = {session.day: session for session in calendar.sessions}
        self._ending: Ending | None = None

    def slot(self, start_ns: int) -> Slot | None:
        """Where the minute that starts then belongs; None outside the sessions."""
        slot = self._slot  # the minutes of a frame are nearly always the same
        if slot is None or slot.start_ns != start_ns:
            session = self._bar_calendar.at(start_ns)
            if session is None:
                return None
            regular = self._calendar.at(start_ns) is not None
            spans = (span_of(start_ns, minutes, session) for minutes in (self._minutes, FIVE_MINUTES))
            slot = self._slot = Slot(start_ns, regular, *spans)
        return slot

    def ending(self, end_ns: int) -> Ending | None:
        """The end of a bar that ends then; None where no session is known of it."""
        found = self._ending  # live, the bars of all symbols end at the same time
        if found is None or found.end_ns != end_ns:
            session = self._bar_calendar.last_opened(end_ns - 1)
            if session is None:
                return None
            found = self._ending = ending(end_ns, self._regular[session.day])
        return found

    def first_minute_ns(self, ns: int) -> int:
        """The start of the first minute of a session at or after the start of some minute."""
        if self._bar_calendar.at(ns) is not None:
            return ns
        session = self._bar_calendar.following(ns)
        return NEVER_NS if session is None else session.open_ns

    def last_end_ns(self, ns: int) -> int | None:
        """When the newest bar ended that has ended by a time; None before the first session."""
        session = self._bar_calendar.last_opened(ns)
        if session is None or ns >= session.close_ns:
            return None if session is None else session.close_ns
        begun_ns = span_of(ns, self._minutes, session).start_ns
        return begun_ns if begun_ns > session.open_ns else self.last_end_ns(session.open_ns - 1)

    def end_after(self, ns: int) -> int | None:
        """When the next bar ends after the end of some bar; None after the last session."""
        session = self._bar_calendar.at(ns) or self._bar_calendar.following(ns)
        return None if session is None else span_of(max(ns, session.open_ns), self._minutes, session).end_ns
