"""A search in a process of its own: what is passed there must be found by its name."""

from __future__ import annotations

from orders.search import Found, Search
from orders.starts import at


def explore(start: str, misfortunes: int, polls: int, depth: int) -> Found:
    """Everything that can happen from a start, with so many polls beside the snapshots that are asked for."""
    scope = at(start, misfortunes)
    scope.budget["poll"] = polls
    return Search(scope).run(depth)
