"""RiskService: limits and what is used of them, the risk report, and the kill switch."""

from __future__ import annotations

from fluxhero.v1 import common_pb2, risk_pb2, risk_pb2_grpc
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.risk.limits import LimitValue, limit_problems
from fluxherod.engine.commands import (
    FlattenCommand,
    HaltCommand,
    ResetBreakerCommand,
    ResumeCommand,
    UpdateLimitsCommand,
)
from fluxherod.engine.risk.risk_report import risk_report
from fluxherod.failpoints import reach
from fluxherod.rpc import masks, validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.convert_risk import LIMITS, report_message
from fluxherod.rpc.convert_safety import breaker_target
from fluxherod.rpc.convert_unprotected import unprotected_spans
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.live import Live
from fluxherod.rpc.risk_now import risk_now
from fluxherod.rpc.stream import Messages, Streams


class RiskService(risk_pb2_grpc.RiskServiceServicer):
    """Limits, usage, kill switch and breaker."""

    def __init__(self, live: Live, asker: Asker, streams: Streams) -> None:
        self._live = live
        self._asker = asker
        self._streams = streams

    async def GetRisk(self, request: risk_pb2.GetRiskRequest, context: Context) -> risk_pb2.GetRiskResponse:
        """Limits, what is used of them, and the kill switch now."""
        return risk_pb2.GetRiskResponse(risk=self._risk())

    async def GetRiskReport(
        self, request: risk_pb2.GetRiskReportRequest, context: Context
    ) -> risk_pb2.GetRiskReportResponse:
        """What is deployed, what is lost if every stop is hit, and how positions move together."""
        engine = self._live.engine
        basis = engine.settings.limits.correlation_basis
        now_ns = self._live.now_ns
        report = report_message(risk_report(engine.market, engine.desk, engine.ledger, basis, now_ns))
        report.unprotected_spans.extend(unprotected_spans(engine.unprotected, now_ns))
        return risk_pb2.GetRiskReportResponse(report=report)

    async def UpdateLimits(
        self, request: risk_pb2.UpdateLimitsRequest, context: Context
    ) -> risk_pb2.UpdateLimitsResponse:
        """Change limits for orders to come."""
        caller = self._asker.caller("UpdateLimits", request.request_id)
        wrong: dict[str, str] = {}
        changes: dict[str, LimitValue] = masks.changes(
            request.limits, "limits", request.update_mask.paths, LIMITS, wrong
        )
        masks.reason(request.reason, validate.MAX_TEXT, wrong)
        if not self._asker.answered(caller):  # what was judged before is not judged by what holds now
            wrong |= {f"limits.{name}": allowed for name, allowed in self._limit_problems(changes).items()}
        if wrong:
            text = "; ".join(f"{field}: {allowed}" for field, allowed in wrong.items())
            raise Refused("INVALID_FIELD", text, fields=wrong)
        command = UpdateLimitsCommand(caller, tuple(changes.items()), request.revision, request.reason)
        await self._asker.ask(command, context)
        return risk_pb2.UpdateLimitsResponse(risk=self._risk())

    def _limit_problems(self, changes: dict[str, LimitValue]) -> dict[str, str]:
        universe = self._live.engine.universe
        return limit_problems(universe.configured.limits, {**universe.overrides.limits, **changes})

    def WatchRisk(self, request: risk_pb2.WatchRiskRequest, context: Context) -> Messages:
        """Risk as it changes."""
        return self._streams.watch_one(common_pb2.TOPIC_RISK, request)

    async def Halt(self, request: risk_pb2.HaltRequest, context: Context) -> risk_pb2.HaltResponse:
        """No new risk; working entries are cancelled, stops stay."""
        reason = validate.reason(request.reason, required=True)
        caller = self._asker.caller("Halt", request.request_id)
        switch = self._live.engine.safety.state.kill_switch
        if switch.reason and not self._asker.answered(caller):
            raise Refused("ALREADY_DONE", f"trading is halted already: {switch.reason}")
        reach("halt.taken")
        await self._asker.ask(HaltCommand(caller, reason), context)
        reach("halt.replied")
        canceling = self._canceling(OrderRole.ENTRY)
        return risk_pb2.HaltResponse(risk=self._risk(), canceling_order_ids=canceling)

    async def Resume(self, request: risk_pb2.ResumeRequest, context: Context) -> risk_pb2.ResumeResponse:
        """End a halt."""
        reason = validate.reason(request.reason, required=True)
        caller = self._asker.caller("Resume", request.request_id)
        safety = self._live.engine.safety
        if not (safety.state.kill_switch.reason or safety.disabled) and not self._asker.answered(caller):
            raise Refused("ALREADY_DONE", "trading is not halted")
        reach("resume.taken")
        await self._asker.ask(ResumeCommand(caller, reason), context)
        reach("resume.replied")
        return risk_pb2.ResumeResponse(risk=self._risk())

    async def Flatten(self, request: risk_pb2.FlattenRequest, context: Context) -> risk_pb2.FlattenResponse:
        """Halt, cancel all orders of ours and close all positions; those not ours only when asked."""
        reason = validate.reason(request.reason, required=True)
        caller = self._asker.caller("Flatten", request.request_id)
        reach("flatten.taken")
        await self._asker.ask(FlattenCommand(caller, reason, request.include_foreign), context)
        reach("flatten.replied")
        ledger, foreign = self._live.engine.ledger, self._live.engine.safety.state.kill_switch.foreign
        closing = {position.symbol for position in ledger.positions.values() if position.exit_reason}
        return risk_pb2.FlattenResponse(
            risk=self._risk(),
            canceling_order_ids=self._canceling(*OrderRole),
            closing_symbols=sorted(closing | ledger.foreign.keys() if foreign else closing),
        )

    async def ResetBreaker(
        self, request: risk_pb2.ResetBreakerRequest, context: Context
    ) -> risk_pb2.ResetBreakerResponse:
        """End what the breaker or the daily loss has latched."""
        reason = validate.reason(request.reason, required=True)
        target = breaker_target(request.target)
        caller = self._asker.caller("ResetBreaker", request.request_id)
        await self._asker.ask(ResetBreakerCommand(caller, reason, target), context)
        return risk_pb2.ResetBreakerResponse(risk=self._risk())

    def _canceling(self, *roles: OrderRole) -> list[str]:
        orders = self._live.engine.desk.live()
        return [order.id for order in orders if order.role in roles and order.state is OrderState.CANCELING]

    def _risk(self) -> risk_pb2.Risk:
        return risk_now(self._live)
