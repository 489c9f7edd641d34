"""A run with everything that belongs to it: figures, and the checks that are made on every run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fluxherod.backtest.checks import LookAhead, WarmUp, look_ahead, warm_up
from fluxherod.backtest.metrics import Metrics, metrics
from fluxherod.backtest.model import BacktestConfig, Bars, Run, Signals
from fluxherod.backtest.run import run


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A run, its figures, and whether it looked ahead or hangs on where its history began."""

    run: Run
    metrics: Metrics
    look_ahead: LookAhead
    warm_up: WarmUp


def backtest(
    bars: Sequence[Bars],
    config: BacktestConfig,
    signals: Mapping[str, Signals] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Run, measure and check; arguments and errors are those of `run`."""
    found = run(bars, config, signals, progress)
    return Report(found, metrics(found), look_ahead(bars, config, found, signals), warm_up(bars, config))
