"""What is put off to an exchange time: late messages, and the beginnings and ends of faults. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

Action = Callable[[], None]


@dataclass(slots=True)
class Agenda:
    """Actions by their time; those of one time happen in the order in which they were put off."""

    on_put_off: Action = lambda: None
    _waiting: list[tuple[int, int, Action]] = field(default_factory=list)
    _number: int = 0

    @property
    def next_ns(self) -> int | None:
        """When the next action is due."""
        return self._waiting[0][0] if self._waiting else None

    def at(self, due_ns: int, action: Action) -> None:
        """Put an action off."""
        self._number += 1
        heapq.heappush(self._waiting, (due_ns, self._number, action))
        self.on_put_off()

    def run(self, now_ns: int) -> None:
        """Carry out all that is due."""
        while self._waiting and self._waiting[0][0] <= now_ns:
            heapq.heappop(self._waiting)[2]()
