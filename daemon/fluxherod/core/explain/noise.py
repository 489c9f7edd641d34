"""The noise filter's rules with their numbers."""

from __future__ import annotations

import math
from typing import Any

from fluxherod.core.signals import Rule, SessionTime
from fluxherod.core.strategy.codes import RuleCode
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Verdict

_VERDICTS: dict[int, Verdict] = {
    RuleCode.PASSED: Verdict.PASSED,
    RuleCode.FAILED: Verdict.FAILED,
    RuleCode.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


NOISE_RULES = ("volume", "time", "gap", "spread")
"""The names of the noise filter's rules."""


def noise_passed(decision: Any, spread_code: int, *, breakout: bool) -> bool:
    """True when no rule of `noise_rules` has failed."""
    volume = decision["breakout_volume_ok" if breakout else "volume_ok"]
    return int(RuleCode.FAILED) not in (volume, decision["time_ok"], decision["gap_ok"], spread_code)


def noise_rules(
    decision: Any,
    params: StrategyParams,
    spread: float,
    spread_code: int,
    *,
    breakout: bool,
    time: SessionTime | None = None,
) -> tuple[Rule, ...]:
    """The noise filter's rules; a `breakout` (a trend or neutral entry) needs the larger volume.

    Args:
        decision: the kernel's record of the bar.
        params: the thresholds in force.
        spread: ask minus bid; NaN without a quote.
        spread_code: the verdict of the spread rule (a `RuleCode`).
        time: when it was decided; None leaves the time rule without its figure.
    """
    return (
        _volume_rule(decision, params, breakout),
        _time_rule(decision, params, time),
        _gap_rule(decision, params),
        _spread_rule(decision, params, spread, spread_code),
    )


def _volume_rule(decision: Any, params: StrategyParams, breakout: bool) -> Rule:
    ratio = params.breakout_volume_ratio if breakout else params.volume_ratio
    average, volume, period = float(decision["avg_volume"]), float(decision["volume"]), params.volume_period
    others = average * period - volume  # the average moves with the volume itself
    return Rule(
        "volume",
        volume,
        ">",
        ratio * average,
        _VERDICTS[int(decision["breakout_volume_ok" if breakout else "volume_ok"])],
        f"volume {volume:,.0f} > {ratio:g} x average {average:,.0f}",
        ratio * others / (period - ratio) if ratio < period else math.inf,
    )


def _time_rule(decision: Any, params: StrategyParams, time: SessionTime | None) -> Rule:
    verdict, quiet = _VERDICTS[int(decision["time_ok"])], params.close_quiet_minutes
    if verdict is Verdict.NOT_APPLICABLE:
        return Rule("time", math.nan, "", math.nan, verdict, "a daily bar has no time of day")
    if time is None:
        text = f"after the open and more than {quiet} minutes before the close"
        return Rule("time", math.nan, "", math.nan, verdict, text)
    if time.after_open < 0:
        text = f"{_minutes(-time.after_open)} before the open"
        return Rule("time", time.after_open, ">=", 0.0, verdict, text, 0.0)
    left = f"{_minutes(abs(time.to_close))} {'to' if time.to_close >= 0 else 'after'} the close"
    text = f"{left}, more than {quiet} are needed" if verdict is Verdict.FAILED else f"{left} > {quiet}"
    return Rule("time", time.to_close, ">", quiet, verdict, text, quiet)


def _minutes(count: int) -> str:
    return f"{count} minute{'' if count == 1 else 's'}"


def _gap_rule(decision: Any, params: StrategyParams) -> Rule:
    gap, limit = abs(float(decision["gap"])), params.gap_limit
    text = f"gap {100 * gap:.2f}% < {100 * limit:g}%"
    return Rule("gap", gap, "<", limit, _VERDICTS[int(decision["gap_ok"])], text, limit)


def _spread_rule(decision: Any, params: StrategyParams, spread: float, code: int) -> Rule:
    limit = params.spread_limit_illiquid if decision["illiquid"] else params.spread_limit
    sigma, verdict = float(decision["close_sigma"]), _VERDICTS[code]
    unknown = _no_spread(spread, sigma)
    if unknown:
        return Rule("spread", math.nan, "<=", limit, verdict, unknown)
    relative = spread / sigma
    text = f"spread ${spread:.2f} is {100 * relative:.1f}% of sigma, limit {100 * limit:g}%"
    return Rule("spread", relative, "<=", limit, verdict, text, limit)


def _no_spread(spread: float, sigma: float) -> str:
    """Why there is no figure of the spread; "" when there is one."""
    if math.isnan(spread):
        return "no quote"
    if spread < 0:
        return f"the quote is crossed: the bid is ${-spread:.2f} above the ask"
    return "" if sigma > 0 else "the closes never moved: there is no sigma to hold the spread against"
