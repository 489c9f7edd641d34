"""Strategy bars on their way from their minutes to the kernel, and what it makes of them."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fluxherod.core.calendar import MINUTE_NS, Session, minute_of_day
from fluxherod.core.kernel import DECISION
from fluxherod.core.signals import SessionTime
from fluxherod.core.types import Bar
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.market.closed_bars import ClosedBar, pack_beside, packed

_NAMES = tuple(DECISION.names or ())
_pack_bar = struct.Struct("=5d3i4x").pack  # as BAR has them
_LETTERS = {"f8": "d", "i8": "q", "i1": "b", "b1": "?"}


def _reader(kind: np.dtype[Any], *wanted: str) -> struct.Struct:
    """Reads some fields of records from their bytes, in their order there: NumPy takes ten times as long."""
    parts, end = ["="], 0
    assert kind.fields is not None
    for name, (field, offset, *_) in kind.fields.items():
        if name in wanted:
            parts.append(f"{offset - end}x{_LETTERS[field.str[1:]]}")
            end = offset + field.itemsize
    return struct.Struct("".join([*parts, f"{kind.itemsize - end}x"]))


_ALL = _reader(DECISION, *_NAMES)
_GLANCE = _reader(DECISION, "atr", "regime", "entry", "valid")


class Ending(NamedTuple):
    """When a bar ends, and where that lies in the regular session of its day, which it is decided by."""

    end_ns: int
    minute_of_day: int
    time: SessionTime


def ending(end_ns: int, session: Session) -> Ending:
    """The end of a bar of a session's day."""
    time = SessionTime((end_ns - session.open_ns) // MINUTE_NS, (session.close_ns - end_ns) // MINUTE_NS)
    return Ending(end_ns, minute_of_day(end_ns), time)


class Completed(NamedTuple):
    """A strategy bar that has ended and has not been through the kernel."""

    book: SymbolBook
    bar: Bar
    ending: Ending
    five_minute_atr: float = math.nan

    @property
    def end_ns(self) -> int:
        """When it ended."""
        return self.ending.end_ns


def kernel_bar(completed: Completed) -> bytes:
    """A completed bar as a kernel.BAR record."""
    bar, (_, minute, time) = completed.bar, completed.ending
    return _pack_bar(bar.open, bar.high, bar.low, bar.close, bar.volume, minute, time.to_close, time.after_open)


Beside = tuple[int, int, int, float, float, int, int, bool, bool]
"""What is known of a bar beside the kernel's record, in the order of closed_bars.BESIDE; a class takes longer."""


def glances(records: bytes) -> Iterator[tuple[float, int, int, bool]]:
    """ATR, regime, entry and whether it is valid, of each of some records of kernel.DECISION."""
    return _GLANCE.iter_unpack(records)


@dataclass(frozen=True, slots=True)
class Decided:
    """Completed bars with what the kernel made of each: `records` of kernel.DECISION, and what else was known."""

    completed: Sequence[Completed]
    records: bytes
    beside: Sequence[Beside]

    def remember(self) -> None:
        """Let each symbol's book have its bars."""
        beside = b"".join([pack_beside(*one) for one in self.beside])
        for one, content in zip(self.completed, packed(self.records, beside), strict=True):
            one.book.closed.append(content)

    def live(self) -> Iterator[tuple[int, Bar, int, int, bool, bool]]:
        """Of each bar that came live: its number, it, its end, its regime, whether it is valid and an entry fired."""
        columns = zip(self.completed, self.beside, glances(self.records), strict=True)
        for number, (one, (_, end_ns, _, _, _, _, _, live, _), (_, regime, entry, valid)) in enumerate(columns):
            if live:
                yield number, one.bar, end_ns, regime, valid, valid and entry != 0

    def closed(self, number: int) -> ClosedBar:
        """One of the bars, to be decided on; its decision is plain numbers by name."""
        one, (_, end_ns, _, spread, spike, _, _, live, only_noted) = self.completed[number], self.beside[number]
        decision = dict(zip(_NAMES, _ALL.unpack_from(self.records, number * _ALL.size), strict=True))
        return ClosedBar(one.bar, end_ns, decision, live, spread, spike, None, one.ending.time, only_noted)
