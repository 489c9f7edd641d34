"""The market as the engine knows it: minutes come in at the door, completed bars go through the kernel."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fluxherod.core.bars import DAY_MINUTES, BarBuilder, Span, fault, refusal, span_of
from fluxherod.core.calendar import MINUTE_NS, Calendar, Session, minute_of_day
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import BAR, DECISION, new_states, step_many
from fluxherod.core.signals import SessionTime
from fluxherod.core.types import Bar
from fluxherod.core.volatility import spike_ratio
from fluxherod.engine.books import ClosedBar, SymbolBook
from fluxherod.engine.building import Building
from fluxherod.engine.overrides import remakes_indicators
from fluxherod.engine.settings import Settings
from fluxherod.engine.volatility import FIVE_MINUTES, FiveMinuteRange

SESSION_MINUTES = 390.0


@dataclass(frozen=True, slots=True)
class Completed:
    """A strategy bar that has ended and has not been through the kernel."""

    book: SymbolBook
    bar: Bar
    end_ns: int
    session: Session  # the regular one of its day, which it is decided by
    five_minute_atr: float = math.nan


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a minute belongs; the same for every symbol of a frame."""

    start_ns: int
    regular: bool
    span: Span
    five_minutes: Span


class Market:
    """All symbols; minutes become completed bars, and completed bars become kernel decisions.

    `calendar` has the regular sessions, by which everything is decided; `bar_calendar` those that bars are made of.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.params = settings.strategy.to_record()
        self.states = new_states(len(settings.symbols), self.params)
        self._free_rows: list[int] = []
        self._building = Building()
        self.set_calendar(Calendar(()))
        self.books = {symbol: self._new_book(symbol, row) for row, symbol in enumerate(settings.symbols)}
        self._minutes = settings.timeframe_minutes

    def _new_book(self, symbol: str, row: int) -> SymbolBook:
        return SymbolBook(symbol, row, BarBuilder(symbol), self._new_range(symbol))

    def _new_range(self, symbol: str) -> FiveMinuteRange:
        return FiveMinuteRange(symbol, self.settings.strategy.atr_period)

    # --- symbols and parameters ------------------------------------------------------------------------
    def add(self, symbol: str) -> SymbolBook:
        """Follow one more symbol: cold, and not subscribed yet."""
        book = self.books[symbol] = self._new_book(symbol, self._free_row())
        book.joining, book.followed_ns = True, None
        return book

    def remove(self, symbol: str) -> None:
        """Forget a symbol: its bars, its prices and its state."""
        book = self.books.pop(symbol)
        book.builder.span = None
        self._free_rows.append(book.row)

    def _free_row(self) -> int:
        """A row of the states for one more symbol. They grow by a part of themselves: most who join cost no copy."""
        if not self._free_rows:
            used = len(self.states)
            states = new_states(used + max(used // 16, 16), self.params)
            states[:used] = self.states
            self.states, self._free_rows = states, list(reversed(range(used, len(states))))
        row = self._free_rows.pop()
        self.states[row] = new_states(1, self.params)[0]
        return row

    def adopt(self, settings: Settings) -> None:
        """Put settings of the same timeframe and session in force from the next bar on.

        Where they change what the indicators remember, the remembered bars go through the kernel once more. Otherwise
        the next bar only notes what stands by them: nothing turned true in the market, so no entry fires.
        """
        remade = remakes_indicators(self.settings.strategy, settings.strategy)
        changed = settings.strategy != self.settings.strategy
        self.settings = settings
        self.params = settings.strategy.to_record()
        if changed:
            self._forget_what_stood(self.books.values())
        for book in self.books.values() if remade else ():
            self._recompute(book)

    def _forget_what_stood(self, books: Iterable[SymbolBook]) -> None:
        for book in books:
            book.noted = False
            self.states["entries"]["seen"][book.row] = 0

    def _recompute(self, book: SymbolBook) -> None:
        """The memory that the remembered bars make with the parameters in force; nothing is decided on them again."""
        before, book.closed = book.closed, []
        self.states[book.row] = new_states(1, self.params)[0]
        sessions = (self.bar_calendar.last_opened(closed.end_ns - 1) for closed in before)
        completed = [
            Completed(book, closed.bar, closed.end_ns, self._regular[session.day])
            for closed, session in zip(before, sessions, strict=True)
            if session is not None
        ]
        known = {closed.end_ns: closed for closed in before}
        for closed in self.step(completed, 0, live=False):
            then = known[closed.end_ns]
            closed.live, closed.spread, closed.spike, closed.held = then.live, then.spread, then.spike, then.held
        book.five_minutes = book.five_minutes.with_period(self.settings.strategy.atr_period)

    def follow_only(self, symbols: Collection[str]) -> None:
        """Let symbols leave and join so that these are followed; the others stay as they are."""
        wanted = frozenset(symbols)
        for symbol in [symbol for symbol in self.books if symbol not in wanted]:
            self.remove(symbol)
        for symbol in symbols:
            if symbol not in self.books:
                self.add(symbol)

    def begin_again(self, symbols: Iterable[str] | None = None) -> None:
        """Let symbols (None: all) be cold until their history is loaded once more: there was a split."""
        for book in [self.books[symbol] for symbol in (self.books if symbols is None else symbols)]:
            book.warm, book.waiting = False, [] if book.waiting is None else book.waiting
            book.silent_through_ns = max(book.silent_through_ns, book.decided_through_ns)

    def set_calendar(self, calendar: Calendar) -> None:
        """Take the exchange's sessions."""
        self.calendar = calendar
        self.bar_calendar = calendar.extended() if self.settings.session == "extended" else calendar
        self._regular = {session.day: session for session in calendar.sessions}
        self._slot: _Slot | None = None

    # --- history ---------------------------------------------------------------------------------------
    def load_history(
        self, symbol: str, bars: Sequence[Bar], five_minute_bars: Sequence[Bar], through_ns: int
    ) -> list[tuple[Bar, str]]:
        """Warm a symbol's kernel state up with completed bars; whatever was known of it is forgotten.

        Returns:
            The bars that were turned away, each with the reason.
        """
        book = self.books[symbol]
        self.states[book.row] = new_states(1, self.params)[0]
        book.closed.clear()
        book.noted = False
        book.builder, book.five_minutes = BarBuilder(symbol), self._new_range(symbol)
        if book.silent_through_ns:
            # Bars that ended while the symbol was cold are not history: they come by their minutes, and are decided.
            through_ns = min(through_ns, book.silent_through_ns)
        rejected: list[tuple[Bar, str]] = []
        self.step(list(self._completed_history(book, bars, through_ns, rejected)), 0, live=False)
        book.five_minutes.load(bar for bar in five_minute_bars if bar.start_ns + FIVE_MINUTES * MINUTE_NS <= through_ns)
        self._begin_five_minutes(book)
        book.newest_minute_ns = through_ns - MINUTE_NS
        if book.closed:
            book.mark(book.closed[-1].bar.close, book.closed[-1].end_ns)
        book.warm = True
        return rejected

    def _begin_five_minutes(self, book: SymbolBook) -> None:
        """Minutes of the history, where it is one, may lie in a 5-minute bar that is not complete yet."""
        for closed in book.closed[-FIVE_MINUTES:] if self._minutes < FIVE_MINUTES else ():
            session = self.bar_calendar.at(closed.bar.start_ns)
            if session is not None:
                book.five_minutes.add(closed.bar, span_of(closed.bar.start_ns, FIVE_MINUTES, session))

    def _completed_history(
        self, book: SymbolBook, bars: Sequence[Bar], through_ns: int, rejected: list[tuple[Bar, str]]
    ) -> Iterator[Completed]:
        newest_ns = 0
        for bar in bars:
            reason = refusal(bar, newest_ns)
            if reason is not None:
                book.rejections[reason] += 1
                rejected.append((bar, reason))
                continue
            newest_ns = bar.start_ns
            session = self.bar_calendar.last_opened(bar.start_ns + MINUTE_NS * (self._minutes - 1))
            if session is None:
                continue
            span = span_of(max(bar.start_ns, session.open_ns), self._minutes, session)
            if span.end_ns <= through_ns:
                book.decided_through_ns = span.end_ns
                yield Completed(book, bar, span.end_ns, self._regular[session.day])

    # --- the kernel ------------------------------------------------------------------------------------
    def step(self, completed: Sequence[Completed], now_ns: int, *, live: bool = True) -> list[ClosedBar]:
        """Run the kernel over completed bars in one call, a symbol's own in order."""
        count = len(completed)
        if not count:
            return []
        out: RecordArray = np.zeros(count, DECISION)
        bars = np.array([_record(one) for one in completed], BAR)
        rows = np.fromiter((one.book.row for one in completed), np.int64, count)
        step_many(self.states, rows, self.params, bars, self._minutes < DAY_MINUTES, out)
        return [self._closed(one, out[k], now_ns, live) for k, one in enumerate(completed)]

    def _closed(self, completed: Completed, decision: np.void, now_ns: int, live: bool) -> ClosedBar:
        book, bar, end_ns = completed.book, completed.bar, completed.end_ns
        live = live and end_ns > book.silent_through_ns
        opened, closes = _session_minutes(completed)
        closed = ClosedBar(bar, end_ns, decision, live, time=SessionTime(opened, closes))
        if decision["valid"]:
            closed.only_noted, book.noted = not book.noted, True
        if live:
            closed.spread = book.spread(now_ns - self.settings.price_max_age_ns - self.settings.latency_ns)
            minutes = min(float(self._minutes), SESSION_MINUTES)
            closed.spike = float(spike_ratio(completed.five_minute_atr, float(decision["atr"]), minutes))
        book.remember(closed)
        return closed

    # --- minutes ---------------------------------------------------------------------------------------
    def take_minute(self, book: SymbolBook, minute: Bar, now_ns: int) -> tuple[str | None, list[Completed]]:
        """Take a minute of a symbol whose gaps are filled.

        Returns:
            Why it was rejected (None when taken), and the bars that it completed.
        """
        reason = refusal(minute, book.newest_minute_ns)
        if reason is None and minute.start_ns > now_ns + self.settings.latency_ns + MINUTE_NS:
            reason = "time lies ahead"
        slot = self._slot_of(minute.start_ns) if reason is None else None
        if slot is not None and slot.span.end_ns <= book.decided_through_ns:
            reason = "its bar is complete already"
        if reason is not None:
            book.rejections[reason] += 1
            return reason, []
        if slot is None:
            book.outside += 1
            return None, []
        completed = self.finish(book) if book.builder.span not in (None, slot.span) else []
        if book.builder.span is None:
            self._building.begun(book, slot.span.end_ns)
        book.builder.add(minute, slot.span)
        book.five_minutes.add(minute, slot.five_minutes)
        book.newest_minute_ns = minute.start_ns
        if slot.regular:
            book.mark(minute.close, minute.start_ns + MINUTE_NS)
        return None, completed

    def _slot_of(self, start_ns: int) -> _Slot | None:
        slot = self._slot
        if slot is None or slot.start_ns != start_ns:
            session = self.bar_calendar.at(start_ns)
            if session is None:
                return None
            regular = self.calendar.at(start_ns) is not None
            spans = (span_of(start_ns, minutes, session) for minutes in (self._minutes, FIVE_MINUTES))
            slot = self._slot = _Slot(start_ns, regular, *spans)
        return slot

    def revise(self, minute: Bar) -> str | None:
        """Note a late correction of a minute; it changes no decision. Returns what is wrong with it, if anything."""
        book = self.books.get(minute.symbol)
        if book is None:
            return None
        reason = fault(minute)
        if reason is None:
            book.revised += 1
        else:
            book.rejections[reason] += 1
        return reason

    def finish(self, book: SymbolBook) -> list[Completed]:
        """Complete the bar that is being built of a symbol, if there is one."""
        span = book.builder.span
        session = self.bar_calendar.last_opened(span.end_ns - 1) if span is not None else None
        if session is None:
            book.builder.span = None  # the calendar no longer knows its session: there is nothing to decide
            return []
        bar, end_ns = book.builder.finish()
        book.decided_through_ns = end_ns
        book.five_minutes.finish_through(end_ns)
        return [Completed(book, bar, end_ns, self._regular[session.day], book.five_minutes.atr)]

    def finish_due(self, now_ns: int) -> list[Completed]:
        """Complete every bar whose end and grace have passed; a bar with a gap in it waits."""
        ended = self._building.ended_by(now_ns - self._grace_ns)
        return [completed for book in ended for completed in self.finish(book)]

    def next_due_ns(self) -> int | None:
        """When the next bar must be completed even if no newer minute comes."""
        end_ns = self._building.next_end_ns()
        return None if end_ns is None else end_ns + self._grace_ns

    @property
    def _grace_ns(self) -> int:
        return self.settings.bar_delay_ns + self.settings.latency_ns

    def gap_start_ns(self, books: Iterable[SymbolBook]) -> int:
        """The first minute that is not known yet of some symbol."""
        return min(max(book.newest_minute_ns + MINUTE_NS, book.asked_through_ns) for book in books)


def _record(completed: Completed) -> tuple[float | int, ...]:
    """A completed bar as a kernel.BAR record."""
    bar = completed.bar
    opened, closes = _session_minutes(completed)
    return (
        bar.open,
        bar.high,
        bar.low,
        bar.close,
        float(bar.volume),
        minute_of_day(completed.end_ns),
        closes,
        opened,
    )


def _session_minutes(completed: Completed) -> tuple[int, int]:
    """Minutes after the open and to the close."""
    end_ns, session = completed.end_ns, completed.session
    return (end_ns - session.open_ns) // MINUTE_NS, (session.close_ns - end_ns) // MINUTE_NS
