"""How things stand with the daemon, and how old is what is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

# The daemon says something at least every five seconds.
LATE_S, STALE_S = 7.0, 12.0


class Phase(Enum):
    """Where the connection stands."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    REFUSED = "refused"


class Freshness(Enum):
    """How far what is shown can be trusted."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Link:
    """The connection. Times are seconds of the terminal's own monotonic clock."""

    phase: Phase = Phase.CONNECTING
    target: str = ""
    since_s: float = 0.0
    heard_s: float | None = None
    why: str = ""
    remedy: tuple[str, ...] = ()
    recorded: bool = False
    losses: int = 0

    def heard(self, now_s: float) -> Link:
        """The daemon has said something, and be it only that nothing has changed."""
        if self.phase is Phase.LIVE:
            return replace(self, heard_s=now_s)
        return replace(self, phase=Phase.LIVE, since_s=now_s, heard_s=now_s, why="", remedy=())

    def lost(self, now_s: float, why: str) -> Link:
        """The connection broke; it is being made again."""
        if self.phase is Phase.LOST:
            return replace(self, why=why)
        return replace(self, phase=Phase.LOST, since_s=self._without_s(now_s), why=why, losses=self.losses + 1)

    def waiting(self, now_s: float, target: str, why: str, remedy: tuple[str, ...] = ()) -> Link:
        """Nobody answers yet."""
        since_s = self._without_s(now_s)
        return replace(self, phase=Phase.CONNECTING, since_s=since_s, target=target, why=why, remedy=remedy)

    def refused(self, now_s: float, why: str, remedy: tuple[str, ...]) -> Link:
        """The daemon lets this terminal not in."""
        return replace(self, phase=Phase.REFUSED, since_s=self._without_s(now_s), why=why, remedy=remedy)

    def _without_s(self, now_s: float) -> float:
        """Since when there is no connection, however often it was tried since."""
        return now_s if self.phase is Phase.LIVE else self.since_s

    def age_s(self, now_s: float) -> float | None:
        """Seconds since the daemon last said that what is shown holds; None before it ever did."""
        return None if self.heard_s is None else max(now_s - self.heard_s, 0.0)

    def freshness(self, now_s: float) -> Freshness:
        """How far what is shown can be trusted."""
        age = self.age_s(now_s)
        if age is None or self.phase is not Phase.LIVE or age >= STALE_S:
            return Freshness.STALE
        return Freshness.LATE if age >= LATE_S else Freshness.FRESH
