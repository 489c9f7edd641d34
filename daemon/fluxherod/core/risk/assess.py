"""The decision on an order that adds risk: every check listed, every cut of its size explained.

It fails closed: what is unknown, stale or out of order is a failed check and the answer is REJECTED.
Caps reduce the size; only a size of zero, or a check that no size could pass, rejects.
"""

from __future__ import annotations

import math

from fluxherod.core.money import E4, dollars
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.request import MAX_EQUITY_E4, MAX_PRICE_E4, MAX_QUANTITY, AccountState, EntryRequest
from fluxherod.core.risk.soundness import first_fault
from fluxherod.core.risk.waterfall import Sizes, correlated, multipliers, relation, sizes, waterfall
from fluxherod.core.signals import Check, RiskDecision, RiskVerdict
from fluxherod.core.sizing import BASIS_POINTS, collared
from fluxherod.core.types import Side, Verdict

__all__ = [
    "MAX_EQUITY_E4",
    "MAX_PRICE_E4",
    "MAX_QUANTITY",
    "AccountState",
    "EntryRequest",
    "assess",
    "reduction",
    "refused",
]


def assess(request: EntryRequest, account: AccountState, limits: RiskLimits) -> RiskDecision:
    """Approve, adjust or reject an order that adds risk. Verdict and quantity are there at once, the words when read.

    Args:
        request: the order, its price, its stop and its risk budget.
        account: equity, exposure and what blocks new risk now.
        limits: the limits in force.
    """
    if fault := first_fault(request, account, limits):
        return refused(*fault)  # from here on there are whole numbers, and the share of the equity at risk is one
    if not _passes_gates(request, account, limits):
        return _kept_out(request, account, limits)
    assert account.equity_e4 is not None  # equity_known has passed
    equity_e4, size = account.equity_e4, sizes(request, account.equity_e4, account, limits)
    quantity, verdict = max(0, size.quantity), RiskVerdict.APPROVED
    if quantity == 0:
        verdict = RiskVerdict.REJECTED
    elif size.adjusted:
        verdict = RiskVerdict.APPROVED_WITH_ADJUSTMENT
    return RiskDecision.deferred(
        lambda: _explained(verdict, quantity, request, equity_e4, account, limits, size),
        verdict=verdict,
        quantity=quantity,
    )


def _kept_out(request: EntryRequest, account: AccountState, limits: RiskLimits) -> RiskDecision:
    """The decision on an order that a check ends which no size could pass."""
    checks = _gate_checks(request, account, limits)
    failed = next(check for check in checks if check.verdict is Verdict.FAILED)
    return RiskDecision(RiskVerdict.REJECTED, 0, tuple(checks), (), failed.text, failed.code)


def _explained(
    verdict: RiskVerdict,
    quantity: int,
    request: EntryRequest,
    equity_e4: int,
    account: AccountState,
    limits: RiskLimits,
    size: Sizes,
) -> RiskDecision:
    """A decision with all that was looked at."""
    checks = _gate_checks(request, account, limits)
    checks += _size_checks(request, equity_e4, account, limits, quantity)
    checks += [_correlation_check(request, limits), _breaker_check(request, equity_e4, account, limits)]
    found, reason, code = waterfall(request, equity_e4, size, limits), "", ""
    if verdict is RiskVerdict.REJECTED:
        step = next((step for step in found.steps if step.after <= 0), found.steps[-1])
        reason, code = f"no share is left after {step.name}: {step.text}", step.name
    elif verdict is RiskVerdict.APPROVED_WITH_ADJUSTMENT:
        reason, code = "; ".join(cut.text for cut in found.cuts), found.cuts[0].code
    return RiskDecision(verdict, quantity, tuple(checks), found.steps, reason, code)


def refused(code: str, text: str) -> RiskDecision:
    """The decision on an order that is not even sized: the one failed check that ended it."""
    return RiskDecision(RiskVerdict.REJECTED, 0, (_check(code, 0, 0, False, text),), (), text, code)


def reduction(quantity: int, leaving: int, held: int) -> RiskDecision:
    """The decision on an order that only reduces a position; `leaving` counts what is being closed already."""
    check = _check("position", held, leaving, leaving <= held, f"closes {leaving} of the {held} shares that are held")
    return RiskDecision(RiskVerdict.APPROVED, quantity, (check,), ())


# --- checks that no size could pass --------------------------------------------------------------
def _passes_gates(request: EntryRequest, account: AccountState, limits: RiskLimits) -> bool:
    return (
        not account.blocked
        and _equity_known(account)
        and _price_valid(request)
        and _stop_sound(request)
        and _wanted_whole(request)
        and _position_free(account, limits)
    )


def _gate_checks(request: EntryRequest, account: AccountState, limits: RiskLimits) -> list[Check]:
    """The same in words."""
    active, held, most = account.blocked or "trading is active", account.open_positions, limits.max_positions
    text = f"{held} open or being opened, at most {most}"
    return [
        _check("trading_status", 0, int(bool(account.blocked)), not account.blocked, active),
        _equity_check(account),
        _price_check(request),
        _stop_check(request),
        _wanted_check(request),
        _check("open_positions", most, held + 1, _position_free(account, limits), text),
    ]


def _check(code: str, limit: float, actual: float, passed: bool, text: str) -> Check:
    return Check(code, _figure(limit), _figure(actual), Verdict.PASSED if passed else Verdict.FAILED, text)


def _dollars(value_e4: int) -> float:
    return _figure(value_e4) / E4


def _figure(value: float) -> float:
    """As a float; NaN for an integer that is too large to be one."""
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _equity_known(account: AccountState) -> bool:
    equity_e4 = account.equity_e4
    return equity_e4 is not None and 0 < equity_e4 <= MAX_EQUITY_E4 and account.exposure_e4 >= 0


def _equity_check(account: AccountState) -> Check:
    known, text = _equity_known(account), "equity is known"
    if account.equity_e4 is None or account.equity_e4 <= 0:
        text = "equity is missing, stale or not positive"
    elif not known:
        text = "equity or exposure is beyond reason"
    return _check("equity_known", 0, 0, known, text)


def _price_valid(request: EntryRequest) -> bool:
    return 0 < request.price_e4 <= MAX_PRICE_E4


def _price_check(request: EntryRequest) -> Check:
    valid, price = _price_valid(request), _dollars(request.price_e4)
    text = f"price {dollars(request.price_e4)}" if valid else f"{price} is not a usable price"
    return _check("price_valid", 0, price, valid, text)


def _stop_sound(request: EntryRequest) -> bool:
    """True for a stop on the losing side of the price, as far away as the size reckons with at most."""
    stop, price = request.stop_e4, request.price_e4
    if stop is None or not 0 < stop <= MAX_PRICE_E4 or price <= 0:
        return False
    distance = price - stop if request.side is Side.BUY else stop - price
    return 0 < distance <= request.distance_e4 <= MAX_PRICE_E4


def _stop_check(request: EntryRequest) -> Check:
    stop, price, sound = request.stop_e4, request.price_e4, _stop_sound(request)
    if stop is None:
        return _check("stop_loss", 0, 0, sound, "a protective stop is mandatory")
    if not 0 < stop <= MAX_PRICE_E4:
        return _check("stop_loss", 0, 0, sound, f"{_dollars(stop)} is not a usable stop price")
    if price <= 0:
        return _check("stop_loss", 0, _dollars(stop), sound, "a stop without a price can't be judged")
    text = f"stop {dollars(stop)}"
    if not (stop < price if request.side is Side.BUY else stop > price):
        text = f"stop {dollars(stop)} is on the wrong side of {dollars(price)} for a {request.side}"
    elif not sound:
        text = f"a distance of {_dollars(request.distance_e4)} does not reach the stop {dollars(stop)}"
    return _check("stop_loss", _dollars(price), _dollars(stop), sound, text)


def _wanted_whole(request: EntryRequest) -> bool:
    return request.wanted is None or 0 < request.wanted <= MAX_QUANTITY


def _wanted_check(request: EntryRequest) -> Check:
    wanted, whole = request.wanted, _wanted_whole(request)
    if wanted is None:
        return _check("quantity", MAX_QUANTITY, 0, whole, "sized by risk")
    text = f"{wanted} shares wanted" + ("" if whole else f": allowed are 1 to {MAX_QUANTITY} whole shares")
    return _check("quantity", MAX_QUANTITY, wanted, whole, text)


def _position_free(account: AccountState, limits: RiskLimits) -> bool:
    return account.open_positions < limits.max_positions


# --- the limits against the size -----------------------------------------------------------------
def _size_checks(
    request: EntryRequest, equity_e4: int, account: AccountState, limits: RiskLimits, quantity: int
) -> list[Check]:
    """In dollars."""
    value_e4, power_e4 = quantity * request.price_e4, account.buying_power_e4
    total = quantity + request.held
    held_e4 = collared(value_e4, request.side is Side.BUY)
    shares = [
        ("risk_per_trade", request.risk_bp, total * request.distance_e4),
        ("position_value", limits.max_position_bp, total * request.price_e4),
        ("exposure", limits.max_exposure_bp, account.exposure_e4 + value_e4),
    ]
    text = f"{dollars(held_e4)} as the broker values it, of {dollars(power_e4)}"
    return [
        *(_share_check(code, limit_bp, actual_e4, equity_e4) for code, limit_bp, actual_e4 in shares),
        _check("buying_power", _dollars(power_e4), _dollars(held_e4), held_e4 <= power_e4, text),
    ]


def _share_check(code: str, limit_bp: int, actual_e4: int, equity_e4: int) -> Check:
    limit_e4 = equity_e4 * limit_bp // BASIS_POINTS
    text = f"{dollars(actual_e4)} ({100 * actual_e4 / equity_e4:.1f}%), limit {dollars(limit_e4)} ({limit_bp / 100:g}%)"
    return _check(code, _dollars(limit_e4), _dollars(actual_e4), actual_e4 <= limit_e4, text)


# --- what only makes it smaller ------------------------------------------------------------------
def _correlation_check(request: EntryRequest, limits: RiskLimits) -> Check:
    """As |rho|; above the limit it has failed, and the size is that of a correlated entry."""
    limit, found = limits.correlation_limit, correlated(request, limits)
    if found is None:
        return _check("correlation", limit, 0, True, "nothing else is held or being opened")
    text = f"{relation(request.symbol, found)}, limit {limit:g}"
    return _check("correlation", limit, abs(found.rho), not found.exceeds(limit), text)


def _breaker_check(request: EntryRequest, equity_e4: int, account: AccountState, limits: RiskLimits) -> Check:
    """Drawdown in percent of the peak against the warning; failed while the breaker makes entries smaller."""
    limit, peak_e4 = limits.warning_drawdown_bp / 100, max(account.peak_e4, equity_e4)
    drawdown = 100 * (peak_e4 - equity_e4) / peak_e4
    reduces = any(name == "breaker" for name, _ in multipliers(request, limits))
    text = f"drawdown {drawdown:.1f}% from the peak of {dollars(peak_e4)}, warning at {limit:g}%"
    return _check("breaker", limit, drawdown, not reduces and drawdown < limit, text)
