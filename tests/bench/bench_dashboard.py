"""The dashboard under load: Live with 200 symbols at 500 updates a second.

    python tests/bench/bench_dashboard.py [--seconds 60] [--symbols 200] [--rate 500]

The daemon's side (engine, hub, HTTP server) is a process of its own, and Chromium runs the page. One position is quoted
apart from the rest, so that its P&L tells when it was published; the page tells when a frame showed it. First of all
the page is opened, and a chart, a few times. Memory is the
page's heap after a collection of garbage. The bounds: 30 frames a second, < 50 % of a core, seen within 250 ms, memory
flat. It ends with 1 when one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("protos", "daemon", "tests", "tests/bench")]

from bench_engine import OPEN_NS, ready  # noqa: E402
from fakes import MemoryStore  # noqa: E402
from rpc.conftest import Counters, MemoryPast  # noqa: E402
from web.dashboard_browser import Browser  # noqa: E402

from fluxherod.configuration.config import Config, StorageConfig  # noqa: E402
from fluxherod.configuration.http_section import HttpConfig  # noqa: E402
from fluxherod.core.types import Quote  # noqa: E402
from fluxherod.engine.effects import Effect, Update  # noqa: E402
from fluxherod.engine.events import QuotesReceived  # noqa: E402
from fluxherod.engine.runner import Runner  # noqa: E402
from fluxherod.engine.streams.hub import Hub  # noqa: E402
from fluxherod.rpc.convert import encode_update  # noqa: E402
from fluxherod.rpc.metrics import Metrics  # noqa: E402
from fluxherod.rpc.server import DaemonInfo, RpcServer  # noqa: E402
from fluxherod.rpc.web.serving import make_http  # noqa: E402

FRAMES, CORE, SEEN_MS, GROWTH_MIB, FIRST_MS = 30.0, 0.50, 250.0, 4.0, 1_000.0
POSITIONS, SHARES, PRICE = 20, 100, 100.0
BATCHES_A_SECOND, PROBES_A_SECOND = 50, 2
PROBE = "S000"


class Clock:
    """Trading time: a session's, from its open on."""

    rate = 1.0

    def __init__(self) -> None:
        self._began_ns = time.monotonic_ns()

    def now_ns(self) -> int:
        return OPEN_NS + time.monotonic_ns() - self._began_ns

    async def wait_until(self, ns: int) -> None:
        await asyncio.sleep((ns - self.now_ns()) / 1e9)


class Side:
    """The daemon without broker and disk: quotes go through its engine, and what that tells through its hub."""

    def __init__(self, folder: Path, symbols: Sequence[str]) -> None:
        nothing: Any = None
        self.clock = Clock()
        clock: Any = self.clock
        self.hub, self.engine, self.symbols = Hub(encode_update), ready(tuple(symbols)), symbols
        store, counters = MemoryStore(), Counters()
        self.runner = Runner(self.engine, clock, store, nothing, nothing, self.hub, 0)
        config = Config(storage=StorageConfig(state_dir=folder))
        info = DaemonInfo(config, "bench", "0" * 32, counters, counters, MemoryPast(store), *[nothing] * 3)
        socket = folder / "bench.sock"
        self.server = RpcServer(self.engine, self.runner, self.hub, store, info, listen="", unix_socket=socket)
        metrics, http = Metrics(), HttpConfig(listen="127.0.0.1:0")
        self.http = make_http(self.server, info, metrics, http, ROOT / "daemon" / "fluxherod" / "webui")
        out: list[Effect] = []
        for symbol in symbols[:POSITIONS]:
            self.engine.ledger.foreign[symbol] = (SHARES, int(PRICE * 10_000))
            self.engine.ledger.adopt(symbol, SHARES, "bench", OPEN_NS, out)

    def quote(self, prices: Sequence[tuple[str, float]]) -> None:
        """One event with quotes, as it comes from the feed."""
        now_ns = self.clock.now_ns()
        quotes = tuple(Quote(symbol, now_ns, price - 0.01, price + 0.01) for symbol, price in prices)
        effects = self.engine.process(now_ns, QuotesReceived(quotes))
        self.runner.seq += 1
        self.runner.last_event_ns = now_ns
        self.hub.publish(self.runner.seq, now_ns, [one for one in effects if isinstance(one, Update)])

    async def load(self, rate: int) -> None:
        """Quotes at a rate, until somebody ends the process; what is said of the probe goes to standard output."""
        dice, others = random.Random(7), self.symbols[1:]
        began, sent, probed = time.monotonic(), 0, 0
        while True:
            passed = time.monotonic() - began
            due = int(passed * rate) - sent
            if due > 0:
                self.quote([(symbol, round(dice.uniform(90, 110), 2)) for symbol in dice.choices(others, k=due)])
                sent += due
            if passed * PROBES_A_SECOND > probed:
                probed += 1
                self.quote([(PROBE, PRICE + probed / 100)])
                print(json.dumps({"pnl": f"+${probed * SHARES // 100:,}.00", "at_ms": time.time() * 1e3}), flush=True)
            await asyncio.sleep(1 / BATCHES_A_SECOND)


async def serve(symbols: int, rate: int) -> None:
    """The daemon's side; the first line says where it listens, and a token."""
    folder = Path(tempfile.mkdtemp(prefix="fluxhero-"))
    side = Side(folder, [f"S{number:03d}" for number in range(symbols)])
    await side.server.start()
    port = await side.http.start()
    print(json.dumps({"port": port, "token": (folder / "read.token").read_text().strip()}), flush=True)
    await side.load(rate)


@contextmanager
def serving(symbols: int, rate: int, output: Path) -> Iterator[dict[str, Any]]:
    """Where the daemon's side listens, and a token; all that it says goes to a file."""
    command = [sys.executable, __file__, "--serve", "--symbols", str(symbols), "--rate", str(rate)]
    with output.open("wb") as file:
        child = subprocess.Popen(command, stdout=file)
    try:
        while not output.read_bytes().count(b"\n"):
            if child.poll() is not None:
                raise ChildProcessError("the daemon's side has ended")
            time.sleep(0.05)
        yield json.loads(output.read_text().splitlines()[0])
    finally:
        child.kill()
        child.wait()


def delays_ms(published: Sequence[dict[str, Any]], seen: dict[str, float]) -> list[float]:
    """From the publication of each probe to the frame that showed it; a probe that another one overtook has none."""
    return sorted(seen[one["pnl"]] - one["at_ms"] for one in published if one["pnl"] in seen)


def measure(seconds: float, symbols: int, rate: int) -> int:
    """Print the figures; how many bounds were missed."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "said"
        with serving(symbols, rate, output) as where, Browser(f"http://127.0.0.1:{where['port']}") as browser:
            firsts = sorted(browser.look("view", token=where["token"], path="live")["firstDataMs"] for _ in range(7))
            charts = sorted(browser.look("chart", token=where["token"], symbol=PROBE)["tookMs"] for _ in range(7))
            saw = browser.look("load", token=where["token"], seconds=seconds, probe=PROBE)
            published = [json.loads(line) for line in output.read_text().splitlines()[1:]]
    delays = delays_ms(published, saw["seen"])
    frames = sorted(saw["frames"])
    p99, grown = delays[len(delays) * 99 // 100], saw["heapMib"][-1] - saw["heapMib"][0]
    figures = (
        ("first data, median", firsts[3], "ms", firsts[3] < FIRST_MS, f"below {FIRST_MS:g}"),
        ("a chart, median", charts[3], "ms", charts[3] < FIRST_MS, f"below {FIRST_MS:g}"),
        ("frames a second", saw["framesASecond"], "", saw["framesASecond"] >= FRAMES, f"at least {FRAMES:g}"),
        ("of a core, the page", saw["core"] * 100, "%", saw["core"] < CORE, f"below {CORE:.0%}"),
        ("a P&L is seen, p99", p99, "ms", p99 <= SEEN_MS, f"{SEEN_MS:g} at most"),
        ("memory grew by", grown, "MiB", grown < GROWTH_MIB, f"below {GROWTH_MIB:g}"),
    )
    for name, value, unit, kept, bound in figures:
        print(f"{name:22}{value:8.1f} {unit:4}{'' if kept else 'MISSED: '}{bound}")
    print(f"{'the worst second':22}{frames[0]:8.1f} frames, of {len(frames)}; median {frames[len(frames) // 2]}")
    median = f"{delays[len(delays) // 2]:8.1f} ms, the last one {delays[-1]:.0f}; {len(delays)} probes"
    print(f"{'a P&L is seen, median':22}{median}")
    print(f"{'heap, MiB':22}{' '.join(f'{value:.1f}' for value in saw['heapMib'])}")
    print(f"{'a price changes':22}{saw['changesASecond']:8.1f} times a second on screen; {saw['nodes']:.0f} nodes")
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores: on a busy machine frames and P&L come later")
    return sum(not kept for *_, kept, _ in figures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--symbols", type=int, default=200)
    parser.add_argument("--rate", type=int, default=500, help="updates a second")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(chosen.symbols, chosen.rate))
    return min(measure(chosen.seconds, chosen.symbols, chosen.rate), 1)


if __name__ == "__main__":
    sys.exit(main())
