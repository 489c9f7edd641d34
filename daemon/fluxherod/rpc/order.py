"""OrderService: orders of the daemon and of operators."""

from __future__ import annotations

from typing import Any, TypeAlias

from fluxhero.v1 import common_pb2, order_pb2, order_pb2_grpc
from fluxherod.core.orders import Order, OrderState
from fluxherod.core.types import OrderType, TimeInForce
from fluxherod.engine.commands import (
    Caller,
    CancelAllOrdersCommand,
    CancelOrderCommand,
    PlaceOrderCommand,
    ReplaceOrderCommand,
)
from fluxherod.rpc import validate
from fluxherod.rpc.access import calling
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.convert import ORDER_ROLES, ORDER_STATES, ORDER_TYPES, SIDES, TIMES_IN_FORCE
from fluxherod.rpc.convert_orders import fill_messages, history_entry, order_message
from fluxherod.rpc.convert_risk import risk_decision
from fluxherod.rpc.errors import Refused, invalid, not_ready
from fluxherod.rpc.history import order_changes
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging
from fluxherod.rpc.stream import Messages, Streams
from fluxherod.rpc.tables import Tables

_OPEN = frozenset(state for state in OrderState if not state.ended)
_ENDED = frozenset(OrderState) - _OPEN
OrderRequest: TypeAlias = order_pb2.PlaceOrderRequest | order_pb2.PreviewOrderRequest


class OrderService(order_pb2_grpc.OrderServiceServicer):
    """Placing, cancelling and looking up orders."""

    def __init__(self, live: Live, tables: Tables, asker: Asker, streams: Streams) -> None:
        self._live = live
        self._tables = tables
        self._asker = asker
        self._streams = streams

    async def PreviewOrder(
        self, request: order_pb2.PreviewOrderRequest, context: Context
    ) -> order_pb2.PreviewOrderResponse:
        """What risk would say to an order if it were placed now; a veto is a failed check. Nothing changes."""
        self._live.refuse_before_start()
        command = PlaceOrderCommand(Caller("", calling().name), **_order_fields(request))
        self._refuse_before_trading()
        judged = self._live.engine.commands.judge(command, self._live.now_ns)
        if judged.decision is None:
            raise Refused(judged.code.value, judged.text)
        return order_pb2.PreviewOrderResponse(
            decision=risk_decision(judged.decision), role=ORDER_ROLES.to_proto(judged.role)
        )

    async def PlaceOrder(self, request: order_pb2.PlaceOrderRequest, context: Context) -> order_pb2.PlaceOrderResponse:
        """Place an order; answered when it is durable."""
        caller = self._asker.caller("PlaceOrder", request.request_id)
        fields = _order_fields(request)
        if not self._asker.answered(caller):
            self._refuse_before_trading()
            if request.symbol not in self._live.engine.ledger.positions:  # else it may reduce what is held
                self._live.book(request.symbol)
                self._refuse_foreign(request.symbol)
        command = PlaceOrderCommand(caller, accept_adjusted=request.accept_adjusted, **fields)
        reply = await self._asker.ask(command, context)
        order = await self._find(reply.order_id) if reply.order_id else None
        return order_pb2.PlaceOrderResponse(
            order=order_message(order) if order is not None else None,
            decision=risk_decision(reply.decision) if reply.decision is not None else None,
        )

    async def CancelOrder(
        self, request: order_pb2.CancelOrderRequest, context: Context
    ) -> order_pb2.CancelOrderResponse:
        """Ask the broker to cancel an order."""
        order_id = validate.identifier(request.order_id, "order_id")
        caller = self._asker.caller("CancelOrder", request.request_id)
        order = await self._order(order_id)
        if not self._asker.answered(caller) and order.state.ended and not order.waits:
            raise Refused("ORDER_NOT_CANCELABLE", f"{order.id} has ended: {order.state}")
        order_id = order.id
        await self._asker.ask(CancelOrderCommand(caller, order_id), context)
        return order_pb2.CancelOrderResponse(order=order_message(await self._order(order_id)))

    async def CancelAllOrders(
        self, request: order_pb2.CancelAllOrdersRequest, context: Context
    ) -> order_pb2.CancelAllOrdersResponse:
        """Ask the broker to cancel all working orders but protective stops."""
        symbols = validate.symbols(request.symbols)
        caller = self._asker.caller("CancelAllOrders", request.request_id)
        done = await self._asker.ask_all(CancelAllOrdersCommand(caller, tuple(sorted(symbols))), context)
        orders = [await self._order(order_id) for order_id in done]
        return order_pb2.CancelAllOrdersResponse(orders=map(order_message, orders))

    async def ReplaceOrder(
        self, request: order_pb2.ReplaceOrderRequest, context: Context
    ) -> order_pb2.ReplaceOrderResponse:
        """Change a working limit order of an operator; answered when the order that takes its place is durable."""
        order_id = validate.identifier(request.order_id, "order_id")
        caller = self._asker.caller("ReplaceOrder", request.request_id)
        quantity, limit_price_e4 = _changes(request)
        answered = self._asker.answered(caller)
        if not answered:
            self._refuse_before_trading()
        order = await self._order(order_id)
        if order.state.ended and not answered:
            raise Refused("ORDER_NOT_REPLACEABLE", f"{order.id} has ended: {order.state}")
        order_id = order.id
        command = ReplaceOrderCommand(caller, order_id, quantity, limit_price_e4, request.accept_adjusted)
        reply = await self._asker.ask(command, context)
        return order_pb2.ReplaceOrderResponse(
            order=order_message(await self._order(reply.order_id or order_id)),
            decision=risk_decision(reply.decision) if reply.decision is not None else None,
        )

    async def GetOrder(self, request: order_pb2.GetOrderRequest, context: Context) -> order_pb2.GetOrderResponse:
        """An order with its fills and its history."""
        order = await self._order(validate.identifier(request.order_id, "order_id"))
        changes = await order_changes(self._tables, order.id)
        message = order_message(order, changes[-1].event if changes else "")
        return order_pb2.GetOrderResponse(
            order=message, fills=fill_messages(order, changes), history=map(history_entry, changes)
        )

    async def ListOrders(self, request: order_pb2.ListOrdersRequest, context: Context) -> order_pb2.ListOrdersResponse:
        """Orders, newest first."""
        symbols = validate.symbols(request.symbols)
        states = validate.choices(ORDER_STATES, request.states, "states") or frozenset(OrderState)
        roles = validate.choices(ORDER_ROLES, request.roles, "roles")
        if request.HasField("open"):
            states &= _OPEN if request.open else _ENDED
        paging = Paging.of(request)
        if not states:
            return order_pb2.ListOrdersResponse()

        def keep(order: Order) -> bool:
            return (
                (not symbols or order.symbol in symbols)
                and (not roles or order.role in roles)
                and (not request.HasField("manual") or order.asked_for == request.manual)
                and (not request.signal_id or order.signal_id == request.signal_id)
            )

        page = await paging.collect(
            lambda size, token: self._tables.orders(
                symbol=symbols[0] if len(symbols) == 1 else None,
                states=sorted(states) if len(states) < len(OrderState) else (),
                since_ns=paging.since_ns,
                until_ns=paging.until_ns,
                page_size=size,
                page_token=token,
            ),
            keep,
        )
        return order_pb2.ListOrdersResponse(orders=map(order_message, page.items), next_page_token=page.next_page_token)

    def WatchOrders(self, request: order_pb2.WatchOrdersRequest, context: Context) -> Messages:
        """Orders as they change."""
        return self._streams.watch_one(common_pb2.TOPIC_ORDERS, request)

    async def _find(self, order_id: str) -> Order | None:
        return self._live.order(order_id) or await self._tables.order(order_id)

    async def _order(self, order_id: str) -> Order:
        self._live.refuse_before_start()
        order = await self._find(order_id)
        if order is None:
            raise Refused("ORDER_NOT_FOUND", f"there is no order {order_id}")
        return order

    def _refuse_before_trading(self) -> None:
        if self._live.engine.state == "STARTING":
            raise not_ready("the account and the calendar have not been read from the broker yet")

    def _refuse_foreign(self, symbol: str) -> None:
        if symbol in self._live.engine.ledger.foreign:
            raise Refused("FOREIGN_POSITION", f"a position in {symbol} that is not ours is at the broker")


def _order_fields(request: OrderRequest) -> dict[str, Any]:
    """The fields of the command that an order request asks for."""
    kind = validate.choice(ORDER_TYPES, request.type, "type")
    if validate.optional_choice(TIMES_IN_FORCE, request.time_in_force, "time_in_force") is TimeInForce.GTC:
        raise invalid("time_in_force", "day, or left out: entries are cancelled before the session's close")
    wrong = _misplaced(request, kind)
    if wrong:
        raise Refused("INVALID_ORDER", f"{wrong[0]}: {wrong[1]}", fields=dict([wrong]))
    return {
        "symbol": validate.symbol(request.symbol),
        "side": validate.choice(SIDES, request.side, "side"),
        "quantity": validate.quantity(request.quantity),
        "order_type": kind,
        "limit_price_e4": _price(request, "limit_price"),
        "stop_price_e4": _price(request, "stop_loss_price"),
    }


def _changes(request: order_pb2.ReplaceOrderRequest) -> tuple[int | None, int | None]:
    """The new quantity and the new limit price; at least one of them."""
    if request.HasField("stop_price"):
        raise invalid("stop_price", "leave it out: the stop of an entry stays, and moves by the rules of its position")
    if not request.HasField("quantity") and not request.HasField("limit_price"):
        raise invalid("quantity", "give it, or limit_price, or both: nothing would change")
    quantity = validate.quantity(request.quantity) if request.HasField("quantity") else None
    return quantity, _price(request, "limit_price")


def _misplaced(request: OrderRequest, kind: OrderType) -> tuple[str, str] | None:
    if kind is OrderType.STOP:
        return "type", "market or limit: the protective stop of an order is its stop_loss_price"
    for field, needed in {"limit_price": kind is OrderType.LIMIT, "stop_price": False}.items():
        if needed != request.HasField(field):
            return field, f"a {kind} order needs it" if needed else f"a {kind} order takes none"
    return None


def _price(request: OrderRequest | order_pb2.ReplaceOrderRequest, field: str) -> int | None:
    return validate.price(getattr(request, field), field) if request.HasField(field) else None
