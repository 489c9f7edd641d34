"""From the start of the daemon to ACTIVE, against a running alpacasim. `python tests/bench/bench_active.py [SYMBOLS]`.

Cold is without cache and journal, warm with both; the kernel's machine code is there in either case. The exchange keeps
Alpaca's limit of 200 requests a minute, counts every request, and stands in the middle of a session meanwhile.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from harness.processes import Daemon, Installation, Simulator
from harness.relay import Relay

from fluxhero.v1 import system_pb2 as system

RUNS = 5
DAY = "2023-06-27"
LIMIT = "alpaca.requests_per_minute=200"
TIMEOUT_S = 120.0
LOOK_EVERY_S = 0.005


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds of the wall until ACTIVE, the requests by path, and how many of them were refused."""

    wall_s: float
    paths: Counter[str]
    refused: int


def symbols(count: int) -> tuple[str, ...]:
    """Made-up symbols."""
    return tuple(f"S{number:03d}" for number in range(count))


def start(relay: Relay, installation: Installation) -> Start:
    """Start the daemon, wait until it is ACTIVE, and stop it in good order."""
    relay.forget()
    began = time.perf_counter()
    with Daemon(installation) as daemon:
        while daemon.alive and daemon.status().state != system.TRADING_STATE_ACTIVE:
            assert time.perf_counter() - began < TIMEOUT_S, daemon.said
            time.sleep(LOOK_EVERY_S)
        wall_s = time.perf_counter() - began
        paths = Counter(relay.paths)
        assert daemon.stop() == 0
    return Start(wall_s, paths, relay.statuses[429])


def made_up(names: Sequence[str]) -> tuple[str, ...]:
    """Generated prices."""
    return ("--synthetic", "1", "--symbols", ",".join(names), "--start", f"{DAY}T12:00:30-04:00", "--end", DAY)


def starts(
    folder: Path, names: Sequence[str], played: Sequence[str], warm: int, settings: Sequence[str] = ()
) -> list[Start]:
    """A cold start against an exchange that stands, and some warm ones after it."""
    with (
        Simulator(folder, "--step", "--rate-limit", "200", *played) as simulator,
        Relay(simulator.url) as relay,
    ):
        installation = Installation(folder, relay.url, names, "1Hour", (LIMIT, *settings))
        found = [start(relay, installation) for _ in range(1 + warm)]
        installation.remove()
    return found


def _limited(one: Start) -> int:
    """The requests that count against Alpaca's limit."""
    return sum(times for path, times in one.paths.items() if path.startswith("/v2/"))


def _print(count: int, found: Sequence[Start]) -> None:
    cold, warm = found[0], found[1:]
    print(f"{count:4d} symbols, cold {cold.wall_s:7.3f} s   {_limited(cold)} requests, {cold.refused} refused")
    if warm:
        walls = [one.wall_s for one in warm]
        requests = f"{_limited(warm[0])} requests, {sum(one.refused for one in warm)} refused"
        print(f"              warm {min(walls):7.3f} s   {requests}, the best of {len(warm)}")
        print(f"                   {statistics.median(walls):7.3f} s   median")
    for path, times in Counter(path for path in cold.paths.elements() if path != "/sim/clock").most_common(8):
        print(f"              {times:4d} {path}")


def main() -> None:
    """Print the table."""
    for count in [int(word) for word in sys.argv[1:]] or [3, 500]:
        folder = Path(tempfile.mkdtemp(prefix="fluxhero-bench-"))
        try:
            names = symbols(count)
            _print(count, starts(folder, names, made_up(names), RUNS if count < 100 else 1))
        finally:
            shutil.rmtree(folder)
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
