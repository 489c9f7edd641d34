"""Where trials are run: on the cores of this machine, in threads; the driver holds no lock while it runs."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from threading import Event
from typing import Protocol

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.score import Score, play
from fluxherod.backtest.sharing import Decisions
from fluxherod.backtest.tape import Laid
from fluxherod.backtest.verdicts import Verdicts
from fluxherod.core.kernel import warm_up

_AHEAD = 2
"""Sets of trials that are begun, waiting or done and not yet taken, for each worker."""
_FIRST_TOGETHER, _TOGETHER, _MANY = 2, 8, 32
"""Trials of a set, at first and after so many: handing over costs, and who looks at a few must not wait for more."""


class Pool(Protocol):
    """Runs trials side by side."""

    def play(self, data: DataSet, configs: Iterable[BacktestConfig]) -> Iterator[Score]:
        """The scores in the order of the configurations, each as soon as it and those before it are there.

        Configurations are taken as there is room, so they may be as many as one likes. Closing the iterator drops
        those that have not begun.
        """


class LocalPool:
    """Threads of this process.

    Args:
        workers: how many; None takes all cores this process may use.

    Raises:
        ValueError: for fewer than one.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = _cores() if workers is None else workers
        if self.workers < 1:
            raise ValueError(f"workers = {workers}: allowed is at least 1")

    def play(self, data: DataSet, configs: Iterable[BacktestConfig]) -> Iterator[Score]:
        """See `Pool`."""
        laid, decisions, closed, taken = data.laid, Decisions(data.laid), Event(), 0
        coming = ((config, decisions.of(config)) for config in configs)
        warm_up()  # before the threads would all do it
        begun: deque[Future[list[Score]]] = deque()
        with ThreadPoolExecutor(self.workers, "trial") as threads:
            try:
                while True:
                    together = _TOGETHER if taken >= _MANY else _FIRST_TOGETHER
                    while len(begun) < self.workers * _AHEAD and (some := list(islice(coming, together))):
                        begun.append(threads.submit(_play_all, laid, some, closed))
                    if not begun:
                        return
                    for score in begun.popleft().result():
                        taken += 1
                        yield score
            finally:
                closed.set()
                threads.shutdown(wait=False, cancel_futures=True)


def _play_all(laid: Laid, trials: Sequence[tuple[BacktestConfig, Verdicts | None]], closed: Event) -> list[Score]:
    """The scores of some trials; none any more once nobody waits for them."""
    return [play(laid, config, decided) for config, decided in trials if not closed.is_set()]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
