"""PATCH of an open order: what may change, and the order that takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as copy_with

from alpacasim import hours, pending, refusals, rules
from alpacasim.book import Book
from alpacasim.matching import trail
from alpacasim.money import E9, decimal_to_e4
from alpacasim.orders import REPLACEABLE, Order, Status
from alpacasim.refusals import Refusal
from alpacasim.requests import OrderRequest, ReplaceRequest, base_fault, form_fault, sibling_fault


def _state_fault(order: Order) -> Refusal | None:
    if order.status is Status.FILLED:
        return refusals.wrong_state(order.status)
    if not order.open:
        return refusals.unprocessable("order is not open")
    if order.status is Status.PENDING_REPLACE:
        return refusals.unprocessable("order already pending replacement")
    if order.status not in REPLACEABLE:
        return refusals.unprocessable(f"cannot replace order in {order.status} status")
    if order.notional_e4 is not None:
        return refusals.unprocessable("notional orders cannot be replaced")
    if order.parent is not None and order.parent.order_class == "oto":
        return refusals.unprocessable("replacing oto leg orders is not supported yet")
    return None


def _change_fault(order: Order, change: ReplaceRequest) -> Refusal | None:
    leg = order.parent is not None or (order.order_class == "oco" and order.role != "")
    if leg and (change.quantity_e9 is not None or change.time_in_force is not None):
        return refusals.unprocessable("only limit_price and stop_price of bracket legs can be replaced")
    if change.limit_e4 is not None and order.type not in ("limit", "stop_limit"):
        return refusals.unprocessable(f"limit_price cannot be set for {order.type} orders")
    if change.stop_e4 is not None and order.type not in ("stop", "stop_limit"):
        return refusals.unprocessable(f"stop_price cannot be set for {order.type} orders")
    if change.trail is not None and order.type != "trailing_stop":
        return refusals.unprocessable(f"trail cannot be set for {order.type} orders")
    if change.quantity_e9 is None:
        return None
    if change.quantity_e9 <= order.filled_e9:
        return refusals.unprocessable("qty must be > filled_qty")
    if change.quantity_e9 % E9 != 0:
        return refusals.unprocessable("qty must be a whole number of shares")
    return None


def _changed(order: Order, change: ReplaceRequest) -> Order:
    """A copy of the order with the change made; its quantity is what is still wanted."""
    total = order.quantity_e9 if change.quantity_e9 is None else change.quantity_e9
    new = copy_with(
        order,
        quantity_e9=total - order.filled_e9,
        limit_e4=order.limit_e4 if change.limit_e4 is None else change.limit_e4,
        stop_e4=order.stop_e4 if change.stop_e4 is None else change.stop_e4,
        time_in_force=change.time_in_force or order.time_in_force,
        filled_e9=0,
        filled_notional=0,
        rested=False,
        replaces=order.id,
        legs=[],
        successor=None,
        predecessor=None,
    )
    if change.trail is not None:
        if order.trail_e4 is not None:
            new.trail_e4 = decimal_to_e4(change.trail)
        else:
            new.trail_percent_e4 = decimal_to_e4(change.trail)
        if order.high_water_e4 is not None:
            trail(new, order.high_water_e4)
    return new


def _request_of(head: Order, legs: Sequence[Order]) -> OrderRequest:
    """What a client would ask for to get this order and its legs."""
    profit = next((leg.limit_e4 for leg in legs if leg.role == "take_profit"), None)
    stop = next((leg for leg in legs if leg.role == "stop_loss"), None)
    return OrderRequest(
        head.symbol,
        head.side,
        head.type,
        head.time_in_force,
        order_class=head.order_class,
        quantity_e9=head.quantity_e9,
        limit_e4=head.limit_e4,
        # That of a trailing stop is the exchange's, not the client's.
        stop_e4=None if head.type == "trailing_stop" else head.stop_e4,
        trail_e4=head.trail_e4,
        trail_percent_e4=head.trail_percent_e4,
        extended_hours=head.extended_hours,
        take_profit_e4=profit,
        stop_loss_e4=stop.stop_e4 if stop else None,
        stop_loss_limit_e4=stop.limit_e4 if stop else None,
    )


def _order_fault(book: Book, order: Order, new: Order) -> Refusal | None:
    """The rules that the changed order would meet if it were sent anew, its legs included."""
    request = _request_of(new, order.legs)
    late = new.time_in_force != order.time_in_force and rules.is_late_for_auction(new.time_in_force, book.now_ns)
    if late:
        return refusals.unprocessable(f"{new.time_in_force} orders are not accepted at this time")
    return (
        form_fault(request)
        or rules.quantity_fault(book, request, new.quantity_e9, without=order)
        or rules.wash_trade_fault(book, request, without=order)
        or rules.buying_power_fault(book, request, new.quantity_e9, without=order)
    )


def _leg_fault(book: Book, order: Order, new: Order, head: Order) -> Refusal | None:
    """The rules for a leg: its sibling, the price of its entry (of the market, once that is filled), its shares."""
    group = _request_of(head, [new if leg is order else leg for leg in head.legs])
    fault = sibling_fault(group)
    if fault:
        return fault
    if head.order_class != "oco":
        own = _request_of(head, [new])
        base = book.markets[new.symbol].last_e4 if head.status is Status.FILLED else own.limit_e4 or own.stop_e4
        fault = base_fault(own, base) if base else None
        if fault:
            return fault
    if order.status is Status.HELD:
        return None
    held = rules.held_shares(book, order.symbol, without=order)
    if held.existing_e9 * order.sign < 0 and new.quantity_e9 > held.available_e9:
        return refusals.insufficient_quantity(
            order.symbol, new.quantity_e9, held.available_e9, abs(held.existing_e9), held.held_e9
        )
    alone = copy_with(_request_of(new, ()), order_class="simple")
    return rules.wash_trade_fault(book, alone, without=order)


def replace(book: Book, order: Order, change: ReplaceRequest) -> Order | Refusal:
    """Book the changed order in (as `pending_new`; a held leg stays held) and end the old one as `replaced`.

    While the market's answers are held, the old one keeps working as `pending_replace` instead.

    The quantity of a PATCH is the total: what the old order has filled is taken off, so the sum of both fills never
    exceeds it.
    """
    fault = _state_fault(order) or _change_fault(order, change)
    if fault:
        return fault
    if change.client_order_id is not None and change.client_order_id in book.order_of_client:
        return refusals.invalid("client_order_id must be unique")
    new = _changed(order, change)
    same = ("quantity_e9", "limit_e4", "stop_e4", "trail_e4", "trail_percent_e4", "time_in_force")
    unchanged = order.filled_e9 == 0 and all(getattr(new, name) == getattr(order, name) for name in same)
    if unchanged:
        return refusals.unprocessable("order parameters are not changed")
    head = order.parent
    fault = _order_fault(book, order, new) if head is None else _leg_fault(book, order, new, head)
    if fault:
        return fault
    now = book.now_ns
    if new.time_in_force != order.time_in_force:
        new.expires_ns = hours.expiry_ns(new.time_in_force, now)
    new.id, new.sequence = book.identifier("order"), len(book.orders) + 1
    new.client_order_id = change.client_order_id or book.identifier("client")
    new.created_ns = new.updated_ns = new.submitted_ns = now
    held = order.status is Status.HELD
    new.status = Status.HELD if held else Status.PENDING_NEW
    if book.markets[order.symbol].answers_held and not held:
        pending.wait_to_replace(book, order, new)
    else:
        pending.take_place(book, order, new)
    return new
