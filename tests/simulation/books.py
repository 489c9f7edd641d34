"""Our books made anew from what the journal says of orders: cash and positions are the sum of the fills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.engine.effects import Effect, OrderUpdated
from fluxherod.engine.engine import Engine

BASIS_POINTS = 10_000


class Books:
    """Lost with a process, and made again from what was durable."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.position: Counter[str] = Counter()
        self.flow_e4 = 0
        self.base_e4: int | None = None

    def take(self, effect: Effect) -> None:
        """One more effect, in order."""
        if not isinstance(effect, OrderUpdated):
            return
        order = effect.order
        before = self.orders.get(order.id)
        self.orders[order.id] = order
        shares = order.filled_quantity - (before.filled_quantity if before else 0)
        value_e4 = order.filled_value_e4 - (before.filled_value_e4 if before else 0)
        if order.role is not OrderRole.FOREIGN_STOP:
            self.position[order.symbol] += shares * order.side.sign
        self.flow_e4 -= value_e4 * order.side.sign

    def off(self, engine: Engine, symbols: Collection[str]) -> Iterator[tuple[str, int, int]]:
        """Symbols whose position is not the sum of the fills: what the ledger has, and the sum."""
        for symbol in symbols:
            position = engine.ledger.positions.get(symbol)
            held = position.quantity if position is not None else 0
            if held != self.position[symbol]:
                yield symbol, held, self.position[symbol]

    def adopt(self, engine: Engine, symbol: str) -> None:
        """Take the ledger's position: something else than a fill changed it."""
        position = engine.ledger.positions.get(symbol)
        self.position[symbol] = position.quantity if position is not None else 0

    def adopt_cash(self, engine: Engine) -> None:
        """Take the ledger's cash."""
        cash_e4 = engine.ledger.cash_e4
        self.base_e4 = None if cash_e4 is None else cash_e4 - self.flow_e4

    def cash_off_e4(self, engine: Engine) -> int:
        """What the ledger's cash has more than the fills come to; 0 while either is not known."""
        if engine.ledger.cash_e4 is None or self.base_e4 is None:
            return 0
        return engine.ledger.cash_e4 - self.base_e4 - self.flow_e4

    def exposure_e4(self, engine: Engine) -> int:
        """What is held, and all that entries may still fill, those of unknown outcome too."""
        ledger, working_e4 = engine.ledger, 0
        for order in self._entries():
            plan = engine.desk.plans.get(order.id)
            price_e4 = order.limit_price_e4 or (plan.price_e4 if plan is not None else 0)
            working_e4 += (order.quantity - order.filled_quantity) * price_e4
        held_e4 = sum(abs(one.quantity * one.price_e4) for one in ledger.positions.values())
        foreign_e4 = sum(abs(quantity * price_e4) for quantity, price_e4 in ledger.foreign.values())
        return working_e4 + held_e4 + foreign_e4

    def _entries(self) -> Iterator[Order]:
        """Entries that have been sent and have not ended."""
        live = (order for order in self.orders.values() if not order.state.ended)
        return (order for order in live if order.role is OrderRole.ENTRY and order.state is not OrderState.NEW)


def limit_e4(engine: Engine) -> int:
    """The most that may be exposed now."""
    return engine.settings.limits.max_exposure_bp * (engine.ledger.equity_e4 or 0) // BASIS_POINTS
