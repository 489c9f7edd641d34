"""The market as the engine knows it: each symbol's bars, kernel state and price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fluxherod.core.bars import DAY_MINUTES, MOST_DOLLARS, BarBuilder, Span, refusal, span_of
from fluxherod.core.calendar import MINUTE_NS, Calendar, Session, minute_of_day
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import DECISION, new_states, step
from fluxherod.core.money import to_e4
from fluxherod.core.types import Bar, Quote
from fluxherod.engine.settings import Settings

REMEMBERED_BARS = 500


@dataclass(frozen=True, slots=True)
class ClosedBar:
    """A completed strategy bar with what the kernel made of it."""

    bar: Bar
    end_ns: int
    decision: Any  # a record of kernel.DECISION


@dataclass(slots=True)
class SymbolBook:
    """One symbol. While `waiting` is a list, live minutes are kept in it until the gap before them is filled."""

    symbol: str
    row: int
    builder: BarBuilder
    closed: list[ClosedBar] = field(default_factory=list)
    waiting: list[Bar] | None = field(default_factory=list)
    warm: bool = False
    newest_minute_ns: int = 0
    price_e4: int = 0
    price_ns: int = 0
    quote: Quote | None = None
    tradable: bool = False
    shortable: bool = False
    rejected: int = 0
    outside: int = 0

    @property
    def live(self) -> bool:
        """True when history is loaded and no gap is open."""
        return self.warm and self.waiting is None

    def mark(self, price: float, now_ns: int) -> None:
        """Take a price; 0 is none, and one older than the known price (a back-filled minute) changes nothing."""
        if 0 < price <= MOST_DOLLARS and now_ns >= self.price_ns:
            self.price_e4, self.price_ns = to_e4(price), now_ns

    def remember(self, closed: ClosedBar) -> None:
        """Keep the newest completed bars for explanations and clients."""
        self.closed.append(closed)
        if len(self.closed) > 2 * REMEMBERED_BARS:
            del self.closed[:-REMEMBERED_BARS]


class Market:
    """All symbols; minutes become completed bars, and completed bars become kernel decisions."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.params = settings.strategy.to_record()
        self.states = new_states(len(settings.symbols), self.params)
        self.calendar = Calendar(())
        self.books = {
            symbol: SymbolBook(symbol, row, BarBuilder(symbol)) for row, symbol in enumerate(settings.symbols)
        }
        self._minutes = settings.timeframe_minutes

    def load_history(self, symbol: str, bars: Sequence[Bar], through_ns: int) -> list[tuple[Bar, str]]:
        """Warm a symbol's kernel state up with completed bars; whatever was known of it is forgotten.

        Returns:
            The bars that were turned away, each with the reason.
        """
        book = self.books[symbol]
        self.states[book.row] = new_states(1, self.params)[0]
        book.closed.clear()
        book.builder = BarBuilder(symbol)
        rejected, newest_ns = [], 0
        for bar in bars:
            reason = refusal(bar, newest_ns)
            if reason is not None:
                book.rejected += 1
                rejected.append((bar, reason))
                continue
            newest_ns = bar.start_ns
            session = self.calendar.last_opened(bar.start_ns + MINUTE_NS * (self._minutes - 1))
            if session is None:
                continue
            span = span_of(max(bar.start_ns, session.open_ns), self._minutes, session)
            self.step(book, bar, span.end_ns, session)
        book.newest_minute_ns = max(book.newest_minute_ns, through_ns - MINUTE_NS)
        if book.closed:
            book.mark(book.closed[-1].bar.close, book.closed[-1].end_ns)
        book.warm = True
        return rejected

    def step(self, book: SymbolBook, bar: Bar, end_ns: int, session: Session) -> ClosedBar:
        """Run the kernel over a completed bar."""
        out: RecordArray = np.zeros(1, DECISION)
        step(
            self.states,
            book.row,
            self.params,
            bar.open,
            bar.high,
            bar.low,
            bar.close,
            float(bar.volume),
            minute_of_day(end_ns),
            (session.close_ns - end_ns) // MINUTE_NS,
            (end_ns - session.open_ns) // MINUTE_NS,
            self._minutes < DAY_MINUTES,
            out,
            0,
        )
        closed = ClosedBar(bar, end_ns, out[0])
        book.remember(closed)
        return closed

    def take_minute(self, book: SymbolBook, minute: Bar) -> tuple[str | None, list[ClosedBar]]:
        """Take a minute of a symbol whose gaps are filled.

        Returns:
            Why it was rejected (None when taken), and the bars that it completed.
        """
        reason = refusal(minute, book.newest_minute_ns)
        if reason is not None:
            book.rejected += reason != "duplicate"
            return reason, []
        session = self.calendar.at(minute.start_ns)
        if session is None:
            book.outside += 1
            return None, []
        span = span_of(minute.start_ns, self._minutes, session)
        if book.closed and span.end_ns <= book.closed[-1].end_ns:
            book.rejected += 1
            return "its bar is complete already", []
        completed = self.finish(book) if book.builder.span not in (None, span) else []
        book.builder.add(minute, span)
        book.newest_minute_ns = minute.start_ns
        book.mark(minute.close, minute.start_ns + MINUTE_NS)
        return None, completed

    def finish(self, book: SymbolBook) -> list[ClosedBar]:
        """Complete the bar that is being built of a symbol, if there is one."""
        span = book.builder.span
        session = self.calendar.last_opened(span.end_ns - 1) if span is not None else None
        if session is None:
            book.builder.span = None  # the calendar no longer knows its session: there is nothing to decide
            return []
        bar, end_ns = book.builder.finish()
        return [self.step(book, bar, end_ns, session)]

    def finish_due(self, now_ns: int) -> list[ClosedBar]:
        """Complete every bar whose end and grace have passed, in symbol order; a bar with a gap in it waits."""
        return [
            closed for book, span in self._building() if self._due_ns(span) <= now_ns for closed in self.finish(book)
        ]

    def next_due_ns(self) -> int | None:
        """When the next bar must be completed even if no newer minute comes."""
        return min((self._due_ns(span) for _, span in self._building()), default=None)

    def _building(self) -> Iterator[tuple[SymbolBook, Span]]:
        for book in self.books.values():
            if book.builder.span is not None and book.waiting is None:
                yield book, book.builder.span

    def _due_ns(self, span: Span) -> int:
        return span.end_ns + self.settings.bar_delay_ns + self.settings.latency_ns

    def gap_start_ns(self, book: SymbolBook) -> int:
        """The first minute that is not yet taken of a symbol."""
        return book.newest_minute_ns + MINUTE_NS
