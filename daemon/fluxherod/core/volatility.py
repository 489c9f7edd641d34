"""The range of the 5-minute bars beside the strategy's own: what tells a volatility spike."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.wilder import next_mean, true_range
from fluxherod.core.jit import compiled_only, kernel


@kernel
def next_range(average: float, period: int, index: int, high: float, low: float, previous_close: float) -> float:
    """Wilder's average true range, brought forward by one completed, valid bar.

    Args:
        average: what this returned for the bar before; 0 for the first one.
        period: Wilder's period in bars.
        index: the bar's number, from 1 on: the very first one has no close before it.
        high, low, previous_close: the bar, and the close before it.

    Returns:
        The average, valid from index `period` on.
    """
    return float(next_mean(average, period, 1.0 / period, index, true_range(high, low, previous_close)))


@kernel
def spike_ratio(five_minute_atr: float, atr: float, strategy_minutes: float) -> float:
    """The range of 5-minute bars, scaled by the root of time to the strategy's bar, over the strategy bars' own.

    NaN when either is unknown: without 5-minute bars the rule is not applicable.
    """
    return float(five_minute_atr * np.sqrt(strategy_minutes / 5.0) / atr) if atr > 0.0 else np.nan


def warm_up() -> None:
    """Compile these functions, or load them from the cache: the first bar must not wait for them."""
    next_range(1.0, 14, 1, 1.0, 1.0, 1.0)
    spike_ratio(1.0, 1.0, 60.0)
    for function in (next_range, spike_ratio):
        compiled_only(function)
