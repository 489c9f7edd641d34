"""`symbols`, `add-symbol`, `remove-symbol`, `enable`, `disable`: what is followed, and what may be entered."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from fluxhero_client.cli.commands.trading import ask
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered, listed
from fluxhero_client.cli.show.figures import word
from fluxhero_client.client import Client


async def symbols(client: Client, arguments: Namespace, console: Console) -> int:
    """The symbols that are followed."""
    found = await client.market.symbols()
    if listed(found, "Symbol", arguments, console):
        return 0
    if found:
        from fluxhero_client.cli.show.strategy_columns import symbol_columns
        from fluxhero_client.cli.show.table import Table

        Table[Any](symbol_columns(), console).print(found)
    else:
        console.print("no symbol is followed")
    return 0


async def add_symbol(client: Client, arguments: Namespace, console: Console) -> int:
    """Follow a symbol."""
    answer = await client.market.add_symbol(arguments.symbol, request_id=arguments.request_id)
    joined = answer.symbol
    return _say(answer, arguments, console, lambda: f"{joined.symbol} joins: {joined.detail or word(joined, 'state')}")


async def remove_symbol(client: Client, arguments: Namespace, console: Console) -> int:
    """Follow a symbol no more."""
    question = f"Follow {arguments.symbol} no more? Its bars and indicators are forgotten."
    if code := ask(question, arguments, console):
        return code
    answer = await client.market.remove_symbol(arguments.symbol, request_id=arguments.request_id)
    left = ", ".join(answer.symbols) or "nothing"
    return _say(answer, arguments, console, lambda: f"{arguments.symbol} leaves; still followed: {left}")


async def enable(client: Client, arguments: Namespace, console: Console) -> int:
    """Let a symbol be entered again."""
    strategy = await client.strategy.enable(arguments.symbol, request_id=arguments.request_id)
    return _say(strategy, arguments, console, lambda: f"{arguments.symbol} may be entered again")


async def disable(client: Client, arguments: Namespace, console: Console) -> int:
    """Take no new risk in a symbol."""
    strategy = await client.strategy.disable(arguments.symbol, reason=arguments.reason, request_id=arguments.request_id)
    text = f"{arguments.symbol} takes no new risk; an open position is managed as before"
    return _say(strategy, arguments, console, lambda: text)


def _say(answer: Any, arguments: Namespace, console: Console, text: Callable[[], str]) -> int:
    if answered(answer, arguments, console):
        return 0
    console.print(text())
    return 0
