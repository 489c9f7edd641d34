"""Where trials are run: on the cores of this machine, in threads; the driver holds no lock while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.score import Score


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
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers

    def play(self, data: DataSet, configs: Iterable[BacktestConfig]) -> Iterator[Score]:
        """See `Pool`."""
