"""Bugs on purpose, each a small change of the product: sessions that can't find these would not find others.

Each is put in by replacing a function for as long as it is wanted, and gone again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fluxherod.core import protection
from fluxherod.core.orders import Fill, Order, OrderEvent, OrderRole, OrderState, advance
from fluxherod.core.risk import breaker
from fluxherod.core.risk.safety import BreakerStatus
from fluxherod.engine import strategist
from fluxherod.engine.effects import SubmitOrder
from fluxherod.engine.events import CancelAnswered, Refusal
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.operators.remembered import Remembered
from fluxherod.engine.orders import chase, desk
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.orders.guard import Guard
from fluxherod.engine.orders.sending import Sending
from fluxherod.engine.reconciling.reconcile import Reconciler
from fluxherod.engine.risk.safety import Safety
from fluxherod.engine.runner import Runner

Put = tuple[Any, str, Callable[..., Any]]


def _resubmitted_under_a_new_id() -> list[Put]:
    """An entry without an answer is taken for lost, and sent again as another order."""
    before, approvals = Desk._unanswered, {}
    submit = Sending.submit

    def submitted(self: Desk, order: Order, approved: Any, now_ns: int, out: list[Any]) -> None:
        approvals[order.id] = approved
        submit(self, order, approved, now_ns, out)

    def unanswered(self: Desk, order: Order, detail: str, now_ns: int, out: list[Any]) -> None:
        approved = approvals.get(order.id)
        if order.role is not OrderRole.ENTRY or approved is None:
            before(self, order, detail, now_ns, out)
            return
        self._put(replace(order, state=OrderState.REJECTED), "timed out", out)
        again = replace(order, id=self.book.next_attempt(order), state=OrderState.NEW, created_ns=now_ns)
        self.plans[again.id] = self.plans[order.id]
        self.submit(again, replace(approved, id=again.id), now_ns, out)

    return [(Desk, "_unanswered", unanswered), (Sending, "submit", submitted)]


def _chase_with_full_quantity() -> list[Put]:
    """A chase forgets what the orders before it have filled."""
    return [(chase.Chaser, "_left", lambda self, order: self.desk.plans[order.id].wanted)]


def _stop_not_resized() -> list[Put]:
    """After a part of a position is sold no new stop is placed for the rest."""
    before = Sending._act

    def act(self: Sending, action: Any, position: Any, now_ns: int, out: list[Any]) -> None:
        trade = self.ledger.trades.get(position.trade_id) if position is not None else None
        if isinstance(action, protection.PlaceStop) and trade is not None and trade.exit_quantity:
            return
        before(self, action, position, now_ns, out)

    return [(Sending, "_act", act)]


def _breaker_not_latched() -> list[Put]:
    """A breaker that has closed everything is normal again with the next reading."""
    before = breaker.read_breaker

    def read(state: Any, reading: Any, limits: Any) -> Any:
        after = before(state, reading, limits)
        recovered = state.status is BreakerStatus.DISABLED
        return replace(after, status=BreakerStatus.NORMAL, latched=False, reason="") if recovered else after

    return [(breaker, "read_breaker", read)]


def _fill_counted_twice() -> list[Put]:
    """A fill that is told twice is booked twice."""
    before = desk.merge  # type: ignore[attr-defined]

    def merge(order: Order, report: Any, now_ns: int, price_e4: int | None = None, shares: int = 0) -> Any:
        merged, fill = before(order, report, now_ns, price_e4, shares)
        if fill is None and price_e4 is not None and shares and report.filled_quantity == order.filled_quantity:
            fill = Fill(order.id, order.symbol, order.side, shares, price_e4 * shares, exact=True)
        return merged, fill

    return [(desk, "merge", merge)]


def _halt_not_checked() -> list[Put]:
    """What halts trading is not asked for when an entry is decided."""
    return [(Safety, "blocked", lambda self: "")]


def _exit_beside_the_stop() -> list[Put]:
    """An exit does not cancel the stop first."""
    before = protection._leave

    def leave(position: Any, stops: Any, exits: Any, entries: Any, orders: Any) -> Any:
        return before(position, (), exits, entries, orders)

    return [(protection, "_leave", leave)]


def _lost_reply_is_a_rejection() -> list[Put]:
    """An order without an answer is taken for rejected."""

    def unanswered(self: Desk, order: Order, detail: str, now_ns: int, out: list[Any]) -> None:
        self._refused(order, Refusal(0, 0, "no answer"), now_ns, out)

    return [(Desk, "_unanswered", unanswered)]


def _unknown_not_in_exposure() -> list[Put]:
    """Orders of unknown outcome do not count for the exposure."""
    before = Sending.working_e4

    def working_e4(self: Sending, one: Order | None = None) -> int:
        unknown = [order for order in self.live() if order.state is OrderState.UNKNOWN and one is None]
        return before(self, one) - sum(before(self, order) for order in unknown)

    return [(Sending, "working_e4", working_e4)]


def _old_snapshot_taken() -> list[Put]:
    """One snapshot is believed, even where orders have moved since it was asked for."""
    quiet = (Reconciler, "_quiet", lambda self, symbol, asked_ns: True)
    return [quiet, (Reconciler, "_counts", lambda self, found, first: True)]


def _restart_forgets_intents() -> list[Put]:
    """A new process does not ask what became of the orders that were on their way."""
    return [(Desk, "resume", lambda self, now_ns, out: None)]


def _stop_loosened() -> list[Put]:
    """A trailing stop follows the price in both directions."""
    before = strategist.trail  # type: ignore[attr-defined]

    def trail(side: int, stop_e4: int, best_e4: int, atr: float, multiple: float) -> int:
        return int(before(side, 0 if side > 0 else 10**12, best_e4, atr, multiple * 1.5))

    return [(strategist, "trail", trail)]


def _entries_work_on_after_a_halt() -> list[Put]:
    """Entries that work when trading is halted are not called off."""
    return [(Guard, "call_off", lambda self, now_ns, everywhere, out: None)]


def _cancel_taken_for_done() -> list[Put]:
    """The answer to a cancel is taken for the end of the order."""
    before = Desk.cancel_answered

    def answered(self: Desk, answer: CancelAnswered, now_ns: int, out: list[Any]) -> None:
        before(self, answer, now_ns, out)
        order = self.orders.get(answer.order_id)
        if answer.accepted and order is not None and not order.state.ended:
            ended = advance(order, OrderEvent.CANCELED, now_ns)
            self._put(ended, "canceled", out)
            self._ended(ended, now_ns, out)

    return [(Desk, "cancel_answered", answered)]


def _sent_before_it_is_durable() -> list[Put]:
    """Orders leave beside the commit already (and once more after it, which does no harm under the same id)."""
    before = Runner._entry

    async def entry(self: Runner, event: Any, now_ns: int) -> Any:
        found = await before(self, event, now_ns)
        for effect in found.effects:
            if isinstance(effect, SubmitOrder):
                self._requests.start(effect)
        return found

    return [(Runner, "_entry", entry)]


def _command_carried_out_twice() -> list[Put]:
    """The same request id is taken for a new request."""
    return [(Remembered, "get", lambda self, caller, now_ns: None)]


def _cash_forgets_sales() -> list[Put]:
    """The shares of a stop that filled in parts bring no cash after the first part."""
    before = Ledger.book

    def book(self: Ledger, order: Order, fill: Fill, plan: Any, now_ns: int, out: list[Any]) -> bool:
        cash_e4 = self.cash_e4
        opened = before(self, order, fill, plan, now_ns, out)
        if order.role is OrderRole.STOP and order.filled_quantity > fill.quantity:
            self.cash_e4 = cash_e4
        return opened

    return [(Ledger, "book", book)]


BUGS: dict[str, Callable[[], list[Put]]] = {
    make.__name__.lstrip("_"): make
    for make in (
        _resubmitted_under_a_new_id,
        _chase_with_full_quantity,
        _stop_not_resized,
        _breaker_not_latched,
        _fill_counted_twice,
        _halt_not_checked,
        _exit_beside_the_stop,
        _lost_reply_is_a_rejection,
        _unknown_not_in_exposure,
        _old_snapshot_taken,
        _restart_forgets_intents,
        _stop_loosened,
        _entries_work_on_after_a_halt,
        _cancel_taken_for_done,
        _sent_before_it_is_durable,
        _command_carried_out_twice,
        _cash_forgets_sales,
    )
}


@contextmanager
def bug(name: str) -> Iterator[None]:
    """Have a bug in the product."""
    puts = BUGS[name]()
    before = [(where, called, where.__dict__[called]) for where, called, _ in puts]
    for where, called, instead in puts:
        setattr(where, called, instead)
    try:
        yield
    finally:
        for where, called, was in before:
            setattr(where, called, was)
