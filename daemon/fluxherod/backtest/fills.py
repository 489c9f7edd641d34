"""Simulated fills: at which price an order fills on a bar, and what stands in its way. Sides are +1 buy, -1 sale.

Prices of bars are floats; a fill is rounded to 1/10,000 dollar against the trader, once.
"""

from __future__ import annotations

import math

from fluxherod.core.jit import FloatArray, inlined, kernel
from fluxherod.core.money import E4

# A price is read in 1/10,000,000 dollar: finer than any quoted one, coarser than the noise of a float.
_FINE = 10_000_000
_FINE_A_E4 = 1_000
NEVER = 0


@kernel
def slipped_e4(side: int, price: float, slippage_bp: int) -> int:
    """What a buy (+1) pays or a sale (-1) has: the price and the slippage, rounded against the trader."""
    fine = round(price * _FINE)
    if side > 0:
        return -(-fine * (10_000 + slippage_bp) // (10_000 * _FINE_A_E4))
    return fine * (10_000 - slippage_bp) // (10_000 * _FINE_A_E4)


@inlined
def slippage_bp(
    quantity: int, volume: FloatArray, row: int, first: int, window: int, share_bp: int, usual_bp: int, large_bp: int
) -> int:
    """The slippage of an order that fills on the bar `row` of a symbol whose bars begin at `first`.

    A large order exceeds a share of the average volume of the `window` bars before; without any bar before it, it is
    large.
    """
    begin = max(first, row - window)
    total = 0.0
    for k in range(begin, row):
        total += volume[k]
    return large_bp if float(quantity) * 10_000.0 * (row - begin) > share_bp * total or row == begin else usual_bp


@kernel
def beyond_stop(side: int, price: float, stop_e4: int) -> bool:
    """True when a price is at or beyond the stop of a long (+1) or short (-1) position. Touching is a hit."""
    if stop_e4 <= 0:
        return False
    return price <= stop_e4 / E4 if side > 0 else price >= stop_e4 / E4


@kernel
def stop_fill(side: int, stop_e4: int, opening: float, high: float, low: float) -> float:
    """The price, before slippage, at which a bar fills the stop of a long (+1) or short (-1) position; NaN if not.

    A bar that opens at or beyond the stop fills at its open, one that touches it later at the stop.
    """
    if beyond_stop(side, opening, stop_e4):
        return opening
    return stop_e4 / E4 if beyond_stop(side, low if side > 0 else high, stop_e4) else math.nan


@kernel
def limit_fill_e4(side: int, limit_e4: int, opening: float, high: float, low: float) -> int:
    """What a limit order to buy (+1) or sell (-1) fills at on a bar: when it trades through. NEVER if it does not.

    A bar that opens through the limit fills at its open.
    """
    limit = limit_e4 / E4
    if side > 0:
        if opening < limit:
            return slipped_e4(1, opening, 0)
        return limit_e4 if low < limit else NEVER
    if opening > limit:
        return slipped_e4(-1, opening, 0)
    return limit_e4 if high > limit else NEVER
