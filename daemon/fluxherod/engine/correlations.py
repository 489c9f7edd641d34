"""How a symbol goes with everything that is held or being opened, by the bars that are remembered."""

from __future__ import annotations

import math

from fluxherod.core.risk.correlation import Correlation, correlation
from fluxherod.engine.closed_bars import REMEMBERED_BARS
from fluxherod.engine.desk import Desk
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market import Market

# Enough of two symbols that trade in every bar; of others all that are remembered are read.
NEWEST_BARS = 64


def correlations(
    symbol: str, until_ns: int, basis: str, market: Market, desk: Desk, ledger: Ledger
) -> tuple[Correlation, ...]:
    """One for each other symbol with a position, ours or not, or a working entry; by bars that ended by a time."""
    held = sorted((desk.book.entering() | set(ledger.positions) | set(ledger.foreign)) - {symbol})
    return tuple(pair(symbol, other, until_ns, basis, market) for other in held)


def pair(symbol: str, other: str, until_ns: int, basis: str, market: Market) -> Correlation:
    """How one symbol goes with another; unknown when one of them is not followed."""
    books = market.books
    if missing := next((name for name in (symbol, other) if name not in books), ""):
        return Correlation(other, math.nan, f"{missing} is not followed")
    ours, theirs = books[symbol].closed, books[other].closed
    found = correlation(other, *ours.closes(NEWEST_BARS, until_ns), theirs.closes(NEWEST_BARS, until_ns), basis)
    if not found.unknown:
        return found
    return correlation(other, *ours.closes(REMEMBERED_BARS, until_ns), theirs.closes(REMEMBERED_BARS, until_ns), basis)
