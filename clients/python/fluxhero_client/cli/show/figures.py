"""Figures and words of messages as table cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with a style of `Console.paint`."""

    text: str
    style: str = ""


def money(amount: str) -> str:
    """`1,234.50` of "1234.5": grouped, cents always, finer digits only where there are any."""
    if not amount:
        return NOTHING
    sign = "-" if amount.startswith("-") else ""
    whole, _, fraction = amount.lstrip("+-").partition(".")
    fraction = fraction.rstrip("0").ljust(2, "0")
    return f"{sign}{int(whole or 0):,}.{fraction}"


def in_cents(message: Any, field: str) -> str:
    """An amount that may be unset, rounded to the cent: a budget, where finer digits mean nothing."""
    from decimal import Decimal

    return money(f"{Decimal(getattr(message, field)):.2f}") if message.HasField(field) else NOTHING


def gain(amount: str) -> Cell:
    """Profit or loss in dollars: always signed, green or red as well."""
    text = money(amount)
    if text == NOTHING or not text.strip("-0.,"):
        return Cell(text)
    return Cell(text, "bad") if text.startswith("-") else Cell(f"+{text}", "good")


def gain_percent(value: float) -> Cell:
    """Profit or loss in percent, signed."""
    text = f"{value:+,.2f}"
    if not text.strip("+-0.,"):
        return Cell("0.00")
    return Cell(text, "good" if value > 0 else "bad")


def figure(value: float) -> str:
    """A double, with as many decimals as its size deserves."""
    size = abs(value)
    if size >= 10_000:
        return f"{value:,.0f}"
    if size >= 1 or value == 0:
        return f"{value:,.2f}"
    text = f"{value:.4f}".rstrip("0")
    return text if len(text.partition(".")[2]) >= 2 else f"{value:.2f}"


def optional(message: Any, field: str) -> str:
    """A field that may be unset: money when it is a string, a figure when it is a double."""
    if not message.HasField(field):
        return NOTHING
    value = getattr(message, field)
    return money(value) if isinstance(value, str) else figure(value)


def shares(quantity: int) -> str:
    """Whole shares, or any count."""
    return f"{quantity:,}"


def asked_by(order: Any) -> str:
    """Who wanted an order."""
    return order.requested_by or ("operator" if order.manual else "strategy")


def plural(count: int, one: str, many: str = "") -> str:
    """`1 order`, `2 orders`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def word(message: Any, field: str) -> str:
    """An enum field in words: `mean reversion` of STRATEGY_MODE_MEAN_REVERSION."""
    enum = message.DESCRIPTOR.fields_by_name[field].enum_type
    value = enum.values_by_number.get(getattr(message, field))
    if value is None:
        return f"#{getattr(message, field)}"  # A newer daemon's.
    if value.number == 0:
        return NOTHING
    prefix: str = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    name: str = value.name
    return name.removeprefix(prefix).lower().replace("_", " ")


def settings(parameters: Any) -> str:
    """`entry_atr=0.6, exit_atr=0.3`."""
    return ", ".join(f"{field.name}={_value(value)}" for field, value in parameters.ListFields()) or NOTHING


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
