"""The priority of helpers beside the daemon: they give way to what trades."""

from __future__ import annotations

import os

NICENESS = 10
REFUSED = "works at the daemon's own priority: a lower one is refused"


def lower_priority() -> str:
    """Take a lower priority; why that is refused (a service's system call filter may), "" when it is not."""
    try:
        os.nice(NICENESS)
    except OSError as error:
        return error.strerror or str(error)
    return ""
