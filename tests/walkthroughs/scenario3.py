"""Scenario 3: the minutes of AAPL after its signal, until the price is back at its average.

The walkthrough ends with the entry. Here the short goes on: two closes stay above the 20-bar SMA and change nothing,
the third, 181.90 at an SMA of 182.34, is the exit by rule. No high comes near to the stop of 191.07.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fluxherod.core.calendar import MINUTE_NS, from_datetime
from fluxherod.core.types import Bar

SIGNAL_NS = from_datetime(datetime(2024, 1, 22, 14, 31, tzinfo=UTC))

_PRICES = (
    (185.40, 186.90, 183.60, 184.60, 590_000),
    (184.55, 185.70, 182.80, 183.30, 610_000),
    (183.35, 184.10, 181.30, 181.90, 655_000),
)

MINUTES: tuple[Bar, ...] = tuple(
    Bar("AAPL", SIGNAL_NS + minute * MINUTE_NS, *prices) for minute, prices in enumerate(_PRICES, start=1)
)
"""The minutes stamped 14:32 to 14:34; the short is filled in the first, its cover is decided on the last."""
