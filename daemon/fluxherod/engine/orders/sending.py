"""Orders on their way out: what is known of each order of ours, and the next step that keeps open shares guarded.

Nothing here decides that risk may be taken: approved orders are handed in. What keeps open shares guarded is decided by
`core.protection.plan`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fluxherod.core import protection
from fluxherod.core.calendar import stamp
from fluxherod.core.orders import Order, OrderEvent, OrderRole, OrderState, Sequel, advance
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.approval import ApprovedOrder
from fluxherod.core.risk.approve import NotApproved, approve_reduction, approve_replacement
from fluxherod.engine.effects import (
    AlertRaised,
    CancelOrder,
    Effect,
    LookupOrder,
    OrderUpdated,
    ReplaceOrder,
    RequestSnapshot,
    Severity,
    SubmitOrder,
)
from fluxherod.engine.ledger import EntryPlan, Ledger
from fluxherod.engine.market.halts import Halts
from fluxherod.engine.orders import drafts
from fluxherod.engine.orders.orderbook import OrderBook
from fluxherod.engine.reconciling.doubts import Doubts
from fluxherod.engine.settings import Settings

LEG_LETTERS = {OrderRole.ENTRY: "e", OrderRole.EXIT: "x", OrderRole.STOP: "s", OrderRole.FOREIGN_STOP: "f"}


class Sending:
    """Orders by our id, and what is sent of them. Methods take the time and append the effects they want to `out`."""

    def __init__(self, settings: Settings, epoch: str, ledger: Ledger) -> None:
        self.settings = settings
        self.ledger = ledger
        self.epoch = epoch
        self.book = OrderBook()
        self.orders = self.book.all  # to read; only `_put` changes it
        self.halts = Halts()
        self.plans: dict[str, EntryPlan] = {}
        self.due: dict[str, int] = {}  # order id: when to ask the broker about it (again)
        self.doubts = Doubts()
        self.holds = self.doubts.holds  # symbol: leave it alone until then
        self._asked: set[str] = set()
        self._unheard: dict[str, int] = {}  # order id: cancels in a row that got no answer

    # --- looking ---------------------------------------------------------------------------------
    def live(self, symbol: str | None = None) -> Iterator[Order]:
        """Orders that have not ended, of one symbol or of all."""
        return self.book.live(symbol)

    def live_entry(self, symbol: str) -> Order | None:
        """The entry that works in a symbol, or is about to be sent again, if any."""
        entries = (order for order in self.book.live(symbol) if order.role is OrderRole.ENTRY)
        return next(entries, None) or self.book.waiting_entry(symbol)

    def uncertain(self, symbol: str) -> bool:
        """True when an order of the symbol has an unknown outcome: no new risk there."""
        return any(order.state is OrderState.UNKNOWN for order in self.book.live(symbol))

    def awaits_leg(self, symbol: str) -> bool:
        """True while an answer may name a stop leg that is not known yet."""
        asked = any(self.orders[order_id].symbol == symbol for order_id in self._asked)
        return asked or any(order.leg_stop_e4 is not None and not order.broker_id for order in self.live(symbol))

    def working_e4(self, one: Order | None = None) -> int:
        """What working entries (or one of them), those of unknown outcome too, may still add to the exposure."""
        return sum(
            order.remaining * (order.limit_price_e4 or self.plans[order.id].price_e4)
            for order in (self.book.live() if one is None else (one,))
            if order.role is OrderRole.ENTRY and order.state is not OrderState.NEW  # counts when its turn comes
        )

    def next_id(self, symbol: str, decided_ns: int, role: OrderRole) -> str:
        """The client order id: journal, symbol, decision and leg decide it, and the count of attempts."""
        return self.book.next_id(f"fh-{self.epoch[:8]}-{symbol}-{stamp(decided_ns)}-{LEG_LETTERS[role]}")

    def protection_of(self, position: Position) -> str:
        """How a position is guarded now: "broker", "daemon" (price watched here) or "none"."""
        if self.book.working_stops(position.symbol):
            return "broker"
        return "daemon" if position.stop_e4 is not None else "none"

    # --- sending ---------------------------------------------------------------------------------
    def submit(self, order: Order, approved: ApprovedOrder, now_ns: int, out: list[Effect]) -> None:
        """Record the intent and send it; the runner makes the intent durable first."""
        self._put(advance(order, OrderEvent.SENT, now_ns), "submitted", out)
        out.append(SubmitOrder(approved))

    def write(self, order: Order, word: str, out: list[Effect]) -> None:
        """Record an order, or a change of it that is no news of the broker's."""
        self._put(order, word, out)

    def cancel(self, order: Order, now_ns: int, out: list[Effect], sequel: Sequel = Sequel.NONE) -> None:
        """Ask for a cancel; the order ends when the broker says so. Only an order that has an answer can be named."""
        if not order.broker_id:
            return
        self._put(replace(advance(order, OrderEvent.CANCEL_SENT, now_ns), sequel=sequel), "cancel sent", out)
        self.due[order.id] = now_ns + self._pause_ns(hurried=False)
        out.append(CancelOrder(order.id, order.broker_id))

    def leave(
        self, position: Position, reason: str, now_ns: int, out: list[Effect], part: int = 0, by: str = ""
    ) -> None:
        """Close a position at the market, or `part` of its shares: the stop goes first. No halt or limit stops this.

        `by` is the operator who asked for it.
        """
        leaving = replace(position, exit_reason=reason, exit_quantity=part, exit_by=by)
        self.ledger.positions[position.symbol] = leaving
        out.append(self.ledger.told(leaving))
        self._hasten(position.symbol, now_ns)
        self.protect(position.symbol, now_ns, out)

    def held(self, symbol: str, now_ns: int) -> bool:
        """True while a symbol is left alone because a request was refused."""
        return self.holds.get(symbol, 0) > now_ns

    def protect(self, symbol: str, now_ns: int, out: list[Effect]) -> None:
        """Take the next step that keeps the symbol's open shares guarded, or sells them."""
        if self.held(symbol, now_ns):
            return
        position = self.ledger.positions.get(symbol)
        orders = tuple(self.book.relevant(symbol, position.trade_id if position is not None else ""))
        guarded = self._guarded(position, orders, out)
        action = protection.plan(guarded, orders, self.doubts.most(guarded))
        if action is None:
            return
        if self.doubts.awaits_snapshot(symbol, now_ns, self.settings):
            out.append(RequestSnapshot(f"{symbol}: what the broker has must be known before the next step"))
            return
        try:
            self._act(action, position, now_ns, out)
        except NotApproved as refusal:
            self._hold(symbol, now_ns, out)
            out.append(AlertRaised("ORDER_NOT_APPROVED", Severity.CRITICAL, str(refusal), symbol))

    def _guarded(self, position: Position | None, orders: Sequence[Order], out: list[Effect]) -> Position | None:
        """The position as its protection sees it: where the daemon watches alone no stop is wanted at the broker."""
        position = self.halts.kept(position, orders, out)
        if position is not None and self.settings.stops == "daemon":
            return replace(position, stop_e4=None)
        return position

    def _act(self, action: protection.Action, position: Position | None, now_ns: int, out: list[Effect]) -> None:
        match action:
            case protection.Cancel(order):
                self.cancel(order, now_ns, out)
            case protection.FindLeg(entry):
                if entry.id not in self._asked:
                    self._asked.add(entry.id)
                    out.append(LookupOrder(entry.id))
            case protection.PlaceStop(quantity, price_e4) if position is not None:
                order = self._draft(position, OrderRole.STOP, quantity, now_ns, price_e4, "protective stop")
                self.submit(order, approve_reduction(order, self.doubts.confirmed(position)), now_ns, out)
            case protection.PlaceExit(quantity) if position is not None:
                order = self._draft(position, OrderRole.EXIT, quantity, now_ns, None, position.exit_reason)
                order = replace(order, requested_by=position.exit_by)
                self.submit(order, approve_reduction(order, self.doubts.confirmed(position)), now_ns, out)
            case protection.MoveStop(old, price_e4) if position is not None:
                order = self._draft(position, OrderRole.STOP, old.quantity, now_ns, price_e4, "trailing stop")
                order = replace(order, replaces_id=old.id)
                replacement = approve_replacement(order, old, position)
                self._put(advance(old, OrderEvent.REPLACE_SENT, now_ns), "replace sent", out)
                self._put(advance(order, OrderEvent.SENT, now_ns), "submitted", out)
                out.append(ReplaceOrder(replacement))

    def _draft(
        self, position: Position, role: OrderRole, quantity: int, now_ns: int, stop_e4: int | None, reason: str
    ) -> Order:
        order_id = self.next_id(position.symbol, now_ns, role)
        return drafts.reduction(order_id, position, role, quantity, now_ns, stop_e4, reason)

    def _put(self, order: Order, word: str, out: list[Effect]) -> None:
        self.book.put(order)
        out.append(OrderUpdated(order, word))

    def _hold(self, symbol: str, now_ns: int, out: list[Effect]) -> None:
        """Something is not as we thought: look at the broker's truth before the next step in this symbol."""
        self.doubts.hold(symbol, now_ns, self.settings)
        out.append(RequestSnapshot(f"{symbol}: a request was refused"))

    # --- how long an answer is waited for --------------------------------------------------------
    def _hurried(self, order: Order) -> bool:
        """True when open shares wait for what becomes of an order of unknown outcome.

        A stop that was to be moved still stands, so its replacement is in a hurry only when the position is left.
        """
        position = self.ledger.positions.get(order.symbol)
        if position is None or order.role not in (OrderRole.EXIT, OrderRole.STOP):
            return False
        return order.replaces_id is None or bool(position.exit_reason)

    def _hasten(self, symbol: str, now_ns: int) -> None:
        """A position is left: what stands in the way is not waited for as long as before."""
        for order in self.live(symbol):
            if order.state is OrderState.UNKNOWN and order.id in self.due and self._hurried(order):
                self.due[order.id] = min(self.due[order.id], now_ns + self._pause_ns(hurried=True))

    def _pause_ns(self, hurried: bool) -> int:
        interval_ns = self.settings.lookup_interval_ns
        return (min(self.settings.refusal_pause_ns, interval_ns) if hurried else interval_ns) + self.settings.latency_ns
