"""Work on thousands of symbols in pieces, so that the event loop can turn between two of them.

Nothing but the time that it takes depends on them: an event is processed to its end before the next one comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from typing import TypeVar

PIECE = 1024
"""How many symbols are looked at in one piece: some 5 ms."""
ENTRIES = 64
"""How many entries are decided on in one piece: some 5 ms."""

T = TypeVar("T")
Pieces = Iterator[None]


def many(items: Sized) -> bool:
    """True for more than one piece."""
    return len(items) > PIECE


def in_pieces(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts of a sequence, in order."""
    return (items[first : first + PIECE] for first in range(0, len(items), PIECE))
