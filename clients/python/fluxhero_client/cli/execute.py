"""Runs the chosen command against the daemon and turns failures into words and exit codes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable
from importlib import import_module

from fluxhero_client.cli.console import Console
from fluxhero_client.client import Client, connect
from fluxhero_client.errors import FluxHeroError

Command = Callable[[Client, Namespace, Console], Awaitable[int]]

# Where each command lives: only its module, and the messages that it shows, are imported.
_MODULES = {
    "status": "status",
    "account": "account",
    "positions": "lists",
    "orders": "lists",
    "signals": "lists",
    "trades": "lists",
    "alerts": "alerts",
    "ack": "alerts",
    "explain": "explain",
    "watch": "watch",
    "preview": "trading",
    "place": "trading",
    "cancel": "trading",
    "replace": "trading",
    "close": "trading",
    "halt": "kill_switch",
    "resume": "kill_switch",
    "flatten": "kill_switch",
    "reset-breaker": "kill_switch",
    "risk": "risk",
    "risk-report": "risk",
    "limits": "risk",
    "symbols": "symbols",
    "add-symbol": "symbols",
    "remove-symbol": "symbols",
    "enable": "symbols",
    "disable": "symbols",
    "strategies": "strategy",
    "set-parameter": "strategy",
    "performance": "strategy",
}


async def execute(arguments: Namespace, console: Console) -> int:
    """The exit code of the command."""
    module = import_module(f"fluxhero_client.cli.commands.{_MODULES[arguments.command]}")
    command: Command = getattr(module, arguments.command.replace("-", "_"))
    async with connect(arguments.address, timeout_s=arguments.timeout) as client:
        try:
            return await command(client, arguments, console)
        except FluxHeroError as error:
            from fluxhero_client.cli.show.failure import report

            return report(error, client.address, console, as_json=arguments.output == "json")
