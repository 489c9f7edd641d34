"""The rules of an entry: its regime, its price rules, whether it turned true on this bar; the noise filter's last."""

from __future__ import annotations

from typing import Any

from fluxherod.core.explain.noise import noise_rules
from fluxherod.core.explain.rule import compared, stated
from fluxherod.core.explain.turning import band_met_at
from fluxherod.core.signals import Rule, SessionTime
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Regime, Verdict

_REGIME_RULES = {
    Regime.STRONG_TREND: ((">", "trend_adx"), (">", "trend_r2")),
    Regime.MEAN_REVERSION: (("<", "range_adx"), ("<", "range_r2")),
}


def entry_rules(
    decision: Any,
    params: StrategyParams,
    side: int,
    spread: float,
    spread_code: int,
    regime: Regime | None = None,
    time: SessionTime | None = None,
) -> tuple[Rule, ...]:
    """Every rule of an entry on `side` (+1 long, -1 short) under a regime, noise rules last.

    Args:
        decision: the kernel's record of the bar.
        params: the thresholds in force.
        side: +1 for a long, -1 for a short entry.
        spread: ask minus bid; NaN without a quote.
        spread_code: the verdict of the spread rule (a `RuleCode`).
        regime: judged as if this one held; without it the confirmed one, which does.
        time: when it was decided, for the figure of the time rule.
    """
    confirmed = Regime(int(decision["regime"]))
    regime = confirmed if regime is None else regime
    reverting = regime is Regime.MEAN_REVERSION
    price = _range_rules(decision, params, side) if reverting else (trend_rule(decision, params, side),)
    neutral = _neutral_rules(decision, params, side) if regime is Regime.NEUTRAL else ()
    noise = noise_rules(decision, params, spread, spread_code, breakout=not reverting, time=time)
    return (*_regime_rules(decision, params, regime, confirmed), *price, *neutral, *noise)


def _neutral_rules(decision: Any, params: StrategyParams, side: int) -> tuple[Rule, ...]:
    opposed = bool(decision["mr_short" if side > 0 else "mr_long"])
    text = "mean reversion asks for the opposite" if opposed else "mean reversion does not ask for the opposite"
    unopposed = stated("mean_reversion_does_not_oppose", not opposed, text)
    if params.neutral_entries:
        return (unopposed,)
    return stated("neutral_entries", False, "entries in a neutral regime are switched off"), unopposed


# --- the regime ------------------------------------------------------------------------------------
def _regime_rules(decision: Any, params: StrategyParams, regime: Regime, confirmed: Regime) -> list[Rule]:
    """Whether the regime is confirmed, then ADX and R2 of this bar against its thresholds.

    A confirmed regime outlasts its thresholds until another one is confirmed: they keep no entry then.
    """
    holds = regime is confirmed
    rules = [_confirmed_rule(decision, params, regime) if holds else _awaited_rule(decision, params, regime)]
    for (comparison, name), label, value in zip(
        _REGIME_RULES.get(regime, ()), ("ADX", "R²"), (float(decision["adx"]), float(decision["r2"])), strict=False
    ):
        threshold = float(getattr(params, name))
        passed = value > threshold if comparison == ">" else value < threshold
        text = f"{label} {value:.2f} {comparison} {threshold:g}"
        if holds and not passed:
            text = f"{label} {value:.2f}, {threshold:g} is not asked for: {regime.name} is confirmed"
            rules.append(Rule(name, value, comparison, threshold, Verdict.NOT_APPLICABLE, text))
        else:
            rules.append(compared(name, value, comparison, threshold, passed, text))
    return rules


def _confirmed_rule(decision: Any, params: StrategyParams, regime: Regime) -> Rule:
    """The regime that holds, and for how long it has been seen, if it is seen at all on this bar."""
    seen, run, needed = Regime(int(decision["raw_regime"])), int(decision["regime_run"]), params.confirmation_bars
    if seen is not regime:
        text = f"{regime.name} is confirmed; {_awaited(seen, run, needed)}"
        return stated("confirmed_regime", True, text)
    if run < needed:  # it never ended, or it is the neutral one that everything begins with
        return stated("confirmed_regime", True, f"{regime.name} is confirmed")
    return compared("confirmed_regime", run, ">=", needed, True, f"{regime.name} is confirmed, on {run} bars in a row")


def _awaited_rule(decision: Any, params: StrategyParams, regime: Regime) -> Rule:
    """A regime that is not the confirmed one: on how many bars in a row it has been seen by now."""
    run = int(decision["regime_run"]) if int(decision["raw_regime"]) == regime else 0
    needed = params.confirmation_bars
    return compared("confirmed_regime", run, ">=", needed, False, _awaited(regime, run, needed))


def _awaited(regime: Regime, run: int, needed: int) -> str:
    return f"{regime.name} on {run} {'bar' if run == 1 else 'bars'} in a row, confirmed on the {ordinal(needed)}"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`, `21st`."""
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


# --- the price -------------------------------------------------------------------------------------
def trend_rule(decision: Any, params: StrategyParams, side: int) -> Rule:
    """The close against the entry band around KAMA. Where they would meet is not known: both follow the close."""
    close = float(decision["close"])
    band = float(decision["kama"]) + side * params.entry_atr * float(decision["atr"])
    comparison, sign = (">", "+") if side > 0 else ("<", "-")
    passed = bool(decision["trend_long" if side > 0 else "trend_short"])
    text = f"Price ${close:.2f} {comparison} KAMA{sign}{params.entry_atr:g}×ATR ${band:.2f}"
    return compared("price_beyond_entry_band", close, comparison, band, passed, text)


def _range_rules(decision: Any, params: StrategyParams, side: int) -> tuple[Rule, Rule]:
    rsi, close, average = (float(decision[name]) for name in ("rsi", "close", "sma"))
    sigma, period, width = float(decision["close_sigma"]), params.bollinger_period, params.bollinger_width
    meets = band_met_at(close, average, sigma, period, width, -side)
    if side > 0:
        band, limit = float(decision["bb_lower"]), params.rsi_oversold
        text = f"Price ${close:.2f} <= lower band ${band:.2f}"
        return (
            compared("rsi_oversold", rsi, "<", limit, rsi < limit, f"RSI {rsi:.1f} < {limit:g}"),
            compared("price_at_lower_band", close, "<=", band, close <= band, text, meets),
        )
    band, limit = float(decision["bb_upper"]), params.rsi_overbought
    text = f"Price ${close:.2f} >= upper band ${band:.2f}"
    return (
        compared("rsi_overbought", rsi, ">", limit, rsi > limit, f"RSI {rsi:.1f} > {limit:g}"),
        compared("price_at_upper_band", close, ">=", band, close >= band, text, meets),
    )


# --- the edge --------------------------------------------------------------------------------------
def stands(decision: Any, params: StrategyParams, side: int) -> bool:
    """True when regime and price rule of an entry on a side hold on this bar, whether or not they have just turned."""
    regime = Regime(int(decision["regime"]))
    if regime is Regime.MEAN_REVERSION:
        return bool(decision["mr_long" if side > 0 else "mr_short"])
    trend = bool(decision["trend_long" if side > 0 else "trend_short"])
    if regime is Regime.NEUTRAL:
        return trend and params.neutral_entries and not decision["mr_short" if side > 0 else "mr_long"]
    return trend


def edge_rule(decision: Any, params: StrategyParams, *, only_noted: bool) -> Rule:
    """The rule that keeps an entry whose conditions have not turned true on this bar.

    Args:
        decision: the kernel's record of the bar.
        params: the thresholds in force.
        only_noted: the bar only noted what stands; otherwise the conditions stood on the bar before already.
    """
    if not only_noted:
        text = "its conditions stood before this bar already: an entry fires once, on the bar where they turn true"
    elif int(decision["index"]) == params.decision_index:
        text = "the first bar that is decided only notes which conditions stand: it fires no entry"
    else:
        text = "the first bar after a change of parameters only notes which conditions stand: it fires no entry"
    return stated("edge", False, text)
