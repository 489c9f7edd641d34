"""Price rules at their thresholds, entry edges, stop prices and the strategy's parameters."""

from __future__ import annotations

import math
from dataclasses import asdict, fields

import numpy as np
import pytest
from harness.compiled import compiled
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import DECISION, PARAMS, STATE, StrategyParams, default_params
from fluxherod.core.strategy import entries as edges
from fluxherod.core.strategy import rules
from fluxherod.core.strategy.codes import EntryMode, Trigger
from fluxherod.core.strategy.stops import NO_STOP, best_e4, mean_reversion_stop_e4, stop_price_e4, trail, trend_stop_e4
from fluxherod.core.types import Regime

DEFAULTS = default_params()
trend_rules, mean_reversion_rules = compiled(rules.trend_rules), compiled(rules.mean_reversion_rules)
decide_entry = compiled(edges.decide_entry)
UP, DOWN = math.inf, -math.inf


@pytest.mark.parametrize(
    ("close", "standing"),
    [
        (102.0, "exit_trend_short"),
        (math.nextafter(102.0, UP), "trend_long exit_trend_short"),
        (98.0, "exit_trend_long"),
        (math.nextafter(98.0, DOWN), "trend_short exit_trend_long"),
        (101.2, ""),
        (math.nextafter(101.2, UP), "exit_trend_short"),
        (98.8, ""),
        (math.nextafter(98.8, DOWN), "exit_trend_long"),
        (100.0, ""),
    ],
)
def test_trend_rules_are_strict_at_half_and_three_tenths_of_an_atr_around_kama(close: float, standing: str) -> None:
    decision = np.zeros(1, DECISION)
    decision["close"], decision["kama"], decision["atr"] = close, 100.0, 4.0
    trend_rules(decision[0], DEFAULTS[0])
    names = ("trend_long", "trend_short", "exit_trend_long", "exit_trend_short")
    assert " ".join(name for name in names if decision[name][0]) == standing


@pytest.mark.parametrize(
    ("close", "rsi", "standing"),
    [
        (98.0, math.nextafter(30.0, DOWN), "mr_long exit_mr_short"),
        (98.0, 30.0, "exit_mr_short"),
        (math.nextafter(98.0, UP), 29.0, "exit_mr_short"),
        (102.0, math.nextafter(70.0, UP), "mr_short exit_mr_long"),
        (102.0, 70.0, "exit_mr_long"),
        (math.nextafter(102.0, DOWN), 71.0, "exit_mr_long"),
        (100.0, 50.0, "exit_mr_long exit_mr_short"),
        (math.nextafter(100.0, DOWN), 50.0, "exit_mr_short"),
        (math.nextafter(100.0, UP), 50.0, "exit_mr_long"),
        (99.0, 70.0, "exit_mr_short"),
        (99.0, math.nextafter(70.0, UP), "exit_mr_long exit_mr_short"),
        (101.0, 30.0, "exit_mr_long"),
        (101.0, math.nextafter(30.0, DOWN), "exit_mr_long exit_mr_short"),
    ],
)
def test_mean_reversion_needs_rsi_and_band_and_exits_at_the_average_or_the_other_extreme(
    close: float, rsi: float, standing: str
) -> None:
    decision = np.zeros(1, DECISION)
    decision["close"], decision["rsi"], decision["sma"] = close, rsi, 100.0
    decision["bb_lower"], decision["bb_upper"] = 98.0, 102.0
    mean_reversion_rules(decision[0], DEFAULTS[0])
    names = ("mr_long", "mr_short", "exit_mr_long", "exit_mr_short")
    assert " ".join(name for name in names if decision[name][0]) == standing


def neutral_off() -> RecordArray:
    return StrategyParams(neutral_entries=False).to_record()


def entries(bars: str, params: RecordArray = DEFAULTS) -> str:
    """Bars as regime letter + what stands (l s: trend, L S: mean reversion); back come side, mode and trigger.

    A bar that begins with "-" is decided with neutral entries off.
    """
    memory, decision = np.zeros(1, STATE)["entries"], np.zeros(1, DECISION)
    regime, seen = Regime.NEUTRAL, []
    for word in bars.split():
        bar = word.lstrip("-")
        before, regime = regime, Regime("MNT".index(bar[0]))
        decision["regime"], decision["regime_changed"] = regime, regime != before
        for letter, name in zip("lsLS", ("trend_long", "trend_short", "mr_long", "mr_short"), strict=True):
            decision[name] = letter in bar[1:]
        decide_entry(memory[0], decision[0], (params if bar == word else neutral_off())[0])
        side, mode, trigger = (int(decision[name][0]) for name in ("entry", "entry_mode", "trigger"))
        assert (side == 0) == (mode == EntryMode.NONE) == (trigger == Trigger.NONE)
        seen.append(f"{'-' if side < 0 else '+'}{'MNT'[mode]}{trigger}" if side else ".")
    return " ".join(seen)


CROSS, BAND, REGIME, ENDED = Trigger.CROSSOVER, Trigger.RSI_BAND, Trigger.REGIME_CONFIRMED, Trigger.OPPOSITION_ENDED


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        ("T Tl Tl T Tl", f". +T{CROSS} . . +T{CROSS}"),
        ("T Ts Ts Tl", f". -T{CROSS} . +T{CROSS}"),
        ("Tl Tl T Tl", f". . . +T{CROSS}"),
        ("M ML ML M MS", f". +M{BAND} . . -M{BAND}"),
        ("Nl Tl Tl", f". +T{REGIME} ."),
        ("N Nl Tl Nl", f". +N{CROSS} +T{REGIME} +N{REGIME}"),
        ("N Tl", f". +T{CROSS}"),
        ("N NL ML ML", f". . +M{REGIME} ."),
        ("N NlS Nl Nl", f". . +N{ENDED} ."),
        ("N NsL Ns", f". . -N{ENDED}"),
        ("N NlL", f". +N{CROSS}"),
        ("T TL TS", ". . ."),
        ("M Ml Ms", ". . ."),
        ("T TlS", f". +T{CROSS}"),
    ],
)
def test_an_entry_fires_only_where_regime_and_price_rule_of_a_mode_and_side_turn_true(bars: str, expected: str) -> None:
    assert entries(bars) == expected


def test_neutral_entries_can_be_switched_off() -> None:
    assert entries("N Nl Ns Tl", neutral_off()) == f". . . +T{CROSS}"
    assert entries("M MS T Ts", neutral_off()) == f". -M{BAND} . -T{CROSS}"
    assert entries("N NlS Nl Nl", neutral_off()) == ". . . ."


def test_switching_neutral_entries_on_turns_nothing_true() -> None:
    assert entries("-N -Nl Nl Nl") == ". . . ."
    assert entries("-N -Ns Ns N Ns") == f". . . . -N{CROSS}"
    assert entries("-N -Nl -Nl N Nl") == f". . . . +N{CROSS}"
    assert entries("N Nl -Nl Nl") == f". +N{CROSS} . ."


@pytest.mark.parametrize(
    ("side", "price", "expected"),
    [
        (1, 443.25, 4_432_500),
        (1, 443.2599, 4_432_500),
        (-1, 443.2501, 4_432_600),
        (1, 443.25 + 4e-5, 4_432_500),
        (-1, 443.25 + 4e-5, 4_432_500),
        (1, 443.25 - 4e-5, 4_432_500),
        (1, 0.98765, 9_876),
        (-1, 0.51234, 5_123),
        (-1, 0.99996, 10_000),
        (1, 1.0099, 10_000),
        (1, 0.0, NO_STOP),
        (1, -3.0, NO_STOP),
        (1, 0.00001, NO_STOP),
        (1, math.nan, NO_STOP),
        (-1, math.inf, NO_STOP),
    ],
)
def test_a_stop_is_rounded_to_a_ten_thousandth_then_to_the_tick_away_from_the_entry(
    side: int, price: float, expected: int
) -> None:
    assert stop_price_e4(side, price) == expected


def test_the_stops_of_the_walkthroughs_come_out_to_the_cent() -> None:
    assert trend_stop_e4(1, 451.25, 3.2, 2.5) == 4_432_500
    assert trend_stop_e4(-1, 451.25, 3.2, 2.5) == 4_592_500
    assert mean_reversion_stop_e4(-1, 185.50, 0.03) == 1_910_700
    assert mean_reversion_stop_e4(1, 185.50, 0.03) == 1_799_300
    assert trail(1, 4_432_500, 4_520_000, 3.2, 2.5) == 4_440_000


def test_the_best_price_is_the_highest_high_or_the_lowest_low() -> None:
    assert best_e4(1, 4_512_500, 4_520_000, 4_400_000) == 4_520_000
    assert best_e4(1, 4_512_500, 4_512_400, 4_400_000) == 4_512_500
    assert best_e4(-1, 4_512_500, 4_520_000, 4_400_000) == 4_400_000
    assert best_e4(-1, 4_312_500, 4_520_000, 4_400_000) == 4_312_500


@given(
    side=st.sampled_from([1, -1]),
    stop=st.integers(0, 10**8),
    best=st.integers(1, 10**8),
    atr=st.floats(0, 1_000) | st.just(math.nan),
    multiple=st.sampled_from([2.0, 2.5]),
)
def test_a_trailed_stop_never_loosens(side: int, stop: int, best: int, atr: float, multiple: float) -> None:
    trailed = trail(side, stop, best, atr, multiple)
    if stop != NO_STOP:
        assert trailed >= stop if side > 0 else NO_STOP < trailed <= stop


@given(price=st.floats(1.0, 10_000.0), side=st.sampled_from([1, -1]))
def test_rounding_moves_a_stop_by_less_than_a_cent_and_never_towards_the_entry(price: float, side: int) -> None:
    stop, exact = stop_price_e4(side, price), round(price * 10_000)
    assert stop % 100 == 0
    assert 0 <= side * (exact - stop) < 100


@pytest.mark.parametrize(
    ("side", "stop", "best", "expected"),
    [
        (1, 4_440_000, 4_520_000, 4_440_000),
        (1, 4_440_000, 4_520_099, 4_440_000),
        (1, 4_440_000, 4_520_100, 4_440_100),
        (1, 4_440_000, 4_519_900, 4_440_000),
        (1, NO_STOP, 4_519_900, 4_439_900),
        (-1, 4_600_000, 4_520_000, 4_600_000),
        (-1, 4_600_000, 4_519_901, 4_600_000),
        (-1, 4_600_000, 4_519_900, 4_599_900),
        (-1, 4_600_000, 4_520_100, 4_600_000),
        (-1, NO_STOP, 4_520_100, 4_600_100),
    ],
)
def test_a_stop_trails_the_best_price_by_two_and_a_half_atr_in_whole_cents(
    side: int, stop: int, best: int, expected: int
) -> None:
    assert trail(side, stop, best, 3.2, StrategyParams().trend_stop_atr) == expected


def test_a_reduced_breaker_trails_by_two_atr_and_never_below_the_stop() -> None:
    reduced = StrategyParams().reduced_stop_atr
    assert trail(1, 4_432_500, 4_512_500, 3.2, reduced) == 4_448_500
    assert trail(1, 4_450_000, 4_512_500, 3.2, reduced) == 4_450_000
    assert trail(1, 4_432_500, 4_512_500, math.nan, reduced) == 4_432_500


def test_a_mean_reversion_stop_is_three_percent_away_whichever_side() -> None:
    fraction = StrategyParams().mean_reversion_stop
    assert mean_reversion_stop_e4(1, 100.0, fraction) == 970_000
    assert mean_reversion_stop_e4(-1, 100.0, fraction) == 1_030_000


SPECIFIED = {
    "kama_period": 20, "kama_fast": 2, "kama_slow": 30, "ema_period": 20, "rsi_period": 14, "atr_period": 14,
    "adx_period": 14, "bollinger_period": 20, "bollinger_width": 2.0, "regression_period": 20, "volume_period": 20,
    "atr_average_period": 50, "trend_adx": 25.0, "trend_r2": 0.6, "range_adx": 20.0, "range_r2": 0.4,
    "confirmation_bars": 3, "high_volatility": 1.5, "low_volatility": 0.7, "spike_ratio": 2.0,
    "spike_stop_factor": 1.5, "entry_atr": 0.5, "exit_atr": 0.3, "trend_stop_atr": 2.5, "reduced_stop_atr": 2.0,
    "rsi_oversold": 30.0, "rsi_overbought": 70.0, "mean_reversion_stop": 0.03, "neutral_entries": True,
    "spread_limit": 0.05, "spread_limit_illiquid": 0.025, "volume_ratio": 0.5, "breakout_volume_ratio": 1.5,
    "gap_limit": 0.02, "close_quiet_minutes": 15, "illiquid_before_minute": 570, "illiquid_midday_minute": 720,
    "illiquid_midday_end_minute": 780, "illiquid_from_minute": 960,
}  # fmt: skip


def test_the_defaults_are_the_numbers_of_the_specification() -> None:
    assert asdict(StrategyParams()) == SPECIFIED


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("kama_period", 2, 128),
        ("atr_average_period", 2, 128),
        ("kama_slow", 2, 1000),
        ("confirmation_bars", 1, 100),
        ("bollinger_width", 0.1, 10.0),
        ("mean_reversion_stop", 0.0001, 0.5),
        ("close_quiet_minutes", 0, 390),
        ("trend_stop_atr", 0.1, 100.0),
        ("reduced_stop_atr", 0.1, 100.0),
        ("spike_stop_factor", 1.0, 10.0),
        ("gap_limit", 0.0, 1000.0),
    ],
)
def test_a_parameter_may_be_its_limit_and_nothing_beyond(name: str, low: float, high: float) -> None:
    for limit, beyond in ((low, DOWN), (high, UP)):
        changed: dict[str, float] = {name: limit}
        assert getattr(StrategyParams(**changed), name) == limit  # type: ignore[arg-type]
        changed[name] = limit + (1 if beyond > 0 else -1) if isinstance(limit, int) else math.nextafter(limit, beyond)
        with pytest.raises(ValueError, match=f"{name} = .*: allowed is"):
            StrategyParams(**changed)  # type: ignore[arg-type]


def test_thresholds_that_are_a_pair_may_be_equal() -> None:
    for low, high in (("range_adx", "trend_adx"), ("rsi_oversold", "rsi_overbought")):
        equal: dict[str, float] = {low: 40.0, high: 40.0}
        assert getattr(StrategyParams(**equal), low) == 40.0  # type: ignore[arg-type]


def test_the_record_holds_the_numbers_of_the_parameters() -> None:
    record = StrategyParams(kama_period=30, trend_adx=27.5).to_record()
    assert record.dtype == PARAMS
    assert record.shape == (1,)
    assert record["kama_period"][0] == 30
    assert record["trend_adx"][0] == 27.5
    assert {field.name for field in fields(StrategyParams)} <= set(PARAMS.names or ())


def test_the_average_of_the_atr_governs_the_first_decision() -> None:
    assert StrategyParams().decision_index == 63
    assert StrategyParams(atr_average_period=10).decision_index == 27
    assert StrategyParams(kama_period=100).decision_index == 100


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("kama_period", 1, "kama_period = 1: allowed is 2 to 128"),
        ("volume_period", 129, "volume_period = 129: allowed is 2 to 128"),
        ("trend_adx", math.nan, "trend_adx = nan: allowed is 0 to 100"),
        ("trend_r2", 1.5, "trend_r2 = 1.5: allowed is 0 to 1"),
        ("entry_atr", -0.1, "entry_atr = -0.1: allowed is 0 to 1000"),
        ("confirmation_bars", 0, "confirmation_bars = 0: allowed is 1 to 100"),
        ("range_adx", 26.0, r"range_adx = 26\.0: must not be above trend_adx = 25\.0"),
        ("rsi_oversold", 71.0, r"rsi_oversold = 71\.0: must not be above rsi_overbought = 70\.0"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(name: str, value: float, message: str) -> None:
    changed: dict[str, float] = {name: value}
    with pytest.raises(ValueError, match=message):
        StrategyParams(**changed)  # type: ignore[arg-type]
