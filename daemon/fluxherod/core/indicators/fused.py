"""All indicators of one symbol, updated together: what a bar has in common is computed once."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.averages import KAMA, efficiency, next_ema, next_kama
from fluxherod.core.indicators.moments import MOMENTS, mean_and_sigma, push_moments, slope_and_r2
from fluxherod.core.indicators.wilder import (
    ADX,
    RSI,
    directional_indices,
    directional_movement,
    next_adx,
    next_mean,
    next_sum,
    rsi_of,
    true_range,
)
from fluxherod.core.indicators.windows import WINDOW, push_sum
from fluxherod.core.jit import Record, inlined

INDICATORS = np.dtype(
    [
        ("previous_high", "f8"),
        ("previous_low", "f8"),
        ("previous_close", "f8"),
        ("ema", "f8"),
        ("rsi", RSI),
        ("atr", "f8"),
        ("adx", ADX),
        ("kama", KAMA),
        ("regression", MOMENTS),
        ("bollinger", MOMENTS),
        ("volume", WINDOW),
        ("atr_average", WINDOW),
    ],
    align=True,
)


@inlined
def gap_of(opening: float, previous_close: float) -> float:
    """How far a bar opened from the close before it, as a part of that."""
    return (opening - previous_close) / previous_close


@inlined
def _relative_strength(state: Record, params: Record, index: int, change: float, out: Record) -> None:
    period, weight = params["rsi_period"], params["rsi_weight"]
    gain = next_mean(state["gain"], period, weight, index, max(change, 0.0))
    loss = next_mean(state["loss"], period, weight, index, max(-change, 0.0))
    state["gain"] = gain
    state["loss"] = loss
    out["rsi"] = rsi_of(gain, loss)


@inlined
def _average_range(state: Record, params: Record, index: int, bar_range: float, out: Record) -> None:
    """ATR and its own average."""
    period = params["atr_period"]
    atr = next_mean(state["atr"], period, params["atr_weight"], index, bar_range)
    state["atr"] = atr
    out["atr"] = atr
    if index >= period:
        total = push_sum(state["atr_average"], params["atr_average_period"], atr)
        out["atr_avg50"] = total * params["atr_average_weight"]


@inlined
def _directional(
    state: Record, params: Record, index: int, rise: float, fall: float, bar_range: float, out: Record
) -> None:
    period, weight = params["adx_period"], params["adx_weight"]
    rise, fall = directional_movement(rise, fall)
    plus = next_sum(state["plus"], period, weight, index, rise)
    minus = next_sum(state["minus"], period, weight, index, fall)
    ranges = next_sum(state["range"], period, weight, index, bar_range)
    plus_di, minus_di, dx = directional_indices(plus, minus, ranges)
    value = next_adx(state["value"], period, weight, index, dx)
    state["plus"] = plus
    state["minus"] = minus
    state["range"] = ranges
    state["value"] = value
    out["adx"] = value
    out["plus_di"] = plus_di
    out["minus_di"] = minus_di


@inlined
def _adaptive_average(state: Record, params: Record, index: int, change: float, close: float, out: Record) -> None:
    period = params["kama_period"]
    position = state["position"]
    k = np.uintp(position)
    oldest = state["closes"][k]
    state["closes"][k] = close
    state["position"] = position + 1 if position + 1 < period else 0
    path = push_sum(state["path"], period, abs(change)) if index > 0 else 0.0
    ratio = efficiency(close - oldest, path)
    fastest, slowest = params["kama_fastest"], params["kama_slowest"]
    value = next_kama(state["value"], period, fastest, slowest, index, ratio, close)
    state["value"] = value
    out["kama"] = value
    out["kama_er"] = ratio


@inlined
def _window_indicators(state: Record, params: Record, index: int, close: float, out: Record) -> None:
    """SMA, bands, sigma, slope and R2; one window when the bands and the regression have the same period."""
    period = params["regression_period"]
    reference, sums = push_moments(state["regression"], period, index == 0, close)
    slope, r2 = slope_and_r2(period, params["regression_weight"], params["regression_scale"], sums)
    out["slope"] = slope
    out["r2"] = r2
    if params["bollinger_period"] != period:
        period = params["bollinger_period"]
        reference, sums = push_moments(state["bollinger"], period, index == 0, close)
    middle, sigma = mean_and_sigma(params["bollinger_weight"], reference, sums[0], sums[1])
    width = params["bollinger_width"] * sigma
    out["sma"] = out["bb_middle"] = middle
    out["bb_upper"] = middle + width
    out["bb_lower"] = middle - width
    out["close_sigma"] = sigma


@inlined
def _blank(params: Record, index: int, out: Record) -> None:
    """NaN for what is not valid yet: done here at once, so that a later bar asks a single time."""
    if index < params["ema_period"] - 1:
        out["ema"] = np.nan
    if index < params["kama_period"]:
        out["kama"] = out["kama_er"] = np.nan
    if index < params["rsi_period"]:
        out["rsi"] = np.nan
    if index < params["atr_period"]:
        out["atr"] = np.nan
    if index < params["atr_period"] + params["atr_average_period"] - 1:
        out["atr_avg50"] = np.nan
    if index < params["adx_period"]:
        out["plus_di"] = out["minus_di"] = np.nan
    if index < 2 * params["adx_period"] - 1:
        out["adx"] = np.nan
    if index < params["bollinger_period"] - 1:
        out["sma"] = out["close_sigma"] = np.nan
        out["bb_upper"] = out["bb_middle"] = out["bb_lower"] = np.nan
    if index < params["regression_period"] - 1:
        out["slope"] = out["r2"] = np.nan
    if index < params["volume_period"] - 1:
        out["avg_volume"] = np.nan


@inlined
def update_indicators(
    state: Record, params: Record, index: int, high: float, low: float, close: float, volume: float, out: Record
) -> None:
    """Update every indicator of a symbol by one bar and write its value, NaN while it is not valid, to `out`."""
    # The slowest chains of operations come first: the rest is done while they run.
    _window_indicators(state, params, index, close, out)
    change = 0.0
    if index > 0:
        previous_close = state["previous_close"]
        change = close - previous_close
        bar_range = true_range(high, low, previous_close)
        rise, fall = high - state["previous_high"], state["previous_low"] - low
        _directional(state["adx"], params, index, rise, fall, bar_range, out)
        _relative_strength(state["rsi"], params, index, change, out)
        _average_range(state, params, index, bar_range, out)
    _adaptive_average(state["kama"], params, index, change, close, out)
    ema = next_ema(state["ema"], params["ema_period"], params["ema_weight"], index, close)
    state["ema"] = ema
    out["ema"] = ema
    total = push_sum(state["volume"], params["volume_period"], volume)
    out["avg_volume"] = total * params["volume_weight"]
    if index < params["decision_index"]:
        _blank(params, index, out)
    state["previous_high"] = high
    state["previous_low"] = low
    state["previous_close"] = close
