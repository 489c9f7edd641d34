"""Sentences that stay short however much there is to say."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

MOST_NAMED = 10


def some_of(names: Collection[str]) -> str:
    """The first ten names and how many more there are: a sentence for people, and one that fits into an error."""
    named = ", ".join(islice(names, MOST_NAMED))
    return named if len(names) <= MOST_NAMED else f"{named} and {len(names) - MOST_NAMED:,} more"
