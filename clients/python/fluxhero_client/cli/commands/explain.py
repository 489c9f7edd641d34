"""`explain`: why a symbol was traded at a bar, or why not."""

from __future__ import annotations

from argparse import Namespace

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered
from fluxhero_client.client import Client


async def explain(client: Client, arguments: Namespace, console: Console) -> int:
    """One bar's decision."""
    answer = await client.signals.explain(arguments.symbol, time=arguments.at)
    if answered(answer, arguments, console):
        return 0
    from fluxhero_client.cli.show.explanation import print_explanation

    print_explanation(answer, console)
    return 0
