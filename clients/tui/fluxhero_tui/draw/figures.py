"""Figures as a trader reads them. Money stays the text that the daemon sent; nothing is rounded behind its back."""

from __future__ import annotations

from typing import Any

from fluxhero_client.cli.show.figures import (
    NOTHING,
    asked_by,
    figure,
    gain,
    gain_percent,
    in_cents,
    money,
    optional,
    plural,
    settings,
    shares,
    word,
)
from fluxhero_tui.draw.ink import Span

__all__ = [
    "NOTHING",
    "age",
    "asked_by",
    "compact",
    "figure",
    "gained",
    "gained_percent",
    "in_cents",
    "maybe",
    "money",
    "optional",
    "percent",
    "plural",
    "price",
    "quantity",
    "settings",
    "shares",
    "word",
]

_SCALES = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))


def price(value: float) -> str:
    """A price of market data: cents, or four digits where a dollar is much."""
    return f"{value:,.2f}" if abs(value) >= 1 or value == 0 else f"{value:.4f}"


def maybe(message: Any, field: str) -> str:
    """A price that may be unset; a dash says so."""
    if not message.HasField(field):
        return NOTHING
    value = getattr(message, field)
    return money(value) if isinstance(value, str) else price(value)


def gained(amount: str) -> Span:
    """Profit or loss in dollars, always signed."""
    return Span(*_cell(gain(amount)))


def gained_percent(value: float) -> Span:
    """Profit or loss in percent, always signed."""
    cell = gain_percent(value)
    return Span(f"{cell.text}%", cell.style)


def percent(value: float, digits: int = 1) -> str:
    """`12.3%`."""
    return f"{value:.{digits}f}%"


def quantity(value: int) -> str:
    """Shares, with thousands apart; a minus is a real minus sign's narrow sister."""
    return shares(value)


def compact(value: float) -> str:
    """`950`, `12.3k`, `4.96M`: volumes, where the last digits mean nothing."""
    for size, letter in _SCALES:
        if abs(value) >= size:
            scaled = value / size
            return f"{scaled:.{2 if abs(scaled) < 10 else 1}f}{letter}"
    return f"{value:.0f}"


def age(seconds: float) -> str:
    """`0.4s`, `12s`, `3m05s`, `2h10m`, `4d3h`."""
    if seconds < 0:
        return "0.0s"
    if seconds < 10:
        return f"{seconds:.1f}s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3_600:
        return f"{whole // 60}m{whole % 60:02d}s"
    if whole < 86_400:
        return f"{whole // 3_600}h{whole % 3_600 // 60:02d}m"
    return f"{whole // 86_400}d{whole % 86_400 // 3_600}h"


def _cell(cell: Any) -> tuple[str, str]:
    return cell.text, cell.style
