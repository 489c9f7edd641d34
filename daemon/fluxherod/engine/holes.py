"""Symbols that trade and wait, because nothing is known of some minutes of a bar that has ended."""

from __future__ import annotations

from collections.abc import Iterator

from fluxherod.engine.books import SymbolBook


class Holes:
    """Who waits, in the order in which they began to. One that waits no longer is dropped when it is looked at."""

    def __init__(self) -> None:
        self._held: dict[str, SymbolBook] = {}
        self._found: list[SymbolBook] = []
        self.told = False  # that bars are decided without their missing minutes, since REST last answered

    def hold(self, book: SymbolBook, through_ns: int, now_ns: int) -> None:
        """Let a symbol wait until each of its minutes before a time is known."""
        book.hold()
        book.holed, book.hole_end_ns, book.held_ns = True, through_ns, now_ns
        book.closed.own()  # who does not trade often must not keep what was decided beside it alive
        self._held.pop(book.symbol, None)
        self._held[book.symbol] = book
        self._found.append(book)

    def take_unasked(self) -> list[SymbolBook]:
        """Those that were found since the last time and that no question is on its way for."""
        found, self._found = self._found, []
        return list({book.symbol: book for book in found if book.holed and not book.asking}.values())

    def look_again(self) -> None:
        """Count those among the found ones whose question was not answered, or in vain."""
        self._found += [book for book in self._waiting() if not book.asking]

    def held_since_ns(self) -> int | None:
        """Since when the one waits that waits the longest."""
        first = next(self._waiting(), None)
        return None if first is None else first.held_ns

    def held_by(self, ns: int) -> list[SymbolBook]:
        """Those that have waited since a time or longer."""
        return [book for book in self._waiting() if book.held_ns <= ns]

    def _waiting(self) -> Iterator[SymbolBook]:
        ended = []
        for symbol, book in self._held.items():
            if book.holed:
                break
            ended.append(symbol)
        for symbol in ended:
            del self._held[symbol]
        return (book for book in self._held.values() if book.holed)
