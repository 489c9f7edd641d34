"""The indicators against TA-Lib, and against long-double arithmetic where TA-Lib itself loses digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import talib
from harness.prices import Prices, price_series, wandering
from harness.references import REFERENCES, disagreements, exact_efficiency
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.indicators.averages import efficiency_ratio, ema, kama
from fluxherod.core.indicators.moments import bollinger_bands, linear_regression_slope, population_sigma, r_squared
from fluxherod.core.indicators.wilder import adx, atr, rsi
from fluxherod.core.indicators.windows import average_volume, sma
from fluxherod.core.jit import FloatArray

OURS: dict[str, Callable[[Prices, int], FloatArray]] = {
    "sma": lambda p, n: sma(p.close, n),
    "avg_volume": lambda p, n: average_volume(p.volume, n),
    "ema": lambda p, n: ema(p.close, n),
    "kama": lambda p, n: kama(p.close, n),
    "kama_er": lambda p, n: efficiency_ratio(p.close, n),
    "rsi": lambda p, n: rsi(p.close, n),
    "atr": lambda p, n: atr(p.high, p.low, p.close, n),
    "adx": lambda p, n: adx(p.high, p.low, p.close, n)[0],
    "plus_di": lambda p, n: adx(p.high, p.low, p.close, n)[1],
    "minus_di": lambda p, n: adx(p.high, p.low, p.close, n)[2],
    "bb_upper": lambda p, n: bollinger_bands(p.close, n, 2.0)[0],
    "bb_middle": lambda p, n: bollinger_bands(p.close, n, 2.0)[1],
    "bb_lower": lambda p, n: bollinger_bands(p.close, n, 2.0)[2],
    "close_sigma": lambda p, n: population_sigma(p.close, n),
    "slope": lambda p, n: linear_regression_slope(p.close, n),
    "r2": lambda p, n: r_squared(p.close, n),
}
FIRST_VALID: dict[str, Callable[[int], int]] = {
    **dict.fromkeys(OURS, lambda n: n - 1),
    **dict.fromkeys(("kama", "kama_er", "rsi", "atr", "plus_di", "minus_di"), lambda n: n),
    "adx": lambda n: 2 * n - 1,
}
PERIODS = (2, 3, 5, 14, 20, 50, 128)
EXACT_BY_DEFINITION = ("close_sigma", "bb_upper", "bb_lower", "slope", "r2")


def same_bits(ours: FloatArray, expected: FloatArray) -> bool:
    return ours.tobytes() == expected.tobytes()


@pytest.mark.parametrize("name", REFERENCES)
def test_agrees_with_talib_from_the_first_valid_bar_on(name: str) -> None:
    prices = wandering(3_000, seed=7)
    off, wrong = disagreements(name, OURS[name](prices, 20), prices, 20)
    assert wrong == ""
    assert off == 0 or name == "r2"  # TA-Lib's sums of squares have lost the ninth digit there


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("name", OURS)
def test_the_first_valid_bar_is_the_stated_one_and_no_number_comes_before(name: str, period: int) -> None:
    values = OURS[name](wandering(300, seed=3), period)
    first = FIRST_VALID[name](period)
    assert np.isnan(values[:first]).all()
    assert np.isfinite(values[first:]).all()


@pytest.mark.parametrize("count", [0, 1, 2, 13, 14, 15, 20, 21, 27, 28])
@pytest.mark.parametrize("name", OURS)
def test_a_series_that_is_too_short_gives_only_what_is_valid(name: str, count: int) -> None:
    values = OURS[name](wandering(40, seed=3).part(0, count), 14)
    assert values.shape == (count,)
    assert np.isfinite(values).sum() == max(count - FIRST_VALID[name](14), 0)


@pytest.mark.parametrize("name", REFERENCES)
@settings(max_examples=40)
@given(prices=price_series(), period=st.sampled_from(PERIODS))
def test_agrees_with_talib_on_price_like_series_with_gaps_and_flat_stretches(
    name: str, prices: Prices, period: int
) -> None:
    assert disagreements(name, OURS[name](prices, period), prices, period)[1] == ""


@pytest.mark.parametrize("name", EXACT_BY_DEFINITION)
@settings(max_examples=25)
@given(prices=price_series(), period=st.sampled_from(PERIODS))
def test_moments_agree_with_long_double_arithmetic_on_every_bar(name: str, prices: Prices, period: int) -> None:
    reference, ours = REFERENCES[name], OURS[name](prices, period)[period - 1 :]
    exact = reference.exact(prices, period)[period - 1 :]
    allowed = reference.allowed(prices.part(period - 1, prices.close.size), exact, period)
    assert np.all(np.abs(ours - exact) <= allowed)


@settings(max_examples=25)
@given(prices=price_series(), period=st.sampled_from(PERIODS))
def test_the_efficiency_ratio_is_net_move_over_path_length(prices: Prices, period: int) -> None:
    ours = efficiency_ratio(prices.close, period)[period:]
    np.testing.assert_allclose(ours, exact_efficiency(prices.close, period)[period:].astype(float), rtol=1e-9, atol=0)
    assert np.all((ours >= 0.0) & (ours <= 1.0))


@pytest.mark.parametrize("name", OURS)
@settings(max_examples=8)
@given(prices=price_series(shortest=1, longest=150), period=st.sampled_from([2, 3, 7, 20, 64]))
def test_every_prefix_of_a_batch_is_the_batch_of_the_prefix_bit_for_bit(name: str, prices: Prices, period: int) -> None:
    whole = OURS[name](prices, period)
    for end in range(prices.close.size + 1):
        assert same_bits(OURS[name](prices.part(0, end), period), whole[:end]), end


@pytest.mark.parametrize("name", OURS)
@settings(max_examples=10)
@given(prices=price_series(), other=price_series(), cut=st.integers(0, 80))
def test_no_value_depends_on_a_later_bar(name: str, prices: Prices, other: Prices, cut: int) -> None:
    columns = zip(*(((p.open, p.high, p.low, p.close, p.volume)) for p in (prices, other)), strict=True)
    changed = Prices(*(np.concatenate([ours[:cut], later[cut:]]) for ours, later in columns))
    assert same_bits(OURS[name](changed, 14)[:cut], OURS[name](prices, 14)[:cut])


def test_a_straight_line_has_full_efficiency_and_fit() -> None:
    close: FloatArray = 100.0 + 0.1 * np.arange(300, dtype=np.float64)
    assert np.all(efficiency_ratio(close, 20)[20:] <= 1.0)
    np.testing.assert_allclose(efficiency_ratio(close, 20)[20:], 1.0, rtol=1e-12)
    np.testing.assert_allclose(r_squared(close, 20)[19:], 1.0, atol=1e-12)
    assert np.all(r_squared(close, 20)[19:] <= 1.0)
    np.testing.assert_allclose(linear_regression_slope(close, 20)[19:], 0.1, rtol=1e-9)


FLAT = np.full(120, 123.45)
MOVED_THEN_FLAT = np.concatenate([wandering(200, seed=1).close, np.full(60, 55.5)])


def test_on_prices_that_never_moved_rsi_is_50_where_talib_says_0() -> None:
    assert np.all(rsi(FLAT, 14)[14:] == 50.0)
    assert np.all(talib.RSI(FLAT, 14)[14:] == 0.0)


def test_on_a_flat_window_efficiency_is_0_and_kama_slow_where_talib_takes_it_for_1() -> None:
    assert np.all(efficiency_ratio(MOVED_THEN_FLAT, 20)[220:] == 0.0)
    slow = (2 / 31) ** 2
    before, ours, library = kama(MOVED_THEN_FLAT, 20)[220:-1], kama(MOVED_THEN_FLAT, 20)[221:], None
    np.testing.assert_allclose((ours - before) / (55.5 - before), slow, rtol=1e-6)
    library = talib.KAMA(MOVED_THEN_FLAT, 20)[220:]
    np.testing.assert_allclose((library[1:2] - library[:1]) / (55.5 - library[:1]), (2 / 3) ** 2, rtol=1e-6)


def test_on_a_flat_window_r2_slope_and_sigma_are_exactly_0() -> None:
    for close in (FLAT, MOVED_THEN_FLAT[200:]):
        assert np.all(r_squared(close, 20)[19:] == 0.0)
        assert np.all(linear_regression_slope(close, 20)[19:] == 0.0)
        assert np.all(population_sigma(close, 20)[19:] == 0.0)
        assert np.all(kama(close, 20)[20:] == close[0])
    assert r_squared(MOVED_THEN_FLAT, 20)[-1] == population_sigma(MOVED_THEN_FLAT, 20)[-1] == 0.0


def test_on_bars_without_any_range_adx_and_both_di_are_0_as_talib_says() -> None:
    for name in ("adx", "plus_di", "minus_di", "atr"):
        flat = Prices(FLAT, FLAT, FLAT, FLAT, FLAT)
        assert np.all(OURS[name](flat, 14)[FIRST_VALID[name](14) :] == 0.0)
        assert disagreements(name, OURS[name](flat, 14), flat, 14) == (0, "")


def test_equal_rises_and_falls_are_no_directional_movement() -> None:
    count = 60
    wide = np.arange(count, dtype=np.float64)  # each bar reaches one further up and one further down
    prices = Prices(FLAT[:count], 200.0 + wide, 100.0 - wide, FLAT[:count], FLAT[:count])
    assert np.all(adx(prices.high, prices.low, prices.close, 14)[1][14:] == 0.0)
    assert np.all(adx(prices.high, prices.low, prices.close, 14)[2][14:] == 0.0)


def test_nothing_has_drifted_after_a_million_bars() -> None:
    prices = wandering(1_000_000, seed=11, step=0.002)
    fresh = prices.part(988_000, 1_000_000)  # the smoothed indicators have forgotten their seed by its end
    for name, ours in OURS.items():
        period = 14 if name in ("rsi", "atr", "adx", "plus_di", "minus_di") else 20
        full, anew = ours(prices, period)[-500:], ours(fresh, period)[-500:]
        scale = prices.close[-500:] if name == "slope" else 1.0 if name == "r2" else np.abs(anew)
        assert np.all(np.abs(full - anew) <= 1e-9 * scale), name


def test_a_shock_leaves_no_trace_once_it_is_out_of_the_window() -> None:
    calm: FloatArray = 10.0 + 0.0001 * (np.arange(200, dtype=np.float64) % 3)
    shocked: FloatArray = np.concatenate([calm[:50], [9_999.0], calm[51:]])
    for measure in (population_sigma, efficiency_ratio, r_squared, sma):
        np.testing.assert_allclose(measure(shocked, 20)[80:], measure(calm, 20)[80:], rtol=1e-9)
