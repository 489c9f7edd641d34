"""The exchange's clock: it runs at a multiple of the wall's speed, or moves only when it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

Mode = Literal["run", "step"]


class ExchangeClock:
    """Exchange time in integer nanoseconds UTC; it never goes back.

    In run mode `now = start + (monotonic - monotonic at the start) * speed`, plus what `skip_to` has left out.
    In step mode only `advance_to` moves it. `monotonic_ns` reads the wall's monotonic clock.
    """

    def __init__(
        self,
        start_ns: int,
        *,
        speed: float = 1.0,
        mode: Mode = "run",
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        if not 0.0 < speed < float("inf"):
            raise ValueError(f"speed is {speed}: it must be a finite number above 0")
        self._mode = mode
        self._speed = speed
        self._monotonic_ns = monotonic_ns
        self._anchor_ns = start_ns
        self._wall_anchor_ns = monotonic_ns()

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def rate(self) -> float:
        """Exchange seconds in a wall second; 0.0 in step mode."""
        return self._speed if self._mode == "run" else 0.0

    def now_ns(self) -> int:
        if self._mode == "step":
            return self._anchor_ns
        return self._anchor_ns + int((self._monotonic_ns() - self._wall_anchor_ns) * self._speed)

    def advance_to(self, ns: int) -> None:
        """Set the time in step mode. ValueError in run mode, or when `ns` is in the past."""
        if self._mode != "step":
            raise ValueError("the clock runs by itself: only a clock in step mode can be advanced")
        if ns < self._anchor_ns:
            raise ValueError(f"the clock cannot go back: now is {self._anchor_ns}, asked for {ns}")
        self._anchor_ns = ns

    def skip_to(self, ns: int) -> None:
        """Leave out the time until `ns`, when it is still ahead, and run on from there (both modes)."""
        wall_ns = self._monotonic_ns()
        if ns > self.now_ns():
            self._anchor_ns = ns
            self._wall_anchor_ns = wall_ns

    def wall_seconds_until(self, ns: int) -> float:
        """Wall seconds until the clock shows `ns`: 0.0 when it is past, infinite in step mode."""
        ahead_ns = ns - self.now_ns()
        if ahead_ns <= 0:
            return 0.0
        return ahead_ns / 1e9 / self._speed if self._mode == "run" else float("inf")
