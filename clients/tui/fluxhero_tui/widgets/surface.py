"""What every widget of the screens is: lines made by a pure function, repainted only where they have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fluxhero_tui.draw.ink import EMPTY, Line, line

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui


class Surface(ScrollView, inherit_bindings=False):
    """Lines on the screen. `parts` are the parts of the model that it shows."""

    DEFAULT_CSS = """
    Surface {
        background: $background; overflow-x: hidden;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; scrollbar-gutter: stable;
    }
    """

    GROUND: ClassVar[str] = "ground"
    # What is old is shown without colours.
    greys = True

    def __init__(self, parts: Iterable[str], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.parts = frozenset(parts)
        self._lines: list[Line] = []

    @property
    def terminal(self) -> FluxHeroTui:
        """The app, as what it is."""
        return self.app  # type: ignore[return-value]

    @property
    def room(self) -> tuple[int, int]:
        """Width and height that can be drawn on."""
        region = self.scrollable_content_region
        return region.width, region.height

    def content(self, room: int, height: int) -> Sequence[Line]:
        """All lines. To be given by each kind of surface."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Make the lines anew and repaint those that have changed."""
        self.safely(self._make)

    def safely(self, work: Callable[[], None]) -> None:
        """Draw; what can't be drawn says so in its own place: it must not end a terminal that can halt."""
        try:
            work()
        except Exception as error:
            self._lines = [line((f"this can't be drawn: {self.terminal.fault(error)}", "bad"))]
            self.refresh()

    def _make(self) -> None:
        room, height = self.room
        if room <= 0 or height <= 0:
            return
        fresh = list(self.content(room, height))
        before, self._lines = self._lines, fresh
        if self.virtual_size != (size := Size(room, len(fresh))):
            self.virtual_size = size
            self.refresh()
            return
        self._refresh_changed(before, fresh)

    def repaint(self) -> None:
        """Everything anew: the theme, or how far what is shown can be trusted, has changed."""
        self._lines = []
        self.redraw()
        self.refresh()

    def _refresh_changed(self, before: Sequence[Line], fresh: Sequence[Line]) -> None:
        top = round(self.scroll_offset.y)
        for y in range(self.size.height):
            old = before[top + y] if top + y < len(before) else EMPTY
            new = fresh[top + y] if top + y < len(fresh) else EMPTY
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        self.redraw()

    def render_line(self, y: int) -> Strip:
        index = round(self.scroll_offset.y) + y
        return self.strip(self._lines[index] if index < len(self._lines) else EMPTY)

    def strip(self, of: Line, ground: str = "") -> Strip:
        """A line, painted."""
        return self.terminal.palette.strip(of, self.room[0], ground or self.GROUND, self.greys and self.terminal.stale)

    def move(self, rows: int) -> None:
        """Up or down, by so many rows."""
        self.scroll_relative(y=rows, animate=False)

    def move_to(self, end: bool) -> None:
        """To the first or the last row."""
        if end:
            self.scroll_end(animate=False)
        else:
            self.scroll_home(animate=False)

    @property
    def page(self) -> int:
        """Rows of half a page."""
        return max(self.room[1] // 2, 1)
