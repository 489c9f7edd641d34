"""How a search chooses its combinations: all, by chance, or by what it has found (Optuna, in the extra `research`)."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from fluxherod.backtest.space import Between, Choices, Space, Value, drawn, grid, grid_size

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

    def __post_init__(self) -> None:
        if self.batch < 1:
            raise ValueError(f"batch = {self.batch}: allowed is at least 1")

    def propose(self) -> Proposals:
        """Sets of `batch`.

        Raises:
            MissingExtra: without Optuna.
        """
        optuna = _optuna()
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=self.seed))
        for first in range(0, self.count, self.batch):
            asked = [study.ask(self._distributions(optuna)) for _ in range(min(self.batch, self.count - first))]
            found = yield [self._values(trial.params) for trial in asked]
            for trial, result in zip(asked, found, strict=True):
                failed = optuna.trial.TrialState.FAIL
                study.tell(trial, result, state=failed if result is None else None)

    def _distributions(self, optuna: Any) -> dict[str, Any]:
        return {name: _distribution(optuna.distributions, values) for name, values in self.space.items()}

    def _values(self, chosen: dict[str, Any]) -> dict[str, Value]:
        """Of a stepped range the number of the step is chosen."""
        return {
            name: values.all()[chosen[name]] if _stepped(values) else chosen[name]
            for name, values in self.space.items()
        }


def _stepped(values: Choices | Between) -> bool:
    return isinstance(values, Between) and values.step is not None


def _distribution(kinds: Any, values: Choices | Between) -> Any:
    if isinstance(values, Choices):
        return kinds.CategoricalDistribution(values.values)
    if _stepped(values):
        return kinds.IntDistribution(0, len(values.all()) - 1)
    kind = kinds.IntDistribution if values.whole else kinds.FloatDistribution
    return kind(values.low, values.high, log=values.log)


def _optuna() -> Any:
    # Its import takes a second, and only this search needs it.
    try:
        import optuna
    except ImportError as error:
        raise MissingExtra("an optimised search needs Optuna: pip install 'fluxhero[research]'") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
