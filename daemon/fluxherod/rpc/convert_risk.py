"""The risk engine's words as protobuf."""

from __future__ import annotations

from fluxhero.v1 import risk_pb2
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import Check, RiskDecision, RiskVerdict
from fluxherod.rpc.convert import RISK_VERDICTS, VERDICTS, known


def risk_check(check: Check) -> risk_pb2.RiskCheck:
    """One check with its headroom."""
    return risk_pb2.RiskCheck(
        code=check.code,
        limit=known(check.limit),
        actual=known(check.actual),
        headroom=known(check.headroom),
        verdict=VERDICTS.to_proto(check.verdict),
        text=check.text,
    )


def risk_decision(decision: RiskDecision) -> risk_pb2.RiskDecision:
    """A decision with its checks and the waterfall from risk shares to final shares."""
    approved = decision.verdict is RiskVerdict.APPROVED
    return risk_pb2.RiskDecision(
        verdict=RISK_VERDICTS.to_proto(decision.verdict),
        reason_code="" if approved else decision.reason_code,
        reason="" if approved else decision.reason,
        checks=map(risk_check, decision.checks),
        sizing=[
            risk_pb2.SizingStep(name=step.name, before=step.before, after=step.after, text=step.text)
            for step in decision.steps
        ],
        quantity=decision.quantity,
    )


def risk_limits(limits: RiskLimits) -> risk_pb2.RiskLimits:
    """The limits in force."""
    return risk_pb2.RiskLimits(
        trend_risk_bp=limits.trend_risk_bp,
        mean_reversion_risk_bp=limits.mean_reversion_risk_bp,
        max_position_bp=limits.max_position_bp,
        max_exposure_bp=limits.max_exposure_bp,
        max_positions=limits.max_positions,
        neutral_size_bp=limits.neutral_size_bp,
    )
