"""What a page of market data needs of one symbol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Records = NDArray[Any]
"""Records with a field `t_ns`, ascending by it."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many records, from `from_ns` on in the direction of the sort; None is from its beginning."""

    from_ns: int | None
    at_most: int
    descending: bool

    def narrow(self, start_ns: int, end_ns: int) -> tuple[int, int]:
        """The part of start..end, both included, that lies in the window."""
        if self.from_ns is None:
            return start_ns, end_ns
        return (start_ns, min(end_ns, self.from_ns)) if self.descending else (max(start_ns, self.from_ns), end_ns)


Read = Callable[[str, Window], Records]
"""The records of a symbol, ascending. It may read more than the window asks for, but never less if there is more."""
