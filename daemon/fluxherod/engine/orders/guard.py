"""The daemon's own watch: stops that the broker does not act on, and entries that must not work any longer."""

from __future__ import annotations

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.money import dollars
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.settings import Settings

ENTRY_CUTOFF_NS = MINUTE_NS


class Guard:
    """Looks at each price; keeps since when a price has been through its stop."""

    def __init__(self, settings: Settings, market: Market, desk: Desk, ledger: Ledger) -> None:
        self.settings = settings
        self.market = market
        self.desk = desk
        self.ledger = ledger
        self.breaches: dict[str, int] = {}

    def watch(self, now_ns: int, out: list[Effect]) -> None:
        """Note which positions are through their stops, and cancel entries whose stop was passed before they filled."""
        if self.market.calendar.at(now_ns) is None:
            return
        halts = bool(self.desk.halts)
        for symbol, position in list(self.ledger.positions.items()):
            leaving = _leaving(position)
            if halts and self.desk.halts.unacted(symbol):
                self.breaches.pop(symbol, None)  # nobody can act on a stop: the grace begins when it trades again
            elif not leaving and _through(position, position.watched_stop_e4):
                self._leave(position, now_ns, out)  # the broker does not know this stop
            elif leaving or not _through(position, position.stop_e4):
                self.breaches.pop(symbol, None)
            elif self.desk.protection_of(position) == "broker" or self._awaiting(symbol):
                self.breaches.setdefault(symbol, now_ns)
            else:
                self._leave(position, now_ns, out)
        for order in self._working_entries():
            if not order.filled_quantity and not self.desk.held(order.symbol, now_ns):
                self._watch_entry(order, now_ns, out)

    def _watch_entry(self, order: Order, now_ns: int, out: list[Effect]) -> None:
        book, plan = self.market.books.get(order.symbol), self.desk.plans.get(order.id)
        if book is None or plan is None or book.price_ns < order.created_ns:
            return
        if (book.price_e4 - plan.stop_e4) * order.side.sign <= 0:
            text = (
                f"entry of {order.symbol} cancelled: the price passed its stop {dollars(plan.stop_e4)} before it filled"
            )
            out.append(AlertRaised("ENTRY_STOPPED", Severity.INFO, text, order.symbol))
            self.desk.cancel(order, now_ns, out)

    def _awaiting(self, symbol: str) -> bool:
        """True while the broker still owes an answer about the symbol's stop."""
        return any(order.role is OrderRole.STOP and not order.settled for order in self.desk.live(symbol))

    def timer(self, now_ns: int, out: list[Effect]) -> None:
        """Send the exit ourselves where the broker's stop has not acted in time; cancel entries before the close."""
        self._cut_off(now_ns, out)
        for symbol in [symbol for symbol, since_ns in self.breaches.items() if self._due(since_ns) <= now_ns]:
            del self.breaches[symbol]
            position = self.ledger.positions.get(symbol)
            if self.market.calendar.at(now_ns) is None or self.desk.halts.unacted(symbol):
                continue  # a breach on the bell, or before a halt: watched again when it trades
            if position is not None and not _leaving(position) and _through(position, position.stop_e4):
                text = f"the price of {symbol} is through its stop and the broker has not acted: closing at the market"
                out.append(AlertRaised("STOP_NOT_ACTED", Severity.CRITICAL, text, symbol))
                self._leave(position, now_ns, out)

    def _leave(self, position: Position, now_ns: int, out: list[Effect]) -> None:
        reason = f"stop {dollars(position.tightest_stop_e4 or 0)} hit (watched by the daemon)"
        self.desk.leave(position, reason, now_ns, out)

    def _due(self, since_ns: int) -> int:
        return since_ns + self.settings.stop_grace_ns + 2 * self.settings.latency_ns

    def next_due_ns(self) -> int | None:
        """When `timer` has something to do."""
        dues = [self._due(since_ns) for since_ns in self.breaches.values()]
        dues += [due_ns for order in self._working_entries() if (due_ns := self._cutoff_ns(order)) is not None]
        return min(dues, default=None)

    # --- entries ---------------------------------------------------------------------------------------
    def call_off(self, now_ns: int, everywhere: bool, out: list[Effect]) -> None:
        """Cancel the entries that work: all, when trading is halted, or those of symbols that are off or don't trade.

        After a halt at the exchange an entry would fill at whatever price the symbol opens again with.
        """
        for order in self._working_entries():
            off = self.settings.why_disabled(order.symbol) is not None or bool(self.desk.halts.why(order.symbol))
            if (everywhere or off) and not self.desk.held(order.symbol, now_ns):
                self.desk.cancel(order, now_ns, out)

    def unwanted(self, order_id: str, stopped: str) -> str:
        """Why an order that waits for its turn to be sent must not leave any more; "" while it may.

        `stopped` says why trading is stopped, if it is. Only an entry can be unwanted.
        """
        order = self.desk.orders.get(order_id)
        if order is None or order.role is not OrderRole.ENTRY:
            return ""
        return stopped or self.settings.why_disabled(order.symbol) or self.desk.halts.why(order.symbol) or ""

    def _cut_off(self, now_ns: int, out: list[Effect]) -> None:
        for order in self._working_entries():
            due_ns = self._cutoff_ns(order)
            if due_ns is not None and due_ns <= now_ns:
                self.desk.cancel(order, now_ns, out)

    def _cutoff_ns(self, order: Order) -> int | None:
        """When a working entry is cancelled: at its cut-off, but not while its symbol is left alone."""
        due_ns = cutoff_ns(order, self.market)
        return None if due_ns is None else max(due_ns, order.created_ns, self.desk.holds.get(order.symbol, 0))

    def _working_entries(self) -> list[Order]:
        """Entries that can be cancelled now."""
        return [o for o in self.desk.live() if o.role is OrderRole.ENTRY and o.settled and o.broker_id]


def cutoff_ns(order: Order, market: Market) -> int | None:
    """Until when an entry may work: shortly before the close of the session it was made for."""
    session = market.calendar.at(order.created_ns) or market.calendar.following(order.created_ns)
    return None if session is None else session.close_ns - ENTRY_CUTOFF_NS - market.settings.latency_ns


def _leaving(position: Position) -> bool:
    """True when all of it is to be closed; while a part is, the rest is watched on."""
    return bool(position.exit_reason) and not position.exit_quantity


def _through(position: Position, stop_e4: int | None) -> bool:
    """True when the last price is at or beyond a stop."""
    if stop_e4 is None or position.price_e4 <= 0:
        return False
    return position.price_e4 <= stop_e4 if position.quantity > 0 else position.price_e4 >= stop_e4
