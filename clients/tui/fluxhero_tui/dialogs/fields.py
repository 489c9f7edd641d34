"""What people type into fields, as the API wants it; a sentence where it can't be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


@dataclass(frozen=True)
class Wrong(Exception):
    """A field that can't be read."""

    field: str
    text: str


def _ungrouped(text: str) -> str:
    """Without the commas between thousands; a comma anywhere else stays, and makes it no number: 1,5 is not 15."""
    typed = text.strip()
    return typed.replace(",", "") if _GROUPED.fullmatch(typed) else typed


def whole(field: str, text: str) -> int:
    """Shares.

    Raises:
        Wrong: when it is no positive whole number.
    """
    digits = _ungrouped(text)
    if not digits.isdecimal() or int(digits) < 1:
        raise Wrong(field, "a whole number of shares is wanted")
    return int(digits)


def dollars(field: str, text: str) -> Decimal | None:
    """A price; None where nothing was typed.

    Raises:
        Wrong: when it is no price.
    """
    typed = _ungrouped(text.strip().removeprefix("$"))
    if not typed:
        return None
    try:
        price = Decimal(typed)
    except InvalidOperation:
        raise Wrong(field, "a price in dollars is wanted") from None
    if not price.is_finite() or price <= 0:
        raise Wrong(field, "a price above 0 is wanted")
    return price
