"""How a daemon is told to stop, or to read its configuration again: signals, before its event loop runs and in it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from types import FrameType

T = TypeVar("T")
HANGUP = signal.SIGHUP
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
STANDARD_STREAMS = (0, 1, 2)


def hold_hangups() -> None:
    """Let a SIGHUP wait until `Stop.interrupt`: a start neither ends by one nor loses it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (HANGUP,))


class Stop:
    """SIGTERM and SIGINT: before the event loop runs they interrupt, then they are something to wait for.

    SIGHUP asks for a reload (`reload`), at whatever time it comes. It stops the daemon where the terminal that it was
    started from has gone, or where nothing `reloads`.
    """

    def __init__(self, *, reloads: bool = True) -> None:
        self.reason = ""
        self.reload = asyncio.Event()
        self._reloads = reloads
        self._asked = asyncio.Event()
        self._numbers: list[signal.Signals] = []
        self._terminals = _terminals()

    def interrupt(self) -> None:
        """Until `listen`, a signal raises KeyboardInterrupt: compiling and replaying can't wait for it."""
        for number in (*STOP_SIGNALS, HANGUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish
                signal.signal(number, self._interrupt)
                self._numbers.append(number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (HANGUP,))

    def listen(self) -> None:
        """Take the signals for good: one more while the daemon stops, or after it, changes nothing."""
        loop = asyncio.get_running_loop()
        for number in self._numbers:
            signal.signal(number, lambda number, _: self._pass_on(number, loop))

    def ignore(self) -> None:
        """From now on the process is ending by itself."""
        for number in self._numbers:
            signal.signal(number, signal.SIG_IGN)

    def _pass_on(self, number: int, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(RuntimeError):  # the loop is closed: the process is ending already
            loop.call_soon_threadsafe(self._signalled, number)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self._signalled(number)
        if self._asked.is_set():
            raise KeyboardInterrupt

    def _signalled(self, number: int) -> None:
        if number == HANGUP and self._reloads and _terminals() >= self._terminals:
            self.reload.set()
            return
        self.reason = self.reason or f"received {signal.Signals(number).name}"
        self._asked.set()

    async def unless_asked(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of some work; None when a signal came first, and the work is cancelled then."""
        task = asyncio.create_task(work)
        try:
            await self.wait(task)
            return await task if task.done() else None
        finally:
            task.cancel()
            await asyncio.wait((task,))

    async def wait(self, running: asyncio.Task[Any]) -> str:
        """Until a signal comes or the task ends; the reason."""
        asked = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait((asked, running), return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        return self.reason


def _terminals() -> frozenset[int]:
    """Which of the standard streams are a terminal that is there."""
    return frozenset(number for number in STANDARD_STREAMS if os.isatty(number))
