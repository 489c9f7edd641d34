"""When Python looks for garbage, which stops everything: in quiet moments, so that nearly no order waits for it.

By itself it looks whenever some hundred objects have come, which is while an event is processed: one order in ten was
late by 80 us, and some by 600.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

EVERY_S = 1.0
YOUNG, ALL = 1, 2  # generations: what has come since the last look, or everything (100 ms)
LOOKS_A_SEARCH = 3_600  # of which the last is through everything: little of what lives long is garbage
# Python's own looks come only when more than an ordinary second brings has come at once, and then cost 1 or 2 ms.
THRESHOLDS = (10_000, 0, 3 * LOOKS_A_SEARCH)


def spare() -> None:
    """Spare what is there by now, and stays for good, all searches: 350 ms each, with 8,000 symbols and their bars."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


async def collect(urgent: Callable[[], bool], pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Look for garbage each second, but not while something is urgent; never ends."""
    looks = 0
    while True:
        await pause(EVERY_S)
        if not urgent():
            looks += 1
            gc.collect(YOUNG if looks % LOOKS_A_SEARCH else ALL)
