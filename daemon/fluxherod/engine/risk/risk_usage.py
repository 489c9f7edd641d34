"""What is used of each limit now, in the words and units of the risk engine's own checks."""

from __future__ import annotations

import math

from fluxherod.core.money import E4, dollars
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.request import AccountState
from fluxherod.core.signals import Check
from fluxherod.core.sizing import BASIS_POINTS
from fluxherod.core.types import Verdict
from fluxherod.engine.ledger import Ledger


def usage(limits: RiskLimits, state: AccountState, ledger: Ledger, base_e4: int) -> list[Check]:
    """Each limit with what is used of it: dollars, positions in number, drawdown and daily loss in percent.

    `base_e4` is what the losses of the day are counted from, as `DailyLoss` has it; 0 while it is not known.

    Unknown figures are NaN and have failed; a rule that is switched off is not applicable.
    """
    return [
        _open_positions(limits, state),
        _share("exposure", limits.max_exposure_bp, state.exposure_e4, state, "positions and working entries"),
        _share("position_value", limits.max_position_bp, *_largest(ledger, state)),
        _drawdown("warning_drawdown", limits.warning_drawdown_bp, state),
        _drawdown("critical_drawdown", limits.critical_drawdown_bp, state),
        _daily_loss(limits, state, base_e4),
    ]


def held_values_e4(ledger: Ledger) -> dict[str, int]:
    """The signed market value of each position, ours or not; a symbol that has both counts together."""
    values = {symbol: quantity * price_e4 for symbol, (quantity, price_e4) in ledger.foreign.items()}
    for symbol, position in ledger.positions.items():
        values[symbol] = values.get(symbol, 0) + position.value_e4
    return values


def _largest(ledger: Ledger, state: AccountState) -> tuple[int, AccountState, str]:
    values = {symbol: abs(value) for symbol, value in held_values_e4(ledger).items()}
    symbol = max(sorted(values), key=values.__getitem__, default="")
    return values.get(symbol, 0), state, f"the largest position, {symbol}" if symbol else "no position is open"


def _open_positions(limits: RiskLimits, state: AccountState) -> Check:
    held, most = state.open_positions, limits.max_positions
    return _check("open_positions", most, held, held <= most, f"{held} of {most} positions open or being opened")


def _share(code: str, limit_bp: int, actual_e4: int, state: AccountState, words: str) -> Check:
    if state.equity_e4 is None or state.equity_e4 <= 0:
        return _check(code, math.nan, actual_e4 / E4, False, f"{dollars(actual_e4)}: equity is not known")
    limit_e4 = state.equity_e4 * limit_bp // BASIS_POINTS
    figures = f"{dollars(actual_e4)} of {dollars(limit_e4)} ({limit_bp / 100:g}% of equity)"
    return _check(code, limit_e4 / E4, actual_e4 / E4, actual_e4 <= limit_e4, f"{figures}: {words}")


def _drawdown(code: str, limit_bp: int, state: AccountState) -> Check:
    """The breaker acts at the limit itself, so there nothing of it is left."""
    limit, equity_e4, peak_e4 = limit_bp / 100, state.equity_e4, state.peak_e4
    if equity_e4 is None or peak_e4 <= 0:
        return _check(code, limit, math.nan, False, "equity is not known")
    actual = 100 * max(0, peak_e4 - equity_e4) / peak_e4
    text = f"{actual:.2f}% below the peak of {dollars(peak_e4)}, limit {limit:g}%"
    return _check(code, limit, actual, actual < limit, text)


def _daily_loss(limits: RiskLimits, state: AccountState, base_e4: int) -> Check:
    limit = limits.daily_loss_bp / 100
    if limits.daily_loss_bp == 0:
        return Check("daily_loss", 0.0, math.nan, Verdict.NOT_APPLICABLE, "the rule is switched off")
    if state.equity_e4 is None or base_e4 <= 0:
        return _check("daily_loss", limit, math.nan, False, "equity at the previous close is not known")
    actual = 100 * max(0, base_e4 - state.equity_e4) / base_e4
    text = f"{actual:.2f}% lost, counted from {dollars(base_e4)}, limit {limit:g}%"
    return _check("daily_loss", limit, actual, actual < limit, text)


def _check(code: str, limit: float, actual: float, passed: bool, text: str) -> Check:
    return Check(code, float(limit), float(actual), Verdict.PASSED if passed else Verdict.FAILED, text)
