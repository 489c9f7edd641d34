"""Whether the daemon is well enough for systemd's watchdog: does what it takes in get on.

A daemon that is not well is ended by systemd and started again. So it is well whatever a restart would not mend: links
that are down, keys that are refused, and a disk that fails, while which exits must leave.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

# The bars of 8,000 symbols are one event that takes a second or two.
STUCK_AFTER_S = 15.0


class Storing(Protocol):
    """Says why the storage fails; "" while it works."""

    @property
    def fault(self) -> str: ...


class Running(Protocol):
    """The loop around the engine, by its counters."""

    @property
    def queued(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def carried_seq(self) -> int: ...
    @property
    def committing(self) -> Storing: ...


class Vitals:
    """Looks at a runner again and again: `fault` is to be asked each second or so, from the event loop."""

    def __init__(self, runner: Running, now_s: Callable[[], float] = time.monotonic) -> None:
        self._runner = runner
        self._events, self._effects = _Getting(now_s), _Getting(now_s)

    def fault(self) -> str:
        """What does not get on, in words; "" when all is well."""
        runner = self._runner
        stuck_s = self._events.stuck_s(runner.queued > 0, runner.seq)
        # A disk that fails or hangs is told and lived with by the runner itself, within a second.
        waits = runner.carried_seq < runner.seq and not runner.committing.fault
        carrying_s = self._effects.stuck_s(waits, runner.carried_seq)
        if stuck_s >= STUCK_AFTER_S:
            return f"{runner.queued} events wait, and none was processed for {stuck_s:.0f} s"
        if carrying_s >= STUCK_AFTER_S:
            return f"what input {runner.carried_seq + 1} wants is not carried out for {carrying_s:.0f} s"
        return ""


class _Getting:
    """Since when something that has work to do has not got on."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._since: tuple[int, float] | None = None

    def stuck_s(self, busy: bool, progress: int) -> float:
        now_s = self._now_s()
        if not busy:
            self._since = None
        elif self._since is None or self._since[0] != progress:
            self._since = progress, now_s
        return now_s - self._since[1] if self._since is not None else 0.0
