"""`preview`, `place`, `cancel`, `cancel-all`, `replace`, `close`, `close-all`: what moves money, and asks first."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as api
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered
from fluxhero_client.cli.show.explanation import print_decision
from fluxhero_client.cli.show.figures import money, plural, shares, word
from fluxhero_client.client import Client
from fluxhero_client.errors import Unsupported
from fluxhero_client.services.orders import OrderTicket

if TYPE_CHECKING:
    from fluxhero.v1.order_pb2 import Order

ABORTED = 1
USAGE = 2


async def preview(client: Client, arguments: Namespace, console: Console) -> int:
    """What risk would say to an order; nothing is placed."""
    answer = await client.orders.preview(_ticket(arguments))
    if answered(answer, arguments, console):
        return 0
    console.print(f"{_in_words(arguments)}: {word(answer, 'role')}")
    print_decision(answer.decision, console)
    return 0


def _ticket(arguments: Namespace) -> OrderTicket:
    return OrderTicket(
        symbol=arguments.symbol,
        side=common.SIDE_BUY if arguments.side == "buy" else common.SIDE_SELL,
        quantity=arguments.quantity,
        limit_price=arguments.limit,
        stop_loss_price=arguments.stop,
    )


async def place(client: Client, arguments: Namespace, console: Console) -> int:
    """Place an order; before the question the risk engine's opinion is shown."""
    ticket = _ticket(arguments)
    if not arguments.yes and console.interactive:
        await _preview(client, ticket, console)
    if code := ask(f"{_in_words(arguments)}?", arguments, console):
        return code
    answer = await client.orders.place(
        ticket, accept_adjusted=arguments.accept_adjusted, request_id=arguments.request_id
    )
    if answered(answer, arguments, console):
        return 0
    _show_placed(answer, console)
    return 0


async def cancel(client: Client, arguments: Namespace, console: Console) -> int:
    """Cancel an order."""
    answer = await client.orders.cancel(arguments.order_id, request_id=arguments.request_id)
    if answered(answer, arguments, console):
        return 0
    console.print(f"canceling: {_order(answer.order)}")
    console.print("it may still fill until it is canceled: fluxhero watch orders")
    return 0


async def cancel_all(client: Client, arguments: Namespace, console: Console) -> int:
    """Cancel all orders but protective stops."""
    which = f"of {', '.join(arguments.symbol)} " if arguments.symbol else ""
    if code := ask(f"Cancel all working orders {which}but protective stops?", arguments, console):
        return code
    answer = await client.orders.cancel_all(arguments.symbol, request_id=arguments.request_id)
    if answered(answer, arguments, console):
        return 0
    console.print(f"{plural(len(answer.orders), 'order')} being cancelled; they may still fill until they are canceled")
    for order in answer.orders:
        console.print(_order(order))
    return 0


async def replace(client: Client, arguments: Namespace, console: Console) -> int:
    """Change an order."""
    changes = [f"{shares(arguments.quantity)} shares"] if arguments.quantity else []
    changes += [f"limit ${money(arguments.limit)}"] if arguments.limit else []
    if code := ask(f"Change order {arguments.order_id} to {', '.join(changes)}?", arguments, console):
        return code
    answer = await client.orders.replace(
        arguments.order_id,
        quantity=arguments.quantity,
        limit_price=arguments.limit,
        accept_adjusted=arguments.accept_adjusted,
        request_id=arguments.request_id,
    )
    if answered(answer, arguments, console):
        return 0
    console.print(f"replacing: {_order(answer.order)}")
    console.print(f"it is sent once the end of {answer.order.replaces_id} is confirmed: fluxhero watch orders")
    return 0


async def close(client: Client, arguments: Namespace, console: Console) -> int:
    """Close a position."""
    if code := ask(f"Close the position in {arguments.symbol} at the market?", arguments, console):
        return code
    answer = await client.positions.close(arguments.symbol, reason=arguments.reason, request_id=arguments.request_id)
    if answered(answer, arguments, console):
        return 0
    position = answer.position
    console.print(f"closing: {word(position, 'side')} {shares(position.quantity)} {position.symbol}")
    console.print(
        f"exit order {answer.order_id}" if answer.order_id else "its stop ends first, or the market must open"
    )
    return 0


async def close_all(client: Client, arguments: Namespace, console: Console) -> int:
    """Close every position of ours."""
    if code := ask("Close every position of FluxHero at the market?", arguments, console):
        return code
    answer = await client.positions.close_all(reason=arguments.reason, request_id=arguments.request_id)
    if answered(answer, arguments, console):
        return 0
    for position in answer.positions:
        console.print(f"closing: {word(position, 'side')} {shares(position.quantity)} {position.symbol}")
    if not answer.positions:
        console.print("no position is open")
    return 0


def ask(question: str, arguments: Namespace, console: Console) -> int:
    """0 when it may go on; else the exit code, and why has been said."""
    if arguments.yes:
        return 0
    if not console.interactive:
        console.note("fluxhero: nobody is there to ask; add --yes to do it without asking")
        return USAGE
    if console.confirm(question):
        return 0
    console.note("nothing was sent")
    return ABORTED


async def _preview(client: Client, ticket: OrderTicket, console: Console) -> None:
    try:
        answer = await client.orders.preview(ticket)
    except Unsupported:
        return  # An older daemon: it judges when the order is placed.
    decision = answer.decision
    console.note(
        f"risk says: {word(decision, 'verdict')}, {plural(decision.quantity, 'share')}"
        + (f" ({decision.reason})" if decision.reason else "")
    )


def _in_words(arguments: Namespace) -> str:
    price = f"at ${money(arguments.limit)} or better" if arguments.limit else "at the market"
    stop = f", protective stop ${money(arguments.stop)}" if arguments.stop else ""
    what = f"{arguments.side.capitalize()} {shares(arguments.quantity)} {arguments.symbol}"
    return f"{what} {price}{stop}, good for the session"


def _show_placed(answer: api.PlaceOrderResponse, console: Console) -> None:
    if answer.HasField("order"):
        console.print(f"placed: {_order(answer.order)}")
    else:
        console.print("accepted: the protective stop ends first, then the exit order follows (fluxhero watch orders)")
    if answer.HasField("decision"):
        print_decision(answer.decision, console)


def _order(order: Order) -> str:
    prices = [
        f"{name} ${money(getattr(order, field))}"
        for name, field in (("limit", "limit_price"), ("trigger", "stop_price"), ("protective stop", "stop_loss_price"))
        if order.HasField(field)
    ]
    what = f"{word(order, 'side')} {shares(order.quantity)} {order.symbol} {', '.join(prices) or 'at the market'}"
    return f"{what}, {word(order, 'state')}\norder {order.id}"
