"""How a size comes about: from the shares that the risk budget allows to the shares that every limit allows."""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.core.money import dollars
from fluxherod.core.risk.correlation import Correlation, strongest
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.request import MAX_EQUITY_E4, AccountState, EntryRequest
from fluxherod.core.signals import SizingStep
from fluxherod.core.sizing import (
    BASIS_POINTS,
    affordable_shares,
    position_cap_shares,
    risk_shares,
    scaled,
    shares_within,
)
from fluxherod.core.types import Side

# Multipliers that are risk's, not the strategy's own sizing: a cut by one of them is an adjustment.
GUARDS = frozenset({"breaker", "correlation"})


@dataclass(frozen=True, slots=True)
class Cut:
    """A limit that made an order smaller: its code, and its words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps of a size, and which limits cut it; the strategy's own sizing is no cut."""

    steps: tuple[SizingStep, ...]
    cuts: tuple[Cut, ...]

    @property
    def quantity(self) -> int:
        """The shares that are left."""
        return self.steps[-1].after


def waterfall(request: EntryRequest, equity_e4: int, account: AccountState, limits: RiskLimits) -> Waterfall:
    """The size of a request that has passed every check that no size could pass.

    The multipliers act on what risk and position value allow, an operator's quantity is then held to the outcome:
    so what risk allows of an order can be ordered, and is not cut once more.
    """
    price, budget_e4 = request.price_e4, equity_e4 * request.risk_bp // BASIS_POINTS
    by_risk = int(risk_shares(equity_e4, request.risk_bp, request.distance_e4))
    held, counted = request.held, f", {request.held} of them are held" if request.held else ""
    text = f"{dollars(budget_e4)} ({request.risk_bp / 100:g}% of equity) / {dollars(request.distance_e4)} a share"
    steps = [SizingStep("risk", by_risk, by_risk, text)]
    if request.wanted is not None:
        steps = [SizingStep("wanted", request.wanted, request.wanted, f"{request.wanted} shares wanted")]
    if request.wanted is not None or held:
        _cut(steps, "risk_per_trade", by_risk - held, f"risk of {dollars(budget_e4)} allows {by_risk} shares{counted}")
    cap = int(position_cap_shares(equity_e4, limits.max_position_bp, price))
    share = f"{limits.max_position_bp / 100:g}%"
    _cut(steps, "position_value", cap - held, f"position value at most {share} of equity allows {cap} shares{counted}")
    guards = _multiply(steps, request, min(by_risk, cap), limits)
    headroom_e4 = max(0, equity_e4 * limits.max_exposure_bp // BASIS_POINTS - account.exposure_e4)
    room = int(shares_within(headroom_e4, price))
    _cut(steps, "exposure", room, f"exposure headroom of {dollars(headroom_e4)} allows {room} shares")
    power_e4 = min(max(0, account.buying_power_e4), MAX_EQUITY_E4)
    power = int(affordable_shares(power_e4, price, request.side is Side.BUY))
    _cut(steps, "buying_power", power, f"buying power of {dollars(power_e4)} allows {power} shares")
    return Waterfall(tuple(steps), tuple(_cuts(steps, guards)))


def _cut(steps: list[SizingStep], name: str, most: int, text: str) -> None:
    before = steps[-1].after
    steps.append(SizingStep(name, before, min(before, max(0, most)), text))


def _multiply(steps: list[SizingStep], request: EntryRequest, shares: int, limits: RiskLimits) -> list[Cut]:
    """The step of all multipliers, floored once; returns those of risk."""
    factors = multipliers(request, limits)
    if not factors:
        return []
    guards = [_guard(name, factor, request, limits) for name, factor in factors if name in GUARDS]
    names = " x ".join(f"{name} {factor / BASIS_POINTS:g}" for name, factor in factors)
    most = scaled(shares, *(factor for _, factor in factors)) - request.held
    _cut(steps, "multipliers", most, ": ".join([names, *(guard.text for guard in guards)]))
    return guards


def multipliers(request: EntryRequest, limits: RiskLimits) -> list[tuple[str, int]]:
    """What the size is multiplied with, in basis points: never below 0, never above 1, and 0 for what is no number."""
    named = [*request.multipliers]
    if (found := correlated(request, limits)) is not None and found.exceeds(limits.correlation_limit):
        named.append(("correlation", limits.correlated_size_bp))
    factors = [(name, _factor(factor)) for name, factor in named]
    return [(name, factor) for name, factor in factors if factor != BASIS_POINTS]


def _factor(factor_bp: object) -> int:
    return max(0, min(factor_bp, BASIS_POINTS)) if isinstance(factor_bp, int) else 0


def correlated(request: EntryRequest, limits: RiskLimits) -> Correlation | None:
    """The held symbol that the correlation check is about; None when nothing is held or being opened."""
    return strongest(request.correlations, limits.correlation_limit)


def _guard(name: str, factor: int, request: EntryRequest, limits: RiskLimits) -> Cut:
    reduced = f"Size reduced {100 - factor / 100:g}%"
    found = correlated(request, limits) if name == "correlation" else None
    return Cut(name, f"{reduced}: {relation(request.symbol, found) if found else 'the circuit breaker is REDUCED'}")


def relation(symbol: str, found: Correlation) -> str:
    """How a symbol goes with a held one, in words."""
    if found.unknown:
        return f"{symbol} counts as correlated with {found.symbol}: {found.unknown}"
    return f"{symbol} correlated {found.rho:.2f} with {found.symbol}"


def _cuts(steps: list[SizingStep], guards: list[Cut]) -> list[Cut]:
    cuts: list[Cut] = []
    for step in steps[1:]:
        if step.after < step.before:
            cuts += guards if step.name == "multipliers" else [Cut(step.name, step.text)]
    return cuts
