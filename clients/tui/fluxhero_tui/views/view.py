"""What a screen is: a few surfaces, of which only those are redrawn whose part of the model has moved."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from fluxhero_tui.widgets.surface import Surface
from fluxhero_tui.widgets.table import Table

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui
    from fluxhero_tui.desk import Desk


class View(Container):
    """One of the eight screens. `NAME` is what actions know it by, `TITLE` stands on its tab."""

    NAME: ClassVar[str]
    TITLE: ClassVar[str]

    def __init__(self, desk: Desk) -> None:
        super().__init__(id=self.NAME, classes="view")
        self.desk = desk
        self.model = desk.model

    @property
    def terminal(self) -> FluxHeroTui:
        """The app, as what it is."""
        return self.app  # type: ignore[return-value]

    def redraw(self, changed: Set[str]) -> None:
        """Bring up to date what shows one of these parts of the model."""
        for surface in self.query(Surface):
            if surface.parts & changed:
                surface.redraw()

    def repaint(self) -> None:
        """Everything anew."""
        for surface in self.query(Surface):
            surface.repaint()

    def shown(self) -> None:
        """The screen has come to the front: what it has to ask the daemon, it asks now."""

    def table(self) -> Table[object] | None:
        """The table that keys act on: the focused one, else the first."""
        tables = list(self.query(Table))
        return next((table for table in tables if table is self.screen.focused), tables[0] if tables else None)

    def subject(self) -> str:
        """The symbol that is meant here."""
        return self.desk.current()
