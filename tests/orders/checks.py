"""What must hold in every state of a search, and what must hold once all is at rest. Faults are told in words."""

from __future__ import annotations

from collections.abc import Iterator

from orders.broker import FIRST_CASH_E4, SYMBOL, Broker

from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.types import BrokerOrder, OrderType, Side
from fluxherod.engine.effects import Effect, SubmitOrder
from fluxherod.engine.engine import Engine

OPENED = {Side.BUY: "bought", Side.SELL: "sold short"}


def faults(engine: Engine, broker: Broker, wanted: int, entries_wanted: int) -> Iterator[str]:
    """What is wrong now, in words."""
    desk = engine.desk
    if broker.oversold:
        yield broker.oversold
    if broker.open < 0:
        yield f"the position is {broker.position}: shares were closed twice"
    if broker.closing() > max(0, broker.open):
        yield f"orders may close {broker.closing()} of {broker.open} shares"
    entries = {order.entry_id for order in desk.orders.values() if order.role is OrderRole.ENTRY}
    if len(entries) > entries_wanted:
        yield f"{len(entries)} entries for {entries_wanted} decisions"
    if broker.opened() > wanted:
        yield f"{broker.opened()} shares {OPENED[broker.side]}, {wanted} wanted"
    if broker.opening() > wanted:
        yield f"{broker.opening()} shares {OPENED[broker.side]} or to be {OPENED[broker.side]}, {wanted} wanted"
    for order in desk.orders.values():
        if order.filled_quantity > order.quantity:
            yield f"{order.id} filled {order.filled_quantity} of {order.quantity}"
        theirs = broker.orders.get(order.broker_id)
        if theirs is not None and order.filled_quantity > theirs.filled_quantity:
            yield f"{order.id} filled {order.filled_quantity}, at the broker {theirs.filled_quantity}"
    yield from _books(engine)
    yield from _entering_in_halt(engine)
    if engine.over:
        yield from _left(broker)


def _left(broker: Broker) -> Iterator[str]:
    """A process that ends in good order leaves every share behind a stop, and no order that could fill in part."""
    working = list(broker.trading())
    guarded = sum(o.quantity - o.filled_quantity for o in working if o.order_type is OrderType.STOP)
    if guarded != broker.open or any(order.order_type is OrderType.LIMIT for order in working):
        yield f"the process ends with {broker.position} shares, and at the broker works {shown(working)}"


def _entering_in_halt(engine: Engine) -> Iterator[str]:
    """Once the daemon knows that nothing trades, each entry that it knows of is being canceled, or soon will be."""
    desk = engine.desk
    if desk.halts.why(SYMBOL) and SYMBOL not in desk.holds:
        entries = (order for order in desk.live() if order.role is OrderRole.ENTRY and order.settled)
        yield from (f"{order.id} works on in a halt" for order in entries)


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
    if position is not None and position.exit_reason:
        yield f"to be closed ({position.exit_reason}), and {held} shares are held"
    if held and engine.safety.state.kill_switch.flatten:
        yield f"flattened, and {held} shares are held"
    yield from _unguarded(position, broker)
    pending = [order for order in engine.desk.live() if order.state is not OrderState.PENDING]
    if pending and (position is None or any(not order.settled for order in pending)):
        yield f"not settled: {[(order.id, str(order.state)) for order in pending]}"


def _unguarded(position: Position | None, broker: Broker) -> Iterator[str]:
    """Exactly one stop works, for all shares and at their price; nothing does where none are open."""
    working = broker.working()
    if position is None:
        if working:
            yield f"flat, and at the broker works {shown(working)}"
        return
    stops = [o for o in working if o.order_type is OrderType.STOP]
    guarded = [(o.quantity - o.filled_quantity, o.stop_price_e4) for o in stops]
    if guarded != [(abs(position.quantity), position.stop_e4)] or len(working) != 1:
        yield f"{position.quantity} shares with a stop of {position.stop_e4}, and at the broker works {shown(working)}"


def unsettled_in_halt(engine: Engine, broker: Broker) -> Iterator[str]:
    """What is wrong at rest while nothing trades: an entry that works, shares without their stop and no exit.

    An exit that went out before the halt was known, or because an operator wanted it, waits at the broker.
    """
    working = broker.working()
    if any(order.side is broker.side for order in working):
        yield f"halted, and at the broker works {shown(working)}"
    if not any(order.side is not broker.side and order.order_type is OrderType.MARKET for order in working):
        yield from (f"halted, {fault}" for fault in _unguarded(engine.ledger.positions.get(SYMBOL), broker))


def sent_in_halt(engine: Engine, effect: Effect) -> str:
    """What is wrong with a request that leaves while the daemon knows that nothing trades; "" for nothing.

    One that is sent again under its id may be there already.
    """
    halts, position = engine.desk.halts, engine.ledger.positions.get(SYMBOL)
    order = engine.desk.orders.get(effect.order.id) if isinstance(effect, SubmitOrder) else None
    if order is None or order.looks or not halts.why(SYMBOL):
        return ""
    waits = order.role is OrderRole.EXIT and position is not None and halts.holds(position)
    return f"{order.role} {order.id} goes out in a halt" if waits or order.role is OrderRole.ENTRY else ""


def shown(orders: list[BrokerOrder]) -> str:
    """Orders in words."""
    return ", ".join(
        f"{o.broker_id} {o.side} {o.filled_quantity}/{o.quantity} {o.order_type} {o.status}" for o in orders
    )
