"""What all dialogs share: a box in the middle, lines in it, Esc to leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from fluxhero_tui.draw.ink import Line
from fluxhero_tui.widgets.pane import Pane

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui

A = TypeVar("A")


class Dialog(ModalScreen[A]):
    """A question to a person. Escape answers it with no."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > .box {
        width: 76; max-width: 96%; height: auto; max-height: 90%;
        border: round $primary; padding: 0 1; background: $background;
    }
    Dialog > .-danger { border: heavy $error; }
    Dialog Input { border: none; height: 1; background: $panel; padding: 0 1; }
    Dialog Input:focus { background: $primary 30%; }
    Dialog .field { height: 1; layout: horizontal; }
    Dialog .label { width: 16; }
    """
    # At once, before the next key: one that is typed ahead must not land in the field before.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False),
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._opened: Callable[[], None] = lambda: None
        self._open = False

    def opened(self, call: Callable[[], None]) -> None:
        """Call it when this is open and its first field has the focus."""
        self._opened = call
        if self._open:
            call()

    def on_screen_resume(self) -> None:
        # Behind Textual's own handler, which gives the focus.
        self.call_later(self._now_open)

    def _now_open(self) -> None:
        self._open = True
        self._opened()

    @property
    def terminal(self) -> FluxHeroTui:
        """The app, as what it is."""
        return self.app  # type: ignore[return-value]

    def action_leave(self) -> None:
        """No."""
        self.dismiss(None)


class Form(Dialog[A]):
    """Fields to fill in: Enter goes to the next one, and behind the last one it sends."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "enter", show=False, priority=True)]

    def action_enter(self) -> None:
        """The next field, or what the form is for."""
        *before, last = self.query(Input)
        if self.focused in before:
            self.focus_next(Input)
        elif self.focused is last:
            # Letters that were typed before Enter are still on their way to the field.
            last.call_later(self.send)

    def send(self) -> None:
        """What Enter in the last field does."""
        raise NotImplementedError


class Lines(Pane):
    """Lines of a dialog, as high as they are many."""

    def __init__(self, found: Sequence[Line], id: str | None = None, classes: str | None = None) -> None:
        super().__init__(lambda room, height: found, (), id=id, classes=classes)
        self.styles.height = len(found)
