"""All indicators of one symbol, updated together: what a bar has in common is computed once."""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.averages import KAMA, efficiency, next_ema, next_kama
from fluxherod.core.indicators.moments import MOMENTS, mean_and_sigma, push_moments_state, slope_and_r2
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
def _push(window: Record, period: int, value: float) -> float:
    position, prefix, total = push_sum(window["ring"], window["position"], window["prefix"], period, value)
    window["position"] = position
    window["prefix"] = prefix
    return total


@inlined
def _relative_strength(state: Record, params: Record, index: int, change: float, out: Record) -> None:
    period, weight = params["rsi_period"], params["rsi_weight"]
    gain = next_mean(state["gain"], period, weight, index, max(change, 0.0))
    loss = next_mean(state["loss"], period, weight, index, max(-change, 0.0))
    state["gain"] = gain
    state["loss"] = loss
    out["rsi"] = rsi_of(gain, loss) if index >= period else np.nan


@inlined
def _average_range(state: Record, params: Record, index: int, bar_range: float, out: Record) -> None:
    """ATR and its own average."""
    period = params["atr_period"]
    atr = next_mean(state["atr"], period, params["atr_weight"], index, bar_range)
    state["atr"] = atr
    average = np.nan
    if index >= period:
        total = _push(state["atr_average"], params["atr_average_period"], atr)
        if index >= period + params["atr_average_period"] - 1:
            average = total * params["atr_average_weight"]
    out["atr"] = atr if index >= period else np.nan
    out["atr_avg50"] = average


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
    out["adx"] = value if index >= 2 * period - 1 else np.nan
    out["plus_di"] = plus_di if index >= period else np.nan
    out["minus_di"] = minus_di if index >= period else np.nan


@inlined
def _adaptive_average(state: Record, params: Record, index: int, change: float, close: float, out: Record) -> None:
    period = params["kama_period"]
    position = state["position"]
    k = np.uintp(position)
    oldest = state["closes"][k]
    state["closes"][k] = close
    state["position"] = position + 1 if position + 1 < period else 0
    path = _push(state["path"], period, abs(change)) if index > 0 else 0.0
    ratio = efficiency(close - oldest, path)
    value = next_kama(state["value"], period, params["kama_fastest"], params["kama_slowest"], index, ratio, close)
    state["value"] = value
    out["kama"] = value if index >= period else np.nan
    out["kama_er"] = ratio if index >= period else np.nan


@inlined
def _window_indicators(state: Record, params: Record, index: int, close: float, out: Record) -> None:
    """SMA, bands, sigma, slope and R2; one window when the bands and the regression have the same period."""
    first = index == 0
    period = params["regression_period"]
    reference, sums = push_moments_state(state["regression"], period, first, close)
    slope, r2 = slope_and_r2(period, params["regression_weight"], params["regression_scale"], sums)
    out["slope"] = slope if index >= period - 1 else np.nan
    out["r2"] = r2 if index >= period - 1 else np.nan
    if params["bollinger_period"] != period:
        period = params["bollinger_period"]
        reference, sums = push_moments_state(state["bollinger"], period, first, close)
    middle, sigma = mean_and_sigma(params["bollinger_weight"], reference, sums[0], sums[1])
    if index < period - 1:
        middle = sigma = np.nan
    width = params["bollinger_width"] * sigma
    out["sma"] = out["bb_middle"] = middle
    out["bb_upper"] = middle + width
    out["bb_lower"] = middle - width
    out["close_sigma"] = sigma


@inlined
def update_indicators(
    state: Record, params: Record, index: int, high: float, low: float, close: float, volume: float, out: Record
) -> None:
    """Update every indicator of a symbol by one bar and write its value, NaN while it is not valid, to `out`."""
    change = 0.0
    if index > 0:
        previous_close = state["previous_close"]
        change = close - previous_close
        bar_range = true_range(high, low, previous_close)
        rise, fall = high - state["previous_high"], state["previous_low"] - low
        _relative_strength(state["rsi"], params, index, change, out)
        _average_range(state, params, index, bar_range, out)
        _directional(state["adx"], params, index, rise, fall, bar_range, out)
    else:
        out["rsi"] = out["atr"] = out["atr_avg50"] = np.nan
        out["adx"] = out["plus_di"] = out["minus_di"] = np.nan
    _adaptive_average(state["kama"], params, index, change, close, out)
    _window_indicators(state, params, index, close, out)
    period = params["ema_period"]
    ema = next_ema(state["ema"], period, params["ema_weight"], index, close)
    state["ema"] = ema
    out["ema"] = ema if index >= period - 1 else np.nan
    period = params["volume_period"]
    total = _push(state["volume"], period, volume)
    out["avg_volume"] = total * params["volume_weight"] if index >= period - 1 else np.nan
    state["previous_high"] = high
    state["previous_low"] = low
    state["previous_close"] = close
