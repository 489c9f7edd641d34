"""The bars that are being built, by when they end: what is due next costs the same however many symbols there are."""

from __future__ import annotations

from fluxherod.engine.market.books import SymbolBook


class Building:
    """Notes each bar that begins. One that has been completed since is dropped when it is looked at."""

    def __init__(self) -> None:
        self._by_end: dict[int, dict[str, SymbolBook]] = {}

    def begun(self, book: SymbolBook, end_ns: int) -> None:
        """A bar of a symbol begins that will end at a time."""
        self._by_end.setdefault(end_ns, {})[book.symbol] = book

    def next_end_ns(self) -> int | None:
        """The first end of a bar that has no gap in it."""
        return next((end_ns for end_ns in sorted(self._by_end) if self._look(end_ns, 1)), None)

    def ended_by(self, through_ns: int) -> list[SymbolBook]:
        """The symbols whose bar has ended by a time and has no gap in it."""
        ends = [end_ns for end_ns in sorted(self._by_end) if end_ns <= through_ns]
        return [book for end_ns in ends for book in self._look(end_ns, len(self._by_end[end_ns]))]

    def _look(self, end_ns: int, most: int) -> list[SymbolBook]:
        """At most so many books whose bar ends then and has no gap in it."""
        books, found, done = self._by_end[end_ns], [], []
        for symbol, book in books.items():
            if book.builder.span is None or book.builder.span.end_ns != end_ns:
                done.append(symbol)
            elif book.waiting is None or (book.holed and end_ns <= book.known_ns):  # the hole is in a later bar
                found.append(book)
                if len(found) == most:
                    break
        for symbol in done:
            del books[symbol]
        if not books:
            del self._by_end[end_ns]
        return found
