"""The range of the 5-minute bars: TA-Lib's ATR, and the ratio that tells a spike."""

from __future__ import annotations

import math

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.volatility import next_range, spike_ratio


def walk(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(random.normal(0, 0.003, count)))
    high = close * (1 + random.uniform(0, 0.004, count))
    low = close * (1 - random.uniform(0, 0.004, count))
    return high, low, close


@given(seed=st.integers(0, 1_000), period=st.sampled_from([2, 14, 30]))
def test_the_range_of_each_bar_is_talibs_atr_from_the_first_valid_bar_on(seed: int, period: int) -> None:
    high, low, close = walk(seed, 120)
    ours = np.zeros(120)
    for k in range(1, 120):
        ours[k] = next_range(ours[k - 1], period, k, high[k], low[k], close[k - 1])
    np.testing.assert_allclose(ours[period:], talib.ATR(high, low, close, period)[period:], rtol=1e-9)


@pytest.mark.parametrize(
    ("five_minute_atr", "atr", "minutes", "ratio"),
    [(1.0, 1.0, 5.0, 1.0), (1.0, 2.0, 20.0, 1.0), (1.0, math.sqrt(12.0), 60.0, 1.0), (2.0, 1.0, 1.0, 2 / math.sqrt(5))],
)
def test_the_ratio_scales_by_the_root_of_time(five_minute_atr: float, atr: float, minutes: float, ratio: float) -> None:
    assert spike_ratio(five_minute_atr, atr, minutes) == pytest.approx(ratio, rel=1e-12)


@pytest.mark.parametrize(("five_minute_atr", "atr"), [(math.nan, 1.0), (1.0, math.nan), (1.0, 0.0)])
def test_an_unknown_or_empty_range_has_no_ratio(five_minute_atr: float, atr: float) -> None:
    assert math.isnan(spike_ratio(five_minute_atr, atr, 60.0))


@pytest.mark.parametrize(
    ("five_minutes", "atr", "minutes", "expected"),
    [
        (1.0, 0.5, 5.0, False),
        (math.nextafter(1.0, 2.0), 0.5, 5.0, True),
        (1.0, 1.0, 20.0, False),
        (1.0, 0.99, 20.0, True),
        (math.nan, 1.0, 60.0, False),
        (1.0, math.nan, 60.0, False),
    ],
)
def test_a_spike_is_more_than_twice_the_scaled_range(
    five_minutes: float, atr: float, minutes: float, expected: bool
) -> None:
    assert (spike_ratio(five_minutes, atr, minutes) > 2.0) is expected
