"""Header and footer: always visible, on every screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Click
from textual.strip import Strip

from fluxhero_tui.draw.ink import Line, Span, fitted, pad
from fluxhero_tui.panels import header
from fluxhero_tui.widgets.surface import Surface


class Header(Surface):
    """Mode, connection, what has stopped trading; the tabs; what must not be overlooked."""

    DEFAULT_CSS = "Header { height: 2; dock: top; overflow: hidden; scrollbar-gutter: auto; }"
    greys = False

    def __init__(self) -> None:
        super().__init__((), id="header")
        self.can_focus = False
        self._ground = "ground"

    def strip(self, of: Line, ground: str = "") -> Strip:
        return super().strip(of, ground or self._ground)

    def content(self, room: int, height: int) -> Sequence[Line]:
        terminal = self.terminal
        top = terminal.desk.top
        # Real money colours all of the header, not a word of it alone.
        ground = "live-ground" if header.live(top) else "ground"
        if ground != self._ground:
            self._ground = ground
            self.refresh()
        lines = [
            header.state_line(top, room),
            header.tabs(terminal.titles, terminal.chosen, room),
            *header.banner(top, room),
        ]
        if self.styles.height is None or self.styles.height.value != len(lines):
            self.styles.height = len(lines)
        return lines

    def on_click(self, event: Click) -> None:
        terminal = self.terminal
        if event.y == 1:
            number = header.tab_at(terminal.titles, self.room[0], event.x)
            if number is not None:
                terminal.show(number)


class Footer(Surface):
    """The keys that mean something here."""

    DEFAULT_CSS = "Footer { height: 1; dock: bottom; overflow: hidden; scrollbar-gutter: auto; }"
    GROUND = "panel"
    greys = False

    def __init__(self) -> None:
        super().__init__((), id="footer")
        self.can_focus = False

    def content(self, room: int, height: int) -> Sequence[Line]:
        terminal = self.terminal
        actions = terminal.registry.footer(terminal.view_name, terminal.desk.role)
        parts = [(Span(action.key, "key"), Span(f" {action.title}")) for action in actions]
        return [pad((Span(" "), *fitted(parts, room - 1)), room)]
