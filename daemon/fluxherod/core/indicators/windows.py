"""Rolling sums over the last `period` values that never subtract, so they cannot drift.

The window is split at a block border that moves once every `period` values: `ring[k:]` holds the sums of the
old block from k to its end, `prefix` the sum of the new block so far. Their total is the window. At the border
the ring is folded into suffix sums again, which makes one update O(1) on average. A value depends on the inputs
alone, not on how they were cut into calls: batch and stream agree bit for bit.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.jit import FloatArray, Record, RecordArray, inlined, kernel

MAX_PERIOD = 128

WINDOW = np.dtype([("prefix", "f8"), ("position", "i8"), ("ring", "f8", (MAX_PERIOD,))], align=True)


@inlined
def push_sum(window: Record, period: int, value: float) -> float:
    """Add `value` and return the sum of the last `period` values (of all values while there are fewer)."""
    ring = window["ring"]
    position = window["position"]
    prefix = window["prefix"] + value
    ring[np.uintp(position)] = value  # unsigned: no test for an index from the end
    position += 1
    if position == period:
        total = 0.0
        for newer in range(1, period + 1):
            k = np.uintp(period - newer)
            total += ring[k]
            ring[k] = total
        position = 0
        prefix = 0.0
    window["position"] = position
    window["prefix"] = prefix
    return prefix + ring[np.uintp(position)]


@kernel
def _sma_into(values: FloatArray, period: int, window: RecordArray, out: FloatArray) -> None:
    for index in range(values.shape[0]):
        total = push_sum(window[0], period, values[index])
        out[index] = total / period if index >= period - 1 else np.nan


def sma(values: FloatArray, period: int) -> FloatArray:
    """Simple moving average, shape of `values`; first valid at index period - 1."""
    out = np.empty(values.shape[0])
    _sma_into(values, period, np.zeros(1, WINDOW), out)
    return out


average_volume = sma
