"""Scenario 4: the minutes of SPY after its signal, until the trailed stop is hit.

The walkthrough gives five prices; here each is reached in the minute of its time: the stop stays at 443.25 until the
high of 452.00 in the minute of 14:45 trails it to 444.00, the closes of 15:00 and 15:15 are 450.50 and 448.00, and the
low of 443.50 in the minute of 15:30 hits the stop. In between the closes keep near to KAMA, so that no exit signal
ends the position before its stop, and no entry fires, not even on the minute of the stop, which closes higher again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from fluxherod.core.calendar import MINUTE_NS, from_datetime
from fluxherod.core.types import Bar

SIGNAL_NS = from_datetime(datetime(2024, 1, 22, 14, 30, tzinfo=UTC))
ENTRY_MINUTE, BEST_MINUTE, STOP_MINUTE = 1, 15, 60
BEST_PRICE, STOP_PRICE = 452.00, 443.50

# Minutes after the signal's and closes in cents; between two of them the closes lie on a line, apart from the sway.
_ANCHORS = (
    (0, 45_125),
    (1, 44_960),
    (14, 44_920),
    (15, 45_010),
    (16, 44_940),
    (29, 44_945),
    (30, 45_050),
    (31, 44_900),
    (36, 44_855),
    (44, 44_840),
    (45, 44_800),
    (46, 44_830),
    (59, 44_830),
    (60, 44_800),
)
_SWAY = (0, 24, -13, -28, 9, 31, -17)
_HIGHEST_BEFORE_BEST = 45_118
_LONGEST_WICK, _WICK_STEP = 185, 18


def _close(minute: int) -> int:
    for (first, left), (last, right) in pairwise(_ANCHORS):
        if minute in (first, last):
            return left if minute == first else right
        if first < minute < last:
            return left + (right - left) * (minute - first) // (last - first) + _SWAY[minute % len(_SWAY)]
    raise ValueError(f"minute {minute}: allowed is 0 to {_ANCHORS[-1][0]}")


def _minute(minute: int) -> Bar:
    opening = _close(minute - 1) + 2 * (minute % 3 - 1)
    close = _close(minute)
    high = max(opening, close) + _LONGEST_WICK - _WICK_STEP * (minute % 4)
    low = min(opening, close) - _LONGEST_WICK + _WICK_STEP * (minute % 5)
    if minute < BEST_MINUTE:
        high = max(opening, close, min(high, _HIGHEST_BEFORE_BEST))
    if minute == BEST_MINUTE:
        high = round(BEST_PRICE * 100)
    if minute == STOP_MINUTE:
        low = round(STOP_PRICE * 100)
    volume = 600_000 + 7_919 * (minute % 11)
    return Bar("SPY", SIGNAL_NS + minute * MINUTE_NS, opening / 100, high / 100, low / 100, close / 100, volume)


MINUTES: tuple[Bar, ...] = tuple(_minute(minute) for minute in range(ENTRY_MINUTE, STOP_MINUTE + 1))
"""The minutes stamped 14:31 to 15:30; the entry fills in the first and the stop in the last."""
