"""Decisions in words: what fired, why, why not, and what would have to change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from fluxherod.core.explain.entry import trend_rule
from fluxherod.core.money import E4, dollars
from fluxherod.core.signals import RiskDecision, Rule
from fluxherod.core.strategy.codes import EntryMode, Trigger
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Regime, Verdict


def entry_trigger(decision: Any, params: StrategyParams) -> str:
    """What fired an entry, in the words of the walkthroughs."""
    side, trigger = int(decision["entry"]), Trigger(int(decision["trigger"]))
    comparison, sign, word = (">", "+", "above") if side > 0 else ("<", "-", "below")
    if trigger is Trigger.CROSSOVER:
        return f"KAMA crossover (Price {comparison} KAMA {sign} {params.entry_atr:g}×ATR)"
    if trigger is Trigger.OPPOSITION_ENDED:
        return f"mean reversion no longer opposes, price {word} KAMA{sign}{params.entry_atr:g}×ATR"
    if int(decision["entry_mode"]) == EntryMode.MEAN_REVERSION:
        touch = "RSI oversold + Lower BB touch" if side > 0 else "RSI overbought + Upper BB touch"
        return touch if trigger is Trigger.RSI_BAND else f"regime confirmed, {touch}"
    return f"regime confirmed, price {word} KAMA{sign}{params.entry_atr:g}×ATR"


def entry_text(
    symbol: str,
    decision: Any,
    params: StrategyParams,
    stop_e4: int,
    target_e4: int | None,
    risk_amount_e4: int,
    risk_bp: int,
) -> str:
    """The four lines that explain an entry."""
    side = int(decision["entry"])
    close = float(decision["close"])
    lines = [
        f"{'BUY' if side > 0 else 'SHORT'} {symbol} @ ${close:.2f}",
        f"Reason: {_reason(decision, params)}",
        _regime_line(decision),
        f"Risk: {_short_dollars(risk_amount_e4)} ({risk_bp / 100:g}% account), Stop: {dollars(stop_e4)}",
    ]
    if target_e4 is not None:
        lines[-1] += f", Target: {dollars(target_e4)}"
    return "\n".join(lines)


def _reason(decision: Any, params: StrategyParams) -> str:
    side = int(decision["entry"])
    if int(decision["entry_mode"]) == EntryMode.MEAN_REVERSION:
        rsi = float(decision["rsi"])
        extreme, band = ("oversold", "Lower") if side > 0 else ("overbought", "Upper")
        return f"RSI={rsi:.0f} ({extreme}) + Price at {band} BB"
    if Trigger(int(decision["trigger"])) is Trigger.CROSSOVER:
        return f"KAMA crossover ({trend_rule(decision, params, side).text})"
    return f"{entry_trigger(decision, params)} ({trend_rule(decision, params, side).text})"


def _regime_line(decision: Any) -> str:
    regime = Regime(int(decision["regime"]))
    return f"Regime: {regime.name} (ADX={float(decision['adx']):.0f}, R²={float(decision['r2']):.2f})"


def _short_dollars(amount_e4: int) -> str:
    """Whole dollars when it is whole, as the walkthroughs print risk."""
    return f"${amount_e4 // E4:,}" if amount_e4 % E4 == 0 else dollars(amount_e4)


def exit_text(symbol: str, decision: Any, rule: Rule, side: int) -> str:
    """The lines that explain an exit."""
    word = "SELL" if side > 0 else "COVER"
    return "\n".join(
        (f"{word} {symbol} @ ${float(decision['close']):.2f}", f"Reason: {rule.text}", _regime_line(decision))
    )


def why_not(rules: tuple[Rule, ...]) -> str:
    """The rules that kept an entry from standing, in one line."""
    failed = [rule.text for rule in rules if rule.verdict is Verdict.FAILED]
    return (
        "not met: " + "; ".join(failed)
        if failed
        else "every rule is met, but nothing turned true on this bar (entries fire on an edge)"
    )


_TURNS = {
    ">": ("rise", "above {}"),
    ">=": ("rise", "{} or more"),
    "<": ("fall", "below {}"),
    "<=": ("fall", "{} or less"),
}


@dataclass(frozen=True, slots=True)
class _Quantity:
    """What a rule looks at, and how it is written. Where it comes in steps, so many to 1, it gets to a whole one."""

    name: str
    move: str = "{:.2f}"
    target: str = "{:g}"
    scale: float = 1.0
    steps: int = 0


_ADX, _R_SQUARED, _RSI = _Quantity("ADX"), _Quantity("R²"), _Quantity("RSI")
_CLOSE = _Quantity("the close", "${:,.2f}", "${:,.2f}", steps=100)
_QUANTITIES = {
    "trend_adx": _ADX,
    "trend_r2": _R_SQUARED,
    "range_adx": _ADX,
    "range_r2": _R_SQUARED,
    "price_beyond_entry_band": _CLOSE,
    "price_at_lower_band": _CLOSE,
    "price_at_upper_band": _CLOSE,
    "rsi_oversold": _RSI,
    "rsi_overbought": _RSI,
    "volume": _Quantity("the volume", "{:,.0f}", "{:,.0f}", steps=1),
    "gap": _Quantity("the gap", "{:.2f}%", "{:g}%", scale=100),
    "spread": _Quantity("the spread", "{:.2f}% of sigma", "{:g}% of sigma", scale=100),
}


def change_needed(rule: Rule) -> str:
    """What would turn a failed rule: by how much its value must move, and to where; else the rule itself."""
    quantity = _QUANTITIES.get(rule.name)
    if quantity is None or math.isnan(rule.value) or math.isnan(rule.target):
        return rule.text
    if math.isinf(rule.target):
        return f"no value of {quantity.name} would do: {rule.text}"
    to = quantity.scale * rule.target
    if quantity.steps:
        scaled = round(to * quantity.steps, 6)
        to = (math.floor(scaled) if rule.comparison in (">", "<=") else math.ceil(scaled)) / quantity.steps
    move = quantity.move.format(abs(to - quantity.scale * rule.value))
    direction, words = _TURNS[rule.comparison]
    by = f"by {move} " if any(digit in move for digit in "123456789") else ""
    given = ", with the band as it was" if quantity is _CLOSE and rule.flips_at is None else ""
    return f"{quantity.name} must {direction} {by}to {words.format(quantity.target.format(to))}{given}"


def risk_summary(decision: RiskDecision) -> str:
    """The risk decision in one line."""
    word = decision.verdict.value.replace("_", " ")
    return f"{word}: {decision.quantity} shares" + (f" ({decision.reason})" if decision.reason else "")
