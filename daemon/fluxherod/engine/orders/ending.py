"""The end of a process: open shares get the stop that they lack before it goes, and what is left without one is told.

A chase, an exit or a stop that is being moved is a time in which the daemon alone watches some shares. Told to stop,
the daemon cancels what is chased and goes on until each of them has its stop, or is sold. The runner bounds that time.
"""

from __future__ import annotations

from fluxherod.core.orders import Order
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.orders.unprotected import Unprotected

_NOBODY = "nobody watches it until the daemon is started again; look after it at the broker's own page"


class Ending:
    """Whether the process may end; `reason` is "" while nobody has told it to."""

    def __init__(self) -> None:
        self.reason = ""
        self.over = False
        self._time_is_up = False

    def cancel(self) -> None:
        """A process has begun."""
        self.reason, self.over, self._time_is_up = "", False, False

    def begin(self, reason: str) -> None:
        """The process is told to end."""
        self.reason = reason

    def hurry(self) -> None:
        """Nothing is waited for any more."""
        self._time_is_up = True

    def look(self, desk: Desk, unprotected: Unprotected, out: list[Effect]) -> bool:
        """After each event: True when this was the last one, and what is left behind has been told."""
        entries = list(desk.book.chased.values())
        if self.over or not self.reason or (not self._time_is_up and (entries or unprotected.mending)):
            return False
        self.over = True
        for span in unprotected.now:
            text = f"The daemon ends, and {span.shares} {span.symbol} have no working stop at the broker ({span.cause})"
            out.append(AlertRaised("LEFT_UNPROTECTED", Severity.CRITICAL, f"{text}: {_NOBODY}", span.symbol))
        for entry in entries:
            if not entry.state.ended and not any(span.symbol == entry.symbol for span in unprotected.now):
                out.append(_left_working(entry))
        return True


def _left_working(entry: Order) -> AlertRaised:
    """What it fills in part from now on has no stop, as its leg works only once all of it is filled."""
    text = (
        f"The daemon ends, and the cancel of a limit order is not confirmed ({entry.side} {entry.remaining} "
        f"{entry.symbol}, {entry.id}): shares that it fills in part have no stop; {_NOBODY}"
    )
    return AlertRaised("LEFT_UNPROTECTED", Severity.CRITICAL, text, entry.symbol)
