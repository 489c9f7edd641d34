"""One bar of the kernel, inlined into whatever has the records: indicators, regime, noise, rules, entry edges."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.fused import SETTLED, UNSETTLED, gap_of, update_indicators
from fluxherod.core.jit import Record, inlined
from fluxherod.core.noise import judge_noise
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
    _advance(
        state,
        state["indicators"],
        params,
        UNSETTLED,
        opening,
        high,
        low,
        close,
        volume,
        minute_of_day,
        minutes_to_close,
        minutes_after_open,
        intraday,
        out,
    )


@inlined
def advance_settled(held: Record, state: Record, params: Record, bar: Record, intraday: bool, out: Record) -> None:
    """`advance` by a BAR record once the state's index is beyond the first deciding bar's.

    Args:
        held: a held copy of `state`, to be given back after the last bar: it has the numbers, `state` the arrays.
    """
    _advance(
        held,
        state["indicators"],
        params,
        SETTLED,
        bar["open"],
        bar["high"],
        bar["low"],
        bar["close"],
        bar["volume"],
        int(np.int64(bar["minute_of_day"])),  # as `advance` has them: one compiled form, not two
        int(np.int64(bar["minutes_to_close"])),
        int(np.int64(bar["minutes_after_open"])),
        intraday,
        out,
    )


@inlined
def _advance(
    state: Record,
    rings: Record,
    params: Record,
    settled: bool,
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
    """`rings` are the indicators with arrays: those of `state`, or of the record that it is a held copy of."""
    index = state["index"]
    _write_bar(out, index, opening, high, low, close, volume)
    previous_close = state["indicators"]["previous_close"] if settled or index > 0 else np.nan
    out["previous_close"] = previous_close
    out["gap"] = gap_of(opening, previous_close)
    update_indicators(state["indicators"], rings, params, index, settled, high, low, close, volume, out)
    out["volatility_state"] = volatility_state(out["atr"], out["atr_avg50"], params)
    weigh(out, params)
    judge_noise(out, params, minute_of_day, minutes_to_close, minutes_after_open, intraday)
    conclude(state, out, params, index, settled)
    state["index"] = index + 1
