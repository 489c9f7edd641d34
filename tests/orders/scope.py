"""The real engine at a tiny exchange, where a search chooses what happens next: every order of every event.

A `Scope` is one state. `choices` are all the things that can happen in it, `take` does one of them, `save` and
`restore` go back. `settle` lets the exchange answer honestly and time pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orders.acts import Acts, Choice
from orders.broker import PRICE_E4, SYMBOL, S
from orders.budgets import PAYS
from orders.checks import faults, shown, unsettled_in_halt
from orders.keys import Key, key_of

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import OrderType
from fluxherod.engine.effects import RequestSnapshot
from fluxherod.engine.events import OrderReported

MOST_EVENTS_TO_REST = 400


class NeverRests(AssertionError):
    """Time passes, the exchange answers honestly, and the engine still finds something to do."""


class Scope(Acts):
    """What can happen next, what an honest exchange and time make of it, and what tells one state from another."""

    # --- what can happen -----------------------------------------------------------------------------------
    def choices(self) -> list[Choice]:
        """Everything that can happen now; a process that has ended hears nothing."""
        if self.engine.over:
            return [("restart",)] if self._may("restart", fault=True) else []
        return [*self._ours(), *self._networks(), *self._exchanges()]

    def _may(self, name: str, fault: bool = False) -> bool:
        return self.budget.get(name, 0) > 0 and (not fault or self.misfortunes > 0)

    def _ours(self) -> Iterator[Choice]:
        desk, position = self.engine.desk, self.engine.ledger.positions.get(SYMBOL)
        if position is None and not self._stops() and not any(True for _ in desk.live()):
            yield from ((name,) for name in ("enter", "rest") if self._may(name))
        yield from self._operators()
        entry = desk.live_entry(SYMBOL)
        if self._may("cancel") and entry is not None and entry.settled:
            yield ("cancel",)
        if self._may("stay") and any(order.role is OrderRole.EXIT and order.settled for order in desk.live()):
            yield ("stay",)
        if position is not None and not position.exit_reason:
            yield from ((name,) for name in ("close", "signal") if self._may(name))
        if position is not None and position.exit_reason and self._may("insist"):
            yield ("insist",)
        if position is not None and self._may("reduce") and abs(position.quantity) > 1 and not position.exit_reason:
            yield ("reduce",)
        if position is not None and self._may("trail") and not position.exit_reason and position.stop_e4 is not None:
            yield ("trail",)
        if position is not None and self._may("breach", fault=True) and not self.breached:
            yield ("breach",)
        if self._may("restart", fault=True):
            yield ("restart",)
        if self._may("poll") and not any(isinstance(one, RequestSnapshot) for one in self.requests):
            yield ("poll",)
        if self._due_ns() is not None:
            yield ("tick",)

    def _stops(self) -> bool:
        """True when no entry is taken."""
        return bool(self.engine.stopping or self.engine.safety.stopped)

    def _operators(self) -> Iterator[Choice]:
        """What stops trading as a whole, or the process."""
        switch = self.engine.safety.state.kill_switch
        if self._may("halt") and not switch.reason:
            yield ("halt",)
        if self._may("flatten") and not switch.flatten:
            yield ("flatten",)
        if self._may("resume") and switch.reason:
            yield ("resume",)
        if self._may("shut_down") and not self.engine.stopping:
            yield ("shut_down",)

    def _networks(self) -> Iterator[Choice]:
        for number, effect in enumerate(self.requests):
            yield ("meet", number)
            if self._may("lose", fault=True) and not isinstance(effect, RequestSnapshot):
                yield ("lose_reply", number)
                yield ("time_out", number)
        for number in range(len(self.late)):
            yield ("meet_late", number)
        if self.tape:
            yield ("read_tape",)
        mail = self.broker.mail
        if mail:
            yield ("hear", 0)
            if len(mail) > 1 and self._may("reorder", fault=True):
                yield from (("hear_early", number) for number in range(1, len(mail)))
            if isinstance(mail[0], OrderReported):
                yield from ((name, 0) for name in ("hear_twice", "drop") if self._may(PAYS.get(name, name), True))

    def _exchanges(self) -> Iterator[Choice]:
        for order in self.broker.fillable():
            left = order.quantity - order.filled_quantity
            if left > 1:
                yield ("fill", order.broker_id, 1)
            yield ("fill", order.broker_id, left)
            if self._may("end", fault=True) and order.status is S.WORKING:
                yield ("end", order.broker_id)
        for order in self.broker.orders.values():
            if order.status in (S.PENDING_CANCEL, S.PENDING_REPLACE):
                yield ("carry_out", order.broker_id)
        turn = "tape_resumes" if self.broker.halted else "tape_halts"
        if self._may(turn):
            yield (turn,)

    # --- coming to rest --------------------------------------------------------------------------------------
    def settle(self, known: Callable[[Key], bool] = lambda key: False) -> bool:
        """Let the exchange answer honestly and time pass until nothing is left to do; False when `known` cut it short.

        Raises:
            NeverRests: when it does not come to an end.
        """
        if self.breached:
            self._quote(PRICE_E4)
            self.breached = False
        for _ in range(MOST_EVENTS_TO_REST):
            self._check()
            if self.wrong:
                return True
            if not self._honest_step():
                return True
            if not self.requests and not self.broker.mail and known(self.key()):
                return False
        raise NeverRests(f"still at it after {MOST_EVENTS_TO_REST} events: {self.describe()}")

    def _honest_step(self) -> bool:
        """The next thing that an honest exchange and time do; False at rest."""
        broker = self.broker
        if self.engine.over:
            self._restart()
        elif self.tape:
            self._read_tape()
        elif broker.mail:
            self._hear(0)
        elif self.requests:
            self._meet(0)
        elif order := next(
            (o for o in broker.orders.values() if o.status in (S.PENDING_CANCEL, S.PENDING_REPLACE)), None
        ):
            broker.carry_out(order.broker_id)
        elif order := next((o for o in broker.fillable() if o.order_type is OrderType.MARKET), None):
            broker.fill(order.broker_id, order.quantity - order.filled_quantity)
        elif self._due_ns() is not None:
            self._tick()
            self._poll()
        else:
            return self._look_again() or self._trade_again()
        return True

    def _trade_again(self) -> bool:
        """What waits for the end of a halt goes on once all is at rest in it; False when nothing is halted."""
        if not self.broker.halted:
            return False
        self.wrong = self.wrong or next(unsettled_in_halt(self.engine, self.broker), "")
        self._turn(trading=True)
        return True

    def _look_again(self) -> bool:
        """At rest, two more polls must change nothing; False when they don't."""
        for _ in range(3):
            before = self.key()
            self.now_ns += 5 * SECOND_NS
            self.tell(self.broker.snapshot(self.now_ns - SECOND_NS))
            if self.requests or self._due_ns() is not None or self.key() != before:
                return True
        return False

    # --- looking -------------------------------------------------------------------------------------------
    def _check(self) -> None:
        self.wrong = self.wrong or next(faults(self.engine, self.broker, self.wanted, self.entries), "")

    def describe(self) -> str:
        """All there is to know, for a person."""
        ours = [
            f"{o.role} {o.side} {o.filled_quantity}/{o.quantity} {o.state} {o.broker_id} {o.id}"
            for o in list(self.engine.desk.orders.values())[:8]
        ]
        lines = [
            f"position {self.engine.ledger.positions.get(SYMBOL)}",
            f"theirs {self.broker.position}: {shown(list(self.broker.orders.values()))}",
            *ours,
            f"requests {self.requests} late {self.late}",
            f"mail {self.broker.mail}",
            f"due {self.engine.desk.due} holds {self.engine.desk.holds} now {self.now_ns}",
        ]
        return "\n  ".join(lines)

    def _halts(self) -> Key:
        """What is known of a halt, here and there."""
        halts, position = self.engine.desk.halts, self.engine.ledger.positions.get(SYMBOL)
        insisted = position is not None and halts._insisted.get(SYMBOL) == position.trade_id
        return (self.broker.halted, len(self.tape), halts.why(SYMBOL), insisted)

    def key(self) -> Key:
        """Equal for states that can't be told apart by what they do from now on."""
        broker = self.broker
        rest = (self.misfortunes, *sorted(self.budget.items()), self.breached, self.wrong, *self._halts())
        return key_of(self.engine, broker, self.requests, self.late, self.now_ns, rest)
