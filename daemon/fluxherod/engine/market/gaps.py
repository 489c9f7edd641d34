"""Gaps in a symbol's minutes: when one opens, when its back-fill may be asked for, and which answer closes it.

A gap is open while a book's `waiting` is not None: live minutes are kept in it. Its back-fill is asked for once the
history is there (so it is known where the gap begins) and the subscription stands (so it is known that it has an
end): each minute then comes either by the answer or by the stream, and one that comes by both counts once.

A hole is a gap in what a standing connection brings: a bar has ended, and some of its minutes are not here. Nobody
may have traded then, or they were lost, or are late: REST is asked, and the bar is complete with the answer, or when
the minutes come after all. Without either it is decided when others have waited behind it for five minutes, and that is
told: exits must go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.types import Bar
from fluxherod.core.words import some_of
from fluxherod.engine.effects import AlertRaised, BarRejected, Effect, RequestBackfill, Severity
from fluxherod.engine.events import BackfillLoaded, BackfillRefused
from fluxherod.engine.market import pieces
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.market.completed import Completed
from fluxherod.engine.market.market import Market
from fluxherod.engine.market.pieces import Pieces

RELOAD_AFTER_NS = 5 * 24 * 3600 * SECOND_NS
# A minute that REST does not have after so long will not come any more: not by the stream either.
UNSETTLED_NS = 5 * MINUTE_NS


def begin(market: Market, now_ns: int) -> None:
    """A process begins: every gap is open, and what has stood still for days is loaded anew, as if never seen."""
    for book in market.books.values():
        if now_ns - book.newest_minute_ns > RELOAD_AFTER_NS:
            book.warm, book.silent_through_ns = False, 0
        book.hold()
        book.holed = book.asking = False
        book.joining, book.followed_ns = False, None
    market.bars_ended_by(now_ns)


def connection(market: Market, up: bool, now_ns: int) -> None:
    """Minutes are missing from now on, or were until now: it brings every subscription but those made meanwhile."""
    for book in market.books.values():
        _open(book)
        subscribed = up and (book.followed or not book.joining)
        book.followed_ns = now_ns if subscribed else None


def _open(book: SymbolBook) -> None:
    book.hold()
    book.holed = False


def look_for_holes(market: Market, now_ns: int) -> None:
    """Bars have ended by now: hold each symbol with minutes missing in them, also where not one minute came."""
    through_ns = market.bars_ended_by(now_ns)
    if through_ns is not None:
        for book in market.books.values():
            if book.known_ns < through_ns:
                market.hold_if_lacking(book, through_ns)


def request_missing(market: Market, out: list[Effect]) -> None:
    """Ask what was in the holes that have been found since the last time, in one request."""
    asked = market.holes.take_unasked()
    for book in asked:
        book.asking = True
    if asked:
        out.append(RequestBackfill(tuple(book.symbol for book in asked), _start_ns(market, asked)))


def give_up(market: Market, now_ns: int, out: list[Effect]) -> Iterator[tuple[SymbolBook, list[Bar]]]:
    """The symbols that have waited in vain for what was in their holes, each with the minutes that waited, in order.

    What is newer than the patience is not given up: it may still come.
    """
    given_up_ns = now_ns - market.hole_patience_ns
    books = market.holes.delayed_by(given_up_ns)
    for book in books:
        book.known_ns = max(book.known_ns, given_up_ns - given_up_ns % MINUTE_NS)
        yield book, book.release()
    if books and not market.holes.told:
        market.holes.told = True
        text = (
            f"minutes of {some_of([book.symbol for book in books])} did not come, and REST has not said in time "
            "whether they were lost or nobody traded: bars are decided without them until it does. Look the data link"
        )
        out.append(AlertRaised("BARS_INCOMPLETE", Severity.WARNING, text))


def refused(market: Market, refusal: BackfillRefused) -> None:
    """REST will not answer a question: what is missing is asked for once more when the next bars end."""
    for symbol in refusal.symbols:
        if (book := market.books.get(symbol)) is not None:
            book.asking = False


def without_known(market: Market, answer: BackfillLoaded) -> BackfillLoaded:
    """An answer without the minutes that are here already: nothing follows from those, and the journal has them."""
    news = tuple(bar for bar in answer.bars if not _is_known(market.books.get(bar.symbol), bar))
    return answer if len(news) == len(answer.bars) else replace(answer, bars=news)


def _is_known(book: SymbolBook | None, bar: Bar) -> bool:
    if book is None or bar.start_ns < book.decided_through_ns or book.builder.minutes.get(bar.start_ns) == bar:
        return True
    return book.waiting is not None and book.waiting.get(bar.start_ns) == bar


def request(market: Market, out: list[Effect]) -> None:
    """Ask for what every symbol misses whose gap has a beginning and an end, in one request."""
    ready = [book for book in market.books.values() if book.warm and book.waiting is not None and book.followed]
    if ready:
        out.append(RequestBackfill(tuple(book.symbol for book in ready), _start_ns(market, ready)))


def _start_ns(market: Market, books: Iterable[SymbolBook]) -> int:
    """The first minute that may be missing of some symbol."""
    return min(_first_missing_ns(market, book) for book in books)


def _first_missing_ns(market: Market, book: SymbolBook) -> int:
    start_ns = market.grid.first_minute_ns(max(book.decided_through_ns, book.known_ns - UNSETTLED_NS))
    while start_ns in book.builder.minutes:
        start_ns += MINUTE_NS
    return start_ns


def follow(market: Market, symbols: frozenset[str], now_ns: int) -> bool:
    """Note which subscriptions stand. True when one does that did not."""
    anew = False
    for book in market.books.values():
        if book.symbol not in symbols:
            book.followed_ns = None
            _open(book)
        elif book.followed_ns is None:
            book.followed_ns, anew = now_ns, True
    return anew


def closed_by(market: Market, answer: BackfillLoaded) -> Iterator[tuple[SymbolBook, list[Bar]]]:
    """The symbols whose gap an answer closes, each with the minutes it missed and those that waited, in order.

    A minute that is here already comes once more where REST has it otherwise.
    """
    missed: dict[str, list[Bar]] = {symbol: [] for symbol in answer.symbols}
    for bar in answer.bars:
        missed.setdefault(bar.symbol, []).append(bar)
    market.holes.told = False
    for symbol in answer.symbols:
        book = market.books.get(symbol)
        if book is None:
            continue
        book.asking = False
        if book.waiting is None or not _covers(market, answer, book):
            continue
        if book.holed and answer.through_ns <= book.known_ns:
            continue  # the clocks differ: asked at once, it would say the same, over and over
        book.joining = False
        book.known_ns = max(book.known_ns, answer.through_ns)
        yield book, book.release(missed[symbol])


def _covers(market: Market, answer: BackfillLoaded, book: SymbolBook) -> bool:
    """False for an answer to an older question: it must reach from what is known to what comes live."""
    if not book.warm or book.followed_ns is None or answer.through_ns < book.followed_ns - book.followed_ns % MINUTE_NS:
        return False
    begins_ns = _start_ns(market, (book,))
    session = market.bar_calendar.last_opened(answer.since_ns - 1)
    return answer.since_ns <= begins_ns or session is None or session.close_ns <= begins_ns


def take(
    market: Market,
    released: Iterable[tuple[SymbolBook, list[Bar]]],
    now_ns: int,
    completed: list[Completed],
    out: list[Effect],
) -> Pieces:
    """Take the minutes of gaps that are over, symbol by symbol; one that still lacks some of a newer bar waits on."""
    for number, (book, minutes) in enumerate(released, 1):
        out += (BarRejected(bar, reason) for bar, reason in market.take(minutes, now_ns, completed))
        market.hold_if_lacking(book, market.ended_ns)
        if number % pieces.PIECE == 0:
            yield
