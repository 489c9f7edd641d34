"""Each noise rule at, just below and just above its threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from harness.compiled import compiled

from fluxherod.core import noise
from fluxherod.core.kernel import DECISION, default_params, new_states, step
from fluxherod.core.noise import spread_rule
from fluxherod.core.strategy.codes import RuleCode

PARAMS = default_params()
judge_bar, judge_time = compiled(noise.judge_bar), compiled(noise.judge_time)
illiquid_time = compiled(noise.illiquid_time)
UP, DOWN = math.inf, -math.inf
PASSED, FAILED, NOT_APPLICABLE = RuleCode.PASSED, RuleCode.FAILED, RuleCode.NOT_APPLICABLE


def judged(
    volume: float = 1_000.0,
    average: float = 1_000.0,
    gap: float = 0.0,
    minutes_to_close: int = 330,
    minutes_after_open: int = 60,
    intraday: bool = True,
) -> np.void:
    decision = np.zeros(1, DECISION)
    decision["volume"], decision["avg_volume"], decision["gap"] = volume, average, gap
    judge_bar(decision[0], PARAMS[0])
    judge_time(decision[0], PARAMS[0], minutes_to_close, minutes_after_open, intraday)
    result: np.void = decision[0]
    return result


@pytest.mark.parametrize(
    ("volume", "volume_ok", "breakout_ok"),
    [
        (500.0, FAILED, FAILED),
        (500.1, PASSED, FAILED),
        (1_500.0, PASSED, FAILED),
        (1_500.1, PASSED, PASSED),
        (0.0, FAILED, FAILED),
    ],
)
def test_volume_must_exceed_half_the_average_and_a_breakout_one_and_a_half(
    volume: float, volume_ok: RuleCode, breakout_ok: RuleCode
) -> None:
    decision = judged(volume=volume)
    assert (decision["volume_ok"], decision["breakout_volume_ok"]) == (volume_ok, breakout_ok)


def test_an_unknown_average_volume_fails() -> None:
    decision = judged(average=math.nan)
    assert (decision["volume_ok"], decision["breakout_volume_ok"]) == (FAILED, FAILED)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (0.02, FAILED),
        (-0.02, FAILED),
        (math.nextafter(0.02, DOWN), PASSED),
        (-math.nextafter(0.02, DOWN), PASSED),
        (math.nan, FAILED),
    ],
)
def test_a_gap_of_two_percent_or_an_unknown_one_fails(gap: float, expected: RuleCode) -> None:
    assert judged(gap=gap)["gap_ok"] == expected


@pytest.mark.parametrize(
    ("after_open", "to_close", "expected"),
    [(0, 390, PASSED), (-1, 391, FAILED), (374, 16, PASSED), (375, 15, FAILED), (390, 0, FAILED)],
)
def test_no_entry_before_the_open_or_in_the_last_fifteen_minutes(
    after_open: int, to_close: int, expected: RuleCode
) -> None:
    assert judged(minutes_after_open=after_open, minutes_to_close=to_close)["time_ok"] == expected
    assert judged(minutes_after_open=after_open, minutes_to_close=to_close, intraday=False)["time_ok"] == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("minute", "expected"),
    [(569, True), (570, False), (719, False), (720, True), (779, True), (780, False), (959, False), (960, True)],
)
def test_illiquid_is_before_the_open_at_midday_and_from_the_close(minute: int, expected: bool) -> None:
    assert illiquid_time(minute, PARAMS[0]) is expected
    out = np.zeros(1, DECISION)
    step(new_states(1, PARAMS), 0, PARAMS, 1.0, 1.0, 1.0, 1.0, 0.0, minute, 300, 30, True, out, 0)
    assert out["illiquid"][0] == expected


@pytest.mark.parametrize(
    ("spread", "sigma", "illiquid", "expected"),
    [
        (0.05, 1.0, False, PASSED),
        (math.nextafter(0.05, UP), 1.0, False, FAILED),
        (0.025, 1.0, True, PASSED),
        (math.nextafter(0.025, UP), 1.0, True, FAILED),
        (0.0, 1.0, False, PASSED),
        (0.05, 2.0, True, PASSED),
        (-0.01, 1.0, False, FAILED),
        (0.0, 0.0, False, FAILED),
        (math.nan, 1.0, False, FAILED),
        (0.01, math.nan, False, FAILED),
    ],
)
def test_the_spread_may_be_five_percent_of_sigma_or_half_of_that_in_illiquid_time(
    spread: float, sigma: float, illiquid: bool, expected: RuleCode
) -> None:
    assert spread_rule(spread, sigma, illiquid, PARAMS) == expected
