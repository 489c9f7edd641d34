"""The limits of the risk engine, in integer basis points so that the arithmetic is exact."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """Limits as shares of equity, in basis points (100 = 1 %)."""

    trend_risk_bp: int = 100
    mean_reversion_risk_bp: int = 75
    max_position_bp: int = 2_000
    max_exposure_bp: int = 5_000
    max_positions: int = 5
    neutral_size_bp: int = 7_000
    spike_size_bp: int = 7_000
