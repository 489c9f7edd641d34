"""Our books against the broker's. A difference is adopted or flagged by a stated rule, and always told.

Rules: an order's report is merged by its cumulative quantity, whoever brings it. Positions and cash are
compared only when nothing that could explain a difference is on its way, and a difference counts when two
snapshots in a row show it. A position that is not ours is watched: told, counted in the exposure, never
traded. Cash that moved without an order of ours (a deposit, a fee) is adopted and told. On the morning of a split the
broker's count of before it and that of after it are both no difference, until the open (`splits.py`).
"""

from __future__ import annotations

from fluxherod.core.money import dollars
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import BrokerOrder
from fluxherod.engine.desk import Desk
from fluxherod.engine.effects import AlertRaised, Effect, LookupOrder, Severity
from fluxherod.engine.events import BrokerSnapshot
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.settings import Settings
from fluxherod.engine.splits import Splits


class Reconciler:
    """Takes snapshots; remembers which differences the last one showed."""

    def __init__(self, settings: Settings, desk: Desk, ledger: Ledger, splits: Splits) -> None:
        self.settings = settings
        self.splits = splits
        self.desk = desk
        self.ledger = ledger
        self.differences: dict[str, str] = {}  # what the newest snapshot showed: subject and text
        self._told: set[str] = set()
        self._sought: set[str] = set()  # symbols of orders that the newest snapshot did not list

    def take(self, snapshot: BrokerSnapshot, now_ns: int, out: list[Effect]) -> None:
        """Merge orders, then compare positions and cash."""
        listed: set[str] = set()
        strangers: list[BrokerOrder] = []
        for report in snapshot.orders:
            order = self.desk.report(report, None, "snapshot", now_ns, out)
            listed.update((report.broker_id, *(leg.broker_id for leg in report.legs)))
            if order is None and not report.status.ended:
                strangers.append(report)
        self._look_for(listed, snapshot.asked_ns, out)
        first = self.ledger.account is None
        self.ledger.account, self.ledger.account_ns = snapshot.account, now_ns
        found: dict[str, str] = {}
        for report in strangers:
            # A stop leg may be listed before the entry that makes it ours.
            if self.desk.report(report, None, "snapshot", now_ns, out) is None:
                self._foreign_order(report, first, found, out)
        self._positions(snapshot, first, now_ns, found, out)
        self._cash(snapshot, first, found, out)
        for subject in self.differences.keys() - found.keys():
            self._told.discard(subject)
        self.differences = found

    def _foreign_order(self, report: BrokerOrder, first: bool, found: dict[str, str], out: list[Effect]) -> None:
        """An order that is not ours is told; what may be the leg of an entry that is being asked for is not judged."""
        subject = f"order {report.broker_id}"
        text = f"{report.side} {report.quantity} {report.symbol} at the broker is not ours; it is left alone"
        if not self.desk.awaits_leg(report.symbol) and self._counts(subject, text, first, found):
            self._tell(subject, AlertRaised("FOREIGN_ORDER", Severity.WARNING, text, report.symbol), out)

    def _look_for(self, listed: set[str], asked_ns: int, out: list[Effect]) -> None:
        """An order that works by our books and that the broker did not list has ended unheard: ask for it."""
        self._sought.clear()
        for order in self.desk.live():
            if order.broker_id and order.broker_id not in listed and order.updated_ns < asked_ns:
                self._sought.add(order.symbol)
                out.append(LookupOrder(order.parent_id or order.id))

    def _quiet(self, symbol: str | None, asked_ns: int) -> bool:
        """True when no order (of the symbol) moved since the snapshot was asked for, is in flight or is sought."""
        if symbol in self._sought or (symbol is None and self._sought):
            return False
        return all(
            order.updated_ns < asked_ns and (order.state.ended or (order.settled and order.role is OrderRole.STOP))
            for order in self.desk.orders.values()
            if symbol in (None, order.symbol)
        )

    def _positions(
        self, snapshot: BrokerSnapshot, first: bool, now_ns: int, found: dict[str, str], out: list[Effect]
    ) -> None:
        theirs = {position.symbol: position for position in snapshot.positions}
        for symbol in sorted(theirs.keys() | self.ledger.positions.keys() | self.ledger.foreign.keys()):
            if not self._quiet(symbol, snapshot.asked_ns):
                continue
            position = self.ledger.positions.get(symbol)
            ours = position.quantity if position is not None else 0
            broker = theirs.get(symbol)
            surplus = (broker.quantity if broker is not None else 0) - ours
            if surplus == 0 or self.splits.explains(symbol, ours + surplus, now_ns):
                self.ledger.foreign.pop(symbol, None)
            elif self._counts(f"position {symbol}", f"{surplus:+d}", first, found):
                # A part of ours that is gone is worth what ours is worth, so that equity stays what it is.
                price_e4 = position.price_e4 if position is not None else broker.average_price_e4 if broker else 0
                self.ledger.foreign[symbol] = (surplus, price_e4)
                text = (
                    f"{symbol}: {surplus:+d} shares at the broker are not in our books (ours {ours}); they are "
                    "watched and counted in the exposure, the symbol is not traded until they are gone"
                )
                self._tell(
                    f"position {symbol}", AlertRaised("POSITION_DIFFERENCE", Severity.CRITICAL, text, symbol), out
                )

    def _cash(self, snapshot: BrokerSnapshot, first: bool, found: dict[str, str], out: list[Effect]) -> None:
        theirs = snapshot.account.cash_e4
        if self.ledger.cash_e4 is None:
            self.ledger.cash_e4 = theirs
            return
        change = theirs - self.ledger.cash_e4
        if change == 0 or not self._quiet(None, snapshot.asked_ns):
            return
        if self._counts("cash", str(change), False, found):
            text = f"cash at the broker is {dollars(theirs)}, ours was {dollars(self.ledger.cash_e4)}: adopted"
            out.append(AlertRaised("CASH_ADOPTED", Severity.WARNING, text))
            self.ledger.adopt_cash(theirs)
            del found["cash"]

    def _counts(self, subject: str, difference: str, first: bool, found: dict[str, str]) -> bool:
        """Note a difference; True when the snapshot before showed the same one (or this is the first snapshot)."""
        found[subject] = difference
        return first or self.differences.get(subject) == difference

    def _tell(self, subject: str, alert: AlertRaised, out: list[Effect]) -> None:
        if subject not in self._told:
            self._told.add(subject)
            out.append(alert)
