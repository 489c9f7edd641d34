"""The market as the engine knows it: minutes come in at the door, completed bars go through the kernel."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from fluxherod.core.bars import DAY_MINUTES, DUPLICATE, BarBuilder, fault, refusal, span_of
from fluxherod.core.calendar import MINUTE_NS, Calendar
from fluxherod.core.jit import table
from fluxherod.core.kernel import BAR, DECISION, new_states, step_many
from fluxherod.core.types import Bar
from fluxherod.core.volatility import spike_ratio
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.market.building import Building
from fluxherod.engine.market.closed_bars import ClosedBars
from fluxherod.engine.market.completed import Beside, Completed, Decided, glances, kernel_bar
from fluxherod.engine.market.grid import Grid, Slot
from fluxherod.engine.market.holes import Holes
from fluxherod.engine.market.volatility import FIVE_MINUTES, FiveMinuteRange
from fluxherod.engine.operators.overrides import remakes_indicators
from fluxherod.engine.settings import Settings

SESSION_MINUTES = 390.0
# REST's own patience, with its retries, in wall latencies: at a fast exchange an answer takes as much longer.
REST_LATENCIES = 250


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
        self.holes = Holes()
        self.ended_ns = 0  # the newest end of a bar at which holes were looked for
        self._minutes = settings.timeframe_minutes
        self.set_calendar(Calendar(()))
        self.books = {symbol: self._new_book(symbol, row) for row, symbol in enumerate(settings.symbols)}

    def _new_book(self, symbol: str, row: int) -> SymbolBook:
        return SymbolBook(symbol, row, BarBuilder(symbol), self._new_range(symbol), ClosedBars(symbol))

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
        book.builder.drop()
        book.holed = False
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
        before = [(closed, self.grid.ending(closed.end_ns)) for closed in book.closed]
        known = [(closed, ending) for closed, ending in before if ending is not None]
        self.states[book.row] = new_states(1, self.params)[0]
        decided = self._run([Completed(book, closed.bar, ending) for closed, ending in known], 0, live=False)
        were: list[Beside] = []
        for (start, end, volume, _, _, after, left, _, noted), (was, _) in zip(decided.beside, known, strict=True):
            were.append((start, end, volume, was.spread, was.spike, after, left, was.live, noted))
        book.closed.clear()
        replace(decided, beside=were).remember()
        book.closed.hold({closed.end_ns: closed.held for closed, _ in known if closed.held is not None})
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
            book.hold()
            book.warm, book.holed = False, False
            book.silent_through_ns = max(book.silent_through_ns, book.decided_through_ns)

    def set_calendar(self, calendar: Calendar) -> None:
        """Take the exchange's sessions."""
        self.calendar = calendar
        self.bar_calendar = calendar.extended() if self.settings.session == "extended" else calendar
        self.grid = Grid(calendar, self.bar_calendar, self._minutes)
        self._next_end_ns = self.grid.end_after(self.ended_ns) if self.ended_ns else None

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
        book.decided_through_ns = max(book.decided_through_ns, through_ns)
        book.known_ns = through_ns
        if book.closed:
            newest = book.closed[-1]
            book.mark(newest.bar.close, newest.end_ns)
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
            end_ns = span_of(max(bar.start_ns, session.open_ns), self._minutes, session).end_ns
            ending = self.grid.ending(end_ns)
            if end_ns <= through_ns and ending is not None:
                book.decided_through_ns = end_ns
                yield Completed(book, bar, ending)

    # --- the kernel ------------------------------------------------------------------------------------
    def step(self, completed: Sequence[Completed], now_ns: int, *, live: bool = True) -> Decided:
        """Run the kernel over completed bars in one call, a symbol's own in order, and remember them."""
        decided = self._run(completed, now_ns, live)
        decided.remember()
        return decided

    def _run(self, completed: Sequence[Completed], now_ns: int, live: bool) -> Decided:
        content = bytearray(len(completed) * DECISION.itemsize)
        if completed:
            bars = table([kernel_bar(one) for one in completed], BAR)
            rows = np.array([one.book.row for one in completed], np.int64)
            step_many(
                self.states, rows, self.params, bars, self._minutes < DAY_MINUTES, np.frombuffer(content, DECISION)
            )
        records = bytes(content)
        return Decided(completed, records, self._beside(completed, records, now_ns, live))

    def _beside(self, completed: Sequence[Completed], records: bytes, now_ns: int, live: bool) -> list[Beside]:
        oldest_ns = now_ns - self.settings.price_max_age_ns - self.settings.latency_ns
        minutes = min(float(self._minutes), SESSION_MINUTES)
        known: list[Beside] = []
        for (book, bar, ending, five_minute_atr), (atr, _, _, valid) in zip(completed, glances(records), strict=True):
            only_noted = valid and not book.noted
            book.noted = book.noted or valid
            time, came_live = ending.time, live and ending.end_ns > book.silent_through_ns
            spread, spike = math.nan, math.nan
            if came_live:
                spread, spike = book.spread(oldest_ns), spike_ratio(five_minute_atr, atr, minutes)
            times = bar.start_ns, ending.end_ns, bar.volume
            known.append((*times, spread, spike, time.after_open, time.to_close, came_live, only_noted))
        return known

    # --- minutes ---------------------------------------------------------------------------------------
    def take(self, minutes: Iterable[Bar], now_ns: int, completed: list[Completed]) -> list[tuple[Bar, str]]:
        """Take minutes of symbols that are followed, in order, and what waited behind a hole that one of them fills.

        Returns:
            The minutes that were rejected, each with the reason. The bars that were completed are added to `completed`.
        """
        rejected: list[tuple[Bar, str]] = []
        for minute in minutes:
            if (book := self.books.get(minute.symbol)) is None:
                continue
            reason = self.take_minute(book, minute, now_ns, completed)
            if reason is not None:
                rejected.append((minute, reason))
            elif book.holed and (waited := self.healed(book, minute)):
                rejected += self.take(waited, now_ns, completed)
        return rejected

    def take_minute(self, book: SymbolBook, minute: Bar, now_ns: int, completed: list[Completed]) -> str | None:
        """Take a minute of a symbol, or keep it where earlier ones must come first.

        Returns:
            Why it was rejected; None when taken or kept. The bars that it completed are added to `completed`.
        """
        start_ns, builder = minute.start_ns, book.builder
        reason = self._fault(minute, now_ns)
        slot = self.grid.slot(start_ns) if reason is None else None
        if book.waiting is not None:
            self.holes.keep(book, minute, now_ns)
            if slot is not None and slot.regular and book.warm:
                book.mark(minute.close, start_ns + MINUTE_NS)
            return None
        span = builder.span
        if slot is not None and (
            # The bar, or a later one, is complete or being built: nobody traded in it, as far as was known.
            slot.span.end_ns <= book.decided_through_ns or (span is not None and slot.span.end_ns <= span.start_ns)
        ):
            reason = DUPLICATE if minute == book.newest_minute else "its bar is complete already"
        elif start_ns in builder.minutes and minute == builder.minutes[start_ns]:
            reason = DUPLICATE
        if reason is not None:
            book.rejections[reason] += 1
            return reason
        if slot is None:
            book.outside += 1
            return None
        if book.known_ns < slot.span.start_ns and self.hold_if_lacking(book, slot.span.start_ns):
            self.holes.keep(book, minute, now_ns)
            return None
        if span is not None and span is not slot.span and span != slot.span:
            self.finish(book, completed)
        self._put(book, minute, slot)
        return None

    def _put(self, book: SymbolBook, minute: Bar, slot: Slot) -> None:
        builder, start_ns = book.builder, minute.start_ns
        if builder.span is None:
            self._building.begun(book, slot.span.end_ns)
            book.five_minutes.begin()
        builder.add(minute, slot.span)
        if builder.in_order:
            book.five_minutes.add(minute, slot.five_minutes)
        if start_ns >= book.newest_minute_ns:
            book.newest_minute, book.newest_minute_ns = minute, start_ns
        known_ns = book.known_ns
        if known_ns not in builder.minutes:
            known_ns = self.grid.first_minute_ns(known_ns)
        while known_ns in builder.minutes:
            known_ns = book.known_ns = known_ns + MINUTE_NS
        if slot.regular:
            book.mark(minute.close, start_ns + MINUTE_NS)

    def _repeat_five_minutes(self, book: SymbolBook) -> None:
        """Minutes came out of order: the 5-minute bars since the strategy bar began are made of all of them anew."""
        minutes = book.builder.minutes
        book.five_minutes.rewind(min(minutes))
        for start_ns in sorted(book.builder.minutes):
            slot = self.grid.slot(start_ns)
            if slot is not None:
                book.five_minutes.add(book.builder.minutes[start_ns], slot.five_minutes)

    # --- holes -----------------------------------------------------------------------------------------
    def hold_if_lacking(self, book: SymbolBook, through_ns: int) -> bool:
        """Hold a symbol that trades when nothing is known of some minute before a time; True when it is held."""
        if book.waiting is not None:
            return True
        if book.known_ns >= through_ns or self.grid.first_minute_ns(book.known_ns) >= through_ns:
            return False
        self.holes.hold(book, through_ns)
        return True

    def healed(self, book: SymbolBook, minute: Bar) -> list[Bar]:
        """The minutes that wait, when this one of them has filled the hole without REST; else none."""
        known_ns = self.grid.first_minute_ns(book.known_ns)
        if minute.start_ns != known_ns or book.waiting is None:
            return []
        while known_ns in book.waiting or known_ns in book.builder.minutes:
            known_ns = self.grid.first_minute_ns(known_ns + MINUTE_NS)
        return book.release() if known_ns >= book.hole_end_ns else []

    def bars_ended_by(self, now_ns: int) -> int | None:
        """The end of the newest bar, of whichever symbol, whose grace has passed; None when it was asked for before."""
        end_ns = self.grid.last_end_ns(now_ns - self._grace_ns)
        if end_ns is None or end_ns <= self.ended_ns:
            return None
        self.ended_ns, self._next_end_ns = end_ns, self.grid.end_after(end_ns)
        self.holes.look_again()
        return end_ns

    def revise(self, minute: Bar, now_ns: int) -> str | None:
        """Take a late correction of a minute, or say what is wrong with it. A complete bar stays as it is."""
        book = self.books.get(minute.symbol)
        if book is None:
            return None
        reason = self._fault(minute, now_ns)
        if reason is not None:
            book.rejections[reason] += 1
            return reason
        book.revised += 1
        slot = self.grid.slot(minute.start_ns)
        if book.waiting is not None:
            book.corrections[minute.start_ns] = minute
        elif slot is not None and slot.span == book.builder.span:
            self._put(book, minute, slot)
        return None

    def _fault(self, minute: Bar, now_ns: int) -> str | None:
        if minute.start_ns > now_ns + self.settings.latency_ns + MINUTE_NS:
            return fault(minute) or "time lies ahead"
        return fault(minute)

    def finish(self, book: SymbolBook, completed: list[Completed]) -> None:
        """Complete the bar that is being built of a symbol, if there is one; it is added to `completed`."""
        span = book.builder.span
        ending = self.grid.ending(span.end_ns) if span is not None else None
        if ending is None:
            book.builder.drop()  # the calendar no longer knows its session: there is nothing to decide
            return
        if not book.builder.in_order:
            self._repeat_five_minutes(book)
        bar, end_ns = book.builder.finish()
        book.decided_through_ns = end_ns
        book.five_minutes.finish_through(end_ns)
        completed.append(Completed(book, bar, ending, book.five_minutes.atr))

    def due(self, now_ns: int) -> list[SymbolBook]:
        """The symbols with a bar whose end and grace have passed."""
        return self._building.ended_by(now_ns - self._grace_ns)

    def finish_due(self, books: Iterable[SymbolBook], completed: list[Completed]) -> None:
        """Complete the bars of symbols that are due; a bar with a gap or a hole in it waits."""
        for book in books:
            span = book.builder.span
            if span is not None and (span.end_ns <= book.known_ns or not self.hold_if_lacking(book, span.end_ns)):
                self.finish(book, completed)

    def next_due_ns(self) -> int | None:
        """When bars must be completed, or looked for, even if no newer minute comes."""
        ends = [end_ns for end_ns in (self._building.next_end_ns(), self._next_end_ns) if end_ns is not None]
        due = [end_ns + self._grace_ns for end_ns in ends]
        if (since_ns := self.holes.delayed_since_ns()) is not None:
            due.append(since_ns + self.hole_patience_ns)
        return min(due, default=None)

    @property
    def hole_patience_ns(self) -> int:
        """How long minutes wait for what REST says of those before them: as long as a bar could be traded on."""
        return self.settings.signal_max_age_ns + REST_LATENCIES * self.settings.latency_ns

    @property
    def _grace_ns(self) -> int:
        return self.settings.bar_delay_ns + self.settings.latency_ns
