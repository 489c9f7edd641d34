"""`position`, `order`, `signal`, `trade`: one of them with all that belongs to it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered
from fluxhero_client.client import Client


async def position(client: Client, arguments: Namespace, console: Console) -> int:
    """The open position in a symbol."""
    found = await client.positions.get(arguments.symbol)
    if not answered(found, arguments, console):
        _print_fields(found, console)
    return 0


async def order(client: Client, arguments: Namespace, console: Console) -> int:
    """An order, its fills, its life."""
    answer = await client.orders.get(arguments.order_id)
    if answered(answer, arguments, console):
        return 0
    from fluxhero_client.cli.show.life_columns import fill_columns, history_columns

    _print_fields(answer.order, console)
    _print_table("Fills", fill_columns(), answer.fills, console)
    _print_table("Life", history_columns(), answer.history, console)
    return 0


async def signal(client: Client, arguments: Namespace, console: Console) -> int:
    """A signal, its rules, what became of it."""
    found = await client.signals.get(arguments.signal_id)
    if answered(found, arguments, console):
        return 0
    from fluxhero_client.cli.show.explanation import print_signal

    print_signal(found, console)
    return 0


async def trade(client: Client, arguments: Namespace, console: Console) -> int:
    """A trade, its orders, its fills."""
    answer = await client.trades.get(arguments.trade_id)
    if answered(answer, arguments, console):
        return 0
    from fluxhero_client.cli.show.columns import order_columns
    from fluxhero_client.cli.show.life_columns import fill_columns

    _print_fields(answer.trade, console)
    _print_table("Orders", order_columns(), answer.orders, console)
    _print_table("Fills", fill_columns(), answer.fills, console)
    return 0


def _print_fields(message: Any, console: Console) -> None:
    from fluxhero_client.cli.show.fields import print_fields

    print_fields(message, console)


def _print_table(title: str, columns: Any, rows: Iterable[Any], console: Console) -> None:
    from fluxhero_client.cli.show.fields import heading
    from fluxhero_client.cli.show.table import Table

    if found := list(rows):
        heading(title, console)
        Table[Any](columns, console).print(found)
