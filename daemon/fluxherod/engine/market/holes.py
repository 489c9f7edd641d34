"""Symbols that trade and wait, because nothing is known of some minutes of a bar that has ended."""

from __future__ import annotations

from collections.abc import Iterator

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar
from fluxherod.engine.market.books import SymbolBook


class Holes:
    """Who waits. One that waits no longer is dropped when it is looked at.

    While nothing comes behind a hole there is nothing to decide on: patience runs from the first minute that waits on.
    """

    def __init__(self) -> None:
        self._held: dict[str, SymbolBook] = {}
        self._delayed: dict[str, SymbolBook] = {}  # those with minutes that wait, in the order in which they began to
        self._found: list[SymbolBook] = []
        self.told = False  # that bars are decided without their missing minutes, since REST last answered

    def hold(self, book: SymbolBook, through_ns: int) -> None:
        """Let a symbol wait until each of its minutes before a time is known."""
        book.hold()
        book.holed, book.hole_end_ns = True, through_ns
        self._held[book.symbol] = book
        self._found.append(book)

    def keep(self, book: SymbolBook, minute: Bar, now_ns: int) -> None:
        """Keep a minute of a symbol that waits."""
        if book.holed and not book.waiting:
            # A late minute of the bar itself does not wait since its own time, but since the bar could be decided.
            book.delayed_ns = min(now_ns, max(minute.start_ns + MINUTE_NS, book.hole_end_ns))
            self._delayed.pop(book.symbol, None)
            self._delayed[book.symbol] = book
        book.keep(minute)

    def take_unasked(self) -> list[SymbolBook]:
        """Those that were found since the last time and that no question is on its way for."""
        found, self._found = self._found, []
        return list({book.symbol: book for book in found if book.holed and not book.asking}.values())

    def look_again(self) -> None:
        """Count those among the found ones whose question was not answered, or in vain."""
        self._held = {symbol: book for symbol, book in self._held.items() if book.holed}
        self._found += [book for book in self._held.values() if not book.asking]

    def delayed_since_ns(self) -> int | None:
        """Since when minutes wait behind the oldest hole."""
        first = next(self._waiting(), None)
        return None if first is None else first.delayed_ns

    def delayed_by(self, ns: int) -> list[SymbolBook]:
        """Those whose minutes have waited since a time or longer."""
        return [book for book in self._waiting() if book.delayed_ns <= ns]

    def _waiting(self) -> Iterator[SymbolBook]:
        ended = []
        for symbol, book in self._delayed.items():
            if book.holed and book.waiting:
                break
            ended.append(symbol)
        for symbol in ended:
            del self._delayed[symbol]
        return (book for book in self._delayed.values() if book.holed and book.waiting)
