"""What a corporate action does to the account and to the prices that the exchange remembers."""

from __future__ import annotations

from fractions import Fraction

from alpacasim.account import Entry
from alpacasim.book import Book
from alpacasim.money import value_e4
from alpacasim.timestamps import compact_utc


def split(book: Book, symbol: str, ratio: Fraction) -> None:
    """Each share becomes `ratio` shares at the same value; open orders keep their prices and quantities.

    A fraction of a share that comes of it stays in the position.
    """
    market = book.markets[symbol]
    for name in ("last_e4", "bid_e4", "ask_e4", "previous_close_e4", "last_day_e4"):
        setattr(market, name, round(getattr(market, name) / ratio))
    position = book.account.positions.get(symbol)
    if position is None:
        return
    before = position.quantity_e9
    position.split(ratio)
    book.account.entries.append(Entry(_id(book), "SPLIT", symbol, book.now_ns, position.quantity_e9 - before))


def pay_dividend(book: Book, symbol: str, rate_e4: int) -> None:
    """A long position is paid the rate for each share, a short one pays it."""
    quantity = book.account.quantity_e9(symbol)
    if quantity == 0:
        return
    amount = value_e4(rate_e4, quantity)
    book.account.cash_e4 += amount
    book.account.entries.append(Entry(_id(book), "DIV", symbol, book.now_ns, quantity, amount, rate_e4))


def _id(book: Book) -> str:
    return f"{compact_utc(book.now_ns)}::{book.identifier('entry')}"
