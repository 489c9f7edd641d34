"""Random walks on the hours of New York's weekdays, and a small search, for the tests of research."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import BacktestConfig, Bars
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.score import Score
from fluxherod.backtest.search import Grid
from fluxherod.backtest.space import Between, Choices
from fluxherod.core.calendar import HOUR_NS

SMALL = Grid(
    {
        "trend_adx": Between(20.0, 30.0, 5.0),
        "trend_stop_atr": Choices((1.5, 2.5, 3.5)),
        "entry_atr": Choices((0.3, 0.5)),
    }
)
CONFIG = BacktestConfig()


def walk(seed: int, first: date, last: date, symbol: str = "SPY") -> Bars:
    """Seven bars a weekday, from 15:00 UTC on: on the same date in New York."""
    days = [day for day in range(first.toordinal(), last.toordinal() + 1) if date.fromordinal(day).weekday() < 5]
    midnights = (np.array(days, np.int64) - date(1970, 1, 1).toordinal()) * 24 * HOUR_NS
    starts = (midnights[:, None] + np.arange(15, 22) * HOUR_NS).ravel()
    chance = np.random.default_rng(seed)
    closes = 100.0 * np.exp(
        np.cumsum(chance.normal(0.0, 0.006, len(starts)) + 0.002 * np.sin(np.arange(len(starts)) / 40))
    )
    opens = np.append(100.0, closes)[:-1]
    spread = chance.uniform(0.0, 0.004, (2, len(starts)))
    highs, lows = np.maximum(opens, closes) * (1 + spread[0]), np.minimum(opens, closes) * (1 - spread[1])
    volume = chance.integers(500_000, 2_000_000, len(starts))
    return Bars(symbol, starts, opens, highs, lows, closes, volume)


def data(seed: int = 1, last: date = date(2013, 9, 30)) -> DataSet:
    """From the first of 2013 on."""
    return DataSet.of([walk(seed, date(2013, 1, 1), last)], CONFIG)


class CountingPool:
    """The threads of this process, and how many trials they were given and were taken of them."""

    def __init__(self, workers: int = 2) -> None:
        self.given = self.taken = self.most_ahead = 0
        self._pool = LocalPool(workers)

    def play(self, data: DataSet, configs: Iterable[BacktestConfig]) -> Iterator[Score]:
        def counted() -> Iterator[BacktestConfig]:
            for config in configs:
                self.given += 1
                self.most_ahead = max(self.most_ahead, self.given - self.taken)
                yield config

        for score in self._pool.play(data, counted()):
            self.taken += 1
            yield score
