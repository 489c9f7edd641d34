"""Take an engine back to where it was: what an exhaustive search needs thousands of times a second.

A copy of an engine costs too much. So the objects stay, and what they hold is put back in place: containers keep their
identity, and what is in them is frozen, or a container of what is.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from fluxherod.engine.market.market import Market

Saved = list[tuple[Any, Any]]
_CONTAINERS = (dict, list, set)
# What never changes while orders are searched through.
_FIXED = frozenset({"settings", "calendar", "_handlers"})


def _is_part(value: Any) -> bool:
    """True for an object of the engine that changes: frozen values are shared, the market is looked after apart."""
    kind = type(value)
    if not kind.__module__.startswith("fluxherod.engine") or issubclass(kind, Enum):
        return False
    frozen = hasattr(kind, "__dataclass_params__") and kind.__dataclass_params__.frozen
    return not frozen and kind is not Market and hasattr(value, "__dict__")


def parts_of(root: Any) -> list[Any]:
    """An object and every part of the engine that it reaches."""
    parts: dict[int, Any] = {id(root): root}
    waiting = [root]
    while waiting:
        for value in vars(waiting.pop()).values():
            if id(value) not in parts and _is_part(value):
                parts[id(value)] = value
                waiting.append(value)
    return list(parts.values())


def save(parts: Iterable[Any]) -> Saved:
    """What these hold now."""
    saved: Saved = []
    for part in parts:
        values = part.__dict__.copy()
        saved.append((part.__dict__, values))
        for name, value in values.items():
            if type(value) in _CONTAINERS and name not in _FIXED:
                saved.append((value, value.copy()))
                if type(value) is dict:  # of some, what is in them changes in place, too
                    saved += [(inner, inner.copy()) for inner in value.values() if type(inner) in _CONTAINERS]
    return saved


def restore(saved: Saved) -> None:
    """Put everything back; may be done many times."""
    for kept, was in saved:
        if type(kept) is list:
            kept[:] = was
        else:
            kept.clear()
            kept.update(was)
