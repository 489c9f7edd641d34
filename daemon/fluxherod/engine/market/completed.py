"""Strategy bars on their way from their minutes to the kernel, and what it makes of them."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fluxherod.core.calendar import MINUTE_NS, Session, minute_of_day
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import DECISION
from fluxherod.core.signals import SessionTime
from fluxherod.core.types import Bar
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.market.closed_bars import ClosedBar, packed

_NAMES = tuple(DECISION.names or ())
_pack_bar = struct.Struct("=5d3i4x").pack  # as BAR has them


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


@dataclass(frozen=True, slots=True)
class Decided:
    """Completed bars with what the kernel made of each.

    `records` are of kernel.DECISION, `beside` of closed_bars.BESIDE: what else was known. Both have shape (bars,).
    """

    completed: Sequence[Completed]
    records: RecordArray
    beside: RecordArray

    def remember(self) -> None:
        """Let each symbol's book have its bars."""
        for one, content in zip(self.completed, packed(self.records, self.beside), strict=True):
            one.book.closed.append(content)

    def live(self) -> Iterator[tuple[int, Bar, int, int, bool, bool]]:
        """Of each bar that came live: its number, it, its end, its regime, whether it is valid and an entry fired."""
        names = [self.records[name].tolist() for name in ("regime", "valid", "entry")]
        columns = zip(self.completed, self.beside["live"].tolist(), *names, strict=True)
        for number, (one, live, regime, valid, entry) in enumerate(columns):
            if live:
                yield number, one.bar, one.ending.end_ns, regime, valid, valid and entry != 0

    def closed(self, number: int) -> ClosedBar:
        """One of the bars, to be decided on; its decision is plain numbers by name."""
        one = self.completed[number]
        *_, spread, spike, _, _, live, only_noted = self.beside[number].item()
        decision = dict(zip(_NAMES, self.records[number].item(), strict=True))
        end_ns, _, time = one.ending
        return ClosedBar(one.bar, end_ns, decision, live, spread, spike, None, time, only_noted)
