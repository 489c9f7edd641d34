"""Windows over a block of bars at once, bit for bit what `push_sum` and `push_moments` have a bar at a time.

A ring is unrolled into a column: place `PAST` + k is bar k of the block, what is before it comes from the state. So no
bar asks whether its ring is full, and a bar's sums are those of two places in a column, found for many bars at once.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.indicators.moments import Sums, append, joined, prepend
from fluxherod.core.indicators.windows import MAX_PERIOD
from fluxherod.core.jit import FloatArray, Record, inlined

BLOCK = 256
"""The most bars at once: their columns stay in a processor's nearest memory."""
PAST = 2 * MAX_PERIOD

_BARS = ("f8", (BLOCK,))
_PAST_AND_BARS = ("f8", (PAST + BLOCK,))
WINDOWS = np.dtype(
    [(name, *_PAST_AND_BARS) for name in ("closes", "values", "sums", "squares", "ramps")]
    + [(name, *_BARS) for name in ("references", "prefixes", "prefix_squares", "prefix_sums", "totals")]
)
"""Room for one window after another."""


@inlined
def unroll(ring: FloatArray, position: int, period: int, column: FloatArray) -> None:
    """Write a ring, whose next place is `position`, to the places before `PAST`, oldest first."""
    for k in range(period - position):
        column[np.uintp(PAST - period + k)] = ring[np.uintp(position + k)]
    for k in range(position):
        column[np.uintp(PAST - position + k)] = ring[np.uintp(k)]


@inlined
def roll_up(column: FloatArray, count: int, ring: FloatArray, position: int, period: int) -> None:
    """Write a column back to a ring whose next place is `position` after `count` bars."""
    end = PAST + count
    for k in range(period - position):
        ring[np.uintp(position + k)] = column[np.uintp(end - period + k)]
    for k in range(position):
        ring[np.uintp(k)] = column[np.uintp(end - position + k)]


@inlined
def push_sums(state: Record, period: int, windows: Record, count: int) -> None:
    """`push_sum` of the block in `values` on a WINDOW: `totals` are the sums over the last `period` values."""
    position, prefix, begin = state["position"], state["prefix"], 0
    values, totals = windows["values"], windows["totals"]
    unroll(state["ring"], position, period, values)
    while begin < count:
        border = begin + period - 1 - position  # the bar that fills the ring
        for k in range(begin, min(border, count)):
            prefix += values[np.uintp(PAST + k)]
            totals[np.uintp(k)] = prefix + values[np.uintp(PAST + k - period + 1)]
        if border >= count:
            position += count - begin
            break
        suffix = 0.0
        for newer in range(period):
            at = np.uintp(PAST + border - newer)
            suffix += values[at]
            values[at] = suffix
        position, prefix, begin = 0, 0.0, border + 1
        totals[np.uintp(border)] = prefix + suffix
    roll_up(values, count, state["ring"], position, period)
    state["position"], state["prefix"] = position, prefix


@inlined
def skip_sums(state: Record, period: int, block: FloatArray, count: int) -> None:
    """`push_sum` of a block on a WINDOW without the sums: the state alone, of which only the last border decides."""
    ring, prefix, position = state["ring"], state["prefix"], state["position"]
    begin, borders = 0, (position + count) // period
    if borders > 0:
        begin, suffix = borders * period - position, 0.0
        for newer in range(1, period + 1):
            k = begin - newer
            suffix += block[np.uintp(k)] if k >= 0 else ring[np.uintp(position + k)]
            ring[np.uintp(period - newer)] = suffix
        position, prefix = 0, 0.0
    for k in range(begin, count):
        of_bar = block[np.uintp(k)]
        ring[np.uintp(position)] = of_bar
        prefix += of_bar
        position += 1
    state["position"], state["prefix"] = position, prefix


@inlined
def push_many_moments(state: Record, period: int, windows: Record, count: int) -> None:
    """`push_moments` of the block in `closes` on a MOMENTS record, its past there too: the two parts of each window."""
    closes, position, begin, reference = windows["closes"], state["position"], 0, state["reference"]
    prefix = state["prefix"], state["prefix_squares"], state["prefix_sums"]
    for k in range(period):
        _copy(state, k, windows, PAST - position - period + k)
    while begin < count:
        border = begin + period - 1 - position
        for k in range(begin, min(border, count)):
            prefix = append(closes[np.uintp(PAST + k)] - reference, prefix)
            _keep(windows, k, reference, prefix)
        if border >= count:
            position += count - begin
            break
        reference, suffix = closes[np.uintp(PAST + border)], (0.0, 0.0, 0.0)
        for newer in range(period):
            at = np.uintp(PAST + border - newer)
            suffix = prepend(closes[at] - reference, suffix)
            windows["sums"][at], windows["squares"][at], windows["ramps"][at] = suffix
        position, prefix, begin = 0, (0.0, 0.0, 0.0), border + 1
        _keep(windows, border, reference, prefix)
    for k in range(period):
        _copy(windows, PAST + count - position - period + k, state, k)
    roll_up(closes, count, state["closes"], position, period)
    state["position"], state["reference"] = position, reference
    state["prefix"], state["prefix_squares"], state["prefix_sums"] = prefix


@inlined
def _copy(source: Record, at: int, target: Record, to: int) -> None:
    """A place of the suffix sums."""
    target["sums"][np.uintp(to)] = source["sums"][np.uintp(at)]
    target["squares"][np.uintp(to)] = source["squares"][np.uintp(at)]
    target["ramps"][np.uintp(to)] = source["ramps"][np.uintp(at)]


@inlined
def _keep(windows: Record, k: int, reference: float, prefix: Sums) -> None:
    j = np.uintp(k)
    windows["references"][j] = reference
    windows["prefixes"][j], windows["prefix_squares"][j], windows["prefix_sums"][j] = prefix


@inlined
def moments_at(windows: Record, period: int, k: int) -> tuple[float, Sums]:
    """What `push_moments` returns for bar k of the block: the reference, and the sums of its window."""
    old, new = np.uintp(PAST + k - period + 1), np.uintp(k)
    suffix = windows["sums"][old], windows["squares"][old], windows["ramps"][old]
    prefix = windows["prefixes"][new], windows["prefix_squares"][new], windows["prefix_sums"][new]
    return windows["references"][new], joined(period, suffix, prefix)
