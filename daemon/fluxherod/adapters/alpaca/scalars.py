"""Single values of Alpaca's JSON: times, numbers and words, each read to something sound or to a `WireError`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

import msgspec

from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.core.calendar import SECOND_NS, to_datetime
from fluxherod.core.money import parse_e4

P = ParamSpec("P")
T = TypeVar("T")

# What can go wrong in reading, whatever is sent.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, msgspec.MsgspecError)
# More dollars or shares than there are; in 1/10,000 dollar it still fits into what is journaled.
MOST = Decimal(10**14)
MOST_SHARES = 2**63 - 1
YEARS = range(1970, 2262)  # what 64 bits of nanoseconds hold


def reads(read: Callable[P, T]) -> Callable[P, T]:
    """A reader of answers: whatever is missing or of the wrong shape becomes a WireError."""

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except UNREADABLE as error:
            raise WireError(f"{read.__name__}: {type(error).__name__}: {error}") from error

    return reading


@lru_cache(maxsize=8192)
def _second_ns(text: str, zone: str) -> int:
    second = text[17:]
    if text[16] != ":" or not (len(second) == 2 and second.isascii() and second.isdecimal() and second <= "60"):
        raise ValueError("no RFC3339 time")
    minute = datetime.fromisoformat(f"{text[:16]}:00{zone}")
    if minute.year not in YEARS:
        raise ValueError(f"a time of the year {minute.year}")
    return (int(minute.timestamp()) + int(second)) * SECOND_NS


def parse_time(text: str) -> int:
    """Nanoseconds of an RFC3339 time with up to nine fractional digits, exactly."""
    try:
        rest, fraction = text[19:], 0
        if rest.startswith("."):
            digits = len(rest) - len(rest[1:].lstrip("0123456789"))
            fraction = int(rest[1:digits].ljust(9, "0")[:9])
            rest = rest[digits:]
        if not rest:
            raise ValueError("no zone")
        return _second_ns(text[:19], "+00:00" if rest in "Zz" else rest) + fraction
    # By hand, without `reads`: every quote has a time of its own.
    except UNREADABLE as error:
        raise WireError(f"parse_time: {text!r}: {error}") from error


def format_time(ns: int) -> str:
    """The RFC3339 text of a time in UTC, with as many fractional digits as it needs."""
    fraction = f".{ns % SECOND_NS:09d}".rstrip("0").rstrip(".")
    return f"{to_datetime(ns):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def number_of(value: object) -> Decimal:
    """A number, from a string or a number; none of 100 trillion or more.

    Raises:
        WireError: when it is none, is not finite, or is beyond reason.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise WireError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise WireError(f"{value!r} is not a finite number")
    if abs(number) > MOST:
        raise WireError(f"{number:.3E} is a number beyond reason")
    return number


def e4(value: object) -> int:
    """A price or an amount, from a string or a number."""
    return parse_e4(str(number_of(value)))


def optional_e4(value: object) -> int | None:
    """A price or an amount that need not be there."""
    return None if value in (None, "") else e4(value)


def shares_up(value: object) -> int:
    """Whole shares, away from zero: a fraction that someone else holds must not vanish."""
    number = number_of(value or 0)
    return int(number.to_integral_value(ROUND_CEILING if number > 0 else ROUND_FLOOR))


def shares(value: object) -> int:
    """Whole shares, towards zero."""
    return int(number_of(value or 0))


def word(value: object) -> str:
    """A word; "" for null and for what is none."""
    return value if isinstance(value, str) else ""


def name(value: object) -> str:
    """A word that nothing can be said without."""
    if not word(value):
        raise ValueError(f"{value!r} is no name")
    return word(value)


def time_of(value: object) -> int:
    """Nanoseconds of a time that need not be there: 0 then."""
    return parse_time(value) if isinstance(value, str) and value else 0
