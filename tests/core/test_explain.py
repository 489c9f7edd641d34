"""The texts that people read and the rules with their numbers, as the walkthroughs print them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from harness.decisions import PARAMS, PASSED, REVERTING, decision, rules

from fluxherod.core import explain
from fluxherod.core.signals import RiskDecision, RiskVerdict, Rule, SessionTime
from fluxherod.core.strategy.codes import RuleCode, Trigger
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Mode, Regime, Verdict


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


def test_each_rule_has_its_value_its_threshold_and_the_distance() -> None:
    found = rules()
    assert list(found) == [
        "confirmed_regime", "trend_adx", "trend_r2", "price_beyond_entry_band", "volume", "time", "gap", "spread",
    ]  # fmt: skip
    assert (found["trend_adx"].value, found["trend_adx"].threshold, found["trend_adx"].distance) == (32.0, 25.0, 7.0)
    assert found["price_beyond_entry_band"].distance == pytest.approx(1.15)
    assert found["volume"].threshold == 1_500.0
    assert found["spread"].distance == pytest.approx(0.04)
    assert all(rule.verdict is Verdict.PASSED for rule in found.values())


@pytest.mark.parametrize(("adx", "verdict"), [(25.0, Verdict.NOT_APPLICABLE), (25.1, Verdict.PASSED)])
def test_a_confirmed_regime_outlasts_its_thresholds_and_they_keep_no_entry(adx: float, verdict: Verdict) -> None:
    found = rules(adx=adx, raw_regime=Regime.NEUTRAL, regime_run=1)
    rule, confirmed = found["trend_adx"], found["confirmed_regime"]
    assert rule.verdict is verdict
    assert (rule.value, rule.threshold, rule.distance) == (adx, 25.0, adx - 25.0)
    assert ("is confirmed" in rule.text) is (verdict is Verdict.NOT_APPLICABLE)
    assert confirmed.verdict is Verdict.PASSED
    assert confirmed.text == "STRONG_TREND is confirmed; NEUTRAL on 1 bar in a row, confirmed on the 3rd"


def test_a_confirmed_regime_has_its_run_as_figures_only_where_that_is_why_it_holds() -> None:
    seen = rules(raw_regime=Regime.STRONG_TREND, regime_run=7)["confirmed_regime"]
    assert (seen.value, seen.comparison, seen.threshold, seen.distance) == (7, ">=", 3, 4)
    back = rules(raw_regime=Regime.STRONG_TREND, regime_run=1)["confirmed_regime"]
    assert (back.verdict, back.comparison, back.text) == (Verdict.PASSED, "", "STRONG_TREND is confirmed")
    assert math.isnan(back.value)


def test_neutral_entries_that_are_switched_off_are_said() -> None:
    off = StrategyParams(neutral_entries=False)
    found = {rule.name: rule for rule in explain.entry_rules(decision(regime=Regime.NEUTRAL), off, 1, 0.01, PASSED)}
    assert found["neutral_entries"].verdict is Verdict.FAILED
    assert explain.why_not(tuple(found.values())) == "not met: entries in a neutral regime are switched off"
    assert "neutral_entries" not in rules(regime=Regime.NEUTRAL)
    trend = explain.entry_rules(decision(), off, 1, 0.01, PASSED)
    assert "neutral_entries" not in {rule.name for rule in trend}


@pytest.mark.parametrize(
    ("time", "code", "figures", "text"),
    [
        (SessionTime(30, 360), PASSED, (360, ">", 15, 345), "360 minutes to the close > 15"),
        (SessionTime(375, 15), RuleCode.FAILED, (15, ">", 15, 0), "15 minutes to the close, more than 15 are needed"),
        (
            SessionTime(391, -1),
            RuleCode.FAILED,
            (-1, ">", 15, -16),
            "1 minute after the close, more than 15 are needed",
        ),
        (SessionTime(-5, 395), RuleCode.FAILED, (-5, ">=", 0, -5), "5 minutes before the open"),
        (SessionTime(-1, 391), RuleCode.FAILED, (-1, ">=", 0, -1), "1 minute before the open"),
    ],
)
def test_the_time_rule_counts_the_minutes_to_the_close_or_before_the_open(
    time: SessionTime, code: RuleCode, figures: tuple[float, ...], text: str
) -> None:
    (rule,) = [
        rule
        for rule in explain.noise_rules(decision(time_ok=code), PARAMS, 0.02, PASSED, breakout=True, time=time)
        if rule.name == "time"
    ]
    assert (rule.value, rule.comparison, rule.threshold, rule.distance) == figures
    assert rule.text == text


def test_without_a_time_of_day_the_time_rule_has_no_figures() -> None:
    for rule in (rules()["time"], rules(time_ok=RuleCode.NOT_APPLICABLE)["time"]):
        assert (math.isnan(rule.value), math.isnan(rule.threshold), rule.comparison) == (True, True, "")
    assert rules(time_ok=RuleCode.NOT_APPLICABLE)["time"].text == "a daily bar has no time of day"


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (20, "20th"),
     (21, "21st"), (22, "22nd"), (33, "33rd"), (100, "100th")],
)  # fmt: skip
def test_the_bar_that_confirms_has_its_ordinal(number: int, text: str) -> None:
    awaited = explain.entry_rules(
        decision(), StrategyParams(confirmation_bars=number), 1, 0.01, PASSED, Regime.MEAN_REVERSION
    )[0]
    assert awaited.text == f"MEAN_REVERSION on 0 bars in a row, confirmed on the {text}"


def test_an_entry_whose_conditions_did_not_turn_true_is_told_which_bars_only_note_them() -> None:
    first = explain.edge_rule(decision(index=PARAMS.decision_index), PARAMS, only_noted=True)
    changed = explain.edge_rule(decision(index=500), PARAMS, only_noted=True)
    stood = explain.edge_rule(decision(index=500), PARAMS, only_noted=False)
    assert {rule.verdict for rule in (first, changed, stood)} == {Verdict.FAILED}
    assert first.text.startswith("the first bar that is decided only notes")
    assert changed.text.startswith("the first bar after a change of parameters only notes")
    assert stood.text.startswith("its conditions stood before this bar already")


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


@pytest.mark.parametrize(
    ("spread", "sigma", "text"),
    [
        (-0.02, 2.0, "the quote is crossed: the bid is $0.02 above the ask"),
        (0.02, 0.0, "the closes never moved: there is no sigma to hold the spread against"),
    ],
)
def test_a_spread_that_says_nothing_is_told_in_words_and_no_change_of_it_is_asked_for(
    spread: float, sigma: float, text: str
) -> None:
    rule = rules(spread=spread, code=RuleCode.FAILED, close_sigma=sigma)["spread"]
    assert (rule.text, rule.verdict, rule.flips_at) == (text, Verdict.FAILED, None)
    assert math.isnan(rule.value)
    assert math.isnan(rule.distance)
    assert explain.change_needed(rule) == text


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
    change = {"adx": 20.0, "trend_long": False, "close": 450.0}
    kept = "Price $450.00 > KAMA+0.5×ATR $450.10"
    assert explain.why_not(tuple(rules(**change).values())) == f"not met: {kept}"
    record = decision(**change, regime=Regime.NEUTRAL)
    awaited = "STRONG_TREND on 0 bars in a row, confirmed on the 3rd"
    failed = explain.entry_rules(record, PARAMS, 1, 0.02, PASSED, Regime.STRONG_TREND)
    assert explain.why_not(failed) == f"not met: {awaited}; ADX 20.00 > 25; {kept}"
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
        (Rule("trend_adx", 24.0, ">", 25.0, Verdict.FAILED, ""), "ADX must rise by 1.00 to above 25"),
        (Rule("trend_adx", 24.999, ">", 25.0, Verdict.FAILED, ""), "ADX must rise to above 25"),
        (Rule("range_r2", 0.5, "<", 0.125, Verdict.FAILED, ""), "R² must fall by 0.38 to below 0.125"),
        (Rule("rsi_oversold", 33.2, "<", 30.0, Verdict.FAILED, ""), "RSI must fall by 3.20 to below 30"),
        (
            Rule("price_at_lower_band", 450.0, "<=", 449.9, Verdict.FAILED, "", 449.509),
            "the close must fall by $0.50 to $449.50 or less",
        ),
        (
            Rule("price_at_upper_band", 450.0, ">=", 451.0, Verdict.FAILED, "", 451.991),
            "the close must rise by $2.00 to $452.00 or more",
        ),
        (
            Rule("price_at_upper_band", 450.0, ">=", 451.0, Verdict.FAILED, "Price < band", math.inf),
            "no value of the close would do: Price < band",
        ),
        (
            Rule("price_beyond_entry_band", 450.0, ">", 450.107, Verdict.FAILED, ""),
            "the close must rise by $0.10 to above $450.10, with the band as it was",
        ),
        (
            Rule("volume", 1_000.0, ">", 1_500.0, Verdict.FAILED, "", 1_549.6),
            "the volume must rise by 549 to above 1,549",
        ),
        (Rule("gap", 0.03, "<", 0.02, Verdict.FAILED, "", 0.02), "the gap must fall by 1.00% to below 2%"),
        (
            Rule("volume", 1_000.0, ">", 30_000.0, Verdict.FAILED, "", 40_000.0),
            "the volume must rise by 39,000 to above 40,000",
        ),
        (
            Rule("spread", 0.0884, "<=", 0.025, Verdict.FAILED, "", 0.025),
            "the spread must fall by 6.34% of sigma to 2.5% of sigma or less",
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
    confirmed = explain.entry_rules(record, PARAMS, 1, 0.01, PASSED)[0]
    assert (confirmed.name, confirmed.verdict) == ("confirmed_regime", Verdict.PASSED)
