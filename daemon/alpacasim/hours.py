"""When orders work and when they end: extended hours around a session, and the life of what outlives its day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from alpacasim.calendar import DAY_NS, HOUR_NS, Calendar, midnight_ns, new_york_day

_FIRST_NS = 4 * HOUR_NS
_LAST_NS = 20 * HOUR_NS
_LAST_OF_SHORT_DAY_NS = 17 * HOUR_NS
_USUAL_CLOSE_NS = 16 * HOUR_NS
_GTC_LIFE_NS = 90 * DAY_NS


@lru_cache(maxsize=64)
def trading_day(day: date) -> tuple[int, int] | None:
    """From when to when orders for extended hours work on a New York date; None on a day without a session.

    That is 4:00 to 20:00, and to 17:00 where the session closes early.
    """
    session = Calendar().session(day)
    if session is None:
        return None
    midnight = midnight_ns(day)
    short = session.close_ns - midnight < _USUAL_CLOSE_NS
    return midnight + _FIRST_NS, midnight + (_LAST_OF_SHORT_DAY_NS if short else _LAST_NS)


def is_extended(now_ns: int) -> bool:
    """Do orders for extended hours work now."""
    span = trading_day(new_york_day(now_ns))
    return span is not None and span[0] <= now_ns < span[1]


def expiry_ns(time_in_force: str, now_ns: int) -> int | None:
    """When an order ends by itself on a later day; None for orders that never outlive theirs."""
    return now_ns + _GTC_LIFE_NS if time_in_force == "gtc" else None
