"""The completed bars of one symbol, as bytes.

500 bars of 8,000 symbols as objects are more than 3 GB, as bytes 1.1. What is read from the bytes is bit for bit what
was written: the prices are in the kernel's record.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from fluxherod.core.jit import FloatArray, RecordArray, RowArray
from fluxherod.core.kernel import DECISION
from fluxherod.core.portfolio import Position
from fluxherod.core.signals import SessionTime
from fluxherod.core.types import Bar

REMEMBERED_BARS = 500
# Two more, as ever: what a change of parameters makes of the bars that are kept must not change with a version.
_KEPT = REMEMBERED_BARS + 2

BESIDE = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("volume", "i8"),
        ("spread", "f8"),
        ("spike", "f8"),
        ("after_open", "i4"),
        ("to_close", "i4"),
        ("live", "?"),
        ("only_noted", "?"),
    ]
)
"""What a bar has beside the kernel's record, see ClosedBar."""
pack_beside = struct.Struct("=3q2d2i2?").pack
"""The bytes of a record of BESIDE."""

_RECORD = np.dtype([("decision", DECISION), ("beside", BESIDE)])
_SIZE = _RECORD.itemsize
_TIMES = struct.Struct("=qq")  # a bar's start and end, as BESIDE begins
# Memory comes by so many bars: all symbols need more of it in the same minute, and nothing that is there is moved.
_CHUNK = 16
_ROOM = -(-_KEPT // _CHUNK) * _CHUNK


@dataclass(slots=True)
class ClosedBar:
    """A completed strategy bar, what the kernel made of it, and what was known beside it when it was decided.

    Args:
        decision: a record of kernel.DECISION, or its fields by name.
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
    """The newest completed bars, oldest first. Each is made anew when it is asked for."""

    __slots__ = ("_chunks", "_closes", "_count", "_held", "symbol")

    def __init__(self, symbol: str = "") -> None:
        self.symbol = symbol
        self._chunks: list[bytearray] = []  # a ring, once there are as many as it needs
        self._count = 0  # of all that were appended
        self._held: dict[int, Position] = {}  # by the bar's end
        # What was asked last: of which bars, the end of the newest one, ends and closes.
        self._closes: tuple[tuple[int, int], int, RowArray, FloatArray] | None = None

    @property
    def appended(self) -> int:
        """How many bars have come since the last `clear`; those that are no longer kept count too."""
        return self._count

    def as_of(self, appended: int) -> ClosedBar | None:
        """The newest bar at the time when so many had come; the newest one when they were cleared since."""
        newer = max(0, self._count - appended)
        return self[-1 - newer] if newer < len(self) else None

    def clear(self) -> None:
        """Forget all bars."""
        self._count, self._held, self._closes = 0, {}, None

    def append(self, content: bytes) -> None:
        """Remember one more: a record of DECISION and one of BESIDE, see `packed`."""
        chunk, place = divmod(self._count % _ROOM, _CHUNK)
        if chunk == len(self._chunks):
            self._chunks.append(bytearray(_CHUNK * _SIZE))
        self._chunks[chunk][place * _SIZE : place * _SIZE + _SIZE] = content
        self._count += 1

    def hold(self, held: dict[int, Position]) -> None:
        """Remember which position was open at the end of which bars; those of forgotten bars are dropped."""
        oldest_ns = self[0].end_ns if self else 0
        self._held = {end_ns: position for end_ns, position in (self._held | held).items() if end_ns >= oldest_ns}

    def closes(self, newest: int, until_ns: int) -> tuple[RowArray, FloatArray]:
        """Ends and closes of the bars that ended by a time, of so many of the newest, oldest first; each shape (n,)."""
        if self._closes is None or self._closes[0] != (self._count, newest):
            count = min(newest, len(self))
            table = np.frombuffer(self._bytes(self._count - count, count), _RECORD)
            ends, closes = table["beside"]["end_ns"].copy(), table["decision"]["close"].copy()
            self._closes = (self._count, newest), int(ends[-1]) if count else 0, ends, closes
        _, newest_ns, ends, closes = self._closes
        if newest_ns <= until_ns:
            return ends, closes
        known = int(ends.searchsorted(until_ns, "right"))
        return ends[:known], closes[:known]

    def start_ns(self, place: int) -> int:
        """When a bar began, by its number from the oldest; nothing else of it is read."""
        return self._times(place)[0]

    def end_ns(self, place: int) -> int:
        """When a bar ended, by its number from the oldest; nothing else of it is read."""
        return self._times(place)[1]

    def started_before(self, time_ns: int) -> int:
        """How many of the bars began before a time."""
        return bisect_left(range(len(self)), time_ns, key=self.start_ns)

    def ended_by(self, time_ns: int) -> int:
        """How many of the bars ended by a time."""
        return bisect_right(range(len(self)), time_ns, key=self.end_ns)

    def _times(self, place: int) -> tuple[int, int]:
        chunk, number = divmod((self._count - len(self) + place) % _ROOM, _CHUNK)
        start_ns, end_ns = _TIMES.unpack_from(self._chunks[chunk], number * _SIZE + DECISION.itemsize)
        return start_ns, end_ns

    def __len__(self) -> int:
        return min(self._count, _KEPT)

    @overload
    def __getitem__(self, number: int) -> ClosedBar: ...
    @overload
    def __getitem__(self, number: slice) -> list[ClosedBar]: ...
    def __getitem__(self, number: int | slice) -> ClosedBar | list[ClosedBar]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        count = len(self)
        place = number + count if number < 0 else number
        if not 0 <= place < count:
            raise IndexError(number)
        closed = _unpacked(self.symbol, self._bytes(self._count - count + place, 1))
        closed.held = self._held.get(closed.end_ns)
        return closed

    def _bytes(self, first: int, count: int) -> bytes:
        """So many bars of those that are kept, from one on; it is counted among all that were appended."""
        parts = []
        while count:
            chunk, place = divmod(first % _ROOM, _CHUNK)
            here = min(count, _CHUNK - place)
            parts.append(self._chunks[chunk][place * _SIZE : (place + here) * _SIZE])
            first, count = first + here, count - here
        return b"".join(parts)


def packed(decisions: bytes | RecordArray, beside: bytes | RecordArray) -> list[bytes]:
    """What `ClosedBars.append` takes of each of these bars; records of DECISION, and as many of BESIDE."""
    one, other = DECISION.itemsize, BESIDE.itemsize
    left, right = bytes(decisions), bytes(beside)
    return [left[k * one : k * one + one] + right[k * other : k * other + other] for k in range(len(left) // one)]


def _unpacked(symbol: str, content: bytes) -> ClosedBar:
    # Bit for bit: NumPy's own copy of a record leaves out what lies between its fields.
    decision = np.frombuffer(content, DECISION, 1)[0]
    opening, high, low, close = (float(decision[name]) for name in ("open", "high", "low", "close"))
    beside = np.frombuffer(content, BESIDE, 1, DECISION.itemsize)[0].item()
    start_ns, end_ns, volume, spread, spike, after_open, to_close, live, only_noted = beside
    bar = Bar(symbol, start_ns, opening, high, low, close, volume)
    return ClosedBar(bar, end_ns, decision, live, spread, spike, None, SessionTime(after_open, to_close), only_noted)
