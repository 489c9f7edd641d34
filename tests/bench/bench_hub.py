"""A hundred subscribers and one that does not read, at 1,000 price updates a second: what arrives, when, at what cost.

`python tests/bench/bench_hub.py [seconds]`. The daemon's side (engine, hub, gRPC server) is a process of its own, so is
the clients', which keeps the bytes that come and looks at them afterwards. Then both run at saturation with ten
subscribers, beside a FastAPI server that sends each update to each subscriber through a WebSocket as `json.dumps` makes
it: what counts is updates that arrived for each CPU second of the server, as others on the machine change that little.
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
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grpc
from bench_engine import ready

from fluxhero.v1 import market_pb2
from fluxherod.configuration.config import Config, StorageConfig
from fluxherod.core.types import Quote
from fluxherod.engine.effects import QuotesUpdated
from fluxherod.engine.runner import Runner
from fluxherod.engine.streams.hub import Hub
from fluxherod.rpc.convert import encode_update
from fluxherod.rpc.server import DaemonInfo, RpcServer

SYMBOLS = tuple(f"S{number:03d}" for number in range(500))
LIVE, RATE = 100, 1_000
FEW, PER_ROUND = 10, 500
WATCH = "/fluxhero.v1.MarketService/WatchPrices"
LEAST_DELIVERED, MOST_P99_S, MOST_GROWTH, LEAST_RATIO = 80_000, 0.050, 0.05, 3.0
PAGE = os.sysconf("SC_PAGE_SIZE")
Program = Callable[[Connection, str, float], Awaitable[None]]


def memory() -> int:
    """Bytes that this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@dataclass
class Said:
    """What the server's process tells: what it published, its CPU seconds, and its memory early and late."""

    published: int
    conflated: int
    cpu_s: float
    wall_s: float
    memory: tuple[int, int] = (0, 0)
    last: dict[str, float] = field(default_factory=dict)


class Clock:
    """Trading time: the wall's."""

    rate = 1.0

    def now_ns(self) -> int:
        return time.time_ns()

    async def wait_until(self, ns: int) -> None:
        await asyncio.sleep((ns - time.time_ns()) / 1e9)


class Side:
    """The daemon without its edges: quotes are handed to the hub as if an event had brought them."""

    def __init__(self, socket: str) -> None:
        nothing: Any = None
        clock: Any = Clock()
        self.hub = Hub(encode_update)
        self.engine = ready(SYMBOLS)
        self.runner = Runner(self.engine, clock, nothing, nothing, nothing, self.hub, 0)
        config = Config(storage=StorageConfig(state_dir=Path(socket).parent))
        info = DaemonInfo(config, "bench", "0" * 32, *[nothing] * 6)
        self.server = RpcServer(self.engine, self.runner, self.hub, nothing, info, listen="", unix_socket=Path(socket))
        self.last: dict[str, float] = {}
        self._number = count()

    def publish(self, updates: int) -> None:
        """One event with quotes of the next symbols, at the time that it is."""
        quotes = []
        for number in (next(self._number) for _ in range(updates)):
            symbol, bid = SYMBOLS[number % len(SYMBOLS)], 100.0 + number % 9_000 / 100
            now_ns = time.time_ns()
            self.engine.market.books[symbol].mark(bid + 0.01, now_ns)
            self.last[symbol] = bid
            quotes.append(Quote(symbol, now_ns, bid, bid + 0.02))
        self.runner.seq += 1
        self.runner.last_event_ns = time.time_ns()
        self.hub.publish(self.runner.seq, self.runner.last_event_ns, [QuotesUpdated(tuple(quotes))])


async def steady(pipe: Connection, socket: str, seconds: float) -> None:
    """The daemon's side at RATE updates a second, each an event of its own."""
    side = Side(socket)
    await side.server.start()
    await _begin(pipe)
    start_cpu, start, sent, early = time.process_time(), time.monotonic(), 0, 0
    while (passed := time.monotonic() - start) < seconds:
        for _ in range(int(passed * RATE) - sent):
            side.publish(1)
            sent += 1
        if not early and passed > seconds / 4:
            early = memory()
        await asyncio.sleep(0.001)
    cpu_s = time.process_time() - start_cpu
    pipe.send(Said(sent, side.hub.gauges().conflated, cpu_s, passed, (early, memory()), side.last))
    await asyncio.to_thread(pipe.recv)  # the clients have all that is to come
    await side.server.stop(0)


async def saturated(pipe: Connection, socket: str, seconds: float) -> None:
    """The daemon's side as fast as it can: the next round once nothing waits any more."""
    side = Side(socket)
    await side.server.start()
    await _begin(pipe)
    start_cpu, start, sent = time.process_time(), time.monotonic(), 0
    while time.monotonic() - start < seconds:
        side.publish(PER_ROUND)
        sent += PER_ROUND
        while side.hub.gauges().queued:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
    pipe.send(Said(sent, side.hub.gauges().conflated, time.process_time() - start_cpu, time.monotonic() - start))
    await asyncio.to_thread(pipe.recv)
    await side.server.stop(0)


async def websocket(pipe: Connection, socket: str, seconds: float) -> None:
    """The older shape: a queue a subscriber, and each update made into JSON for each of them."""
    import fastapi
    import uvicorn

    app, queues = fastapi.FastAPI(), set[asyncio.Queue[dict[str, Any]]]()

    async def prices(connection: Any) -> None:
        await connection.accept()
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        queues.add(queue)
        with suppress(Exception):  # the client has left
            while True:
                update = await queue.get()
                await connection.send_text(json.dumps(update))
                queue.task_done()

    prices.__annotations__["connection"] = fastapi.WebSocket
    app.websocket("/ws/prices")(prices)
    server = uvicorn.Server(uvicorn.Config(app, uds=socket, ws="websockets-sansio", log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    await _begin(pipe)
    start_cpu, start, sent, number = time.process_time(), time.monotonic(), 0, count()
    while time.monotonic() - start < seconds:
        for _ in range(PER_ROUND):
            bid = 100.0 + next(number) % 9_000 / 100
            update = {
                "symbol": SYMBOLS[sent % len(SYMBOLS)], "price": bid + 0.01, "bid": bid, "ask": bid + 0.02,
                "time": time.time_ns(), "previous_close": 100.0, "change_pct": bid / 100 - 1,
            }  # fmt: skip
            for queue in queues:
                queue.put_nowait(update)
            sent += 1
        await asyncio.gather(*(queue.join() for queue in queues))
    pipe.send(Said(sent, 0, time.process_time() - start_cpu, time.monotonic() - start))
    await asyncio.to_thread(pipe.recv)
    await server.shutdown()
    serving.cancel()


async def _begin(pipe: Connection) -> None:
    """Say that the server listens, and wait for the clients to be there."""
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    gc.collect()
    gc.freeze()  # as the daemon does


@dataclass
class Reader:
    """One subscriber's stream: what came when, raw."""

    call: Any
    messages: list[tuple[int, bytes]] = field(default_factory=list)

    async def read(self) -> None:
        while True:
            message = await self.call.read()
            if message is grpc.aio.EOF:
                return
            self.messages.append((time.time_ns(), message))


@dataclass
class Seen:
    """What a subscriber got, once it is looked at: prices, their ages in seconds, and the last one of each symbol."""

    updates: int = 0
    conflated: int = 0
    gaps: int = 0
    ages: list[float] = field(default_factory=list)
    last: dict[str, float] = field(default_factory=dict)


def look(reader: Reader) -> Seen:
    """What was in the messages after the snapshot, which is the first."""
    seen, expected = Seen(), None
    for came_ns, content in reader.messages:
        message = market_pb2.WatchPricesResponse.FromString(content)
        seen.gaps += expected not in (None, message.prev_seq)
        if expected is not None:
            seen.updates += len(message.prices)
            seen.conflated += message.conflated
            seen.ages += [(came_ns - one.time.ToNanoseconds()) / 1e9 for one in message.prices]
        seen.last.update((one.symbol, one.bid) for one in message.prices)
        expected = message.seq
    return seen


async def grpc_clients(socket: str, how_many: int, stalled: int, pipe: Connection) -> tuple[list[Reader], Said]:
    """Subscribers of all prices, some of which read nothing after the snapshot until all is over."""
    options = (("grpc.max_receive_message_length", -1), ("grpc.http2.bdp_probe", 0))
    # Each on a connection of its own, as clients are: a stalled one must not slow the others by sharing a window.
    channels = [grpc.aio.insecure_channel(f"unix:{socket}", (*options, ("grpc.channel", n))) for n in range(how_many)]
    readers = [Reader(channel.unary_stream(WATCH)(b"")) for channel in channels]
    for reader in readers:
        reader.messages.append((time.time_ns(), await reader.call.read()))
    tasks = [asyncio.create_task(reader.read()) for reader in readers[stalled:]]
    pipe.send("go")
    said: Said = await asyncio.to_thread(pipe.recv)
    tasks += [asyncio.create_task(reader.read()) for reader in readers[:stalled]]
    await asyncio.sleep(1.0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for channel in channels:
        await channel.close()
    pipe.send("over")
    return readers, said


async def websocket_clients(socket: str, how_many: int, pipe: Connection) -> tuple[int, Said]:
    """Subscribers of the older shape; how many text frames came."""
    connections = [await asyncio.open_unix_connection(socket) for _ in range(how_many)]
    for reader, writer in connections:
        writer.write(
            b"GET /ws/prices HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
    contents = [bytearray() for _ in connections]

    async def collect(reader: asyncio.StreamReader, content: bytearray) -> None:
        while piece := await reader.read(1 << 16):
            content += piece

    tasks = [asyncio.create_task(collect(one[0], content)) for one, content in zip(connections, contents, strict=True)]
    pipe.send("go")
    said: Said = await asyncio.to_thread(pipe.recv)
    await asyncio.sleep(1.0)
    pipe.send("over")
    for task in tasks:
        task.cancel()
    for _, writer in connections:
        writer.close()
    return sum(map(_frames, contents)), said


def _frames(content: bytearray) -> int:
    """Text frames of a WebSocket, unmasked."""
    place = frames = 0
    while place + 4 <= len(content):
        length, head = content[place + 1], 2
        if length == 126:
            length, head = int.from_bytes(content[place + 2 : place + 4]), 4
        frames += content[place] == 0x81
        place += head + length
    return frames


def serve(program: Program, pipe: Connection, socket: str, seconds: float) -> None:
    """The server's process."""
    asyncio.run(program(pipe, socket, seconds))


def beside(program: Program, seconds: float, clients: Callable[[str, Connection], Awaitable[Any]]) -> Any:
    """Run a server in a process of its own, and its clients here."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/bench.sock"
        process = context.Process(target=serve, args=(program, theirs, socket, seconds))
        process.start()
        theirs.close()
        try:
            assert ours.recv() == "ready"
            return asyncio.run(clients(socket, ours))  # type: ignore[arg-type]
        finally:
            process.join(10)
            process.kill()


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def fan_out(seconds: float) -> list[str]:
    """A hundred that read and one that does not; what was missed."""
    readers, said = beside(steady, seconds, lambda socket, pipe: grpc_clients(socket, LIVE + 1, 1, pipe))
    stalled, *live = map(look, readers)
    updates = sum(seen.updates for seen in live)
    ages = sorted(age for seen in live for age in seen.ages)
    p99 = percentile(ages, 0.99)
    final = sum(seen.last == said.last for seen in (stalled, *live))
    growth = said.memory[1] / said.memory[0] - 1
    print(
        f"{LIVE} subscribers x {said.published / said.wall_s:,.0f} updates/s: {updates / said.wall_s:,.0f} updates/s "
        f"arrived, {sum(seen.conflated for seen in live):,} conflated, "
        f"{said.cpu_s / updates * 1e6:.2f} us CPU an update ({said.cpu_s / said.wall_s:.0%} of a core)"
    )
    print(
        f"  latency p50 {percentile(ages, 0.5) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms; final prices at {final} of "
        f"{LIVE + 1}; the stalled one got {stalled.updates:,} and {stalled.conflated:,} conflated; "
        f"memory {said.memory[1] / 2**20:.0f} MiB, {growth:+.1%}"
    )
    checks = {
        f"{LEAST_DELIVERED:,} updates/s": updates / said.wall_s >= LEAST_DELIVERED,
        f"p99 below {MOST_P99_S * 1e3:.0f} ms": p99 < MOST_P99_S,
        "each final price at each": final == LIVE + 1,
        "no gap": not any(seen.gaps for seen in (stalled, *live)),
        "a stalled one is conflated": stalled.conflated > 0,
        "memory flat": growth < MOST_GROWTH,
    }
    return [what for what, met in checks.items() if not met]


def against_json(seconds: float) -> list[str]:
    """Both shapes at saturation; what was missed."""
    readers, said = beside(saturated, seconds, lambda socket, pipe: grpc_clients(socket, FEW, 0, pipe))
    ours = sum(look(reader).updates for reader in readers)
    ours_a_cpu_s = ours / said.cpu_s
    print(
        f"{FEW} subscribers at saturation: {ours / said.wall_s:,.0f} updates/s, {ours_a_cpu_s:,.0f} a CPU second, "
        f"{1e6 / ours_a_cpu_s:.2f} us CPU an update"
    )
    try:
        import fastapi
    except ImportError:
        print("not compared: FastAPI is not installed (make bench installs it)")
        return ["the comparison with FastAPI"]
    theirs, said = beside(websocket, seconds, lambda socket, pipe: websocket_clients(socket, FEW, pipe))
    theirs_a_cpu_s = theirs / said.cpu_s
    ratio = ours_a_cpu_s / theirs_a_cpu_s
    print(
        f"FastAPI {fastapi.__version__}, json.dumps: {theirs / said.wall_s:,.0f} updates/s, {theirs_a_cpu_s:,.0f} a "
        f"CPU second, {1e6 / theirs_a_cpu_s:.2f} us CPU an update: ours carries {ratio:.1f} x"
    )
    return [] if ratio >= LEAST_RATIO else [f"{LEAST_RATIO:g} x the updates of FastAPI"]


def main() -> int:
    """Print both; 1 when a target is missed."""
    if "GRPC_VERBOSITY" not in os.environ:  # it would tell of each connection that the server ends
        os.environ["GRPC_VERBOSITY"] = "ERROR"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    missed = fan_out(seconds) + against_json(seconds / 2)
    for miss in missed:
        print(f"missed: {miss}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
