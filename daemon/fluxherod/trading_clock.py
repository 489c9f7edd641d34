"""The clock that trading goes by: the machine's, or a simulated exchange's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from fluxherod.adapters.alpaca.clock import ExchangeClock, WallClock
from fluxherod.adapters.alpaca.errors import Unavailable
from fluxherod.configuration.config import Config
from fluxherod.core.calendar import SECOND_NS

log = logging.getLogger(__name__)

LEAST_AHEAD_S = 5.0
RETRY_S = 1.0


async def trading_clock(config: Config, tell: Callable[[str], None]) -> WallClock | ExchangeClock:
    """The clock that the configuration names; the exchange's must answer once: without it there is no time.

    `tell` hears each time why it does not.
    """
    if config.alpaca.clock == "wall":
        return WallClock()
    clock = ExchangeClock(config.alpaca.trading_url)
    said = ""
    while True:
        try:
            await clock.poll()
        except Unavailable as problem:
            text = f"{problem} (alpaca.trading_url is {config.alpaca.trading_url}); trying again"
            if text != said:
                log.warning("%s", text)
            said = text
            tell(text)
            await asyncio.sleep(RETRY_S)
            continue
        return clock


def look_at_the_time(clock: WallClock | ExchangeClock, last_ns: int) -> None:
    """A journal that is ahead of the clock holds the engine's time still until the clock has caught up."""
    ahead_s = (last_ns - clock.now_ns()) / SECOND_NS
    if ahead_s > LEAST_AHEAD_S:
        log.error("the journal's last entry is %.0f s ahead of the clock: is the machine's time right?", ahead_s)
