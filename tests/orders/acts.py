"""What can be let happen to an engine at a tiny exchange: each act is a method, named as the choice of it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.world import EPOCH, OPEN_NS, WIDE, World
from orders.broker import PRICE_E4, SYMBOL, Broker, S
from orders.budgets import BUDGET, MISFORTUNES, PAYS
from orders.checks import sent_in_halt
from orders.memory import Saved, parts_of, restore, save

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import OrderType, Quote, Side
from fluxherod.engine.commands import (
    Caller,
    CancelOrderCommand,
    ClosePositionCommand,
    FlattenCommand,
    HaltCommand,
    PlaceOrderCommand,
    ResumeCommand,
)
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
    CancelAnswered,
    Event,
    LinkChanged,
    LookupAnswered,
    QuotesReceived,
    ReplaceAnswered,
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
BROKER_EFFECTS = (SubmitOrder, CancelOrder, ReplaceOrder, LookupOrder, RequestSnapshot)
Choice = tuple[Any, ...]


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


class Acts:
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
