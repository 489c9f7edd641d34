"""Our orders as the exchange has them, whatever the daemon thinks of them."""

from __future__ import annotations

from collections import Counter

from alpacasim.book import TradeUpdate
from alpacasim.exchange import Exchange
from alpacasim.money import E9
from alpacasim.orders import Order, Status

OURS = "fh-"
_WORKS = frozenset({Status.NEW, Status.PARTIALLY_FILLED, Status.PENDING_CANCEL, Status.PENDING_REPLACE})


def stem(order_id: str) -> str:
    """An order's id without the number of the attempt: symbol, second and leg of the decision that it came from."""
    return order_id.rstrip("0123456789")


class Exchanged:
    """Our orders as the exchange has them: what they filled, by symbol, and which of them guard."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.quantity: Counter[str] = Counter()
        self.ids: set[str] = set()
        self.by_hand: set[str] = set()  # orders by which someone closes shares of ours
        self.filled: Counter[str] = Counter()  # by client order id
        self.last_ns = 0

    def ours(self, order: Order) -> bool:
        """Is an order ours, or made of one of ours."""
        if order.id not in self.ids and (
            order.client_order_id.startswith(OURS)
            or (order.parent is not None and order.parent.id in self.ids)
            or (order.replaces is not None and order.replaces in self.ids)
        ):
            self.ids.add(order.id)
        return order.id in self.ids

    def take(self, update: TradeUpdate) -> None:
        """An event of an order of ours."""
        self.last_ns = update.at_ns
        if update.fill is not None:
            shares = update.fill.quantity_e9 // E9
            self.quantity[update.order.symbol] += shares * update.order.sign
            self.filled[update.order.client_order_id] += shares

    def split(self, symbol: str, factor: int) -> None:
        """Each share becomes so many."""
        self.quantity[symbol] *= factor

    def open(self, symbol: str) -> list[Order]:
        """Our orders that are not over."""
        return [order for order in self.exchange.open_orders(symbol) if self.ours(order)]

    def reserved(self, symbol: str) -> int:
        """Shares that someone's order is to close: no order of ours can have them."""
        theirs = (one for one in self.exchange.open_orders(symbol) if one.id in self.by_hand)
        return sum(order.remaining_e9 // E9 for order in theirs)

    def guarding(self, symbol: str) -> int:
        """Shares that a working stop of ours would close."""
        stops = (one for one in self.open(symbol) if one.type == "stop" and one.status in _WORKS)
        return sum(stop.remaining_e9 // E9 for stop in stops if stop.predecessor is None)

    def exposure_e4(self) -> int:
        """Ours held, and what our open entries may add."""
        total_e4 = 0
        for symbol, market in self.exchange.markets.items():
            total_e4 += abs(self.quantity[symbol]) * market.last_e4
            for order in self.open(symbol):
                if is_entry(order):
                    total_e4 += order.remaining_e9 // E9 * (order.limit_e4 or market.last_e4)
        return total_e4


def is_entry(order: Order) -> bool:
    """Does an order of ours open risk: by its id, as the daemon names them."""
    return order.parent is None and stem(order.client_order_id).endswith("-e")
