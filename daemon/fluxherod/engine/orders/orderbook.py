"""Every order of ours by its id, those that still work apart, and what the broker calls them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.types import BrokerOrder, BrokerStatus, Execution, Side

REMEMBERED_STRAYS = 1_000


class OrderBook:
    """Orders and the broker's names for them. Reports that fit no order are kept a while: a leg may come early."""

    def __init__(self) -> None:
        self.all: dict[str, Order] = {}
        self._live: dict[str, Order] = {}
        self._live_of: dict[str, dict[str, Order]] = {}  # the same by symbol: each decision asks for those of one
        self.idle: dict[str, BrokerStatus] = {}  # by id: orders that have not ended, and that the broker does not work
        self.chased: dict[str, Order] = {}  # limit entries that work, or have ended and are not concluded
        self._ids_by_broker: dict[str, str] = {}
        self._strays: dict[str, tuple[BrokerOrder, Execution | None]] = {}
        self._explained: dict[str, tuple[int, int]] = {}  # stray: what it filled of which the reason is known

    def put(self, order: Order) -> None:
        """Take the newest form of an order."""
        self.all[order.id] = order
        of_symbol = self._live_of.setdefault(order.symbol, {})
        if order.state.ended:
            self._live.pop(order.id, None)
            of_symbol.pop(order.id, None)
        else:
            self._live[order.id] = of_symbol[order.id] = order
        if order.id in self.chased or (order.id in self._live and _is_limit_entry(order)):
            self.chased[order.id] = order

    def conclude(self, order_id: str) -> None:
        """A limit entry has ended and all that follows from it is done."""
        self.chased.pop(order_id, None)

    def entering(self) -> set[str]:
        """Symbols with an entry that works, or is about to be sent again."""
        working = {order.symbol for order in self._live.values() if order.role is OrderRole.ENTRY}
        return working | {order.symbol for order in self.chased.values()}

    def waiting_entry(self, symbol: str) -> Order | None:
        """The part of a symbol's chain that has ended and is not gone on with yet, if any."""
        for order in self.chased.values():
            if order.symbol == symbol and order.waits:
                return order
        return None

    def to_cancel(self) -> list[Order]:
        """What an operator may cancel, but for stops: orders that work, and entries that are about to be sent again."""
        roles = (OrderRole.ENTRY, OrderRole.EXIT)
        working = [order for order in self._live.values() if order.role in roles and order.settled]
        going_on = [order for order in self.chased.values() if order.waits or (order.sequel and not order.settled)]
        return working + going_on

    def relevant(self, symbol: str, trade_id: str) -> Iterator[Order]:
        """What a plan for a symbol must see: live orders, what waits to go on, and the trade's chain with its legs."""
        yield from (order for order in self.live(symbol) if order.role is not OrderRole.FOREIGN_STOP)
        waiting = self.waiting_entry(symbol)
        if waiting is not None:
            yield waiting
        opened = self.all.get(trade_id)
        for order in self.all.values() if opened is not None else ():
            of_chain = opened is not None and opened.entry_id in (order.entry_id, order.parent_id)
            if order.state.ended and of_chain and order is not waiting:
                yield order

    def chain(self, order: Order) -> Iterator[Order]:
        """An entry and those whose places it took, newest first."""
        link: Order | None = order
        while link is not None:
            yield link
            link = self.all.get(link.replaces_id or "")

    def filled(self, order: Order) -> int:
        """Shares that an entry and those before it in its chain have filled."""
        return sum(link.filled_quantity for link in self.chain(order))

    def next_attempt(self, order: Order) -> str:
        """The next id of the decision that an order came from."""
        return self.next_id(order.entry_id.rstrip("0123456789"))

    def next_id(self, stem: str) -> str:
        """The first id of a stem that is not taken; its number is the attempt."""
        attempt = 1
        while f"{stem}{attempt}" in self.all:
            attempt += 1
        return f"{stem}{attempt}"

    def live(self, symbol: str | None = None) -> Iterator[Order]:
        """Orders that have not ended, of one symbol or of all."""
        return iter((self._live if symbol is None else self._live_of.get(symbol, {})).values())

    def working_stops(self, symbol: str) -> list[Order]:
        """Stops that guard shares of ours at the broker now; the leg of an entry that still works is held there."""
        live = {order.id: order for order in self.live(symbol)}
        stops = (order for order in live.values() if order.role is OrderRole.STOP and order.settled)
        return [stop for stop in stops if stop.parent_id not in live and stop.id not in self.idle]

    def note_idle(self, order: Order, status: BrokerStatus) -> bool:
        """Note whether the broker works an order that has not ended; True when that is news."""
        before = self.idle.pop(order.id, None)
        if order.state.ended or not status.idle:
            return before is not None and not order.state.ended
        self.idle[order.id] = status
        return status is not before

    def name(self, broker_id: str, order_id: str) -> None:
        """Tie the broker's id to ours."""
        if broker_id:
            self._ids_by_broker[broker_id] = order_id

    def by_broker_id(self, broker_id: str) -> Order | None:
        """The order that the broker knows under this id."""
        return self.all.get(self._ids_by_broker.get(broker_id, ""))

    def of(self, report: BrokerOrder) -> Order | None:
        """The order that a report is about."""
        return self.all.get(report.client_order_id) or self.by_broker_id(report.broker_id)

    def keep_stray(self, report: BrokerOrder, execution: Execution | None) -> None:
        """Remember the newest report of an order that is not ours, or not yet."""
        self._strays.pop(report.broker_id, None)
        self._strays[report.broker_id] = (report, execution)
        if len(self._strays) > REMEMBERED_STRAYS:
            forgotten = next(iter(self._strays))
            del self._strays[forgotten]
            self._explained.pop(forgotten, None)

    def take_stray(self, broker_id: str) -> tuple[BrokerOrder, Execution | None] | None:
        """What was heard of an order before it was known."""
        return self._strays.pop(broker_id, None)

    def closed_by_others(self, symbol: str, side: Side, shares: int, since_ns: int) -> tuple[int, int, list[str]]:
        """What orders that are not ours traded of a symbol, newest first, and no difference has been explained by yet.

        Returns:
            Shares (at most `shares`), their value, and the ids of the orders.
        """
        found, value_e4, ids = 0, 0, []
        strays = [stray for stray, _ in self._strays.values() if (stray.symbol, stray.side) == (symbol, side)]
        for stray in sorted(strays, key=lambda stray: (stray.updated_ns, stray.broker_id), reverse=True):
            known = self._explained.get(stray.broker_id, (0, 0))
            new, new_value_e4 = stray.filled_quantity - known[0], stray.filled_value_e4 - known[1]
            taken = min(new, shares - found)
            if taken <= 0 or new_value_e4 <= 0 or 0 < stray.updated_ns < since_ns:
                continue
            found, value_e4 = found + taken, value_e4 + round(new_value_e4 * taken / new)
            ids.append(stray.client_order_id or stray.broker_id)
        return found, value_e4, ids

    def explain(self, symbols: Collection[str]) -> None:
        """What others traded of some symbols is in our books by now, one way or the other."""
        for broker_id, (stray, _) in self._strays.items():
            if stray.symbol in symbols and stray.filled_quantity:
                self._explained[broker_id] = (stray.filled_quantity, stray.filled_value_e4)

    def explained(self, broker_id: str) -> bool:
        """True when the reason of a fill of an order that is not ours, or not yet, is in our books."""
        return broker_id in self._explained

    def forget(self, before_ns: int, kept: Collection[str]) -> list[str]:
        """Drop ended orders that have not changed since, but for `kept` and their legs; return their ids."""
        gone = [
            order
            for order in self.all.values()
            if order.state.ended
            and order.updated_ns < before_ns
            and order.id not in kept
            and order.parent_id not in kept
        ]
        for order in gone:
            del self.all[order.id]
            self._ids_by_broker.pop(order.broker_id, None)
        return [order.id for order in gone]


def _is_limit_entry(order: Order) -> bool:
    return order.role is OrderRole.ENTRY and order.limit_price_e4 is not None
