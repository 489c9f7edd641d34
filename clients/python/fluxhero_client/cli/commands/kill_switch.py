"""`halt`, `resume`, `flatten` and `reset-breaker`: what stops trading as a whole, and what ends it."""

from __future__ import annotations

from argparse import Namespace

from fluxhero.v1 import risk_pb2 as api
from fluxhero_client.cli.commands.trading import ask
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered
from fluxhero_client.cli.show.figures import money, plural, word
from fluxhero_client.client import Client


async def halt(client: Client, arguments: Namespace, console: Console) -> int:
    """Halt trading."""
    question = "Halt trading? Working entries are cancelled, stops stay, no new risk until you resume."
    if code := ask(question, arguments, console):
        return code
    answer = await client.risk.halt(arguments.reason, request_id=arguments.request_id)
    if answered(answer, arguments, console):
        return 0
    _show_halt(answer.risk, console)
    console.print(
        f"{plural(len(answer.canceling_order_ids), 'working entry', 'working entries')} being cancelled; stops stay"
    )
    console.print("go on with: fluxhero resume --reason REASON")
    return 0


async def resume(client: Client, arguments: Namespace, console: Console) -> int:
    """Resume trading."""
    answer = await client.risk.resume(arguments.reason, request_id=arguments.request_id)
    if answered(answer, arguments, console):
        return 0
    console.print(console.paint("trading goes on", "good"))
    return 0


async def flatten(client: Client, arguments: Namespace, console: Console) -> int:
    """Halt, cancel everything and close everything."""
    whose = "every position of the account" if arguments.include_foreign else "every position of FluxHero"
    question = f"Halt trading, cancel all orders and close {whose} at the market?"
    if code := ask(question, arguments, console):
        return code
    answer = await client.risk.flatten(
        arguments.reason, include_foreign=arguments.include_foreign, request_id=arguments.request_id
    )
    if answered(answer, arguments, console):
        return 0
    _show_halt(answer.risk, console)
    console.print(f"closing: {' '.join(answer.closing_symbols) or 'no position is open'}")
    console.print(f"{plural(len(answer.canceling_order_ids), 'order')} being cancelled")
    console.print("outside the session this waits for the open; go on with: fluxhero resume --reason REASON")
    return 0


async def reset_breaker(client: Client, arguments: Namespace, console: Console) -> int:
    """End what losses have latched."""
    if code := ask("Reset the breaker? Entries are taken again.", arguments, console):
        return code
    targets = {"reduced": api.BREAKER_STATE_REDUCED, "normal": api.BREAKER_STATE_NORMAL}
    answer = await client.risk.reset_breaker(
        arguments.reason,
        target=targets.get(arguments.to, api.BREAKER_STATE_UNSPECIFIED),
        request_id=arguments.request_id,
    )
    if answered(answer, arguments, console):
        return 0
    risk = answer.risk
    latched = ", until you set it to normal" if risk.breaker_latched else ""
    size = f"entries at {risk.size_multiplier_bp / 100:g} % of their size"
    console.print(f"breaker {word(risk, 'breaker')}{latched}: {size}; losses count from ${money(risk.peak_equity)}")
    if risk.halted:
        _show_halt(risk, console)
    return 0


def _show_halt(risk: api.Risk, console: Console) -> None:
    by = f" by {risk.halted_by}" if risk.halted_by else ""
    console.print(f"{console.paint('HALTED', 'bad')}{by}: {risk.halt_reason}")
