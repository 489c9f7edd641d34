"""The kernel on one core: batch, live step, cold and warm start. `python tests/bench/bench_kernel.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import numpy as np

from fluxherod.core.kernel import BAR, DECISION, default_params, new_states, run, step, warm_up

BARS = 200_000
BLOCK = 2_000
START = """
import time; start = time.perf_counter()
from fluxherod.core import kernel; kernel.warm_up()
print(time.perf_counter() - start)
"""


def bars(count: int) -> np.ndarray:
    """A random walk as BAR records."""
    random = np.random.default_rng(7)
    made = np.zeros(count, BAR)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.002, count)))
    made["open"] = np.concatenate(([100.0], close[:-1]))
    made["close"] = close
    made["high"] = np.maximum(made["open"], close) * 1.001
    made["low"] = np.minimum(made["open"], close) * 0.999
    made["volume"] = random.integers(1_000, 100_000, count)
    made["minute_of_day"], made["minutes_to_close"], made["minutes_after_open"] = 660, 300, 90
    return made


def batch_ns() -> float:
    """Nanoseconds a bar over blocks that reuse one small output."""
    params, tape, out = default_params(), bars(BARS), np.zeros(BLOCK, DECISION)
    best = float("inf")
    for _ in range(7):
        states = new_states(1, params)
        start = time.perf_counter()
        for first in range(0, BARS, BLOCK):
            run(states, 0, params, tape[first : first + BLOCK], True, out)
        best = min(best, time.perf_counter() - start)
    return best / BARS * 1e9


def step_us() -> float:
    """Microseconds of one live step from Python."""
    params, out = default_params(), np.zeros(1, DECISION)
    states = new_states(1, params)
    best = float("inf")
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(20_000):
            step(states, 0, params, 100.0, 101.0, 99.0, 100.5, 5_000.0, 660, 300, 90, True, out, 0)
        best = min(best, time.perf_counter() - start)
    return best / 20_000 * 1e6


def start_s(cache: str) -> float:
    """Seconds to import and ready the kernels in a new process."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    done = subprocess.run([sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the table."""
    warm_up()
    print(f"fused kernel, batch     {batch_ns():8.1f} ns a bar")
    print(f"live step from Python   {step_us():8.2f} us")
    with tempfile.TemporaryDirectory() as cache:
        print(f"start, cold compile     {start_s(cache):8.2f} s (imports included)")
        print(f"start, warm cache       {min(start_s(cache) for _ in range(3)):8.2f} s (imports included)")


if __name__ == "__main__":
    main()
