"""Stretches of time in which the tape is not heard: halts, and quotes that are held."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_NEVER_NS = np.iinfo(np.int64).max


@dataclass(slots=True)
class Pauses:
    """Spans of nanoseconds UTC, both ends included."""

    _spans: list[tuple[int, int]] = field(default_factory=list)

    def begin(self, now_ns: int, last_ns: int) -> None:
        """Begin a span, unless one is under way; a print of this very moment (`last_ns`) was still heard."""
        if not self._spans or self._spans[-1][1] != _NEVER_NS:
            self._spans.append((now_ns + 1 if last_ns == now_ns else now_ns, _NEVER_NS))

    def end(self, now_ns: int) -> None:
        """End the span that is under way."""
        if self._spans and self._spans[-1][1] == _NEVER_NS:
            self._spans[-1] = (self._spans[-1][0], now_ns)

    def heard(self, now_ns: int) -> None:
        """The tape was heard: a span that ended at this very moment ended before it."""
        if self._spans and self._spans[-1][1] == now_ns:
            self._spans[-1] = (self._spans[-1][0], now_ns - 1)

    def outside(self, t_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the times lie in no span."""
        kept = np.ones(len(t_ns), dtype=np.bool_)
        for first, last in self._spans:
            kept &= (t_ns < first) | (t_ns > last)
        return kept
