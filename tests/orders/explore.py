"""A search in a process of its own: what is passed there must be found by its name."""

from __future__ import annotations

import gc

from orders.search import Found, Search
from orders.starts import at


def explore(start: str, misfortunes: int, polls: int, depth: int) -> Found:
    """Everything that can happen from a start, with so many polls beside the snapshots that are asked for."""
    # What it keeps is no garbage, and looking through it again and again took a fifth of the time.
    gc.collect()
    gc.disable()
    scope = at(start, misfortunes)
    scope.budget["poll"] = polls
    return Search(scope).run(depth)
