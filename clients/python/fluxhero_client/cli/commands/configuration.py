"""`config` and `reload`: by which values the daemon runs, where they come from, and reading them again."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered, listed
from fluxhero_client.cli.show.figures import Cell, word
from fluxhero_client.cli.show.table import Column, Table
from fluxhero_client.client import Client

if TYPE_CHECKING:
    from fluxhero.v1.system_pb2 import ConfigEntry


async def config(client: Client, arguments: Namespace, console: Console) -> int:
    """The configuration."""
    found = await client.system.config(arguments.prefix)
    if listed(found, "ConfigEntry", arguments, console):
        return 0
    if found:
        Table[Any](_columns(), console).print(found)
    else:
        console.print(f"no key starts with {arguments.prefix}")
    return 0


async def reload(client: Client, arguments: Namespace, console: Console) -> int:
    """Read the file again."""
    answer = await client.system.reload_config(reset_keys=arguments.reset, request_id=arguments.request_id)
    if answered(answer, arguments, console):
        return 0
    for entry in answer.changed:
        console.print(f"{entry.key} = {entry.value}  ({word(entry, 'origin')})")
    for key in answer.restart_needed:
        console.print(console.paint(f"{key} has a new value that waits for a restart", "warn"))
    if not answer.changed and not answer.restart_needed:
        console.print("nothing has changed")
    return 0


def _columns() -> Sequence[Column[ConfigEntry]]:
    return (
        Column("key", lambda entry: entry.key),
        Column("from", _origin),
        Column("changes", lambda entry: "at once" if entry.reloadable else "by restart", spare=2),
        Column("default", lambda entry: entry.default_value, spare=3),
        Column("value", lambda entry: entry.value, cuttable=True),
    )


def _origin(entry: ConfigEntry) -> Cell:
    text = word(entry, "origin")
    return Cell(text, {"default": "dim", "runtime": "warn"}.get(text, ""))
