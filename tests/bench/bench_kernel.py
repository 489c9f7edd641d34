"""The kernel on one core: columns of bars, live step, a burst of 8,000 symbols, cold and warm start. `make bench`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial

import numpy as np
from bench_frames import bar
from timing import best_s, one_core, random_walk

from fluxherod.adapters.alpaca.frames import decode_market_frame
from fluxherod.core.columns import WORK, Prices
from fluxherod.core.decisions import decide
from fluxherod.core.kernel import BAR, DECISION, default_params, new_states, step, step_many, warm_up

BARS = 100_000
PART = 2_000
SYMBOLS = 8_000
WARM_MINUTES = 100
START = """
import time, numpy, numba
wall, cpu = time.perf_counter(), time.process_time()
from fluxherod.core import kernel; kernel.warm_up()
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def columns_ns() -> float:
    """Nanoseconds a bar of one symbol, figures and decision; of each part of the bars the best time of many rounds."""
    tape = Prices(*random_walk(BARS), np.random.default_rng(8).integers(1_000, 100_000, BARS).astype(float))
    parts = [Prices._make(column[first : first + PART] for column in tape) for first in range(0, BARS, PART)]
    params, work, words = default_params(), np.zeros(1, WORK), np.zeros(PART, np.int64)
    states = new_states(1, params)
    return sum(best_s([partial(decide, states, 0, params, part, work, words) for part in parts], 60)) / BARS * 1e9


def step_us() -> float:
    """Microseconds of one live step from Python."""
    params, out = default_params(), np.zeros(1, DECISION)
    states = new_states(1, params)

    def many() -> None:
        for _ in range(1_000):
            step(states, 0, params, 100.0, 101.0, 99.0, 100.5, 5_000.0, 660, 300, 90, True, out, 0)

    return best_s([many], 100)[0] / 1_000 * 1e6


class Burst:
    """One frame of the market-data stream with a minute bar of each symbol, decoded and stepped."""

    def __init__(self) -> None:
        messages = [bar(number) for number in range(SYMBOLS)]
        self.frame = json.dumps(messages).encode()
        self.row_of = {message["S"]: number for number, message in enumerate(messages)}
        self.params = default_params()
        self.states, self.out = new_states(SYMBOLS, self.params), np.zeros(SYMBOLS, DECISION)
        self.decode()
        self.fill()
        for _ in range(WARM_MINUTES):
            self.step()

    def decode(self) -> None:
        """The frame as bars."""
        self.read = decode_market_frame(self.frame).bars

    def fill(self) -> None:
        """The bars as records, with the state row of each."""
        read, row_of = self.read, self.row_of
        self.rows = np.array([row_of[bar.symbol] for bar in read])
        self.bars = np.zeros(len(read), BAR)
        self.bars["open"] = [bar.open for bar in read]
        self.bars["high"] = [bar.high for bar in read]
        self.bars["low"] = [bar.low for bar in read]
        self.bars["close"] = [bar.close for bar in read]
        self.bars["volume"] = [bar.volume for bar in read]
        self.bars["minute_of_day"], self.bars["minutes_to_close"], self.bars["minutes_after_open"] = 660, 300, 90

    def step(self) -> None:
        """A decision on each."""
        step_many(self.states, self.rows, self.params, self.bars, True, self.out)

    def whole(self) -> None:
        """All of it."""
        self.decode()
        self.fill()
        self.step()

    def worst_step_s(self) -> float:
        """Seconds of the worst minute: all windows here meet their block borders in the same one, every 100 minutes."""
        return max(best_s([self.step] * 100, 8))


def start_s(cache: str) -> tuple[float, float]:
    """Seconds of the wall and of the CPU to ready the kernels in a new process that has numpy and numba."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    done = subprocess.run([sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=True)
    wall, cpu = map(float, done.stdout.split())
    return wall, cpu


def main() -> None:
    """Print the table."""
    one_core()
    warm_up()
    print(f"fused kernel, over columns    {columns_ns():8.1f} ns a bar   (target 40, goal 25)")
    print(f"live step from Python         {step_us():8.2f} us         (target 1.5)")
    burst = Burst()
    decode, fill, many, whole = (s * 1e3 for s in best_s([burst.decode, burst.fill, burst.step, burst.whole], 80))
    worst = burst.worst_step_s() * 1e3
    print(f"{SYMBOLS} symbols in step_many     {many:8.2f} ms         in the worst minute {worst:.2f}")
    print(f"{SYMBOLS} bars, frame to decisions {whole:8.2f} ms         (target 15)")
    print(f"  decoded {decode:.2f} ms, made records {fill:.2f} ms, stepped {many:.2f} ms")
    with tempfile.TemporaryDirectory() as cache:
        wall, cpu = start_s(cache)
        print(f"start, cold compile           {wall:8.2f} s          CPU {cpu:.2f} s (target 5)")
        wall, cpu = min(start_s(cache) for _ in range(5))
        print(f"start, warm cache             {wall:8.2f} s          CPU {cpu:.2f} s (target 0.6)")


if __name__ == "__main__":
    main()
