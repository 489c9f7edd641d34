"""The market-data API: bars with pages, latest data, snapshots."""

from __future__ import annotations

import base64
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.aggregate import Bars
from alpacasim.calendar import DAY_NS, MINUTE_NS, midnight_ns, new_york_day
from alpacasim.corporate_actions import Announcements
from alpacasim.data_wire import Json, rest_bars, rest_quote, rest_trade
from alpacasim.http_api import Guard, Handler, QueryError, Refused, choice, instant, integer, names, ok
from alpacasim.market_stream import Plan
from alpacasim.player import Player
from alpacasim.refusals import Refusal

Latest = Callable[[str], Json | None]

_DEFAULT_LIMIT, _MAX_LIMIT = 1000, 10_000
_ADJUSTMENTS = ("raw", "split", "dividend", "spin-off", "all")
_FEEDS = ("sip", "iex", "boats", "otc", "delayed_sip", "overnight")
_RECENT_NS = 15 * MINUTE_NS


class DataApi:
    """The endpoints over one exchange's history and markets; nothing lies after the exchange's now."""

    def __init__(self, player: Player, announcements: Announcements, plan: Plan = "plus") -> None:
        self._player = player
        self._announcements = announcements
        self._plan = plan
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
        symbols = sorted(set(names(request, "symbols")))
        if not symbols:
            raise QueryError("symbols is required")
        bars, token = self._page(request, symbols)
        return ok({"bars": {symbol: rest_bars(part) for symbol, part in bars.items()}, "next_page_token": token})

    async def bars_of_one(self, request: Request) -> Response:
        symbol = request.path_params["symbol"]
        bars, token = self._page(request, [symbol])
        part = rest_bars(bars[symbol]) if symbol in bars else None
        return ok({"bars": part, "symbol": symbol, "next_page_token": token})

    def _page(self, request: Request, symbols: list[str]) -> tuple[dict[str, Bars], str | None]:
        """Bars sorted by symbol, then time; the limit counts over all symbols."""
        limit = integer(request, "limit", _DEFAULT_LIMIT, 1, _MAX_LIMIT)
        descending = choice(request, "sort", "asc", ("asc", "desc")) == "desc"
        self._check_feed(request)
        from_symbol, from_ns = _read_token(request)
        found: dict[str, Bars] = {}
        for symbol in symbols:
            if symbol < from_symbol:
                continue
            bars = self._bars_of(request, symbol)[:: -1 if descending else 1]
            if symbol == from_symbol:
                bars = bars[bars["t_ns"] <= from_ns] if descending else bars[bars["t_ns"] >= from_ns]
            if len(bars) > 0 and limit == 0:
                return found, _token(symbol, int(bars["t_ns"][0]))
            if len(bars) > limit:
                found[symbol] = bars[:limit]
                return found, _token(symbol, int(bars["t_ns"][limit]))
            if len(bars):
                found[symbol] = bars
                limit -= len(bars)
        return found, None

    def _check_feed(self, request: Request) -> None:
        """The basic plan has the sip feed only up to 15 minutes ago; without an end it is asked up to now."""
        feed = choice(request, "feed", "sip" if self._plan == "plus" else "iex", _FEEDS)
        if feed != "sip" or self._plan == "plus":
            return
        end = instant(request, "end")
        if end is None or _inclusive(request, end) > self._player.now_ns() - _RECENT_NS:
            raise Refused(Refusal(403, None, "subscription does not permit querying recent SIP data"))

    def _bars_of(self, request: Request, symbol: str) -> Bars:
        timeframe = request.query_params.get("timeframe", "")
        now = self._player.now_ns()
        adjusts = choice(request, "adjustment", "raw", _ADJUSTMENTS) in ("split", "all")
        splits = self._announcements.splits(symbol, new_york_day(now)) if adjusts else ()
        start, end = instant(request, "start"), instant(request, "end")
        try:
            return self._history.bars(
                symbol,
                timeframe,
                midnight_ns(new_york_day(now)) if start is None else start,
                now if end is None else _inclusive(request, end),
                now,
                splits,
            )
        except ValueError:
            raise QueryError(f"invalid timeframe: {timeframe}") from None

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
            self._check_feed(request)
            found = {symbol: one(symbol) for symbol in names(request, "symbols")}
            return ok({kind: {symbol: body for symbol, body in found.items() if body is not None}})

        return latest

    def _latest_of_one(self, kind: str, one: Latest) -> Handler:
        async def latest(request: Request) -> Response:
            self._check_feed(request)
            symbol = request.path_params["symbol"]
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
        self._check_feed(request)
        found = {symbol: self._snapshot_body(symbol) for symbol in names(request, "symbols")}
        return ok({symbol: body for symbol, body in found.items() if body is not None})

    async def snapshot(self, request: Request) -> Response:
        self._check_feed(request)
        symbol = request.path_params["symbol"]
        body = self._snapshot_body(symbol)
        return ok({"symbol": symbol, **body}) if body else _nothing("snapshot", symbol)


def _nothing(what: str, symbol: str) -> Response:
    return ok({"message": f"no {what} found for {symbol}"}, 404)


def _inclusive(request: Request, end_ns: int) -> int:
    """An end that is a date means all of that day."""
    return end_ns + DAY_NS - 1 if len(request.query_params["end"].strip()) == 10 else end_ns


def _token(symbol: str, t_ns: int) -> str:
    return base64.urlsafe_b64encode(f"{symbol}|{t_ns}".encode()).decode()


def _read_token(request: Request) -> tuple[str, int]:
    text = request.query_params.get("page_token")
    if not text:
        return "", 0
    try:
        symbol, t_ns = base64.urlsafe_b64decode(text).decode().rsplit("|", 1)
        return symbol, int(t_ns)
    except ValueError:
        raise QueryError("invalid page_token") from None
