"""A tiny exchange in memory: takes the engine's effects, answers with events, and can misbehave on demand.

Alpaca's rules that matter to the desk hold here: an id is taken once, an opposite order beside a working one is a
wash trade, shares that an order holds can't be sold twice, a leg is held until its entry is filled and can't be
replaced, and cancelling one order of a group cancels the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
from fluxherod.engine.effects import CancelOrder, Effect, LookupOrder, ReplaceOrder, RequestSnapshot, SubmitOrder
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
WASH = Refusal(403, 40310000, "potential wash trade detected")
HELD = Refusal(403, 40310000, "insufficient qty available for order")


@dataclass
class Exchange:
    """`outbox` holds what the engine will hear next; `lose` names kinds of answers that never come, once each."""

    cash_e4: int = 100_000 * 10_000
    last_equity_e4: int = 100_000 * 10_000  # at the close before
    open: bool = True
    orders: dict[str, BrokerOrder] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    position: dict[str, int] = field(default_factory=dict)
    price_e4: dict[str, int] = field(default_factory=dict)
    outbox: list[Event] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)  # "submit" arrives without answer, "request" never arrives, ...
    auto_fill: bool = True
    refuse: list[Refusal] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    count: int = 0
    now_ns: int = 0

    # --- what the engine asks for ------------------------------------------------------------------
    def carry_out(self, effects: list[Effect], now_ns: int) -> None:
        self.now_ns = now_ns
        for effect in effects:
            match effect:
                case SubmitOrder(order):
                    self.outbox.append(self._submitted(order, now_ns))
                    self._match_new()
                case CancelOrder(order_id, broker_id):
                    self._cancel(order_id, broker_id)
                case ReplaceOrder(replacement):
                    self._replace(replacement, now_ns)
                case LookupOrder(order_id):
                    self._lookup(order_id)
                case RequestSnapshot() if not self._lost("snapshot"):
                    self.outbox.append(self.snapshot(now_ns))

    def _lost(self, kind: str) -> bool:
        if kind in self.lose:
            self.lose.remove(kind)
            return True
        return False

    def _submitted(self, order: ApprovedOrder, now_ns: int) -> Event:
        if self._lost("request"):
            return SubmitAnswered(order.id, detail="timed out")
        refusal = self._refusal(order)
        if refusal is None:
            self._accept(order, now_ns)
        if self._lost("submit"):
            return SubmitAnswered(order.id, detail="timed out")
        if refusal is not None:
            return SubmitAnswered(order.id, refusal=refusal)
        return SubmitAnswered(order.id, self.report(self.by_id(order.id)))

    def _refusal(self, order: ApprovedOrder) -> Refusal | None:
        if self.refuse:
            return self.refuse.pop(0)
        if self.by_id(order.id) is not None:
            return Refusal(422, 40010001, "client_order_id must be unique")
        if any(other.side is not order.side for other in self.working(order.symbol)):
            return WASH
        held = self.position.get(order.symbol, 0)
        if held * order.side.sign < 0:
            taken = sum(other.quantity - other.filled_quantity for other in self.working(order.symbol))
            if order.quantity > abs(held) - taken:
                return HELD
        return None

    def _accept(self, order: ApprovedOrder, now_ns: int) -> None:
        self.submitted.append(order.id)
        entry = BrokerOrder(
            self._next_id(),
            order.id,
            order.symbol,
            order.side,
            order.order_type,
            S.ACCEPTED,
            order.quantity,
            0,
            0,
            order.limit_price_e4,
            order.stop_price_e4,
            now_ns,
            now_ns,
            time_in_force=order.time_in_force,
        )
        self.orders[entry.broker_id] = entry
        if order.leg_stop_e4 is not None:
            leg = BrokerOrder(
                self._next_id(),
                f"broker-{self.count}",
                order.symbol,
                order.side.opposite,
                OrderType.STOP,
                S.HELD,
                order.quantity,
                0,
                0,
                None,
                order.leg_stop_e4,
                now_ns,
                now_ns,
                time_in_force=order.time_in_force,
            )
            self.orders[leg.broker_id] = leg
            self.parents[leg.broker_id] = entry.broker_id

    def _cancel(self, order_id: str, broker_id: str) -> None:
        if self._lost("request"):
            self.outbox.append(CancelAnswered(order_id, False, detail="timed out"))
            return
        order = self.orders[broker_id]
        if order.status.ended:
            refusal = Refusal(422, 42210000, f'order is already in "{order.status}" state')
            self.outbox.append(CancelAnswered(order_id, False, refusal))
            return
        self.outbox.append(CancelAnswered(order_id, True))
        self.end(broker_id, S.CANCELED)

    def end(self, broker_id: str, status: BrokerStatus, tell: bool = True) -> None:
        """End an order of whatever reason, and the legs that wait for it."""
        self._set(replace(self.orders[broker_id], status=status), str(status), tell)
        for leg_id, parent_id in self.parents.items():
            if parent_id == broker_id and not self.orders[leg_id].status.ended:
                self._set(replace(self.orders[leg_id], status=S.CANCELED), "canceled", tell)

    def _replace(self, asked: ApprovedReplacement, now_ns: int) -> None:
        if self._lost("request"):
            self.outbox.append(ReplaceAnswered(asked.replaces_id, asked.id, detail="timed out"))
            return
        old = self.orders[asked.replaces_broker_id]
        if old.status.ended or asked.replaces_broker_id in self.parents:
            refusal = Refusal(422, 42210000, f"order is {old.status}")
            self.outbox.append(ReplaceAnswered(asked.replaces_id, asked.id, None, refusal))
            return
        new = replace(
            old,
            broker_id=self._next_id(),
            client_order_id=asked.id,
            stop_price_e4=asked.stop_price_e4,
            replaces=old.broker_id,
            submitted_ns=now_ns,
        )
        self.orders[new.broker_id] = new
        self.submitted.append(asked.id)
        lost = self._lost("submit")
        self.outbox.append(ReplaceAnswered(asked.replaces_id, asked.id, None if lost else new))
        self._set(replace(old, status=S.REPLACED, replaced_by=new.broker_id), "replaced")

    def _lookup(self, order_id: str) -> None:
        order = self.by_id(order_id)
        if self._lost("lookup"):
            self.outbox.append(LookupAnswered(order_id, False, detail="timed out"))
        elif order is None:
            self.outbox.append(LookupAnswered(order_id, False))
        else:
            self.outbox.append(LookupAnswered(order_id, True, self.report(order)))

    # --- what happens at the exchange -----------------------------------------------------------------
    def trade(self, symbol: str, price_e4: int) -> None:
        """A price is traded: parked market orders fill, stops trigger, limits fill when they are touched."""
        self.price_e4[symbol] = price_e4
        self._match_new()

    def _match_new(self) -> None:
        if not (self.open and self.auto_fill):
            return
        for order in list(self.orders.values()):
            price_e4 = self.price_e4.get(order.symbol)
            if price_e4 is not None and order.status in (S.ACCEPTED, S.WORKING) and self._marketable(order, price_e4):
                self.fill(order.broker_id, order.quantity - order.filled_quantity, price_e4)

    def _marketable(self, order: BrokerOrder, price_e4: int) -> bool:
        sign = order.side.sign
        if order.order_type is OrderType.LIMIT:
            return (order.limit_price_e4 - price_e4) * sign >= 0
        return order.order_type is OrderType.MARKET or (price_e4 - order.stop_price_e4) * sign >= 0

    def fill(self, broker_id: str, quantity: int, price_e4: int, tell: bool = True) -> None:
        """Fill shares of an order."""
        order = self.orders[broker_id]
        filled = order.filled_quantity + quantity
        assert not order.status.ended
        assert filled <= order.quantity, "the exchange fills what was ordered"
        value = order.filled_value_e4 + quantity * price_e4
        status = S.FILLED if filled == order.quantity else S.WORKING
        order = replace(order, filled_quantity=filled, filled_value_e4=value, status=status)
        self.cash_e4 -= order.side.sign * quantity * price_e4
        self.position[order.symbol] = self.position.get(order.symbol, 0) + order.side.sign * quantity
        self.count += 1
        execution = Execution(
            f"x{self.count}", broker_id, order.symbol, order.side, quantity, price_e4, filled, self.now_ns,
            self.position[order.symbol],
        )  # fmt: skip
        self._set(order, "fill" if status is S.FILLED else "partial_fill", tell, execution)
        for leg_id, parent_id in self.parents.items():
            if parent_id == broker_id and status is S.FILLED and self.orders[leg_id].status is S.HELD:
                self._set(replace(self.orders[leg_id], status=S.WORKING), "new", tell)

    def _set(self, order: BrokerOrder, word: str, tell: bool = True, execution: Execution | None = None) -> None:
        self.orders[order.broker_id] = order
        if tell and not self._lost("report"):
            self.outbox.append(OrderReported(word, order, execution))

    # --- looking ------------------------------------------------------------------------------------
    def _next_id(self) -> str:
        self.count += 1
        return f"b{self.count}"

    def by_id(self, order_id: str) -> BrokerOrder | None:
        return next((order for order in self.orders.values() if order.client_order_id == order_id), None)

    def working(self, symbol: str) -> list[BrokerOrder]:
        """Orders that hold shares or could trade; a held leg does neither."""
        return [o for o in self.orders.values() if o.symbol == symbol and not o.status.ended and o.status is not S.HELD]

    def stops(self, symbol: str) -> list[BrokerOrder]:
        return [order for order in self.working(symbol) if order.order_type is OrderType.STOP]

    def report(self, order: BrokerOrder) -> BrokerOrder:
        legs = tuple(self.orders[leg] for leg, parent in self.parents.items() if parent == order.broker_id)
        return replace(order, legs=legs)

    def snapshot(self, now_ns: int) -> BrokerSnapshot:
        worth = sum(quantity * self.price_e4.get(symbol, 0) for symbol, quantity in self.position.items())
        equity_e4 = self.cash_e4 + worth
        account = BrokerAccount("sim", self.cash_e4, equity_e4, self.last_equity_e4, 2 * 10**9, 2, True, False)
        priced = ((s, q, self.price_e4.get(s, 0)) for s, q in self.position.items() if q)
        positions = tuple(BrokerPosition(s, q, price_e4, price_e4) for s, q, price_e4 in priced)
        nested = tuple(self.report(o) for o in self.orders.values() if o.broker_id not in self.parents)
        return BrokerSnapshot(now_ns, account, positions, nested)


def sold(exchange: Exchange, symbol: str) -> int:
    """Shares that were sold of a symbol."""
    return sum(o.filled_quantity for o in exchange.orders.values() if o.symbol == symbol and o.side is Side.SELL)
