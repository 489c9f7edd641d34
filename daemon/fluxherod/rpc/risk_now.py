"""The risk engine of this moment as a message."""

from __future__ import annotations

from fluxhero.v1 import risk_pb2
from fluxherod.engine.operators.overrides import limits_revision
from fluxherod.engine.risk.risk_usage import usage
from fluxherod.rpc.convert import money, percent, timestamp
from fluxherod.rpc.convert_risk import risk_check, risk_limits
from fluxherod.rpc.convert_safety import safety_fields
from fluxherod.rpc.convert_unprotected import differences
from fluxherod.rpc.live import Live


def risk_now(live: Live) -> risk_pb2.Risk:
    """Limits, what is used of them, breaker and kill switch."""
    engine, now_ns = live.engine, live.now_ns
    limits, state = engine.settings.limits, engine.strategist.account_state("")
    view = engine.ledger.view(engine.desk.working_e4(), now_ns)
    base_e4 = engine.safety.state.daily_loss.base_e4
    day_e4 = view.equity_e4 - base_e4 if base_e4 else 0
    return risk_pb2.Risk(
        limits=risk_limits(limits),
        limits_revision=limits_revision(limits),
        usage=map(risk_check, usage(limits, state, engine.ledger, base_e4)),
        equity=money(view.equity_e4),
        day_pnl=money(day_e4),
        day_pnl_pct=percent(day_e4, base_e4),
        peak_equity=money(view.peak_e4),
        drawdown_pct=percent(max(0, view.peak_e4 - view.equity_e4), view.peak_e4),
        exposure=money(view.exposure_e4),
        exposure_pct=percent(view.exposure_e4, view.equity_e4),
        open_positions=state.open_positions,
        risk_deployed=money(sum(position.risk_e4 for position in engine.ledger.positions.values())),
        unprotected_shares=engine.unprotected.shares,
        unprotected_share_seconds=engine.unprotected.share_seconds(now_ns),
        reconciliation_differences=len(engine.reconciler.differences),
        differences=differences(engine.reconciler.known),
        as_of=timestamp(now_ns),
        **safety_fields(engine.safety),
    )
