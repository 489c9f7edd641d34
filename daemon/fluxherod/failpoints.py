"""Named places at which a test ends the process, or holds it: off unless the environment names them.

`FLUXHEROD_FAILPOINTS="journal.commit.after=kill@3"` kills the process (SIGKILL: nothing is flushed, no handler runs)
the third time that it gets there; several are parted by commas, and `@1` may be left out. In production the variable
is not set, and `reach` is one look into an empty dictionary.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

from fluxherod.errors import FluxHeroError

VARIABLE = "FLUXHEROD_FAILPOINTS"
KILL = "kill"


class FailpointError(FluxHeroError):
    """The variable says something that is no failpoint."""


def parse(text: str) -> dict[str, int]:
    """How often each named place may still be reached before the process is killed there.

    Raises:
        FailpointError: when the text is not `NAME=kill` or `NAME=kill@COUNT`, parted by commas.
    """
    found: dict[str, int] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, action = part.partition("=")
        verb, _, count = action.partition("@")
        if not name or verb != KILL or not (count or "1").isdecimal() or int(count or 1) < 1:
            raise FailpointError(f"{VARIABLE}: {part!r} is no failpoint: write NAME=kill, or NAME=kill@COUNT from 1 on")
        found[name] = int(count or 1)
    return found


def install(environment: Mapping[str, str]) -> None:
    """Set the failpoints that an environment names; none where it names none.

    Raises:
        FailpointError: as `parse`.
    """
    _left.clear()
    _left.update(parse(environment.get(VARIABLE, "")))


def reach(name: str) -> None:
    """The process is at this place: it ends here where a test wants that."""
    if name not in _left:
        return
    _left[name] -= 1
    if not _left[name]:
        os.kill(os.getpid(), signal.SIGKILL)


_left: dict[str, int] = {}
