"""The decision on an order that adds risk: every check listed, every cut of its size explained.

It fails closed: what is unknown, stale or out of order is a failed check and the answer is REJECTED.
Caps reduce the size; only a size of zero, or a check that no size could pass, rejects.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.core.money import dollars
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import Check, RiskDecision, RiskVerdict, SizingStep
from fluxherod.core.sizing import (
    BASIS_POINTS,
    affordable_shares,
    position_cap_shares,
    risk_shares,
    scaled,
    shares_within,
)
from fluxherod.core.types import Side, Verdict

MAX_QUANTITY = 10_000_000
MAX_PRICE_E4 = 10_000_000 * 10_000
MAX_EQUITY_E4 = 10_000_000_000 * 10_000  # in basis points it still fits 64 bits


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """An order that would add risk. `wanted` is an operator's quantity; None lets risk size it."""

    symbol: str
    side: Side
    price_e4: int
    stop_e4: int | None
    risk_bp: int
    distance_e4: int
    multipliers: tuple[tuple[str, int], ...] = ()
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class AccountState:
    """What risk must know of the account at this moment; `None` is unknown and fails closed."""

    equity_e4: int | None
    exposure_e4: int
    buying_power_e4: int
    open_positions: int
    blocked: str = ""


def assess(request: EntryRequest, account: AccountState, limits: RiskLimits) -> RiskDecision:
    """Approve, adjust or reject an order that adds risk.

    Args:
        request: the order, its price, its stop and its risk budget.
        account: equity, exposure and what blocks new risk now.
        limits: the limits in force.
    """
    checks = [*_gate_checks(request, account, limits)]
    failed = next((check for check in checks if check.verdict is Verdict.FAILED), None)
    if failed is not None:
        return RiskDecision(RiskVerdict.REJECTED, 0, tuple(checks), (), failed.text, failed.code)
    assert account.equity_e4 is not None  # equity_known has passed
    steps = _waterfall(request, account.equity_e4, account, limits)
    quantity = steps[-1].after
    checks += _size_checks(request, account.equity_e4, account, limits, quantity)
    cut = next((step for step in steps[1:] if step.after < step.before and step.name not in _OWN_SIZING), None)
    if quantity <= 0:
        step = next((step for step in steps if step.after <= 0), steps[-1])
        return RiskDecision(
            RiskVerdict.REJECTED, 0, tuple(checks), steps, f"no share is left after {step.name}: {step.text}", step.name
        )
    if cut is not None:
        return RiskDecision(RiskVerdict.APPROVED_WITH_ADJUSTMENT, quantity, tuple(checks), steps, cut.text, cut.name)
    return RiskDecision(RiskVerdict.APPROVED, quantity, tuple(checks), steps)


# Steps that are the strategy's own sizing; a cut there is not an adjustment by risk.
_OWN_SIZING = frozenset({"risk", "multipliers"})


def _gate_checks(request: EntryRequest, account: AccountState, limits: RiskLimits) -> list[Check]:
    """Checks that no size could pass."""
    price_valid = _amount(request.price_e4) and request.price_e4 <= MAX_PRICE_E4
    return [
        _check(
            "trading_status", 0, int(bool(account.blocked)), not account.blocked, account.blocked or "trading is active"
        ),
        _equity_check(account),
        _check(
            "price_valid",
            0,
            request.price_e4 / BASIS_POINTS,
            price_valid,
            f"price {dollars(request.price_e4)}"
            if price_valid
            else f"{request.price_e4 / BASIS_POINTS} is not a usable price",
        ),
        _stop_check(request),
        _wanted_check(request),
        _check(
            "open_positions",
            limits.max_positions,
            account.open_positions + 1,
            account.open_positions < limits.max_positions,
            f"{account.open_positions} open or being opened, at most {limits.max_positions}",
        ),
    ]


def _amount(value: int | None) -> bool:
    """True for a positive exact amount. NaN and None are unknown, and unknown is no."""
    return isinstance(value, int) and value > 0


def _equity_check(account: AccountState) -> Check:
    if not _amount(account.equity_e4):
        return _check("equity_known", 0, 0, False, "equity is missing, stale or not positive")
    assert account.equity_e4 is not None
    sums = (account.exposure_e4, account.buying_power_e4)
    known = account.equity_e4 <= MAX_EQUITY_E4 and all(isinstance(value, int) for value in sums) and sums[0] >= 0
    return _check(
        "equity_known", 0, 0, known, "equity is known" if known else "equity, exposure or buying power is beyond reason"
    )


def _check(code: str, limit: float, actual: float, passed: bool, text: str) -> Check:
    return Check(code, float(limit), float(actual), Verdict.PASSED if passed else Verdict.FAILED, text)


def _stop_check(request: EntryRequest) -> Check:
    stop = request.stop_e4
    if stop is None:
        return _check("stop_loss", 0, 0, False, "a protective stop is mandatory")
    if not _amount(stop) or stop > MAX_PRICE_E4:
        return _check("stop_loss", 0, 0, False, f"{stop / BASIS_POINTS} is not a usable stop price")
    if not _amount(request.price_e4):
        return _check("stop_loss", 0, stop / BASIS_POINTS, False, "a stop without a price can't be judged")
    right_side = stop < request.price_e4 if request.side is Side.BUY else stop > request.price_e4
    text = (
        f"stop {dollars(stop)}"
        if right_side
        else (f"stop {dollars(stop)} is on the wrong side of {dollars(request.price_e4)} for a {request.side}")
    )
    sound = _amount(request.distance_e4) and abs(request.price_e4 - stop) <= request.distance_e4 <= MAX_PRICE_E4
    if right_side and not sound:
        text = f"a distance of {request.distance_e4 / BASIS_POINTS} does not reach the stop {dollars(stop)}"
    return _check("stop_loss", request.price_e4 / BASIS_POINTS, stop / BASIS_POINTS, right_side and sound, text)


def _wanted_check(request: EntryRequest) -> Check:
    wanted = request.wanted
    if wanted is None:
        return _check("quantity", MAX_QUANTITY, 0, True, "sized by risk")
    return _check("quantity", MAX_QUANTITY, wanted, 0 < wanted <= MAX_QUANTITY, f"{wanted} shares wanted")


def _waterfall(
    request: EntryRequest, equity_e4: int, account: AccountState, limits: RiskLimits
) -> tuple[SizingStep, ...]:
    """From the shares that the risk budget allows to the shares that every limit allows."""
    price = request.price_e4
    budget_e4 = equity_e4 * request.risk_bp // BASIS_POINTS
    by_risk = int(risk_shares(equity_e4, request.risk_bp, request.distance_e4))
    steps = [
        SizingStep(
            "risk",
            by_risk,
            by_risk,
            f"{dollars(budget_e4)} ({request.risk_bp / 100:g}% of equity) / {dollars(request.distance_e4)} a share",
        )
    ]
    if request.wanted is not None:
        steps = [SizingStep("wanted", request.wanted, request.wanted, f"{request.wanted} shares wanted")]
        _cut(steps, "risk_per_trade", by_risk, f"risk of {dollars(budget_e4)} allows {by_risk} shares")
    cap = int(position_cap_shares(equity_e4, limits.max_position_bp, price))
    _cut(
        steps,
        "position_value",
        cap,
        f"position value at most {limits.max_position_bp / 100:g}% of equity allows {cap} shares",
    )
    factor = BASIS_POINTS
    for _, factor_bp in request.multipliers:
        factor = factor * factor_bp // BASIS_POINTS
    if factor != BASIS_POINTS:
        names = " x ".join(f"{name} {factor_bp / BASIS_POINTS:g}" for name, factor_bp in request.multipliers)
        _cut(steps, "multipliers", int(scaled(steps[-1].after, factor)), names)
    headroom_e4 = max(0, equity_e4 * limits.max_exposure_bp // BASIS_POINTS - account.exposure_e4)
    room = int(shares_within(headroom_e4, price))
    _cut(steps, "exposure", room, f"exposure headroom of {dollars(headroom_e4)} allows {room} shares")
    power_e4 = min(max(0, account.buying_power_e4), MAX_EQUITY_E4)
    power = int(affordable_shares(power_e4, price, request.side is Side.BUY))
    _cut(steps, "buying_power", power, f"buying power of {dollars(power_e4)} allows {power} shares")
    return tuple(steps)


def _cut(steps: list[SizingStep], name: str, most: int, text: str) -> None:
    before = steps[-1].after
    steps.append(SizingStep(name, before, min(before, most), text))


def _size_checks(
    request: EntryRequest, equity_e4: int, account: AccountState, limits: RiskLimits, quantity: int
) -> list[Check]:
    """The limits against the final size, in dollars."""
    value_e4 = quantity * request.price_e4
    rows = [
        (
            "risk_per_trade",
            equity_e4 * request.risk_bp // BASIS_POINTS,
            quantity * request.distance_e4,
            request.risk_bp,
        ),
        ("position_value", equity_e4 * limits.max_position_bp // BASIS_POINTS, value_e4, limits.max_position_bp),
        (
            "exposure",
            equity_e4 * limits.max_exposure_bp // BASIS_POINTS,
            account.exposure_e4 + value_e4,
            limits.max_exposure_bp,
        ),
    ]
    return [
        _check(
            code,
            limit / BASIS_POINTS,
            actual / BASIS_POINTS,
            actual <= limit,
            f"{dollars(actual)} ({100 * actual / equity_e4:.1f}%), limit {dollars(limit)} ({bp / 100:g}%)",
        )
        for code, limit, actual, bp in rows
    ]
