"""Many bars of one symbol through the kernel."""

from __future__ import annotations

import numpy as np

from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import DECISION, new_states, step_many


def step_through(states: RecordArray, params: RecordArray, bars: RecordArray, i: int = 0) -> RecordArray:
    """The decision on each bar, oldest first; symbol `i` of the states moves on."""
    out = np.zeros(bars.size, DECISION)
    step_many(states, np.full(bars.size, i), params, bars, True, out)
    return out


def decided(bars: RecordArray, params: RecordArray) -> RecordArray:
    """The decision on each bar, from a state that has seen none before the first."""
    return step_through(new_states(1, params), params, bars)
