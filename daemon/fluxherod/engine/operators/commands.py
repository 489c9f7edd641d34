"""What operators ask for. Each request is answered once; the same request id gives the same answer again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fluxherod.core.money import dollars
from fluxherod.core.orders import OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.approve import approve_entry
from fluxherod.core.risk.assess import EntryRequest
from fluxherod.core.signals import RiskDecision
from fluxherod.core.types import Mode, Regime
from fluxherod.core.words import some_of
from fluxherod.engine.alerts import AlertBook
from fluxherod.engine.commands import (
    AcknowledgeAlertCommand,
    AllCommand,
    CancelAllOrdersCommand,
    CancelOrderCommand,
    CloseAllPositionsCommand,
    ClosePositionCommand,
    Command,
    FlattenCommand,
    HaltCommand,
    PlaceOrderCommand,
    ReplaceOrderCommand,
    ResetBreakerCommand,
    ResumeCommand,
    SingleCommand,
)
from fluxherod.engine.effects import Effect, Reply, ReplyCode
from fluxherod.engine.ledger import EntryPlan, Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.operators.remembered import Answered, Remembered
from fluxherod.engine.operators.universe import Universe
from fluxherod.engine.orders import replacing
from fluxherod.engine.orders.chase import Chaser
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.risk import kill_switch
from fluxherod.engine.risk.judging import Judge, Judgement
from fluxherod.engine.risk.safety import Safety
from fluxherod.engine.settings import Settings
from fluxherod.engine.strategist import Strategist

Answer = tuple[ReplyCode, str, str | None, RiskDecision | None]


class Commands:
    """Carries out commands. `blocked` tells what blocks new risk at a time ("" is nothing)."""

    def __init__(
        self,
        settings: Settings,
        market: Market,
        desk: Desk,
        ledger: Ledger,
        strategist: Strategist,
        universe: Universe,
        alerts: AlertBook,
        safety: Safety,
        blocked: Callable[[int], str],
        chaser: Chaser,
    ) -> None:
        self.settings = settings
        self.market = market
        self.desk = desk
        self.ledger = ledger
        self.strategist = strategist
        self.universe = universe
        self.alerts = alerts
        self.chaser = chaser
        self.safety = safety
        self.answers = Remembered()  # a restart keeps them
        self._blocked = blocked

    def take(self, command: Command, now_ns: int, out: list[Effect]) -> None:
        """Carry a command out, or repeat the answer it already got."""
        caller = command.caller
        known = self.answers.get(caller, now_ns)
        if known is None:
            names: tuple[str, ...] = ()
            if isinstance(command, CancelAllOrdersCommand | CloseAllPositionsCommand):
                names = self._carry_out_all(command, now_ns, out)
                text = f"done for {some_of(names)}" if names else "there was nothing to do"
                answer: Answer = ReplyCode.OK, text, None, None
            else:
                answer = self._carry_out(command, now_ns, out)
            reply = Reply(caller.request_id, caller.principal, *answer)
            self.answers.note(Answered(command, reply, now_ns, names))
        elif known.command == command:
            reply = known.reply
        else:
            text = f"request id {caller.request_id} was used for another request: use a new one"
            reply = Reply(caller.request_id, caller.principal, ReplyCode.REQUEST_ID_REUSED, text)
        out.append(reply)

    def _carry_out_all(self, command: AllCommand, now_ns: int, out: list[Effect]) -> tuple[str, ...]:
        """Carry a command out for each that it is for; for which of them it could be."""
        if isinstance(command, CancelAllOrdersCommand):
            wanted = command.symbols
            ids = [order.id for order in self.desk.book.to_cancel() if not wanted or order.symbol in wanted]
            return tuple(name for name in ids if self._cancel(name, now_ns, out)[0] is ReplyCode.OK)
        reason, held = command.reason or "closed by the operator", list(self.ledger.positions.values())
        open_still = [each.symbol for each in held if not each.exit_reason or each.exit_quantity]
        by = command.caller.principal
        return tuple(name for name in open_still if self._close(name, 0, reason, by, now_ns, out)[0] is ReplyCode.OK)

    def _carry_out(self, command: SingleCommand, now_ns: int, out: list[Effect]) -> Answer:
        match command:
            case PlaceOrderCommand():
                return self._place(command, now_ns, out)
            case CancelOrderCommand(order_id=order_id):
                return self._cancel(order_id, now_ns, out)
            case ReplaceOrderCommand():
                return self._replace(command, now_ns, out)
            case ClosePositionCommand(caller, symbol, reason):
                return self._close(symbol, 0, reason or "closed by the operator", caller.principal, now_ns, out)
            case HaltCommand() | ResumeCommand() | FlattenCommand() | ResetBreakerCommand():
                return (*kill_switch.take(self.safety, command, now_ns, out), None, None)
            case AcknowledgeAlertCommand():
                return (*self.alerts.acknowledge(command, now_ns, out), None, None)
        return (*self.universe.take(command, now_ns, out), None, None)

    # --- orders ------------------------------------------------------------------------------------
    def judge(self, order: PlaceOrderCommand, now_ns: int) -> Judgement:
        """What would become of an order; nothing changes."""
        return Judge(self.strategist, self._blocked).judge(order, now_ns)

    def _place(self, command: PlaceOrderCommand, now_ns: int, out: list[Effect]) -> Answer:
        judged = self.judge(command, now_ns)
        if judged.code is not ReplyCode.OK:
            return judged.code, judged.text, None, judged.decision
        if judged.request is None:
            by = command.caller.principal
            return self._close(command.symbol, judged.part, "reduced by the operator", by, now_ns, out)
        assert judged.decision is not None
        return self._open(command, judged.request, judged.decision, now_ns, out)

    def _open(
        self,
        command: PlaceOrderCommand,
        request: EntryRequest,
        decision: RiskDecision,
        now_ns: int,
        out: list[Effect],
    ) -> Answer:
        by = command.caller.principal
        order = self.strategist.entry_order(
            request, decision, command.order_type, command.limit_price_e4, now_ns, now_ns, None, "manual"
        )
        order = replace(order, manual=True, requested_by=by)
        approved = approve_entry(order, decision, request.stop_e4)
        self.desk.plans[order.id] = EntryPlan(
            Mode.MANUAL,
            Regime.NEUTRAL,
            request.stop_e4 or 0,
            None,
            request.price_e4,
            0.0,
            request.price_e4,
            None,
            f"manual order by {by}",
            wanted=order.quantity,
        )
        self.desk.submit(order, approved, now_ns, out)
        return ReplyCode.OK, f"{command.side} {order.quantity} {command.symbol} submitted", order.id, decision

    def _cancel(self, order_id: str, now_ns: int, out: list[Effect]) -> Answer:
        order = self.desk.orders.get(order_id)
        if order is None:
            return ReplyCode.ORDER_NOT_FOUND, f"no order {order_id} is open", order_id, None
        if order.role is OrderRole.STOP and order.symbol in self.ledger.positions:
            text = f"{order_id} guards the open position in {order.symbol}: close the position instead"
            return ReplyCode.ORDER_NOT_CANCELABLE, text, order_id, None
        entry = self.desk.orders.get(order.parent_id or "")
        if entry is not None and not entry.state.ended:
            text = f"{order_id} is the stop of {entry.id}: cancel that one, and its stop goes with it"
            return ReplyCode.ORDER_NOT_CANCELABLE, text, order_id, None
        if order.role is OrderRole.FOREIGN_STOP and order.symbol in self.ledger.foreign:
            text = (
                f"{order_id} guards shares of {order.symbol} that are not ours: set orders.foreign_positions to watch"
            )
            return ReplyCode.ORDER_NOT_CANCELABLE, text, order_id, None
        if order.role is OrderRole.EXIT and self.safety.closing:
            text = f"{order_id} closes the position in {order.symbol} ({self.safety.closing}): that must end first"
            return ReplyCode.ORDER_NOT_CANCELABLE, text, order_id, None
        if self.chaser.call_off(order, now_ns, out):
            return ReplyCode.OK, f"nothing takes the place of {order_id} any more", order_id, None
        if not order.settled:
            return ReplyCode.ORDER_NOT_CANCELABLE, f"{order_id} is {order.state}", order_id, None
        position = self.ledger.positions.get(order.symbol)
        if order.role is OrderRole.EXIT and position is not None:
            self._stay(position, out)
        self.desk.cancel(order, now_ns, out)
        return ReplyCode.OK, f"cancel of {order_id} sent", order_id, None

    def _replace(self, command: ReplaceOrderCommand, now_ns: int, out: list[Effect]) -> Answer:
        code, text, order_id, decision = replacing.take(command, self.chaser, self._blocked(now_ns), now_ns, out)
        if code is ReplyCode.RISK_REJECTED:
            code = self.safety.refusal
        return code, text, order_id, decision

    def _stay(self, position: Position, out: list[Effect]) -> None:
        """The operator takes an exit back: the rest of the position is kept, and guarded again."""
        self.desk.halts.relent(position.symbol)
        kept = replace(position, exit_reason="", exit_quantity=0, exit_by="")
        self.ledger.positions[position.symbol] = kept
        out.append(self.ledger.told(kept))

    def _close(self, symbol: str, part: int, reason: str, by: str, now_ns: int, out: list[Effect]) -> Answer:
        position = self.ledger.positions.get(symbol)
        if position is None:
            return ReplyCode.POSITION_NOT_FOUND, f"no position in {symbol} is open", None, None
        self.desk.halts.insist(position)
        self.desk.leave(position, reason, now_ns, out, part, by)
        shares = part or abs(position.quantity)
        text = f"closing {shares} {symbol} (about {dollars(shares * position.price_e4)}): {reason}"
        halted = self.desk.halts.why(symbol)
        if halted:
            text += f"; by the tape {symbol} does not trade ({halted}): the exit waits at the broker, or is refused"
        return ReplyCode.OK, text, None, None
