"""The range of the 5-minute bars beside the strategy's own: what tells a volatility spike."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.wilder import next_mean, true_range
from fluxherod.core.jit import RecordArray, compiled_only, kernel

RANGE_STATE = np.dtype([("index", "i8"), ("previous_close", "f8"), ("atr", "f8")], align=True)
"""ATR of one symbol's bars, O(1) a bar."""


@kernel
def step_range(state: RecordArray, period: int, high: float, low: float, close: float) -> float:
    """Bring an ATR forward by one completed, valid bar.

    Args:
        state: RANGE_STATE, shape (1,); zeros for a symbol that has seen no bar.
        period: Wilder's period in bars.
        high, low, close: the bar.

    Returns:
        The average true range; NaN before index `period`.
    """
    record = state[0]
    index = record["index"]
    if index > 0:
        bar_range = true_range(high, low, record["previous_close"])
        record["atr"] = next_mean(record["atr"], period, 1.0 / period, index, bar_range)
    record["previous_close"] = close
    record["index"] = index + 1
    return float(record["atr"]) if index >= period else np.nan


@kernel
def spike_ratio(five_minute_atr: float, atr: float, strategy_minutes: float) -> float:
    """The range of 5-minute bars, scaled by the root of time to the strategy's bar, over the strategy bars' own.

    NaN when either is unknown: without 5-minute bars the rule is not applicable.
    """
    return float(five_minute_atr * np.sqrt(strategy_minutes / 5.0) / atr) if atr > 0.0 else np.nan


def warm_up() -> None:
    """Compile these functions, or load them from the cache: the first bar must not wait for them."""
    step_range(np.zeros(1, RANGE_STATE), 14, 1.0, 1.0, 1.0)
    spike_ratio(1.0, 1.0, 60.0)
    for function in (step_range, spike_ratio):
        compiled_only(function)
