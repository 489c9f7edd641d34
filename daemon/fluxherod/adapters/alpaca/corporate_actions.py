"""Splits over REST: those of the past year, and those that are announced."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.core.calendar import new_york
from fluxherod.core.splits import Split

log = logging.getLogger(__name__)

PATH = "/v1/corporate-actions"
PAGE_LIMIT = "1000"
SYMBOLS_PER_CALL = 500
DAYS_BACK, DAYS_AHEAD = 366, 31

Get = Callable[[str, dict[str, str]], Awaitable[bytes]]


async def load_splits(get: Get, symbols: Sequence[str], now_ns: int) -> tuple[Split, ...]:
    """The splits of some symbols, by ex-date and then by symbol.

    Args:
        get: the body of a GET at the data host, from its path and parameters; what it raises is passed on.
        symbols: whose splits.
        now_ns: now; splits of more than a year ago are of no use to anybody.

    Raises:
        WireError: when an answer cannot be read.
    """
    today = new_york(now_ns).date()
    span = {
        "start": (today - timedelta(days=DAYS_BACK)).isoformat(),
        "end": (today + timedelta(days=DAYS_AHEAD)).isoformat(),
    }
    found: dict[tuple[str, str], Split] = {}
    for first in range(0, len(symbols), SYMBOLS_PER_CALL):
        group = symbols[first : first + SYMBOLS_PER_CALL]
        for split in await _pages(get, {"symbols": ",".join(group), **span}):
            found[split.symbol, split.ex_date] = split
    return tuple(sorted(found.values(), key=lambda split: (split.ex_date, split.symbol)))


async def _pages(get: Get, wanted: dict[str, str]) -> list[Split]:
    params = {**wanted, "types": "forward_split,reverse_split", "limit": PAGE_LIMIT}
    found: list[Split] = []
    seen: set[str] = set()
    while True:
        splits, faults, token = wire.decode_splits(await get(PATH, params))
        found += splits
        for fault in faults:
            log.warning("a split that can't be read is passed over, look at it yourself: %s", fault)
        if token is None:
            return found
        if token in seen:
            raise WireError(f"the corporate actions' page token {token!r} came twice")
        seen.add(token)
        params["page_token"] = token
