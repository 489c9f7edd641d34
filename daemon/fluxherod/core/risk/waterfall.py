"""How a size comes about: from the shares that the risk budget allows to the shares that every limit allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from fluxherod.core.money import dollars
from fluxherod.core.risk.correlation import Correlation, strongest
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.request import MAX_EQUITY_E4, AccountState, EntryRequest
from fluxherod.core.signals import SizingStep
from fluxherod.core.sizing import BASIS_POINTS, scaled, shares_by_limit
from fluxherod.core.sizing import headroom_e4 as headroom_within
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


class Sizes(NamedTuple):
    """What each limit allows of a request, as numbers alone: its words are made of the same.

    Args:
        by_risk: the shares that the risk budget allows, and so on; `headroom_e4` and `power_e4` are in dollars.
        factors: the multipliers that make it smaller.
        levels: each step's name and how many shares it leaves at most, in order; the first is where it begins.
    """

    by_risk: int
    cap: int
    headroom_e4: int
    room: int
    power_e4: int
    power: int
    factors: list[tuple[str, int]]
    levels: list[tuple[str, int]]

    @property
    def quantity(self) -> int:
        """The shares that every limit allows."""
        return min(self.levels[0][1], *[max(0, most) for _, most in self.levels[1:]])

    @property
    def adjusted(self) -> bool:
        """True when a limit cut the size."""
        before = self.levels[0][1]
        for name, most in self.levels[1:]:
            if most < before:
                if name != "multipliers" or any(factor in GUARDS for factor, _ in self.factors):
                    return True
                before = max(0, most)
        return False


def sizes(request: EntryRequest, equity_e4: int, account: AccountState, limits: RiskLimits) -> Sizes:
    """The size of a request that has passed every check that no size could pass.

    The multipliers act on what risk and position value allow, an operator's quantity is then held to the outcome:
    so what risk allows of an order can be ordered, and is not cut once more.
    """
    price, held, wanted = request.price_e4, request.held, request.wanted
    headroom_e4 = headroom_within(equity_e4, limits.max_exposure_bp, account.exposure_e4)
    power_e4 = min(max(0, account.buying_power_e4), MAX_EQUITY_E4)
    by_risk, cap, room, power = shares_by_limit(
        equity_e4, request.risk_bp, request.distance_e4, limits.max_position_bp, headroom_e4, power_e4, price,
        request.side is Side.BUY,
    )  # fmt: skip
    factors = multipliers(request, limits)
    levels = [("risk", by_risk) if wanted is None else ("wanted", wanted)]
    if wanted is not None or held:
        levels.append(("risk_per_trade", by_risk - held))
    levels.append(("position_value", cap - held))
    if factors:
        levels.append(("multipliers", scaled(min(by_risk, cap), *[factor for _, factor in factors]) - held))
    levels += (("exposure", room), ("buying_power", power))
    return Sizes(by_risk, cap, headroom_e4, room, power_e4, power, factors, levels)


def waterfall(request: EntryRequest, equity_e4: int, size: Sizes, limits: RiskLimits) -> Waterfall:
    """How a size came about, in words."""
    guards = [_guard(name, factor, request, limits) for name, factor in size.factors if name in GUARDS]
    texts = _texts(request, equity_e4, size, limits, guards)
    (name, shares), *rest = size.levels
    steps = [SizingStep(name, shares, shares, texts[name])]
    for name, most in rest:
        before = steps[-1].after
        steps.append(SizingStep(name, before, min(before, max(0, most)), texts[name]))
    return Waterfall(tuple(steps), tuple(_cuts(steps, guards)))


def _texts(request: EntryRequest, equity_e4: int, size: Sizes, limits: RiskLimits, guards: list[Cut]) -> dict[str, str]:
    """The words of each step by its name."""
    budget = dollars(equity_e4 * request.risk_bp // BASIS_POINTS)
    counted = f", {request.held} of them are held" if request.held else ""
    share = f"{limits.max_position_bp / 100:g}%"
    names = " x ".join(f"{name} {factor / BASIS_POINTS:g}" for name, factor in size.factors)
    return {
        "risk": f"{budget} ({request.risk_bp / 100:g}% of equity) / {dollars(request.distance_e4)} a share",
        "wanted": f"{request.wanted} shares wanted",
        "risk_per_trade": f"risk of {budget} allows {size.by_risk} shares{counted}",
        "position_value": f"position value at most {share} of equity allows {size.cap} shares{counted}",
        "multipliers": ": ".join([names, *(guard.text for guard in guards)]),
        "exposure": f"exposure headroom of {dollars(size.headroom_e4)} allows {size.room} shares",
        "buying_power": f"buying power of {dollars(size.power_e4)} allows {size.power} shares",
    }


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
