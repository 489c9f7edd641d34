"""Is all well? `python status.py` asks the local daemon; FLUXHERO_ADDRESS or FLUXHERO_PROFILE name another."""

import asyncio
import sys

from fluxhero.v1 import system_pb2
from fluxhero_client import FluxHeroError, connect


async def main() -> int:
    async with connect() as client:
        try:
            status = await client.system.status()
        except FluxHeroError as error:  # one tree: AccessDenied, Unavailable, Refused, …
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 1
        positions = await client.positions.list()
    print(system_pb2.TradingState.Name(status.state), status.state_detail)
    for position in positions:
        stop = position.stop_price or "none"
        print(f"{position.symbol}: {position.quantity} shares, P&L {position.unrealized_pnl}, stop {stop}")
    return 0


sys.exit(asyncio.run(main()))
