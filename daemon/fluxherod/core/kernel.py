"""The strategy kernel: one O(1) `step` a bar and symbol, for live trading, backtests and sweeps alike.

A step updates every indicator, the regime, the edge memory and the noise verdicts, and writes one DECISION
record. It knows no position, order or quote: those veto later.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.averages import EMA, KAMA, update_ema, update_kama
from fluxherod.core.indicators.moments import MOMENTS, mean_and_sigma, push_moments, slope_and_r2
from fluxherod.core.indicators.wilder import ADX, ATR, RSI, true_range, update_adx, update_atr, update_rsi
from fluxherod.core.indicators.windows import WINDOW, push_sum
from fluxherod.core.jit import Record, RecordArray, compiled_only, inlined, kernel
from fluxherod.core.noise import judge_noise
from fluxherod.core.regime import REGIME, update_regime, volatility_state
from fluxherod.core.strategy.entries import ENTRY_MEMORY, decide_entry, no_entry
from fluxherod.core.strategy.params import PARAMS, StrategyParams, default_params
from fluxherod.core.strategy.rules import mean_reversion_rules, no_rules, trend_rules
from fluxherod.core.types import Regime

__all__ = [
    "BAR",
    "DECISION",
    "KERNEL_VERSION",
    "PARAMS",
    "STATE",
    "StrategyParams",
    "default_params",
    "load_states",
    "new_states",
    "run",
    "save_states",
    "step",
    "warm_up",
]

KERNEL_VERSION = 1
"""Changes whenever the layout of STATE or the meaning of anything in it does."""

STATE = np.dtype(
    [
        ("index", "i8"),
        ("previous_high", "f8"),
        ("previous_low", "f8"),
        ("previous_close", "f8"),
        ("ema", EMA),
        ("rsi", RSI),
        ("atr", ATR),
        ("adx", ADX),
        ("regime", REGIME),
        ("entries", ENTRY_MEMORY),
        ("kama", KAMA),
        ("regression", MOMENTS),
        ("bollinger", MOMENTS),
        ("volume", WINDOW),
        ("atr_average", WINDOW),
    ],
    align=True,
)

BAR = np.dtype(
    [
        ("open", "f8"),
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "f8"),
        ("minute_of_day", "i4"),
        ("minutes_to_close", "i4"),
        ("minutes_after_open", "i4"),
    ],
    align=True,
)

_NUMBERS = (
    "open high low close volume sma ema kama kama_er rsi atr adx plus_di minus_di bb_upper bb_middle bb_lower "
    "slope r2 avg_volume close_sigma atr_avg50 previous_close gap"
).split()
_CODES = (
    "raw_regime regime volatility_state entry entry_mode trigger volume_ok breakout_volume_ok time_ok gap_ok"
).split()
_FLAGS = (
    "valid regime_changed illiquid trend_long trend_short mr_long mr_short "
    "exit_trend_long exit_trend_short exit_mr_long exit_mr_short"
).split()
DECISION = np.dtype(
    [("index", "i8"), ("regime_run", "i8")]
    + [(name, "f8") for name in _NUMBERS]
    + [(name, "i1") for name in _CODES]
    + [(name, "?") for name in _FLAGS],
    align=True,
)


def new_states(count: int, params: RecordArray) -> RecordArray:
    """States of `count` symbols that have seen no bar; `params` must be one PARAMS record, shape (1,)."""
    if params.dtype != PARAMS or params.shape != (1,):
        raise ValueError(f"params of dtype {params.dtype} and shape {params.shape}: allowed is PARAMS of shape (1,)")
    states = np.zeros(count, STATE)
    states["regime"]["raw"] = states["regime"]["confirmed"] = int(Regime.NEUTRAL)
    return states


def save_states(states: RecordArray) -> bytes:
    """The exact content of `states`, with the version of the kernel that made it."""
    return KERNEL_VERSION.to_bytes(4, "little") + states.tobytes()


def load_states(content: bytes) -> RecordArray:
    """The states that `save_states` saved.

    Raises:
        ValueError: another kernel version saved them, or the content is cut short.
    """
    version = int.from_bytes(content[:4], "little")
    if version != KERNEL_VERSION:
        raise ValueError(f"kernel states of version {version}: allowed is {KERNEL_VERSION}")
    if len(content) < 4 or (len(content) - 4) % STATE.itemsize:
        raise ValueError(f"kernel states of {len(content)} bytes: allowed is 4 + a multiple of {STATE.itemsize}")
    return np.frombuffer(content, STATE, offset=4).copy()


@inlined
def _write_bar(out: Record, index: int, opening: float, high: float, low: float, close: float, volume: float) -> None:
    out["index"] = index
    out["open"] = opening
    out["high"] = high
    out["low"] = low
    out["close"] = close
    out["volume"] = volume


@inlined
def _range_indicators(
    state: Record, params: Record, index: int, high: float, low: float, close: float, out: Record
) -> None:
    """RSI, ATR, its average, ADX and the DIs: what needs the bar before."""
    if index == 0:
        out["rsi"] = out["atr"] = out["atr_avg50"] = np.nan
        out["adx"] = out["plus_di"] = out["minus_di"] = np.nan
        return
    previous_close = state["previous_close"]
    bar_range = true_range(high, low, previous_close)
    out["rsi"] = update_rsi(state["rsi"], params["rsi_period"], params["rsi_weight"], index, close - previous_close)
    atr = update_atr(state["atr"], params["atr_period"], params["atr_weight"], index, bar_range)
    out["atr"] = atr
    out["adx"], out["plus_di"], out["minus_di"] = update_adx(
        state["adx"],
        params["adx_period"],
        params["adx_weight"],
        index,
        high - state["previous_high"],
        state["previous_low"] - low,
        bar_range,
    )
    average = np.nan
    if index >= params["atr_period"]:
        period = params["atr_average_period"]
        total = push_sum(state["atr_average"], period, atr)
        if index >= params["atr_period"] + period - 1:
            average = total * params["atr_average_weight"]
    out["atr_avg50"] = average


@inlined
def _close_indicators(state: Record, params: Record, index: int, close: float, volume: float, out: Record) -> None:
    """EMA, KAMA, bands, sigma, slope, R2 and the average volume."""
    first = index == 0
    out["ema"] = update_ema(state["ema"], params["ema_period"], params["ema_weight"], index, close)
    out["kama"], out["kama_er"] = update_kama(
        state["kama"], params["kama_period"], params["kama_fastest"], params["kama_slowest"], index, close
    )
    period = params["regression_period"]
    reference, total, squares, ramp = push_moments(state["regression"], period, first, close)
    slope, r2 = slope_and_r2(period, params["regression_weight"], params["regression_scale"], total, squares, ramp)
    valid = index >= period - 1
    out["slope"] = slope if valid else np.nan
    out["r2"] = r2 if valid else np.nan
    if params["bollinger_period"] != period:
        period = params["bollinger_period"]
        reference, total, squares, ramp = push_moments(state["bollinger"], period, first, close)
    middle, sigma = mean_and_sigma(params["bollinger_weight"], reference, total, squares)
    if index < period - 1:
        middle = sigma = np.nan
    width = params["bollinger_width"] * sigma
    out["sma"] = out["bb_middle"] = middle
    out["bb_upper"] = middle + width
    out["bb_lower"] = middle - width
    out["close_sigma"] = sigma
    period = params["volume_period"]
    total = push_sum(state["volume"], period, volume)
    out["avg_volume"] = total * params["volume_weight"] if index >= period - 1 else np.nan


@inlined
def _advance(
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
    index = state["index"]
    _write_bar(out, index, opening, high, low, close, volume)
    _range_indicators(state, params, index, high, low, close, out)
    _close_indicators(state, params, index, close, volume, out)
    previous_close = state["previous_close"] if index > 0 else np.nan
    out["previous_close"] = previous_close
    out["gap"] = (opening - previous_close) / previous_close
    update_regime(state["regime"], out, params)
    out["volatility_state"] = volatility_state(out["atr"], out["atr_avg50"], params)
    judge_noise(out, params, minute_of_day, minutes_to_close, minutes_after_open, intraday)
    valid = index >= params["decision_index"]
    out["valid"] = valid
    if valid:
        trend_rules(out, params)
        mean_reversion_rules(out, params)
        decide_entry(state["entries"], out, params)
    else:
        no_rules(out)
        no_entry(out)
    state["index"] = index + 1
    state["previous_high"] = high
    state["previous_low"] = low
    state["previous_close"] = close


@kernel
def step(
    states: RecordArray,
    i: int,
    params: RecordArray,
    opening: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    minute_of_day: int,
    minutes_to_close: int,
    minutes_after_open: int,
    intraday: bool,
    out: RecordArray,
    j: int,
) -> None:
    """Bring symbol `i` forward by one completed, valid bar and write its decision to `out[j]`.

    Args:
        states: STATE records; `params`: PARAMS, shape (1,); `out`: DECISION records.
        opening, high, low, close, volume: the bar, as floats.
        minute_of_day: the New York minute of the decision time (the bar's end, cut to the session's close).
        minutes_to_close, minutes_after_open: from the decision time, by the session's real hours.
        intraday: False on daily bars, where the time rule does not apply.

    Raises:
        IndexError: `i` or `j` is out of range.
    """
    if i < 0 or j < 0 or i >= states.shape[0] or j >= out.shape[0]:
        raise IndexError("no such state or decision record")
    _advance(
        states[i],
        params[0],
        opening,
        high,
        low,
        close,
        volume,
        minute_of_day,
        minutes_to_close,
        minutes_after_open,
        intraday,
        out[j],
    )


@kernel
def run(states: RecordArray, i: int, params: RecordArray, bars: RecordArray, intraday: bool, out: RecordArray) -> None:
    """`step` over `bars` (BAR records, oldest first), the decision of bar k in `out[k]`.

    Raises:
        IndexError: `i` is out of range or `out` is shorter than `bars`.
    """
    if i < 0 or i >= states.shape[0] or out.shape[0] < bars.shape[0]:
        raise IndexError("no such state, or fewer decision records than bars")
    state = states[i]
    first_params = params[0]
    for k in range(bars.shape[0]):
        bar = bars[k]
        _advance(
            state,
            first_params,
            bar["open"],
            bar["high"],
            bar["low"],
            bar["close"],
            bar["volume"],
            bar["minute_of_day"],
            bar["minutes_to_close"],
            bar["minutes_after_open"],
            intraday,
            out[k],
        )


def warm_up() -> None:
    """Compile (or load from the cache) `step` and `run`; from then on they convert arguments, never recompile."""
    params = default_params()
    states, out = new_states(1, params), np.zeros(1, DECISION)
    step(states, 0, params, 1.0, 1.0, 1.0, 1.0, 0.0, 600, 360, 30, True, out, 0)
    run(states, 0, params, np.zeros(1, BAR), True, out)
    compiled_only(step)
    compiled_only(run)
