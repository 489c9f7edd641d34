"""A search through combinations of parameters: streamed, resumable, the same whatever runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.luck import Luck
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.pool import Pool
from fluxherod.backtest.score import Score
from fluxherod.backtest.search import Search
from fluxherod.backtest.space import Value
from fluxherod.backtest.trials import Ledger


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One combination.

    Args:
        number: its place in the search, from 0.
        values: of the varied parameters.
        score: None for values that can't be put together; `problem` says why then.
        objective: what the search looks for the most of; None when no trade was closed, or it is not defined.
        known: it was in the ledger already.
    """

    number: int
    values: Mapping[str, Value]
    score: Score | None
    objective: float | None
    problem: str = ""
    known: bool = False


def sweep(
    data: DataSet, base: BacktestConfig, search: Search, ledger: Ledger, pool: Pool, objective: str = "sharpe"
) -> Iterator[Trial]:
    """Run the combinations of a search, in their order; each is in the ledger when it comes.

    To cancel, close the iterator. To resume after that, or after a crash, call again: what the ledger knows is not
    run again. `search.count` is how many there will be.

    Raises:
        ValueError: when the search varies what is no parameter, or `objective` is none.
    """


def best(trials: Sequence[Trial]) -> Trial | None:
    """The trial with the largest objective, the first of equals; None when none has one."""


def judge(data: DataSet, base: BacktestConfig, trials: Sequence[Trial], ledger: Ledger, seed: int = 0) -> Luck | None:
    """How much of the best trial is luck: it is run again for its returns. None when there is no best."""
