"""Each rule at, one float below and one float above its threshold, through the kernel itself.

Indicators don't depend on thresholds. So a test takes the number that the kernel computed on a bar and sets the
threshold to it, to the next float below and to the next above.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from harness import steps
from harness.prices import Prices, wandering

from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import BAR, DECISION, StrategyParams, new_states, step, step_many
from fluxherod.core.noise import spread_rule
from fluxherod.core.strategy.codes import RuleCode, Trigger, VolatilityState
from fluxherod.core.types import Regime

UP, DOWN = math.inf, -math.inf
DEFAULTS = StrategyParams()
NEVER_CLASSED = StrategyParams(trend_adx=100.0, trend_r2=1.0, range_adx=0.0, range_r2=0.0)
PASSED, FAILED, NOT_APPLICABLE = RuleCode.PASSED, RuleCode.FAILED, RuleCode.NOT_APPLICABLE


def decided(bars: RecordArray, params: StrategyParams = DEFAULTS, intraday: bool = True) -> np.void:
    """The decision of the last bar."""
    record, out = params.to_record(), np.zeros(bars.size, DECISION)
    states = new_states(1, record)
    step_many(states, np.zeros(bars.size - 1, np.int64), record, bars[:-1], intraday, out)
    opening, high, low, close, volume, minute, to_close, after_open = bars[-1].item()
    step(states, 0, record, opening, high, low, close, volume, minute, to_close, after_open, intraday, out, 0)
    last: np.void = out[0]
    return last


def bars_of(closes: list[float], volume: float = 1_000.0) -> RecordArray:
    """Bars that reach half a dollar beyond open and close."""
    close = np.array(closes)
    opening = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(opening, close) + 0.5, np.minimum(opening, close) - 0.5
    return Prices(opening, high, low, close, np.full(close.size, volume)).bars()


RISING = bars_of([100.0 + 0.3 * number + number % 3 for number in range(90)])
FALLING = bars_of([200.0 - 0.3 * number - number % 3 for number in range(90)])
SWINGING = [99.0, 101.0] * 40
DROPPED = bars_of([*SWINGING, 98.5, 97.0])
JUMPED = bars_of([*SWINGING, 101.5, 103.0])


def sides(value: float) -> tuple[float, float, float]:
    """The float below, the value, the float above."""
    return math.nextafter(value, DOWN), value, math.nextafter(value, UP)


# --- the regime ---------------------------------------------------------------------------------------
def raw(**thresholds: float) -> int:
    return int(decided(RISING, replace(NEVER_CLASSED, **thresholds))["raw_regime"])


def test_strong_trend_needs_adx_and_r2_each_above_its_threshold() -> None:
    bar = decided(RISING)
    for threshold, expected in zip(sides(float(bar["adx"])), (2, 1, 1), strict=True):
        assert raw(trend_adx=threshold, trend_r2=0.0) == expected
    for threshold, expected in zip(sides(float(bar["r2"])), (2, 1, 1), strict=True):
        assert raw(trend_adx=0.0, trend_r2=threshold) == expected


def test_mean_reversion_needs_adx_and_r2_each_below_its_threshold() -> None:
    bar = decided(RISING)
    for threshold, expected in zip(sides(float(bar["adx"])), (1, 1, 0), strict=True):
        assert raw(range_adx=threshold, range_r2=1.0) == expected
    for threshold, expected in zip(sides(float(bar["r2"])), (1, 1, 0), strict=True):
        assert raw(range_adx=100.0, range_r2=threshold) == expected


@pytest.mark.parametrize(("needed", "confirmed_at"), [(1, 27), (2, 28), (3, 29), (4, 30)])
def test_the_regime_is_confirmed_on_the_nth_bar_of_its_class_and_not_on_the_one_before(
    needed: int, confirmed_at: int
) -> None:
    params = replace(DEFAULTS, trend_adx=0.0, trend_r2=0.0, range_adx=0.0, range_r2=0.0, confirmation_bars=needed)
    out = steps.decided(RISING[:40], params.to_record())
    assert out["raw_regime"].tolist() == [1] * 27 + [2] * 13  # ADX is known from index 27 on
    assert out["regime"].tolist() == [1] * confirmed_at + [2] * (40 - confirmed_at)
    assert np.flatnonzero(out["regime_changed"]).tolist() == [confirmed_at]
    assert out["regime_run"][25:31].tolist() == [0, 0, 1, 2, 3, 4]


def exact_factor(product: float, base: float) -> float | None:
    """A factor with factor x base == product in floating point, if there is one."""
    guess = product / base
    return next((one for one in (guess, *sides(guess)) if one * base == product), None)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("high_volatility", (VolatilityState.HIGH, VolatilityState.NORMAL, VolatilityState.NORMAL)),
        ("low_volatility", (VolatilityState.NORMAL, VolatilityState.NORMAL, VolatilityState.LOW)),
    ],
)
def test_volatility_is_high_or_low_only_beyond_its_threshold(
    name: str, states: tuple[VolatilityState, VolatilityState, VolatilityState]
) -> None:
    wide = replace(DEFAULTS, low_volatility=0.0, high_volatility=1_000.0)
    tape, found = wandering(200, seed=4).bars(), 0
    for end in range(70, 200, 10):
        bar = decided(tape[:end])
        factor = exact_factor(float(bar["atr"]), float(bar["atr_avg50"]))
        if factor is None:
            continue
        found += 1
        for threshold, state in zip((factor - 1e-12, factor, factor + 1e-12), states, strict=True):
            assert decided(tape[:end], replace(wide, **{name: threshold}))["volatility_state"] == state
    assert found


def test_volatility_is_normal_until_its_average_is_valid() -> None:
    always = StrategyParams(low_volatility=0.0, high_volatility=0.0)
    assert decided(RISING[:63], always)["volatility_state"] == VolatilityState.NORMAL
    assert decided(RISING[:64], always)["volatility_state"] == VolatilityState.HIGH


# --- trend --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "name", "tape", "direction"),
    [
        ("trend_long", "entry_atr", RISING, 1),
        ("trend_short", "entry_atr", FALLING, -1),
        ("exit_trend_short", "exit_atr", RISING, 1),
        ("exit_trend_long", "exit_atr", FALLING, -1),
    ],
)
def test_a_trend_rule_stands_only_beyond_its_distance_from_kama(
    rule: str, name: str, tape: RecordArray, direction: int
) -> None:
    bar = decided(tape)
    close, kama, atr = (float(bar[field]) for field in ("close", "kama", "atr"))
    for ulps, expected in ((-1, True), (0, False), (1, False)):
        threshold = math.nextafter(close, ulps * direction * math.inf) if ulps else close
        factor = direction * (threshold - kama) / atr
        assert kama + direction * (factor * atr) == threshold
        assert decided(tape, replace(DEFAULTS, **{name: factor}))[rule] == expected


def test_the_distances_of_trend_entry_and_exit_are_their_own() -> None:
    bar = decided(RISING)
    distance = (float(bar["close"]) - float(bar["kama"])) / float(bar["atr"])
    far, near = distance + 0.1, distance - 0.1
    entering = decided(RISING, replace(DEFAULTS, entry_atr=near, exit_atr=far))
    assert (entering["trend_long"], entering["exit_trend_short"]) == (True, False)
    leaving = decided(RISING, replace(DEFAULTS, entry_atr=far, exit_atr=near))
    assert (leaving["trend_long"], leaving["exit_trend_short"]) == (False, True)


# --- mean reversion -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "name", "tape", "expected"),
    [
        ("mr_long", "rsi_oversold", DROPPED, (False, False, True)),
        ("mr_short", "rsi_overbought", JUMPED, (True, False, False)),
        ("exit_mr_long", "rsi_overbought", DROPPED, (True, False, False)),  # the close is below the average
        ("exit_mr_short", "rsi_oversold", JUMPED, (False, False, True)),  # the close is above it
    ],
)
def test_rsi_counts_only_beyond_its_threshold(
    rule: str, name: str, tape: RecordArray, expected: tuple[bool, bool, bool]
) -> None:
    other = {"rsi_oversold": 0.0, "rsi_overbought": 100.0}
    wide = replace(DEFAULTS, bollinger_width=0.5, **other)
    value = float(decided(tape, wide)["rsi"])
    for threshold, stands in zip(sides(value), expected, strict=True):
        assert decided(tape, replace(wide, **{name: threshold}))[rule] == stands


@pytest.mark.parametrize(
    ("rule", "side", "tape", "thresholds"),
    [
        ("mr_long", -1, DROPPED, {"rsi_oversold": 100.0, "rsi_overbought": 100.0}),
        ("mr_short", 1, JUMPED, {"rsi_oversold": 0.0, "rsi_overbought": 0.0}),
    ],
)
def test_a_close_on_its_band_is_at_the_extreme_and_one_inside_is_not(
    rule: str, side: int, tape: RecordArray, thresholds: dict[str, float]
) -> None:
    bar = decided(tape)
    close, middle, sigma = (float(bar[field]) for field in ("close", "bb_middle", "close_sigma"))
    for ulps, expected in ((-1, True), (0, True), (1, False)):
        band = math.nextafter(close, ulps * side * math.inf) if ulps else close
        width = side * (band - middle) / sigma
        judged = decided(tape, replace(DEFAULTS, bollinger_width=width, **thresholds))
        assert judged["bb_upper" if side > 0 else "bb_lower"] == band
        assert judged[rule] == expected


@pytest.mark.parametrize(
    ("close", "expected"),
    [
        (math.nextafter(100.0, DOWN), (False, True)),
        (100.0, (True, True)),
        (math.nextafter(100.0, UP), (True, False)),
    ],
)
def test_mean_reversion_ends_at_the_average_of_that_bar(close: float, expected: tuple[bool, bool]) -> None:
    bar = decided(bars_of([*SWINGING, 100.0, *[99.0, 101.0] * 9, close]))
    assert bar["sma"] == 100.0
    assert 30.0 < bar["rsi"] < 70.0
    assert (bar["exit_mr_long"], bar["exit_mr_short"]) == expected


# --- neutral ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tape", "side", "name", "expected"),
    [
        (bars_of([*SWINGING, 103.0]), 1, "rsi_overbought", (0, 1, 1)),
        (bars_of([*SWINGING, 96.0]), -1, "rsi_oversold", (-1, -1, 0)),
    ],
)
def test_a_neutral_entry_needs_that_mean_reversion_does_not_oppose(
    tape: RecordArray, side: int, name: str, expected: tuple[int, int, int]
) -> None:
    neutral = replace(NEVER_CLASSED, rsi_oversold=0.0, rsi_overbought=100.0)
    bar = decided(tape, neutral)
    assert (bar["entry"], bar["entry_mode"], bar["trigger"]) == (side, Regime.NEUTRAL, Trigger.CROSSOVER)
    for threshold, entry in zip(sides(float(bar["rsi"])), expected, strict=True):
        assert decided(tape, replace(neutral, **{name: threshold}))["entry"] == entry
    assert decided(tape, replace(neutral, neutral_entries=False))["entry"] == 0


# --- noise --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "volume", "volume_ok", "breakout_ok"),
    [
        (39.0, 18.0, FAILED, FAILED),
        (39.0, 19.0, FAILED, FAILED),  # the average is 38, with this bar
        (39.0, 20.0, PASSED, FAILED),
        (37.0, 56.0, PASSED, FAILED),
        (37.0, 57.0, PASSED, FAILED),  # 38 again
        (37.0, 58.0, PASSED, PASSED),
    ],
)
def test_volume_must_exceed_half_the_average_and_a_breakout_one_and_a_half_with_this_bar_in_it(
    before: float, volume: float, volume_ok: RuleCode, breakout_ok: RuleCode
) -> None:
    bars = bars_of(SWINGING, volume=before)
    bars["volume"][-1] = volume
    bar = decided(bars)
    assert (bar["volume_ok"], bar["breakout_volume_ok"]) == (volume_ok, breakout_ok)


@pytest.mark.parametrize(
    ("opening", "verdict"),
    [
        (102.0, FAILED),
        (math.nextafter(102.0, DOWN), PASSED),
        (math.nextafter(102.0, UP), FAILED),
        (98.0, FAILED),
        (math.nextafter(98.0, UP), PASSED),
        (math.nextafter(98.0, DOWN), FAILED),
        (100.0, PASSED),
    ],
)
def test_a_gap_of_two_percent_of_the_previous_close_fails(opening: float, verdict: RuleCode) -> None:
    bars = bars_of([*SWINGING, 100.0, 100.0])
    bars["open"][-1], bars["high"][-1], bars["low"][-1] = opening, 103.0, 97.0
    assert decided(bars)["gap_ok"] == verdict


def test_the_gap_of_the_first_bar_is_unknown_and_fails() -> None:
    first = decided(bars_of([100.0]))
    assert np.isnan(first["gap"])
    assert first["gap_ok"] == FAILED


def at_minute(minute: int, close_minute: int = 960, intraday: bool = True) -> np.void:
    """A bar decided at a New York minute, in a session from 09:30 to `close_minute`."""
    bars = bars_of([100.0, 101.0])
    bars["minute_of_day"], bars["minutes_to_close"] = minute, close_minute - minute
    bars["minutes_after_open"] = minute - 570
    return decided(bars, intraday=intraday)


@pytest.mark.parametrize("close_minute", [780, 960])
def test_no_entry_before_the_open_or_from_fifteen_minutes_before_the_real_close_on(close_minute: int) -> None:
    verdicts = {minute: at_minute(minute, close_minute)["time_ok"] for minute in range(560, close_minute + 1)}
    assert {minute for minute, verdict in verdicts.items() if verdict == PASSED} == set(range(570, close_minute - 15))
    assert set(verdicts.values()) == {PASSED, FAILED}
    assert at_minute(close_minute, close_minute, intraday=False)["time_ok"] == NOT_APPLICABLE


def test_illiquid_time_is_before_the_open_from_twelve_to_one_and_from_four() -> None:
    illiquid = {minute for minute in range(1440) if at_minute(minute)["illiquid"]}
    assert illiquid == {*range(570), *range(720, 780), *range(960, 1440)}


@pytest.mark.parametrize(("minute", "limit"), [(719, 0.05), (720, 0.025), (779, 0.025), (780, 0.05)])
def test_the_spread_may_be_its_share_of_the_sigma_of_twenty_closes_and_no_more(minute: int, limit: float) -> None:
    bars = bars_of(SWINGING)
    bars["minute_of_day"] = minute
    bar, record = decided(bars), DEFAULTS.to_record()
    assert bar["close_sigma"] == 1.0
    for spread, verdict in zip(sides(limit), (PASSED, PASSED, FAILED), strict=True):
        assert spread_rule(spread, float(bar["close_sigma"]), bool(bar["illiquid"]), record) == verdict


# --- the first decision -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("params", "first"),
    [
        (DEFAULTS, 63),
        (StrategyParams(atr_average_period=10), 27),
        (StrategyParams(atr_average_period=10, adx_period=16), 31),
        (StrategyParams(kama_period=71), 71),
        (StrategyParams(rsi_period=70), 70),
        (StrategyParams(regression_period=75), 74),
        (StrategyParams(bollinger_period=75), 74),
        (StrategyParams(volume_period=75), 74),
        (StrategyParams(ema_period=75), 74),
        (StrategyParams(atr_period=15), 64),
    ],
)
def test_the_first_decision_is_on_the_first_bar_where_every_number_is_valid(params: StrategyParams, first: int) -> None:
    bars = wandering(90, seed=2).bars()
    out = steps.decided(bars, params.to_record())
    assert bars.dtype == BAR
    assert params.decision_index == first
    assert np.flatnonzero(out["valid"]).tolist() == list(range(first, 90))
    numbers = [name for name in DECISION.names or () if DECISION[name].kind == "f"]
    known = np.all([np.isfinite(out[name]) for name in numbers], axis=0)
    assert np.flatnonzero(known)[0] == first


def test_the_bar_of_the_first_decision_sets_the_edge_memory_and_never_fires() -> None:
    standing = replace(NEVER_CLASSED, entry_atr=0.0, atr_average_period=10)
    for end, tape in ((28, RISING), (29, RISING)):
        bar = decided(tape[:end], standing)
        assert bar["valid"]
        assert bar["trend_long"]
        assert bar["entry"] == 0
    late = bars_of([*([99.0, 101.0] * 14), 103.0])
    assert decided(late, replace(standing, entry_atr=0.5))["entry"] == 1
