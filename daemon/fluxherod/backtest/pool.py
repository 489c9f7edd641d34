"""Where trials are run: on the cores of this machine, in threads; the driver holds no lock while it runs."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Protocol

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.figures import Known
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.run import figures_of
from fluxherod.backtest.score import Score, play
from fluxherod.backtest.tape import Laid
from fluxherod.core.kernel import KNOWN, warm_up
from fluxherod.core.strategy.params import StrategyParams

_AHEAD = 4
"""Trials that are begun, waiting or done and not yet taken, for each worker."""
MOST_SHARED_BYTES = 200_000_000
# To compute figures for others takes as long as three trials save by them.
_ALONE = 3


class Figures:
    """The indicators of a tape, computed once for trials in a row that have their periods in common.

    Those of one set of periods are kept at a time, 96 bytes a bar, and none when they take more than `most_bytes`.
    """

    def __init__(self, laid: Laid, most_bytes: int = MOST_SHARED_BYTES) -> None:
        self._laid = laid
        self._share = len(laid.tape.start_ns) * KNOWN.itemsize <= most_bytes
        self._newest: tuple[float, ...] = ()
        self._in_a_row = 0
        self._known: Known | None = None

    def of(self, params: StrategyParams) -> Known | None:
        """What is known for these parameters; None before the fourth trial in a row that has their periods."""
        if params.of_indicators != self._newest:
            self._newest, self._in_a_row, self._known = params.of_indicators, 0, None
        self._in_a_row += 1
        if self._known is None and self._share and self._in_a_row > _ALONE:
            self._known = figures_of(self._laid, params)
        return self._known


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
        laid, figures, coming = data.laid, Figures(data.laid), iter(configs)
        warm_up()  # before the threads would all do it
        begun: deque[Future[Score]] = deque()
        with ThreadPoolExecutor(self.workers, "trial") as threads:
            try:
                while True:
                    room = self.workers * _AHEAD - len(begun)
                    for config in islice(coming, room):
                        begun.append(threads.submit(play, laid, config, figures.of(config.params)))
                    if not begun:
                        return
                    yield begun.popleft().result()
            finally:
                threads.shutdown(wait=False, cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
