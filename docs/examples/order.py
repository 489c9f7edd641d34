"""Place a limit order far below the market, and cancel it: `python order.py SYMBOL LIMIT STOP`."""

import asyncio
import sys
from contextlib import aclosing
from uuid import uuid4

from fluxhero.v1 import common_pb2, order_pb2, risk_pb2
from fluxhero_client import Client, DeadlineExceeded, OrderTicket, Refused, Unavailable, connect


async def working(client: Client, order_id: str) -> None:
    """Until the broker has the order."""
    async with aclosing(client.watch.orders()) as messages:
        async for message in messages:
            if any(order.id == order_id and order.state == order_pb2.ORDER_STATE_PENDING for order in message.orders):
                return


async def main(symbol: str, limit: str, stop: str) -> None:
    ticket = OrderTicket(symbol, common_pb2.SIDE_BUY, 1, limit_price=limit, stop_loss_price=stop)
    async with connect() as client:
        decision = (await client.orders.preview(ticket)).decision
        print("risk says", risk_pb2.RiskVerdict.Name(decision.verdict), decision.reason)
        request_id = str(uuid4())  # keep it: under the same id the same order is placed once
        try:
            placed = await client.orders.place(ticket, request_id=request_id)
        except Refused as error:
            print("refused:", error.reason, error.text)  # error.decision has the checks and the sizing
            return
        except (DeadlineExceeded, Unavailable):
            placed = await client.orders.place(ticket, request_id=request_id)
        print("placed", placed.order.id)
        await working(client, placed.order.id)
        await client.orders.cancel(placed.order.id)
        print("cancelling; it may still fill until it is CANCELED")


asyncio.run(main(*sys.argv[1:4]))
