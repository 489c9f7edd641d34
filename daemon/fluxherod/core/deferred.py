"""Words that nobody waits for: an object whose decision is there at once and whose explanation is made when it is read.

An order must not wait until it is explained. What explains it is a pure function of values that don't change, so it
reads the same whenever it is made: before the order's intent is written to the journal at the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Self


class Deferred:
    """The base of a frozen, slotted dataclass of which some fields may be worked out when one of them is first read."""

    __slots__ = ("_whole",)

    @classmethod
    def deferred(cls, whole: Callable[[], Self], **known: object) -> Self:
        """An object with some fields `known`, and the others as those of `whole()`, which must agree on the known ones.

        `whole` may be called by any thread, more than once: it reads nothing that changes.
        """
        new = cls.__new__(cls)
        for name, value in known.items():
            object.__setattr__(new, name, value)
        object.__setattr__(new, "_whole", whole)
        return new

    def __getattr__(self, name: str) -> Any:
        # Python asks here only for what is not set: a field that is not worked out yet, or what no such object has.
        if not name.startswith("_") and (work_out := getattr(self, "_whole", None)) is not None:
            whole = work_out()
            for field in fields(whole):
                object.__setattr__(self, field.name, getattr(whole, field.name))
            object.__setattr__(self, "_whole", None)  # only now: another thread may be here too
        return object.__getattribute__(self, name)
