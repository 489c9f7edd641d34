"""All keys of this terminal, made of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from fluxhero_tui.actions.action import Action, Registry, shown
from fluxhero_tui.dialogs.dialog import Dialog
from fluxhero_tui.draw.ink import EMPTY, Line, Span, clip, heading, pad
from fluxhero_tui.state.role import Role
from fluxhero_tui.widgets.pane import Pane


class Help(Dialog[None]):
    """What can be done here comes first; the rest by group. `?`, `q` and Esc leave."""

    DEFAULT_CSS = "Help > .box { width: 92; height: 90%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("question_mark", "leave"),
        ("q", "leave"),
        ("j,down", "scroll(1)"),
        ("k,up", "scroll(-1)"),
        ("ctrl+d,pagedown", "scroll(12)"),
        ("ctrl+u,pageup", "scroll(-12)"),
        ("g,home", "scroll(-999)"),
        ("G,end", "scroll(999)"),
    ]

    def __init__(self, registry: Registry, view: str, role: Role) -> None:
        super().__init__()
        self._registry = registry
        self._view = view
        self._role = role

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc leaves"
            yield Pane(
                lambda room, height: lines(self._registry, self._view, self._role, room), (), focusable=True, id="keys"
            )

    def action_scroll(self, rows: int) -> None:
        """Up or down."""
        self.query_one(Pane).move(rows)


def lines(registry: Registry, view: str, role: Role, room: int) -> Sequence[Line]:
    """The help, as lines."""
    found: list[Line] = []
    here = [action for action in registry.offered(view, role) if action.views]
    for title, actions in {"On this screen": here, **registry.groups(role)}.items():
        found += [heading(title, room), *(_line(action, room) for action in actions), EMPTY]
    found.append(
        (Span("tab", "key"), Span("  the next list on the screen; a click chooses a row, on a title it sorts", "dim"))
    )
    if role is Role.READ:
        found.append((Span("This terminal is read-only: what trades is left out.", "warn"),))
    return found


def _line(action: Action, room: int) -> Line:
    keys = " ".join(shown(key) for key in action.keys)
    return clip((*pad((Span(keys, "key"),), 12), *pad((Span(action.title, "bold"),), 17), Span(action.text)), room)
