"""The plain file that says what stops trading: written at each change, again and again where that fails.

It also says up to which input the journal holds orders, fills and commands, so that a start notices an older journal.
That is written at once after a quiet second, and then once a second: an order waits for none of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from fluxherod.core.risk.safety import SafetyState
from fluxherod.engine.events import Event, MirrorReported
from fluxherod.engine.patience import done_within
from fluxherod.engine.ports import Mirror, NotMirrored

# Wall time. Orders may wait behind a change of the file: not for a disk that hangs.
WRITE_WITHIN_S = 1.0


class Mirroring:
    """Writes what changed, and tells the engine when that begins to fail and when it works again.

    `spawn` runs what is tried again beside everything else, `pause` is waited for before each time; `rest` after each
    mark.
    """

    def __init__(
        self,
        mirror: Mirror | None,
        post: Callable[[Event], None],
        on_fault: Callable[[str, Exception], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        pause: Callable[[], Awaitable[None]],
        rest: Callable[[], Awaitable[None]],
    ) -> None:
        self._mirror = mirror
        self._post = post
        self._on_fault = on_fault
        self._spawn = spawn
        self._pause = pause
        self._rest = rest
        self._state: SafetyState | None = None  # what the file says, or will
        self._mark = 0
        self._marks = False  # marks are being written
        self._newest: SafetyState | None = None  # what the file must say, while it may not
        self._failing = False
        self._last: asyncio.Future[None] | None = None  # the newest attempt, which may hang

    async def write(self, state: SafetyState) -> None:
        """Write a state; done when it is durable, or when the engine has been told that it is not."""
        if self._mirror is None:
            return
        self._newest = self._state = replace(state, inputs=max(state.inputs, self._mark))
        if not self._hangs:
            await self._write(self._mirror, self._newest)

    def mark(self, seq: int) -> None:
        """An order, a fill or a command up to this input has left, or the journal holds it: the file will say so.

        Never waits.
        """
        self._mark = seq
        if self._mirror is not None and not self._marks:
            self._marks = True
            self._spawn(self._write_marks())

    async def finish(self) -> None:
        """Write a mark that is not written yet: the process ends."""
        if self._state is not None and self._state.inputs < self._mark:
            await self.write(self._state)

    async def _write_marks(self) -> None:
        while self._state is not None and self._state.inputs < self._mark:
            if not self._failing:
                await self.write(self._state)
            await self._rest()
        self._marks = False

    @property
    def _hangs(self) -> bool:
        """A write has not come back in time: the engine knows, and no second one waits behind it."""
        return self._failing and self._last is not None and not self._last.done()

    async def _in_time(self, write: Coroutine[Any, Any, None]) -> None:
        last = self._last = asyncio.ensure_future(write)
        if not await done_within(last, WRITE_WITHIN_S):
            raise NotMirrored(f"it is not written within {WRITE_WITHIN_S:g} s: the disk is too slow, or hangs")
        last.result()

    async def _write(self, mirror: Mirror, state: SafetyState) -> None:
        try:
            await self._in_time(mirror.write(state))
        except Exception as problem:
            self._on_fault("safety.json can't be written", problem)
            if not self._failing:
                self._failing = True
                self._post(MirrorReported(str(problem) or type(problem).__name__))
                self._spawn(self._again(mirror))
            return
        if self._newest is state:
            self._newest = None
            if self._failing:
                self._failing = False
                self._post(MirrorReported())

    async def _again(self, mirror: Mirror) -> None:
        while self._failing:
            await self._pause()
            if self._hangs and self._last is not None:
                await asyncio.wait((self._last,))
            if self._newest is not None:
                await self._write(mirror, self._newest)
