"""What the tables know of orders, fills and trades that belong together."""

from __future__ import annotations

from fluxhero.v1 import signal_pb2
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


async def whole_signal(tables: Tables, signal: Signal, timeframe: str) -> signal_pb2.Signal:
    """A signal with its order, fills and trade."""
    message = signal_message(signal, timeframe)
    order = await tables.order(signal.order_id) if signal.order_id else None
    if order is not None:
        message.fills.extend(fill_messages(order, await order_changes(tables, order.id)))
        trade = await tables.trade(order.id)  # a trade has its entry's id
        message.trade_id = trade.id if trade is not None else ""
    return message
