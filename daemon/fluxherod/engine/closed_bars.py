"""The completed bars of one symbol: the newest as objects, those before them as bytes.

500 bars of 8,000 symbols as objects are more than 3 GB, as bytes 1.3. What is read from the bytes is bit for bit what
was written: the prices are in the kernel's record.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from struct import Struct
from typing import Any, overload

import numpy as np

from fluxherod.core.jit import FloatArray, RowArray
from fluxherod.core.kernel import DECISION
from fluxherod.core.portfolio import Position
from fluxherod.core.signals import SessionTime
from fluxherod.core.types import Bar

REMEMBERED_BARS = 500

# What a bar has beside its record: start, end, volume, spread, spike, minutes of the session, and three flags.
_BESIDE = Struct("<qqqddii???")
_SETTLED = np.dtype([("decision", DECISION), ("start", "<i8"), ("end", "<i8"), ("more", np.void, _BESIDE.size - 2 * 8)])


@dataclass(slots=True)
class ClosedBar:
    """A completed strategy bar, what the kernel made of it, and what was known beside it when it was decided.

    Args:
        decision: a record of kernel.DECISION.
        live: False for a bar that came with the history: nothing was decided on it.
        spread: ask minus bid of the quote then; NaN without a fresh one.
        spike: the scaled range of the 5-minute bars over the strategy bars' own; NaN when either is unknown.
        held: the position of ours that was open then.
        time: where its decision time lies in the regular session.
        only_noted: no entry could fire on it: the bar only noted what stands, to know what turns true on the next.
    """

    bar: Bar
    end_ns: int
    decision: Any
    live: bool = False
    spread: float = math.nan
    spike: float = math.nan
    held: Position | None = None
    time: SessionTime | None = None
    only_noted: bool = False


class ClosedBars(Sequence[ClosedBar]):
    """The newest 500 completed bars, oldest first, and those of the newest event.

    What is appended may still be changed until the next `settle`; what was settled is made anew when it is asked for.
    """

    __slots__ = ("_fresh", "_held", "_settled", "symbol")

    def __init__(self, symbol: str = "") -> None:
        self.symbol = symbol
        self._settled: deque[bytes] = deque(maxlen=REMEMBERED_BARS)
        self._held: dict[int, Position] = {}  # by the bar's end
        self._fresh: list[ClosedBar] = []

    def clear(self) -> None:
        """Forget all bars."""
        self._settled.clear()
        self._held.clear()
        self._fresh.clear()

    def append(self, closed: ClosedBar) -> None:
        """Remember one more."""
        self._fresh.append(closed)

    def settle(self) -> None:
        """Turn all but the newest into bytes; nobody changes them any more."""
        fresh = self._fresh
        if len(fresh) < 2:
            return
        self._settled.extend(map(_packed, fresh[:-1]))
        self._held |= {one.end_ns: one.held for one in fresh[:-1] if one.held is not None}
        if self._held:
            oldest_ns = _unpacked(self.symbol, self._settled[0]).end_ns
            self._held = {end_ns: held for end_ns, held in self._held.items() if end_ns >= oldest_ns}
        if len(fresh) > 2:
            self.own()
        del fresh[:-1]

    def own(self) -> None:
        """Let the newest have a record of its own: else it keeps alive all that were decided with it."""
        if self._fresh:
            self._fresh[-1].decision = _record(self._fresh[-1].decision.tobytes())

    def closes(self, newest: int, until_ns: int) -> tuple[RowArray, FloatArray]:
        """Ends and closes of the bars that ended by a time, of so many of the newest, oldest first; each shape (n,)."""
        settled = [*islice(reversed(self._settled), max(0, newest - len(self._fresh)))]
        table = np.frombuffer(b"".join([*reversed(settled), *map(_packed, self._fresh)]), _SETTLED)
        ends, closes = table["end"], table["decision"]["close"]
        known = int(ends.searchsorted(until_ns, "right"))
        return ends[:known], closes[:known]

    def __len__(self) -> int:
        return len(self._settled) + len(self._fresh)

    @overload
    def __getitem__(self, number: int) -> ClosedBar: ...
    @overload
    def __getitem__(self, number: slice) -> list[ClosedBar]: ...
    def __getitem__(self, number: int | slice) -> ClosedBar | list[ClosedBar]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        place, settled = number + len(self) if number < 0 else number, len(self._settled)
        if not 0 <= place < len(self):
            raise IndexError(number)
        if place >= settled:
            return self._fresh[place - settled]
        closed = _unpacked(self.symbol, self._settled[place])
        closed.held = self._held.get(closed.end_ns)
        return closed


def _packed(one: ClosedBar) -> bytes:
    bar, time = one.bar, one.time
    minutes = (0, 0, False) if time is None else (time.after_open, time.to_close, True)
    beside = _BESIDE.pack(
        bar.start_ns, one.end_ns, bar.volume, one.spread, one.spike, *minutes, one.live, one.only_noted
    )
    content: bytes = one.decision.tobytes()
    return content + beside


def _unpacked(symbol: str, content: bytes) -> ClosedBar:
    decision = _record(content)
    start_ns, end_ns, volume, spread, spike, after_open, to_close, timed, live, only_noted = _BESIDE.unpack_from(
        content, DECISION.itemsize
    )
    opening, high, low, close = (float(decision[name]) for name in ("open", "high", "low", "close"))
    bar = Bar(symbol, start_ns, opening, high, low, close, volume)
    time = SessionTime(after_open, to_close) if timed else None
    return ClosedBar(bar, end_ns, decision, live, spread, spike, None, time, only_noted)


def _record(content: bytes) -> Any:
    """A record of kernel.DECISION, bit for bit: NumPy's own copy of one leaves out what lies between its fields."""
    return np.frombuffer(content, DECISION, 1)[0]
