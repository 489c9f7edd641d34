"""What stops trading, and what lets it go on. Halt and flatten take a typed word and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxhero.v1 import position_pb2
from fluxhero_tui.dialogs.confirm import TypedWord
from fluxhero_tui.draw.figures import plural, word

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui


async def halt(terminal: FluxHeroTui) -> None:
    """The kill switch."""
    texts = [
        "Halt trading: working entries are cancelled, stops stay where they are, no new risk is taken until an admin "
        "resumes. It survives a restart of the daemon.",
    ]
    if (reason := await terminal.push_screen_wait(TypedWord("Halt trading", texts, "HALT"))) is not None:
        answer = await terminal.connection.client.risk.halt(reason)
        entries = plural(len(answer.canceling_order_ids), "working entry", "working entries")
        terminal.notify(f"Trading is halted; {entries} being cancelled.", title="halted", severity="warning")


async def flatten(terminal: FluxHeroTui) -> None:
    """Everything closed."""
    model = terminal.desk.model
    held = [position for position in model.positions.values() if not position.foreign]
    texts = [
        "Halt trading, cancel all orders and close all positions of FluxHero at the market. Outside the session this "
        "waits for the open.",
        "",
        f"Open now: {_listed(held)}",
    ]
    if (reason := await terminal.push_screen_wait(TypedWord("Flatten", texts, "FLATTEN"))) is not None:
        answer = await terminal.connection.client.risk.flatten(reason)
        closing = " ".join(answer.closing_symbols) or "no position is open"
        terminal.notify(f"Halted; closing: {closing}.", title="flatten", severity="warning")


async def resume(terminal: FluxHeroTui) -> None:
    """Trading goes on."""
    risk = terminal.desk.model.risk
    texts = [f"End the halt: {risk.halt_reason}" if risk.halted else "Trading is not halted, as far as is known here."]
    if (reason := await terminal.push_screen_wait(TypedWord("Resume trading", texts, "RESUME"))) is not None:
        await terminal.connection.client.risk.resume(reason)
        terminal.notify("Trading goes on.", title="resumed")


async def reset(terminal: FluxHeroTui) -> None:
    """What losses have latched ends."""
    risk = terminal.desk.model.risk
    texts = [
        f"The breaker is {word(risk, 'breaker')}. {risk.breaker_reason}",
        "Resetting lets entries be taken again: from DISABLED to REDUCED first, from REDUCED to NORMAL next; where a "
        "daily loss is latched, that one alone.",
    ]
    if (reason := await terminal.push_screen_wait(TypedWord("Reset the breaker", texts, "RESET"))) is not None:
        answer = await terminal.connection.client.risk.reset_breaker(reason)
        terminal.notify(f"The breaker is {word(answer.risk, 'breaker')} now.", title="reset")


def _listed(held: Sequence[position_pb2.Position]) -> str:
    return ", ".join(f"{one.symbol} {word(one, 'side')} {one.quantity:,}" for one in held) or "nothing"
