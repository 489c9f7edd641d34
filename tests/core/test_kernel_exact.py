"""The fused kernel on price-like series: its numbers against TA-Lib, and burst, stream and saved state bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from harness.prices import Prices, price_series, wandering
from harness.references import REFERENCES, disagreements, exact_sigma, exact_sma
from harness.steps import decided, step_through
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.indicators.averages import efficiency_ratio, ema, kama
from fluxherod.core.indicators.moments import bollinger_bands, linear_regression_slope, population_sigma, r_squared
from fluxherod.core.indicators.wilder import adx, atr, rsi
from fluxherod.core.indicators.windows import average_volume
from fluxherod.core.jit import FloatArray, RecordArray
from fluxherod.core.kernel import (
    BAR,
    DECISION,
    StrategyParams,
    default_params,
    load_states,
    new_states,
    save_states,
    step,
    step_many,
)

PARAMS = default_params()
VARIANTS = (
    StrategyParams(),
    StrategyParams(bollinger_period=33, regression_period=10, kama_period=128, ema_period=3),
    StrategyParams(rsi_period=2, atr_period=3, adx_period=2, kama_period=2, bollinger_period=2, regression_period=50),
)
PERIOD_OF = {
    "sma": "bollinger_period",
    "avg_volume": "volume_period",
    "ema": "ema_period",
    "kama": "kama_period",
    "rsi": "rsi_period",
    "atr": "atr_period",
    "adx": "adx_period",
    "plus_di": "adx_period",
    "minus_di": "adx_period",
    "bb_upper": "bollinger_period",
    "bb_middle": "bollinger_period",
    "bb_lower": "bollinger_period",
    "close_sigma": "bollinger_period",
    "slope": "regression_period",
    "r2": "regression_period",
}


def burst(bars: RecordArray, params: RecordArray = PARAMS) -> tuple[bytes, RecordArray]:
    """The saved state after the bars, and their decisions."""
    states = new_states(1, params)
    out = step_through(states, params, bars)
    return save_states(states), out


def column(decisions: RecordArray, name: str) -> FloatArray:
    return np.ascontiguousarray(decisions[name])


@pytest.mark.parametrize("variant", VARIANTS, ids=["defaults", "long", "short"])
@settings(max_examples=40)
@given(prices=price_series())
def test_each_number_agrees_with_talib_on_price_like_series(variant: StrategyParams, prices: Prices) -> None:
    decisions = decided(prices.bars(), variant.to_record())
    assert PERIOD_OF.keys() == REFERENCES.keys()
    for name, period in PERIOD_OF.items():
        assert disagreements(name, column(decisions, name), prices, getattr(variant, period))[1] == ""


@settings(max_examples=40)
@given(prices=price_series())
def test_the_average_of_the_atr_is_the_mean_of_its_last_fifty_values(prices: Prices) -> None:
    decisions = decided(prices.bars(), PARAMS)
    average, ranges = column(decisions, "atr_avg50"), column(decisions, "atr")[14:]
    assert np.isnan(average[:63]).all()
    np.testing.assert_allclose(average[63:], exact_sma(ranges, 50)[49:].astype(float), rtol=1e-9, atol=0)


@settings(max_examples=40)
@given(prices=price_series())
def test_each_number_has_the_bits_of_its_batch_function(prices: Prices) -> None:
    decisions = decided(prices.bars(), PARAMS)
    high, low, close = prices.high, prices.low, prices.close
    upper, middle, lower = bollinger_bands(close, 20, 2.0)
    adx_, plus, minus = adx(high, low, close, 14)
    expected = {
        "avg_volume": average_volume(prices.volume, 20),
        "ema": ema(close, 20),
        "kama": kama(close, 20),
        "kama_er": efficiency_ratio(close, 20),
        "rsi": rsi(close, 14),
        "atr": atr(high, low, close, 14),
        "adx": adx_,
        "plus_di": plus,
        "minus_di": minus,
        "bb_upper": upper,
        "bb_middle": middle,
        "sma": middle,
        "bb_lower": lower,
        "close_sigma": population_sigma(close, 20),
        "slope": linear_regression_slope(close, 20),
        "r2": r_squared(close, 20),
    }
    for name, values in expected.items():
        assert column(decisions, name).tobytes() == values.tobytes(), name


@settings(max_examples=8)
@given(prices=price_series(), variant=st.sampled_from(VARIANTS))
def test_stream_burst_and_a_restored_state_agree_bit_for_bit_at_every_prefix(
    prices: Prices, variant: StrategyParams
) -> None:
    params, bars = variant.to_record(), prices.bars()
    saved, whole = burst(bars, params)
    states, streamed = new_states(1, params), np.zeros(bars.size, DECISION)
    for j, bar in enumerate(bars.tolist()):
        step(states, 0, params, *bar, True, streamed, j)
        prefix_saved, prefix = burst(bars[: j + 1], params)
        assert streamed[: j + 1].tobytes() == prefix.tobytes() == whole[: j + 1].tobytes()
        assert save_states(states) == prefix_saved
        restored = load_states(prefix_saved)
        assert step_through(restored, params, bars[j + 1 :]).tobytes() == whole[j + 1 :].tobytes()
        assert save_states(restored) == saved


@settings(max_examples=10)
@given(prices=price_series(), other=price_series(), cut=st.integers(0, 80))
def test_no_decision_depends_on_a_later_bar_whatever_it_is(prices: Prices, other: Prices, cut: int) -> None:
    changed = np.concatenate([prices.bars()[:cut], other.bars()[cut:]])
    assert decided(changed, PARAMS)[:cut].tobytes() == decided(prices.bars(), PARAMS)[:cut].tobytes()


def test_a_burst_writes_nothing_beyond_its_bars() -> None:
    bars = wandering(100, seed=1).bars()
    out = np.zeros(120, DECISION)
    out[100:]["close"] = 7.0
    step_many(new_states(1, PARAMS), np.zeros(100, np.int64), PARAMS, bars, True, out)
    assert np.all(out[100:]["close"] == 7.0)
    assert bars.dtype == BAR


def test_a_decision_is_written_whole_whatever_its_record_held_before() -> None:
    bars = wandering(80, seed=1).bars()
    used = np.full(bars.size * DECISION.itemsize, 0x01, np.uint8).view(DECISION)
    step_many(new_states(1, PARAMS), np.zeros(bars.size, np.int64), PARAMS, bars, True, used)
    clean = decided(bars, PARAMS)
    for name in DECISION.names or ():
        assert used[name].tobytes() == clean[name].tobytes(), name


def test_no_number_has_drifted_after_a_million_bars() -> None:
    prices, tail = wandering(1_000_000, seed=11, step=0.002), 12_000
    bars, states = prices.bars(), new_states(1, PARAMS)
    for first in range(0, bars.size, 10_000):
        out = step_through(states, PARAMS, bars[first : first + 10_000])
    fresh = prices.part(bars.size - tail, bars.size)  # the smoothed numbers have forgotten their seed by its end
    anew = decided(fresh.bars(), PARAMS)[-500:]
    for name in [*PERIOD_OF, "kama_er", "atr_avg50"]:
        values, expected = out[name][-500:], anew[name]
        scale = fresh.close[-500:] if name == "slope" else 1.0 if name == "r2" else np.abs(expected)
        assert np.all(np.abs(values - expected) <= 1e-9 * scale), name
    for name, exact in (("sma", exact_sma), ("close_sigma", exact_sigma)):
        np.testing.assert_allclose(out[name][-500:], exact(fresh.close, 20)[-500:].astype(float), rtol=1e-9, atol=0)
