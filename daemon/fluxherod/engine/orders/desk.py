"""The order desk: every order of ours from intent to end, merged from all that the broker says.

The desk never decides that risk may be taken; it is handed approved orders. It decides, by
`core.protection.plan`, what keeps open shares guarded, and it never lets a message count twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fluxherod.core.orders import Order, OrderEvent, OrderRole, OrderState, Sequel, advance, is_another, merge
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.approve import NotApproved, approve_reduction
from fluxherod.core.types import BrokerOrder, BrokerStatus, Execution
from fluxherod.engine.effects import (
    AlertRaised,
    Effect,
    LookupOrder,
    RequestSnapshot,
    Severity,
)
from fluxherod.engine.events import CancelAnswered, LookupAnswered, Refusal, ReplaceAnswered, SubmitAnswered
from fluxherod.engine.orders import drafts
from fluxherod.engine.orders.sending import Sending

# The trade-updates stream's words for a request that was accepted and then not carried out.
CANCELS_IN_A_HURRY = 3
_UNDONE = {"order_cancel_rejected": OrderEvent.CANCEL_REFUSED, "order_replace_rejected": OrderEvent.REPLACE_REFUSED}


class Desk(Sending):
    """What the broker says of our orders, and what follows from it and from time."""

    # --- hearing ---------------------------------------------------------------------------------
    def answered(self, order_id: str, answer: SubmitAnswered | ReplaceAnswered, now_ns: int, out: list[Effect]) -> None:
        """What became of a new order: accepted, refused, or no answer, which is UNKNOWN and is looked into."""
        order = self.orders.get(order_id)
        if order is None:
            return
        if answer.order is not None:
            self._merge(order, answer.order, None, "accepted", now_ns, out)
        elif isinstance(answer, SubmitAnswered) and answer.unsent:
            self._unsent(order, answer.unsent, now_ns, out)
        elif answer.refusal is None:
            self._unanswered(order, answer.detail, now_ns, out)
        elif order.state in (OrderState.SUBMITTING, OrderState.UNKNOWN):
            self._refused(order, answer.refusal, now_ns, out)
        else:  # heard of meanwhile: the refusal was of a second sending
            out.append(LookupOrder(order.id))

    def cancel_answered(self, answer: CancelAnswered, now_ns: int, out: list[Effect]) -> None:
        """A refusal means that the order is not what we thought: it goes on, and the broker is asked.

        A cancel without an answer is soon sent again, for it does no harm twice.
        """
        order = self.orders.get(answer.order_id)
        if order is None or order.state.ended:
            return
        unheard = 0 if answer.accepted or answer.refusal is not None else self._unheard.pop(order.id, 0) + 1
        if unheard and order.state is OrderState.CANCELING:
            self._unheard[order.id] = unheard
            self.due[order.id] = now_ns + self._pause_ns(hurried=unheard < CANCELS_IN_A_HURRY)
        else:
            self._unheard.pop(order.id, None)
        if answer.refusal is not None:
            goes_on = advance(order, OrderEvent.CANCEL_REFUSED, now_ns)
            self._put(goes_on, f"cancel refused: {answer.refusal.message}", out)
            self._hold(order.symbol, now_ns, out)
            out.append(LookupOrder(order.parent_id or order.id))

    def lookup_answered(self, answer: LookupAnswered, now_ns: int, out: list[Effect]) -> None:
        """What the broker knows under our id."""
        order = self.orders.get(answer.order_id)
        if order is None:
            return
        asked_for_leg = order.id in self._asked
        self._asked.discard(order.id)
        if not answer.found and order.state is not OrderState.UNKNOWN and 0 < answer.asked_ns <= order.updated_ns:
            answer = replace(answer, detail="it was heard of after it was asked for")
        if answer.order is not None:
            self._merge(order, answer.order, None, "found", now_ns, out)
        elif answer.found or answer.detail or order.state.ended:
            pass
        elif order.state is OrderState.UNKNOWN:
            self._not_found(order, now_ns, out)
        elif order.broker_id:
            gone = advance(order, OrderEvent.CANCELED, now_ns)
            gone = replace(gone, reason="the broker no longer knows it", sequel=Sequel.NONE)
            self._put(gone, "gone", out)
            self._ended(gone, now_ns, out)
            self._ended_unasked(self.orders[order.id], now_ns, out)
        if not asked_for_leg:
            return
        entry = self.orders[order.id]
        if answer.detail:
            self._hold(entry.symbol, now_ns, out)  # no answer: asked again after a pause
        elif entry.state is OrderState.FILLED and not (answer.order and answer.order.legs):
            self._put(replace(entry, leg_stop_e4=None), "no stop leg at the broker", out)

    def report(
        self, report: BrokerOrder, execution: Execution | None, word: str, now_ns: int, out: list[Effect]
    ) -> Order | None:
        """Merge what the stream or a snapshot says of an order; None when it is not ours (yet)."""
        order = self.book.of(report) or self._successor(report, now_ns, out)
        if order is None:
            self.book.keep_stray(report, execution)
            if word != "snapshot":
                self._note_stranger(report, execution, now_ns, out)
            return None
        self._merge(order, report, execution, word, now_ns, out)
        if word in _UNDONE and not report.status.ended:
            self._put(advance(self.orders[order.id], _UNDONE[word], now_ns), word, out)
            self._hold(order.symbol, now_ns, out)
        return order

    def take_in(self, order: Order, report: BrokerOrder, now_ns: int, out: list[Effect]) -> None:
        """An order that works at the broker is ours again: the journal lost it. What it has filled is booked."""
        self.book.take_stray(report.broker_id)
        self.book.name(report.broker_id, order.id)
        self._put(order, "taken in", out)
        self._merge(order, report, None, "snapshot", now_ns, out)

    def _note_stranger(self, report: BrokerOrder, execution: Execution | None, now_ns: int, out: list[Effect]) -> None:
        """Someone else's order has traded shares of a symbol that we hold, or holds them no longer."""
        ended = report.status.ended
        if report.symbol not in self.ledger.positions or not (ended or execution is not None):
            return
        if ended:
            self.doubts.freed(report.symbol, now_ns, self.settings)
        self.doubts.suspect(report.symbol, now_ns)
        if execution is not None and execution.position is not None:
            ours = self.ledger.positions[report.symbol].quantity
            self.doubts.traded(report.symbol, ours, execution.position, now_ns)
        what = "has traded it" if execution is not None else "has ended an order of it"
        out.append(RequestSnapshot(f"{report.symbol}: someone else {what}"))

    def _merge(
        self, order: Order, report: BrokerOrder, execution: Execution | None, word: str, now_ns: int, out: list[Effect]
    ) -> None:
        if order.role is OrderRole.STOP and order.replaces_id is not None and 0 < report.quantity < order.quantity:
            order = replace(order, quantity=report.quantity)  # the broker takes off what the one before it has filled
        if is_another(order, report, order.created_ns - self.settings.signal_max_age_ns - self.settings.latency_ns):
            self._taken(order, report, now_ns, out)
            return
        parent = self.orders.get(order.parent_id or "")
        passed_on = parent is not None and parent.state is OrderState.REPLACED
        if parent is not None and (passed_on or not parent.state.ended) and report.filled_quantity:
            # A leg works once its entry is filled: that fill is not heard of yet, and it is booked first.
            self.book.keep_stray(report, execution)
            if passed_on:
                out.append(RequestSnapshot(f"{order.symbol}: the order in the place of {parent.id} has filled"))
            elif execution is not None:
                out.append(LookupOrder(parent.id))
            return
        price, shares = (execution.price_e4, execution.quantity) if execution is not None else (None, 0)
        merged, fill = merge(order, report, now_ns, price, shares)
        if report.reason and merged.state is OrderState.REJECTED:
            merged = replace(merged, reason=report.reason)
        self.book.name(report.broker_id, order.id)
        if merged.settled and not order.settled and order.state is not OrderState.CANCELING:
            self.doubts.is_well(order.symbol)
        if merged != self.orders[order.id]:
            self._put(merged, word, out)
        self._note_idle(merged, report.status, now_ns, out)
        if merged.role is OrderRole.STOP and merged.state is OrderState.REPLACED and report.replaced_by:
            self._succeeded(merged, report.replaced_by, now_ns, out)
        if fill is not None:
            self.doubts.filled(order.symbol, fill.side.sign * fill.quantity, now_ns)
            before = self.ledger.positions.get(order.symbol)
            opened = self.ledger.book(merged, fill, self.plans.get(order.id), now_ns, out)
            after = self.ledger.positions.get(order.symbol)
            if before is None or after is None or before.trade_id != after.trade_id:
                self.doubts.enough(order.symbol)  # what the broker said of one position says nothing of the next
            if opened and order.role is not OrderRole.ENTRY:
                text = f"{order.id} traded more {order.symbol} than was held: close the rest or guard it by hand"
                out.append(AlertRaised("POSITION_REVERSED", Severity.CRITICAL, text, order.symbol))
        self._merge_legs(merged, report.legs, word, now_ns, out)
        if merged.state.ended:
            self._merge_strays_of(merged, word, now_ns, out)
        if merged.state.ended and not order.state.ended:
            self._ended(merged, now_ns, out)
            if order.state is not OrderState.CANCELING:
                self._ended_unasked(merged, now_ns, out)
            successor = self.book.take_stray(report.replaced_by or "")
            if successor is not None:
                self.report(successor[0], successor[1], word, now_ns, out)
            elif merged.role is OrderRole.ENTRY and merged.state is OrderState.REPLACED:
                self._hold(order.symbol, now_ns, out)  # what is in its place, and whether it has a leg, is asked first

    def _successor(self, report: BrokerOrder, now_ns: int, out: list[Effect]) -> Order | None:
        """An order that someone at the broker made of one of ours takes its place; `protect` judges it as any other."""
        old = self.book.by_broker_id(report.replaces or "")
        if old is None or old.state is not OrderState.REPLACED:
            return None
        order = drafts.successor(old, report, now_ns)
        self.book.name(report.broker_id, order.id)
        if old.id in self.plans:
            self.plans[order.id] = self.plans[old.id]
        self._put(order, "replaced at the broker", out)
        return order

    def _note_idle(self, order: Order, status: BrokerStatus, now_ns: int, out: list[Effect]) -> None:
        """An order that the broker does not work guards nothing; one done for the day makes room for another."""
        if not self.book.note_idle(order, status):
            return
        self._put(order, str(status) if status.idle else "works again", out)
        if status.idle:
            text = (
                f"{order.side} {order.quantity} {order.symbol} is {status} at the broker: the daemon watches the price"
            )
            out.append(AlertRaised("ORDER_IDLE_AT_BROKER", Severity.WARNING, text, order.symbol))
        if status is BrokerStatus.DONE_FOR_DAY and order.settled and order.role is not OrderRole.ENTRY:
            self.cancel(order, now_ns, out)

    def _succeeded(self, old: Order, broker_id: str, now_ns: int, out: list[Effect]) -> None:
        """Another order is in its place at the broker, and holds the shares: ours, be it unanswered or given up."""
        ours = [order for order in self.orders.values() if order.replaces_id == old.id]
        ours = [order for order in ours if order.broker_id or order.state is not OrderState.REJECTED]
        if not ours or any(order.broker_id for order in ours):
            return
        if len(ours) == 1:
            self.book.name(broker_id, ours[0].id)
            found = advance(ours[0], OrderEvent.ACKNOWLEDGED, now_ns)
            left = min(found.quantity, old.quantity - old.filled_quantity)  # what has filled is taken off
            self._put(replace(found, broker_id=broker_id, quantity=left), "found", out)
        else:
            self._hold(old.symbol, now_ns, out)  # which of them it is, the snapshot says

    def _merge_legs(
        self, parent: Order, legs: Iterable[BrokerOrder], word: str, now_ns: int, out: list[Effect]
    ) -> None:
        if parent.state is OrderState.REPLACED:
            return  # whether they are those of the order in its place the broker says of that one
        for leg in legs:
            order = self.book.by_broker_id(leg.broker_id)
            if order is None or order.parent_id != parent.id:
                stem, known = f"{parent.id}-leg", sum(other.parent_id == parent.id for other in self.orders.values())
                order = drafts.leg(f"{stem}{known + 1}" if known else stem, parent, leg, now_ns)
                self.book.name(leg.broker_id, order.id)
                self._put(order, "stop leg", out)
            self._merge(order, leg, None, word, now_ns, out)

    def _merge_strays_of(self, parent: Order, word: str, now_ns: int, out: list[Effect]) -> None:
        """What was heard of an entry's legs before the entry's own fill, or before their names."""
        for leg in [order for order in self.orders.values() if order.parent_id == parent.id]:
            stray = self.book.take_stray(leg.broker_id)
            if stray is not None:
                self._merge(leg, stray[0], stray[1], word, now_ns, out)

    def _ended(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        """What follows from an order's end."""
        self.due.pop(order.id, None)
        if self.ledger.foreign.get(order.symbol, (0, 0))[0] * order.side.sign < 0:  # it held, or closed beside, them
            out.append(RequestSnapshot(f"{order.symbol}: what is there that is not ours can be told now"))
        self._unheard.pop(order.id, None)
        for leg in list(self.live(order.symbol)):
            if leg.parent_id == order.id and order.state is not OrderState.FILLED:
                self._put(advance(leg, OrderEvent.CANCELED, now_ns), "its entry ended", out)
        old = self.orders.get(order.replaces_id or "")
        if (
            old is not None
            and old.state is OrderState.REPLACING
            and order.state in (OrderState.REJECTED, OrderState.NOT_RECEIVED)
        ):
            self._put(advance(old, OrderEvent.REPLACE_REFUSED, now_ns), "replace refused", out)

    def _ended_unasked(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        """The broker, or someone at it, ended an order: it is told, and what it was for is done again after a pause."""
        parent = self.orders.get(order.parent_id or "")
        if order.state is OrderState.FILLED or (parent is not None and parent.state is not OrderState.FILLED):
            return  # a leg ends with its entry
        if order.state is OrderState.REPLACED and any(other.replaces_id == order.id for other in self.orders.values()):
            return  # by us
        if order.role in (OrderRole.ENTRY, OrderRole.FOREIGN_STOP) or order.symbol in self.ledger.positions:
            text = f"{order.side} {order.quantity} {order.symbol} {order.state}: {order.reason or 'no reason given'}"
            out.append(AlertRaised("ORDER_ENDED_BY_BROKER", Severity.WARNING, text, order.symbol))
        if order.role is not OrderRole.ENTRY:
            self._hold(order.symbol, now_ns, out)

    # --- when things go wrong ----------------------------------------------------------------------
    def _taken(self, order: Order, report: BrokerOrder, now_ns: int, out: list[Effect]) -> None:
        """Another order has our id: ours can't arrive any more, and if it is still needed another takes its place."""
        if order.state.ended:
            return
        found = f"{report.side} {report.quantity} {report.symbol}"
        text = f"order {order.id} at the broker is {found}, ours is {order.side} {order.quantity} {order.symbol}"
        out.append(AlertRaised("ORDER_MISMATCH", Severity.CRITICAL, text, order.symbol))
        if order.state is OrderState.UNKNOWN:
            self._refused(order, Refusal(422, 0, f"its id is that of another order, {found}"), now_ns, out)

    def _refused(self, order: Order, refusal: Refusal, now_ns: int, out: list[Effect]) -> None:
        text = f"{refusal.message} ({refusal.code or refusal.status})"
        refused = replace(advance(order, OrderEvent.REJECTED, now_ns), reason=text)
        self._put(refused, "refused", out)
        self._hold(order.symbol, now_ns, out)
        self._ended(refused, now_ns, out)
        if order.role not in (OrderRole.STOP, OrderRole.FOREIGN_STOP):
            alert = f"{order.side} {order.quantity} {order.symbol} refused: {text}"
            out.append(AlertRaised("ORDER_ENDED_BY_BROKER", Severity.WARNING, alert, order.symbol))
        else:
            alert = f"stop for {order.quantity} {order.symbol} refused: {text}; it is tried again"
            out.append(AlertRaised("STOP_REFUSED", Severity.CRITICAL, alert, order.symbol))

    def _unsent(self, order: Order, why: str, now_ns: int, out: list[Effect]) -> None:
        """It ends here: the broker has never heard of it, and nobody has to ask."""
        if order.state in (OrderState.SUBMITTING, OrderState.UNKNOWN):
            ended = replace(advance(order, OrderEvent.REJECTED, now_ns), reason=f"not sent: {why}")
            self._put(ended, "not sent", out)
            self._ended(ended, now_ns, out)

    def _unanswered(self, order: Order, detail: str, now_ns: int, out: list[Effect]) -> None:
        self._put(advance(order, OrderEvent.NO_ANSWER, now_ns), f"no answer: {detail}" if detail else "no answer", out)
        hurried = self._hurried(order)
        self.due[order.id] = now_ns + self._pause_ns(hurried)
        if not (hurried and order.looks):  # one that is sent again and again is looked for after a pause
            out.append(LookupOrder(order.id))

    def _not_found(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        """The broker does not know it: an exit or a stop is sent again at once, others are given up after enough looks.

        The id is the same, so a first sending that arrives after all does no harm: the broker takes an id once.
        """
        looked = replace(order, looks=order.looks + 1)
        self.book.put(looked)
        position = self.ledger.positions.get(order.symbol)
        if position is not None and order.role in (OrderRole.EXIT, OrderRole.STOP) and order.replaces_id is None:
            if self._sent_again(looked, position, now_ns, out):
                return
        elif looked.looks < self.settings.lookups:
            return
        lost = advance(looked, OrderEvent.NEVER_ARRIVED, now_ns)
        self._put(lost, "never arrived at the broker", out)
        self._ended(lost, now_ns, out)

    def _sent_again(self, order: Order, position: Position, now_ns: int, out: list[Effect]) -> bool:
        """Send an exit or a stop again; False when it is no longer what the position needs."""
        if order.role is OrderRole.STOP and position.exit_reason:
            return False  # it would only stand in the exit's way
        try:
            approved = approve_reduction(order, self.doubts.confirmed(position))
        except NotApproved:
            text = f"{order.id} no longer fits the position of {position.quantity}: another takes its place"
            out.append(AlertRaised("ORDER_OUTDATED", Severity.INFO, text, order.symbol))
            return False
        self.due[order.id] = now_ns + self._pause_ns(hurried=True)
        self.submit(order, approved, now_ns, out)
        return True

    def resume(self, now_ns: int, out: list[Effect]) -> None:
        """A new process: whatever was on its way when the last one ended has an unknown outcome."""
        self._asked.clear()
        for order in list(self.live()):
            if order.state in (OrderState.SUBMITTING, OrderState.UNKNOWN):
                self._unanswered(order, "the daemon restarted before the answer", now_ns, out)
            elif order.state is OrderState.CANCELING:
                self.cancel(order, now_ns, out, order.sequel)

    def timer(self, now_ns: int, out: list[Effect]) -> None:
        """Ask again about orders whose answer is due, and look after symbols whose hold is over."""
        for order_id in [order_id for order_id, due_ns in self.due.items() if due_ns <= now_ns]:
            del self.due[order_id]  # whatever follows sets the next time, or there is none
            order = self.orders.get(order_id)
            if order is not None and order.state is OrderState.UNKNOWN:
                self.due[order_id] = now_ns + self._pause_ns(self._hurried(order))
                out.append(LookupOrder(order_id))
            elif order is not None and order.state is OrderState.CANCELING:
                text = f"the cancel of {order_id} is not confirmed yet: asked again, nothing takes its place meanwhile"
                out.append(AlertRaised("CANCEL_PENDING", Severity.WARNING, text, order.symbol))
                self.cancel(order, now_ns, out, order.sequel)
        for symbol in [symbol for symbol, until_ns in self.holds.items() if until_ns <= now_ns]:
            del self.holds[symbol]
            self.protect(symbol, now_ns, out)
        for symbol in (*self.doubts.expire(now_ns), *self.halts.release(now_ns, self.settings.latency_ns)):
            self.protect(symbol, now_ns, out)

    def next_due_ns(self) -> int | None:
        """When `timer` has something to do."""
        dues = (*self.due.values(), *self.holds.values(), *self.doubts.fresh.values())
        released_ns = self.halts.due_ns(self.settings.latency_ns)
        return min(dues if released_ns is None else (*dues, released_ns), default=None)

    def forget(self, before_ns: int) -> None:
        """Drop ended orders that nothing refers to any more; the tables keep them."""
        for order_id in self.book.forget(before_ns, {position.trade_id for position in self.ledger.positions.values()}):
            self.plans.pop(order_id, None)
