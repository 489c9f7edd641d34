"""How a search chooses its combinations: all, by chance, or by what it has found (Optuna, in the extra `research`)."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from fluxherod.backtest.space import Space, Value, grid, grid_size

Proposals: TypeAlias = Generator[Iterable[dict[str, Value]], Sequence[float | None], None]
"""Yields sets of combinations, lazily; each set is answered by their objectives in its order, None for no result."""


class Search(Protocol):
    """Where the combinations of a sweep come from: the same ones each time, however many workers there are."""

    @property
    def space(self) -> Space:
        """What is varied."""

    @property
    def count(self) -> int:
        """How many combinations there will be."""

    def propose(self) -> Proposals:
        """Begin."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Every combination of the space."""

    space: Space

    @property
    def count(self) -> int:
        """The product of the numbers of values."""
        return grid_size(self.space)

    def propose(self) -> Proposals:
        """One set: all."""
        yield grid(self.space)


@dataclass(frozen=True, slots=True)
class Random:
    """Combinations by chance, each for itself; the same may come twice in a small space."""

    space: Space
    count: int
    seed: int = 0

    def propose(self) -> Proposals:
        """One set: all."""
        yield (drawn(self.space, self.seed, number) for number in range(self.count))


class MissingExtra(ImportError):
    """A library that an extra installs is not here; the text names the extra."""


@dataclass(frozen=True, slots=True)
class Optimised:
    """Combinations that Optuna's tree-structured Parzen estimator proposes from the results so far.

    Args:
        batch: so many are proposed at a time and run side by side. It is not the number of workers, on which the
            combinations must not depend.
    """

    space: Space
    count: int
    seed: int = 0
    batch: int = 16
