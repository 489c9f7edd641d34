"""`halt` and `resume`: the kill switch."""

from __future__ import annotations

from argparse import Namespace

from fluxhero_client.cli.commands.trading import ask
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show.figures import plural
from fluxhero_client.client import Client


async def halt(client: Client, arguments: Namespace, console: Console) -> int:
    """Halt trading."""
    question = "Halt trading? Working entries are cancelled, stops stay, no new risk until you resume."
    if code := ask(question, arguments, console):
        return code
    answer = await client.risk.halt(arguments.reason, request_id=arguments.request_id)
    if arguments.output == "json":
        from fluxhero_client.cli.show import messages

        console.print(messages.one(answer))
        return 0
    by = f" by {answer.risk.halted_by}" if answer.risk.halted_by else ""
    console.print(f"{console.paint('HALTED', 'bad')}{by}: {answer.risk.halt_reason}")
    console.print(
        f"{plural(len(answer.canceling_order_ids), 'working entry', 'working entries')} being cancelled; stops stay"
    )
    console.print("go on with: fluxhero resume --reason REASON")
    return 0


async def resume(client: Client, arguments: Namespace, console: Console) -> int:
    """Resume trading."""
    answer = await client.risk.resume(arguments.reason, request_id=arguments.request_id)
    if arguments.output == "json":
        from fluxhero_client.cli.show import messages

        console.print(messages.one(answer))
    else:
        console.print(console.paint("trading goes on", "good"))
    return 0
