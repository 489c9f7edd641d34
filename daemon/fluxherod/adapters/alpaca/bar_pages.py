"""Bars over REST, page after page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.core.calendar import new_york
from fluxherod.core.types import Bar

BARS = "/v2/stocks/bars"
PAGE_LIMIT = "10000"
Get = Callable[[str, dict[str, str]], Awaitable[bytes]]


async def bar_pages(
    get: Get, symbols: Sequence[str], timeframe: str, since_ns: int, through_ns: int, feed: str
) -> dict[str, list[Bar]]:
    """All pages of some symbols, adjusted by splits: bars that begin in `[since_ns, through_ns)`.

    Raises:
        WireError: when an answer is no page of bars; and what `get` raises.
    """
    params = {
        "symbols": ",".join(symbols),
        "timeframe": timeframe,
        # A daily bar is stamped with midnight, before its session's open.
        "start": _midnight(since_ns) if timeframe == "1Day" else wire.format_time(since_ns),
        "end": wire.format_time(through_ns - 1),  # inclusive
        "limit": PAGE_LIMIT,
        "adjustment": "split",
        "feed": feed,
        "sort": "asc",
    }
    found: dict[str, list[Bar]] = defaultdict(list)
    seen: set[str] = set()
    while True:
        bars, token = wire.decode_bars(await get(BARS, params))
        for symbol, rows in bars.items():
            found[symbol] += rows
        if token is None:
            return found
        if token in seen:
            raise WireError(f"the bars' page token {token!r} came twice")
        seen.add(token)
        params["page_token"] = token


def _midnight(ns: int) -> str:
    return new_york(ns).date().isoformat()
