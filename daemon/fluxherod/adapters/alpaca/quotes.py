"""Quotes at the pace of decisions: a busy symbol quotes hundreds of times a second, and each event is journaled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.types import Quote
from fluxherod.engine.events import Event, QuotesReceived
from fluxherod.engine.ports import Clock

INTERVAL_NS = SECOND_NS


class QuotePace:
    """Posts at most one quote a symbol and second of trading time; the newest that was held back follows.

    Args:
        post: takes the events.
        clock: trading time, which says when a symbol's second is over.
        hold_s: how long, in wall time, the newest quote of a busy second may wait.
    """

    def __init__(self, post: Callable[[Event], None], clock: Clock, *, hold_s: float = 1.0) -> None:
        self._post = post
        self._clock = clock
        self._hold_s = hold_s
        self._posted_ns: dict[str, int] = {}
        self._held: dict[str, Quote] = {}
        self._timer: asyncio.TimerHandle | None = None

    def take(self, quotes: Sequence[Quote]) -> None:
        """Post the quotes whose symbol's second is over, and hold the others; called on the event loop."""
        oldest_ns = self._clock.now_ns() - INTERVAL_NS
        newest = {quote.symbol: quote for quote in quotes}
        self._held |= newest
        # An exchange that is stepped by hand stands still: no second ever ends there, and the wall's would be chance.
        stepped = self._clock.rate == 0
        self._release(tuple(q for q in newest.values() if stepped or self._posted_ns.get(q.symbol, 0) <= oldest_ns))
        if self._held and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._hold_s, self.flush)

    def flush(self) -> None:
        """Post what is held."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._release(tuple(self._held.values()))

    def _release(self, quotes: tuple[Quote, ...]) -> None:
        if not quotes:
            return
        now_ns = self._clock.now_ns()
        for quote in quotes:
            self._posted_ns[quote.symbol] = now_ns
            self._held.pop(quote.symbol, None)
        self._post(QuotesReceived(quotes))
