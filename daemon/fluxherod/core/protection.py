"""What must happen next so that every open share is guarded, or sold when it should be.

`plan` looks at what is, never at what happened: the same position and orders always give the same
next action, so lost, repeated and reordered messages end in the same place. One action at a time;
the next one is planned when the broker has confirmed this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.types import Side


@dataclass(frozen=True, slots=True)
class PlaceStop:
    """Place a simple GTC stop for all shares."""

    quantity: int
    price_e4: int


@dataclass(frozen=True, slots=True)
class MoveStop:
    """Replace the working simple stop by one at a better price."""

    order: Order
    price_e4: int


@dataclass(frozen=True, slots=True)
class PlaceExit:
    """Sell (or cover) shares at the market."""

    quantity: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel an order and wait for its end."""

    order: Order


@dataclass(frozen=True, slots=True)
class FindLeg:
    """Ask the broker for the entry: its stop leg is not known yet."""

    entry: Order


Action = PlaceStop | MoveStop | PlaceExit | Cancel | FindLeg


def plan(position: Position | None, orders: Sequence[Order], most: int | None = None) -> Action | None:
    """The next action for one symbol, or None when all is well or an answer is awaited.

    Args:
        position: our position, None when flat.
        orders: the symbol's orders that have not ended, and the entry of the position.
        most: the shares of it that the broker has by its newest word; None when it has not said that some are missing.
    """
    stops = [order for order in orders if order.role is OrderRole.STOP and not order.state.ended]
    exits = [order for order in orders if order.role is OrderRole.EXIT and not order.state.ended]
    entries = [order for order in orders if order.role is OrderRole.ENTRY and not order.state.ended]
    unsettled = [order for order in orders if not order.settled and not order.state.ended]
    if position is not None and position.exit_reason and not stops:
        # Nobody knows whether it works: if it does, the sale is refused and tried again. A minute is too long to wait.
        entries = [order for order in entries if order.state is not OrderState.UNKNOWN]
        unsettled = [order for order in unsettled if order.role is not OrderRole.ENTRY or order in entries]
    if unsettled:
        return None
    if position is None:
        return _flat(stops, exits, entries)
    if most is not None and most < abs(position.quantity):
        return _doubtful(position, stops, exits, entries, orders, most)
    if position.exit_reason:
        return _leave(position, stops, exits, entries, orders)
    if entries or any(order.role is OrderRole.ENTRY and order.waits for order in orders):
        return None  # a stop would stand in the way of the rest of the entry: the daemon watches these shares
    return _guard(position, stops, exits, orders)


def _flat(stops: Sequence[Order], exits: Sequence[Order], entries: Sequence[Order]) -> Action | None:
    """Nothing is open: whatever could still sell goes, but for the held leg of an entry that works."""
    working = {entry.id for entry in entries}
    leftover = [order for order in (*exits, *stops) if order.parent_id not in working]
    return Cancel(leftover[0]) if leftover else None


def _doubtful(
    position: Position,
    stops: Sequence[Order],
    exits: Sequence[Order],
    entries: Sequence[Order],
    orders: Sequence[Order],
    most: int,
) -> Action | None:
    """The broker has fewer shares than we: nothing goes out for more than those, and no stop of theirs is touched."""
    if most == 0:
        return None
    left = replace(position, quantity=most if position.quantity > 0 else -most)
    if position.exit_reason:
        return _leave(left, stops, exits, entries, orders)
    return None if entries or stops else _guard(left, stops, exits, orders)


def _leave(
    position: Position,
    stops: Sequence[Order],
    exits: Sequence[Order],
    entries: Sequence[Order],
    orders: Sequence[Order],
) -> Action | None:
    """The position is to be closed: no entry may add to it, no stop may hold its shares, then sell the rest."""
    if entries:
        return Cancel(entries[0])
    if exits:
        return None
    if stops:
        return Cancel(stops[0])
    entry = _entry_without_leg(position, orders)
    if entry is not None:
        return FindLeg(entry)  # it holds the shares: a sale beside it would be refused
    return PlaceExit(min(position.exit_quantity or abs(position.quantity), abs(position.quantity)))


def _guard(
    position: Position, stops: Sequence[Order], exits: Sequence[Order], orders: Sequence[Order]
) -> Action | None:
    """Exactly one stop, for all shares, at the position's stop price."""
    if exits:
        return Cancel(exits[0])
    if position.stop_e4 is None:
        return Cancel(stops[0]) if stops else None
    if not stops:
        entry = _entry_without_leg(position, orders)
        return FindLeg(entry) if entry is not None else PlaceStop(abs(position.quantity), position.stop_e4)
    stop = stops[0]
    if len(stops) > 1:
        return Cancel(stops[1])
    if stop.quantity - stop.filled_quantity != abs(position.quantity):
        return Cancel(stop)
    if stop.stop_price_e4 is None or not _better(position, stop.stop_price_e4):
        return None
    if stop.parent_id is not None or stop.state is not OrderState.PENDING:
        return Cancel(stop)  # an OTO leg can't be replaced, nor can a stop that is already filling
    return MoveStop(stop, position.stop_e4)


def _better(position: Position, working_e4: int) -> bool:
    """True when the position's stop is nearer to the market than the working one."""
    stop = position.stop_e4
    if stop is None:
        return False
    return stop > working_e4 if position.quantity > 0 else stop < working_e4


def _entry_without_leg(position: Position, orders: Sequence[Order]) -> Order | None:
    """The completely filled entry whose stop leg the broker has but we have not seen."""
    known = {order.parent_id for order in orders if order.parent_id is not None}
    chain = next((order.entry_id for order in orders if order.id == position.trade_id), position.trade_id)
    for order in orders:
        if (
            order.entry_id == chain
            and order.role is OrderRole.ENTRY
            and order.state is OrderState.FILLED
            and order.leg_stop_e4 is not None
            and order.id not in known
        ):
            return order
    return None


def plan_foreign(wanted: int, side: Side, price_e4: int, stops: Sequence[Order]) -> PlaceStop | Cancel | None:
    """The next action for shares that are not ours and are guarded by us: one stop, for exactly those wanted.

    Args:
        wanted: shares to guard, 0 when none are left or others guard them.
        side: the side that closes them.
        price_e4: where the stop stands.
        stops: our stops for them that have not ended.
    """
    if any(not stop.settled for stop in stops):
        return None
    wrong = [stop for stop in stops if stop.side is not side or stop.quantity - stop.filled_quantity != wanted]
    if wrong or len(stops) > 1:
        return Cancel((*wrong, *stops)[0])
    return PlaceStop(wanted, price_e4) if wanted > 0 and not stops else None


def closing_side(position: Position) -> Side:
    """The side that closes a position."""
    return Side.SELL if position.quantity > 0 else Side.BUY
