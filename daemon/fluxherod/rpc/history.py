"""What the tables know of orders, fills and trades that belong together."""

from __future__ import annotations

from itertools import count

from fluxhero.v1 import signal_pb2
from fluxherod.core.orders import Order
from fluxherod.core.signals import Signal
from fluxherod.rpc.convert_market import signal_message
from fluxherod.rpc.convert_orders import fill_messages
from fluxherod.rpc.tables import OrderChange, Tables

MOST_CHANGES = 10_000


async def order_changes(tables: Tables, order_id: str) -> list[OrderChange]:
    """What happened to an order, oldest first."""
    changes: list[OrderChange] = []
    token = ""
    while len(changes) < MOST_CHANGES:
        page = await tables.order_events(order_id, page_size=1_000, page_token=token)
        changes += page.items
        token = page.next_token
        if not token:
            break
    return changes[::-1]


async def entry_chain(tables: Tables, order_id: str, since_ns: int) -> list[Order]:
    """An entry and the orders that it went on in, oldest first: they are attempts of one decision, so numbered on.

    `since_ns` is when that decision was made.
    """
    stem = order_id.rstrip("0123456789")
    orders: list[Order] = []
    for attempt in count(int(order_id[len(stem) :] or 0)):
        order = await tables.order(f"{stem}{attempt}", since_ns=since_ns)
        if order is None:
            return orders
        if order.entry_id == order_id:
            orders.append(order)
    return orders


async def whole_signal(tables: Tables, signal: Signal, timeframe: str) -> signal_pb2.Signal:
    """A signal with its orders, fills and trade."""
    message = signal_message(signal, timeframe)
    orders = await entry_chain(tables, signal.order_id, signal.decided_ns) if signal.order_id else []
    for order in orders:
        message.fills.extend(fill_messages(order, await order_changes(tables, order.id)))
        # A trade has the id of the first order of its entry that filled.
        trade = await tables.trade(order.id, since_ns=order.created_ns)
        message.trade_id = message.trade_id or (trade.id if trade is not None else "")
    if orders:
        message.ClearField("order_ids")
        message.order_ids.extend(order.id for order in orders)
    return message
