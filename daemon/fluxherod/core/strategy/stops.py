"""Stop prices in 1/10,000 dollar: where a position's stop starts and how it trails. Sides are +1 long, -1 short."""

from __future__ import annotations

import math

from fluxherod.core.jit import kernel, shared
from fluxherod.core.money import CENT_E4, E4

NO_STOP = 0


@kernel
def stop_price_e4(side: int, price: float) -> int:
    """`price` rounded to 1/10,000 dollar, then to the tick away from the entry: down for a long, up for a short.

    The tick is a cent, below one dollar 1/10,000. NO_STOP when the price is not finite or not positive.
    """
    scaled = price * E4
    if not math.isfinite(scaled):
        return NO_STOP
    exact = round(scaled)
    if exact <= 0:
        return NO_STOP
    if exact < E4:
        return exact
    down = exact // CENT_E4 * CENT_E4
    return down if side > 0 or down == exact else down + CENT_E4


@kernel
def trend_stop_e4(side: int, close: float, atr: float, multiple: float) -> int:
    """The first stop of a trend position: `multiple` ATR from the signal's close."""
    return stop_price_e4(side, close - side * multiple * atr)


@kernel
def mean_reversion_stop_e4(side: int, close: float, fraction: float) -> int:
    """The fixed stop of a mean-reversion position: `fraction` of the signal's close away from it."""
    return stop_price_e4(side, close * (1.0 - side * fraction))


@shared
def stop_atr(reduced: bool, trend_stop_atr: float, reduced_stop_atr: float) -> float:
    """How many ATR a trend stop is from the best price; while the breaker reduces, the tighter of two."""
    return min(trend_stop_atr, reduced_stop_atr) if reduced else trend_stop_atr


@shared
def distance_e4(price_e4: int, normal_e4: int, placed_e4: int) -> int:
    """The distance that sizes an entry: the larger of two, so that a tighter stop buys no more shares."""
    return max(abs(price_e4 - normal_e4), abs(price_e4 - placed_e4))


@kernel
def best_e4(side: int, best: int, high_e4: int, low_e4: int) -> int:
    """The best price so far: the highest high of a long, the lowest low of a short."""
    return max(best, high_e4) if side > 0 else min(best, low_e4)


@kernel
def trail(side: int, stop_e4: int, best_price_e4: int, atr: float, multiple: float) -> int:
    """The trailed stop, `multiple` ATR (of the signal's bar) from the best price. It never loosens."""
    candidate = stop_price_e4(side, best_price_e4 / E4 - side * multiple * atr)
    if candidate == NO_STOP:
        return stop_e4
    if stop_e4 == NO_STOP:
        return candidate
    return max(stop_e4, candidate) if side > 0 else min(stop_e4, candidate)
