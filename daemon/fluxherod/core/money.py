"""Exact money: integers of 1/10,000 dollar, and their text forms."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from fluxherod.core.jit import shared

E4 = 10_000
CENT_E4 = 100


@shared
def nearest_e4(price: float) -> int:
    """The nearest 1/10,000 dollar of a finite price."""
    return round(price * E4)


def to_e4(price: float) -> int:
    """The nearest 1/10,000 dollar of a float price.

    Raises:
        ValueError: when the price is NaN or infinite.
    """
    if not math.isfinite(price):
        raise ValueError(f"{price} is not a price")
    return nearest_e4(price)


def from_e4(value_e4: int) -> float:
    """The float price of an exact amount."""
    return value_e4 / E4


def parse_e4(text: str) -> int:
    """An exact amount from a decimal text, rounded half-even to 1/10,000 dollar.

    Raises:
        ValueError: when the text is not a finite decimal number.
    """
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a decimal number") from error
    if not value.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return round(value * E4)


def format_e4(value_e4: int) -> str:
    """The decimal text of an amount: at least two decimals, four when it has them ("451.28", "0.0125")."""
    sign = "-" if value_e4 < 0 else ""
    whole, part = divmod(abs(value_e4), E4)
    digits = f"{part:04d}"
    return f"{sign}{whole}.{digits[:2] if digits.endswith('00') else digits}"


def dollars(value_e4: int) -> str:
    """The amount as people read it, in whole cents with thousands separated ("$1,003.75")."""
    cents, rest = divmod(abs(value_e4), CENT_E4)
    if rest > CENT_E4 // 2 or (rest == CENT_E4 // 2 and cents % 2):
        cents += 1  # half to even
    return f"{'-' if value_e4 < 0 else ''}${cents // 100:,}.{cents % 100:02d}"


@shared
def tick_e4(price_e4: int) -> int:
    """The smallest price step Alpaca takes at this price: a cent from one dollar on, else 1/10,000."""
    return CENT_E4 if price_e4 >= E4 else 1


@shared
def on_tick_e4(price_e4: int, up: bool) -> int:
    """The nearest price that Alpaca takes, at or above (`up`) or at or below a price."""
    tick = tick_e4(price_e4)
    return -(-price_e4 // tick) * tick if up else price_e4 // tick * tick
