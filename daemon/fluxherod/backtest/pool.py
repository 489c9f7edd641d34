"""Where trials are run: on the cores of this machine, in threads; the driver holds no lock while it runs."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Protocol

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.score import Score, play
from fluxherod.backtest.sharing import Decisions
from fluxherod.core.kernel import warm_up

_AHEAD = 4
"""Trials that are begun, waiting or done and not yet taken, for each worker."""


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
        laid, decisions, coming = data.laid, Decisions(data.laid), iter(configs)
        warm_up()  # before the threads would all do it
        begun: deque[Future[Score]] = deque()
        with ThreadPoolExecutor(self.workers, "trial") as threads:
            try:
                while True:
                    room = self.workers * _AHEAD - len(begun)
                    for config in islice(coming, room):
                        begun.append(threads.submit(play, laid, config, decisions.of(config)))
                    if not begun:
                        return
                    yield begun.popleft().result()
            finally:
                threads.shutdown(wait=False, cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
