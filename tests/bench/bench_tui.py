"""The terminal under load: 500 symbols at 2,000 prices a second. How much of a core, how soon a key, how much memory.

    python tests/bench/bench_tui.py [--seconds 20] [--symbols 500] [--rate 2000]

The bounds: < 40 % of a core, keys within 100 ms, memory flat. It ends with 1 when one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("protos", "clients/python", "clients/tui")]

from fluxhero.v1 import common_pb2, market_pb2, stream_pb2, system_pb2  # noqa: E402
from fluxhero_client import Address, Client  # noqa: E402
from fluxhero_client.errors import Failure, Unsupported  # noqa: E402
from fluxhero_client.transport import Transport  # noqa: E402
from fluxhero_tui.app import FluxHeroTui  # noqa: E402
from fluxhero_tui.link.connection import Connection  # noqa: E402
from fluxhero_tui.state.model import Model  # noqa: E402

MESSAGES_A_SECOND = 10
CORE, KEY_MS, GROWTH_MIB = 0.40, 100.0, 24.0
WHERE = Address("unix:/bench", "given")


class Firehose(Transport):
    """A daemon whose prices move as fast as is asked for; it knows nothing else."""

    def __init__(self, symbols: int, rate: int) -> None:
        self._names = [f"S{number:04d}" for number in range(symbols)]
        self._batch = rate // MESSAGES_A_SECOND
        self.sent = 0

    async def close(self) -> None:
        """Nothing is open."""

    async def unary(self, method: str, request: Any, response: type[Any]) -> Any:
        raise Unsupported(Failure("UNIMPLEMENTED", "not here"))

    async def stream(self, method: str, request: Any, response: type[Any]) -> AsyncGenerator[Any, None]:
        dice, seq = random.Random(7), 1
        yield stream_pb2.WatchResponse(
            epoch="e",
            seq=seq,
            kind=common_pb2.STREAM_KIND_SNAPSHOT,
            prices=[self._price(dice, name) for name in self._names],
            statuses=[system_pb2.Status(mode=system_pb2.TRADING_MODE_PAPER, state=system_pb2.TRADING_STATE_ACTIVE)],
        )
        while True:
            await asyncio.sleep(1 / MESSAGES_A_SECOND)
            seq += 1
            prices = [self._price(dice, name) for name in dice.choices(self._names, k=self._batch)]
            message = stream_pb2.WatchResponse(
                epoch="e", seq=seq, prev_seq=seq - 1, kind=common_pb2.STREAM_KIND_UPDATE, prices=prices
            )
            self.sent += len(prices)
            # As it comes from the wire: decoding is part of the work.
            yield stream_pb2.WatchResponse.FromString(message.SerializeToString())

    @staticmethod
    def _price(dice: random.Random, name: str) -> market_pb2.Price:
        value = dice.uniform(10, 500)
        return market_pb2.Price(
            symbol=name, price=value, bid=value - 0.01, ask=value + 0.01, change_pct=dice.uniform(-5, 5)
        )


async def measure(seconds: float, symbols: int, rate: int) -> tuple[float, list[float], float, float]:
    """Share of a core, milliseconds of each key, MiB that memory grew in the second half, prices a second."""
    firehose = Firehose(symbols, rate)
    connection = Connection(Model(), lambda: Client(WHERE, transport=firehose), lambda: WHERE, time.monotonic)
    app = FluxHeroTui(connection)
    keys: list[float] = []
    async with app.run_test(size=(120, 40)) as pilot:
        while not connection.model.loaded:
            await pilot.pause(0.05)
        began_s, used_s, sent = time.monotonic(), time.process_time(), firehose.sent
        half = 0.0
        while (passed_s := time.monotonic() - began_s) < seconds:
            await asyncio.sleep(0.5)
            if not half and passed_s > seconds / 2:
                half = memory_mib()
            keys.append(await key_ms(app))
        share = (time.process_time() - used_s) / (time.monotonic() - began_s)
        pace = (firehose.sent - sent) / (time.monotonic() - began_s)
        return share, keys, memory_mib() - half, pace


async def key_ms(app: FluxHeroTui) -> float:
    """From a key to the cursor's move: down row by row, and from the last one to the first again."""
    table = app.view.table()
    before, began_s = table.chosen.symbol, time.perf_counter()
    app.simulate_key("g" if table.chosen is table.shown[-1] else "j")
    while table.chosen.symbol == before and time.perf_counter() - began_s < 2:  # noqa: ASYNC110  (no event tells it)
        await asyncio.sleep(0)
    return (time.perf_counter() - began_s) * 1_000


def memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--symbols", type=int, default=500)
    parser.add_argument("--rate", type=int, default=2_000, help="prices a second")
    chosen = parser.parse_args()
    share, keys, grown, pace = asyncio.run(measure(chosen.seconds, chosen.symbols, chosen.rate))
    keys.sort()
    print(f"prices a second   {pace:8.0f}")
    print(f"of a core         {share:8.1%}   (bound {CORE:.0%}; the firehose itself included)")
    print(f"a key, median     {keys[len(keys) // 2]:8.1f} ms")
    print(f"a key, p99        {keys[len(keys) * 99 // 100]:8.1f} ms")
    print(f"a key, slowest    {keys[-1]:8.1f} ms (bound {KEY_MS:g})")
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores: a busy machine keeps keys waiting")
    print(f"memory grew by    {grown:8.1f} MiB in the second half (bound {GROWTH_MIB:g})")
    return int(share > CORE or keys[-1] > KEY_MS or grown > GROWTH_MIB)


if __name__ == "__main__":
    sys.exit(main())
