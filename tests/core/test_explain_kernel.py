"""What rules say of themselves, proven by the kernel: what kept an entry, and where a verdict turns."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from harness.decisions import PARAMS, PASSED, REVERTING, decision, decisions, moved, rules, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core import explain
from fluxherod.core.jit import RecordArray, kernel
from fluxherod.core.kernel import DECISION
from fluxherod.core.noise import spread_rule
from fluxherod.core.signals import SessionTime
from fluxherod.core.strategy.codes import RuleCode
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.strategy.rules import mean_reversion_rules, trend_rules
from fluxherod.core.types import Mode, Regime, Verdict


@kernel
def price_rules(decisions: RecordArray, params: RecordArray) -> None:
    trend_rules(decisions[0], params[0])
    mean_reversion_rules(decisions[0], params[0])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_no_rule_of_an_entry_that_fired_has_failed_but_for_the_noise_filters(seed: int) -> None:
    for one in decisions(walk(seed)):
        if one["entry"]:
            found = explain.entry_rules(one, PARAMS, int(one["entry"]), 0.01, PASSED)
            failed = {rule.name for rule in found if rule.verdict is Verdict.FAILED}
            assert failed <= {"volume", "time", "gap", "spread"}


@pytest.mark.parametrize("neutral_entries", [True, False])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_every_side_of_every_decided_bar_without_an_entry_has_a_rule_that_kept_it(
    neutral_entries: bool, seed: int
) -> None:
    params = StrategyParams(neutral_entries=neutral_entries)
    for one in decisions(walk(seed), params)[params.decision_index :]:
        for side in (1, -1):
            found = explain.entry_rules(one, params, side, 0.01, PASSED)
            failed = [rule for rule in found if rule.verdict is Verdict.FAILED and rule.name not in ("volume", "gap")]
            if not failed:
                assert explain.stands(one, params, side)
            assert all(explain.change_needed(rule) for rule in failed)


@pytest.mark.parametrize("side", [1, -1])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_both_exits_of_mean_reversion_are_shown_and_one_has_passed_exactly_when_the_kernel_exits(
    side: int, seed: int
) -> None:
    for one in decisions(walk(seed)):
        found = explain.exit_rules(one, PARAMS, Mode.MEAN_REVERSION, side)
        assert {rule.name for rule in found} == {"price_back_at_average", "rsi_at_other_extreme"}
        exits = bool(one["exit_mr_long" if side > 0 else "exit_mr_short"])
        assert (found[0].verdict is Verdict.PASSED) is exits
        assert any(rule.verdict is Verdict.PASSED for rule in found) is exits


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize("side", [1, -1])
@given(seed=st.integers(0, 10_000))
def test_the_rules_of_an_entry_all_pass_exactly_when_the_kernel_says_that_it_stands(
    regime: Regime, side: int, seed: int
) -> None:
    """Regime and price rules, without the noise filter's; a confirmed regime may outlast its own thresholds."""
    random = np.random.default_rng(seed)
    close = 100.0 + random.normal(0, 1)
    record = decision(
        regime=regime, close=close, kama=100.0, atr=1.0, sma=100.0, bb_upper=101.0, bb_lower=99.0,
        rsi=float(random.uniform(20, 80)),
    )  # fmt: skip
    wanted = np.zeros(1, DECISION)
    wanted[0] = record
    params = PARAMS.to_record()
    price_rules(wanted, params)
    found = explain.entry_rules(wanted[0], PARAMS, side, 0.01, PASSED)
    price = [r for r in found if r.name.startswith(("price", "rsi", "mean_reversion"))]
    assert price
    assert all(r.verdict is Verdict.PASSED for r in price) is explain.stands(wanted[0], PARAMS, side)


# One price rule alone decides with these: RSI is below 100, and above 0.
ANY_LOW, ANY_HIGH = (StrategyParams(rsi_oversold=limit, rsi_overbought=limit) for limit in (100.0, 0.0))


@pytest.mark.parametrize(
    ("name", "flag", "params", "side"),
    [
        ("price_at_lower_band", "mr_long", ANY_LOW, 1),
        ("price_at_upper_band", "mr_short", ANY_HIGH, -1),
        ("price_back_at_average", "exit_mr_long", ANY_LOW, 1),
        ("price_back_at_average", "exit_mr_short", ANY_HIGH, -1),
    ],
)
@given(seed=st.integers(0, 10_000), period=st.integers(6, 40))
@settings(max_examples=40, deadline=None)
def test_a_close_just_beyond_where_its_rule_flips_turns_the_kernels_verdict(
    name: str, flag: str, params: StrategyParams, side: int, seed: int, period: int
) -> None:
    """The band and the average contain the close, so they move with it."""
    params, bars = replace(params, bollinger_period=period), walk(seed, 80)
    last = decisions(bars, params)[-1]
    found = (
        *explain.entry_rules(last, params, side, 0.01, PASSED, Regime.MEAN_REVERSION),
        *explain.exit_rules(last, params, Mode.MEAN_REVERSION, side),
    )
    (rule,) = [rule for rule in found if rule.name == name]
    assert rule.flips_at is not None
    step = 1e-7 if rule.comparison == ">=" else -1e-7
    assert moved(bars, params, close=rule.flips_at + step)[flag]
    assert not moved(bars, params, close=rule.flips_at - step)[flag]
    assert bool(last[flag]) is (rule.verdict is Verdict.PASSED)


@pytest.mark.parametrize("width", [2.0, 3.0])
def test_where_a_band_widens_faster_than_the_close_moves_no_close_would_do(width: float) -> None:
    params = replace(ANY_LOW, bollinger_period=5, bollinger_width=width)
    bars = walk(7, 80)
    last = decisions(bars, params)[-1]
    rule = explain.entry_rules(last, params, 1, 0.01, PASSED, Regime.MEAN_REVERSION)[4]
    assert (rule.name, rule.flips_at) == ("price_at_lower_band", -math.inf)
    assert explain.change_needed(rule).startswith("no value of the close would do: ")
    assert not any(moved(bars, params, close=close)["mr_long"] for close in (99.0, 50.0, 1.0))


@pytest.mark.parametrize("up", [True, False])
def test_an_open_just_beyond_where_the_gap_rule_flips_turns_the_kernels_verdict(up: bool) -> None:
    bars = walk(3, 80)
    before = float(bars["close"][-2])
    (rule,) = [rule for rule in explain.entry_rules(moved(bars), PARAMS, 1, 0.01, PASSED) if rule.name == "gap"]
    for step, code in ((1e-9, RuleCode.FAILED), (-1e-9, PASSED)):
        gap = (rule.flips_at or 0.0) + step
        assert moved(bars, open=before * (1 + gap if up else 1 - gap))["gap_ok"] == code


def test_a_spread_and_a_time_just_beyond_where_their_rules_flip_turn_the_kernels_verdicts() -> None:
    bars = walk(3, 80)
    last = moved(bars)
    found = explain.entry_rules(last, PARAMS, 1, 0.01, PASSED, None, SessionTime(100, 200))
    spread, time = (next(rule for rule in found if rule.name == name) for name in ("spread", "time"))
    sigma, record = float(last["close_sigma"]), PARAMS.to_record()
    assert spread_rule(sigma * (spread.flips_at or 0.0) * (1 - 1e-12), sigma, False, record) == PASSED
    assert spread_rule(sigma * (spread.flips_at or 0.0) * (1 + 1e-12), sigma, False, record) == RuleCode.FAILED
    assert moved(bars, minutes_to_close=(time.flips_at or 0) + 1)["time_ok"] == PASSED
    assert moved(bars, minutes_to_close=time.flips_at or 0)["time_ok"] == RuleCode.FAILED


def test_an_indicator_and_a_close_against_kama_say_no_figure_at_which_they_would_flip() -> None:
    found = (*rules().values(), *rules(**REVERTING).values(), explain.exit_rule(decision(), PARAMS, Mode.TREND, 1))
    known = {rule.name for rule in found if rule.flips_at is not None}
    assert known == {"price_at_lower_band", "volume", "gap", "spread"}


@given(seed=st.integers(0, 500), breakout=st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_volume_just_beyond_where_the_rule_flips_passes_in_the_kernel_and_one_below_fails(
    seed: int, breakout: bool
) -> None:
    """The average includes the bar itself, so the threshold moves with the volume."""
    bars = walk(seed, 40)

    def judged(volume: float) -> Any:
        return moved(bars, volume=volume)

    name = "breakout_volume_ok" if breakout else "volume_ok"
    (rule,) = [
        r for r in explain.noise_rules(judged(0.0), PARAMS, 0.01, PASSED, breakout=breakout) if r.name == "volume"
    ]
    assert rule.flips_at is not None
    assert judged(rule.flips_at * 1.000001)[name] == PASSED
    assert judged(rule.flips_at * 0.999999)[name] == RuleCode.FAILED
