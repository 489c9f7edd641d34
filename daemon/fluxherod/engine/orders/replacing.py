"""An operator changes a limit entry that works: its cancel is confirmed first, then the changed order is sent.

Alpaca can change an order in place, but says nothing of what becomes of a stop leg then (a leg itself can't be
changed), and a fill on the way would leave the leg with another quantity. So the order ends, its leg with it, and a
new order with its own leg takes its place. Until then it is NEW: durable, with its id, and not sent.
"""

from __future__ import annotations

from dataclasses import replace

from fluxherod.core.money import on_tick_e4
from fluxherod.core.orders import Order, OrderRole, Sequel
from fluxherod.core.risk.assess import MAX_PRICE_E4, MAX_QUANTITY, assess
from fluxherod.core.signals import RiskDecision, RiskVerdict
from fluxherod.core.types import OrderType
from fluxherod.engine.commands import ReplaceOrderCommand
from fluxherod.engine.effects import Effect, ReplyCode
from fluxherod.engine.orders import drafts
from fluxherod.engine.orders.chase import Chaser

Answer = tuple[ReplyCode, str, str | None, RiskDecision | None]


def take(command: ReplaceOrderCommand, chaser: Chaser, blocked: str, now_ns: int, out: list[Effect]) -> Answer:
    """Plan the changed order and cancel the one that it replaces, or say why not."""
    order = chaser.desk.orders.get(command.order_id)
    if order is None:
        return ReplyCode.ORDER_NOT_FOUND, f"no order {command.order_id} is open", command.order_id, None
    if why := _not_replaceable(order):
        return ReplyCode.ORDER_NOT_REPLACEABLE, f"{order.id} {why}", order.id, None
    quantity = order.quantity if command.quantity is None else command.quantity
    limit_e4 = order.limit_price_e4 if command.limit_price_e4 is None else command.limit_price_e4
    if why := _not_wanted(order, quantity, limit_e4):
        return ReplyCode.INVALID_FIELD, why, order.id, None
    assert limit_e4 is not None  # a limit order has one
    position = chaser.ledger.positions.get(order.symbol)
    if position is not None and position.exit_reason:
        return ReplyCode.RISK_REJECTED, f"the position in {order.symbol} is being closed", order.id, None
    if veto := chaser.strategist.symbol_veto(order.symbol, order.side):
        return ReplyCode.RISK_REJECTED, veto[1], order.id, None
    return _plan(order, quantity, limit_e4, command, chaser, blocked, now_ns, out)


def _plan(
    order: Order,
    quantity: int,
    limit_e4: int,
    command: ReplaceOrderCommand,
    chaser: Chaser,
    blocked: str,
    now_ns: int,
    out: list[Effect],
) -> Answer:
    desk = chaser.desk
    left = quantity - order.filled_quantity
    plan = replace(desk.plans[order.id], price_e4=limit_e4)
    request = chaser.request(order, plan, limit_e4, left, now_ns)
    decision = assess(request, chaser.strategist.account_state(blocked, order), desk.settings.limits)
    if decision.verdict is RiskVerdict.REJECTED:
        return ReplyCode.RISK_REJECTED, decision.reason, order.id, decision
    if decision.quantity < left and not command.accept_adjusted:
        text = f"risk allows {decision.quantity} of {left} shares: {decision.reason}"
        return ReplyCode.RISK_ADJUSTED, text, order.id, decision
    order_id = desk.book.next_attempt(order)
    planned = drafts.going_on(order, order_id, decision.quantity, limit_e4, now_ns)
    planned = replace(planned, requested_by=command.caller.principal)
    desk.plans[order_id] = replace(plan, wanted=desk.book.filled(order) + decision.quantity)
    desk.write(planned, f"waits for the end of {order.id}", out)
    desk.cancel(order, now_ns, out, Sequel.REPLACE)
    return ReplyCode.OK, f"{order_id} takes the place of {order.id} once its cancel is confirmed", order_id, decision


def _not_replaceable(order: Order) -> str:
    """Why an order can't be changed, in words; "" when it can."""
    if order.role is OrderRole.STOP:
        return "is a protective stop: it moves by the rules of its position"
    if order.role is not OrderRole.ENTRY or order.order_type is not OrderType.LIMIT:
        return f"is a {order.order_type} {order.role}: only a limit order that opens a position can be changed"
    if not order.manual:
        return "is the strategy's: only orders that an operator placed can be changed; cancel it instead"
    return "" if order.settled else f"is {order.state}"


def _not_wanted(order: Order, quantity: int, limit_e4: int | None) -> str:
    """What is wrong with a change, in words; "" when nothing is."""
    if (quantity, limit_e4) == (order.quantity, order.limit_price_e4):
        return "nothing would change: give another quantity or another limit_price"
    if not order.filled_quantity < quantity <= MAX_QUANTITY:
        return f"quantity: {order.filled_quantity} shares are filled, so {order.filled_quantity + 1} to {MAX_QUANTITY}"
    if limit_e4 is None or not 0 < limit_e4 <= MAX_PRICE_E4 or on_tick_e4(limit_e4, up=True) != limit_e4:
        return "limit_price: a price above 0, in whole cents from one dollar on"
    return ""
