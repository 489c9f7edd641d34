"""The indicators of columns of bars, bit for bit those of `fused`, in passes over a block.

A bar of `fused` waits for eight divisions and a root. Here what waits for no bar before it is found for many bars at
once, and a recurrence goes through a block with nothing in its loop but what it needs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluxherod.core.indicators.averages import approach, efficiency, fade, forget, smoothing_of
from fluxherod.core.indicators.fused import gap_of
from fluxherod.core.indicators.moments import mean_and_sigma, slope_and_r2
from fluxherod.core.indicators.unrolled import (
    BLOCK,
    PAST,
    WINDOWS,
    moments_at,
    push_many_moments,
    push_sums,
    roll_up,
    skip_sums,
    unroll,
)
from fluxherod.core.indicators.wilder import directional_indices, directional_movement, rsi_of, true_range
from fluxherod.core.jit import FloatArray, Record, fetch_soon, held, lent, multiply_add

_LINE = 8
"""The values that come from memory together."""


class Prices(NamedTuple):
    """Bars, oldest first, shape (rows,) each."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray


class Columns(NamedTuple):
    """What decisions are made from, shape (rows,) each; the names are those of a DECISION.

    For the same bars it depends on `StrategyParams.of_indicators` alone.
    """

    close: FloatArray
    volume: FloatArray
    gap: FloatArray
    sma: FloatArray
    kama: FloatArray
    rsi: FloatArray
    atr: FloatArray
    adx: FloatArray
    bb_upper: FloatArray
    bb_lower: FloatArray
    r2: FloatArray
    avg_volume: FloatArray


FIGURES = np.dtype((np.record, [(name, "f8", (BLOCK,)) for name in Columns._fields]))
"""Room for the figures of a block; `figures.kama` is a column, as of `Columns`."""
WORK = np.dtype(
    [("figures", FIGURES), ("windows", WINDOWS)]
    + [(name, "f8", (BLOCK,)) for name in ("plus", "minus", "range", "gain", "loss", "smoothing")]
)
"""The figures of a block, and what one pass leaves to the next: nothing of a call is in it for another."""


@lent
def update_columns(state: Record, params: Record, prices: Prices, first: int, count: int, work: Record) -> None:
    """Bring INDICATORS that are settled forward by up to `BLOCK` bars, from row `first` on, and write their figures.

    Args:
        state: afterwards as after as many `update_indicators`, byte for byte.
        work: WORK, whatever it holds; bar k of the block is at k of its figures.
    """
    known, windows = held(params), work["windows"]
    _closes(state, known, prices, first, count, work)
    _moves(state, known, prices, first, count, work)
    _smoothings(state["kama"], known, work, count)
    _follow(state, known, prices, first, work, count)
    _oscillate(work, count)
    _volumes(state["volume"], known, prices.volume, first, count, work)
    _average_of_atr(state["atr_average"], known, work, count)
    push_many_moments(state["regression"], known["regression_period"], windows, count)
    _fits(known, windows, work["figures"], count)
    if known["bollinger_period"] != known["regression_period"]:
        push_many_moments(state["bollinger"], known["bollinger_period"], windows, count)
    _bands(known, windows, work["figures"], count)


@lent
def _closes(state: Record, params: Record, prices: Prices, first: int, count: int, work: Record) -> None:
    """The closes with all that any window remembers of them before, and the gaps."""
    closes, kama, period, figures = work["windows"]["closes"], state["kama"], params["kama_period"], work["figures"]
    unroll(state["regression"]["closes"], state["regression"]["position"], params["regression_period"], closes)
    if params["bollinger_period"] != params["regression_period"]:
        unroll(state["bollinger"]["closes"], state["bollinger"]["position"], params["bollinger_period"], closes)
    unroll(kama["closes"], kama["position"], period, closes)
    for k in range(count):
        close = prices.close[np.uintp(first + k)]
        closes[np.uintp(PAST + k)] = close
        figures["close"][np.uintp(k)] = close
    for k in range(count):
        figures["gap"][np.uintp(k)] = gap_of(prices.open[np.uintp(first + k)], closes[np.uintp(PAST + k - 1)])
    kama["position"] = (kama["position"] + count) % period
    roll_up(closes, count, kama["closes"], kama["position"], period)


@lent
def _moves(state: Record, params: Record, prices: Prices, first: int, count: int, work: Record) -> None:
    """What each bar moved; a gain or loss has its weight already, for the loop that sums them up has none to spare."""
    weight = params["rsi_weight"]
    _move(prices, first, state["previous_high"], state["previous_low"], state["previous_close"], weight, work, 0)
    for k in range(1, count):
        before = np.uintp(first + k - 1)
        _move(prices, first + k, prices.high[before], prices.low[before], prices.close[before], weight, work, k)
    last = np.uintp(first + count - 1)
    state["previous_high"], state["previous_low"] = prices.high[last], prices.low[last]
    state["previous_close"] = prices.close[last]


@lent
def _move(
    prices: Prices,
    row: int,
    high_before: float,
    low_before: float,
    close_before: float,
    weight: float,
    work: Record,
    k: int,
) -> None:
    at, j = np.uintp(row), np.uintp(k)
    high, low, change = prices.high[at], prices.low[at], prices.close[at] - close_before
    work["plus"][j], work["minus"][j] = directional_movement(high - high_before, low_before - low)
    work["range"][j] = true_range(high, low, close_before)
    work["gain"][j], work["loss"][j] = weight * max(change, 0.0), weight * max(-change, 0.0)
    work["windows"]["values"][np.uintp(PAST + k)] = abs(change)


@lent
def _smoothings(state: Record, params: Record, work: Record, count: int) -> None:
    """How far KAMA goes at each bar."""
    period, fastest, slowest = params["kama_period"], params["kama_fastest"], params["kama_slowest"]
    windows, closes = work["windows"], work["windows"]["closes"]
    push_sums(state["path"], period, windows, count)
    for k in range(count):
        move = closes[np.uintp(PAST + k)] - closes[np.uintp(PAST + k - period)]
        ratio = efficiency(move, windows["totals"][np.uintp(k)])
        work["smoothing"][np.uintp(k)] = smoothing_of(ratio, fastest, slowest)


@lent
def _follow(state: Record, params: Record, prices: Prices, first: int, work: Record, count: int) -> None:
    """What waits for its value of the bar before: Wilder's sums and averages, ADX, the EMA and KAMA, side by side.

    Gain and loss come in place of what goes into them.
    """
    adx, rsi, figures, weight = state["adx"], state["rsi"], work["figures"], params["adx_weight"]
    plus, minus, ranges, index = adx["plus"], adx["minus"], adx["range"], adx["value"]
    gain, loss, atr, ema, kama = rsi["gain"], rsi["loss"], state["atr"], state["ema"], state["kama"]["value"]
    for k in range(count):
        if k % _LINE == 0:
            _ask_for(prices, first + BLOCK + k)
        j = np.uintp(k)
        bar_range, close = work["range"][j], figures["close"][j]
        plus = multiply_add(1.0 - weight, plus, work["plus"][j])
        minus = multiply_add(1.0 - weight, minus, work["minus"][j])
        ranges = multiply_add(1.0 - weight, ranges, bar_range)
        dx = directional_indices(plus, minus, ranges)[2]
        index = forget(index, weight, dx) if dx >= 0.0 else index
        gain = fade(gain, params["rsi_weight"], work["gain"][j])
        loss = fade(loss, params["rsi_weight"], work["loss"][j])
        atr = forget(atr, params["atr_weight"], bar_range)
        ema = forget(ema, params["ema_weight"], close)
        kama = approach(kama, work["smoothing"][j], close)
        work["gain"][j], work["loss"][j] = gain, loss
        figures["atr"][j], figures["adx"][j], figures["kama"][j] = atr, index, kama
    adx["plus"], adx["minus"], adx["range"], adx["value"] = plus, minus, ranges, index
    rsi["gain"], rsi["loss"], state["atr"], state["ema"], state["kama"]["value"] = gain, loss, atr, ema, kama


@lent
def _ask_for(prices: Prices, row: int) -> None:
    """Asked for a few at a time, the next block is here when its turn comes; else each first use would wait for it."""
    for column in prices:
        fetch_soon(column, row)


@lent
def _oscillate(work: Record, count: int) -> None:
    for k in range(count):
        j = np.uintp(k)
        work["figures"]["rsi"][j] = rsi_of(work["gain"][j], work["loss"][j])


@lent
def _volumes(state: Record, params: Record, volume: FloatArray, first: int, count: int, work: Record) -> None:
    figures, windows = work["figures"], work["windows"]
    for k in range(count):
        of_bar = volume[np.uintp(first + k)]
        windows["values"][np.uintp(PAST + k)] = of_bar
        figures["volume"][np.uintp(k)] = of_bar
    push_sums(state, params["volume_period"], windows, count)
    for k in range(count):
        figures["avg_volume"][np.uintp(k)] = windows["totals"][np.uintp(k)] * params["volume_weight"]


@lent
def _average_of_atr(state: Record, params: Record, work: Record, count: int) -> None:
    """No decision looks at it, but the state has it."""
    skip_sums(state, params["atr_average_period"], work["figures"]["atr"], count)


@lent
def _fits(params: Record, windows: Record, figures: Record, count: int) -> None:
    period, weight, scale = params["regression_period"], params["regression_weight"], params["regression_scale"]
    for k in range(count):
        figures["r2"][np.uintp(k)] = slope_and_r2(period, weight, scale, moments_at(windows, period, k)[1])[1]


@lent
def _bands(params: Record, windows: Record, figures: Record, count: int) -> None:
    period, weight = params["bollinger_period"], params["bollinger_weight"]
    for k in range(count):
        j, (reference, sums) = np.uintp(k), moments_at(windows, period, k)
        middle, sigma = mean_and_sigma(weight, reference, sums[0], sums[1])
        width = params["bollinger_width"] * sigma
        figures["sma"][j] = middle
        figures["bb_upper"][j] = middle + width
        figures["bb_lower"][j] = middle - width
