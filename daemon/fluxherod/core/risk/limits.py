"""The limits of the risk engine, in integer basis points so that the arithmetic is exact, and what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

LimitValue = int | float | str


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """Limits as shares of equity, in basis points (100 = 1 %); drawdowns are shares of the peak equity.

    Args:
        correlation_limit: |rho| above which two symbols are correlated, 0 to 1.
        correlation_basis: "returns" (log returns) or "prices", as the walkthrough has it.
        daily_loss_bp: of the previous session's close; 0 switches the rule off.
        daily_loss_resumes: "operator" or "next_session".
    """

    trend_risk_bp: int = 100
    mean_reversion_risk_bp: int = 75
    max_position_bp: int = 2_000
    max_exposure_bp: int = 5_000
    max_positions: int = 5
    neutral_size_bp: int = 7_000
    spike_size_bp: int = 7_000
    correlation_limit: float = 0.7
    correlated_size_bp: int = 5_000
    correlation_basis: str = "returns"
    warning_drawdown_bp: int = 1_500
    recovery_drawdown_bp: int = 1_200
    critical_drawdown_bp: int = 2_000
    reduced_size_bp: int = 5_000
    daily_loss_bp: int = 300
    daily_loss_resumes: str = "operator"


RANGES: Mapping[str, tuple[float, float]] = {
    "trend_risk_bp": (1, 1_000),
    "mean_reversion_risk_bp": (1, 1_000),
    "max_position_bp": (1, 40_000),
    "max_exposure_bp": (1, 40_000),
    "max_positions": (1, 5_000),
    "neutral_size_bp": (1, 10_000),
    "spike_size_bp": (1, 10_000),
    "correlation_limit": (0, 1),
    "correlated_size_bp": (1, 10_000),
    "warning_drawdown_bp": (10, 9_900),
    "recovery_drawdown_bp": (10, 9_900),
    "critical_drawdown_bp": (10, 9_900),
    "reduced_size_bp": (1, 10_000),
    "daily_loss_bp": (0, 9_900),
}
"""The smallest and the largest value of each number."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "correlation_basis": ("returns", "prices"),
    "daily_loss_resumes": ("operator", "next_session"),
}
"""The words that the others may be."""

ORDERED = (("recovery_drawdown_bp", "warning_drawdown_bp"), ("warning_drawdown_bp", "critical_drawdown_bp"))
"""Pairs of which the first must not be above the second."""


def limit_problems(limits: RiskLimits, changes: Mapping[str, LimitValue]) -> dict[str, str]:
    """Why changes can't be put over limits: each name that is wrong with what is allowed."""
    values: dict[str, LimitValue] = asdict(limits)
    wrong = {name: said for name, value in changes.items() if (said := _problem(name, value, values))}
    values |= changes
    for low_name, high_name in ORDERED:
        if {low_name, high_name} & changes.keys() and not {low_name, high_name} & wrong.keys():
            low, high = float(values[low_name]), float(values[high_name])
            if low > high and low_name in changes:
                wrong[low_name] = f"allowed is at most {high_name}, which is {high:g}, not {low:g}"
            elif low > high:
                wrong[high_name] = f"allowed is at least {low_name}, which is {low:g}, not {high:g}"
    return wrong


def _problem(name: str, value: LimitValue, values: Mapping[str, LimitValue]) -> str:
    """What is allowed where a value is not; "" for one that is. A number that is none lies in no range."""
    if name in CHOICES:
        words = " or ".join(CHOICES[name])
        return "" if value in CHOICES[name] else f"allowed is {words}, not {value}"
    if name not in RANGES:
        return "no limit of the risk engine"
    low, high = RANGES[name]
    if not isinstance(value, str) and type(value) is type(values[name]) and low <= value <= high:
        return ""
    return f"allowed is {low:g} to {high:g}, not {value}"
