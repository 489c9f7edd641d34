"""A pane: what a function draws. It scrolls when there is more than fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from fluxhero_tui.draw.ink import Line
from fluxhero_tui.widgets.surface import Surface

Draw: TypeAlias = Callable[[int, int], Sequence[Line]]


class Pane(Surface):
    """Shows what `draw(width, height)` gives; `focusable` when it may be longer than its room."""

    def __init__(
        self,
        draw: Draw,
        parts: Iterable[str],
        *,
        focusable: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(parts, id=id, classes=classes)
        self.can_focus = focusable
        self._draw = draw

    def content(self, room: int, height: int) -> Sequence[Line]:
        return self._draw(room, height)
