"""The risk engine's words as protobuf."""

from __future__ import annotations

from dataclasses import asdict, fields

from fluxhero.v1 import common_pb2, risk_pb2
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import Check, RiskDecision, RiskVerdict
from fluxherod.engine.risk.risk_report import HeldRisk, RiskReport, report_text
from fluxherod.rpc.convert import RISK_VERDICTS, VERDICTS, known, money, optional_money, percent, timestamp

# The limits by name, as the contract and the engine both have them.
LIMITS = tuple(field.name for field in fields(RiskLimits))


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
    return risk_pb2.RiskLimits(**asdict(limits))


def report_message(report: RiskReport) -> risk_pb2.RiskReport:
    """The risk report with its text."""
    positions = [_position_risk(one, report.equity_e4) for one in report.positions]
    return risk_pb2.RiskReport(
        as_of=timestamp(report.as_of_ns),
        equity=money(report.equity_e4),
        peak_equity=money(report.peak_e4),
        drawdown_pct=100 * report.drawdown,
        max_drawdown_pct=100 * report.max_drawdown,
        long_exposure=money(report.long_e4),
        short_exposure=money(report.short_e4),
        working_exposure=money(report.working_e4),
        exposure_pct=percent(report.exposure_e4, report.equity_e4),
        risk_deployed=money(report.deployed_e4),
        risk_deployed_pct=percent(report.deployed_e4, report.equity_e4),
        worst_case_equity=money(report.worst_e4),
        largest_position=positions[0].symbol if positions else "",
        positions=positions,
        correlations=[
            risk_pb2.Correlation(symbol=symbol, other_symbol=other.symbol, rho=known(other.rho))
            for symbol, other in report.correlations
        ],
        text=report_text(report),
    )


def _position_risk(held: HeldRisk, equity_e4: int) -> risk_pb2.PositionRisk:
    long = held.quantity > 0
    return risk_pb2.PositionRisk(
        symbol=held.symbol,
        side=common_pb2.POSITION_SIDE_LONG if long else common_pb2.POSITION_SIDE_SHORT,
        quantity=abs(held.quantity),
        value=money(abs(held.value_e4)),
        value_pct=percent(abs(held.value_e4), equity_e4),
        risk_at_stop=optional_money(held.risk_e4),
        loss_to_stop=optional_money(held.loss_e4),
    )
