"""The indicators against TA-Lib, and against long-double arithmetic where TA-Lib itself loses digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import talib
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fluxherod.core.indicators.averages import efficiency_ratio, ema, kama
from fluxherod.core.indicators.moments import bollinger_bands, linear_regression_slope, population_sigma, r_squared
from fluxherod.core.indicators.wilder import adx, atr, rsi
from fluxherod.core.indicators.windows import average_volume, sma
from fluxherod.core.jit import FloatArray

Columns = tuple[FloatArray, FloatArray, FloatArray]
OnColumns = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]

PAIRS: dict[str, tuple[OnColumns, OnColumns]] = {
    "sma": (lambda high, low, c: sma(c, 20), lambda high, low, c: talib.SMA(c, 20)),
    "ema": (lambda high, low, c: ema(c, 20), lambda high, low, c: talib.EMA(c, 20)),
    "kama": (lambda high, low, c: kama(c, 20), lambda high, low, c: talib.KAMA(c, 20)),
    "rsi": (lambda high, low, c: rsi(c, 14), lambda high, low, c: talib.RSI(c, 14)),
    "atr": (lambda high, low, c: atr(high, low, c, 14), lambda high, low, c: talib.ATR(high, low, c, 14)),
    "adx": (lambda high, low, c: adx(high, low, c, 14)[0], lambda high, low, c: talib.ADX(high, low, c, 14)),
    "plus_di": (lambda high, low, c: adx(high, low, c, 14)[1], lambda high, low, c: talib.PLUS_DI(high, low, c, 14)),
    "minus_di": (lambda high, low, c: adx(high, low, c, 14)[2], lambda high, low, c: talib.MINUS_DI(high, low, c, 14)),
}
BANDS: dict[str, tuple[OnColumns, OnColumns]] = {
    "upper": (
        lambda high, low, c: bollinger_bands(c, 20, 2.0)[0],
        lambda high, low, c: talib.BBANDS(c, 20, 2.0, 2.0)[0],
    ),
    "middle": (
        lambda high, low, c: bollinger_bands(c, 20, 2.0)[1],
        lambda high, low, c: talib.BBANDS(c, 20, 2.0, 2.0)[1],
    ),
    "lower": (
        lambda high, low, c: bollinger_bands(c, 20, 2.0)[2],
        lambda high, low, c: talib.BBANDS(c, 20, 2.0, 2.0)[2],
    ),
    "volume": (lambda high, low, c: average_volume(c, 20), lambda high, low, c: talib.SMA(c, 20)),
}


def random_walk(count: int, seed: int, step: float = 0.01, start: float = 100.0) -> Columns:
    rng = np.random.default_rng(seed)
    close = start * np.exp(np.cumsum(rng.normal(0.0, step, count)))
    opening = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opening, close) * (1 + step * rng.random(count))
    low = np.minimum(opening, close) * (1 - step * rng.random(count))
    return high, low, close


@st.composite
def price_series(draw: st.DrawFn) -> Columns:
    """$1 to $10,000, steps of 1e-4 to 5 %, quoted to 1/10,000 dollar, with flat stretches."""
    count = draw(st.integers(80, 240))
    start = draw(st.floats(1.0, 10_000.0))
    size = draw(st.sampled_from([1e-4, 1e-3, 1e-2, 5e-2]))
    stillness = draw(st.sampled_from([0.0, 0.3]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps = np.where(rng.random(count) < stillness, 0.0, rng.uniform(-size, size, count))
    top = np.log(10_000.0)  # walk in the logarithm and turn back at both ends
    close = np.round(np.exp(top - np.abs(np.mod(np.log(start) + np.cumsum(steps), 2 * top) - top)), 4)
    still = np.lib.stride_tricks.sliding_window_view(np.diff(close) == 0, 14).all(axis=1)
    assume(not still.any())  # there we differ on purpose
    high = np.round(close * (1 + size * rng.random(count)), 4)
    low = np.round(close * (1 - size * rng.random(count)), 4)
    return high, low, close


def windows_in_long_double(close: FloatArray, period: int) -> np.ndarray[tuple[int, int], np.dtype[np.longdouble]]:
    windows = np.lib.stride_tricks.sliding_window_view(close, period).astype(np.longdouble)
    return windows - windows[:, :1]  # relative to the window's first close: exact enough in 64 bits of mantissa


def same_warm_up(ours: FloatArray, reference: FloatArray) -> None:
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(reference))


@pytest.mark.parametrize("name", [*PAIRS, *BANDS])
def test_agrees_with_talib_from_the_first_valid_bar_on(name: str) -> None:
    ours, reference = {**PAIRS, **BANDS}[name]
    columns = random_walk(3_000, seed=7)
    same_warm_up(ours(*columns), reference(*columns))
    np.testing.assert_allclose(ours(*columns), reference(*columns), rtol=1e-9, atol=0)


@settings(max_examples=60, deadline=None)
@given(columns=price_series())
def test_agrees_with_talib_on_price_like_series(columns: Columns) -> None:
    for name, (ours, reference) in PAIRS.items():
        np.testing.assert_allclose(ours(*columns), reference(*columns), rtol=1e-9, atol=0, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(columns=price_series(), period=st.sampled_from([2, 5, 20, 50]))
def test_bands_slope_and_r2_agree_with_long_double_arithmetic(columns: Columns, period: int) -> None:
    close = columns[2]
    relative = windows_in_long_double(close, period)
    mean = relative.mean(axis=1)
    centred = relative - mean[:, None]
    variation = (centred**2).sum(axis=1)
    ramp = np.arange(period, dtype=np.longdouble) - np.longdouble(period - 1) / 2
    covariation = (centred * ramp).sum(axis=1)
    middle = mean + close[: relative.shape[0]]
    sigma = np.sqrt(variation / period)
    moved = variation > 0
    fit = np.where(moved, covariation**2 / ((ramp**2).sum() * np.where(moved, variation, 1)), 0)

    upper, sma_, lower = (band[period - 1 :] for band in bollinger_bands(close, period, 2.0))
    np.testing.assert_allclose(upper, (middle + 2 * sigma).astype(float), rtol=1e-9)
    np.testing.assert_allclose(sma_, middle.astype(float), rtol=1e-12)
    np.testing.assert_allclose(lower, (middle - 2 * sigma).astype(float), rtol=1e-9)
    np.testing.assert_allclose(population_sigma(close, period)[period - 1 :], sigma.astype(float), rtol=1e-9, atol=0)
    slope = linear_regression_slope(close, period)[period - 1 :]
    assert np.all(np.abs(slope - (covariation / (ramp**2).sum()).astype(float)) <= 1e-9 * close[period - 1 :])
    np.testing.assert_allclose(r_squared(close, period)[period - 1 :], fit.astype(float), rtol=0, atol=1e-9)


def test_slope_and_r2_agree_with_talib() -> None:
    _, _, close = random_walk(3_000, seed=9)
    slope = linear_regression_slope(close, 20)
    correlation = talib.CORREL(close, np.arange(close.size, dtype=float), 20)
    same_warm_up(slope, talib.LINEARREG_SLOPE(close, 20))
    same_warm_up(r_squared(close, 20), correlation)
    np.testing.assert_array_less(np.nan_to_num(np.abs(slope - talib.LINEARREG_SLOPE(close, 20))), 1e-9 * close)
    np.testing.assert_allclose(r_squared(close, 20), correlation**2, rtol=0, atol=1e-7)  # TA-Lib's own digits


def test_efficiency_ratio_is_net_move_over_path_length() -> None:
    _, _, close = random_walk(500, seed=3)
    path = np.lib.stride_tricks.sliding_window_view(np.abs(np.diff(close)), 20).sum(axis=1)
    np.testing.assert_allclose(efficiency_ratio(close, 20)[20:], np.abs(close[20:] - close[:-20]) / path, rtol=1e-12)
    assert np.isnan(efficiency_ratio(close, 20)[:20]).all()


def test_a_straight_line_has_full_efficiency_and_fit() -> None:
    close: FloatArray = 100.0 + 0.1 * np.arange(300, dtype=np.float64)
    assert np.all(efficiency_ratio(close, 20)[20:] <= 1.0)
    np.testing.assert_allclose(efficiency_ratio(close, 20)[20:], 1.0, rtol=1e-12)
    np.testing.assert_allclose(r_squared(close, 20)[19:], 1.0, atol=1e-12)
    assert np.all(r_squared(close, 20)[19:] <= 1.0)
    np.testing.assert_allclose(linear_regression_slope(close, 20)[19:], 0.1, rtol=1e-9)


def test_on_flat_prices_we_differ_from_talib_on_purpose() -> None:
    flat = np.full(120, 123.45)
    assert np.all(rsi(flat, 14)[14:] == 50.0)
    assert np.all(r_squared(flat, 20)[19:] == 0.0)
    assert np.all(efficiency_ratio(flat, 20)[20:] == 0.0)
    assert np.all(population_sigma(flat, 20)[19:] == 0.0)
    assert np.all(kama(flat, 20)[20:] == 123.45)
    assert np.all(talib.RSI(flat, 14)[14:] == 0.0)


def test_a_flat_stretch_after_moves_has_no_efficiency_fit_or_sigma() -> None:
    close = np.concatenate([random_walk(200, seed=1)[2], np.full(30, 55.5)])
    assert efficiency_ratio(close, 20)[-1] == r_squared(close, 20)[-1] == population_sigma(close, 20)[-1] == 0.0


def test_nothing_has_drifted_after_a_million_bars() -> None:
    high, low, close = random_walk(1_000_000, seed=11, step=0.002)
    tail = 12_000  # the smoothed indicators have forgotten their seed by then
    cut_high, cut_low, cut = high[-tail:].copy(), low[-tail:].copy(), close[-tail:].copy()
    pairs = {
        "sma": (sma(close, 20), sma(cut, 20)),
        "ema": (ema(close, 20), ema(cut, 20)),
        "kama": (kama(close, 20), kama(cut, 20)),
        "efficiency": (efficiency_ratio(close, 20), efficiency_ratio(cut, 20)),
        "rsi": (rsi(close, 14), rsi(cut, 14)),
        "atr": (atr(high, low, close, 14), atr(cut_high, cut_low, cut, 14)),
        "adx": (adx(high, low, close, 14)[0], adx(cut_high, cut_low, cut, 14)[0]),
        "sigma": (population_sigma(close, 20), population_sigma(cut, 20)),
        "slope": (linear_regression_slope(close, 20), linear_regression_slope(cut, 20)),
        "r2": (r_squared(close, 20), r_squared(cut, 20)),
    }
    for name, (full, fresh) in pairs.items():
        np.testing.assert_allclose(full[-500:], fresh[-500:], rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_shock_leaves_no_trace_once_it_is_out_of_the_window() -> None:
    calm: FloatArray = 10.0 + 0.0001 * (np.arange(200, dtype=np.float64) % 3)
    shocked: FloatArray = np.concatenate([calm[:50], [9_999.0], calm[51:]])
    np.testing.assert_allclose(population_sigma(shocked, 20)[80:], population_sigma(calm, 20)[80:], rtol=1e-9)
    np.testing.assert_allclose(efficiency_ratio(shocked, 20)[80:], efficiency_ratio(calm, 20)[80:], rtol=1e-9)
