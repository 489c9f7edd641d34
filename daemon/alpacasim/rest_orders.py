"""`/v2/orders`: submit, list, get, replace, cancel."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim import refusals
from alpacasim.http_api import Guard, QueryError, answer, choice, flag, instant, integer, json_body, names, ok, refuse
from alpacasim.orders import Order, Status
from alpacasim.player import Player
from alpacasim.refusals import Refusal
from alpacasim.requests import parse_order, parse_replace
from alpacasim.wire import Json, order_body


class OrdersApi:
    """The endpoints over one exchange."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._exchange = player.exchange

    def routes(self, guard: Guard) -> list[Route]:
        return [
            Route("/v2/orders", guard(self.submit), methods=["POST"]),
            Route("/v2/orders", guard(self.select), methods=["GET"]),
            Route("/v2/orders", guard(self.cancel_all), methods=["DELETE"]),
            Route("/v2/orders:by_client_order_id", guard(self.get_by_client_order_id), methods=["GET"]),
            Route("/v2/orders/{order_id}", guard(self.get), methods=["GET"]),
            Route("/v2/orders/{order_id}", guard(self.replace), methods=["PATCH"]),
            Route("/v2/orders/{order_id}", guard(self.cancel), methods=["DELETE"]),
        ]

    async def submit(self, request: Request) -> Response:
        wanted = parse_order(await json_body(request))
        if isinstance(wanted, Refusal):
            return refuse(wanted)
        return self._answer_and_activate(self._exchange.accept(wanted, self._player.now_ns()))

    async def replace(self, request: Request) -> Response:
        change = parse_replace(await json_body(request))
        if isinstance(change, Refusal):
            return refuse(change)
        order_id = request.path_params["order_id"]
        return self._answer_and_activate(self._exchange.replace(order_id, change, self._player.now_ns()))

    def _answer_and_activate(self, result: Order | Refusal) -> Response:
        # The answer tells the order as it was taken in; what becomes of it at once is told by the stream.
        if isinstance(result, Refusal):
            return refuse(result)
        response = ok(order_body(result, nested=True))
        self._exchange.activate(result, self._exchange.now_ns)
        return response

    async def get(self, request: Request) -> Response:
        order_id = request.path_params["order_id"]
        order = self._exchange.orders.get(order_id)
        if order is None:
            return refuse(refusals.order_not_found(order_id))
        return ok(order_body(order, nested=flag(request, "nested")))

    async def get_by_client_order_id(self, request: Request) -> Response:
        client_order_id = request.query_params.get("client_order_id", "")
        order = self._exchange.order_of_client.get(client_order_id)
        if order is None:
            return refuse(refusals.order_not_found(client_order_id))
        return ok(order_body(order, nested=flag(request, "nested")))

    async def cancel(self, request: Request) -> Response:
        refusal = self._exchange.cancel(request.path_params["order_id"], self._player.now_ns())
        return refuse(refusal) if refusal else Response(status_code=204)

    async def cancel_all(self, request: Request) -> Response:
        canceled = self._exchange.cancel_all(self._player.now_ns())
        return ok([_canceled_body(order, refusal) for order, refusal in canceled], 207)

    async def select(self, request: Request) -> Response:
        orders = self._selected(request)
        nested = flag(request, "nested")
        if nested:
            orders = _without_nested_legs(orders)
        elif request.query_params.get("status", "open") == "open":
            orders = [order for order in orders if order.status is not Status.HELD]
        limit = integer(request, "limit", 50, 1, 500)
        return answer([order_body(order, nested=nested) for order in orders[:limit]])

    def _selected(self, request: Request) -> list[Order]:
        status = choice(request, "status", "open", ("open", "closed", "all"))
        direction = choice(request, "direction", "desc", ("asc", "desc"))
        after, until = instant(request, "after"), instant(request, "until")
        symbols, side = set(names(request, "symbols")), request.query_params.get("side")
        classes = names(request, "asset_class")
        newest_first = direction == "desc"
        pool = self._exchange.open_orders() if status == "open" else list(self._exchange.orders.values())
        chosen = [
            order
            for order in sorted(pool, key=lambda order: order.sequence, reverse=newest_first)
            if (status == "all" or order.open == (status == "open"))
            and (after is None or order.submitted_ns > after)
            and (until is None or order.submitted_ns < until)
            and (not symbols or order.symbol in symbols)
            and (side is None or order.side == side)
            and (not classes or "us_equity" in classes)
        ]
        return self._between_ids(request, chosen)

    def _between_ids(self, request: Request, orders: list[Order]) -> list[Order]:
        for name, sign in (("before_order_id", -1), ("after_order_id", 1)):
            order_id = request.query_params.get(name)
            if order_id is None:
                continue
            bound = self._exchange.orders.get(order_id)
            if bound is None:
                raise QueryError(f"invalid {name}: {order_id}")
            orders = [order for order in orders if (order.sequence - bound.sequence) * sign > 0]
        return orders


def _without_nested_legs(orders: list[Order]) -> list[Order]:
    """Legs whose head is listed are shown inside it."""
    listed = {order.id for order in orders}
    return [order for order in orders if order.parent is None or order.parent.id not in listed]


def _canceled_body(order: Order, refusal: Refusal | None) -> Json:
    """One entry of the answer to DELETE /v2/orders."""
    return {"id": order.id, "status": 500, "body": refusal.body()} if refusal else {"id": order.id, "status": 200}


def closed_position_body(symbol: str, result: Order | Refusal) -> Json:
    """One entry of the answer to DELETE /v2/positions."""
    if isinstance(result, Refusal):
        return {"symbol": symbol, "status": result.http_status, "body": result.body()}
    return {"symbol": symbol, "status": 200, "body": order_body(result)}
