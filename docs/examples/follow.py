"""Orders and alerts as they happen: `python follow.py [MESSAGES]`.

The stream reconnects and goes on where it was, also when the daemon is restarted: no message is missed and none comes
twice. Where the past is gone it says so by a snapshot, which replaces all that you held.
"""

import asyncio
import sys
from contextlib import aclosing

from fluxhero.v1 import common_pb2
from fluxhero_client import Follow, connect

TOPICS = (common_pb2.TOPIC_ORDERS, common_pb2.TOPIC_ALERTS)


async def main(messages: int) -> None:
    options = Follow(
        wait_for_daemon=True,
        on_lost=lambda error: print(f"lost: {error.text}", file=sys.stderr),
        on_resumed=lambda: print("back again", file=sys.stderr),
    )
    orders = {}
    async with connect() as client, aclosing(client.watch.topics(TOPICS, options=options)) as stream:
        async for message in stream:
            if message.kind == common_pb2.STREAM_KIND_SNAPSHOT and common_pb2.TOPIC_ORDERS in message.snapshot_topics:
                orders.clear()  # the whole state: forget what you held
            orders.update({order.id: order for order in message.orders})
            for alert in message.alerts:
                print(f"{alert.code} {alert.symbol}: {alert.text}")
            print(f"{message.seq}: {len(orders)} orders known")
            messages -= 1
            if messages == 0:
                return


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
