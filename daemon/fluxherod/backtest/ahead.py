"""Compile ahead what the first backtest would have to compile."""

from __future__ import annotations

import numpy as np

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import BacktestConfig, Bars
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.report import backtest
from fluxherod.backtest.score import score
from fluxherod.core.calendar import HOUR_NS


def compile_ahead() -> None:
    """Compile, or load from the cache, all that backtests and sweeps call."""
    starts, prices = np.arange(2, dtype=np.int64) * HOUR_NS, np.ones(2)
    for volume in (np.ones(2, np.int64), np.ones(2)):
        bars = Bars("ANY", starts, prices, prices, prices, prices, volume)
        score(backtest([bars], BacktestConfig()).run)
    # The fourth trial shares what is worked out for it.
    list(LocalPool(1).play(DataSet.of([bars], BacktestConfig()), [BacktestConfig()] * 4))
