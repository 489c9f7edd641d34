"""A search through combinations of parameters: streamed, resumable, the same whatever runs it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.luck import Luck, assess
from fluxherod.backtest.metrics import session_returns
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.overfitting import probability_of_overfitting
from fluxherod.backtest.pool import Pool
from fluxherod.backtest.run import run_laid
from fluxherod.backtest.score import OBJECTIVES, Score, objective_of
from fluxherod.backtest.search import Search
from fluxherod.backtest.space import PARAMETERS, NotAllowed, Value, configured
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
    """Run the combinations of a search, in their order.

    To cancel, close the iterator. To resume after that, or after a crash, call again: what the ledger knows is not
    run again. `search.count` is how many there will be.

    Raises:
        ValueError: when the search varies what is no parameter, or `objective` is none; at once, not on iteration.
    """
    if objective not in OBJECTIVES:
        raise ValueError(f"objective = {objective}: allowed is {', '.join(OBJECTIVES)}")
    if strangers := search.space.keys() - PARAMETERS.keys():
        raise ValueError(f"no parameter of a backtest: {', '.join(sorted(strangers))}")
    return _Sweep(data, base, ledger, pool, objective).run(search)


def best(trials: Iterable[Trial]) -> Trial | None:
    """The trial with the largest objective, the first of equals; None when none has one."""
    found: Trial | None = None
    for trial in trials:
        if trial.objective is not None and (found is None or trial.objective > (found.objective or 0.0)):
            found = trial
    return found


def judge(data: DataSet, base: BacktestConfig, trials: Sequence[Trial], ledger: Ledger, seed: int = 0) -> Luck | None:
    """How much of the best trial is luck: it is run again for its returns. None when there is no best."""
    winner = best(trials)
    if winner is None:
        return None
    run = run_laid(data.laid, configured(base, winner.values))
    overfitting = probability_of_overfitting([trial.score for trial in trials if trial.score is not None])
    return assess(session_returns(run), len(run.trades), ledger.tried(data), overfitting, seed)


@dataclass(frozen=True, slots=True, eq=False)
class _Sweep:
    data: DataSet
    base: BacktestConfig
    ledger: Ledger
    pool: Pool
    objective: str

    def run(self, search: Search) -> Iterator[Trial]:
        numbers, proposals, answer = count(), search.propose(), None
        try:
            while True:
                try:
                    proposed = next(proposals) if answer is None else proposals.send(answer)
                except StopIteration:
                    return
                answer = []
                for trial in self._set(proposed, numbers):
                    answer.append(trial.objective)
                    yield trial
        finally:
            self.ledger.flush()

    def _set(self, proposed: Iterable[dict[str, Value]], numbers: Iterator[int]) -> Iterator[Trial]:
        """The trials of one set. `planned` holds those that wait for a score, and those that wait behind them."""
        planned: deque[tuple[Trial, BacktestConfig | None]] = deque()

        def to_run() -> Iterator[BacktestConfig]:
            for values in proposed:
                trial, config = self._planned(next(numbers), values)
                planned.append((trial, config))
                if config is not None:
                    yield config

        for score in self.pool.play(self.data, to_run()):
            while planned[0][1] is None:
                yield planned.popleft()[0]
            trial, config = planned.popleft()
            assert config is not None
            self.ledger.record(self.data, config, score)
            yield replace(trial, score=score, objective=objective_of(self.objective, score))
        for trial, _ in planned:
            yield trial

    def _planned(self, number: int, values: dict[str, Value]) -> tuple[Trial, BacktestConfig | None]:
        """A trial, and its configuration if it must be run."""
        try:
            config = configured(self.base, values)
        except NotAllowed as error:
            return Trial(number, values, None, None, str(error)), None
        score = self.ledger.known(self.data, config)
        known = score is not None
        return Trial(number, values, score, objective_of(self.objective, score), known=known), None if known else config
