"""Price-like series for the tests of indicators and kernel: made by Hypothesis, by chance, or read from files."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from fluxherod.core.jit import FloatArray, RecordArray
from fluxherod.core.kernel import BAR

LOWEST, HIGHEST = 1.0, 10_000.0
SIZES = (1e-4, 5e-2)


@dataclass(frozen=True, slots=True)
class Prices:
    """Columns of bars, oldest first."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray

    def part(self, first: int, end: int) -> Prices:
        return Prices(*(getattr(self, field.name)[first:end].copy() for field in fields(self)))

    def bars(self) -> RecordArray:
        """As BAR records, an hour before noon."""
        bars = np.zeros(self.close.size, BAR)
        for field in fields(self):
            bars[field.name] = getattr(self, field.name)
        bars["minute_of_day"], bars["minutes_to_close"], bars["minutes_after_open"] = 660, 300, 90
        return bars


def wandering(count: int, seed: int, step: float = 0.01, start: float = 100.0) -> Prices:
    """A random walk of one step size."""
    rng = np.random.default_rng(seed)
    close = start * np.exp(np.cumsum(rng.normal(0.0, step, count)))
    opening = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opening, close) * (1 + step * rng.random(count))
    low = np.minimum(opening, close) * (1 - step * rng.random(count))
    return Prices(opening, high, low, close, rng.integers(1, 10_000, count).astype(np.float64))


def _stretches(rng: np.random.Generator, count: int, stillness: float) -> tuple[FloatArray, FloatArray]:
    """Of each bar the step size (0 where the price stands still) and the size of its range."""
    sizes, ranges = np.zeros(count), np.zeros(count)
    first = 0
    while first < count:
        end = first + int(rng.integers(5, 61))
        size = np.exp(rng.uniform(*np.log(SIZES)))
        still = rng.random() < stillness
        sizes[first:end] = 0.0 if still else size
        ranges[first:end] = 0.0 if still and rng.random() < 0.5 else size
        first = end
    return sizes, ranges


@st.composite
def price_series(draw: st.DrawFn, shortest: int = 80, longest: int = 240) -> Prices:
    """$1 to $10,000 in steps of 1e-4 to 5 %, in ticks of 1/10,000 dollar, with gaps and with flat stretches."""
    count = draw(st.integers(shortest, longest))
    start = draw(st.floats(np.log(LOWEST), np.log(HIGHEST)))
    stillness, gaps = draw(st.sampled_from([0.0, 0.3])), draw(st.sampled_from([0.0, 0.05]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes, ranges = _stretches(rng, count, stillness)
    jumps = np.where(rng.random(count) < gaps, rng.uniform(-SIZES[1], SIZES[1], count), 0.0)
    walk, span = start + np.cumsum(rng.uniform(-sizes, sizes) + jumps), np.log(HIGHEST / LOWEST)
    close = np.round(LOWEST * np.exp(span - np.abs(np.mod(walk, 2 * span) - span)), 4)  # turned back at both ends
    opening = np.round(np.concatenate([close[:1], close[:-1]]) * np.exp(jumps), 4)
    high = np.round(np.maximum(opening, close) * (1 + ranges * rng.random(count)), 4)
    low = np.round(np.minimum(opening, close) * (1 - ranges * rng.random(count)), 4)
    return Prices(opening, high, low, close, rng.integers(0, 10_000, count).astype(np.float64))


def read_prices(path: Path) -> Prices:
    """The bars of a file of `timestamp,open,high,low,close,volume`, plain or gzipped."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    rows = [[float(row[field.name]) for field in fields(Prices)] for row in csv.DictReader(text.splitlines())]
    return Prices(*np.ascontiguousarray(np.array(rows).T))
