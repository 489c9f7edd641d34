"""The rules that end a position."""

from __future__ import annotations

from typing import Any

from fluxherod.core.explain.rule import compared
from fluxherod.core.explain.turning import average_met_at
from fluxherod.core.signals import Rule
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Mode, Verdict


def exit_rules(decision: Any, params: StrategyParams, mode: Mode, side: int) -> tuple[Rule, ...]:
    """The rules of which any ends a position of `mode` and `side`, what fired on this bar first."""
    if mode is Mode.TREND:
        return (_band_rule(decision, params, side),)
    rules = (_average_rule(decision, params, side), _extreme_rule(decision, params, side))
    return tuple(sorted(rules, key=lambda rule: rule.verdict is not Verdict.PASSED))


def exit_rule(decision: Any, params: StrategyParams, mode: Mode, side: int) -> Rule:
    """The rule that ends (or, when it has not passed, does not end) a position of `mode` and `side` on this bar."""
    return exit_rules(decision, params, mode, side)[0]


def _band_rule(decision: Any, params: StrategyParams, side: int) -> Rule:
    close = float(decision["close"])
    band = float(decision["kama"]) - side * params.exit_atr * float(decision["atr"])
    comparison, sign = ("<", "-") if side > 0 else (">", "+")
    passed = bool(decision["exit_trend_long" if side > 0 else "exit_trend_short"])
    text = f"Price ${close:.2f} {comparison} KAMA{sign}{params.exit_atr:g}×ATR ${band:.2f}"
    return compared("price_beyond_exit_band", close, comparison, band, passed, text)


def _average_rule(decision: Any, params: StrategyParams, side: int) -> Rule:
    close, average = float(decision["close"]), float(decision["sma"])
    comparison, back = (">=", close >= average) if side > 0 else ("<=", close <= average)
    text = f"Price ${close:.2f} {comparison} SMA ${average:.2f}"
    meets = average_met_at(close, average, params.bollinger_period)
    return compared("price_back_at_average", close, comparison, average, bool(decision["valid"]) and back, text, meets)


def _extreme_rule(decision: Any, params: StrategyParams, side: int) -> Rule:
    rsi = float(decision["rsi"])
    limit, comparison = (params.rsi_overbought, ">") if side > 0 else (params.rsi_oversold, "<")
    beyond = rsi > limit if side > 0 else rsi < limit
    text = f"RSI {rsi:.1f} {comparison} {limit:g}"
    return compared("rsi_at_other_extreme", rsi, comparison, limit, bool(decision["valid"]) and beyond, text)
