"""Limit entries that don't fill in time: cancelled, and what is left is sent again nearer to the market, or given up.

`step` looks at what is, never at what happened, so a restart, a lost answer or a message that comes twice ends in the
same place. Nothing is sent again before the broker has said how the last order ended: fills of the race count, and the
sum of a chain's fills never exceeds what was wanted. Each order of a chain goes through risk anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.money import dollars, on_tick_e4, to_e4
from fluxherod.core.orders import Order, OrderEvent, OrderState, Sequel, advance
from fluxherod.core.risk.approve import approve_entry
from fluxherod.core.risk.assess import EntryRequest, assess
from fluxherod.core.signals import RiskDecision, RiskVerdict
from fluxherod.core.types import Mode, Quote, Side
from fluxherod.engine.effects import AlertRaised, Effect, Severity, SignalUpdated
from fluxherod.engine.ledger import EntryPlan
from fluxherod.engine.market.books import sane
from fluxherod.engine.orders import drafts
from fluxherod.engine.orders.guard import cutoff_ns
from fluxherod.engine.strategist import Strategist

EXPIRED = "expired"


class Chaser:
    """Follows every limit entry of ours to its end.

    `blocked` tells what blocks new risk at a time, `unready` which of it passes by itself (a connection that is being
    made, an account that is being read): that is waited for as long as a chase may take.
    """

    def __init__(self, strategist: Strategist, blocked: Callable[[int], str], unready: Callable[[int], str]) -> None:
        self.strategist = strategist
        self.market = strategist.market
        self.desk = strategist.desk
        self.ledger = strategist.ledger
        self._blocked = blocked
        self._unready = unready
        self._ends = False  # the daemon does: nobody would watch the shares of an entry that is filled in part

    def step(self, now_ns: int, out: list[Effect], *, ends: bool = False) -> None:
        """Take the next step of each limit entry; when the daemon `ends`, that is to cancel it and to give it up."""
        self._ends = ends
        for order in list(self.desk.book.chased.values()):
            if order.state.ended:
                self._follow(order, now_ns, out)
            elif order.settled and not self.desk.held(order.symbol, now_ns):
                self._watch(order, now_ns, out)

    def next_due_ns(self) -> int | None:
        """When `step` has something to do that no message brings."""
        dues = (self._due_ns(order) for order in self.desk.book.chased.values())
        return min((due_ns for due_ns in dues if due_ns is not None), default=None)

    def _due_ns(self, order: Order) -> int | None:
        if order.waits:
            return min(self._give_up_ns(order), cutoff_ns(order, self.market) or order.updated_ns)
        due_ns = self._timeout_ns(order) if order.settled else None
        return None if due_ns is None else max(due_ns, self.desk.holds.get(order.symbol, 0))

    @property
    def _patience_ns(self) -> int:
        return self.desk.settings.chase_after_ns + self.desk.settings.latency_ns

    def _timeout_ns(self, order: Order) -> int | None:
        """When an order has worked long enough. Before the open it only waits for it."""
        session = self.market.calendar.at(order.acknowledged_ns) or self.market.calendar.following(
            order.acknowledged_ns
        )
        return None if session is None else max(order.acknowledged_ns, session.open_ns) + self._patience_ns

    def _give_up_ns(self, order: Order) -> int:
        """Until when an order that has ended waits for what its chase needs."""
        return order.updated_ns + self._patience_ns

    # --- an order that works ---------------------------------------------------------------------------
    def _watch(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        """Cancel it when its time is over, when its cancel was refused, or when more has filled than was known."""
        timeout_ns = self._timeout_ns(order)
        late = timeout_ns is not None and timeout_ns <= now_ns
        if self._ends or late or order.sequel is not Sequel.NONE or order.remaining > self._left(order):
            last = order.chase_count >= self.desk.settings.chases
            self.desk.cancel(order, now_ns, out, order.sequel or (Sequel.ABANDON if last else Sequel.CHASE))

    def _left(self, order: Order) -> int:
        """Shares that are still wanted of the chain that an order is the newest of."""
        return self.desk.plans[order.id].wanted - self.desk.book.filled(order)

    # --- an order that has ended -----------------------------------------------------------------------
    def _follow(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        if order.sequel is Sequel.REPLACE and (planned := self.planned(order)) is not None:
            self._take_place(order, planned, now_ns, out)
        elif self._left(order) <= 0 or order.sequel in (Sequel.NONE, Sequel.REPLACE):
            self._end(order, now_ns, out)
        elif order.sequel is Sequel.ABANDON:
            self._abandon(order, self._failed(order), now_ns, out)
        elif order.state is not OrderState.CANCELED:
            self._abandon(order, f"The broker has ended it: {order.state}.", now_ns, out)
        else:
            self._chase(order, now_ns, out)

    def _end(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        """Nothing follows: it is filled, or was ended for another reason, which was told where it arose."""
        if order.state is OrderState.NOT_RECEIVED:
            self._abandon(order, "It never arrived at the broker.", now_ns, out)
        else:
            self.conclude(order, f"the entry has ended: {order.state}", now_ns, out)

    def _failed(self, order: Order) -> str:
        if self._ends:
            return "The daemon is stopping."
        if not order.chase_count:
            return f"Not filled in {self.desk.settings.chase_after_ns / SECOND_NS:g} s."
        chases = f"{order.chase_count} chase{'s' if order.chase_count > 1 else ''}"
        return f"{chases} failed. Market moved significantly."

    def _chase(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        if why := self._forbidden(order, now_ns):
            self._abandon(order, f"Not chased: {why}.", now_ns, out)
            return
        limit_e4 = self._price_e4(order, now_ns)
        missing = self._unready(now_ns) or ("" if limit_e4 else f"no fresh two-sided quote of {order.symbol}")
        if limit_e4 is None or missing:
            if now_ns >= self._give_up_ns(order):
                self._abandon(order, f"Not chased: {missing}.", now_ns, out)
            return
        left = self._left(order)
        decision = self._assess(order, limit_e4, left, now_ns)
        if decision.verdict is RiskVerdict.REJECTED:
            self._abandon(order, f"Not chased: {decision.reason}.", now_ns, out)
            return
        order_id = self.desk.book.next_attempt(order)
        *_, first = self.desk.book.chain(order)
        count = order.chase_count + 1
        reason = f"chase {count}/{self.desk.settings.chases}: {first.reason}"
        chase = drafts.going_on(order, order_id, decision.quantity, limit_e4, now_ns)
        self._send(order, replace(chase, chase_count=count, reason=reason), decision, left, now_ns, out)

    def _forbidden(self, order: Order, now_ns: int) -> str:
        """What ends a chain for good, in words; "" when nothing does."""
        position, filled = self.ledger.positions.get(order.symbol), self.desk.book.filled(order)
        if filled and (position is None or position.exit_reason):
            return "the position is closed, or is being closed"
        if position is not None and (not filled or (position.quantity > 0) != (order.side is Side.BUY)):
            return f"a position in {order.symbol} is open"
        due_ns = cutoff_ns(order, self.market)
        if due_ns is None or now_ns >= due_ns:
            return "the session ends"
        blocked = self._blocked(now_ns)
        if blocked and blocked != self._unready(now_ns):
            return blocked.rstrip(".")
        veto = self.strategist.symbol_veto(order.symbol, order.side)
        return veto[1] if veto else ""

    def _price_e4(self, order: Order, now_ns: int) -> int | None:
        """The middle of a fresh quote, a little on our side of it; None without such a quote."""
        settings, book = self.desk.settings, self.market.books.get(order.symbol)
        oldest_ns = now_ns - settings.price_max_age_ns - settings.latency_ns
        if book is None or book.quote is None or book.quote.time_ns < oldest_ns or not sane(book.quote):
            return None
        return chase_price_e4(book.quote, order.side, settings.chase_offset_e4)

    def request(self, order: Order, plan: EntryPlan, price_e4: int, wanted: int, now_ns: int) -> EntryRequest:
        """What risk is asked for the rest of an entry: shares that it has filled count, its stop stays."""
        position = self.ledger.positions.get(order.symbol)
        limits, reduced = self.desk.settings.limits, self.strategist.safety.multipliers
        return EntryRequest(
            symbol=order.symbol,
            side=order.side,
            price_e4=price_e4,
            stop_e4=plan.stop_e4,
            risk_bp=limits.mean_reversion_risk_bp if plan.mode is Mode.MEAN_REVERSION else limits.trend_risk_bp,
            distance_e4=abs(price_e4 - plan.stop_e4),
            multipliers=tuple(dict((*plan.multipliers, *reduced)).items()),
            wanted=wanted,
            correlations=self.strategist.correlations(order.symbol, now_ns),
            held=abs(position.quantity) if position is not None else 0,
        )

    def _assess(self, order: Order, price_e4: int, wanted: int, now_ns: int) -> RiskDecision:
        state = self.strategist.account_state(self._blocked(now_ns), order)
        request = self.request(order, self.desk.plans[order.id], price_e4, wanted, now_ns)
        return assess(request, state, self.desk.settings.limits)

    def _send(
        self, previous: Order, order: Order, decision: RiskDecision, left: int, now_ns: int, out: list[Effect]
    ) -> None:
        """Submit the next order of a chain; the one before it is done with."""
        filled = self.desk.book.filled(previous)
        if decision.quantity < left:
            text = f"{order.symbol}: {decision.quantity} of {left} shares go on at {dollars(order.limit_price_e4 or 0)}"
            out.append(AlertRaised("CHASE_REDUCED", Severity.INFO, f"{text}: {decision.reason}", order.symbol))
        plan = self.desk.plans.get(order.id) or self.desk.plans[previous.id]
        self.desk.plans[order.id] = replace(plan, wanted=filled + decision.quantity)
        self._done_with(previous, out)
        self.desk.submit(order, approve_entry(order, decision, plan.stop_e4), now_ns, out)

    # --- an order that an operator has changed -----------------------------------------------------------
    def planned(self, order: Order) -> Order | None:
        """The order that waits to take an order's place."""
        waiting = (other for other in self.desk.live(order.symbol) if other.state is OrderState.NEW)
        return next((other for other in waiting if other.replaces_id == order.id), None)

    def _take_place(self, order: Order, planned: Order, now_ns: int, out: list[Effect]) -> None:
        """Send the changed order, less what has filled meanwhile."""
        left = self.desk.plans[planned.id].wanted - self.desk.book.filled(order)
        if left <= 0 or order.state is not OrderState.CANCELED:  # filled: its leg guards, and stands in the way
            self.conclude(order, f"{order.id} has ended before: {order.state}", now_ns, out)
        elif why := self._forbidden(order, now_ns):
            self._abandon(order, f"Not replaced: {why}.", now_ns, out)
        elif missing := self._unready(now_ns):
            if now_ns >= self._give_up_ns(order):
                self._abandon(order, f"Not replaced: {missing}.", now_ns, out)
        else:
            decision = self._assess(planned, planned.limit_price_e4 or 0, left, now_ns)
            if decision.verdict is RiskVerdict.REJECTED:
                self._abandon(order, f"Not replaced: {decision.reason}.", now_ns, out)
            else:
                self._send(order, replace(planned, quantity=decision.quantity), decision, left, now_ns, out)

    # --- the end of a chain --------------------------------------------------------------------------------
    def _abandon(self, order: Order, why: str, now_ns: int, out: list[Effect]) -> None:
        wanted, filled = self.desk.plans[order.id].wanted, self.desk.book.filled(order)
        text = f"Order abandoned: {order.symbol} {order.side.upper()} {wanted} @ limit. {why}"
        text += f" {filled} of {wanted} are filled." if filled else ""
        out.append(AlertRaised("ORDER_ABANDONED", Severity.WARNING, text, order.symbol))
        self.conclude(order, text, now_ns, out)

    def conclude(self, order: Order, why: str, now_ns: int, out: list[Effect]) -> None:
        """The chain is over: what waits to go on does not, and the signal says what became of it."""
        if (planned := self.planned(order)) is not None:
            self.desk.book.conclude(planned.id)
            dropped = advance(replace(planned, reason=why), OrderEvent.CANCELED, now_ns)
            self.desk.write(dropped, "not sent", out)
        self._done_with(order, out)
        plan, filled = self.desk.plans[order.id], self.desk.book.filled(order)
        if plan.signal is not None and filled < plan.wanted:
            outcome = plan.signal.outcome if filled else EXPIRED
            signal = replace(plan.signal, outcome=outcome, outcome_text=why)
            self.strategist.remember(signal)
            out.append(SignalUpdated(signal))

    def _done_with(self, order: Order, out: list[Effect]) -> None:
        self.desk.book.conclude(order.id)
        if order.sequel is not Sequel.NONE:
            self.desk.write(replace(order, sequel=Sequel.NONE), "concluded", out)

    def call_off(self, order: Order, now_ns: int, out: list[Effect]) -> bool:
        """End a chain between two orders, as an operator's cancel does; False when the order is not at that point."""
        if order.state is OrderState.NEW:
            self.desk.book.conclude(order.id)
            self.desk.write(advance(order, OrderEvent.CANCELED, now_ns), "not sent", out)
        elif order.waits:
            self.conclude(order, "cancelled by the operator", now_ns, out)
        elif order.state is OrderState.CANCELING and order.sequel is not Sequel.NONE:
            self.desk.write(replace(order, sequel=Sequel.NONE), "not chased", out)
        else:
            return False
        return True


def chase_price_e4(quote: Quote, side: Side, offset_e4: int) -> int | None:
    """The middle of a quote less (to sell: more) an offset, rounded away from the market to a tick; None unless > 0."""
    twice_e4 = to_e4(quote.bid) + to_e4(quote.ask) - 2 * offset_e4 * side.sign
    price_e4 = on_tick_e4(twice_e4 // 2, up=False) if side is Side.BUY else on_tick_e4(-(-twice_e4 // 2), up=True)
    return price_e4 if price_e4 > 0 else None
