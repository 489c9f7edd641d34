"""The fields of an admin request, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from alpacasim.calendar import LAST_DAY, midnight_ns
from alpacasim.money import decimal_to_e4, parse_decimal
from alpacasim.timestamps import parse_time

# A billion dollars, a trillion shares: what is beyond is a mistake, and would not fit into the records.
DOLLARS_BELOW = 10**9
SIZE_BELOW = 10**12


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "clock": ("time_ns", "timestamp"),
    "step": ("minutes", "until"),
    "quote": ("symbol", "bid", "ask", "bid_size", "ask_size", "hold"),
    "trade": ("symbol", "price", "size"),
    "bar": ("symbol", "open", "high", "low", "close", "volume", "timestamp", "channel"),
    "fills": ("symbol", "side", "fills"),
    "hold": ("symbol", "hold"),
    "pending": ("symbol", "hold"),
    "asset": ("symbol", "tradable", "shortable", "easy_to_borrow", "fractionable"),
    "account": ("cash", "shorting_enabled"),
    "halt": ("symbol", "halted", "code", "reason"),
    "luld": ("symbol", "up", "down", "indicator"),
    "correction": ("symbol", "price", "size"),
    "cancel-trade": ("symbol", "price", "size"),
    "corporate-action": ("type", "symbol", "ex_date", "new_rate", "old_rate", "rate", "in_prices"),
}


class AdminError(ValueError):
    """What is wrong with an admin request."""


def check_fields(name: str, body: Mapping[str, Any]) -> None:
    """AdminError names a field that the request of a name doesn't have. Fault plans check their own."""
    allowed = _FIELDS.get(name, tuple(body))
    for field in body:
        if field not in allowed:
            raise AdminError(f"{field} is unknown: {', '.join(allowed)} are allowed")


def price_e4(body: Mapping[str, Any], name: str, lowest: int = 0) -> int:
    number = parse_decimal(body.get(name))
    if number is None or abs(number) >= DOLLARS_BELOW or decimal_to_e4(number) < lowest:
        raise AdminError(f"{name} is {body.get(name)!r}: a price is allowed")
    return decimal_to_e4(number)


def dollars(body: Mapping[str, Any], name: str) -> int:
    """An amount in 1/10,000 dollar; below 0 it is owed."""
    number = parse_decimal(body.get(name))
    if number is None or abs(number) >= DOLLARS_BELOW:
        raise AdminError(f"{name} is {body.get(name)!r}: an amount below {DOLLARS_BELOW} is allowed")
    return decimal_to_e4(number)


def instant(value: object) -> int | None:
    """A time in ns UTC, RFC 3339 or a number of them; None when it is none, or the calendar has ended before it."""
    ns = parse_time(value) if isinstance(value, str) else value
    if not isinstance(ns, int) or isinstance(ns, bool) or not 0 <= ns <= midnight_ns(LAST_DAY):
        return None
    return ns


def size(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name, 100)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < SIZE_BELOW:
        raise AdminError(f"{name} is {value!r}: a whole number from 0 is allowed")
    return value


def count(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name, 1)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise AdminError(f"{name} is {value!r}: a whole number from 1 is allowed")
    return value


def positive(body: Mapping[str, Any], name: str) -> float:
    number = parse_decimal(body.get(name))
    if number is None or not 0 < number < DOLLARS_BELOW:
        raise AdminError(f"{name} is {body.get(name)!r}: a number above 0 is allowed")
    return float(number)


def flag(body: Mapping[str, Any], name: str, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise AdminError(f"{name} is {value!r}: true or false is allowed")
    return value


def day(body: Mapping[str, Any], name: str, default: date | None = None) -> date:
    value = body.get(name)
    if value is None and default is not None:
        return default
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise AdminError(f"{name} is {value!r}: a date (YYYY-MM-DD) is allowed") from None


def one_of(body: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    value = body.get(name, default)
    if value not in allowed:
        raise AdminError(f"{name} is {value!r}: {', '.join(allowed)} are allowed")
    return str(value)
