"""Actions that only look: screens, symbols, help, colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxhero_tui.actions.action import Run

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui


def to_screen(number: int) -> Run:
    """Bring a screen to the front."""
    return lambda terminal: terminal.show(number)


def help(terminal: FluxHeroTui) -> None:
    """All keys."""
    from fluxhero_tui.dialogs.help import Help

    terminal.push_screen(Help(terminal.registry, terminal.view_name, terminal.desk.role))


def palette(terminal: FluxHeroTui) -> None:
    """All commands."""
    terminal.open_palette()


def next_symbol(terminal: FluxHeroTui) -> None:
    """The next symbol."""
    terminal.desk.step(1)
    terminal.look_at(terminal.desk.symbol)


def previous_symbol(terminal: FluxHeroTui) -> None:
    """The symbol before."""
    terminal.desk.step(-1)
    terminal.look_at(terminal.desk.symbol)


def next_theme(terminal: FluxHeroTui) -> None:
    """The next colours."""
    names = sorted(terminal.available_themes)
    terminal.theme = names[(names.index(terminal.theme) + 1) % len(names)]
    terminal.notify(terminal.theme, title="theme", timeout=2)


async def quit(terminal: FluxHeroTui) -> None:
    """Leave, when the person really wants to."""
    from fluxhero_tui.dialogs.confirm import Confirm

    text = "Leave the terminal? The daemon goes on as it is; nothing is stopped."
    if await terminal.push_screen_wait(Confirm("Quit", [text], "leave")):
        terminal.exit()
