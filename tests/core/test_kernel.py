"""The fused kernel: one step for stream and burst, its first decision, and its state as a snapshot."""

from __future__ import annotations

import numpy as np
import pytest
from harness.steps import decided, step_through
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core import kernel
from fluxherod.core.indicators.averages import efficiency_ratio, ema, kama
from fluxherod.core.indicators.moments import bollinger_bands, linear_regression_slope, population_sigma, r_squared
from fluxherod.core.indicators.wilder import adx, atr, rsi
from fluxherod.core.indicators.windows import average_volume, sma
from fluxherod.core.jit import SOURCES_DIGEST, RecordArray
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
from fluxherod.core.types import Regime

PARAMS = default_params()


def random_bars(count: int, seed: int) -> RecordArray:
    """Bars that wander, trend and rest, so that every regime and every entry occurs."""
    rng = np.random.default_rng(seed)
    phases = rng.choice([-0.004, 0.0, 0.0, 0.004], count // 40 + 1).repeat(40)[:count]
    noise = rng.normal(0.0, 1.0, count) * rng.choice([0.001, 0.004], count // 40 + 1).repeat(40)[:count]
    bars = np.zeros(count, BAR)
    close = 100.0 * np.exp(np.cumsum(phases + noise))
    opening = np.concatenate([close[:1], close[:-1]]) * (1 + 0.003 * rng.normal(size=count))
    bars["open"], bars["close"] = opening, close
    bars["high"] = np.maximum(opening, close) * (1 + 0.002 * rng.random(count))
    bars["low"] = np.minimum(opening, close) * (1 - 0.002 * rng.random(count))
    bars["volume"] = rng.integers(0, 10_000, count)
    bars["minute_of_day"] = rng.integers(500, 1_000, count)
    bars["minutes_to_close"] = 960 - bars["minute_of_day"]
    bars["minutes_after_open"] = bars["minute_of_day"] - 570
    return bars


def burst(bars: RecordArray, params: RecordArray = PARAMS) -> tuple[RecordArray, RecordArray]:
    states = new_states(1, params)
    out = step_through(states, params, bars)
    return states, out


def stream(bars: RecordArray, params: RecordArray = PARAMS) -> tuple[RecordArray, RecordArray]:
    states, out = new_states(1, params), np.zeros(bars.size, DECISION)
    for j, bar in enumerate(bars):
        opening, high, low, close, volume, minute, to_close, after_open = bar.item()
        step(states, 0, params, opening, high, low, close, volume, minute, to_close, after_open, True, out, j)
    return states, out


@settings(max_examples=10)
@given(seed=st.integers(0, 1_000), cut=st.integers(1, 399))
def test_burst_stream_and_any_cut_into_pieces_agree_bit_for_bit(seed: int, cut: int) -> None:
    bars = random_bars(400, seed)
    states, out = burst(bars)
    streamed_states, streamed = stream(bars)
    assert streamed.tobytes() == out.tobytes()
    assert streamed_states.tobytes() == states.tobytes()

    pieces = new_states(1, PARAMS)
    in_pieces = [step_through(pieces, PARAMS, part).tobytes() for part in (bars[:cut], bars[cut:])]
    assert b"".join(in_pieces) == out.tobytes()
    assert pieces.tobytes() == states.tobytes()


LONGEST = [name for name in StrategyParams.__dataclass_fields__ if name.endswith("_period")]


@pytest.mark.parametrize("longest", LONGEST)
def test_burst_and_stream_agree_bit_for_bit_whichever_indicator_is_the_last_to_have_its_seed(longest: str) -> None:
    params = StrategyParams(**{name: 100 if name == longest else 5 for name in LONGEST}).to_record()
    bars = random_bars(260, 7)
    states, out = burst(bars, params)
    streamed_states, streamed = stream(bars, params)
    assert out.tobytes() == streamed.tobytes()
    assert states.tobytes() == streamed_states.tobytes()


@pytest.mark.parametrize("prefix", [1, 19, 20, 63, 64, 65, 211])
def test_no_decision_depends_on_a_later_bar(prefix: int) -> None:
    bars = random_bars(300, 5)
    assert decided(bars[:prefix], PARAMS).tobytes() == decided(bars, PARAMS)[:prefix].tobytes()


@pytest.mark.parametrize(
    "params", [StrategyParams(), StrategyParams(bollinger_period=33, regression_period=10, kama_period=128)]
)
def test_the_kernels_indicators_are_the_batch_indicators_bit_for_bit(params: StrategyParams) -> None:
    bars = random_bars(600, 2)
    out = decided(bars, params.to_record())
    high, low, close = (np.ascontiguousarray(bars[name]) for name in ("high", "low", "close"))
    volume = np.ascontiguousarray(bars["volume"])
    upper, middle, lower = bollinger_bands(close, params.bollinger_period, 2.0)
    adx_, plus, minus = adx(high, low, close, 14)
    expected = {
        "sma": middle,
        "ema": ema(close, 20),
        "kama": kama(close, params.kama_period),
        "kama_er": efficiency_ratio(close, params.kama_period),
        "rsi": rsi(close, 14),
        "atr": atr(high, low, close, 14),
        "adx": adx_,
        "plus_di": plus,
        "minus_di": minus,
        "bb_upper": upper,
        "bb_middle": middle,
        "bb_lower": lower,
        "close_sigma": population_sigma(close, params.bollinger_period),
        "slope": linear_regression_slope(close, params.regression_period),
        "r2": r_squared(close, params.regression_period),
        "avg_volume": average_volume(volume, 20),
        "gap": np.concatenate([[np.nan], (bars["open"][1:] - close[:-1]) / close[:-1]]),
    }
    for name, values in expected.items():
        np.testing.assert_array_equal(out[name], values, err_msg=name)
    np.testing.assert_allclose(middle, sma(close, params.bollinger_period), rtol=1e-14)
    ranges = expected["atr"]
    average = np.array([ranges[k - 49 : k + 1].mean() if k >= 63 else np.nan for k in range(600)])
    np.testing.assert_allclose(out["atr_avg50"], average, rtol=1e-12)
    np.testing.assert_array_equal(out["previous_close"][1:], close[:-1])


def test_every_indicator_is_valid_on_the_first_deciding_bar_and_one_is_not_before() -> None:
    out = decided(random_bars(80, 1), PARAMS)
    numbers = [name for name in DECISION.names or () if DECISION[name].kind == "f"]
    assert np.flatnonzero(out["valid"])[0] == 63
    assert all(np.isfinite(out[name][63:]).all() for name in numbers)
    assert [name for name in numbers if np.isnan(out[name][62])] == ["atr_avg50"]


def standing(row: np.void) -> tuple[int, bool, bool]:
    """Mode, long and short entry condition of a bar, by the words of the specification."""
    if row["regime"] == Regime.STRONG_TREND:
        return 2, bool(row["trend_long"]), bool(row["trend_short"])
    if row["regime"] == Regime.MEAN_REVERSION:
        return 0, bool(row["mr_long"]), bool(row["mr_short"])
    return 1, row["trend_long"] and not row["mr_short"], row["trend_short"] and not row["mr_long"]


RULES = ("trend_long", "trend_short", "mr_long", "mr_short", "exit_trend_long", "exit_mr_long")


def test_nothing_stands_or_fires_before_the_first_deciding_bar_which_only_remembers() -> None:
    remembered = 0
    for seed in range(60):
        out = decided(random_bars(65, seed), PARAMS)
        assert not any(out[name][:63].any() for name in RULES)
        assert not out["entry"][:64].any()
        _, long, short = standing(out[63])
        if (long or short) and standing(out[64]) == standing(out[63]):
            remembered += 1
            assert out["entry"][64] == 0
    assert remembered > 10


def test_regime_rules_and_edges_follow_from_the_indicators_as_the_text_says() -> None:
    out = decided(random_bars(4_000, 8), PARAMS)
    raw = np.ones(out.size, int)
    raw[(out["adx"] > 25) & (out["r2"] > 0.6)] = 2
    raw[(out["adx"] < 20) & (out["r2"] < 0.4)] = 0
    np.testing.assert_array_equal(out["raw_regime"], raw)
    regime, fired = 1, 0
    for k in range(27, out.size):
        if k >= 29 and raw[k] == raw[k - 1] == raw[k - 2]:
            regime = raw[k]
        assert out["regime"][k] == regime
        if k <= 63:
            continue
        row, before = out[k], out[k - 1]
        assert row["trend_long"] == (row["close"] > row["kama"] + 0.5 * row["atr"])
        assert row["mr_short"] == (row["rsi"] > 70 and row["close"] >= row["bb_upper"])
        mode, long, short = standing(row)
        mode_before, long_before, short_before = standing(before)
        same = mode == mode_before
        entry = 1 if long and not (same and long_before) else -1 if short and not (same and short_before) else 0
        assert (row["entry"], row["entry_mode"]) == (entry, mode if entry else -1)
        fired += entry != 0
    assert fired > 100
    assert {(int(row["entry"]), int(row["entry_mode"])) for row in out if row["entry"]} == {
        (side, mode) for side in (1, -1) for mode in (0, 1, 2)
    }


def test_symbols_do_not_touch_each_other() -> None:
    first, second = random_bars(200, 1), random_bars(200, 2)
    states, out = new_states(3, PARAMS), [b"", b""]
    for k in range(200):
        out[0] += step_through(states, PARAMS, first[k : k + 1]).tobytes()
        out[1] += step_through(states, PARAMS, second[k : k + 1], 2).tobytes()
    assert out == [decided(first, PARAMS).tobytes(), decided(second, PARAMS).tobytes()]
    assert states[1:2].tobytes() == new_states(1, PARAMS).tobytes()


def test_a_burst_of_many_symbols_is_each_of_them_stepped_and_a_repeated_row_takes_its_bars_in_order() -> None:
    tapes = [random_bars(90, seed) for seed in range(3)]
    rows = np.tile(np.array([2, 0, 3, 2]), 45)  # symbol 2 has two bars in each round, symbol 1 none
    bars, taken = np.zeros(rows.size, BAR), [0, 0, 0]
    tape_of = {2: 0, 0: 1, 3: 2}
    for k, row in enumerate(rows):
        tape = tape_of[int(row)]
        bars[k] = tapes[tape][taken[tape] % 90]
        taken[tape] += 1
    states, out = new_states(4, PARAMS), np.zeros(rows.size, DECISION)
    step_many(states, rows, PARAMS, bars, True, out)
    for row in tape_of:
        alone, decisions = burst(bars[rows == row])
        own = b"".join(out[k : k + 1].tobytes() for k in np.flatnonzero(rows == row))
        assert own == decisions.tobytes()
        assert states[row : row + 1].tobytes() == alone.tobytes()
    assert states[1:2].tobytes() == new_states(1, PARAMS).tobytes()


@pytest.mark.parametrize("rows", [[0, 1, 2], [0, -1, 1], [0, 1], [0, 1, 0, 1]])
def test_a_burst_with_a_row_out_of_range_or_of_another_length_raises_and_changes_nothing(rows: list[int]) -> None:
    states, out = new_states(2, PARAMS), np.zeros(3, DECISION)
    with pytest.raises(IndexError):
        step_many(states, np.array(rows), PARAMS, random_bars(3, 1), True, out)
    with pytest.raises(IndexError):
        step_many(states, np.array([0, 1, 0]), PARAMS, random_bars(3, 1), True, out[:2])
    assert states.tobytes() == new_states(2, PARAMS).tobytes()
    assert out.tobytes() == np.zeros(3, DECISION).tobytes()


def test_a_burst_of_nothing_does_nothing() -> None:
    states = new_states(1, PARAMS)
    step_many(states, np.zeros(0, np.int64), PARAMS, np.zeros(0, BAR), True, np.zeros(0, DECISION))
    assert states.tobytes() == new_states(1, PARAMS).tobytes()


def test_a_saved_state_goes_on_exactly_where_it_was() -> None:
    bars = random_bars(300, 4)
    states, _ = burst(bars[:150])
    out = step_through(load_states(save_states(states)), PARAMS, bars[150:])
    assert out.tobytes() == decided(bars, PARAMS)[150:].tobytes()


def test_a_state_of_another_kernel_version_or_size_is_refused() -> None:
    content = save_states(new_states(2, PARAMS))
    with pytest.raises(ValueError, match=f"version {kernel.KERNEL_VERSION + 1}: allowed is {kernel.KERNEL_VERSION}"):
        load_states((kernel.KERNEL_VERSION + 1).to_bytes(4, "little") + content[4:])
    with pytest.raises(ValueError, match="bytes: allowed is"):
        load_states(content[:-1])
    with pytest.raises(ValueError, match="version"):
        load_states(b"")


def test_an_index_out_of_range_raises_and_changes_nothing() -> None:
    states, out = new_states(1, PARAMS), np.zeros(2, DECISION)
    with pytest.raises(IndexError):
        step(states, 1, PARAMS, 1.0, 1.0, 1.0, 1.0, 1.0, 600, 300, 30, True, out, 0)
    with pytest.raises(IndexError):
        step(states, 0, PARAMS, 1.0, 1.0, 1.0, 1.0, 1.0, 600, 300, 30, True, out, 2)
    with pytest.raises(IndexError):
        step(states, -1, PARAMS, 1.0, 1.0, 1.0, 1.0, 1.0, 600, 300, 30, True, out, 0)
    assert states.tobytes() == new_states(1, PARAMS).tobytes()


def test_after_the_warm_up_integers_are_converted_and_nothing_is_compiled_again() -> None:
    kernel.warm_up()
    compiled = len(step.signatures)  # type: ignore[attr-defined]
    exact, converted = np.zeros(1, DECISION), np.zeros(1, DECISION)
    step(new_states(1, PARAMS), 0, PARAMS, 10.0, 11.0, 9.0, 10.0, 500.0, 600, 360, 30, True, exact, 0)
    step(new_states(1, PARAMS), 0, PARAMS, 10, 11, 9, 10, 500, 600, 360, 30, True, converted, 0)
    assert converted.tobytes() == exact.tobytes()
    assert len(step.signatures) == compiled  # type: ignore[attr-defined]


def test_machine_code_is_cached_under_a_digest_of_every_core_source() -> None:
    assert step._cache._cache_file._source_stamp == SOURCES_DIGEST  # type: ignore[attr-defined]
    assert len(SOURCES_DIGEST) == 64


def test_params_of_another_shape_or_type_are_refused() -> None:
    with pytest.raises(ValueError, match="allowed is PARAMS of shape"):
        new_states(1, np.concatenate([PARAMS, PARAMS]))
    with pytest.raises(ValueError, match="allowed is PARAMS of shape"):
        new_states(1, np.zeros(1, BAR))
