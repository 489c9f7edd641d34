"""What must hold after every journaled event. The daemon's word is compared with what others know, never with itself.

What must hold at the exchange is beside it, in `standing.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from alpacasim.calendar import SECOND_NS
from alpacasim.timestamps import utc_text
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.engine.commands import FlattenCommand, ResetBreakerCommand
from fluxherod.engine.effects import (
    AlertRaised,
    BarClosed,
    Effect,
    OrderUpdated,
    PositionUpdated,
    SignalUpdated,
    SubmitOrder,
)
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import BrokerSnapshot, Event
from fluxherod.rpc.explain import explain_nothing
from simulation.books import Books, limit_e4
from simulation.plan import Plan
from simulation.there import Exchanged, stem

CENT_E4 = 100
QUIET_NS = 20 * SECOND_NS
MOST_FOUND = 12
_LATCHING = frozenset({"BREAKER_DISABLED", "DAILY_LOSS"})
_ADOPTING = frozenset({"POSITION_ADOPTED", "SPLIT_APPLIED", "POSITION_REVERSED"})
# Told where somebody else has traded, or the journal was lost.
_DIFFERENCES = frozenset({"POSITION_ADOPTED", "POSITION_DIFFERENCE", "ORDER_NOT_IN_JOURNAL", "ORDER_MISMATCH"})
Hindered = Callable[[int], str]


class Found:
    """What was broken, each rule once."""

    def __init__(self, there: Exchanged) -> None:
        self.texts: list[str] = []
        self.looked: Counter[str] = Counter()
        self._there = there
        self._rules: set[str] = set()

    def breaks(self, rule: str, text: str) -> None:
        """A rule is broken."""
        if rule not in self._rules and len(self.texts) < MOST_FOUND:
            self._rules.add(rule)
            self.texts.append(f"{utc_text(self._there.exchange.now_ns)[11:23]} {text}")


@dataclass(slots=True)
class _Wants:
    """What an event wants, as far as it is looked at."""

    symbols: set[str] = field(default_factory=set)
    ordered: set[str] = field(default_factory=set)
    positions: list[Position] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    bars: list[BarClosed] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)


class Invariants:
    """Looks after each event of the journal. `hindered` tells what keeps the daemon from the exchange at a time."""

    def __init__(self, plan: Plan, there: Exchanged, found: Found, hindered: Hindered) -> None:
        self.plan = plan
        self.there = there
        self.found = found
        self.books = Books()
        self._hindered = hindered
        self._stopped = self._latched = False
        self._stops: dict[str, int] = {}  # trade: where its stop stood

    def begin(self, engine: Engine, durable: Iterable[Sequence[Effect]]) -> None:
        """A process begins with what was durable."""
        self.books = Books()
        for effects in durable:
            for effect in effects:
                self.books.take(effect)
        self._stops.clear()
        self._stopped = self._latched = False
        if not engine.run:
            return
        self._stopped, self._latched = bool(engine.safety.stopped), engine.safety.disabled
        self.books.adopt_cash(engine)
        for symbol, held, filled in list(self.books.off(engine, self.plan.symbols)):
            if not self.plan.by_others:
                self.found.breaks("position", f"a process begins with {held} {symbol}, the fills come to {filled}")
            self.books.adopt(engine, symbol)

    def processed(self, engine: Engine, now_ns: int, event: Event, effects: Sequence[Effect]) -> None:
        """The engine has taken an event, and wants these effects."""
        self.found.looked["events of the journal"] += 1
        wants = self._sorted(effects)
        if wants.symbols:
            self._positions(engine, event, wants)
        for position in wants.positions:
            self._never_looser(position, wants)
        if not self.plan.by_others and not _DIFFERENCES.isdisjoint(wants.alerts):
            self.found.breaks("differences", f"{wants.alerts} is told, and nobody else has traded ({event})")
        self._latch(engine, event, wants)
        for symbol in wants.ordered:
            self._one_order(engine, symbol)
        self._cash(engine, event, wants)
        if wants.entries:
            self._new_risk(engine, wants)
        for bar in wants.bars:
            self._explained(engine, bar)
        self._stopped = bool(engine.safety.stopped)
        if isinstance(event, BrokerSnapshot):
            self._quiet(engine, event, now_ns)

    def _sorted(self, effects: Sequence[Effect]) -> _Wants:
        wants = _Wants()
        for effect in effects:
            match effect:
                case OrderUpdated(order):
                    self.books.take(effect)
                    wants.ordered.add(order.symbol)
                    wants.symbols.add(order.symbol)
                case PositionUpdated(position):
                    wants.symbols.add(position.symbol)
                    wants.positions.append(position)
                case AlertRaised(code):
                    wants.alerts.append(code)
                case BarClosed():
                    wants.bars.append(effect)
                case SubmitOrder(approved) if stem(approved.id).endswith("-e"):
                    wants.entries.append(approved.id)
                case SignalUpdated(signal):
                    self.found.looked["decisions explained"] += 1
                    if not signal.text or not signal.outcome:
                        self.found.breaks("explained", f"the signal {signal.id} is not explained")
        return wants

    # --- books ------------------------------------------------------------------------------------------------
    def _positions(self, engine: Engine, event: Event, wants: _Wants) -> None:
        """The sum of the fills is the position."""
        for symbol, held, filled in list(self.books.off(engine, wants.symbols)):
            told = not _ADOPTING.isdisjoint(wants.alerts) or isinstance(event, BrokerSnapshot | FlattenCommand)
            if not (self.plan.by_others and told):
                self.found.breaks("position", f"{held} {symbol} are held, the fills come to {filled} ({event})")
            self.books.adopt(engine, symbol)

    def _cash(self, engine: Engine, event: Event, wants: _Wants) -> None:
        """The cash is the sum of the fills; the average of a fill that was lost is less than a cent off."""
        off_e4 = self.books.cash_off_e4(engine)
        if off_e4:
            adopted = isinstance(event, BrokerSnapshot) and "CASH_ADOPTED" in wants.alerts
            allowed = abs(off_e4) < CENT_E4 or self.plan.by_others
            if not ((adopted and allowed) or "SPLIT_APPLIED" in wants.alerts):
                self.found.breaks("cash", f"cash is {off_e4 / 1e4} off what the fills come to ({event})")
        if off_e4 or self.books.base_e4 is None:
            self.books.adopt_cash(engine)

    def _quiet(self, engine: Engine, event: BrokerSnapshot, now_ns: int) -> None:
        """Nothing has moved for a while and the broker was asked since: both sides have the same books."""
        if self.plan.by_others or event.asked_ns < self.there.last_ns + QUIET_NS or self._hindered(now_ns):
            return
        self.found.looked["quiet books"] += 1
        ours = {symbol: position.quantity for symbol, position in engine.ledger.positions.items()}
        theirs = {symbol: quantity for symbol, quantity in self.there.quantity.items() if quantity}
        if ours != theirs:
            self.found.breaks("books", f"positions are {ours} here, {theirs} at the exchange, and nothing moves")
        off_e4 = (engine.ledger.cash_e4 or 0) - self.there.exchange.account.cash_e4
        if abs(off_e4) >= CENT_E4 and ours == theirs:
            self.found.breaks("cash there", f"cash is {off_e4 / 1e4} off the exchange's, and nothing moves")

    # --- risk -------------------------------------------------------------------------------------------------
    def _one_order(self, engine: Engine, symbol: str) -> None:
        """At most one entry and one exit of a symbol live at a time."""
        live = [order for order in engine.desk.live(symbol) if order.state is not OrderState.NEW]
        for role in (OrderRole.ENTRY, OrderRole.EXIT):
            ids = [order.id for order in live if order.role is role]
            if len(ids) > 1:
                self.found.breaks("orders", f"{len(ids)} {role} orders of {symbol} live at once: {ids}")

    def _new_risk(self, engine: Engine, wants: _Wants) -> None:
        """An entry is decided: exposure is within its limit, unknown orders at their worst, and nothing is halted."""
        exposed_e4, most_e4 = self.books.exposure_e4(engine), limit_e4(engine)
        if exposed_e4 > most_e4:
            self.found.breaks("exposure", f"exposure is {exposed_e4 / 1e4}, the limit {most_e4 / 1e4}")
        if self._stopped and engine.safety.stopped:
            self.found.breaks("halt", f"{wants.entries[0]} is sent while trading is stopped: {engine.safety.stopped}")

    def _latch(self, engine: Engine, event: Event, wants: _Wants) -> None:
        """What closes everything stays until an operator resets it."""
        if isinstance(event, ResetBreakerCommand):
            self._latched = engine.safety.disabled
        elif not _LATCHING.isdisjoint(wants.alerts):
            self._latched = True
        if self._latched and not engine.safety.disabled:
            self.found.breaks("latch", f"what was latched is no more, and nobody has reset it ({event})")
            self._latched = False

    def _never_looser(self, position: Position, wants: _Wants) -> None:
        """A stop moves towards the market alone."""
        if position.stop_e4 is None or position.quantity == 0:
            return
        before = self._stops.get(position.trade_id)
        self._stops[position.trade_id] = position.stop_e4
        sign = 1 if position.quantity > 0 else -1
        if before is not None and (position.stop_e4 - before) * sign < 0 and "SPLIT_APPLIED" not in wants.alerts:
            self.found.breaks("looser", f"the stop of {position.symbol} went from {before} to {position.stop_e4}")

    # --- words ------------------------------------------------------------------------------------------------
    def _explained(self, engine: Engine, effect: BarClosed) -> None:
        """The API has words for each bar, whatever it knows of it."""
        bars = engine.market.books[effect.bar.symbol].closed
        closed = bars.as_of(bars.appended)
        self.found.looked["decisions explained"] += 1
        try:
            told = explain_nothing(engine, closed) if closed is not None else None
        except Exception as fault:
            self.found.breaks("explained", f"the bar of {effect.bar.symbol} can't be explained: {fault!r}")
            return
        if told is None or not told.why_not or not told.signal.text:
            self.found.breaks("explained", f"the bar of {effect.bar.symbol} is not explained")
