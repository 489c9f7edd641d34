"""Trades, quotes and auctions of the past, of the market-data API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import islice

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.calendar import midnight_ns, new_york_day
from alpacasim.data_query import DataQuery
from alpacasim.data_wire import Json, rest_auctions, rest_quotes, rest_trades
from alpacasim.http_api import Guard, Handler, ok
from alpacasim.pages import page_of
from alpacasim.player import Player
from alpacasim.points import POINT_OFFSETS_NS, point_prices_e4, point_sizes
from alpacasim.ticks import Ticks
from alpacasim.window import Records, Window

AUCTION = np.dtype(
    [
        ("t_ns", "i8"),
        ("open_ns", "i8"),
        ("open_e4", "i8"),
        ("open_size", "i8"),
        ("close_ns", "i8"),
        ("close_e4", "i8"),
        ("close_size", "i8"),
    ]
)
"""The auctions of a day, `t_ns` is its midnight; a closing auction that has not been yet has the time 0."""

Read = Callable[[str, int, int, Window], Records]
Write = Callable[[Records], list[Json]]


class TicksApi:
    """The endpoints over one exchange's past; nothing lies after the exchange's now."""

    def __init__(self, player: Player, ticks: Ticks, query: DataQuery) -> None:
        self._player = player
        self._history = player.history
        self._ticks = ticks
        self._query = query

    def routes(self, guard: Guard) -> list[Route]:
        kinds: dict[str, tuple[Read, Write]] = {
            "trades": (self._ticks.trades, rest_trades),
            "quotes": (self._ticks.quotes, rest_quotes),
            "auctions": (self._auctions, rest_auctions),
        }
        return [
            route
            for kind, (read, write) in kinds.items()
            for route in (
                Route(f"/v2/stocks/{kind}", guard(self._of_many(kind, read, write))),
                Route(f"/v2/stocks/{{symbol}}/{kind}", guard(self._of_one(kind, read, write))),
            )
        ]

    def _of_many(self, kind: str, read: Read, write: Write) -> Handler:
        async def many(request: Request) -> Response:
            found, token = self._page(request, self._query.symbols(request), read)
            return ok({kind: {symbol: write(part) for symbol, part in found.items()}, "next_page_token": token})

        return many

    def _of_one(self, kind: str, read: Read, write: Write) -> Handler:
        async def one(request: Request) -> Response:
            symbol = self._query.symbol(request)
            found, token = self._page(request, [symbol], read)
            part = write(found[symbol]) if symbol in found else None
            return ok({kind: part, "symbol": symbol, "next_page_token": token})

        return one

    def _page(self, request: Request, symbols: list[str], read: Read) -> tuple[dict[str, Records], str | None]:
        self._query.check_feed(request)
        start_ns, end_ns = self._query.span(request)
        return page_of(request, symbols, lambda symbol, window: read(symbol, start_ns, end_ns, window))

    def _auctions(self, symbol: str, start_ns: int, end_ns: int, window: Window) -> Records:
        """The first and the last print of each regular session."""
        first, last = (new_york_day(ns) for ns in window.narrow(start_ns, end_ns))
        days = [day for day in self._history.days(symbol) if first <= day <= last]
        told = (self._auction(symbol, day) for day in sorted(days, reverse=window.descending))
        rows = islice((row for row in told if row and row[1] <= end_ns), window.at_most)
        return np.array(sorted(rows), dtype=AUCTION)

    def _auction(self, symbol: str, day: date) -> tuple[int, ...] | None:
        session = self._player.calendar.session(day)
        if session is None:
            return None
        bars = self._history.minutes(symbol, day)
        bars = bars[(bars["t_ns"] >= session.open_ns) & (bars["t_ns"] < session.close_ns)]
        if len(bars) == 0:
            return None
        prices, sizes = point_prices_e4(bars), point_sizes(bars)
        opening = int(bars["t_ns"][0]) + POINT_OFFSETS_NS[0], int(prices[0, 0]), int(sizes[0])
        closed = self._player.now_ns() >= session.close_ns
        closing = (session.close_ns, int(prices[-1, -1]), int(sizes[-1])) if closed else (0, 0, 0)
        return midnight_ns(day), *opening, *closing
