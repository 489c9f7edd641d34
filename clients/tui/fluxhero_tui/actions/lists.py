"""Actions on lists: moving, searching, sorting, copying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from fluxhero_tui.widgets.surface import Surface
from fluxhero_tui.widgets.table import Table

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui


def down(terminal: FluxHeroTui) -> None:
    """A row down."""
    _move(terminal, 1)


def up(terminal: FluxHeroTui) -> None:
    """A row up."""
    _move(terminal, -1)


def page_down(terminal: FluxHeroTui) -> None:
    """Half a page down."""
    if (surface := _surface(terminal)) is not None:
        surface.move(surface.page)


def page_up(terminal: FluxHeroTui) -> None:
    """Half a page up."""
    if (surface := _surface(terminal)) is not None:
        surface.move(-surface.page)


def first(terminal: FluxHeroTui) -> None:
    """The first row."""
    if (surface := _surface(terminal)) is not None:
        surface.move_to(end=False)


def last(terminal: FluxHeroTui) -> None:
    """The last row."""
    if (surface := _surface(terminal)) is not None:
        surface.move_to(end=True)


def search(terminal: FluxHeroTui) -> None:
    """Ask for words; rows that lack one are left out."""
    field = terminal.base.query_one("#search", Input)
    if (table := _table(terminal)) is not None:
        field.value = table.search
        field.add_class("-open")
        # At once: what is typed next is meant for it.
        terminal.base.set_focus(field)


def clear(terminal: FluxHeroTui) -> None:
    """All rows again."""
    if (table := _table(terminal)) is not None:
        table.find("")


def sort(terminal: FluxHeroTui) -> None:
    """By the next column."""
    if (table := _table(terminal)) is not None:
        table.sort_by(table.order.next(len(table.columns)))


def reverse(terminal: FluxHeroTui) -> None:
    """The other way round."""
    if (table := _table(terminal)) is not None:
        table.sort_by(table.order.reversed())


def copy(terminal: FluxHeroTui) -> None:
    """The row, for the clipboard."""
    table = _table(terminal)
    text = table.copied() if table is not None else ""
    if text:
        terminal.copy_to_clipboard(text)
        terminal.notify(text.replace("\t", "  "), title="copied", timeout=3)


def _move(terminal: FluxHeroTui, rows: int) -> None:
    if (surface := _surface(terminal)) is not None:
        surface.move(rows)


def _surface(terminal: FluxHeroTui) -> Surface | None:
    focused = terminal.focused
    return focused if isinstance(focused, Surface) else _table(terminal)


def _table(terminal: FluxHeroTui) -> Table[Any] | None:
    return terminal.view.table()
