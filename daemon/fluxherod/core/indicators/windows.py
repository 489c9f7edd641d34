"""Rolling sums over the last `period` values that never subtract, so they cannot drift.

The window is split at a block border that moves once every `period` values: `ring[k:]` holds the sums of the
old block from k to its end, `prefix` the sum of the new block so far. Their total is the window. At the border
the ring is folded into suffix sums again, which makes one update O(1) on average. A value depends on the inputs
alone, not on how they were cut into calls: batch and stream agree bit for bit.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.jit import FloatArray, Record, inlined, kernel

MAX_PERIOD = 128

WINDOW = np.dtype([("prefix", "f8"), ("position", "i8"), ("ring", "f8", (MAX_PERIOD,))], align=True)


@inlined
def push_sum(window: Record, period: int, value: float) -> float:
    """Add `value` to a WINDOW: the sum of its last `period` values, or of all while there are fewer."""
    ring, position, prefix = window["ring"], window["position"], window["prefix"] + value
    ring[np.uintp(position)] = value  # unsigned: no test for an index from the end
    position += 1
    if position == period:
        _fold(ring, 0, period, ring)
        position = 0
        prefix = 0.0
    total: float = prefix + ring[np.uintp(position)]
    window["position"] = position
    window["prefix"] = prefix
    return total


@inlined
def _fold(values: FloatArray, border: int, period: int, suffixes: FloatArray) -> None:
    """The suffix sums of the block that starts at `border`."""
    total = 0.0
    for newer in range(1, period + 1):
        k = period - newer
        total += values[np.uintp(border + k)]
        suffixes[np.uintp(k)] = total


@kernel
def _sma_into(values: FloatArray, period: int, suffixes: FloatArray, out: FloatArray) -> None:
    """`push_sum` a block at a time: the array itself is the ring, and no bar asks whether its block is full."""
    count = values.shape[0]
    weight = 1.0 / period
    out[: period - 1] = np.nan
    for border in range(0, count, period):
        prefix = 0.0
        if border > 0:
            for k in range(min(period - 1, count - border)):
                prefix += values[np.uintp(border + k)]
                out[np.uintp(border + k)] = (prefix + suffixes[np.uintp(k + 1)]) * weight
        if border + period <= count:
            _fold(values, border, period, suffixes)
            out[border + period - 1] = suffixes[0] * weight


def sma(values: FloatArray, period: int) -> FloatArray:
    """Simple moving average, shape of `values`; first valid at index period - 1."""
    out = np.empty(values.shape[0])
    _sma_into(values, period, np.empty(period), out)
    return out


average_volume = sma
