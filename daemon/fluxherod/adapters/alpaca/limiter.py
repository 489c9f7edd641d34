"""The rate limit that all callers share, in wall time: a token bucket whose queue serves orders first."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum


class Priority(IntEnum):
    """Who goes first when requests must wait."""

    ORDER = 0
    ACCOUNT = 1
    DATA = 2
    RESEARCH = 3


@dataclass(order=True, slots=True)
class _Waiter:
    priority: Priority
    number: int
    turn: asyncio.Event = field(compare=False)


class RateLimiter:
    """At most `per_minute` requests in any 60 s.

    `burst` of them may go at once, and the rest flows in over the minute, so that burst + refill is the
    limit. The last `reserve` tokens are kept for orders: a long download never makes one wait. What is for research
    leaves half of the burst to all that trading asks.
    """

    def __init__(
        self,
        per_minute: int = 200,
        *,
        burst: int = 60,
        reserve: int = 10,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not 0 <= reserve < burst < per_minute:
            raise ValueError(f"0 <= reserve ({reserve}) < burst ({burst}) < per_minute ({per_minute}) does not hold")
        self._per_second = (per_minute - burst) / 60.0
        self._burst = float(burst)
        self._reserve = reserve
        self._monotonic = monotonic
        self._sleep = sleep
        self._tokens = float(burst)
        self._filled_at = monotonic()
        self._paused_until = self._filled_at
        self._queue: list[_Waiter] = []
        self._number = 0

    async def acquire(self, priority: Priority) -> None:
        """Return when one request may be sent; the caller's turn comes by priority, then by age."""
        if not self._queue and self._delay(priority) <= 0:
            self._tokens -= 1
            return
        self._number += 1
        waiter = _Waiter(priority, self._number, asyncio.Event())
        heapq.heappush(self._queue, waiter)
        try:
            await self._wait_for_turn(waiter)
        finally:
            self._queue.remove(waiter)
            heapq.heapify(self._queue)
            if self._queue:
                self._queue[0].turn.set()

    def pause(self, seconds: float) -> None:
        """Let nothing out for so long: the server says that its own count is used up."""
        self._paused_until = max(self._paused_until, self._monotonic() + seconds)

    async def _wait_for_turn(self, waiter: _Waiter) -> None:
        while True:
            if self._queue[0] is not waiter:
                waiter.turn.clear()
                await waiter.turn.wait()
                continue
            delay = self._delay(waiter.priority)
            if delay <= 0:
                self._tokens -= 1
                return
            await self._sleep(delay)

    def _delay(self, priority: Priority) -> float:
        now = self._monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        needed = 1 + self._kept_from(priority)
        lacking = (needed - self._tokens) / self._per_second
        # A hair of rounding must not make a waiter spin.
        return max(self._paused_until - now, lacking if lacking > 1e-9 else 0.0)

    def _kept_from(self, priority: Priority) -> float:
        if priority is Priority.ORDER:
            return 0
        return self._reserve if priority < Priority.RESEARCH else max(self._reserve, self._burst // 2)
