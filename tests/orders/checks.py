"""What must hold in every state of a search, and what must hold once all is at rest. Faults are told in words."""

from __future__ import annotations

from collections.abc import Iterator

from orders.broker import FIRST_CASH_E4, SYMBOL, Broker

from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import BrokerOrder, OrderType, Side
from fluxherod.engine.engine import Engine


def faults(engine: Engine, broker: Broker, wanted: int, entries_wanted: int) -> Iterator[str]:
    """What is wrong now, in words."""
    desk = engine.desk
    if broker.oversold:
        yield broker.oversold
    if broker.position < 0:
        yield f"the position is {broker.position}: shares were sold twice"
    if broker.selling() > max(0, broker.position):
        yield f"orders may sell {broker.selling()} of {broker.position} shares"
    entries = {order.entry_id for order in desk.orders.values() if order.role is OrderRole.ENTRY}
    if len(entries) > entries_wanted:
        yield f"{len(entries)} entries for {entries_wanted} decisions"
    bought = sum(order.filled_quantity for order in broker.orders.values() if order.side is Side.BUY)
    if bought > wanted:
        yield f"{bought} shares bought, {wanted} wanted"
    if broker.buying() > wanted:
        yield f"{broker.buying()} shares bought or to be bought, {wanted} wanted"
    for order in desk.orders.values():
        if order.filled_quantity > order.quantity:
            yield f"{order.id} filled {order.filled_quantity} of {order.quantity}"
        theirs = broker.orders.get(order.broker_id)
        if theirs is not None and order.filled_quantity > theirs.filled_quantity:
            yield f"{order.id} filled {order.filled_quantity}, at the broker {theirs.filled_quantity}"
    yield from _books(engine)
    if engine.over:
        yield from _left(broker)


def _left(broker: Broker) -> Iterator[str]:
    """A process that ends in good order leaves every share behind a stop, and no order that could fill in part."""
    working = list(broker.fillable())
    guarded = sum(o.quantity - o.filled_quantity for o in working if o.order_type is OrderType.STOP)
    if guarded != broker.position or any(order.order_type is OrderType.LIMIT for order in working):
        yield f"the process ends with {broker.position} shares, and at the broker works {shown(working)}"


def _books(engine: Engine) -> Iterator[str]:
    """Cash and positions are the sums of the fills that were booked."""
    orders = engine.desk.orders.values()
    held = sum(order.side.sign * order.filled_quantity for order in orders)
    position = engine.ledger.positions.get(SYMBOL)
    if held != (position.quantity if position is not None else 0):
        yield f"fills of {held} shares, a position of {position.quantity if position else 0}"
    spent = sum(order.side.sign * order.filled_value_e4 for order in orders)
    cash_e4 = engine.ledger.cash_e4
    if cash_e4 is not None and cash_e4 + spent != FIRST_CASH_E4:
        yield f"cash {cash_e4} and {spent} spent"


def unsettled(engine: Engine, broker: Broker) -> Iterator[str]:
    """What is wrong at rest: shares without their stop, orders that work for nothing, books that differ."""
    position = engine.ledger.positions.get(SYMBOL)
    held = position.quantity if position is not None else 0
    if held != broker.position:
        yield f"our position is {held}, theirs {broker.position}"
    if engine.ledger.cash_e4 != broker.cash_e4:
        yield f"our cash is {engine.ledger.cash_e4}, theirs {broker.cash_e4}"
    if engine.reconciler.differences:
        yield f"differences remain: {engine.reconciler.differences}"
    if held and engine.safety.state.kill_switch.flatten:
        yield f"flattened, and {held} shares are held"
    working = broker.working()
    if position is None:
        if working:
            yield f"flat, and at the broker works {shown(working)}"
    else:
        stops = [o for o in working if o.order_type is OrderType.STOP]
        guarded = [(o.quantity - o.filled_quantity, o.stop_price_e4) for o in stops]
        if guarded != [(held, position.stop_e4)] or len(working) != 1:
            yield f"{held} shares with a stop of {position.stop_e4}, and at the broker works {shown(working)}"
    pending = [order for order in engine.desk.live() if order.state is not OrderState.PENDING]
    if pending and (position is None or any(not order.settled for order in pending)):
        yield f"not settled: {[(order.id, str(order.state)) for order in pending]}"


def shown(orders: list[BrokerOrder]) -> str:
    """Orders in words."""
    return ", ".join(
        f"{o.broker_id} {o.side} {o.filled_quantity}/{o.quantity} {o.order_type} {o.status}" for o in orders
    )
