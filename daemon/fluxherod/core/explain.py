"""Why: a kernel decision as rules with their numbers, and as the texts that people read."""

from __future__ import annotations

import math
from typing import Any

from fluxherod.core.money import E4, dollars
from fluxherod.core.signals import Indicators, RiskDecision, Rule
from fluxherod.core.strategy.codes import EntryMode, RuleCode, Trigger, VolatilityState
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Mode, Regime, Verdict

_VERDICTS = {
    RuleCode.PASSED: Verdict.PASSED,
    RuleCode.FAILED: Verdict.FAILED,
    RuleCode.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}
_REGIME_RULES = {
    Regime.STRONG_TREND: ((">", "trend_adx"), (">", "trend_r2")),
    Regime.MEAN_REVERSION: (("<", "range_adx"), ("<", "range_r2")),
}


def indicators(decision: Any, spike_ratio: float, spikes: bool) -> Indicators:
    """The indicator values of a kernel decision; `spike_ratio` is NaN where 5-minute bars are not known."""
    return Indicators(
        close=float(decision["close"]),
        sma=float(decision["sma"]),
        kama=float(decision["kama"]),
        efficiency_ratio=float(decision["kama_er"]),
        rsi=float(decision["rsi"]),
        atr=float(decision["atr"]),
        adx=float(decision["adx"]),
        plus_di=float(decision["plus_di"]),
        minus_di=float(decision["minus_di"]),
        upper_band=float(decision["bb_upper"]),
        lower_band=float(decision["bb_lower"]),
        slope=float(decision["slope"]),
        r_squared=float(decision["r2"]),
        average_volume=float(decision["avg_volume"]),
        volume=int(decision["volume"]),
        atr_average=float(decision["atr_avg50"]),
        volatility=VolatilityState(int(decision["volatility_state"])).name,
        spike_ratio=spike_ratio if math.isfinite(spike_ratio) else None,
        volatility_spike=spikes,
    )


def entry_rules(
    decision: Any,
    params: StrategyParams,
    side: int,
    spread: float,
    spread_code: int,
    regime: Regime | None = None,
) -> tuple[Rule, ...]:
    """Every rule of an entry on `side` (+1 long, -1 short) under a regime, noise rules last.

    Args:
        decision: the kernel's record of the bar.
        params: the thresholds in force.
        side: +1 for a long, -1 for a short entry.
        spread: ask minus bid; NaN without a quote.
        spread_code: the verdict of the spread rule (a `RuleCode`).
        regime: judged as if this one held; without it the confirmed one, which does.
    """
    confirmed = Regime(int(decision["regime"]))
    regime = confirmed if regime is None else regime
    price = (
        _range_rules(decision, params, side)
        if regime is Regime.MEAN_REVERSION
        else [_trend_rule(decision, params, side)]
    )
    if regime is Regime.NEUTRAL:
        price.append(_unopposed_rule(decision, side))
    confirmation = [] if regime is confirmed else [_confirmation_rule(decision, params, regime)]
    noise = noise_rules(decision, params, spread, spread_code, breakout=regime is not Regime.MEAN_REVERSION)
    return (*confirmation, *_regime_rules(decision, params, regime), *price, *noise)


def _unopposed_rule(decision: Any, side: int) -> Rule:
    opposed = bool(decision["mr_short" if side > 0 else "mr_long"])
    text = "mean reversion asks for the opposite" if opposed else "mean reversion does not ask for the opposite"
    return _rule("mean_reversion_does_not_oppose", float(opposed), "<", 1.0, not opposed, text)


def _confirmation_rule(decision: Any, params: StrategyParams, regime: Regime) -> Rule:
    """A regime that is not the confirmed one: on how many bars in a row it has been seen by now."""
    run = int(decision["regime_run"]) if int(decision["raw_regime"]) == regime else 0
    needed = params.confirmation_bars
    text = f"{regime.name} on {run} bars in a row, confirmed on the {_ordinal(needed)}"
    return _rule("confirmed_regime", run, ">=", needed, False, text)


def _ordinal(number: int) -> str:
    return str(number) + {1: "st", 2: "nd", 3: "rd"}.get(number, "th")


def edge_rule() -> Rule:
    """The rule of an entry whose conditions stood on the bar before already."""
    text = "its conditions stood before this bar already: an entry fires once, on the bar where they turn true"
    return _rule("edge", 0.0, ">=", 1.0, False, text)


def stands(decision: Any, params: StrategyParams, side: int) -> bool:
    """True when regime and price rule of an entry on a side hold on this bar, whether or not they have just turned."""
    regime = Regime(int(decision["regime"]))
    if regime is Regime.MEAN_REVERSION:
        return bool(decision["mr_long" if side > 0 else "mr_short"])
    trend = bool(decision["trend_long" if side > 0 else "trend_short"])
    if regime is Regime.NEUTRAL:
        return trend and params.neutral_entries and not decision["mr_short" if side > 0 else "mr_long"]
    return trend


def _rule(name: str, value: float, comparison: str, threshold: float, passed: bool, text: str) -> Rule:
    return Rule(name, value, comparison, threshold, Verdict.PASSED if passed else Verdict.FAILED, text)


def _regime_rules(decision: Any, params: StrategyParams, regime: Regime) -> list[Rule]:
    """ADX and R2 of this bar against the confirmed regime's thresholds; a regime may outlast them for two bars."""
    if regime not in _REGIME_RULES:
        return []
    rules = []
    for (comparison, name), label, value in zip(
        _REGIME_RULES[regime], ("ADX", "R²"), (float(decision["adx"]), float(decision["r2"])), strict=True
    ):
        threshold = float(getattr(params, name))
        passed = value > threshold if comparison == ">" else value < threshold
        rules.append(
            _rule(name, value, comparison, threshold, passed, f"{label} {value:.2f} {comparison} {threshold:g}")
        )
    return rules


def _trend_rule(decision: Any, params: StrategyParams, side: int) -> Rule:
    close = float(decision["close"])
    band = float(decision["kama"]) + side * params.entry_atr * float(decision["atr"])
    comparison, sign = (">", "+") if side > 0 else ("<", "-")
    passed = bool(decision["trend_long" if side > 0 else "trend_short"])
    return _rule(
        "price_beyond_entry_band",
        close,
        comparison,
        band,
        passed,
        f"Price ${close:.2f} {comparison} KAMA{sign}{params.entry_atr:g}×ATR ${band:.2f}",
    )


def _range_rules(decision: Any, params: StrategyParams, side: int) -> list[Rule]:
    rsi, close = float(decision["rsi"]), float(decision["close"])
    if side > 0:
        band = float(decision["bb_lower"])
        return [
            _rule(
                "rsi_oversold",
                rsi,
                "<",
                params.rsi_oversold,
                rsi < params.rsi_oversold,
                f"RSI {rsi:.1f} < {params.rsi_oversold:g}",
            ),
            _rule(
                "price_at_lower_band", close, "<=", band, close <= band, f"Price ${close:.2f} <= lower band ${band:.2f}"
            ),
        ]
    band = float(decision["bb_upper"])
    return [
        _rule(
            "rsi_overbought",
            rsi,
            ">",
            params.rsi_overbought,
            rsi > params.rsi_overbought,
            f"RSI {rsi:.1f} > {params.rsi_overbought:g}",
        ),
        _rule("price_at_upper_band", close, ">=", band, close >= band, f"Price ${close:.2f} >= upper band ${band:.2f}"),
    ]


def noise_rules(
    decision: Any, params: StrategyParams, spread: float, spread_code: int, *, breakout: bool
) -> tuple[Rule, ...]:
    """The noise filter's rules; a `breakout` (a trend or neutral entry) needs the larger volume."""
    ratio = params.breakout_volume_ratio if breakout else params.volume_ratio
    average, volume = float(decision["avg_volume"]), float(decision["volume"])
    limit = params.spread_limit_illiquid if decision["illiquid"] else params.spread_limit
    sigma = float(decision["close_sigma"])
    relative = spread / sigma if sigma > 0 else math.nan
    gap = abs(float(decision["gap"]))
    volume_code = int(decision["breakout_volume_ok" if breakout else "volume_ok"])
    others = average * params.volume_period - volume  # the average moves with the volume itself
    return (
        Rule(
            "volume",
            volume,
            ">",
            ratio * average,
            _VERDICTS[RuleCode(volume_code)],
            f"volume {volume:,.0f} > {ratio:g} x average {average:,.0f}",
            ratio * others / (params.volume_period - ratio) if ratio < params.volume_period else math.inf,
        ),
        Rule(
            "time",
            0.0,
            "<",
            1.0,
            _VERDICTS[RuleCode(int(decision["time_ok"]))],
            f"after the open and more than {params.close_quiet_minutes} minutes before the close",
        ),
        Rule(
            "gap",
            gap,
            "<",
            params.gap_limit,
            _VERDICTS[RuleCode(int(decision["gap_ok"]))],
            f"gap {100 * gap:.2f}% < {100 * params.gap_limit:g}%",
        ),
        Rule(
            "spread",
            relative,
            "<=",
            limit,
            _VERDICTS[RuleCode(spread_code)],
            "no quote"
            if math.isnan(spread)
            else f"spread ${spread:.2f} is {100 * relative:.1f}% of sigma, limit {100 * limit:g}%",
        ),
    )


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
        return f"KAMA crossover ({_trend_rule(decision, params, side).text})"
    return f"{entry_trigger(decision, params)} ({_trend_rule(decision, params, side).text})"


def _regime_line(decision: Any) -> str:
    regime = Regime(int(decision["regime"]))
    return f"Regime: {regime.name} (ADX={float(decision['adx']):.0f}, R²={float(decision['r2']):.2f})"


def _short_dollars(amount_e4: int) -> str:
    """Whole dollars when it is whole, as the walkthroughs print risk."""
    return f"${amount_e4 // E4:,}" if amount_e4 % E4 == 0 else dollars(amount_e4)


def exit_rule(decision: Any, params: StrategyParams, mode: Mode, side: int) -> Rule:
    """The rule that ends (or does not end) a position of `mode` and `side` on this bar."""
    close = float(decision["close"])
    if mode is Mode.TREND:
        band = float(decision["kama"]) - side * params.exit_atr * float(decision["atr"])
        comparison, sign = ("<", "-") if side > 0 else (">", "+")
        passed = bool(decision["exit_trend_long" if side > 0 else "exit_trend_short"])
        return _rule(
            "price_beyond_exit_band",
            close,
            comparison,
            band,
            passed,
            f"Price ${close:.2f} {comparison} KAMA{sign}{params.exit_atr:g}×ATR ${band:.2f}",
        )
    sma, rsi = float(decision["sma"]), float(decision["rsi"])
    passed = bool(decision["exit_mr_long" if side > 0 else "exit_mr_short"])
    comparison = ">=" if side > 0 else "<="
    at_average = close >= sma if side > 0 else close <= sma
    if at_average or not passed:
        return _rule(
            "price_back_at_average", close, comparison, sma, passed, f"Price ${close:.2f} {comparison} SMA ${sma:.2f}"
        )
    limit, turn = (params.rsi_overbought, ">") if side > 0 else (params.rsi_oversold, "<")
    return _rule("rsi_at_other_extreme", rsi, turn, limit, passed, f"RSI {rsi:.1f} {turn} {limit:g}")


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
_PRICE, _NUMBER, _SHARE, _WHOLE = "${:,.2f}", "{:.2f}", "{:.2%}", "{:,.0f}"
# The quantity that a rule looks at, and how it is written.
_QUANTITIES = {
    "trend_adx": ("ADX", _NUMBER),
    "trend_r2": ("R²", _NUMBER),
    "range_adx": ("ADX", _NUMBER),
    "range_r2": ("R²", _NUMBER),
    "price_beyond_entry_band": ("the close", _PRICE),
    "price_at_lower_band": ("the close", _PRICE),
    "price_at_upper_band": ("the close", _PRICE),
    "rsi_oversold": ("RSI", _NUMBER),
    "rsi_overbought": ("RSI", _NUMBER),
    "volume": ("the volume", _WHOLE),
    "gap": ("the gap", _SHARE),
    "spread": ("the spread", _SHARE + " of sigma"),
}


def change_needed(rule: Rule) -> str:
    """What would turn a failed rule: by how much its value must move, and to where; else the rule itself."""
    move = abs(rule.flips_at - rule.value)
    if rule.name not in _QUANTITIES or not math.isfinite(move):
        return rule.text
    quantity, form = _QUANTITIES[rule.name]
    direction, target = _TURNS[rule.comparison]
    return f"{quantity} must {direction} by {form.format(move)} to {target.format(form.format(rule.flips_at))}"


def risk_summary(decision: RiskDecision) -> str:
    """The risk decision in one line."""
    word = decision.verdict.value.replace("_", " ")
    return f"{word}: {decision.quantity} shares" + (f" ({decision.reason})" if decision.reason else "")
