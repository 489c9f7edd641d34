"""The small integers that kernel records hold, by name. A mode's code is its regime's code."""

from __future__ import annotations

from enum import IntEnum


class EntryMode(IntEnum):
    """The rule set an entry came from; NONE on a bar without one."""

    NONE = -1
    MEAN_REVERSION = 0
    NEUTRAL = 1
    TREND = 2


class Trigger(IntEnum):
    """What turned true on the bar where an entry fired."""

    NONE = 0
    CROSSOVER = 1
    """The close crossed the trend entry band around KAMA."""
    RSI_BAND = 2
    """RSI and the Bollinger band turned extreme together."""
    REGIME_CONFIRMED = 3
    """The price rule stood already; the regime was confirmed on this bar."""
    OPPOSITION_ENDED = 4
    """Neutral only: price rule and regime stood already; mean reversion stopped opposing."""


class VolatilityState(IntEnum):
    """ATR against its own average."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


class RuleCode(IntEnum):
    """The verdict of one noise rule."""

    FAILED = 0
    PASSED = 1
    NOT_APPLICABLE = 2
