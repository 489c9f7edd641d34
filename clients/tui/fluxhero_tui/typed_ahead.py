"""Keys that are typed faster than dialogs and screens open: each reaches what it was meant for, in its order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual.app import App
from textual.events import Event, InputEvent, Key, Paste

from fluxhero_tui.dialogs.dialog import Dialog

# Longer than any dialog takes to open; a terminal that hears no keys can't halt.
LONGEST_HOLD_S = 2.0


class TypedAhead(App[None]):
    """An app that keeps what is typed while something opens, and then passes it on."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._held: deque[Event] = deque()
        self._holds = 0
        self._held_by: int | None = None

    async def pressed(self, key: str) -> bool:
        """Act on a key at once, before the next one; False when it is the focused widget's."""
        raise NotImplementedError

    def hold(self) -> int:
        """Keep what is typed for the dialog or screen that is about to open; the number is for `release`.

        Else a letter of a reason that is typed ahead would be a key of the screen below, such as one that closes.
        """
        self._holds += 1
        self._held_by = self._holds
        self.set_timer(LONGEST_HOLD_S, partial(self._let_go, self._held_by, forget=True))
        return self._held_by

    def release(self, hold: int) -> None:
        """It is open: what was typed meanwhile goes there, in the order in which it was typed."""
        self.call_later(self._let_go, hold)

    async def on_event(self, event: Event) -> None:
        fresh = isinstance(event, InputEvent | Paste) and not event.is_forwarded
        if fresh and self._held_by is not None:
            self._held.append(event)
        elif not (fresh and isinstance(event, Key) and await self.pressed(event.key)):
            await super().on_event(event)

    async def opening(self, work: Callable[[], Awaitable[None]], hold: int) -> None:
        """Do what opens a dialog, which then ends the hold itself; without one it ends at once."""
        below = self.screen

        def look() -> None:
            if isinstance(self.screen, Dialog) and self.screen is not below:
                self.screen.opened(partial(self.release, hold))
            else:
                self.release(hold)

        # It is called when the work first has to wait: for the person, or for the daemon.
        asyncio.get_running_loop().call_soon(look)
        await work()

    async def _let_go(self, hold: int, forget: bool = False) -> None:
        if hold != self._held_by:
            return
        self._held_by = None
        if forget:
            self._held.clear()
        while self._held and self._held_by is None:
            await self.on_event(self._held.popleft())
