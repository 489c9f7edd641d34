"""The backtest on one core: the driver with the full strategy, and the public API with metrics. `make bench`."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable

import numpy as np
from backtest_peers import agree
from timing import best_s, one_core, random_walk

from fluxherod.backtest.metrics import metrics
from fluxherod.backtest.model import BacktestConfig, Bars, Run
from fluxherod.backtest.report import backtest
from fluxherod.backtest.run import run
from fluxherod.core.calendar import HOUR_NS

BARS = 1_000_000
SYMBOLS = 5
FIRST_NS = 946_735_200_000_000_000
SECONDS_TARGET, BYTES_TARGET = 0.5, 200
CONFIG = BacktestConfig()
START = """
import time
wall, cpu = time.perf_counter(), time.process_time()
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.run import run
run([], BacktestConfig())
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def bars(count: int, symbol: str = "SPY") -> Bars:
    """Hours of a random walk without a pause."""
    starts = FIRST_NS + HOUR_NS * np.arange(count, dtype=np.int64)
    volume = np.random.default_rng(8).integers(50_000, 500_000, count)
    return Bars(symbol, starts, *random_walk(count), volume)


def with_metrics(given: list[Bars]) -> Run:
    """A run and its figures."""
    found = run(given, CONFIG)
    metrics(found)
    return found


def peak_bytes(call: Callable[[], object]) -> int:
    """The most memory that a call had at once, beyond what there was before it."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def start_s() -> tuple[float, float]:
    """Seconds of the wall and of the CPU until a new process has done its first, empty run."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    wall, cpu = map(float, done.stdout.split())
    return wall, cpu


def main() -> None:
    """Print the table."""
    one_core()
    agree()
    one = [bars(BARS)]
    several = [bars(BARS // SYMBOLS, f"S{number}") for number in range(SYMBOLS)]
    found = with_metrics(one)
    print(f"{BARS:,} bars of one symbol, {len(found.trades):,} trades, {len(found.signals):,} signals")
    calls: dict[str, Callable[[], object]] = {
        "driver, full strategy": lambda: run(one, CONFIG),
        "public API with metrics": lambda: with_metrics(one),
        f"{SYMBOLS} symbols on one account": lambda: with_metrics(several),
    }
    for call in calls.values():
        call()
    for name, seconds in zip(calls, best_s(list(calls.values()), 10), strict=True):
        print(f"{name:30} {seconds:8.3f} s   {BARS / seconds / 1e6:8.2f} million bars/s   (target {SECONDS_TARGET} s)")
    (whole,) = best_s([lambda: backtest(one, CONFIG)], 3)
    print(f"{'with look-ahead and warm-up':30} {whole:8.3f} s   {BARS / whole / 1e6:8.2f} million bars/s")
    peak = peak_bytes(lambda: with_metrics(one)) / BARS
    print(f"{'memory at the peak':30} {peak:8.0f} bytes a bar beyond the input   (target {BYTES_TARGET})")
    wall, cpu = min(start_s() for _ in range(3))
    print(f"{'start, warm cache':30} {wall:8.2f} s   CPU {cpu:.2f} s")


if __name__ == "__main__":
    main()
