"""Answers on their way: which snapshots are news, what stands for an answer of the broker's, and for one of ours."""

from __future__ import annotations

from fluxherod.core.calendar import SECOND_NS
from fluxherod.engine.effects import CancelOrder, LookupOrder, ReplaceOrder, Reply, SubmitOrder
from fluxherod.engine.events import (
    BrokerSnapshot,
    CancelAnswered,
    Event,
    LookupAnswered,
    ReplaceAnswered,
    SubmitAnswered,
)

KNOWN_FOR_NS = 30 * SECOND_NS
OrderRequest = SubmitOrder | CancelOrder | ReplaceOrder | LookupOrder


class NotDurable(Exception):
    """A command was taken, but the storage fails: `reply` holds once the journal has it, and not before."""

    def __init__(self, reply: Reply, fault: str) -> None:
        super().__init__(fault)
        self.reply = reply


class SnapshotFilter:
    """Remembers what the last two snapshots said, so that a quiet night does not fill the journal.

    Two, because the engine believes a difference when two snapshots in a row show it; and none younger than
    `KNOWN_FOR_NS` of trading time stands for a new one, so that the account never seems old.
    """

    def __init__(self) -> None:
        self._asked_ns = 0
        self._content: object = None
        self._twice = False

    def is_news(self, snapshot: BrokerSnapshot) -> bool:
        """False when the two before it said the same, and the last one is young."""
        known = self._twice and _content(snapshot) == self._content
        return not known or snapshot.asked_ns - self._asked_ns >= KNOWN_FOR_NS

    def note(self, snapshot: BrokerSnapshot) -> None:
        """It goes to the engine."""
        content = _content(snapshot)
        self._twice, self._content = content == self._content, content
        self._asked_ns = snapshot.asked_ns

    def forget(self) -> None:
        """Something happened that makes the same content news: an order of ours moved."""
        self._twice, self._content = False, None


def _content(snapshot: BrokerSnapshot) -> object:
    return snapshot.account, snapshot.positions, snapshot.orders


def no_answer(request: OrderRequest, detail: str) -> Event:
    """What the engine is told when a request has no answer: it may or may not have been carried out."""
    match request:
        case SubmitOrder(order):
            return SubmitAnswered(order.id, detail=detail)
        case CancelOrder(order_id):
            return CancelAnswered(order_id, accepted=False, detail=detail)
        case ReplaceOrder(replacement):
            return ReplaceAnswered(replacement.replaces_id, replacement.id, detail=detail)
    return LookupAnswered(request.order_id, found=False, detail=detail)
