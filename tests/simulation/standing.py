"""What must hold after every event at the exchange: what stands there, what is taken, and what a person was told."""

from __future__ import annotations

from collections.abc import Iterator

from alpacasim.book import TradeUpdate
from alpacasim.calendar import SECOND_NS
from alpacasim.money import E9
from alpacasim.orders import Order
from fluxherod.engine.commands import FlattenCommand, HaltCommand, ResumeCommand
from fluxherod.engine.effects import OrderUpdated, Reply, ReplyCode
from fluxherod.engine.engine import Engine
from fluxherod.engine.ports import JournalEntry
from simulation.books import BASIS_POINTS
from simulation.decisions import Decisions
from simulation.invariants import Found, Hindered
from simulation.plan import SLOW_LATENCY_S, Plan
from simulation.there import OURS, Exchanged, is_entry, stem

UNGUARDED_NS = 5 * SECOND_NS
SOON_NS = 15 * SECOND_NS
# A request that has left is on its way for so long: the exchange may take it after a halt was confirmed.
ON_ITS_WAY_NS = SECOND_NS // 10
# Prices move between the decision and the exchange's look at it.
PRICES_MOVE = 1.05


class Standing:
    """Looks after each order that the exchange takes, each event of one, and each price."""

    def __init__(self, plan: Plan, there: Exchanged, found: Found, hindered: Hindered) -> None:
        self.plan = plan
        self.there = there
        self.found = found
        self.engine: Engine | None = None
        self.decisions = Decisions()
        self._hindered = hindered
        self._shared = any(fault.kind == "foreign_position" for fault in plan.faults)
        slow = any(fault.kind == "network_slow" for fault in plan.faults)
        self._on_its_way_ns = ON_ITS_WAY_NS + (2 * round(SLOW_LATENCY_S * SECOND_NS) if slow else 0)
        self._halted_ns: int | None = None
        self._lacking: dict[str, int] = {}
        self._lasting: dict[str, int] = {}  # what should end soon: since when
        self._durable: set[str] = set()
        self._answers: dict[str, tuple[ReplyCode, str]] = {}

    def begin(self, engine: Engine) -> None:
        """Another process begins."""
        self.engine = engine
        self._lasting.clear()

    def durable(self, entry: JournalEntry) -> None:
        """An entry is durable: from now on what it wants may leave."""
        self.decisions.take(entry)
        self._durable.update(effect.order.id for effect in entry.effects if isinstance(effect, OrderUpdated))

    def happened(self, update: TradeUpdate) -> None:
        """An order has changed at the exchange."""
        self.found.looked["events at the exchange"] += 1
        if self.there.ours(update.order) or update.order.id in self.there.by_hand:
            self.there.take(update)
        self.look(update.at_ns)

    # --- what is taken ------------------------------------------------------------------------------------------
    def accepted(self, order: Order, now_ns: int) -> None:
        """The exchange has taken an order of ours."""
        self.there.ours(order)
        name = order.client_order_id
        may_leave = self.plan.leaves_early and not is_entry(order)
        if name.startswith(OURS) and name not in self._durable and not may_leave:
            self.found.breaks("durable", f"{name} has left before it was durable")
        others = [one for one in self.there.open(order.symbol) if one is not order and one.parent is not order]
        same = [one.client_order_id for one in others if stem(one.client_order_id)[-2:] == stem(name)[-2:]]
        if same and stem(name)[-2:] in ("-e", "-x"):
            self.found.breaks("two orders", f"{name} is sent beside {same}")
        if is_entry(order):
            self._entry(order, now_ns)

    def _entry(self, order: Order, now_ns: int) -> None:
        name, shares = order.client_order_id, order.quantity_e9 // E9
        wanted, filled = self.decisions.wanted(name, shares), self.decisions.filled(name, self.there.filled)
        if filled + shares > wanted:
            self.found.breaks("chase", f"{name} is for {shares} shares, {filled} of {wanted} wanted ones are filled")
        if self._halted_ns is not None and now_ns > self._halted_ns + self._on_its_way_ns:
            self.found.breaks("left", f"{name} has left {(now_ns - self._halted_ns) / 1e9:g} s after a halt")
        assert self.engine is not None
        most_e4 = self.engine.settings.limits.max_exposure_bp * self.there.exchange.equity_e4() / BASIS_POINTS
        exposed_e4 = self.there.exposure_e4()
        if exposed_e4 > most_e4 * PRICES_MOVE and not self.plan.by_others:
            self.found.breaks("exposure there", f"our orders come to {exposed_e4 / 1e4}, the limit {most_e4 / 1e4:.0f}")

    def replied(self, command: object, reply: Reply, now_ns: int) -> None:
        """A caller has an answer: asked again under the same id he gets the same one, and a halt holds from now on."""
        known = self._answers.setdefault(reply.request_id, (reply.code, reply.text))
        if known != (reply.code, reply.text):
            text = f"{reply.request_id} was answered with {known} and with {reply.code} {reply.text}"
            self.found.breaks("answer", text)
        if reply.code is not ReplyCode.OK:
            return
        if isinstance(command, HaltCommand | FlattenCommand):
            self._halted_ns = now_ns
        elif isinstance(command, ResumeCommand):
            self._halted_ns = None

    def put_off(self, command: object) -> None:
        """A command has no answer, or none that is durable: that trading goes on may be so already."""
        if isinstance(command, ResumeCommand):
            self._halted_ns = None

    # --- what stands --------------------------------------------------------------------------------------------
    def look(self, now_ns: int) -> None:
        """Has each share of ours its stop at the exchange, and does what is to end come to its end."""
        engine = self.engine
        if engine is not None and engine.run:
            self._ends_soon(engine, now_ns)
        for symbol in self.plan.symbols:
            held = self.there.quantity[symbol]
            if held or symbol in self._lacking:
                self._guarded(symbol, held, now_ns)

    def _guarded(self, symbol: str, held: int, now_ns: int) -> None:
        guarded = self.there.guarding(symbol)
        if not held or guarded in (abs(held), abs(held) - self.there.reserved(symbol)) or self._excuse(symbol, now_ns):
            self._lacking.pop(symbol, None)
            return
        lacks_ns = now_ns - self._lacking.setdefault(symbol, now_ns)
        if lacks_ns > UNGUARDED_NS:
            self.found.breaks("stop", f"{held} {symbol} have a stop for {guarded} for {lacks_ns / 1e9:.1f} s")

    def _excuse(self, symbol: str, now_ns: int) -> str:
        """What excuses that shares have no stop, or one of another size; "" when nothing does."""
        engine, market = self.engine, self.there.exchange.markets[symbol]
        if self.there.exchange.session is None or not market.opened:
            return "it does not trade"
        if self.plan.settings.stops == "daemon":
            return "stops are the daemon's"
        if any(is_entry(order) for order in self.there.open(symbol)):
            return "its entry works, or is chased"
        if engine is None or not engine.run:
            return "no process runs"
        if engine.desk.book.waiting_entry(symbol) is not None:
            return "its entry is chased"
        position = engine.ledger.positions.get(symbol)
        if position is not None and position.exit_reason:
            return "it is being closed"
        if self._shared or symbol in engine.ledger.foreign or (position is not None and position.stop_e4 is None):
            return "its shares are not ours alone"
        return self._hindered(now_ns)

    def _ends_soon(self, engine: Engine, now_ns: int) -> None:
        """A position that is to be closed is closed, and entries are called off when trading is stopped."""
        lasting = dict(self._to_end(engine))
        for what in self._lasting.keys() - lasting:
            del self._lasting[what]
        for what, symbol in lasting.items():
            shut = self.there.exchange.session is None or not self.there.exchange.markets[symbol].opened
            if shut or self._hindered(now_ns):
                self._lasting.pop(what, None)
            elif now_ns - self._lasting.setdefault(what, now_ns) > SOON_NS:
                self.found.breaks("soon", f"{what} for {SOON_NS / 1e9:g} s")

    def _to_end(self, engine: Engine) -> Iterator[tuple[str, str]]:
        for position in engine.ledger.positions.values():
            exits = (one for one in self.there.open(position.symbol) if stem(one.client_order_id).endswith("-x"))
            free = abs(self.there.quantity[position.symbol]) > self.there.reserved(position.symbol)
            if position.exit_reason and free and not any(exits):
                yield f"{position.symbol} is to be closed, and no exit is sent", position.symbol
        for symbol in self.plan.symbols if engine.safety.stopped else ():
            for order in self.there.open(symbol):
                if is_entry(order):
                    yield f"{order.client_order_id} works, though trading is stopped", symbol
