"""The texts that people read and the rules with their numbers, as the walkthroughs print them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core import explain
from fluxherod.core.jit import RecordArray, kernel
from fluxherod.core.kernel import BAR, DECISION, default_params, new_states, run
from fluxherod.core.signals import RiskDecision, RiskVerdict, Rule
from fluxherod.core.strategy.codes import EntryMode, RuleCode, Trigger, VolatilityState
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.strategy.rules import mean_reversion_rules, trend_rules
from fluxherod.core.types import Mode, Regime, Verdict

PARAMS = StrategyParams()
PASSED = RuleCode.PASSED


@kernel
def price_rules(decisions: RecordArray, params: RecordArray) -> None:
    trend_rules(decisions[0], params[0])
    mean_reversion_rules(decisions[0], params[0])


def decision(**change: Any) -> Any:
    """A trend entry of scenario 2, or what a test makes of it."""
    record = np.zeros(1, DECISION)
    values = {
        "close": 451.25,
        "kama": 448.50,
        "atr": 3.2,
        "adx": 32.0,
        "r2": 0.81,
        "rsi": 58.0,
        "sma": 449.0,
        "bb_upper": 455.0,
        "bb_lower": 443.0,
        "volume": 1_800.0,
        "avg_volume": 1_000.0,
        "close_sigma": 2.0,
        "gap": 0.001,
        "entry": 1,
        "entry_mode": EntryMode.TREND,
        "trigger": Trigger.CROSSOVER,
        "regime": Regime.STRONG_TREND,
        "trend_long": True,
        "volume_ok": PASSED,
        "breakout_volume_ok": PASSED,
        "time_ok": PASSED,
        "gap_ok": PASSED,
        "volatility_state": VolatilityState.NORMAL,
        "valid": True,
        **change,
    }
    for name, value in values.items():
        record[name] = value
    return record[0]


REVERTING = {"entry_mode": EntryMode.MEAN_REVERSION, "regime": Regime.MEAN_REVERSION, "trigger": Trigger.RSI_BAND}


def test_a_trend_entry_reads_as_the_walkthrough_prints_it() -> None:
    assert explain.entry_text("SPY", decision(), PARAMS, 4_432_500, None, 10_000_000, 100).splitlines() == [
        "BUY SPY @ $451.25",
        "Reason: KAMA crossover (Price $451.25 > KAMA+0.5×ATR $450.10)",
        "Regime: STRONG_TREND (ADX=32, R²=0.81)",
        "Risk: $1,000 (1% account), Stop: $443.25",
    ]


def test_a_mean_reversion_short_names_rsi_the_band_and_the_target() -> None:
    short = decision(**REVERTING, close=185.48, rsi=72.0, bb_upper=185.20, adx=15.0, r2=0.2, entry=-1)
    assert explain.entry_text("AAPL", short, PARAMS, 1_910_700, 1_820_000, 7_505_050, 75).splitlines() == [
        "SHORT AAPL @ $185.48",
        "Reason: RSI=72 (overbought) + Price at Upper BB",
        "Regime: MEAN_REVERSION (ADX=15, R²=0.20)",
        "Risk: $750.50 (0.75% account), Stop: $191.07, Target: $182.00",
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "KAMA crossover (Price > KAMA + 0.5×ATR)"),
        ({"entry": -1}, "KAMA crossover (Price < KAMA - 0.5×ATR)"),
        ({"trigger": Trigger.REGIME_CONFIRMED}, "regime confirmed, price above KAMA+0.5×ATR"),
        ({"trigger": Trigger.REGIME_CONFIRMED, "entry": -1}, "regime confirmed, price below KAMA-0.5×ATR"),
        ({"trigger": Trigger.OPPOSITION_ENDED}, "mean reversion no longer opposes, price above KAMA+0.5×ATR"),
        (REVERTING, "RSI oversold + Lower BB touch"),
        ({**REVERTING, "entry": -1}, "RSI overbought + Upper BB touch"),
        ({**REVERTING, "trigger": Trigger.REGIME_CONFIRMED}, "regime confirmed, RSI oversold + Lower BB touch"),
    ],
)
def test_what_fired_an_entry(change: dict[str, Any], text: str) -> None:
    assert explain.entry_trigger(decision(**change), PARAMS) == text


def test_only_a_crossover_is_called_one() -> None:
    text = explain.entry_text("SPY", decision(trigger=Trigger.REGIME_CONFIRMED), PARAMS, 4_432_500, None, 0, 100)
    assert "crossover" not in text
    assert "regime confirmed" in text


def rules(side: int = 1, spread: float = 0.02, code: RuleCode = PASSED, **change: Any) -> dict[str, Rule]:
    found = explain.entry_rules(decision(**change), PARAMS, side, spread, code)
    assert len({rule.name for rule in found}) == len(found)
    return {rule.name: rule for rule in found}


def test_each_rule_has_its_value_its_threshold_and_the_distance() -> None:
    found = rules()
    assert list(found) == ["trend_adx", "trend_r2", "price_beyond_entry_band", "volume", "time", "gap", "spread"]
    assert (found["trend_adx"].value, found["trend_adx"].threshold, found["trend_adx"].distance) == (32.0, 25.0, 7.0)
    assert found["price_beyond_entry_band"].distance == pytest.approx(1.15)
    assert found["volume"].threshold == 1_500.0
    assert found["spread"].distance == pytest.approx(0.04)
    assert all(rule.verdict is Verdict.PASSED for rule in found.values())


@pytest.mark.parametrize(("adx", "verdict"), [(25.0, Verdict.FAILED), (25.1, Verdict.PASSED)])
def test_a_regime_that_outlasts_its_thresholds_shows_it(adx: float, verdict: Verdict) -> None:
    assert rules(adx=adx)["trend_adx"].verdict is verdict


def test_the_neutral_regime_asks_that_mean_reversion_does_not_oppose() -> None:
    name = "mean_reversion_does_not_oppose"
    assert rules(regime=Regime.NEUTRAL)[name].verdict is Verdict.PASSED
    assert rules(regime=Regime.NEUTRAL, mr_short=True)[name].verdict is Verdict.FAILED
    assert rules(-1, regime=Regime.NEUTRAL, mr_long=True)[name].verdict is Verdict.FAILED
    assert "trend_adx" not in rules(regime=Regime.NEUTRAL)


def test_the_range_has_the_rules_of_its_side_and_the_smaller_volume() -> None:
    low, high = rules(**REVERTING, rsi=25.0, close=442.0), rules(-1, **REVERTING, rsi=25.0, close=442.0)
    assert low["rsi_oversold"].verdict is low["price_at_lower_band"].verdict is Verdict.PASSED
    assert high["rsi_overbought"].verdict is high["price_at_upper_band"].verdict is Verdict.FAILED
    assert low["volume"].threshold == 500.0


def test_without_a_quote_the_spread_rule_says_so() -> None:
    rule = rules(spread=math.nan, code=RuleCode.FAILED)["spread"]
    assert (rule.text, rule.verdict) == ("no quote", Verdict.FAILED)
    assert math.isnan(rules(close_sigma=0.0)["spread"].value)


def test_in_illiquid_time_the_spread_limit_is_half() -> None:
    assert rules(illiquid=True)["spread"].threshold == PARAMS.spread_limit_illiquid


@pytest.mark.parametrize(
    ("mode", "side", "change", "name", "verdict"),
    [
        (Mode.TREND, 1, {"exit_trend_long": True, "close": 447.0}, "price_beyond_exit_band", Verdict.PASSED),
        (Mode.TREND, 1, {}, "price_beyond_exit_band", Verdict.FAILED),
        (Mode.TREND, -1, {"exit_trend_short": True}, "price_beyond_exit_band", Verdict.PASSED),
        (Mode.MEAN_REVERSION, 1, {"exit_mr_long": True}, "price_back_at_average", Verdict.PASSED),
        (
            Mode.MEAN_REVERSION,
            1,
            {"exit_mr_long": True, "close": 440.0, "rsi": 71.0},
            "rsi_at_other_extreme",
            Verdict.PASSED,
        ),
        (Mode.MEAN_REVERSION, 1, {"close": 440.0}, "price_back_at_average", Verdict.FAILED),
        (Mode.MEAN_REVERSION, -1, {"exit_mr_short": True, "rsi": 29.0}, "rsi_at_other_extreme", Verdict.PASSED),
        (Mode.MEAN_REVERSION, -1, {"exit_mr_short": True, "close": 440.0}, "price_back_at_average", Verdict.PASSED),
    ],
)
def test_the_rule_that_ends_a_position(
    mode: Mode, side: int, change: dict[str, Any], name: str, verdict: Verdict
) -> None:
    rule = explain.exit_rule(decision(**change), PARAMS, mode, side)
    assert (rule.name, rule.verdict) == (name, verdict)


def test_an_exit_reads_as_what_it_does() -> None:
    record = decision(exit_trend_long=True, close=447.0)
    rule = explain.exit_rule(record, PARAMS, Mode.TREND, 1)
    assert explain.exit_text("SPY", record, rule, 1).splitlines() == [
        "SELL SPY @ $447.00",
        "Reason: Price $447.00 < KAMA-0.3×ATR $447.54",
        "Regime: STRONG_TREND (ADX=32, R²=0.81)",
    ]
    assert explain.exit_text("SPY", record, rule, -1).startswith("COVER SPY")


def test_why_not_names_what_was_not_met_or_that_nothing_turned_true() -> None:
    failed = tuple(rules(adx=20.0, trend_long=False, close=450.0).values())
    assert explain.why_not(failed) == "not met: ADX 20.00 > 25; Price $450.00 > KAMA+0.5×ATR $450.10"
    assert "edge" in explain.why_not(tuple(rules().values()))


def test_the_risk_decision_in_one_line() -> None:
    cut = RiskDecision(RiskVerdict.APPROVED_WITH_ADJUSTMENT, 44, (), (), "position value at most 20%")
    assert explain.risk_summary(cut) == "approved with adjustment: 44 shares (position value at most 20%)"
    assert explain.risk_summary(RiskDecision(RiskVerdict.APPROVED, 125, (), ())) == "approved: 125 shares"


def test_the_indicators_are_plain_numbers() -> None:
    found = explain.indicators(decision(), 1.25, False)
    assert (found.close, found.adx, found.volume, found.volatility) == (451.25, 32.0, 1_800, "NORMAL")
    assert {type(getattr(found, name)) for name in found.__slots__} == {float, int, str, bool}
    assert explain.indicators(decision(), math.nan, False).spike_ratio is None


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule("trend_adx", 24.0, ">", 25.0, Verdict.FAILED, ""), "ADX must rise by 1.00 to above 25.00"),
        (Rule("rsi_oversold", 33.5, "<", 30.0, Verdict.FAILED, ""), "RSI must fall by 3.50 to below 30.00"),
        (
            Rule("price_at_lower_band", 450.0, "<=", 449.5, Verdict.FAILED, ""),
            "the close must fall by $0.50 to $449.50 or less",
        ),
        (
            Rule("price_at_upper_band", 450.0, ">=", 452.0, Verdict.FAILED, ""),
            "the close must rise by $2.00 to $452.00 or more",
        ),
        (
            Rule("volume", 1_000.0, ">", 30_000.0, Verdict.FAILED, "", 40_000.0),
            "the volume must rise by 39,000 to above 40,000",
        ),
        (
            Rule("spread", 0.0884, "<=", 0.05, Verdict.FAILED, ""),
            "the spread must fall by 3.84% of sigma to 5.00% of sigma or less",
        ),
        (Rule("spread", math.nan, "<=", 0.05, Verdict.FAILED, "no quote"), "no quote"),
        (Rule("time", 0.0, "<", 1.0, Verdict.FAILED, "after the open"), "after the open"),
    ],
)
def test_what_would_turn_a_failed_rule_in_words(rule: Rule, text: str) -> None:
    assert explain.change_needed(rule) == text


def test_another_regime_is_judged_as_if_it_held_with_the_bars_it_still_needs() -> None:
    record = decision(regime=Regime.NEUTRAL, raw_regime=Regime.STRONG_TREND, regime_run=2)
    rules = {rule.name: rule for rule in explain.entry_rules(record, PARAMS, 1, 0.01, PASSED, Regime.STRONG_TREND)}
    confirmation = rules["confirmed_regime"]
    assert (confirmation.value, confirmation.threshold, confirmation.verdict) == (2.0, 3.0, Verdict.FAILED)
    assert confirmation.text == "STRONG_TREND on 2 bars in a row, confirmed on the 3rd"
    assert {"trend_adx", "trend_r2", "price_beyond_entry_band", "volume"} <= set(rules)
    range_ = {rule.name: rule for rule in explain.entry_rules(record, PARAMS, 1, 0.01, PASSED, Regime.MEAN_REVERSION)}
    assert range_["confirmed_regime"].value == 0.0
    assert range_["volume"].threshold == 500.0
    assert rules["volume"].threshold == 1_500.0
    confirmed = explain.entry_rules(record, PARAMS, 1, 0.01, PASSED)
    assert "confirmed_regime" not in {rule.name for rule in confirmed}


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


@given(seed=st.integers(0, 500), breakout=st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_volume_just_beyond_where_the_rule_flips_passes_in_the_kernel_and_one_below_fails(
    seed: int, breakout: bool
) -> None:
    """The average includes the bar itself, so the threshold moves with the volume."""
    random = np.random.default_rng(seed)
    bars = np.zeros(40, BAR)
    bars["open"] = bars["close"] = 100.0
    bars["high"], bars["low"] = 100.5, 99.5
    bars["volume"] = random.integers(1_000, 9_000, 40)
    params = default_params()

    def judged(volume: float) -> Any:
        states, out = new_states(1, params), np.zeros(40, DECISION)
        changed = bars.copy()
        changed["volume"][-1] = volume
        run(states, 0, params, changed, True, out)
        return out[-1]

    name = "breakout_volume_ok" if breakout else "volume_ok"
    (rule,) = [
        r for r in explain.noise_rules(judged(0.0), PARAMS, 0.01, PASSED, breakout=breakout) if r.name == "volume"
    ]
    assert judged(rule.flips_at * 1.000001)[name] == PASSED
    assert judged(rule.flips_at * 0.999999)[name] == RuleCode.FAILED
