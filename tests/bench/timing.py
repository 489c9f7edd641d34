"""What the benchmarks share: one core, the best of many rounds, a price series."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

import numpy as np

from fluxherod.core.jit import FloatArray

Columns = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def one_core() -> None:
    """Stay on one core, where the system knows how: what is compared runs in the same place."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def best_s(functions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Seconds of each function, its best of `rounds`; they take turns, so that a busy moment hits all alike."""
    best = [float("inf")] * len(functions)
    for _ in range(rounds):
        for number, function in enumerate(functions):
            start = time.perf_counter()
            function()
            best[number] = min(best[number], time.perf_counter() - start)
    return best


def random_walk(count: int) -> Columns:
    """Open, high, low and close of a random walk from 100."""
    close = 100.0 * np.exp(np.cumsum(np.random.default_rng(7).normal(0.0, 0.002, count)))
    opening = np.concatenate(([100.0], close[:-1]))
    return opening, np.maximum(opening, close) * 1.001, np.minimum(opening, close) * 0.999, close
