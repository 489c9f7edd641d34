"""All that can be done, to be searched: the palette, whose keys wait for the filter of the letters before them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import Command, CommandInput, CommandList, CommandPalette, SearchIcon
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, LoadingIndicator, OptionList
from textual.worker import Worker, WorkerCancelled

from fluxhero_tui.widgets.field import Field

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui

_MOVES = {
    "up": "cursor_up",
    "down": "cursor_down",
    "pageup": "page_up",
    "pagedown": "page_down",
    "ctrl+home": "first",
    "ctrl+end": "last",
}


class _Words(CommandInput, Field):
    """What is sought."""


class Commands(CommandPalette):
    """Textual's palette filters beside its keys: typed quickly, its Enter would do what the letters do not name.

    Args:
        opened: called when the first letter can be typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False, priority=True),
        *(Binding(key, f"move('{move}')", show=False, priority=True) for key, move in _MOVES.items()),
    ]

    def __init__(self, opened: Callable[[], None]) -> None:
        super().__init__()
        self._opened = opened
        self._sought: str | None = None
        self._seeking: Worker[Any] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="--container"):
            with Horizontal(id="--input"):
                yield SearchIcon()
                yield _Words(placeholder="Search for commands…", select_on_focus=False)
            with Vertical(id="--results"):
                yield CommandList()
                yield LoadingIndicator()

    @property
    def terminal(self) -> FluxHeroTui:
        """The app, as what it is."""
        return self.app  # type: ignore[return-value]

    def on_descendant_focus(self) -> None:
        self._opened()

    def action_choose(self) -> None:
        """Do what is under the cursor once all letters before this key have been sought; what follows is for it."""
        self.query_one(Input).call_later(self._choose, self.terminal.hold())

    def action_move(self, move: str) -> None:
        """Move the cursor through what those letters find."""
        self.query_one(Input).call_later(self._move, move)

    def _gather_commands(self, search_value: str) -> Worker[Any]:
        self._sought = search_value
        self._seeking = super()._gather_commands(search_value)
        return self._seeking

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        # Textual's own would seek what stood there then, over what has been sought since.
        event.prevent_default()
        self._seek()

    def _seek(self) -> None:
        typed = self.query_one(Input).value.strip()
        if typed != self._sought:
            self._stop_no_matches_countdown()
            self._gather_commands(typed)

    async def _found(self) -> CommandList:
        self._seek()
        if self._seeking is not None:
            await self._seeking.wait()
        return self.query_one(CommandList)

    async def _move(self, move: str) -> None:
        with suppress(WorkerCancelled):  # the palette was left
            getattr(await self._found(), f"action_{move}")()

    async def _choose(self, hold: int) -> None:
        with suppress(WorkerCancelled):  # the palette was left
            found = await self._found()
            chosen = found.highlighted_option
            if isinstance(chosen, Command):
                self._do(chosen)
        self.terminal.release(hold)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        event.prevent_default()
        if isinstance(event.option, Command):
            self._do(event.option)

    def _do(self, chosen: Command) -> None:
        done: Any = chosen.hit.command
        if self.is_current:
            self.dismiss()
            self.app.call_later(done)
