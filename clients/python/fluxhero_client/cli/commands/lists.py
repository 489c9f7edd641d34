"""`positions`, `orders`, `signals`, `trades`: what there is, newest first."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from fluxhero.v1 import common_pb2 as common
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import listed
from fluxhero_client.client import Client


async def positions(client: Client, arguments: Namespace, console: Console) -> int:
    """Open positions."""
    found = await client.positions.list(symbols=arguments.symbol)
    return _show(found, "Position", arguments, console, "position_columns", "no open positions")


async def orders(client: Client, arguments: Namespace, console: Console) -> int:
    """Orders."""
    found = await client.orders.list(
        symbols=arguments.symbol,
        open=True if arguments.open else None,
        start=arguments.since,
        end=arguments.until,
        limit=arguments.limit,
    )
    return _show(found, "Order", arguments, console, "order_columns", "no orders")


async def signals(client: Client, arguments: Namespace, console: Console) -> int:
    """Signals."""
    found = await client.signals.list(
        symbols=arguments.symbol, start=arguments.since, end=arguments.until, limit=arguments.limit
    )
    return _show(found, "Signal", arguments, console, "signal_columns", "no signals yet")


async def trades(client: Client, arguments: Namespace, console: Console) -> int:
    """Trades."""
    found = await client.trades.list(
        symbols=arguments.symbol,
        modes=modes_of(arguments),
        start=arguments.since,
        end=arguments.until,
        limit=arguments.limit,
    )
    return _show(found, "Trade", arguments, console, "trade_columns", "no trades yet")


def modes_of(arguments: Namespace) -> list[common.StrategyMode]:
    """The values of --mode."""
    return [getattr(common, f"STRATEGY_MODE_{mode.upper().replace('-', '_')}") for mode in arguments.mode]


def _show(found: Sequence[Any], name: str, arguments: Namespace, console: Console, columns: str, nothing: str) -> int:
    if listed(found, name, arguments, console):
        return 0
    if found:
        from fluxhero_client.cli.show import columns as shown
        from fluxhero_client.cli.show.table import Table

        Table[Any](getattr(shown, columns)(), console).print(found)
    else:
        console.print(nothing)
    return 0
