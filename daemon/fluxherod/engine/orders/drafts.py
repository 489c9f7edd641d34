"""Orders as the desk writes them down: those that reduce a position, and the legs that the broker makes."""

from __future__ import annotations

from dataclasses import replace

from fluxherod.core.orders import Order, OrderRole, OrderState, Sequel
from fluxherod.core.portfolio import Position
from fluxherod.core.protection import closing_side
from fluxherod.core.types import BrokerOrder, OrderType, Side, TimeInForce


def reduction(
    order_id: str, position: Position, role: OrderRole, quantity: int, now_ns: int, stop_e4: int | None, reason: str
) -> Order:
    """A new order that reduces a position: a simple GTC stop, or without a stop price a market order."""
    return Order(
        id=order_id,
        symbol=position.symbol,
        side=closing_side(position),
        order_type=OrderType.MARKET if stop_e4 is None else OrderType.STOP,
        time_in_force=TimeInForce.DAY if stop_e4 is None else TimeInForce.GTC,
        role=role,
        quantity=quantity,
        state=OrderState.NEW,
        created_ns=now_ns,
        updated_ns=now_ns,
        stop_price_e4=stop_e4,
        signal_id=position.signal_id,
        reason=reason,
    )


def successor(old: Order, report: BrokerOrder, now_ns: int) -> Order:
    """The order that someone made of one of ours at the broker, by the id under which the broker is asked for it.

    An entry goes on with what its chain has filled.
    """
    entry = old.role is OrderRole.ENTRY
    return replace(
        old,
        id=report.client_order_id or f"{old.id}-r",
        quantity=report.quantity,
        state=OrderState.PENDING,
        created_ns=now_ns,
        updated_ns=now_ns,
        limit_price_e4=report.limit_price_e4,
        stop_price_e4=report.stop_price_e4,
        parent_id=None,
        replaces_id=old.id if entry else None,
        chain_id=old.entry_id if entry else None,
        broker_id=report.broker_id,
        filled_quantity=0,
        filled_value_e4=0,
        looks=0,
        reason=f"{old.id} as someone has replaced it at the broker",
        requested_by="",  # the broker does not say who it was
    )


def foreign_stop(order_id: str, symbol: str, side: Side, quantity: int, price_e4: int, now_ns: int) -> Order:
    """A new simple GTC stop for shares that are not ours."""
    return Order(
        id=order_id,
        symbol=symbol,
        side=side,
        order_type=OrderType.STOP,
        time_in_force=TimeInForce.GTC,
        role=OrderRole.FOREIGN_STOP,
        quantity=quantity,
        state=OrderState.NEW,
        created_ns=now_ns,
        updated_ns=now_ns,
        stop_price_e4=price_e4,
        reason="protective stop of shares that are not ours",
    )


def adopted(order_id: str, position: Position, quantity: int, value_e4: int, now_ns: int, reason: str) -> Order:
    """Shares of ours that someone closed at the broker, as an order that has filled; no order there is named by it."""
    order = reduction(order_id, position, OrderRole.EXIT, quantity, now_ns, None, reason)
    return replace(order, state=OrderState.FILLED, filled_quantity=quantity, filled_value_e4=value_e4)


def found(role: OrderRole, position: Position, report: BrokerOrder, now_ns: int, reason: str) -> Order:
    """An order of ours that works at the broker and that the journal lost, as it was before it had filled anything."""
    stop_e4 = report.stop_price_e4 if role is OrderRole.STOP else None
    order = reduction(report.client_order_id, position, role, report.quantity, now_ns, stop_e4, reason)
    return replace(order, state=OrderState.PENDING, broker_id=report.broker_id, acknowledged_ns=now_ns)


def leg(order_id: str, parent: Order, report: BrokerOrder, now_ns: int) -> Order:
    """The stop leg of an OTO entry, as the broker reports it."""
    return Order(
        id=order_id,
        symbol=parent.symbol,
        side=report.side,
        order_type=OrderType.STOP,
        time_in_force=parent.time_in_force,
        role=OrderRole.STOP,
        quantity=report.quantity,
        state=OrderState.PENDING,
        created_ns=now_ns,
        updated_ns=now_ns,
        stop_price_e4=report.stop_price_e4,
        parent_id=parent.id,
        chain_id=parent.chain_id,
        signal_id=parent.signal_id,
        broker_id=report.broker_id,
        acknowledged_ns=now_ns,
        reason="protective stop",
    )


def going_on(previous: Order, order_id: str, quantity: int, limit_e4: int, now_ns: int) -> Order:
    """A new order for what is left of a limit entry, at another price."""
    return replace(
        previous,
        id=order_id,
        quantity=quantity,
        state=OrderState.NEW,
        created_ns=now_ns,
        updated_ns=now_ns,
        limit_price_e4=limit_e4,
        replaces_id=previous.id,
        broker_id="",
        filled_quantity=0,
        filled_value_e4=0,
        looks=0,
        chase_count=0,
        chain_id=previous.entry_id,
        acknowledged_ns=0,
        sequel=Sequel.NONE,
    )


def opening_side(long: bool) -> Side:
    """The side that opens a position."""
    return Side.BUY if long else Side.SELL
