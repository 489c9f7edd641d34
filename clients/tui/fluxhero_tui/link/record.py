"""Makes a recording of a daemon: `python -m fluxhero_tui.link.record ADDRESS FILE`."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from google.protobuf.message import Message

from fluxhero.v1 import account_pb2, common_pb2
from fluxhero_client import Client, FluxHeroError, OrderTicket, connect
from fluxhero_client.access import Access
from fluxhero_client.transport import Transport
from fluxhero_tui.link.connection import CURVE, HISTORY, TRADES
from fluxhero_tui.link.recorded import STREAM, Said, asked, write

R = TypeVar("R", bound=Message)
BARS, LIVES, PACE_S = 240, 80, 0.5
_SIDES = ((common_pb2.SIDE_BUY, Decimal("0.97")), (common_pb2.SIDE_SELL, Decimal("1.03")))


class Recorder(Transport):
    """A transport that remembers what was said."""

    def __init__(self, target: str) -> None:
        super().__init__(target, 10.0, Access())
        self.said: list[Said] = []
        self._began_s: float | None = None

    async def unary(self, method: str, request: Message, response: type[R]) -> R:
        """As the transport's own."""
        answer = await super().unary(method, request, response)
        self.said.append(Said(method, answer.SerializeToString(), asked(request)))
        return answer

    async def stream(self, method: str, request: Message, response: type[R]) -> AsyncGenerator[R, None]:
        """As the transport's own."""
        async with aclosing(super().stream(method, request, response)) as messages:
            async for message in messages:
                now_s = time.monotonic()
                self._began_s = now_s if self._began_s is None else self._began_s
                self.said.append(Said(STREAM, message.SerializeToString(), at_s=now_s - self._began_s))
                yield message


async def record(address: str, file: Path, seconds: float) -> int:
    """Ask what a terminal asks, then listen; how many messages were kept."""
    where = connect(address).address
    recorder = Recorder(where.target)
    async with Client(where, transport=recorder) as client:
        await _ask(client)
        try:
            async with asyncio.timeout(seconds), aclosing(client.watch.topics(min_interval_s=PACE_S)) as messages:
                async for _ in messages:
                    pass
        except TimeoutError:
            pass  # it was to last so long
    write(file, recorder.said)
    return len(recorder.said)


async def _ask(client: Client) -> None:
    await client.system.caller()
    orders = await client.orders.list(limit=HISTORY)
    await client.signals.list(limit=HISTORY)
    await client.system.alerts(limit=HISTORY)
    await client.account.equity_curve(resolution=account_pb2.EQUITY_RESOLUTION_HOUR, limit=CURVE)
    await client.trades.list(limit=TRADES)
    await client.risk.report()
    for symbol in await client.market.symbols():
        await _ask_about(client, symbol.symbol)
    for order in orders[:LIVES]:
        await client.orders.get(order.id)


async def _ask_about(client: Client, symbol: str) -> None:
    await client.market.bars(symbol, limit=BARS)
    await client.market.chart(symbol, limit=BARS)
    await client.signals.explain(symbol)
    price = (await client.market.quote(symbol)).price
    for side, factor in _SIDES:
        stop = (Decimal(str(price)) * factor).quantize(Decimal("0.1"))
        try:
            await client.orders.preview(OrderTicket(symbol, side, 100, stop_loss_price=stop))
        except FluxHeroError as error:
            print(f"preview of {symbol}: {error.text}")  # such as a position that stands against it


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="socket or HOST:PORT of a daemon that trades")
    parser.add_argument("file", type=Path, help="where the recording goes, such as demo.jsonl.gz")
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args(arguments)
    print(asyncio.run(record(chosen.address, chosen.file, chosen.seconds)), "messages")


if __name__ == "__main__":
    main()
