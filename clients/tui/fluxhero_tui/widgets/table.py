"""A table that thousands of rows don't slow down: only those that are seen are made into text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from textual.events import Blur, Click, Focus
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from fluxhero_tui.draw import grid
from fluxhero_tui.draw.grid import Column, Order
from fluxhero_tui.draw.ink import EMPTY, Line, Span, heading, line
from fluxhero_tui.widgets.surface import Surface

R = TypeVar("R")
HEAD = 2  # the heading, the columns' titles


class Table(Surface, Generic[R]):
    """Rows of `rows()`, under `columns`. A row stays chosen while rows come and go: it is known by its `key`."""

    class Moved(Message):
        """Another row was chosen; or the table was, not `by_hand`."""

        def __init__(self, table: Table[Any], by_hand: bool = True) -> None:
            super().__init__()
            self.table = table
            self.by_hand = by_hand

    class Opened(Message):
        """A row was clicked twice."""

        def __init__(self, table: Table[Any]) -> None:
            super().__init__()
            self.table = table

    def __init__(
        self,
        title: str,
        columns: Sequence[Column[R]],
        rows: Callable[[], Iterable[R]],
        key: Callable[[R], str],
        parts: Iterable[str],
        *,
        empty: str = "nothing yet",
        follow: bool = False,
        order: Order = Order(),  # noqa: B008  (frozen)
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(parts, id=id, classes=classes)
        self.can_focus = True
        self.title = title
        self.columns = columns
        self.order = order
        self.search = ""
        self.shown: list[R] = []
        self._rows = rows
        self._key = key
        self._empty = empty
        # At the top the cursor stays on what is newest.
        self._newest = follow
        self._chosen = ""
        self._at = 0
        self._fitted: list[tuple[int, int]] = []

    @property
    def chosen(self) -> R | None:
        """The row under the cursor."""
        return self.shown[self._at] if self._at < len(self.shown) else None

    def _make(self) -> None:
        room, height = self.room
        if room <= 0 or height <= 0:
            return
        self._fitted = grid.fitted(self.columns, room - 2)
        self.shown = grid.arranged(list(self._rows()), self.columns, self.order, self.search)
        self._restore()
        if self.virtual_size != (size := Size(room, len(self.shown) + HEAD)):
            self.virtual_size = size
        self._make_seen()

    def repaint(self) -> None:
        self.redraw()
        self.refresh()

    def choose(self, index: int) -> None:
        """Put the cursor on a row and bring it into view."""
        if not self.shown:
            return
        self._at = min(max(index, 0), len(self.shown) - 1)
        self._chosen = self._key(self.shown[self._at])
        body = max(self.room[1] - HEAD, 1)
        top = round(self.scroll_offset.y)
        if self._at < top:
            self.scroll_to(y=self._at, animate=False)
        elif self._at >= top + body:
            self.scroll_to(y=self._at - body + 1, animate=False)
        self._refresh_seen()
        self.post_message(self.Moved(self))

    def choose_key(self, key: str) -> None:
        """Put the cursor on the row with this key, where there is one."""
        for index, row in enumerate(self.shown):
            if self._key(row) == key:
                self.choose(index)
                return

    def move(self, rows: int) -> None:
        self.choose(self._at + rows)

    def move_to(self, end: bool) -> None:
        self.choose(len(self.shown) - 1 if end else 0)

    def sort_by(self, order: Order) -> None:
        """Order the rows otherwise; the cursor stays on its row."""
        self.order = order
        self.redraw()
        self.choose_key(self._chosen)

    def find(self, words: str) -> None:
        """Show only rows in which all the words are."""
        self.search = words
        self.redraw()

    @property
    def sorted_by(self) -> str:
        """What the rows are ordered by, in words."""
        return "as they come" if self.order.column is None else self.columns[self.order.column].title

    def copied(self) -> str:
        """The chosen row as text; empty without one."""
        return grid.copied(self.chosen, self.columns) if self.chosen is not None else ""

    def _restore(self) -> None:
        """The cursor's row may have moved."""
        if self._newest and self._at == 0:
            self._chosen = self._key(self.shown[0]) if self.shown else ""
            return
        if self._at < len(self.shown) and self._key(self.shown[self._at]) == self._chosen:
            return
        for index, row in enumerate(self.shown):
            if self._key(row) == self._chosen:
                self._at = index
                return
        self._at = min(self._at, max(len(self.shown) - 1, 0))
        self._chosen = self._key(self.shown[self._at]) if self.shown else ""

    def _refresh_seen(self) -> None:
        """Make the lines that are seen; repaint those that differ."""
        self.safely(self._make_seen)

    def _make_seen(self) -> None:
        before = self._lines
        self._lines = [self._line(y) for y in range(self.size.height)]
        for y, fresh in enumerate(self._lines):
            if y >= len(before) or before[y] != fresh:
                self.refresh(Region(0, y, self.size.width, 1))

    def _line(self, y: int) -> Line:
        room = self.room[0]
        if y == 0:
            return self._heading(room)
        if y == 1:
            return grid.header(self.columns, self._fitted, self.order)
        index = self._index(y)
        if index < len(self.shown):
            at = index == self._at
            mark = Span("▸ " if at and self.has_focus else "▹ " if at else "  ", "key")
            return (mark, *grid.row_line(self.shown[index], self.columns, self._fitted))
        if not self.shown and y == HEAD:
            return line(("  " + (f"nothing matches “{self.search}”" if self.search else self._empty), "dim"))
        return EMPTY

    def _heading(self, room: int) -> Line:
        title = f"▸ {self.title}" if self.has_focus else self.title
        if self.search:
            title += f"  /{self.search}"
        place = f"{self._at + 1}/{len(self.shown)}" if len(self.shown) > self.room[1] - HEAD else f"{len(self.shown)}"
        return heading(title, room, place if self.shown else "")

    def _index(self, y: int) -> int:
        return round(self.scroll_offset.y) + y - HEAD

    def render_line(self, y: int) -> Strip:
        fresh = self._lines[y] if y < len(self._lines) else EMPTY
        chosen = y >= HEAD and self.shown and self._index(y) == self._at
        return self.strip(fresh, ("cursor" if self.has_focus else "cursor-away") if chosen else "")

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._refresh_seen()

    def _on_focus(self, event: Focus) -> None:
        super()._on_focus(event)
        self._lines = []
        self._refresh_seen()
        self.post_message(self.Moved(self, by_hand=False))

    def _on_blur(self, event: Blur) -> None:
        super()._on_blur(event)
        self._lines = []
        self._refresh_seen()

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 1:
            column = grid.column_at(offset.x - 2, self._fitted)
            if column is not None:
                self.sort_by(self.order.toggled(column))
        elif offset.y >= HEAD and self._index(offset.y) < len(self.shown):
            self.choose(self._index(offset.y))
            if event.chain >= 2:
                self.post_message(self.Opened(self))
