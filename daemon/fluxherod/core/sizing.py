"""Position size, as exact integer arithmetic that the engine and the backtest both call.

Money is an integer of 1/10,000 dollar and shares of equity are basis points, so every floor is exact.
"""

from __future__ import annotations

from math import prod

from fluxherod.core.jit import kernel, shared

BASIS_POINTS = 10_000
# What Alpaca holds above the price when an opening market order is valued.
BUY_COLLAR_BP = 10_400
SHORT_COLLAR_BP = 10_300


@kernel
def risk_shares(equity_e4: int, risk_bp: int, distance_e4: int) -> int:
    """Shares whose loss over `distance_e4` is at most `risk_bp` of equity; 0 when there is no equity or distance."""
    if equity_e4 <= 0 or distance_e4 <= 0:
        return 0
    return equity_e4 * risk_bp // (10_000 * distance_e4)


@kernel
def shares_within(budget_e4: int, price_e4: int) -> int:
    """Whole shares that a budget buys at a price; never negative."""
    if budget_e4 <= 0 or price_e4 <= 0:
        return 0
    return budget_e4 // price_e4


@kernel
def position_cap_shares(equity_e4: int, max_position_bp: int, price_e4: int) -> int:
    """Shares whose value is at most `max_position_bp` of equity."""
    return shares_within(equity_e4 * max_position_bp // 10_000, price_e4)


def scaled(shares: int, *factors_bp: int) -> int:
    """Shares times factors in basis points, exact and floored once: the product is too large for a kernel's 64 bits."""
    return shares * prod(factors_bp) // prod([BASIS_POINTS] * len(factors_bp))


@shared
def scaled_by(shares: int, first_bp: int, second_bp: int, third_bp: int, fourth_bp: int) -> int:
    """`scaled` for kernels: four factors of at most 1 each, exact and floored once within 64 bits."""
    part, base = 0, 1
    for factor_bp in (first_bp, second_bp, third_bp, fourth_bp):
        raised = shares * factor_bp
        part = raised % 10_000 * base + part * factor_bp
        base *= 10_000
        shares = raised // 10_000 + part // base
        part %= base
    return shares


@shared
def headroom_e4(equity_e4: int, max_exposure_bp: int, exposure_e4: int) -> int:
    """What may still be added to the exposure; never negative."""
    return max(0, equity_e4 * max_exposure_bp // 10_000 - exposure_e4)


@shared
def buying_power_e4(multiplier: int, equity_e4: int, exposure_e4: int) -> int:
    """Overnight buying power: a multiple of the equity, less the exposure; never negative."""
    return max(0, multiplier * equity_e4 - exposure_e4)


@kernel
def affordable_shares(buying_power_e4: int, price_e4: int, long: bool) -> int:
    """Shares that the broker's buying power covers with its own collar over the price."""
    collar_bp = 10_400 if long else 10_300
    return shares_within(buying_power_e4 * 10_000 // collar_bp, price_e4)


@kernel
def shares_by_limit(
    equity_e4: int,
    risk_bp: int,
    distance_e4: int,
    position_bp: int,
    room_e4: int,
    power_e4: int,
    price_e4: int,
    long: bool,
) -> tuple[int, int, int, int]:
    """What risk, the position's cap, exposure headroom and buying power allow, each by itself, in one call."""
    return (
        risk_shares(equity_e4, risk_bp, distance_e4),
        position_cap_shares(equity_e4, position_bp, price_e4),
        shares_within(room_e4, price_e4),
        affordable_shares(power_e4, price_e4, long),
    )


def collared(value_e4: int, long: bool) -> int:
    """What the broker holds for an opening market order of a value, rounded up."""
    collar_bp = BUY_COLLAR_BP if long else SHORT_COLLAR_BP
    return -(-value_e4 * collar_bp // BASIS_POINTS)


def warm_up() -> None:
    """Compile (or load from the cache) every function of this module: the first signal must not wait for it."""
    risk_shares(1, 1, 1)
    position_cap_shares(1, 1, 1)
    shares_within(1, 1)
    affordable_shares(1, 1, True)
    shares_by_limit(1, 1, 1, 1, 1, 1, 1, True)
