"""Which decision each entry came from, by what the journal says of its cause, and never by what the daemon made of it.

Ids don't say it: two decisions on a symbol in one second share all of theirs but the number of the attempt.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxherod.core.orders import OrderRole
from fluxherod.engine.commands import PlaceOrderCommand
from fluxherod.engine.effects import OrderUpdated, SignalUpdated
from fluxherod.engine.ports import JournalEntry
from simulation.there import stem


class Decisions:
    """A new decision is one that a person asked for, or that a signal explains; what else is sent carries one on."""

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}  # by stem: the first order of the newest decision
        self._first: dict[str, str] = {}  # by order: the first order of its decision
        self._wanted: dict[str, int] = {}  # by first order: the shares that the decision may fill in all

    def take(self, entry: JournalEntry) -> None:
        """An entry of the journal: what it decides anew, and what it carries on."""
        signals = {effect.signal.order_id for effect in entry.effects if isinstance(effect, SignalUpdated)}
        asked_for = entry.event.symbol if isinstance(entry.event, PlaceOrderCommand) else ""
        for effect in entry.effects:
            if isinstance(effect, OrderUpdated) and effect.order.role is OrderRole.ENTRY:
                self._sent(effect.order.id, effect.order.symbol == asked_for or effect.order.id in signals)

    def _sent(self, order_id: str, decided: bool) -> None:
        if order_id not in self._first:
            if decided:
                self._newest[stem(order_id)] = order_id
            self.of(order_id)

    def of(self, order_id: str) -> str:
        """The decision that an order came from: the id of its first order."""
        return self._first.setdefault(order_id, self._newest.setdefault(stem(order_id), order_id))

    def wanted(self, order_id: str, shares: int) -> int:
        """The shares that an order's decision may fill in all: those of its first order that the exchange has seen."""
        return self._wanted.setdefault(self.of(order_id), shares)

    def change(self, order_id: str, shares: int) -> None:
        """A person asks for another number of shares in all."""
        decision = self.of(order_id)
        self._wanted[decision] = max(self._wanted.get(decision, 0), shares)

    def filled(self, order_id: str, filled: Mapping[str, int]) -> int:
        """The shares that the orders of an order's decision have filled, of `filled` by order."""
        decision = self.of(order_id)
        return sum(filled[one] for one, first in self._first.items() if first == decision and one in filled)
