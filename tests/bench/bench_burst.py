"""The longest hold of the event loop while a minute of 8,000 symbols comes over a socket, is decided and journaled.

`python tests/bench/bench_burst.py`. The server is a process of its own; between its frames it pings, and so the time of
an answer is what a trade update would have waited. On one core the server and the daemon share, as on a small machine.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench_engine import CLOSE_NS, OPEN_NS, ready
from websockets.asyncio.server import ServerConnection, serve

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.wire import format_time
from fluxherod.adapters.sqlite import SqliteStore
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.kernel import warm_up
from fluxherod.engine.effects import RequestBackfill
from fluxherod.engine.events import AssetsLoaded, BackfillLoaded, CalendarLoaded
from fluxherod.engine.runner import Runner

SYMBOLS = tuple(f"S{number:04d}" for number in range(8_000))
MINUTES = 6
PER_FRAME = int(sys.argv[1]) if len(sys.argv) > 1 else len(SYMBOLS)
_ = (CLOSE_NS, AssetsLoaded, CalendarLoaded, RequestBackfill)


def frames(minute: int) -> list[bytes]:
    """One minute's bars of all symbols."""
    start = format_time(OPEN_NS + minute * MINUTE_NS)
    rows = [
        {"T": "b", "S": symbol, "o": 100.1, "h": 100.4, "l": 99.9, "c": 100.2, "v": 900 + minute, "n": 9, "t": start}
        for symbol in SYMBOLS
    ]
    return [json.dumps(rows[first : first + PER_FRAME]).encode() for first in range(0, len(rows), PER_FRAME)]


async def _serve(pipe: Connection) -> None:
    """Send a minute each time the pipe says so; answer with the longest time that a ping took meanwhile."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send('[{"T":"success","msg":"connected"}]')
        await socket.recv()
        await socket.send('[{"T":"success","msg":"authenticated"}]')
        asked = json.loads(await socket.recv())
        await socket.send(json.dumps([{"T": "subscription", "bars": asked["bars"]}]))
        for minute in range(MINUTES):
            burst = frames(minute)
            await asyncio.to_thread(pipe.recv)
            for frame in burst:
                await socket.send(frame)
            start = time.perf_counter()
            await (await socket.ping())
            pipe.send(time.perf_counter() - start)
        await socket.wait_closed()

    async with serve(talk, "127.0.0.1", 0, ping_interval=None, max_size=2**24) as server:
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.get_running_loop().create_future()


def serve_alone(pipe: Connection) -> None:
    """The exchange's process."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(pipe))


class Clock:
    """Trading time, moved by the benchmark."""

    rate = 1.0

    def __init__(self) -> None:
        self.ns = OPEN_NS

    def now_ns(self) -> int:
        return self.ns

    def observe(self, ns: int) -> None:
        self.ns = max(self.ns, ns)

    async def wait_until(self, ns: int) -> None:
        while self.ns < ns:
            await asyncio.sleep(0.001)


class Nothing:
    """A broker, market data and a publisher that have nothing to do."""

    def publish(self, *_: Any) -> None:
        pass

    async def snapshot(self, now_ns: int) -> None:
        return None

    async def backfill(self, symbols: Any, since_ns: int, now_ns: int) -> BackfillLoaded:
        return BackfillLoaded(tuple(symbols), (), since_ns, now_ns - now_ns % MINUTE_NS)


class Holds:
    """How long the loop was held, at most, and in sum above 5 ms."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.all: list[float] = []

    async def watch(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest_s = max(self.longest_s, now - last)
            if now - last > 0.005:
                self.all.append(now - last)
            last = now

    def take(self) -> tuple[float, list[float]]:
        found = self.longest_s, self.all
        self.longest_s, self.all = 0.0, []
        return found


async def _run(port: int, pipe: Connection, folder: Path) -> None:
    clock, holds, nothing = Clock(), Holds(), Nothing()
    store = SqliteStore.open(folder / "bench.db")
    engine = ready(SYMBOLS)
    runner = Runner(engine, clock, store, nothing, nothing, nothing, 0)  # type: ignore[arg-type]
    runner._started = True
    stream = MarketStream(f"ws://127.0.0.1:{port}", Credentials("k", "s"), SYMBOLS, runner.post, clock)
    tasks = [asyncio.create_task(work) for work in (runner.run(), stream.run())]
    while not stream.link.up or not runner.idle:
        await asyncio.sleep(0.01)
    gc.freeze()  # as the daemon does once it is active
    tasks.append(asyncio.create_task(holds.watch()))
    for minute in range(MINUTES):
        while not runner.idle or engine.warming:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.2)
        holds.take()
        seq, start, wanted = runner.seq, time.perf_counter(), stream.bars + len(SYMBOLS)
        pipe.send(minute)
        while stream.bars < wanted:
            await asyncio.sleep(0)
        read = time.perf_counter() - start
        while runner.idle and runner.seq == seq:
            await asyncio.sleep(0)
        clock.observe(OPEN_NS + (minute + 1) * MINUTE_NS + 2 * SECOND_NS)
        while not runner.idle or runner.queued:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        while not runner.idle:
            await asyncio.sleep(0)
        whole = time.perf_counter() - start - 0.05
        longest, each = holds.take()
        ping = await asyncio.to_thread(pipe.recv)
        print(
            f"minute {minute}: read after {read * 1e3:6.1f} ms, durable after {whole * 1e3:6.1f} ms; "
            f"longest hold {longest * 1e3:6.1f} ms, a ping took {ping * 1e3:6.1f} ms; commit {store.last_commit_s * 1e3:.0f} ms; "
            f"holds {[round(one * 1e3) for one in each]}"
        )
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    store.close()


def main() -> None:
    """Print a line a minute."""
    warm_up()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve_alone, args=(there,), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_run(here.recv(), here, Path(folder)))
    finally:
        server.terminate()
        server.join()
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
