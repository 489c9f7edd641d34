"""`/v2/watchlists` of the trading API, by id and by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim import refusals
from alpacasim.http_api import Guard, Handler, Refused, json_body, ok
from alpacasim.player import Player
from alpacasim.timestamps import utc_text
from alpacasim.wire import Json, asset_body

_NAME_MAX = 64


@dataclass(slots=True)
class Watchlist:
    """An ordered list of symbols."""

    id: str
    name: str
    created_ns: int
    updated_ns: int
    symbols: list[str] = field(default_factory=list)


Find = Callable[[Request], Watchlist]
Action = Callable[[Request, Watchlist], Awaitable[Response]]


class WatchlistsApi:
    """The endpoints over one account's watchlists."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._exchange = player.exchange
        self._lists: dict[str, Watchlist] = {}

    def routes(self, guard: Guard) -> list[Route]:
        actions: dict[str, Action] = {"GET": self.get, "PUT": self.update, "POST": self.add, "DELETE": self.delete}
        by_id, by_name = "/v2/watchlists/{watchlist_id}", "/v2/watchlists:by_name"
        return [
            Route("/v2/watchlists", guard(self.all), methods=["GET"]),
            Route("/v2/watchlists", guard(self.create), methods=["POST"]),
            *(Route(by_id, guard(_on(self._by_id, act)), methods=[method]) for method, act in actions.items()),
            *(Route(by_name, guard(_on(self._by_name, act)), methods=[method]) for method, act in actions.items()),
            Route(f"{by_id}/{{symbol}}", guard(_on(self._by_id, self.remove)), methods=["DELETE"]),
        ]

    def _by_id(self, request: Request) -> Watchlist:
        return self._found(self._lists.get(request.path_params["watchlist_id"]))

    def _by_name(self, request: Request) -> Watchlist:
        name = request.query_params.get("name")
        return self._found(next((one for one in self._lists.values() if one.name == name), None))

    def _found(self, watchlist: Watchlist | None) -> Watchlist:
        if watchlist is None:
            raise Refused(refusals.not_found("watchlist not found"))
        return watchlist

    async def all(self, request: Request) -> Response:
        # A list of lists is told without their assets.
        return ok([self._head(one) for one in self._lists.values()])

    async def create(self, request: Request) -> Response:
        wanted = await _object(request)
        name, symbols = self._name(wanted.get("name"), None), self._symbols(wanted.get("symbols") or [])
        now = self._player.now_ns()
        watchlist = Watchlist(self._exchange.identifier("watchlist"), name, now, now, symbols)
        self._lists[watchlist.id] = watchlist
        return ok(self._body(watchlist))

    async def get(self, request: Request, watchlist: Watchlist) -> Response:
        return ok(self._body(watchlist))

    async def update(self, request: Request, watchlist: Watchlist) -> Response:
        wanted = await _object(request)
        name, symbols = watchlist.name, watchlist.symbols
        if wanted.get("name") is not None:
            name = self._name(wanted["name"], watchlist)
        if wanted.get("symbols") is not None:
            symbols = self._symbols(wanted["symbols"])
        watchlist.name, watchlist.symbols = name, symbols
        return self._changed(watchlist)

    async def add(self, request: Request, watchlist: Watchlist) -> Response:
        (symbol,) = self._symbols([(await _object(request)).get("symbol")])
        if symbol in watchlist.symbols:
            raise Refused(refusals.invalid("duplicate symbol"))
        watchlist.symbols = [*watchlist.symbols, symbol]
        return self._changed(watchlist)

    async def remove(self, request: Request, watchlist: Watchlist) -> Response:
        symbol = request.path_params["symbol"]
        if symbol not in watchlist.symbols:
            raise Refused(refusals.not_found(f"asset not found for {symbol}"))
        watchlist.symbols = [other for other in watchlist.symbols if other != symbol]
        return self._changed(watchlist)

    async def delete(self, request: Request, watchlist: Watchlist) -> Response:
        del self._lists[watchlist.id]
        return Response(status_code=204)

    def _name(self, value: object, own: Watchlist | None) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= _NAME_MAX:
            raise Refused(refusals.invalid(f"watchlist name must have 1 to {_NAME_MAX} characters"))
        if any(one.name == value and one is not own for one in self._lists.values()):
            raise Refused(refusals.invalid("watchlist name must be unique"))
        return value

    def _symbols(self, value: object) -> list[str]:
        """Known symbols, each once, in their order."""
        if not isinstance(value, list):
            raise Refused(refusals.malformed())
        for symbol in value:
            if not isinstance(symbol, str):
                raise Refused(refusals.malformed())
            if symbol not in self._exchange.markets:
                raise Refused(refusals.unprocessable(f'asset "{symbol}" not found'))
        return list(dict.fromkeys(value))

    def _changed(self, watchlist: Watchlist) -> Response:
        watchlist.updated_ns = self._player.now_ns()
        return ok(self._body(watchlist))

    def _head(self, watchlist: Watchlist) -> Json:
        return {
            "id": watchlist.id,
            "account_id": self._exchange.account_id,
            "created_at": utc_text(watchlist.created_ns),
            "updated_at": utc_text(watchlist.updated_ns),
            "name": watchlist.name,
        }

    def _body(self, watchlist: Watchlist) -> Json:
        assets = [asset_body(self._exchange.markets[symbol]) for symbol in watchlist.symbols]
        return {**self._head(watchlist), "assets": assets}


def _on(find: Find, action: Action) -> Handler:
    async def handle(request: Request) -> Response:
        return await action(request, find(request))

    return handle


async def _object(request: Request) -> Mapping[str, Any]:
    body = await json_body(request)
    if not isinstance(body, Mapping):
        raise Refused(refusals.malformed())
    return body
