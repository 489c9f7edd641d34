"""The fields of an admin request, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from alpacasim.money import decimal_to_e4, parse_decimal


class AdminError(ValueError):
    """What is wrong with an admin request."""


def price_e4(body: Mapping[str, Any], name: str, lowest: int = 0) -> int:
    number = parse_decimal(body.get(name))
    if number is None or decimal_to_e4(number) < lowest:
        raise AdminError(f"{name} is {body.get(name)!r}: a price is allowed")
    return decimal_to_e4(number)


def size(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name, 100)
    if not isinstance(value, int) or value < 0:
        raise AdminError(f"{name} is {value!r}: a whole number from 0 is allowed")
    return value


def count(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name, 1)
    if not isinstance(value, int) or value < 1:
        raise AdminError(f"{name} is {value!r}: a whole number from 1 is allowed")
    return value


def positive(body: Mapping[str, Any], name: str) -> float:
    number = parse_decimal(body.get(name))
    if number is None or number <= 0:
        raise AdminError(f"{name} is {body.get(name)!r}: a number above 0 is allowed")
    return float(number)


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
