"""Where approved orders come from: the decisions of `assess`, and orders that only reduce risk.

An order that reduces risk is approved on the confirmed position alone: missing equity, a stale price,
a halt or a breaker never stops it.
"""

from __future__ import annotations

from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.signals import RiskDecision, RiskVerdict
from fluxherod.core.types import Side


class NotApproved(Exception):
    """An order was about to leave that risk has not let out: a programming error, never the caller's."""


def approve_entry(order: Order, decision: RiskDecision, watched_stop_e4: int | None = None) -> ApprovedOrder:
    """The approved form of an entry. It has a stop leg, or else the stop that the daemon will watch must be named.

    Raises:
        NotApproved: when the decision does not cover the order.
    """
    if decision.verdict is RiskVerdict.REJECTED or not 0 < order.quantity <= decision.quantity:
        raise NotApproved(f"{order.id}: {order.quantity} shares, decision {decision.verdict} {decision.quantity}")
    stop_e4 = order.leg_stop_e4 if watched_stop_e4 is None else watched_stop_e4
    if order.role is not OrderRole.ENTRY or stop_e4 is None or stop_e4 <= 0:
        raise NotApproved(f"{order.id} opens risk without a stop")
    return _approved(order)


def approve_reduction(order: Order, position: Position) -> ApprovedOrder:
    """The approved form of an exit or a stop of a confirmed position.

    Raises:
        NotApproved: when it would not only reduce the position.
    """
    reduces = (order.side is Side.SELL) == (position.quantity > 0)
    if order.symbol != position.symbol or not reduces or not 0 < order.quantity <= abs(position.quantity):
        raise NotApproved(f"{order.id}: {order.side} {order.quantity} against {position.symbol} {position.quantity}")
    return _approved(order)


def approve_foreign_stop(order: Order, held: int) -> ApprovedOrder:
    """The approved form of a stop for shares at the broker that are not ours; `held` of them, signed, are confirmed.

    Raises:
        NotApproved: when it would not only reduce them.
    """
    reduces = (order.side is Side.SELL) == (held > 0) and 0 < order.quantity <= abs(held)
    if order.role is not OrderRole.FOREIGN_STOP or not reduces or order.stop_price_e4 is None:
        raise NotApproved(f"{order.id}: {order.side} {order.quantity} {order.symbol} against {held} that are not ours")
    return _approved(order)


def approve_replacement(order: Order, replaced: Order, position: Position) -> ApprovedReplacement:
    """The approved form of a stop that moves to a better price.

    Raises:
        NotApproved: when it is not the same stop of the same position.
    """
    same = order.role is replaced.role is OrderRole.STOP and order.side is replaced.side
    if not same or order.quantity > abs(position.quantity) or order.stop_price_e4 is None:
        raise NotApproved(f"{order.id} does not replace {replaced.id}")
    return ApprovedReplacement(order.id, replaced.id, replaced.broker_id, order.quantity, order.stop_price_e4)


def _approved(order: Order) -> ApprovedOrder:
    return ApprovedOrder(
        id=order.id,
        symbol=order.symbol,
        side=order.side,
        order_type=order.order_type,
        time_in_force=order.time_in_force,
        quantity=order.quantity,
        limit_price_e4=order.limit_price_e4,
        stop_price_e4=order.stop_price_e4,
        leg_stop_e4=order.leg_stop_e4,
    )
