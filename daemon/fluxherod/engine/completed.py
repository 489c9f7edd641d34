"""A strategy bar on its way from its minutes to the kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fluxherod.core.calendar import MINUTE_NS, Session, minute_of_day
from fluxherod.core.types import Bar
from fluxherod.engine.books import SymbolBook


@dataclass(frozen=True, slots=True)
class Completed:
    """A strategy bar that has ended and has not been through the kernel."""

    book: SymbolBook
    bar: Bar
    end_ns: int
    session: Session  # the regular one of its day, which it is decided by
    five_minute_atr: float = math.nan


def kernel_bar(completed: Completed) -> tuple[float | int, ...]:
    """A completed bar as a kernel.BAR record."""
    bar = completed.bar
    opened, closes = session_minutes(completed)
    return (
        bar.open,
        bar.high,
        bar.low,
        bar.close,
        float(bar.volume),
        minute_of_day(completed.end_ns),
        closes,
        opened,
    )


def session_minutes(completed: Completed) -> tuple[int, int]:
    """Minutes after the open and to the close."""
    end_ns, session = completed.end_ns, completed.session
    return (end_ns - session.open_ns) // MINUTE_NS, (session.close_ns - end_ns) // MINUTE_NS
