"""The indicator values of a kernel decision, as plain numbers."""

from __future__ import annotations

import math
from typing import Any

from fluxherod.core.signals import Indicators
from fluxherod.core.strategy.codes import VolatilityState


def indicators(decision: Any, spike_ratio: float, spikes: bool) -> Indicators:
    """The indicator values of a kernel decision; `spike_ratio` is NaN where 5-minute bars are not known."""
    return Indicators(
        close=float(decision["close"]),
        sma=float(decision["sma"]),
        kama=float(decision["kama"]),
        efficiency_ratio=float(decision["kama_er"]),
        rsi=float(decision["rsi"]),
        atr=float(decision["atr"]),
        adx=float(decision["adx"]),
        plus_di=float(decision["plus_di"]),
        minus_di=float(decision["minus_di"]),
        upper_band=float(decision["bb_upper"]),
        lower_band=float(decision["bb_lower"]),
        slope=float(decision["slope"]),
        r_squared=float(decision["r2"]),
        average_volume=float(decision["avg_volume"]),
        volume=int(decision["volume"]),
        atr_average=float(decision["atr_avg50"]),
        volatility=VolatilityState(int(decision["volatility_state"])).name,
        spike_ratio=spike_ratio if math.isfinite(spike_ratio) else None,
        volatility_spike=spikes,
    )
