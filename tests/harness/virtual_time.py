"""An event loop whose time is virtual: when nothing is ready, it jumps to the next timer instead of waiting for it.

Weeks pass in seconds, and with the same seeds each run is the same: no thread, no socket and no clock takes part.
"""

from __future__ import annotations

import asyncio
import math
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlock(Exception):
    """Everybody waits, and for nothing that a timer would bring."""


class _NoWaiting(selectors.SelectSelector):
    """Lets the time pass that it is to wait for."""

    def __init__(self, passes: Callable[[float], None]) -> None:
        super().__init__()
        self._passes = passes

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock("nothing is ready and no timer is set: whoever still waits would wait for ever")
        self._passes(timeout)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`now_ns` counts from 0 and moves by timers only; what should run in a thread runs at once, in line."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.faults: list[str] = []
        super().__init__(_NoWaiting(self._pass))
        self._clock_resolution = 1e-9
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

    def _pass(self, seconds: float) -> None:
        self.now_ns += math.ceil(seconds * 1e9)

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
