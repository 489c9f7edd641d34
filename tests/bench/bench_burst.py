"""A minute of 8,000 symbols comes over a socket, is decoded, decided and journaled: how long, and how the loop is held.

`python tests/bench/bench_burst.py [bars a frame]`. In minute 0 each symbol signals; the others are as most are, and are
held against the limits, two of them with the end of a 5-minute bar. The server is a process of its own; behind a
minute's frames it pings, and so the time of an answer is what a trade update would have waited. On one core the server
and the daemon share, as on a small machine; a core that others use makes every figure longer. Last comes the memory
that a symbol takes.
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
from dataclasses import dataclass
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
from fluxherod.service import garbage

SYMBOLS = tuple(f"S{number:04d}" for number in range(8_000))
MINUTES = 14  # 5-minute bars end with minutes 4 and 9
DURABLE_S, HOLD_S, PING_S = 0.250, 0.050, 0.050  # what an ordinary minute may take
MEASURED = 500  # symbols, to know what one of 8,000 takes
DAY_NS = 24 * HOUR_NS
LOOK_EVERY_S = 0.001
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
        while self.ns < ns:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(LOOK_EVERY_S)


class Nothing:
    """A broker, market data and a publisher that have nothing to do."""

    def publish(self, *_: Any) -> None:
        pass

    async def snapshot(self, now_ns: int) -> None:
        return None

    async def backfill(self, symbols: Any, since_ns: int, now_ns: int) -> BackfillLoaded:
        return BackfillLoaded(tuple(symbols), (), since_ns, now_ns - now_ns % MINUTE_NS)


class Holds:
    """How long the event loop was held: each time that it did not turn, in seconds."""

    def __init__(self) -> None:
        self.each: list[float] = []

    async def watch(self) -> None:
        """Turn with the loop, for ever."""
        while True:
            last = time.perf_counter()
            await asyncio.sleep(LOOK_EVERY_S)
            self.each.append(time.perf_counter() - last - LOOK_EVERY_S)


@dataclass(frozen=True, slots=True)
class Minute:
    """What a minute took, in seconds: until it was read, until it was durable, the longest hold, and a ping.

    `cpu_s` is what the process computed meanwhile, all threads together: others on the machine change it little.
    """

    number: int
    frames: int
    read_s: float
    durable_s: float
    hold_s: float
    ping_s: float
    commit_s: float
    cpu_s: float

    @property
    def kept(self) -> bool:
        """True when it was within the limits."""
        return self.durable_s < DURABLE_S and self.hold_s <= HOLD_S and self.ping_s <= PING_S

    def __str__(self) -> str:
        what = "a signal each" if self.number == 0 else "a 5-minute bar ends" if self.number % 5 == 4 else "no signal"
        verdict = "no limits" if self.number == 0 else "ok" if self.kept else "MISSED"
        return (
            f"minute {self.number:2d} {verdict:9s} decided and durable {self.durable_s * 1e3:7.1f} ms, "
            f"longest hold {self.hold_s * 1e3:5.1f} ms, a ping {self.ping_s * 1e3:5.1f} ms ({what}; "
            f"{self.frames} frames, read in {self.read_s * 1e3:.1f} ms, commit {self.commit_s * 1e3:.1f} ms, "
            f"CPU {self.cpu_s * 1e3:.1f} ms)"
        )


def summary(minutes: list[Minute]) -> str:
    """The worst of the ordinary minutes, and whether each was within the limits."""
    ordinary = [minute for minute in minutes if minute.number]
    worst = {
        f"minute {1e3 * max(minute.durable_s for minute in ordinary):.1f} ms": DURABLE_S,
        f"hold {1e3 * max(minute.hold_s for minute in ordinary):.1f} ms": HOLD_S,
        f"ping {1e3 * max(minute.ping_s for minute in ordinary):.1f} ms": PING_S,
    }
    cpu = sorted(minute.cpu_s * 1e3 for minute in ordinary)
    missed = sum(not minute.kept for minute in ordinary)
    figures = ", ".join(f"{text} (limit {limit * 1e3:.0f})" for text, limit in worst.items())
    verdict = f"{missed} MISSED" if missed else "all within the limits"
    return f"{len(ordinary)} ordinary minutes, {verdict}; the worst {figures}; CPU {cpu[0]:.1f} to {cpu[-1]:.1f} ms"


async def _until(reached: Callable[[], bool]) -> None:
    while not reached():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(LOOK_EVERY_S)


async def _run(port: int, pipe: Connection, folder: Path) -> list[Minute]:
    found: list[Minute] = []
    clock, holds, nothing = Clock(), Holds(), Nothing()
    store = SqliteStore.open(folder / "bench.db")
    engine = ready(SYMBOLS)
    runner = Runner(engine, clock, store, nothing, nothing, nothing, 0)  # type: ignore[arg-type]
    runner._started = True
    stream = MarketStream(f"ws://127.0.0.1:{port}", Credentials("k", "s"), SYMBOLS, runner.post, clock)
    tasks = [asyncio.create_task(work) for work in (runner.run(), stream.run())]
    await _until(lambda: stream.link.up and runner.idle and not engine.warming)
    garbage.spare()  # as the daemon does once it is active
    tasks += [asyncio.create_task(work) for work in (garbage.collect(lambda: runner.urgent), holds.watch())]
    for number in range(MINUTES):
        holds.each.clear()
        before, cpu = stream.frames, time.process_time()
        seq, start, wanted = runner.seq, time.perf_counter(), stream.bars + len(SYMBOLS)
        pipe.send(number)
        await _until(lambda wanted=wanted: stream.bars >= wanted)  # type: ignore[misc]
        read_s = time.perf_counter() - start
        await _until(lambda seq=seq: runner.seq > seq and not runner.queued)  # type: ignore[misc]
        clock.observe(OPEN_NS + (number + 1) * MINUTE_NS + 2 * SECOND_NS)
        await _until(lambda ns=clock.ns: runner.last_event_ns >= ns and runner.idle)  # type: ignore[misc]
        durable_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
        ping_s = await asyncio.to_thread(pipe.recv)
        hold_s = max(holds.each, default=0.0)
        took = Minute(number, stream.frames - before, read_s, durable_s, hold_s, ping_s, store.last_commit_s, cpu_s)
        print(took, flush=True)
        found.append(took)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    store.close()
    return found


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


def five_minutes(symbol: str, back: int) -> Bar:
    """A 5-minute bar before the open."""
    price = 100.0 + (back * 7_919 % 1_009) / 997
    return Bar(symbol, OPEN_NS - 5 * back * MINUTE_NS, price, price + 0.11, price - 0.09, price + 0.01, 9_000)


def memory() -> str:
    """What a symbol takes that has 500 hourly and 200 5-minute bars, and then the minutes of an hour that is built."""
    symbols = SYMBOLS[:MEASURED]
    sessions = tuple(
        Session(f"day {back}", OPEN_NS - back * DAY_NS, CLOSE_NS - back * DAY_NS) for back in range(75, -1, -1)
    )
    empty_kb = resident_kb()
    engine = Engine()
    engine.process(OPEN_NS, Started("0" * 32, 1, "bench", Settings(symbols=symbols, timeframe="1Hour")))
    engine.process(OPEN_NS, CalendarLoaded(sessions))
    for symbol in symbols:
        fives = tuple(five_minutes(symbol, back) for back in range(200, 0, -1))
        engine.process(OPEN_NS, HistoryLoaded(symbol, hours(symbol, sessions[:-1]), OPEN_NS, fives))
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


def _measure(pipe: Connection) -> None:
    warm_up()
    pipe.send(memory())


def memory_alone() -> str:
    """`memory` of a process that has held nothing else."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(there,), daemon=True)
    process.start()
    text: str = here.recv()
    process.join()
    return text


def main() -> None:
    """Print a line a minute, the worst of them, and what a symbol takes."""
    warm_up()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve_alone, args=(there,), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(_run(here.recv(), here, Path(folder)))
    finally:
        server.terminate()
        server.join()
    print(summary(found))
    print(memory_alone())
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
