"""How long something is waited for that a disk does."""

from __future__ import annotations

import asyncio
from typing import Any

PARTS = 10


async def done_within(work: asyncio.Future[Any], seconds: float) -> bool:
    """True once it is done; False when it is not within so many seconds, in which it may go on by itself.

    They pass in parts: of a process that gets no turn itself none passes, so a starved machine is no disk that hangs.
    """
    for _ in range(PARTS):
        done, _ = await asyncio.wait((work,), timeout=seconds / PARTS)
        if done:
            return True
    return False
