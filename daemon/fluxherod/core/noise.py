"""The noise filter: each rule on its own, each with a verdict (`RuleCode`). What is unknown fails."""

from __future__ import annotations

from fluxherod.core.jit import Record, RecordArray, inlined, kernel
from fluxherod.core.strategy.codes import RuleCode

_FAILED = int(RuleCode.FAILED)
_PASSED = int(RuleCode.PASSED)
_NOT_APPLICABLE = int(RuleCode.NOT_APPLICABLE)


@inlined
def _verdict(passed: bool) -> int:
    return _PASSED if passed else _FAILED


@inlined
def illiquid_time(minute_of_day: int, params: Record) -> bool:
    """Outside the session or around midday, by the New York minute of the decision time."""
    return bool(
        (minute_of_day < params["illiquid_before_minute"])
        | ((minute_of_day >= params["illiquid_midday_minute"]) & (minute_of_day < params["illiquid_midday_end_minute"]))
        | (minute_of_day >= params["illiquid_from_minute"])
    )


@inlined
def judge_bar(decision: Record, params: Record) -> None:
    """The rules that a bar's figures decide: volume, breakout volume, gap."""
    volume, average = decision["volume"], decision["avg_volume"]
    decision["volume_ok"] = _verdict(volume > params["volume_ratio"] * average)
    decision["breakout_volume_ok"] = _verdict(volume > params["breakout_volume_ratio"] * average)
    decision["gap_ok"] = _verdict(abs(decision["gap"]) < params["gap_limit"])


@inlined
def judge_time(
    decision: Record, params: Record, minutes_to_close: int, minutes_after_open: int, intraday: bool
) -> None:
    """The rule of the time of day."""
    in_time = (minutes_after_open >= 0) & (minutes_to_close > params["close_quiet_minutes"])
    decision["time_ok"] = _verdict(in_time) if intraday else _NOT_APPLICABLE


@kernel
def spread_rule(spread: float, close_sigma: float, illiquid: bool, params: RecordArray) -> int:
    """Spread against the sigma of the last closes, a `RuleCode`; `params` has shape (1,).

    Fails when either is NaN (no quote), the quote is crossed or the closes never moved. Whether a missing quote
    is rather not applicable (in a backtest) is the caller's to say.
    """
    limit = params[0]["spread_limit_illiquid"] if illiquid else params[0]["spread_limit"]
    if close_sigma > 0.0 and spread >= 0.0 and spread / close_sigma <= limit:
        return _PASSED
    return _FAILED
