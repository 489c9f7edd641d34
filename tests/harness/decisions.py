"""Kernel decisions, made up or of a random walk, and their rules by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from fluxherod.core import explain
from fluxherod.core.kernel import BAR, DECISION
from fluxherod.core.signals import Rule
from fluxherod.core.strategy.codes import EntryMode, RuleCode, Trigger, VolatilityState
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Regime
from harness.steps import decided

PARAMS = StrategyParams()
PASSED = RuleCode.PASSED


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
        "index": 100,
        **change,
    }
    for name, value in values.items():
        record[name] = value
    return record[0]


REVERTING = {"entry_mode": EntryMode.MEAN_REVERSION, "regime": Regime.MEAN_REVERSION, "trigger": Trigger.RSI_BAND}


def rules(side: int = 1, spread: float = 0.02, code: RuleCode = PASSED, **change: Any) -> dict[str, Rule]:
    found = explain.entry_rules(decision(**change), PARAMS, side, spread, code)
    assert len({rule.name for rule in found}) == len(found)
    return {rule.name: rule for rule in found}


def walk(seed: int, count: int = 200) -> Any:
    """Bars of a random walk that drifts, in the middle of a session."""
    random = np.random.default_rng(seed)
    bars = np.zeros(count, BAR)
    bars["close"] = 100.0 + np.cumsum(random.normal(random.normal(0.0, 0.05), 0.3, count))
    bars["open"] = np.concatenate((bars["close"][:1], bars["close"][:-1]))
    bars["high"], bars["low"] = (reach(bars["open"], bars["close"]) for reach in (np.maximum, np.minimum))
    bars["volume"] = random.integers(500, 3_000, count)
    bars["minute_of_day"], bars["minutes_to_close"], bars["minutes_after_open"] = 700, 200, 100
    return bars


def decisions(bars: Any, params: StrategyParams = PARAMS) -> Any:
    return decided(bars, params.to_record())


def moved(bars: Any, params: StrategyParams = PARAMS, **changes: float) -> Any:
    """The decision of the last bar with something of it changed."""
    changed = bars.copy()
    for field, value in changes.items():
        changed[field][-1] = value
    return decisions(changed, params)[-1]
