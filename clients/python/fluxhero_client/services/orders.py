"""Orders: the daemon's own and operators'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as api
from fluxhero_client.transport import Transport, new_request_id
from fluxhero_client.values import Money, decimal_text, timestamp


@dataclass(frozen=True, slots=True)
class OrderTicket:
    """An order to preview or to place.

    It is a limit order with a `limit_price`, else a market order. `stop_loss_price` is its protective stop, mandatory
    when it opens or enlarges a position. What of it still works shortly before the session's close is cancelled.
    """

    symbol: str
    side: common.Side
    quantity: int
    limit_price: Money | None = None
    stop_loss_price: Money | None = None

    @property
    def type(self) -> api.OrderType:
        """How it is priced."""
        return api.ORDER_TYPE_MARKET if self.limit_price is None else api.ORDER_TYPE_LIMIT


class OrderCalls:
    """OrderService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def preview(self, ticket: OrderTicket) -> api.PreviewOrderResponse:
        """What the risk engine would say to an order; nothing is placed."""
        request = api.PreviewOrderRequest(
            symbol=ticket.symbol,
            side=ticket.side,
            quantity=ticket.quantity,
            type=ticket.type,
            time_in_force=api.TIME_IN_FORCE_DAY,
            limit_price=decimal_text(ticket.limit_price),
            stop_loss_price=decimal_text(ticket.stop_loss_price),
        )
        return await self._transport.unary("OrderService/PreviewOrder", request, api.PreviewOrderResponse)

    async def place(
        self, ticket: OrderTicket, *, accept_adjusted: bool = False, request_id: str | None = None
    ) -> api.PlaceOrderResponse:
        """Place an order. Risk may cut it only with `accept_adjusted`.

        Raises:
            Refused: when risk, a halt or the symbol's state forbids it; `decision` holds the waterfall.
        """
        request = api.PlaceOrderRequest(
            request_id=new_request_id(request_id),
            symbol=ticket.symbol,
            side=ticket.side,
            quantity=ticket.quantity,
            type=ticket.type,
            time_in_force=api.TIME_IN_FORCE_DAY,
            limit_price=decimal_text(ticket.limit_price),
            stop_loss_price=decimal_text(ticket.stop_loss_price),
            accept_adjusted=accept_adjusted,
        )
        return await self._transport.unary("OrderService/PlaceOrder", request, api.PlaceOrderResponse)

    async def cancel(self, order_id: str, *, request_id: str | None = None) -> api.CancelOrderResponse:
        """Cancel a working order. It may still fill until it is CANCELED."""
        request = api.CancelOrderRequest(request_id=new_request_id(request_id), order_id=order_id)
        return await self._transport.unary("OrderService/CancelOrder", request, api.CancelOrderResponse)

    async def cancel_all(
        self, symbols: Iterable[str] = (), *, request_id: str | None = None
    ) -> api.CancelAllOrdersResponse:
        """Cancel all working orders but protective stops, of these symbols or of all."""
        request = api.CancelAllOrdersRequest(request_id=new_request_id(request_id), symbols=symbols)
        return await self._transport.unary("OrderService/CancelAllOrders", request, api.CancelAllOrdersResponse)

    async def replace(
        self,
        order_id: str,
        *,
        quantity: int | None = None,
        limit_price: Money | None = None,
        accept_adjusted: bool = False,
        request_id: str | None = None,
    ) -> api.ReplaceOrderResponse:
        """Change a working limit order of an operator; what is None stays as it is.

        The answer is the order that takes its place, NEW until the end of the old one is confirmed.
        """
        request = api.ReplaceOrderRequest(
            request_id=new_request_id(request_id),
            order_id=order_id,
            quantity=quantity,
            limit_price=decimal_text(limit_price),
            accept_adjusted=accept_adjusted,
        )
        return await self._transport.unary("OrderService/ReplaceOrder", request, api.ReplaceOrderResponse)

    async def get(self, order_id: str) -> api.GetOrderResponse:
        """An order with its fills and its history, by its id or the broker's."""
        request = api.GetOrderRequest(order_id=order_id)
        return await self._transport.unary("OrderService/GetOrder", request, api.GetOrderResponse)

    async def list(
        self,
        *,
        symbols: Iterable[str] = (),
        states: Iterable[api.OrderState] = (),
        roles: Iterable[api.OrderRole] = (),
        open: bool | None = None,
        manual: bool | None = None,
        signal_id: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = 100,
    ) -> list[api.Order]:
        """Orders created in [start, end), newest first."""
        request = api.ListOrdersRequest(
            symbols=symbols,
            states=states,
            roles=roles,
            open=open,
            manual=manual,
            signal_id=signal_id,
            start_time=timestamp(start),
            end_time=timestamp(end),
        )
        return await self._transport.pages(
            "OrderService/ListOrders", request, api.ListOrdersResponse, lambda page: page.orders, limit
        )
