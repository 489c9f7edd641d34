"""The limits of the risk engine, in integer basis points so that the arithmetic is exact."""

from __future__ import annotations

from dataclasses import dataclass


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
