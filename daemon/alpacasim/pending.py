"""What the exchange has not answered yet: cancels and replacements that wait, and may come too late.

Normally orders work, end and give way at once. While a market's answers are held, a new order stays `pending_new`, a
canceled one `pending_cancel` and a replaced one `pending_replace`; all but the first keep working and may fill.
"""

from __future__ import annotations

from alpacasim import refusals
from alpacasim.book import Book
from alpacasim.orders import Order, Status
from alpacasim.refusals import Refusal


def cancel(book: Book, order: Order) -> Refusal | None:
    """Cancel an order and its group, or begin to; None when it is canceled or will be."""
    if order.status in (Status.CANCELED, Status.PENDING_CANCEL):
        return None
    if not order.open or order.status is Status.PENDING_REPLACE:
        return refusals.wrong_state(order.status)
    if book.markets[order.symbol].answers_held and order.status is not Status.HELD:
        order.move(Status.PENDING_CANCEL, book.now_ns)
        book.tell("pending_cancel", order)
    else:
        book.end_group(order, Status.CANCELED)
    return None


def wait_to_replace(book: Book, order: Order, new: Order) -> None:
    """Let a changed order wait to take the place of one that keeps working until then."""
    order.move(Status.PENDING_REPLACE, book.now_ns)
    order.successor, new.predecessor = new, order
    book.record(new)
    book.tell("pending_replace", order)


def take_place(book: Book, order: Order, new: Order) -> None:
    """Let a changed order take the place of the one that it replaces, with its legs."""
    order.successor = new.predecessor = None
    order.replaced_by = new.id
    order.replaced_ns = book.now_ns
    order.move(Status.REPLACED, book.now_ns)
    book.forget(order)
    for leg in order.legs:
        leg.parent = new
        if new.time_in_force != order.time_in_force:
            leg.time_in_force, leg.expires_ns = new.time_in_force, new.expires_ns
        # The legs of an entry protect all of it; those of an exit share what is left.
        leg.quantity_e9 = new.quantity_e9 + (0 if order.order_class == "oco" else order.filled_e9)
    new.legs = order.legs
    if order.parent is not None:
        order.parent.legs = [new if leg is order else leg for leg in order.parent.legs]
    book.record(new)
    book.tell("replaced", order)


def carry_out(book: Book, symbol: str) -> list[Order]:
    """Carry out what was asked while the answers were held, in its order; the new orders are returned to be let work.

    The quantity of a waiting order was kept up with the fills of the one before it, so nothing is doubled.
    """
    begun: list[Order] = []
    for order in book.open_orders(symbol):
        if order.status is Status.PENDING_REPLACE and order.successor is not None:
            take_place(book, order, order.successor)
        elif order.status is Status.PENDING_CANCEL:
            book.end_group(order, Status.CANCELED)
        elif order.status is Status.PENDING_NEW:
            begun.append(order)
    return begun
