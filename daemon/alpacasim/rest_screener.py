"""The stock screener of the market-data API: the most active symbols, and those that moved most."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.calendar import midnight_ns, new_york_day
from alpacasim.data_wire import Json
from alpacasim.http_api import Guard, choice, integer, ok
from alpacasim.matching import Market
from alpacasim.money import E4
from alpacasim.player import Player
from alpacasim.timestamps import utc_text


class ScreenerApi:
    """The endpoints over one exchange's day so far."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._markets = player.exchange.markets

    def routes(self, guard: Guard) -> list[Route]:
        return [
            Route("/v1beta1/screener/stocks/most-actives", guard(self.most_actives)),
            Route("/v1beta1/screener/stocks/movers", guard(self.movers)),
        ]

    async def most_actives(self, request: Request) -> Response:
        key = {"volume": "volume", "trades": "trade_count"}[choice(request, "by", "volume", ("volume", "trades"))]
        top = integer(request, "top", 10, 1, 100)
        active = sorted(self._day_so_far(), key=lambda body: (-body[key], body["symbol"]))
        return ok({"most_actives": active[:top], "last_updated": utc_text(self._player.now_ns())})

    def _day_so_far(self) -> list[Json]:
        now = self._player.now_ns()
        first = midnight_ns(new_york_day(now))
        days = {symbol: self._player.history.bars(symbol, "1Day", first, now, now) for symbol in self._markets}
        return [
            {"symbol": symbol, "volume": int(bars["volume"][0]), "trade_count": int(bars["trades"][0])}
            for symbol, bars in days.items()
            if len(bars)
        ]

    async def movers(self, request: Request) -> Response:
        top = integer(request, "top", 10, 1, 50)
        moved = [_mover(market) for market in self._markets.values() if market.last_day_e4]
        moved.sort(key=lambda body: (-body["percent_change"], body["symbol"]))
        return ok(
            {
                "gainers": [body for body in moved if body["change"] > 0][:top],
                "losers": [body for body in reversed(moved) if body["change"] < 0][:top],
                "market_type": "stocks",
                "last_updated": utc_text(self._player.now_ns()),
            }
        )


def _mover(market: Market) -> Json:
    """A symbol's change since the last close."""
    change_e4 = market.last_e4 - market.last_day_e4
    return {
        "symbol": market.symbol,
        "percent_change": round(100 * change_e4 / market.last_day_e4, 2),
        "change": change_e4 / E4,
        "price": market.last_e4 / E4,
    }
