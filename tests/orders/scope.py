"""The real engine at a tiny exchange, where a search chooses what happens next: every order of every event.

A `Scope` is one state. `choices` are all the things that can happen in it, `take` does one of them, `save` and
`restore` go back. `settle` lets the exchange answer honestly and time pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from engine.world import DAY_NS, EPOCH, OPEN_NS, WIDE, World
from orders.broker import PRICE_E4, SYMBOL, Broker, S
from orders.checks import faults, sent_in_halt, shown, unsettled_in_halt
from orders.keys import Key, key_of
from orders.memory import Saved, parts_of, restore, save

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import OrderType, Quote, Side
from fluxherod.engine.effects import (
    CancelOrder,
    Effect,
    LookupOrder,
    PositionUpdated,
    ReplaceOrder,
    RequestSnapshot,
    SubmitOrder,
)
from fluxherod.engine.events import (
    BackfillLoaded,
    Caller,
    CancelAnswered,
    CancelOrderCommand,
    ClosePositionCommand,
    Event,
    FlattenCommand,
    HaltCommand,
    LinkChanged,
    LookupAnswered,
    OrderReported,
    PlaceOrderCommand,
    QuotesReceived,
    ReplaceAnswered,
    ResumeCommand,
    Started,
    StatusesReceived,
    Stopping,
    SubmitAnswered,
    TimerFired,
    TradingStatus,
)

SHARES = 2
# Away from the price, on the side where a position loses.
STOP_AWAY_E4 = 100_000
BREACH_AWAY_E4 = 200_000
STEP_E4 = 10_000
MOST_EVENTS_TO_REST = 400
BROKER_EFFECTS = (SubmitOrder, CancelOrder, ReplaceOrder, LookupOrder, RequestSnapshot)
Choice = tuple[Any, ...]


# How often each thing may happen on one way. What is not here may happen whenever it can.
BUDGET = {
    "enter": 2,
    "cancel": 1,
    "close": 1,
    "reduce": 1,
    "stay": 1,
    "trail": 2,
    "poll": 1,
    "restart": 1,
    "lose": 2,
    "reorder": 2,
    "twice": 2,
    "drop": 2,
    "end": 1,
    "breach": 1,
}
# What only some starts have besides.
LIMITED = {"rest": 1}
STOPPED = {"halt": 1, "flatten": 1, "resume": 1}
HALTED = {"tape_halts": 1, "tape_resumes": 1, "signal": 1, "insist": 1}
ENDED = {"shut_down": 1, "end": 0}  # what the exchange ends in that moment is heard by nobody
# Prices and the account are never too old, and a limit entry follows the market once.
CHASED_ONCE: dict[str, Any] = {"chases": 1, "price_max_age_ns": DAY_NS, "account_max_age_ns": DAY_NS}

MISFORTUNES = frozenset({"breach", "restart", "lose_reply", "time_out", "hear_early", "hear_twice", "drop", "end"})
# Whose budget a choice is taken from, where it is not its own.
PAYS = {"lose_reply": "lose", "time_out": "lose", "hear_early": "reorder", "hear_twice": "twice"}


class NeverRests(AssertionError):
    """Time passes, the exchange answers honestly, and the engine still finds something to do."""


def unanswered(effect: Effect) -> Event | None:
    """What the engine hears of a request that nobody answered."""
    match effect:
        case SubmitOrder(order):
            return SubmitAnswered(order.id, detail="timed out")
        case CancelOrder(order_id, _):
            return CancelAnswered(order_id, False, detail="timed out")
        case ReplaceOrder(asked):
            return ReplaceAnswered(asked.replaces_id, asked.id, detail="timed out")
        case LookupOrder(order_id):
            return LookupAnswered(order_id, False, detail="timed out")
    return None


class Scope:
    """One symbol, orders of two shares, a price that stands. At most so many misfortunes come on one way.

    Positions are opened by `side`: bought, or sold short.
    """

    def __init__(
        self, misfortunes: int, budget: dict[str, int] = BUDGET, side: Side = Side.BUY, **settings: Any
    ) -> None:
        self.side = side
        self.broker = Broker(side)
        self.world = World(symbols=(SYMBOL,), limits=WIDE, **settings)
        self.engine = self.world.ready().engine
        self.engine.market.next_due_ns = lambda: None  # type: ignore[method-assign]  # no bar is made here
        self.now_ns = self.world.now_ns
        self.run = 1
        self.requests: list[Effect] = []  # on their way to the exchange
        self.late: list[Effect] = []  # given up by the engine; they may arrive yet
        self.tape: list[Event] = []  # what the tape says of trading, and nobody has read yet
        self.heard: set[int] = set()  # what was delivered twice already, by its number in `mail`
        self.budget = dict(budget)
        self.misfortunes = misfortunes
        self.wanted = 0  # shares of all entries that were asked for
        self.entries = 0
        self.breached = False
        self.wrong = ""
        self._parts: list[Any] = []
        self._parts_of_run = 0
        self._price: tuple[int, int, Quote | None] = (0, 0, None)

    # --- going back ------------------------------------------------------------------------------------
    def save(self) -> Saved:
        """What `restore` needs."""
        if self._parts_of_run != self.run:
            self._parts, self._parts_of_run = parts_of(self.engine), self.run
        book = self.engine.market.books[SYMBOL]
        self._price = (book.price_e4, book.price_ns, book.quote)
        return save((*self._parts, self.broker, self))

    def restore(self, saved: Saved) -> None:
        """Be what was saved again; may be done many times."""
        restore(saved)
        book = self.engine.market.books[SYMBOL]
        book.price_e4, book.price_ns, book.quote = self._price

    # --- telling the engine ------------------------------------------------------------------------------
    def tell(self, event: Event) -> None:
        """One event; what it makes the engine ask is on its way."""
        self.now_ns += 1
        self._send(self.engine.process(self.now_ns, event))

    def _send(self, effects: list[Effect]) -> None:
        for effect in effects:
            self.wrong = self.wrong or sent_in_halt(self.engine, effect)
            if isinstance(effect, RequestSnapshot):
                if not any(isinstance(one, RequestSnapshot) for one in self.requests):
                    self.requests.append(RequestSnapshot(""))
            elif isinstance(effect, BROKER_EFFECTS):
                self.requests.append(effect)

    def _caller(self) -> Caller:
        return Caller(f"r{self.now_ns}", "search")

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

    def _due_ns(self) -> int | None:
        due_ns = self.engine.next_deadline_ns()
        return due_ns if due_ns is not None and due_ns < OPEN_NS + 180 * MINUTE_NS else None

    # --- letting it happen ---------------------------------------------------------------------------------
    def take(self, choice: Choice) -> None:
        """Let one thing happen."""
        name, *arguments = choice
        budget = PAYS.get(name, name)
        if budget in self.budget:
            self.budget[budget] -= 1
        if name in MISFORTUNES:
            self.misfortunes -= 1
        action: Callable[..., None] = getattr(self, f"_{name}")
        action(*arguments)

    def _enter(self) -> None:
        self.entries += 1
        self.wanted += SHARES
        stop_e4, kind = self._losing(STOP_AWAY_E4), OrderType.MARKET
        self.tell(PlaceOrderCommand(self._caller(), SYMBOL, self.side, SHARES, kind, None, stop_e4, False))

    def _rest(self) -> None:
        """A limit entry."""
        self.entries += 1
        self.wanted += SHARES
        stop_e4, kind = self._losing(STOP_AWAY_E4), OrderType.LIMIT
        self.tell(PlaceOrderCommand(self._caller(), SYMBOL, self.side, SHARES, kind, PRICE_E4, stop_e4, False))

    def _losing(self, away_e4: int) -> int:
        """A price so far away that a position loses there."""
        return PRICE_E4 - self.side.sign * away_e4

    def _halt(self) -> None:
        self.tell(HaltCommand(self._caller(), "search"))

    def _flatten(self) -> None:
        self.tell(FlattenCommand(self._caller(), "search"))

    def _resume(self) -> None:
        self.tell(ResumeCommand(self._caller(), "search"))

    def _shut_down(self) -> None:
        self.tell(Stopping("search"))

    def _cancel(self) -> None:
        entry = self.engine.desk.live_entry(SYMBOL)
        assert entry is not None
        self.tell(CancelOrderCommand(self._caller(), entry.id))

    def _stay(self) -> None:
        """The operator takes an exit back."""
        exits = [order for order in self.engine.desk.live() if order.role is OrderRole.EXIT and order.settled]
        self.tell(CancelOrderCommand(self._caller(), exits[0].id))

    def _close(self) -> None:
        self.tell(ClosePositionCommand(self._caller(), SYMBOL))

    _insist = _close  # though it is to be closed already

    def _reduce(self) -> None:
        self.tell(PlaceOrderCommand(self._caller(), SYMBOL, self.side.opposite, 1, OrderType.MARKET, None, None, False))

    def _signal(self) -> None:
        """The strategist closes a position: no operator insists on it."""
        out: list[Effect] = []
        self.now_ns += 1
        self.engine.desk.leave(self.engine.ledger.positions[SYMBOL], "exit signal", self.now_ns, out)
        self._send(out)

    def _trail(self) -> None:
        """As the strategist does on a completed bar."""
        position = self.engine.ledger.positions[SYMBOL]
        moved = replace(position, stop_e4=(position.stop_e4 or 0) + self.side.sign * STEP_E4)
        self.engine.ledger.positions[SYMBOL] = moved
        out: list[Effect] = [PositionUpdated(moved)]
        self.now_ns += 1
        self.engine.desk.protect(SYMBOL, self.now_ns, out)
        self._send(out)

    def _quote(self, price_e4: int) -> None:
        self.tell(QuotesReceived((Quote(SYMBOL, self.now_ns, (price_e4 - 50) / 10_000, (price_e4 + 50) / 10_000),)))

    def _breach(self) -> None:
        self.breached = True
        self._quote(self._losing(BREACH_AWAY_E4))

    def _restart(self) -> None:
        """What was on its way may arrive yet; what was said is heard by nobody."""
        self.late += [one for one in self.requests if not isinstance(one, RequestSnapshot | LookupOrder)]
        self.requests.clear()
        self.broker.mail.clear()
        self.run += 1
        self.tell(Started(EPOCH, self.run, "search", self.world.settings))
        self.tell(LinkChanged("trading", True))
        self.tell(LinkChanged("market", True))
        self.tell(BackfillLoaded((SYMBOL,), (), OPEN_NS, self.now_ns - self.now_ns % MINUTE_NS))

    def _poll(self) -> None:
        self._send([RequestSnapshot("poll")])

    def _tick(self) -> None:
        due_ns = self._due_ns()
        assert due_ns is not None
        self.now_ns = max(self.now_ns, due_ns)
        self.tell(TimerFired())

    def _meet(self, number: int) -> None:
        answer = self.broker.ask(self.requests.pop(number), self.now_ns)  # type: ignore[arg-type]
        self.broker.mail.append(answer)

    def _lose_reply(self, number: int) -> None:
        effect = self.requests.pop(number)
        self.broker.ask(effect, self.now_ns)  # type: ignore[arg-type]
        self._hear_nothing(effect)

    def _time_out(self, number: int) -> None:
        effect = self.requests.pop(number)
        if not isinstance(effect, LookupOrder):
            self.late.append(effect)
        self._hear_nothing(effect)

    def _hear_nothing(self, effect: Effect) -> None:
        silence = unanswered(effect)
        assert silence is not None
        self.tell(silence)

    def _meet_late(self, number: int) -> None:
        self.broker.ask(self.late.pop(number), self.now_ns)  # type: ignore[arg-type]

    def _hear(self, number: int) -> None:
        self.tell(self.broker.mail.pop(number))

    _hear_early = _hear

    def _hear_twice(self, number: int) -> None:
        """It is heard now, and once more after all that is under way."""
        event = self.broker.mail.pop(number)
        self.broker.mail.append(event)
        self.tell(event)

    def _drop(self, number: int) -> None:
        del self.broker.mail[number]

    def _fill(self, broker_id: str, quantity: int) -> None:
        self.broker.fill(broker_id, quantity)

    def _tape_halts(self) -> None:
        self._turn(trading=False)

    def _tape_resumes(self) -> None:
        self._turn(trading=True)

    def _turn(self, trading: bool) -> None:
        """The exchange halts trading, or resumes it; the tape says so, and is read later."""
        self.broker.halted = not trading
        self.tape.append(StatusesReceived((TradingStatus(SYMBOL, trading, "search", self.now_ns),)))

    def _read_tape(self) -> None:
        self.tell(self.tape.pop(0))

    def _end(self, broker_id: str) -> None:
        self.broker.end(broker_id, S.EXPIRED)

    def _carry_out(self, broker_id: str) -> None:
        self.broker.carry_out(broker_id)

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
