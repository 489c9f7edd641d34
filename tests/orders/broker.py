"""Alpaca's rules for the orders of one symbol, small enough to be copied for every step of an exhaustive search.

It never acts by itself: an order fills, a cancel or a replacement is carried out, an order ends only when the search
says so. So a fill can come before a cancel that was accepted, and an answer can be lost after the request was met.
While trading is halted nothing fills, and all that is asked is met as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.types import (
    BrokerAccount,
    BrokerOrder,
    BrokerPosition,
    BrokerStatus,
    Execution,
    OrderType,
    Side,
)
from fluxherod.engine.effects import BrokerEffect, CancelOrder, LookupOrder, ReplaceOrder, SubmitOrder
from fluxherod.engine.events import (
    BrokerSnapshot,
    CancelAnswered,
    Event,
    LookupAnswered,
    OrderReported,
    Refusal,
    ReplaceAnswered,
    SubmitAnswered,
)

S = BrokerStatus
SYMBOL = "SPY"
PRICE_E4 = 4_500_000  # every share trades at this price: the search is about quantities
FIRST_CASH_E4 = 1_000_000_000
WASH = Refusal(403, 40310000, "potential wash trade detected")
HELD = Refusal(403, 40310000, "insufficient qty available for order")


def _state(order: BrokerOrder) -> Refusal:
    return Refusal(422, 42210000, f'order is already in "{order.status}" state')


class Broker:
    """Orders by the broker's id. `mail` is what it has said and nobody has heard yet, oldest first.

    `side` opens the position, the other closes it.
    """

    def __init__(self, side: Side = Side.BUY) -> None:
        self.side = side
        self.halted = False
        self.orders: dict[str, BrokerOrder] = {}
        self.by_client: dict[str, str] = {}
        self.parents: dict[str, str] = {}  # a leg: its entry
        self.successors: dict[str, str] = {}  # an order that is to be replaced: the one that waits
        self.mail: list[Event] = []
        self.position = 0
        self.count = 0
        self.oversold = ""  # the first order that could have closed what was not there

    # --- requests: each is answered, and what it does is told on the stream ----------------------------
    def ask(self, effect: BrokerEffect, now_ns: int) -> Event:
        """Meet a request; what it makes the stream say goes to `mail`, its answer is returned."""
        match effect:
            case SubmitOrder(order):
                return self._submit(order, now_ns)
            case CancelOrder(order_id, broker_id):
                return self._cancel(order_id, broker_id)
            case ReplaceOrder(asked):
                return self._replace(asked, now_ns)
            case LookupOrder(order_id):
                return self._look_up(order_id, now_ns)
        return self.snapshot(now_ns)

    def _submit(self, order: ApprovedOrder, now_ns: int) -> SubmitAnswered:
        known = self.orders.get(self.by_client.get(order.id, ""))
        if known is not None:  # the adapter looks an id up that is taken
            same = (known.symbol, known.side, known.quantity) == (order.symbol, order.side, order.quantity)
            taken = Refusal(422, 40010001, "client_order_id must be unique")
            return SubmitAnswered(order.id, self._with_legs(known)) if same else SubmitAnswered(order.id, None, taken)
        if any(other.side is not order.side for other in self.working()):
            return SubmitAnswered(order.id, None, WASH)
        if order.side is not self.side and order.quantity > self.open - self.closing() and self.open > 0:
            return SubmitAnswered(order.id, None, HELD)
        if order.side is not self.side and self.open <= 0:
            self.oversold = self.oversold or f"{order.id} opens a position of the other side"
        placed = self._book(order.id, order.side, order.order_type, order.quantity, order.stop_price_e4, now_ns)
        placed = self.orders[placed.broker_id] = replace(placed, limit_price_e4=order.limit_price_e4)
        if order.leg_stop_e4 is not None:
            leg = self._book(
                "", order.side.opposite, OrderType.STOP, order.quantity, order.leg_stop_e4, now_ns, status=S.HELD
            )
            self.parents[leg.broker_id] = placed.broker_id
        self._tell("new", placed)
        return SubmitAnswered(order.id, self._with_legs(placed))

    def _cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        order = self.orders[broker_id]
        if order.status.ended or order.status is S.PENDING_REPLACE:
            return CancelAnswered(order_id, False, _state(order))
        if self._waits(order):
            self.end(broker_id, S.CANCELED)
        elif order.status is not S.PENDING_CANCEL:
            self.orders[broker_id] = replace(order, status=S.PENDING_CANCEL)
        return CancelAnswered(order_id, True)

    def _replace(self, asked: ApprovedReplacement, now_ns: int) -> ReplaceAnswered:
        known = self.orders.get(self.by_client.get(asked.id, ""))
        if known is not None:
            return ReplaceAnswered(asked.replaces_id, asked.id, known)
        old = self.orders[asked.replaces_broker_id]
        if old.status is not S.WORKING or old.broker_id in self.parents:
            return ReplaceAnswered(asked.replaces_id, asked.id, None, _state(old))
        left = asked.quantity - old.filled_quantity
        new = self._book(asked.id, old.side, OrderType.STOP, left, asked.stop_price_e4, now_ns, old, S.ACCEPTED)
        self.orders[old.broker_id] = replace(old, status=S.PENDING_REPLACE)
        self.successors[old.broker_id] = new.broker_id
        return ReplaceAnswered(asked.replaces_id, asked.id, new)

    def _look_up(self, order_id: str, now_ns: int) -> LookupAnswered:
        order = self.orders.get(self.by_client.get(order_id, ""))
        found = None if order is None else self._with_legs(order)
        return LookupAnswered(order_id, order is not None, found, asked_ns=now_ns)

    def _book(
        self,
        client_id: str,
        side: Side,
        kind: OrderType,
        quantity: int,
        stop_e4: int | None,
        now_ns: int,
        replaces: BrokerOrder | None = None,
        status: BrokerStatus = S.WORKING,
    ) -> BrokerOrder:
        self.count += 1
        broker_id = f"b{self.count}"
        client_id = client_id or f"broker-{self.count}"
        old = replaces.broker_id if replaces is not None else None
        order = BrokerOrder(
            broker_id, client_id, SYMBOL, side, kind, status, quantity, 0, 0, None, stop_e4, now_ns, now_ns, None, old
        )
        self.orders[broker_id] = order
        self.by_client[client_id] = broker_id
        return order

    # --- what happens at the exchange -------------------------------------------------------------------
    def fillable(self) -> Iterator[BrokerOrder]:
        """Orders that may trade now."""
        return iter(()) if self.halted else self.trading()

    def trading(self) -> Iterator[BrokerOrder]:
        """Orders that trade unless all is halted; one that waits to replace another, and a held leg, don't."""
        waiting = self.successors.values()
        return (o for o in self.working() if o.broker_id not in waiting)

    def fill(self, broker_id: str, quantity: int) -> None:
        """Trade shares of an order; a cancel or a replacement that waits for it comes too late when it is complete."""
        order = self.orders[broker_id]
        filled = order.filled_quantity + quantity
        complete = filled == order.quantity
        status = S.FILLED if complete else order.status
        order = replace(order, status=status, filled_quantity=filled, filled_value_e4=filled * PRICE_E4)
        self.position += order.side.sign * quantity
        self.count += 1
        execution = Execution(f"x{self.count}", broker_id, SYMBOL, order.side, quantity, PRICE_E4, filled, 0)
        self.orders[broker_id] = order
        self._tell("fill" if complete else "partial_fill", order, execution)
        new = self.orders.get(self.successors.get(broker_id, ""))
        if new is not None and complete:
            del self.successors[broker_id]
            self._set(replace(new, status=S.REJECTED), "rejected")
        elif new is not None:
            self.orders[new.broker_id] = replace(new, quantity=new.quantity - quantity)
        for leg in self._legs(broker_id) if complete else ():
            self._set(replace(leg, status=S.WORKING), "new")

    def carry_out(self, broker_id: str) -> None:
        """Do what an order waits for: its cancel, or its replacement."""
        order = self.orders[broker_id]
        if order.status is S.PENDING_CANCEL:
            self.end(broker_id, S.CANCELED)
            return
        new = self.orders[self.successors.pop(broker_id)]
        self.orders[new.broker_id] = replace(new, status=S.WORKING)
        self._set(replace(order, status=S.REPLACED, replaced_by=new.broker_id), "replaced")

    def end(self, broker_id: str, status: BrokerStatus) -> None:
        """End an order, and the rest of its group."""
        self._set(replace(self.orders[broker_id], status=status), str(status))
        for leg in self._legs(broker_id):
            self._set(replace(leg, status=S.CANCELED), "canceled")
        entry = self.orders.get(self.parents.get(broker_id, ""))
        if entry is not None and not entry.status.ended:
            self.end(entry.broker_id, S.CANCELED)

    def _set(self, order: BrokerOrder, word: str) -> None:
        self.orders[order.broker_id] = order
        self._tell(word, order)

    def _tell(self, word: str, order: BrokerOrder, execution: Execution | None = None) -> None:
        self.mail.append(OrderReported(word, order, execution))

    # --- looking -----------------------------------------------------------------------------------------
    def working(self) -> list[BrokerOrder]:
        """Orders that are open; a held leg is not, nor one whose entry works."""
        return [o for o in self.orders.values() if not o.status.ended and not self._waits(o)]

    def _waits(self, order: BrokerOrder) -> bool:
        """True for the leg of an entry that is not filled, whatever was asked of it."""
        entry = self.orders.get(self.parents.get(order.broker_id, ""))
        return entry is not None and entry.status is not S.FILLED

    @property
    def open(self) -> int:
        """Shares that are open, bought or sold short; negative when more were closed than opened."""
        return self.position * self.side.sign

    def closing(self) -> int:
        """Shares that orders of this moment may still close."""
        return sum(order.quantity - order.filled_quantity for order in self.trading() if order.side is not self.side)

    def opened(self) -> int:
        """Shares that were opened."""
        return sum(order.filled_quantity for order in self.orders.values() if order.side is self.side)

    def opening(self) -> int:
        """Shares that were opened, and that orders of this moment may still open."""
        entries = (order for order in self.orders.values() if order.side is self.side)
        return sum(order.filled_quantity if order.status.ended else order.quantity for order in entries)

    def _legs(self, broker_id: str) -> list[BrokerOrder]:
        return [
            self.orders[leg]
            for leg, entry in self.parents.items()
            if entry == broker_id and not self.orders[leg].status.ended
        ]

    def _with_legs(self, order: BrokerOrder) -> BrokerOrder:
        legs = tuple(self.orders[leg] for leg, entry in self.parents.items() if entry == order.broker_id)
        return replace(order, legs=legs) if legs else order

    @property
    def cash_e4(self) -> int:
        """Cash after every fill."""
        return FIRST_CASH_E4 - self.position * PRICE_E4

    def snapshot(self, now_ns: int) -> BrokerSnapshot:
        """Account, position and every order, legs inside their entries."""
        cash = self.cash_e4
        account = BrokerAccount("scope", cash, FIRST_CASH_E4, FIRST_CASH_E4, 2 * FIRST_CASH_E4, 2, True, False)
        positions = (BrokerPosition(SYMBOL, self.position, PRICE_E4),) if self.position else ()
        orders = tuple(self._with_legs(o) for o in self.orders.values() if o.broker_id not in self.parents)
        return BrokerSnapshot(now_ns, account, positions, orders)
