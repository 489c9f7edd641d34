"""How long something takes on a machine that does other things, too: without the time in which nobody let it run.

Linux notes of each thread how long it had a core, and how long it was ready for one and had none. A bound that a daemon
must keep is measured without the latter: that is what others did on the machine, and no wall clock tells it apart.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

LOOK_EVERY_S = 0.005
# Of a process that has ended nothing is noted any more.
NOTE_EVERY_S = 0.05
# What several threads waited for at once is taken off more than once, so the wall's time has a bound as well.
MOST_OF_WALL = 10.0
Notes = dict[tuple[int, str], tuple[int, int]]  # ns on a core and ns without one, by process and thread


class Stopwatch:
    """Runs from when it is made; for this process and others by their ids, which may end meanwhile.

    On a quiet machine it shows the wall's time; on a busy one less than what was needed, where several waited at once.
    """

    def __init__(self, *pids: int) -> None:
        self._pids = (os.getpid(), *pids)
        self._before: Notes = {}
        self._now: Notes = {}
        self._look()
        self._before = dict(self._now)
        self._began = time.monotonic()

    @property
    def wall_s(self) -> float:
        """By the wall's clock."""
        return time.monotonic() - self._began

    @property
    def seconds(self) -> float:
        """Without the time in which a thread of these processes was ready to run and had no core."""
        self._look()
        return self.wall_s - sum(self._since(key)[1] for key in self._now) / 1e9

    @property
    def idle_s(self) -> float:
        """Without the time on a core as well, of all but this process: what they waited for something else."""
        seconds = self.seconds
        return seconds - sum(self._since(key)[0] for key in self._now if key[0] != os.getpid()) / 1e9

    def wait_for(self, condition: Callable[[], bool], what: str, within_s: float) -> None:
        """Return once a condition holds.

        Raises:
            TimeoutError: when it does not within so many `seconds` of this watch.
        """
        noted_s = self.wall_s
        while not condition():
            if self.wall_s > noted_s + NOTE_EVERY_S:
                self._look()
                noted_s = self.wall_s
            if self.wall_s > within_s and (self.seconds > within_s or self.wall_s > MOST_OF_WALL * within_s):
                raise TimeoutError(f"{what}: not within {within_s:g} s ({self.wall_s:.1f} s of the wall's time)")
            time.sleep(LOOK_EVERY_S)

    def _since(self, key: tuple[int, str]) -> tuple[int, int]:
        (ran, waited), (ran_before, waited_before) = self._now[key], self._before.get(key, (0, 0))
        return ran - ran_before, waited - waited_before

    def _look(self) -> None:
        for pid in self._pids:
            self._now.update(_notes(pid))


def _notes(pid: int) -> Iterator[tuple[tuple[int, str], tuple[int, int]]]:
    with suppress(OSError):  # it has ended, or this is no Linux: then it is the wall's time
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # the thread has ended
                ran, waited, _ = (thread / "schedstat").read_text().split()
                yield (pid, thread.name), (int(ran), int(waited))
