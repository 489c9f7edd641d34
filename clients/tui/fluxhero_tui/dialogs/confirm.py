"""Questions before something is sent: one that takes a second key, and one that takes a word and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.widgets import Input, Label

from fluxhero_tui.dialogs.dialog import Dialog, Form, Lines
from fluxhero_tui.draw.ink import EMPTY, Line, line, wrap
from fluxhero_tui.widgets.field import Field

_ROOM = 70


class Confirm(Dialog[bool]):
    """Yes by `y`, no by anything that leaves. Enter alone does nothing: it is pressed too easily."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "Yes", show=False),
        Binding("n", "leave", "No", show=False),
    ]

    def __init__(self, title: str, texts: Sequence[str], what: str, danger: bool = False) -> None:
        super().__init__()
        self._title = title
        self._texts = texts
        self._what = what
        self._danger = danger

    def compose(self) -> ComposeResult:
        found: list[Line] = []
        for text in self._texts:
            found += wrap(text, _ROOM)
        keys = line(("y", "key"), f" {self._what}    ", ("n", "key"), " or ", ("esc", "key"), " no")
        with Vertical(classes="box -danger" if self._danger else "box") as box:
            box.border_title = escape(self._title)
            yield Lines([*found, EMPTY, keys])

    def action_yes(self) -> None:
        """Yes."""
        self.dismiss(True)


class TypedWord(Form[str]):
    """Takes a word, letter by letter, and a reason. Answers with the reason."""

    def __init__(
        self, title: str, texts: Sequence[str], word: str, reason: str = "Reason, recorded", needs_reason: bool = True
    ) -> None:
        super().__init__()
        self._title = title
        self._texts = texts
        self._word = word
        self._reason = reason
        self._needs_reason = needs_reason

    def compose(self) -> ComposeResult:
        found: list[Line] = []
        for text in self._texts:
            found += wrap(text, _ROOM)
        with Vertical(classes="box -danger") as box:
            box.border_title = escape(self._title)
            yield Lines([*found, EMPTY])
            if self._needs_reason:
                yield Label(self._reason)
                yield Field(id="reason", max_length=200, compact=True)
            # What a person has typed, such as a symbol with a bracket, is no markup.
            yield Label(f"Type {self._word} and press Enter; Esc leaves", markup=False)
            yield Field(id="word", max_length=20, compact=True)
            yield Label("", id="missing", markup=False)

    def send(self) -> None:
        """Yes, when the word is right and there is a reason."""
        word = self.query_one("#word", Input)
        reason = self.query_one("#reason", Input).value.strip() if self._needs_reason else ""
        if word.value != self._word:
            self.query_one("#missing", Label).update(f"not sent: the word is {self._word}, in capitals")
        elif self._needs_reason and not reason:
            self.query_one("#missing", Label).update("not sent: say why, it is recorded")
        else:
            self.dismiss(reason or self._word)
