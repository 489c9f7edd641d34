"""Our books against the broker's. A difference is adopted or flagged by a stated rule, and always told.

An order's report is merged by its cumulative quantity, whoever brings it. Positions and cash are compared only when
nothing that could explain a difference is on its way, and a difference counts when two snapshots in a row show it.
The table of ARCHITECTURE.md has the rules, one a method here. On the morning of a split the broker's count of before
it and that of after it are both no difference, until the open (`splits.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.money import dollars
from fluxherod.core.orders import Fill, OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.core.protection import closing_side
from fluxherod.core.types import BrokerOrder, BrokerPosition
from fluxherod.engine.effects import AlertRaised, Effect, LookupOrder, OrderUpdated, RequestSnapshot, Severity
from fluxherod.engine.events import BrokerSnapshot
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.market.splits import Splits
from fluxherod.engine.orders import drafts
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.reconciling.differences import Difference, Differences
from fluxherod.engine.reconciling.lost import OURS, LostOrders
from fluxherod.engine.settings import Settings

SURE_AFTER_NS = 2 * SECOND_NS
UNCLEAR_AFTER_NS = MINUTE_NS
CLOSED_BY_OTHERS = "closed at the broker, not by us"
_HANDLED = {
    "watch": "watched and counted in the exposure",
    "protect": "guarded by a stop of ours and counted in the exposure",
    "halt": "counted in the exposure; trading is halted",
}


@dataclass(frozen=True, slots=True)
class Closed:
    """Shares of ours that someone closed: how they change the position, their value, and whether executions say it."""

    shares: int
    signed: int
    value_e4: int
    exact: bool
    orders: str


class Reconciler:
    """Takes snapshots; remembers which differences the last one showed."""

    def __init__(self, settings: Settings, market: Market, desk: Desk, ledger: Ledger, splits: Splits) -> None:
        self.settings = settings
        self.splits = splits
        self.market = market
        self.desk = desk
        self.ledger = ledger
        self.new_foreign: list[str] = []  # symbols whose shares that are not ours the newest snapshot changed
        self.sure: set[str] = set()  # symbols of which it said for sure how many shares are there
        self.known = Differences()
        self.lost = LostOrders(desk, ledger, self.known)
        self._sought: set[str] = set()  # symbols of orders that the newest snapshot did not list
        self._waits: dict[
            str, tuple[int, int, int]
        ] = {}  # symbol: ours, theirs, since when, while orders are under way
        self._doubted: frozenset[str] = frozenset()  # symbols whose next step waited for the newest snapshot
        self._look_again_ns: int | None = None

    @property
    def differences(self) -> dict[str, Difference]:
        """What the newest snapshot showed, by subject."""
        return self.known.standing

    def take(self, snapshot: BrokerSnapshot, now_ns: int, out: list[Effect]) -> None:
        """Merge orders, then compare positions and cash."""
        listed: set[str] = set()
        strangers: list[BrokerOrder] = []
        self._doubted = self.desk.doubts.take(snapshot.asked_ns)
        for report in snapshot.orders:
            order = self.desk.report(report, None, "snapshot", now_ns, out)
            listed.update((report.broker_id, *(leg.broker_id for leg in report.legs)))
            if order is None and not report.status.ended:
                strangers.append(report)
        self._look_for(listed, snapshot.asked_ns, out)
        first = self.ledger.account is None
        self.ledger.account, self.ledger.account_ns = snapshot.account, now_ns
        self.known.begin()
        # A stop leg may be listed before the entry that makes it ours.
        known = (self.desk.report(report, None, "snapshot", now_ns, out) for report in strangers)
        foreign = [report for report, order in zip(strangers, known, strict=True) if order is None]
        self._foreign_orders(foreign, first, now_ns, out)
        self._reserve([report for report in foreign if not self._take_in(report, snapshot, now_ns, out)])
        self._positions(snapshot, first, now_ns, out)
        self._cash(snapshot, now_ns, out)
        self.known.end()
        self._mark(snapshot, now_ns, out)

    def _mark(self, snapshot: BrokerSnapshot, now_ns: int, out: list[Effect]) -> None:
        """Value by the broker's prices what no feed has priced of late: no loss limit may be blind to it."""
        oldest_ns = now_ns - self.settings.price_max_age_ns - self.settings.latency_ns
        for held in snapshot.positions if self.market.calendar.at(now_ns) is not None else ():
            book = self.market.books.get(held.symbol)
            unpriced = book is None or book.price_ns < oldest_ns
            if unpriced and held.symbol in self.ledger.positions and not self.splits.pending(held.symbol, now_ns):
                self.ledger.mark(held.symbol, held.price_e4, out)

    # --- orders --------------------------------------------------------------------------------------
    def _foreign_orders(self, reports: Iterable[BrokerOrder], first: bool, now_ns: int, out: list[Effect]) -> None:
        doubts = self.desk.doubts
        doubts.lost.clear()
        for report in reports:
            if report.client_order_id.startswith(OURS):
                self.lost.tell(report, now_ns, out)
            elif not self.desk.awaits_leg(report.symbol):  # what may be the leg of an entry that is asked for waits
                text = f"{report.side} {report.quantity} {report.symbol}"
                rule = "left alone"
                subject = f"order {report.broker_id}"
                found = self.known.note(subject, report.symbol, "none", text, rule, now_ns)
                if self._counts(found, first) and self.known.confirm(found):
                    text = f"{text} at the broker is not ours; it is left alone"
                    out.append(AlertRaised("FOREIGN_ORDER", Severity.WARNING, text, report.symbol))

    def _take_in(self, report: BrokerOrder, snapshot: BrokerSnapshot, now_ns: int, out: list[Effect]) -> bool:
        """Make a lost order ours again where nothing else of its symbol is under way."""
        if self.splits.pending(report.symbol, now_ns) or not self._quiet(report.symbol, snapshot.asked_ns):
            return False
        there = sum(each.quantity for each in snapshot.positions if each.symbol == report.symbol)
        return self.lost.take_in(report, there, now_ns, out)

    def _reserve(self, reports: Iterable[BrokerOrder]) -> None:
        reserved: Counter[str] = Counter()
        for report in reports:
            position = self.ledger.positions.get(report.symbol)
            if position is not None and report.side is closing_side(position):
                reserved[report.symbol] += report.quantity - report.filled_quantity
        self.desk.doubts.reserve(reserved)

    def _look_for(self, listed: set[str], asked_ns: int, out: list[Effect]) -> None:
        """An order that works by our books and that the broker did not list has ended unheard: ask for it."""
        self._sought.clear()
        for order in self.desk.live():
            if order.broker_id and order.broker_id not in listed and order.updated_ns < asked_ns:
                self._sought.add(order.symbol)
                out.append(LookupOrder(order.parent_id or order.id))

    # --- what can be judged --------------------------------------------------------------------------
    def _quiet(self, symbol: str | None, asked_ns: int) -> bool:
        """True when no order (of the symbol) moved since the snapshot was asked for, is in flight or is sought."""
        if symbol in self._sought or (symbol is None and self._sought):
            return False
        stops = (OrderRole.STOP, OrderRole.FOREIGN_STOP)
        return all(
            order.updated_ns < asked_ns and (order.state.ended or (order.settled and order.role in stops))
            for order in self.desk.orders.values()
            if symbol in (None, order.symbol)
        )

    def _counts(self, found: Difference, first: bool) -> bool:
        """True when the snapshot before showed the same difference (or this is the first snapshot)."""
        before = self.differences.get(found.subject)
        return first or (before is not None and before.same_as == found.same_as)

    # --- positions -----------------------------------------------------------------------------------
    def _positions(self, snapshot: BrokerSnapshot, first: bool, now_ns: int, out: list[Effect]) -> None:
        theirs = {position.symbol: position for position in snapshot.positions}
        self.new_foreign, self._look_again_ns = [], None
        self.sure = set()
        for symbol in sorted(theirs.keys() | self.ledger.positions.keys() | self.ledger.foreign.keys()):
            broker = theirs.get(symbol) or BrokerPosition(symbol, 0, 0)
            if not self._quiet(symbol, snapshot.asked_ns):
                self._unclear(broker, snapshot.asked_ns, now_ns, out)
            elif self._compare(broker, snapshot.account.cash_e4, first, now_ns, out):
                self.sure.add(symbol)
        self.desk.book.explain(self.sure)
        for symbol in self._waits.keys() - theirs.keys() - self.ledger.positions.keys():
            del self._waits[symbol]

    def _compare(self, broker: BrokerPosition, cash_e4: int, first: bool, now_ns: int, out: list[Effect]) -> bool:
        """Judge one symbol; False while it is not sure. `cash_e4` is the broker's cash."""
        symbol, there = broker.symbol, broker.quantity
        self._waits.pop(symbol, None)
        position = self.ledger.positions.get(symbol)
        ours = position.quantity if position is not None else 0
        if ours == there or self.splits.explains(symbol, there, now_ns):
            self.ledger.foreign.pop(symbol, None)
            self.desk.doubts.enough(symbol)
            return True
        foreign = self.ledger.foreign.get(symbol, (0, 0))[0]
        if foreign and ours + foreign != there and self.splits.explains(symbol, there, now_ns, foreign=True):
            self.known.keep(f"position {symbol}")
            self.desk.doubts.enough(symbol)
            return False  # ours and those of others, in shares of before or of after
        if position is not None and there * ours < ours * ours:
            closed = self._gone(position, broker, cash_e4, now_ns, out)
            if closed is None:
                return False
            self._adopt(position, closed, now_ns, out)
            ours, first = position.quantity + closed.signed, True
            if there == ours:
                self.ledger.foreign.pop(symbol, None)
                return True
        return self._surplus(broker, ours, first, now_ns, out)

    def _gone(
        self, position: Position, broker: BrokerPosition, cash_e4: int, now_ns: int, out: list[Effect]
    ) -> Closed | None:
        """The shares of ours that someone has closed, once that is sure; until then no more leave than are there."""
        symbol, theirs = position.symbol, broker.quantity
        rule = "nothing leaves for more than is there; adopted once an order or the cash says that they were closed"
        found = self.known.note(f"position {symbol}", symbol, str(position.quantity), str(theirs), rule, now_ns)
        self.desk.doubts.fewer(symbol, position.quantity, theirs, now_ns)
        closed = self._closed(position, broker, cash_e4)
        twice, sure_ns = self._counts(found, False), found.since_ns + SURE_AFTER_NS + self.settings.latency_ns
        if closed is not None and not closed.exact:  # after a fill of ours positions and cash may lag together
            sure_ns = max(sure_ns, self.desk.doubts.settled_ns(symbol) + self.settings.latency_ns)
        if twice and closed is None:
            self._missing(position, found, now_ns, out)
        elif twice and now_ns >= sure_ns:
            return closed
        else:
            self._look_again_ns = max(sure_ns, now_ns + 1)
        return None

    def _closed(self, position: Position, broker: BrokerPosition, cash_e4: int) -> Closed | None:
        """What someone closed, by the executions of others; the rest at the last price, if the cash has it as well.

        None when neither says so: then the shares were split or transferred, or nobody knows.
        """
        sign = 1 if position.quantity > 0 else -1
        gone = abs(position.quantity) - max(0, broker.quantity * sign)
        side, symbol = closing_side(position), position.symbol
        found, value_e4, ids = self.desk.book.closed_by_others(symbol, side, gone, self._entered_ns(position))
        rest_e4 = (gone - found) * self._last_price_e4(position, broker)
        proceeds_e4 = sign * (cash_e4 - (self.ledger.cash_e4 or 0))
        if found < gone and 2 * (proceeds_e4 - value_e4) < rest_e4:
            return None
        return Closed(gone, -sign * gone, value_e4 + rest_e4, found == gone, ", ".join(ids))

    def _entered_ns(self, position: Position) -> int:
        """From when on someone may have closed it. We hear of a fill later than it was: the order's own time counts."""
        entry = self.desk.orders.get(position.trade_id.partition("+")[0])
        return position.opened_ns if entry is None else min(entry.created_ns, position.opened_ns)

    def _last_price_e4(self, position: Position, broker: BrokerPosition) -> int:
        book = self.market.books.get(position.symbol)
        return (book.price_e4 if book is not None else 0) or broker.price_e4 or position.price_e4

    def _adopt(self, position: Position, closed: Closed, now_ns: int, out: list[Effect]) -> None:
        """Book what someone closed at the broker."""
        symbol, held = position.symbol, abs(position.quantity)
        order_id = self.desk.next_id(symbol, now_ns, OrderRole.EXIT)
        order = drafts.adopted(order_id, position, closed.shares, closed.value_e4, now_ns, CLOSED_BY_OTHERS)
        self.desk.book.put(order)
        out.append(OrderUpdated(order, "adopted"))
        fill = Fill(order.id, symbol, order.side, closed.shares, closed.value_e4, closed.exact)
        self.ledger.book(order, fill, None, now_ns, out)
        self.desk.doubts.enough(symbol)
        self.known.drop(f"position {symbol}")
        how = f"order {closed.orders}" if closed.exact else "the last price: provisional, the true one is not known"
        text = (
            f"{closed.shares} of our {held} {symbol} were {CLOSED_BY_OTHERS}: booked at {dollars(fill.price_e4)} "
            f"({how}), {held - closed.shares} are left"
        )
        out.append(AlertRaised("POSITION_ADOPTED", Severity.WARNING, text, symbol))

    def _missing(self, position: Position, found: Difference, now_ns: int, out: list[Effect]) -> None:
        """Neither an order nor the cash says that these shares were closed: our books stay, and it is told."""
        symbol = position.symbol
        # Equity is what the broker has: the lack counts against the shares that our books still have.
        self.ledger.foreign[symbol] = (int(found.theirs) - position.quantity, position.price_e4)
        if self.known.confirm(found):
            text = (
                f"{symbol}: {found.theirs} shares at the broker, ours {found.ours}, and neither an order nor the cash "
                f"says that any were closed (a split, a transfer?): {found.rule}; the symbol is not traded meanwhile"
            )
            out.append(AlertRaised("POSITION_DIFFERENCE", Severity.CRITICAL, text, symbol))

    def _surplus(self, broker: BrokerPosition, ours: int, first: bool, now_ns: int, out: list[Effect]) -> bool:
        """Shares that we don't have in our books; False while it is not sure."""
        symbol, surplus = broker.symbol, broker.quantity - ours
        self.desk.doubts.enough(symbol)
        rule = f"{_HANDLED[self.settings.foreign_positions]}; the symbol is not traded until they are gone"
        found = self.known.note(f"position {symbol}", symbol, str(ours), str(broker.quantity), rule, now_ns)
        known = self.ledger.foreign.get(symbol)
        if not self._counts(found, first) and (known is None or known[0] != surplus):
            return False
        book, position = self.market.books.get(symbol), self.ledger.positions.get(symbol)
        last_e4 = (book.price_e4 if book is not None else 0) or (position.price_e4 if position is not None else 0)
        price_e4 = last_e4 or broker.price_e4 or broker.average_price_e4
        self.ledger.foreign[symbol] = (surplus, price_e4)
        if known is None or known[0] != surplus:
            self.new_foreign.append(symbol)
        if self.known.confirm(found):
            text = f"{symbol}: {surplus:+d} shares at the broker are not in our books (ours {ours}); they are {rule}"
            out.append(AlertRaised("POSITION_DIFFERENCE", Severity.CRITICAL, text, symbol))
        return True

    def _unclear(self, broker: BrokerPosition, asked_ns: int, now_ns: int, out: list[Effect]) -> None:
        """While orders are under way nothing is concluded; what they leave unexplained for a minute is told."""
        symbol, there = broker.symbol, broker.quantity
        self.known.keep(f"position {symbol}")
        position, foreign = self.ledger.positions.get(symbol), self.ledger.foreign.get(symbol, (0, 0))[0]
        ours = (position.quantity if position is not None else 0) + foreign
        explained = any(self.splits.explains(symbol, there, now_ns, both) for both in (False, True))
        if ours == there or explained:
            self._waits.pop(symbol, None)
            lacks = position is not None and position.quantity * foreign < 0
            # A lack that is known is still one: what leaves for more than is there would open the other side.
            if explained or position is None or not (lacks and (position.exit_reason or not there)):
                self.desk.doubts.enough(symbol)
            return
        newest = symbol in self._doubted or all(o.updated_ns < asked_ns for o in self.desk.live(symbol))
        if position is not None and newest and there * position.quantity < position.quantity**2:
            # Whatever the orders under way explain: no more is there to leave.
            self.desk.doubts.fewer(symbol, position.quantity, there, now_ns)
            if symbol in self._doubted:
                self._look_again_ns = now_ns + SURE_AFTER_NS + self.settings.latency_ns
        known = self._waits.get(symbol)
        if known is None or known[:2] != (ours, there):
            self._waits[symbol] = (ours, there, now_ns)
            return
        if now_ns - known[2] < UNCLEAR_AFTER_NS + self.settings.latency_ns:
            return
        rule = "judged when the orders of the symbol have ended; an exit for more than is there is cancelled"
        found = self.known.note(f"position {symbol}", symbol, str(ours), str(there), rule, now_ns)
        self._call_back_exits(symbol, there, now_ns, out)
        if self.known.confirm(found):
            text = f"{symbol}: {there} shares at the broker, {ours} in our books, and its orders explain it not; {rule}"
            out.append(AlertRaised("POSITION_UNCLEAR", Severity.CRITICAL, text, symbol))

    def _call_back_exits(self, symbol: str, there: int, now_ns: int, out: list[Effect]) -> None:
        """No exit may sell a share that is not there: it would open a position on the other side."""
        for order in list(self.desk.live(symbol)):
            if order.role is OrderRole.EXIT and order.settled and -order.side.sign * there < order.remaining:
                self.desk.cancel(order, now_ns, out)

    # --- cash ----------------------------------------------------------------------------------------
    def _cash(self, snapshot: BrokerSnapshot, now_ns: int, out: list[Effect]) -> None:
        theirs = snapshot.account.cash_e4
        if self.ledger.cash_e4 is None:
            self.ledger.cash_e4 = theirs
            return
        if theirs == self.ledger.cash_e4 or not self._quiet(None, snapshot.asked_ns):
            return
        ours = dollars(self.ledger.cash_e4)
        found = self.known.note("cash", "", ours, dollars(theirs), "adopted when it is sure", now_ns)
        if self._counts(found, False) and not self.known.doubtful:
            text = f"cash at the broker is {dollars(theirs)}, ours was {ours}: adopted"
            out.append(AlertRaised("CASH_ADOPTED", Severity.WARNING, text))
            self.ledger.adopt_cash(theirs)
            self.known.drop("cash")

    # --- time ----------------------------------------------------------------------------------------
    def next_due_ns(self) -> int | None:
        """When `timer` has something to do."""
        return self._look_again_ns

    def timer(self, now_ns: int, out: list[Effect]) -> None:
        """Look again where shares of ours seem to be missing: nothing is done for them until it is sure."""
        if self._look_again_ns is not None and self._look_again_ns <= now_ns:
            self._look_again_ns = None
            out.append(RequestSnapshot("shares of ours seem to be missing at the broker"))
