"""An event loop whose time is virtual: when nothing is ready, it jumps to the next timer instead of waiting for it.

Weeks pass in seconds, and with the same seeds each run is the same: no thread, no socket and no clock takes part.
"""

from __future__ import annotations

import asyncio
import math
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")
RESOLUTION_S = 1e-9


class Deadlock(Exception):
    """Everybody waits, and for nothing that a timer would bring."""


class _NoWaiting(selectors.SelectSelector):
    """There is no socket to wait for."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return []


class _Turn(asyncio.Handle):
    """A handle that asks for no debug mode, which there is none of; so does `_Timer`."""

    def __init__(self, callback: Any, args: Any, loop: Any, context: Context | None) -> None:
        self._context = context or copy_context()
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = self._source_traceback = None


class _Timer(asyncio.TimerHandle):
    def __init__(self, when: float, callback: Any, args: Any, loop: Any, context: Context | None) -> None:
        self._context = context or copy_context()
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = self._source_traceback = None
        self._when = when
        self._scheduled = True

    def cancel(self) -> None:
        self._cancelled = True
        self._callback = None
        self._args = ()


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`now_ns` counts from 0 and moves by timers only; what should run in a thread runs at once, in line.

    Weeks are mostly turns of the loop, so it does without what only sockets, threads and the debug mode need.
    """

    _ready: deque[asyncio.Handle]
    _stopping: bool

    def __init__(self) -> None:
        self.now_ns = 0
        self.faults: list[str] = []
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()  # of two timers for the same moment the one that was set first goes first
        super().__init__(_NoWaiting())
        self.set_exception_handler(self._note)

    def time(self) -> float:
        return self.now_ns / 1e9

    def monotonic_ns(self) -> int:
        """As `time.monotonic_ns`."""
        return self.now_ns

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        result: asyncio.Future[T] = self.create_future()
        try:
            result.set_result(func(*args))
        except Exception as fault:
            result.set_exception(fault)
        return result

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = _Turn(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = _Timer(when, callback, args, self, context)
        heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.now_ns / 1e9 + delay, callback, *args, context=context)

    def _run_once(self) -> None:
        ready, timers = self._ready, self._timers
        while timers and timers[0][2]._cancelled:
            heappop(timers)
        if not ready and not self._stopping:
            if not timers:
                raise Deadlock("nothing is ready and no timer is set: whoever still waits would wait for ever")
            self.now_ns = max(self.now_ns, math.ceil(timers[0][0] * 1e9))
        until = self.now_ns / 1e9 + RESOLUTION_S
        while timers and timers[0][0] < until:
            ready.append(heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _note(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What nobody catches: a test looks whether there is any."""
        self.faults.append(f"{context.get('message')}: {context.get('exception')!r}")


def run(work: Callable[[VirtualTimeLoop], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in virtual time.

    Raises:
        Deadlock: when everybody waits for nothing.
    """
    loop = VirtualTimeLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work(loop))
