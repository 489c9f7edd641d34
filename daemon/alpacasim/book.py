"""The order book of one account: what executes, and what an execution, a cancel or an expiry does to a group.

Pure: `now_ns` is set by the caller, updates go to the listener.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alpacasim import hours
from alpacasim.account import Account, Fill
from alpacasim.bar_fills import BarFills
from alpacasim.calendar import Session
from alpacasim.matching import (
    Market,
    execution_price,
    is_hit,
    trail,
    trigger_shift_e4,
    waits_for_trigger,
)
from alpacasim.money import E9, value_e4
from alpacasim.orders import PENDING, Order, Status
from alpacasim.timestamps import compact_utc

_NAMESPACE = uuid.UUID("6f1c3f0a-5d0e-5c61-9a55-0d4c1a1be7a5")
_WORKING = frozenset({Status.NEW, Status.PARTIALLY_FILLED, *PENDING})


@dataclass(frozen=True, slots=True)
class TradeUpdate:
    """One event of an order; `fill` is the execution that it tells, if any."""

    event: str
    order: Order
    at_ns: int
    execution_id: str
    position_e9: int
    fill: Fill | None = None


Listener = Callable[[TradeUpdate], None]


def asset_id(symbol: str) -> str:
    """The id of an asset: the same in each run."""
    return str(uuid.uuid5(_NAMESPACE, f"asset/{symbol}"))


def is_armed(order: Order) -> bool:
    """A held stop loss that watches the market beside its working take profit."""
    head = order.parent
    if order.status is not Status.HELD or order.role != "stop_loss" or head is None:
        return False
    return head.order_class == "oco" or head.status is Status.FILLED


class Book:
    """Account, markets and orders; `seed` fixes the ids that are given out."""

    def __init__(self, symbols: Iterable[str], cash_e4: int, *, seed: str, listener: Listener) -> None:
        self.account = Account(cash_e4, cash_e4)
        self.markets = {symbol: Market(symbol) for symbol in symbols}
        self.orders: dict[str, Order] = {}
        self.order_of_client: dict[str, Order] = {}
        self.session: Session | None = None
        self.now_ns = 0
        self._seed = seed
        self._listener = listener
        self._live: dict[str, dict[str, Order]] = {symbol: {} for symbol in self.markets}
        self._counters: dict[str, int] = {}
        self.portion: Callable[[str, int], int] = lambda symbol, shares: shares
        """How many of an order's whole shares execute at once."""
        self.bar_fills: BarFills | None = None
        """Set: orders execute as a back-tester of bars has them."""

    def identifier(self, kind: str) -> str:
        """The next id of a kind: the same sequence for the same seed."""
        number = self._counters.get(kind, 0) + 1
        self._counters[kind] = number
        return str(uuid.uuid5(_NAMESPACE, f"{self._seed}/{kind}/{number}"))

    @property
    def account_id(self) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self._seed}/account"))

    def equity_e4(self) -> int:
        return self.account.cash_e4 + sum(self.market_value_e4(symbol) for symbol in self.account.positions)

    def market_value_e4(self, symbol: str) -> int:
        return value_e4(self.markets[symbol].last_e4, self.account.quantity_e9(symbol))

    def open_orders(self, symbol: str | None = None) -> list[Order]:
        """Orders that are not over, held legs included, in the order in which they came to be."""
        if symbol is not None:
            return list(self._live.get(symbol, {}).values())
        return [order for live in self._live.values() for order in live.values()]

    def record(self, order: Order) -> None:
        """Take a new order into the book."""
        self.orders[order.id] = order
        self.order_of_client[order.client_order_id] = order
        self._live[order.symbol][order.id] = order

    def tell(self, event: str, order: Order, fill: Fill | None = None) -> None:
        execution_id = fill.execution_id if fill else self.identifier("execution")
        position = self.account.quantity_e9(order.symbol)
        self._listener(TradeUpdate(event, order, self.now_ns, execution_id, position, fill))

    def begin(self, order: Order) -> None:
        """Let an order work."""
        order.move(Status.NEW, self.now_ns)
        self.tell("new", order)

    def end(self, order: Order, status: Status) -> None:
        """Cancel, expire or reject one order; the orders of its group are the caller's."""
        order.move(status, self.now_ns)
        if status is Status.CANCELED:
            order.canceled_ns = self.now_ns
        elif status is Status.EXPIRED:
            order.expired_ns = self.now_ns
        else:
            order.failed_ns = self.now_ns
        self.forget(order)
        self.tell(status.value, order)
        self._refuse_successor(order)
        self._resume_predecessor(order)

    def _resume_predecessor(self, order: Order) -> None:
        """What an order that is over now waited to replace goes on as it was."""
        old = order.predecessor
        if old is None:
            return
        old.successor = order.predecessor = None
        old.move(Status.PARTIALLY_FILLED if old.filled_e9 else Status.NEW, self.now_ns)
        self.tell("order_replace_rejected", old)

    def _refuse_successor(self, order: Order) -> None:
        """What waited to replace an order that is over now never will."""
        new = order.successor
        if new is None:
            return
        order.successor = new.predecessor = None
        self.end(new, Status.CANCELED if new.status is Status.PENDING_CANCEL else Status.REJECTED)
        self.tell("order_replace_rejected", order)

    def end_group(self, order: Order, status: Status) -> None:
        """End an order and everything that depends on it."""
        for member in [order, *(other for other in order.group if other is not order)]:
            if member.open:
                self.end(member, status)

    def forget(self, order: Order) -> None:
        """Take an order that was replaced out of the working set."""
        self._live[order.symbol].pop(order.id, None)

    # Execution

    def may_execute(self, order: Order) -> bool:
        """Is the session one in which this order works."""
        market = self.markets[order.symbol]
        if self.session is None:
            return order.extended_hours and not market.halted and hours.is_extended(self.now_ns)
        return market.opened and order.time_in_force != "cls"

    def match(
        self, symbol: str, path_from_e4: int | None = None, *, on_trade: bool = False, printed: bool = False
    ) -> None:
        """Execute what the present market executes; each order at most once. `printed`: there was a print just now.

        `path_from_e4` is the price from which the market moved here without a gap; stops and trailing stops look at
        trades only (`on_trade`). Legs that an execution activates are looked at in the same pass.
        """
        if self.bar_fills is not None and not printed:
            return
        live = self._live[symbol]
        tried: set[str] = set()
        while candidates := [order for order in live.values() if order.id not in tried and self._works(order)]:
            for order in candidates:
                tried.add(order.id)
                if order.open:
                    self._try(order, path_from_e4, on_trade)

    def _works(self, order: Order) -> bool:
        works = order.status in _WORKING and order.predecessor is None
        return (works or is_armed(order)) and self.may_execute(order)

    def _try(self, order: Order, path_from_e4: int | None, on_trade: bool) -> None:
        market = self.markets[order.symbol]
        shift_e4 = 0
        if waits_for_trigger(order):
            if not on_trade or not self._trigger(order, market):
                return
            shift_e4 = trigger_shift_e4(order, market, path_from_e4)
        if self.bar_fills is not None:
            price = self.bar_fills.price_e4(order, market.last_e4, path_from_e4)
        else:
            price = execution_price(order, market, shift_e4, continuous=path_from_e4 is not None)
        if price is not None or market.fills_held:
            self._fill_by_script_or(order, market, price)
        order.rested = True
        if order.open and order.time_in_force in ("ioc", "fok", "opg"):
            self.end(order, Status.CANCELED)

    def _trigger(self, order: Order, market: Market) -> bool:
        if order.type == "trailing_stop":
            trail(order, market.last_e4)
        if not is_hit(order, market.last_e4):
            return False
        order.triggered = True
        order.rested = False
        if order.status is Status.HELD:
            for sibling in order.siblings:
                if sibling.open:
                    self.end(sibling, Status.CANCELED)
            self.begin(order)
        return True

    def _fill_by_script_or(self, order: Order, market: Market, price_e4: int | None) -> None:
        scripted = False
        while order.open and (script := market.take_script(order.side)):
            scripted = True
            self._size_by_value(order, script.price_e4)
            quantity = min(order.remaining_e9, script.quantity_e9 or order.remaining_e9)
            if quantity < order.remaining_e9 and order.time_in_force == "fok":
                return
            self._execute_within_position(order, quantity, script.price_e4)
        if not scripted and not market.fills_held and price_e4 is not None:
            self._size_by_value(order, price_e4)
            self._execute_within_position(order, self._portion_e9(order), price_e4)

    def _portion_e9(self, order: Order) -> int:
        """All that is left of an order, or a part of it: whole shares, and never of a fill-or-kill order."""
        shares, fraction = divmod(order.remaining_e9, E9)
        if fraction or order.time_in_force == "fok":
            return order.remaining_e9
        return self.portion(order.symbol, shares) * E9

    def _execute_within_position(self, order: Order, quantity_e9: int, price_e4: int) -> None:
        """Execute, but never turn the position around: what would do so is canceled.

        An order that opened when it was placed can close by now, when an order of the other side came first.
        """
        position = self.account.quantity_e9(order.symbol)
        if position * order.sign < 0 and quantity_e9 > abs(position):
            self.execute(order, abs(position), price_e4)
            self.end_group(order, Status.CANCELED)
        else:
            self.execute(order, quantity_e9, price_e4)

    def _size_by_value(self, order: Order, price_e4: int) -> None:
        if order.notional_e4 is not None and order.filled_e9 == 0:
            order.quantity_e9 = max(1, order.notional_e4 * E9 // price_e4)

    def execute(self, order: Order, quantity_e9: int, price_e4: int) -> None:
        """Book one execution and carry out what follows for the order's group."""
        position = self.account.book(order.symbol, order.sign * quantity_e9, price_e4)
        order.filled_e9 += quantity_e9
        order.filled_notional += price_e4 * quantity_e9
        complete = order.remaining_e9 == 0
        asked = order.status
        if complete or asked not in PENDING:
            order.move(Status.FILLED if complete else Status.PARTIALLY_FILLED, self.now_ns)
        if complete:
            order.filled_ns = self.now_ns
            self.forget(order)
        execution_id = self.identifier("execution")
        fill = Fill(
            id=f"{compact_utc(self.now_ns)}::{execution_id}",
            execution_id=execution_id,
            order_id=order.id,
            symbol=order.symbol,
            side=order.side,
            price_e4=price_e4,
            quantity_e9=quantity_e9,
            cumulative_e9=order.filled_e9,
            leaves_e9=order.remaining_e9,
            at_ns=self.now_ns,
            kind="fill" if complete else "partial_fill",
            position_e9=position,
        )
        self.account.fills.append(fill)
        self.tell(fill.kind, order, fill)
        if asked in PENDING:
            self._overtake(order, asked, quantity_e9)
        self._follow(order, quantity_e9, complete)

    def _overtake(self, order: Order, asked: Status, quantity_e9: int) -> None:
        """An execution came before a cancel or a replacement: it takes its shares from the one that waits."""
        new = order.successor
        if not order.open and asked is Status.PENDING_CANCEL:
            self.tell("order_cancel_rejected", order)
        if new is None:
            return
        if order.open and new.quantity_e9 > quantity_e9:
            new.quantity_e9 -= quantity_e9
            return
        self._refuse_successor(order)
        if order.open:
            order.move(Status.PARTIALLY_FILLED, self.now_ns)

    def _follow(self, order: Order, quantity_e9: int, complete: bool) -> None:
        """After an execution: an entry activates its legs, an exit takes its shares from its sibling."""
        if order.parent is None and order.order_class in ("bracket", "oto"):
            for leg in order.legs if complete else ():
                if leg.open and (leg.role == "take_profit" or order.order_class == "oto"):
                    leg.rested = True
                    self.begin(leg)
            return
        for sibling in order.siblings:
            if not sibling.open:
                continue
            if complete:
                self.end(sibling, Status.CANCELED)
            else:
                sibling.quantity_e9 -= quantity_e9
