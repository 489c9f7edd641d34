"""Runs the chosen command against the daemon and turns failures into words and exit codes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from fluxhero_client.cli.catalog import COMMANDS
from fluxhero_client.cli.console import Console
from fluxhero_client.errors import FluxHeroError, Misconfigured


async def execute(arguments: Namespace, console: Console) -> int:
    """The exit code of a command that asks the daemon."""
    from fluxhero_client.client import Client, connect

    command: Callable[[Client, Namespace, Console], Awaitable[int]] = _function(arguments)
    try:
        client = connect(
            arguments.address,
            token_file=arguments.token_file,
            ca=arguments.ca,
            client_cert=arguments.client_cert,
            client_key=arguments.client_key,
            profile=arguments.profile,
            timeout_s=arguments.timeout,
        )
    except Misconfigured as error:
        return _report(error, None, arguments, console)
    async with client:
        try:
            return await command(client, arguments, console)
        except FluxHeroError as error:
            return _report(error, client, arguments, console)


def load(arguments: Namespace) -> None:
    """Import all that a command which asks the daemon needs."""
    import_module("fluxhero_client.client")
    _function(arguments)


def needs_daemon(arguments: Namespace) -> bool:
    """Does the command ask the daemon."""
    return bool(COMMANDS[arguments.command].rpcs)


def execute_here(arguments: Namespace, console: Console) -> int:
    """The exit code of a command that asks no daemon."""
    command: Callable[[Namespace, Console], int] = _function(arguments)
    try:
        return command(arguments, console)
    except Misconfigured as error:
        return _report(error, None, arguments, console)


def _function(arguments: Namespace) -> Any:
    # Only its module, and the messages that it shows, are imported.
    module = import_module(f"fluxhero_client.cli.commands.{COMMANDS[arguments.command].module}")
    return getattr(module, arguments.command.replace("-", "_"))


def _report(error: FluxHeroError, client: Any, arguments: Namespace, console: Console) -> int:
    from fluxhero_client.cli.show.failure import report

    return report(error, client, console, as_json=arguments.output == "json")
