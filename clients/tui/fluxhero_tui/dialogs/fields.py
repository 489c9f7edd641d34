"""What people type into fields, as the API wants it; a sentence where it can't be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Wrong(Exception):
    """A field that can't be read."""

    field: str
    text: str


def whole(field: str, text: str) -> int:
    """Shares.

    Raises:
        Wrong: when it is no positive whole number.
    """
    digits = text.strip().replace(",", "").replace("_", "")
    if not digits.isdecimal() or int(digits) < 1:
        raise Wrong(field, "a whole number of shares is wanted")
    return int(digits)


def dollars(field: str, text: str) -> Decimal | None:
    """A price; None where nothing was typed.

    Raises:
        Wrong: when it is no price.
    """
    typed = text.strip().replace(",", "").removeprefix("$")
    if not typed:
        return None
    try:
        price = Decimal(typed)
    except InvalidOperation:
        raise Wrong(field, "a price in dollars is wanted") from None
    if not price.is_finite() or price <= 0:
        raise Wrong(field, "a price above 0 is wanted")
    return price
