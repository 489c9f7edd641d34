"""Orders with a daemon's id that our journal does not have: it is a restored backup, or its disk failed at the end.

While the disk fails stops and exits leave all the same. One of these that still works holds shares, and no other order
could have them: it is ours again as soon as it is sure that it only reduces what we hold. Whatever else is lost is left
alone, and its symbol takes no new risk.
"""

from __future__ import annotations

import re

from fluxherod.core.orders import OrderRole
from fluxherod.core.protection import closing_side
from fluxherod.core.types import BrokerOrder, OrderType
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.orders import drafts
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.orders.sending import LEG_LETTERS
from fluxherod.engine.reconciling.differences import Differences

OURS = "fh-"  # what every client order id of the daemon begins with
LEFT_ALONE = "left alone; the symbol is not traded until it is gone or an operator resumes"
TAKEN_IN = "taken into our books once it is sure that it only reduces our position; the symbol is not traded until then"
_TYPES = {OrderRole.STOP: OrderType.STOP, OrderRole.EXIT: OrderType.MARKET}
_REASONS = {OrderRole.STOP: "protective stop", OrderRole.EXIT: "an exit that the journal lost"}


class LostOrders:
    """Tells of them, and takes in those that only reduce a position of ours."""

    def __init__(self, desk: Desk, ledger: Ledger, known: Differences) -> None:
        self.desk = desk
        self.ledger = ledger
        self.known = known

    def tell(self, report: BrokerOrder, now_ns: int, out: list[Effect]) -> None:
        """A daemon sent it, and our journal does not have it: an older journal is in use, or another one."""
        why = "it is of another journal"
        if report.client_order_id.startswith(self._prefix):
            why = "the journal is older than it (a restored backup, or a disk that failed)"
        text = f"{report.side} {report.quantity} {report.symbol}"
        rule = TAKEN_IN if self._reduces(report) is not None else LEFT_ALONE
        filled = f" of which {report.filled_quantity} are filled" if report.filled_quantity else ""
        found = self.known.note(self._subject(report), report.symbol, "none", f"{text}{filled}", rule, now_ns)
        text = f"{text} at the broker ({report.client_order_id}) is a daemon's, and not in our books: {why}; {rule}"
        if self.known.confirm(found):
            out.append(AlertRaised("ORDER_NOT_IN_JOURNAL", Severity.CRITICAL, text, report.symbol))
        if report.broker_id not in self.desk.doubts.resumed:
            self.desk.doubts.lost.setdefault(report.symbol, {})[report.broker_id] = text

    def take_in(self, report: BrokerOrder, there: int, now_ns: int, out: list[Effect]) -> bool:
        """Make an order ours that two snapshots have shown alike, and book what it has filled; True when it is.

        Args:
            report: a working order that the journal does not have.
            there: the signed shares of its symbol at the broker: all of ours but for those that it has filled, or more.
        """
        role, position = self._reduces(report), self.ledger.positions.get(report.symbol)
        if role is None or position is None or not self.known.again(self._subject(report)):
            return False
        left = abs(position.quantity) - report.filled_quantity
        if there * position.quantity < left * abs(position.quantity) or self.desk.book.explained(report.broker_id):
            return False
        order = drafts.found(role, position, report, now_ns, _REASONS[role])
        self.desk.take_in(order, report, now_ns, out)
        self.desk.doubts.lost.get(report.symbol, {}).pop(report.broker_id, None)
        self.known.drop(self._subject(report))
        text = (
            f"{report.side} {report.quantity} {report.symbol} ({order.id}), which the journal lost, only reduces our "
            f"position of {position.quantity}: it is in our books again"
        )
        out.append(AlertRaised("ORDER_TAKEN_IN", Severity.WARNING, text, report.symbol))
        return True

    @property
    def _prefix(self) -> str:
        return f"{OURS}{self.desk.epoch[:8]}-"

    def _subject(self, report: BrokerOrder) -> str:
        return f"order {report.broker_id}"

    def _reduces(self, report: BrokerOrder) -> OrderRole | None:
        """The role of an order of our own journal that can only reduce a position of ours; None for any other."""
        position = self.ledger.positions.get(report.symbol)
        role = self._role(report)
        if role is None or position is None or report.side is not closing_side(position) or report.legs:
            return None
        fits = report.order_type is _TYPES[role] and report.quantity <= abs(position.quantity)
        return role if fits else None

    def _role(self, report: BrokerOrder) -> OrderRole | None:
        """What its id says it is for, if our journal has made the id."""
        form = re.escape(f"{self._prefix}{report.symbol}-") + r"\d{14}-([a-z])\d+"
        made = re.fullmatch(form, report.client_order_id)
        return next((role for role in _TYPES if made is not None and LEG_LETTERS[role] == made[1]), None)
