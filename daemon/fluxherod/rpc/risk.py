"""RiskService: what is used of the limits, and the kill switch."""

from __future__ import annotations

from fluxhero.v1 import risk_pb2, risk_pb2_grpc
from fluxherod.core.money import E4
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.signals import Check
from fluxherod.core.sizing import BASIS_POINTS
from fluxherod.core.types import Verdict
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import HaltCommand, ResumeCommand
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.convert import money, percent, timestamp
from fluxherod.rpc.convert_risk import risk_check, risk_limits
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.live import Live


class RiskService(risk_pb2_grpc.RiskServiceServicer):
    """Limits, usage, halt and resume."""

    def __init__(self, live: Live, asker: Asker) -> None:
        self._live = live
        self._asker = asker

    async def GetRisk(self, request: risk_pb2.GetRiskRequest, context: Context) -> risk_pb2.GetRiskResponse:
        """Limits, what is used of them, and the kill switch now."""
        return risk_pb2.GetRiskResponse(risk=self._risk())

    async def Halt(self, request: risk_pb2.HaltRequest, context: Context) -> risk_pb2.HaltResponse:
        """No new risk; working entries are cancelled, stops stay."""
        reason = validate.reason(request.reason, required=True)
        caller = self._asker.caller(context, "Halt", request.request_id)
        commands = self._live.engine.commands
        if commands.halted and not self._asker.answered(caller):
            raise Refused("ALREADY_DONE", f"trading is halted already: {commands.halted}")
        await self._asker.ask(HaltCommand(caller, reason), context)
        canceling = [
            order.id
            for order in self._live.engine.desk.live()
            if order.role is OrderRole.ENTRY and order.state is OrderState.CANCELING
        ]
        return risk_pb2.HaltResponse(risk=self._risk(), canceling_order_ids=canceling)

    async def Resume(self, request: risk_pb2.ResumeRequest, context: Context) -> risk_pb2.ResumeResponse:
        """End a halt."""
        reason = validate.reason(request.reason, required=True)
        caller = self._asker.caller(context, "Resume", request.request_id)
        if not self._live.engine.commands.halted and not self._asker.answered(caller):
            raise Refused("ALREADY_DONE", "trading is not halted")
        await self._asker.ask(ResumeCommand(caller, reason), context)
        return risk_pb2.ResumeResponse(risk=self._risk())

    def _risk(self) -> risk_pb2.Risk:
        engine, now_ns = self._live.engine, self._live.now_ns
        view = engine.ledger.view(engine.desk.working_e4(), now_ns)
        day_e4 = view.equity_e4 - view.last_equity_e4 if view.last_equity_e4 else 0
        return risk_pb2.Risk(
            limits=risk_limits(engine.settings.limits),
            usage=map(risk_check, _usage(engine)),
            halted=bool(engine.commands.halted),
            halt_reason=engine.commands.halted,
            halted_by=_halted_by(engine),
            equity=money(view.equity_e4),
            day_pnl=money(day_e4),
            day_pnl_pct=percent(day_e4, view.last_equity_e4),
            peak_equity=money(view.peak_e4),
            drawdown_pct=percent(max(0, view.peak_e4 - view.equity_e4), view.peak_e4),
            exposure=money(view.exposure_e4),
            exposure_pct=percent(view.exposure_e4, view.equity_e4),
            open_positions=_open_positions(engine),
            risk_deployed=money(sum(position.risk_e4 for position in engine.ledger.positions.values())),
            size_multiplier_bp=BASIS_POINTS,
            unprotected_shares=_unprotected(self._live),
            reconciliation_differences=len(engine.reconciler.differences),
            as_of=timestamp(now_ns),
        )


def _open_positions(engine: Engine) -> int:
    return engine.strategist.account_state("").open_positions


def _unprotected(live: Live) -> int:
    """Shares without a working stop at the broker."""
    return sum(
        max(0, abs(position.quantity) - sum(stop.remaining for stop in live.working_stops(position.symbol)))
        for position in live.engine.ledger.positions.values()
    )


def _halted_by(engine: Engine) -> str:
    if not engine.commands.halted:
        return ""
    commands = (command for command, _ in reversed(engine.commands.memory[1].values()))
    return next((command.caller.principal for command in commands if isinstance(command, HaltCommand)), "")


def _usage(engine: Engine) -> list[Check]:
    """Each limit in dollars (positions in number) with what is used of it."""
    limits, state = engine.settings.limits, engine.strategist.account_state("")
    equity_e4 = state.equity_e4 or 0
    largest_e4 = max((abs(position.value_e4) for position in engine.ledger.positions.values()), default=0)
    position_e4 = equity_e4 * limits.max_position_bp // BASIS_POINTS
    exposure_e4 = equity_e4 * limits.max_exposure_bp // BASIS_POINTS
    return [
        _check("position_value", position_e4 / E4, largest_e4 / E4, "the largest position in dollars"),
        _check("exposure", exposure_e4 / E4, state.exposure_e4 / E4, "positions and working entries in dollars"),
        _check("open_positions", limits.max_positions, state.open_positions, "positions open or being opened"),
    ]


def _check(code: str, limit: float, actual: float, text: str) -> Check:
    return Check(code, float(limit), float(actual), Verdict.PASSED if actual <= limit else Verdict.FAILED, text)
