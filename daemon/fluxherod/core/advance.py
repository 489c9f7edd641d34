"""One bar of the kernel, inlined into whatever has the records: indicators, regime, noise, rules, entry edges."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.fused import gap_of, update_indicators
from fluxherod.core.jit import Record, inlined
from fluxherod.core.noise import illiquid_time, judge_bar, judge_time
from fluxherod.core.regime import volatility_state
from fluxherod.core.strategy.deciding import conclude, weigh


@inlined
def _write_bar(out: Record, index: int, opening: float, high: float, low: float, close: float, volume: float) -> None:
    out["index"] = index
    out["open"] = opening
    out["high"] = high
    out["low"] = low
    out["close"] = close
    out["volume"] = volume


@inlined
def advance(
    state: Record,
    params: Record,
    opening: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    minute_of_day: int,
    minutes_to_close: int,
    minutes_after_open: int,
    intraday: bool,
    out: Record,
) -> None:
    """`step` of one STATE record to one DECISION record, for compiled callers whose records are there."""
    index = state["index"]
    _write_bar(out, index, opening, high, low, close, volume)
    previous_close = state["indicators"]["previous_close"] if index > 0 else np.nan
    out["previous_close"] = previous_close
    out["gap"] = gap_of(opening, previous_close)
    update_indicators(state["indicators"], params, index, high, low, close, volume, out)
    out["volatility_state"] = volatility_state(out["atr"], out["atr_avg50"], params)
    weigh(out, params)
    judge_bar(out, params)
    judge_time(out, params, minutes_to_close, minutes_after_open, intraday)
    out["illiquid"] = illiquid_time(minute_of_day, params)
    conclude(state, out, params, index)
    state["index"] = index + 1
