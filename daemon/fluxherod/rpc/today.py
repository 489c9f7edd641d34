"""How many signals and trades the session has seen; read from the tables again only when there may be more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fluxherod.engine.streams.hub import Hub, Topic
from fluxherod.rpc.live import Live
from fluxherod.rpc.tables import Page, Tables

READ_SIZE = 1_000


class Today:
    """Counts of the session that is open or opened last; as old as the last `refresh`."""

    def __init__(self, live: Live, hub: Hub, tables: Tables) -> None:
        self.signals = 0
        self.trades = 0
        self._live = live
        self._hub = hub
        self._tables = tables
        self._counted: tuple[int, ...] | None = None

    async def refresh(self) -> None:
        """Count again when the session or anything that is counted has changed."""
        if not self._live.started:
            return
        session = self._live.engine.market.calendar.last_opened(self._live.now_ns)
        if session is None:
            return
        newest = (session.open_ns, self._hub.newest(Topic.SIGNALS), self._hub.newest(Topic.POSITIONS))
        if newest == self._counted:
            return
        tables, since_ns = self._tables, session.open_ns
        self.signals = await _count(
            lambda token: tables.signals(since_ns=since_ns, page_size=READ_SIZE, page_token=token)
        )
        self.trades = await _count(
            lambda token: tables.trades(since_ns=since_ns, page_size=READ_SIZE, page_token=token)
        )
        self._counted = newest


async def _count(fetch: Callable[[str], Awaitable[Page[Any]]]) -> int:
    count, token = 0, ""
    while True:
        page = await fetch(token)
        count, token = count + len(page.items), page.next_token
        if not token:
            return count
