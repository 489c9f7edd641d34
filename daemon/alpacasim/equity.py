"""The account's equity over time, for GET /v2/account/portfolio/history."""

from __future__ import annotations

from collections import deque
from datetime import date

_MINUTES_KEPT = 31 * 390


class EquityCurve:
    """Equity at each session's close, and at each minute of the last month."""

    def __init__(self) -> None:
        self.days: list[tuple[date, int, int]] = []
        self.minutes: deque[tuple[int, int]] = deque(maxlen=_MINUTES_KEPT)

    def minute(self, at_ns: int, equity_e4: int) -> None:
        self.minutes.append((at_ns, equity_e4))

    def close(self, day: date, at_ns: int, equity_e4: int) -> None:
        self.days.append((day, at_ns, equity_e4))
