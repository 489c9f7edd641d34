"""The market-data API: bars with pages, latest data, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.aggregate import Bars
from alpacasim.calendar import DAY_NS, midnight_ns, new_york_day
from alpacasim.corporate_actions import (
    Adjustment,
    Announcements,
    CorporateAction,
    dividend_adjustment,
    split_adjustment,
)
from alpacasim.data_query import DataQuery
from alpacasim.data_wire import Json, rest_bars, rest_quote, rest_trade
from alpacasim.http_api import Guard, Handler, QueryError, names, ok
from alpacasim.pages import page_of
from alpacasim.player import Player
from alpacasim.window import Window

Latest = Callable[[str], Json | None]

_ADJUSTMENTS = frozenset({"raw", "split", "dividend", "spin-off", "all"})
_LONGEST_PAUSE_DAYS = 15


class DataApi:
    """The endpoints over one exchange's history and markets; nothing lies after the exchange's now."""

    def __init__(self, player: Player, announcements: Announcements, query: DataQuery) -> None:
        self._player = player
        self._announcements = announcements
        self._query = query
        self._history = player.history
        self._markets = player.exchange.markets

    def routes(self, guard: Guard) -> list[Route]:
        latest = {"bars": self._latest_bar, "quotes": self._latest_quote, "trades": self._latest_trade}
        return [
            Route("/v2/stocks/bars", guard(self.bars)),
            *(
                route
                for kind, one in latest.items()
                for route in (
                    Route(f"/v2/stocks/{kind}/latest", guard(self._latest_of_all(kind, one))),
                    Route(f"/v2/stocks/{{symbol}}/{kind}/latest", guard(self._latest_of_one(kind, one))),
                )
            ),
            Route("/v2/stocks/snapshots", guard(self.snapshots)),
            Route("/v2/stocks/{symbol}/snapshot", guard(self.snapshot)),
            Route("/v2/stocks/{symbol}/bars", guard(self.bars_of_one)),
        ]

    # Bars

    async def bars(self, request: Request) -> Response:
        bars, token = self._page(request, self._query.symbols(request))
        return ok({"bars": {symbol: rest_bars(part) for symbol, part in bars.items()}, "next_page_token": token})

    async def bars_of_one(self, request: Request) -> Response:
        symbol = self._query.symbol(request)
        bars, token = self._page(request, [symbol])
        part = rest_bars(bars[symbol]) if symbol in bars else None
        return ok({"bars": part, "symbol": symbol, "next_page_token": token})

    def _page(self, request: Request, symbols: list[str]) -> tuple[dict[str, Bars], str | None]:
        self._query.check_feed(request)
        start_ns, end_ns = self._query.span(request)
        timeframe = request.query_params.get("timeframe", "")
        kinds = set(names(request, "adjustment"))
        if not kinds <= _ADJUSTMENTS:
            raise QueryError(f"invalid adjustment: {request.query_params['adjustment']}")

        def read(symbol: str, window: Window) -> Bars:
            first_ns, last_ns = window.narrow(start_ns, end_ns)
            adjustments = self._adjustments(symbol, kinds)
            return self._history.bars(symbol, timeframe, first_ns, last_ns, self._player.now_ns(), adjustments)

        try:
            return page_of(request, symbols, read)
        except ValueError as fault:
            if isinstance(fault, QueryError):
                raise
            raise QueryError(f"invalid timeframe: {timeframe}") from None

    def _adjustments(self, symbol: str, kinds: Collection[str]) -> list[Adjustment]:
        """What the actions up to today do to the bars before them."""
        found: list[Adjustment | None] = []
        for action in self._announcements.of_symbol(symbol, new_york_day(self._player.now_ns())):
            if action.is_split and ("split" in kinds or "all" in kinds):
                found.append(split_adjustment(action))
            elif not action.is_split and ("dividend" in kinds or "all" in kinds):
                found.append(self._of_dividend(action))
        return [one for one in found if one is not None]

    def _of_dividend(self, dividend: CorporateAction) -> Adjustment | None:
        ex_ns = midnight_ns(dividend.ex_day)
        first_ns = ex_ns - _LONGEST_PAUSE_DAYS * DAY_NS
        days = self._history.bars(dividend.symbol, "1Day", first_ns, ex_ns - 1, self._player.now_ns())
        return dividend_adjustment(dividend, float(days["close"][-1])) if len(days) else None

    # The newest of each

    def _latest_bar(self, symbol: str) -> Json | None:
        bars = rest_bars(self._history.last_bar(symbol, "1Min", self._player.now_ns()))
        return bars[0] if bars else None

    def _latest_quote(self, symbol: str) -> Json | None:
        market = self._markets.get(symbol)
        return rest_quote(market) if market and market.quote_ns else None

    def _latest_trade(self, symbol: str) -> Json | None:
        market = self._markets.get(symbol)
        return rest_trade(market) if market and market.last_ns else None

    def _latest_of_all(self, kind: str, one: Latest) -> Handler:
        async def latest(request: Request) -> Response:
            self._query.check_feed(request)
            found = {symbol: one(symbol) for symbol in self._query.symbols(request)}
            return ok({kind: {symbol: body for symbol, body in found.items() if body is not None}})

        return latest

    def _latest_of_one(self, kind: str, one: Latest) -> Handler:
        async def latest(request: Request) -> Response:
            self._query.check_feed(request)
            symbol = self._query.symbol(request)
            body = one(symbol)
            return ok({"symbol": symbol, kind[:-1]: body}) if body else _nothing(kind[:-1], symbol)

        return latest

    def _snapshot_body(self, symbol: str) -> Json | None:
        if symbol not in self._markets:
            return None
        now = self._player.now_ns()
        days = self._history.bars(symbol, "1Day", now - 10 * DAY_NS, now, now)
        newest = rest_bars(days[-2:])
        return {
            "latestTrade": self._latest_trade(symbol),
            "latestQuote": self._latest_quote(symbol),
            "minuteBar": self._latest_bar(symbol),
            "dailyBar": newest[-1] if newest else None,
            "prevDailyBar": newest[-2] if len(newest) > 1 else None,
        }

    async def snapshots(self, request: Request) -> Response:
        self._query.check_feed(request)
        found = {symbol: self._snapshot_body(symbol) for symbol in self._query.symbols(request)}
        return ok({symbol: body for symbol, body in found.items() if body is not None})

    async def snapshot(self, request: Request) -> Response:
        self._query.check_feed(request)
        symbol = self._query.symbol(request)
        body = self._snapshot_body(symbol)
        return ok({"symbol": symbol, **body}) if body else _nothing("snapshot", symbol)


def _nothing(what: str, symbol: str) -> Response:
    return ok({"message": f"no {what} found for {symbol}"}, 404)
