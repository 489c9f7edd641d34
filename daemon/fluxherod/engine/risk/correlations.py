"""How a symbol goes with everything that is held or being opened, by the bars that are remembered."""

from __future__ import annotations

import math

from fluxherod.core.risk.correlation import Correlation, correlation
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.closed_bars import REMEMBERED_BARS
from fluxherod.engine.market.market import Market
from fluxherod.engine.orders.desk import Desk

# Enough of two symbols that trade in every bar; of others all that are remembered are read.
NEWEST_BARS = 64


def correlations(
    symbol: str, until_ns: int, basis: str, market: Market, desk: Desk, ledger: Ledger
) -> tuple[Correlation, ...]:
    """One for each other symbol with a position, ours or not, or a working entry; by bars that ended by a time."""
    held = sorted({*desk.book.entering(), *ledger.positions, *ledger.foreign} - {symbol})
    return tuple([pair(symbol, other, until_ns, basis, market) for other in held])


def pair(symbol: str, other: str, until_ns: int, basis: str, market: Market) -> Correlation:
    """How one symbol goes with another; unknown when one of them is not followed."""
    ours, theirs = market.books.get(symbol), market.books.get(other)
    if ours is None or theirs is None:
        return Correlation(other, math.nan, f"{symbol if ours is None else other} is not followed")
    for bars in (NEWEST_BARS, REMEMBERED_BARS):
        mine = ours.closed.closes(bars, until_ns)
        found = correlation(other, *mine, theirs.closed.closes(bars, until_ns), basis)
        if not found.unknown:
            break
    return found
