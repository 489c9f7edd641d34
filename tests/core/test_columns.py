"""The kernel over columns of bars: figures, decisions and the state it leaves have the bits that a step a bar gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from harness.prices import Prices, price_series, wandering
from harness.words import said
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core import columns, decisions
from fluxherod.core.indicators.unrolled import BLOCK
from fluxherod.core.indicators.windows import MAX_PERIOD
from fluxherod.core.jit import RecordArray, RowArray
from fluxherod.core.kernel import DECISION, StrategyParams, new_states, step_many

PERIODS = [name for name in StrategyParams.__dataclass_fields__ if name.endswith("_period")]
SHORTEST, LONGEST = StrategyParams(**dict.fromkeys(PERIODS, 2)), StrategyParams(**dict.fromkeys(PERIODS, MAX_PERIOD))
APART = StrategyParams(bollinger_period=33, regression_period=10, kama_period=7)


def stepped(prices: Prices, params: StrategyParams) -> tuple[RecordArray, RecordArray]:
    """State and decisions of a step a bar."""
    record, bars = params.to_record(), prices.bars()
    states, out = new_states(1, record), np.zeros(bars.size, DECISION)
    step_many(states, np.zeros(bars.size, np.int64), record, bars, True, out)
    return states, out


def parts(prices: Prices, cuts: list[int]) -> Iterator[tuple[int, int, columns.Prices]]:
    """The bars in pieces: where each begins and ends."""
    count = prices.close.size
    ends = sorted({cut for cut in cuts if 0 < cut < count} | {count})
    for first, end in zip([0, *ends], ends, strict=False):
        part = prices.part(first, end)
        yield first, end, columns.Prices(part.open, part.high, part.low, part.close, part.volume)


def used_work() -> RecordArray:
    """Room in which something was left: NaN in every column."""
    return np.frombuffer(bytearray(b"\xff" * columns.WORK.itemsize), columns.WORK)


def figured(prices: Prices, params: StrategyParams, cuts: list[int]) -> tuple[RecordArray, columns.Columns]:
    """State and figures, the bars cut into calls."""
    record, work = params.to_record(), used_work()
    states, made = new_states(1, record), np.full((len(columns.Columns._fields), prices.close.size), -1.0)
    for first, end, part in parts(prices, cuts):
        columns.figure(states, 0, first, record, part, work, columns.Columns._make(made[:, first:end]))
    return states, columns.Columns._make(made)


def decided(prices: Prices, params: StrategyParams, cuts: list[int]) -> tuple[RecordArray, RowArray]:
    """State and words, the bars cut into calls."""
    record, work = params.to_record(), used_work()
    states, words = new_states(1, record), np.full(prices.close.size, -1, np.int64)
    for first, end, part in parts(prices, cuts):
        decisions.decide(states, 0, record, part, work, words[first:end])
    return states, words


def assert_alike(prices: Prices, params: StrategyParams, cuts: list[int]) -> RecordArray:
    """The decisions, once both forms agree."""
    states, out = stepped(prices, params)
    of_figures, figures = figured(prices, params, cuts)
    for name in columns.Columns._fields:
        assert getattr(figures, name).tobytes() == np.ascontiguousarray(out[name]).tobytes(), name
    for name in states["indicators"].dtype.names:
        assert of_figures["indicators"][name].tobytes() == states["indicators"][name].tobytes(), name
    of_words, words = decided(prices, params, cuts)
    for name, values in said(words).items():
        assert np.array_equal(values, out[name]), name
    assert of_words.tobytes() == states.tobytes()
    return out


THRESHOLDS = st.fixed_dictionaries(
    {
        "range_adx": st.floats(0.0, 30.0),
        "trend_adx": st.floats(30.0, 60.0),
        "range_r2": st.floats(0.0, 0.5),
        "trend_r2": st.floats(0.5, 0.9),
        "confirmation_bars": st.integers(1, 8),
        "entry_atr": st.floats(0.0, 1.0),
        "exit_atr": st.floats(0.0, 1.0),
        "rsi_oversold": st.floats(10.0, 50.0),
        "rsi_overbought": st.floats(50.0, 90.0),
        "neutral_entries": st.booleans(),
        "volume_ratio": st.floats(0.0, 2.0),
        "gap_limit": st.floats(0.0, 0.05),
    }
)


@st.composite
def parameters(draw: st.DrawFn) -> StrategyParams:
    """Periods of the allowed range, small ones most often, and thresholds around the figures."""
    period = st.one_of(st.integers(2, 30), st.integers(2, MAX_PERIOD))
    periods = {name: draw(period) for name in PERIODS}
    if draw(st.booleans()):
        periods["bollinger_period"] = periods["regression_period"]
    fast = draw(st.integers(1, 10))
    slow, width = draw(st.integers(max(fast, 2), 60)), draw(st.floats(0.1, 10.0))
    return StrategyParams(**periods, **draw(THRESHOLDS), kama_fast=fast, kama_slow=slow, bollinger_width=width)


@settings(max_examples=150)
@given(
    prices=price_series(shortest=1, longest=1_000),
    params=parameters(),
    cuts=st.lists(st.integers(1, 999), max_size=6),
    quiet=st.tuples(st.integers(0, 999), st.integers(0, 999)),
)
def test_figures_decisions_and_state_are_those_of_a_step_a_bar_however_the_bars_are_cut_into_calls(
    prices: Prices, params: StrategyParams, cuts: list[int], quiet: tuple[int, int]
) -> None:
    volume = prices.volume.copy()
    volume[min(quiet) : max(quiet)] = 0.0
    assert_alike(replace(prices, volume=volume), params, cuts)


@pytest.mark.parametrize("params", [SHORTEST, LONGEST, APART], ids=["shortest", "longest", "apart"])
@pytest.mark.parametrize("around", [-1, 0, 1])
def test_any_ends_of_calls_around_the_first_settled_bar_and_a_block_are_all_one(
    params: StrategyParams, around: int
) -> None:
    settled = params.decision_index + 1
    cuts = [settled + around, settled + BLOCK + around, settled + 2 * BLOCK + 2 * around]
    assert_alike(wandering(settled + 3 * BLOCK, seed=5), params, cuts)


def test_a_bar_a_call_is_all_one() -> None:
    assert_alike(wandering(400, seed=2), StrategyParams(), list(range(400)))


@pytest.mark.parametrize("bars", [4_000, 20_000])
@pytest.mark.parametrize("confirmation_bars", [1, 3])
def test_every_kind_of_entry_is_found_on_the_bar_where_a_step_a_bar_fires_it(confirmation_bars: int, bars: int) -> None:
    params = StrategyParams(confirmation_bars=confirmation_bars, rsi_oversold=45.0, rsi_overbought=55.0)
    out = assert_alike(wandering(bars, seed=3), replace(params, bollinger_width=0.5), [bars // 4])
    fired = out[out["entry"] != 0]
    assert len({(int(one["entry"]), int(one["entry_mode"])) for one in fired}) == 6


def test_prices_that_never_move_have_the_figures_of_a_step_a_bar() -> None:
    flat, nothing = np.full(700, 12.5), np.zeros(700)
    assert_alike(Prices(flat, flat, flat, flat, nothing), StrategyParams(), [300])


def test_a_state_that_is_not_there_and_columns_of_other_lengths_are_refused() -> None:
    params, prices = StrategyParams().to_record(), wandering(10, seed=1)
    given = columns.Prices(prices.open, prices.high, prices.low, prices.close, prices.volume)
    work, states = np.zeros(1, columns.WORK), new_states(1, params)
    for i, rows in ((1, 10), (-1, 10), (0, 9), (0, 11)):
        with pytest.raises(IndexError, match="no such state, or not as many rows"):
            columns.figure(states, i, 0, params, given, work, columns.Columns._make(np.zeros((12, rows))))
    for i, rows in ((1, 10), (-1, 10), (0, 9)):
        with pytest.raises(IndexError, match="no such state, or fewer words"):
            decisions.decide(states, i, params, given, work, np.zeros(rows, np.int64))
    assert states.tobytes() == new_states(1, params).tobytes()
