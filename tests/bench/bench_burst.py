"""The longest hold of the event loop while a minute of 8,000 symbols comes over a socket, is decided and journaled.

`python tests/bench/bench_burst.py [bars a frame]`, which begins with the memory that a symbol takes. The server is a
process of its own; between its frames it pings, and so the time of an answer is what a trade update would have waited.
On one core the server and the daemon share, as on a small machine.
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
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench_engine import CLOSE_NS, OPEN_NS, minute, ready
from websockets.asyncio.server import ServerConnection, serve

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.wire import format_time
from fluxherod.adapters.sqlite import SqliteStore
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS, Session
from fluxherod.core.kernel import warm_up
from fluxherod.core.types import Bar
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import BackfillLoaded, BarsReceived, CalendarLoaded, HistoryLoaded, LinkChanged, Started
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings

SYMBOLS = tuple(f"S{number:04d}" for number in range(8_000))
MINUTES = 6
MEASURED = 500  # symbols, to know what one of 8,000 takes
DAY_NS = 24 * HOUR_NS
PER_FRAME = int(sys.argv[1]) if len(sys.argv) > 1 else len(SYMBOLS)


def frames(number: int) -> list[bytes]:
    """One minute's bars of all symbols."""
    start = format_time(OPEN_NS + number * MINUTE_NS)
    rows = [
        {"T": "b", "S": symbol, "o": 100.1, "h": 100.4, "l": 99.9, "c": 100.2, "v": 900 + number, "n": 9, "t": start}
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
        for number in range(MINUTES):
            burst = frames(number)
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
        while self.ns < ns:  # noqa: ASYNC110 - as long as the loop turns, its holds are seen
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
    """How long the event loop was held: each time that it did not turn for 5 ms, in seconds."""

    def __init__(self) -> None:
        self.each: list[float] = []

    async def watch(self) -> None:
        """Turn with the loop, for ever."""
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            if now - last > 0.005:
                self.each.append(now - last)
            last = now


async def _until(reached: Callable[[], bool]) -> None:
    while not reached():  # noqa: ASYNC110 - as long as the loop turns, its holds are seen
        await asyncio.sleep(0)


async def _run(port: int, pipe: Connection, folder: Path) -> None:
    clock, holds, nothing = Clock(), Holds(), Nothing()
    store = SqliteStore.open(folder / "bench.db")
    engine = ready(SYMBOLS)
    runner = Runner(engine, clock, store, nothing, nothing, nothing, 0)  # type: ignore[arg-type]
    runner._started = True
    stream = MarketStream(f"ws://127.0.0.1:{port}", Credentials("k", "s"), SYMBOLS, runner.post, clock)
    tasks = [asyncio.create_task(work) for work in (runner.run(), stream.run())]
    await _until(lambda: stream.link.up and runner.idle and not engine.warming)
    gc.freeze()  # as the daemon does once it is active
    tasks.append(asyncio.create_task(holds.watch()))
    for number in range(MINUTES):
        holds.each.clear()
        before = stream.frames
        seq, start, wanted = runner.seq, time.perf_counter(), stream.bars + len(SYMBOLS)
        pipe.send(number)
        await _until(lambda wanted=wanted: stream.bars >= wanted)  # type: ignore[misc]
        read_s = time.perf_counter() - start
        await _until(lambda seq=seq: runner.seq > seq and not runner.queued)  # type: ignore[misc]
        clock.observe(OPEN_NS + (number + 1) * MINUTE_NS + 2 * SECOND_NS)
        await _until(lambda ns=clock.ns: runner.last_event_ns >= ns and runner.idle)  # type: ignore[misc]
        durable_s = time.perf_counter() - start
        ping_s = await asyncio.to_thread(pipe.recv)
        what = "a signal each" if number == 0 else "no signal"
        print(
            f"minute {number} ({what}, {stream.frames - before} frames): "
            f"read {read_s * 1e3:6.1f} ms, decided and durable {durable_s * 1e3:7.1f} ms; "
            f"longest hold {max(holds.each, default=0.0) * 1e3:6.1f} ms, a ping {ping_s * 1e3:5.1f} ms, "
            f"commit {store.last_commit_s * 1e3:6.1f} ms"
        )
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    store.close()


def resident_kb() -> float:
    """What this process holds of the machine's memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


def hours(symbol: str, sessions: tuple[Session, ...]) -> tuple[Bar, ...]:
    """500 hourly bars, no two prices alike."""
    starts = [session.open_ns - HOUR_NS // 2 + number * HOUR_NS for session in sessions for number in range(7)]
    prices = [100.0 + (number * 7_919 % 1_009) / 997 for number in range(500)]
    return tuple(
        Bar(symbol, start_ns, price, price + 0.31, price - 0.29, price + 0.017, 100_000 + round(price * 100))
        for start_ns, price in zip(starts[-500:], prices, strict=True)
    )


def memory() -> str:
    """What a symbol takes that has 500 hourly bars, and then the minutes of an hour that is being built."""
    symbols = SYMBOLS[:MEASURED]
    sessions = tuple(
        Session(f"day {back}", OPEN_NS - back * DAY_NS, CLOSE_NS - back * DAY_NS) for back in range(75, -1, -1)
    )
    empty_kb = resident_kb()
    engine = Engine()
    engine.process(OPEN_NS, Started("0" * 32, 1, "bench", Settings(symbols=symbols, timeframe="1Hour")))
    engine.process(OPEN_NS, CalendarLoaded(sessions))
    for symbol in symbols:
        engine.process(OPEN_NS, HistoryLoaded(symbol, hours(symbol, sessions[:-1]), OPEN_NS))
    for link in ("market", "trading"):
        engine.process(OPEN_NS, LinkChanged(link, True))
    engine.process(OPEN_NS, BackfillLoaded(symbols, (), OPEN_NS, OPEN_NS))
    warm_kb = resident_kb()
    for number in range(89):  # the half-hour to ten o'clock, and 59 minutes
        now_ns = OPEN_NS + (number + 1) * MINUTE_NS
        engine.process(now_ns, BarsReceived(tuple(minute(symbol, number) for symbol in symbols)))
    open_kb, bars = resident_kb() - warm_kb, (warm_kb - empty_kb) / MEASURED
    return (
        f"memory of a symbol: {bars:.0f} kB with 500 bars, {open_kb / MEASURED:.0f} kB for the minutes of an hour; "
        f"of {len(SYMBOLS):,}: {(bars + open_kb / MEASURED) * len(SYMBOLS) / 2**20:.2f} GB"
    )


def main() -> None:
    """Print what a symbol takes, and a line a minute."""
    warm_up()
    print(memory())
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
