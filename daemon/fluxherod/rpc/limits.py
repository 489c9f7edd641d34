"""How much one caller may ask for, and how often one host may fail to say who it is."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

WINDOW_S = 60.0
BURST_S = 2.0
HOLD_S = 1.0
MOST_HELD = 64
MOST_REMEMBERED = 10_000  # callers or hosts: the longest silent one is forgotten first


class Rates:
    """Requests a second of each caller; what was saved up allows as many as two seconds' at once."""

    def __init__(self, per_second: int, now_s: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = per_second * BURST_S
        self._now_s = now_s
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # by caller: what is left, and when

    def wait_s(self, caller: str) -> float:
        """How long a request must wait; 0 takes it."""
        now_s = self._now_s()
        left, at_s = self._levels.pop(caller, (self._burst, now_s))
        left = min(self._burst, left + (now_s - at_s) * self._per_second)
        wait_s = 0.0 if left >= 1 else (1 - left) / self._per_second
        self._levels[caller] = (left if wait_s else left - 1, now_s)
        if len(self._levels) > MOST_REMEMBERED:
            self._levels.popitem(last=False)
        return wait_s


class Loads:
    """Calls under way: of all callers together, and the streams of each. What changes something is only counted."""

    def __init__(self, calls: int, streams_per_caller: int, of: str = "grpc.calls_in_flight") -> None:
        self._of = of
        self.most_calls = calls
        self.most_streams = streams_per_caller
        self.calls = 0
        self.streams: Counter[str] = Counter()

    def full(self, caller: str, streams: bool) -> str:
        """Why one more call can't be taken; empty when it can."""
        if self.calls >= self.most_calls:
            return f"{self.calls} calls are under way, as many as may be ({self._of})"
        if streams and self.streams[caller] >= self.most_streams:
            return f"{caller} has {self.streams[caller]} streams open, as many as it may (grpc.streams_per_caller)"
        return ""

    def take(self, caller: str, streams: bool) -> None:
        """Count a call in."""
        self.calls += 1
        if streams:
            self.streams[caller] += 1

    def give_back(self, caller: str, streams: bool) -> None:
        """A call that was counted in has ended."""
        self.calls -= 1
        if streams:
            self.streams[caller] -= 1
            if not self.streams[caller]:
                del self.streams[caller]


class Holds:
    """Refusals that wait a second before they are told, so that who floods is slowed by the own calls. Of too many at
    once further ones do not wait: they would take the room of others."""

    def __init__(self, most: int) -> None:
        self.most = min(most, MOST_HELD)
        self.held = 0

    async def hold(self) -> None:
        """Wait, where there is room for one more that waits."""
        if self.held >= self.most:
            return
        self.held += 1
        try:
            await asyncio.sleep(HOLD_S)
        finally:
            self.held -= 1


class Turns:
    """One read of each caller begins in each turn of the event loop, in the order in which they came.

    However many one caller asks at once, what others ask comes in between. Reads that wait for something don't hold
    those behind them up.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # kept by who holds or awaits one

    async def take(self, caller: str) -> None:
        """Wait for the caller's next turn."""
        lock = self._locks.setdefault(caller, asyncio.Lock())
        async with lock:
            await asyncio.sleep(0)


@dataclass(slots=True)
class Window:
    """What happened since its begin."""

    since_s: float
    count: int = 0


class Windows:
    """Counts what happens by key, a minute at a time."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._windows: OrderedDict[str, Window] = OrderedDict()

    def count(self, key: str) -> tuple[int, int]:
        """Count one more; how many it makes in this minute, and how many there were in the one before it."""
        now_s, before = self._now_s(), 0
        window = self._windows.get(key)
        if window is None or now_s >= window.since_s + WINDOW_S:
            before = window.count if window is not None else 0
            window = self._windows[key] = Window(now_s)
            self._windows.move_to_end(key)
            if len(self._windows) > MOST_REMEMBERED:
                self._windows.popitem(last=False)
        window.count += 1
        return window.count, before

    def left_s(self, key: str) -> float:
        """How long the key's minute goes on."""
        window = self._windows.get(key)
        return max(0.0, window.since_s + WINDOW_S - self._now_s()) if window is not None else 0.0
