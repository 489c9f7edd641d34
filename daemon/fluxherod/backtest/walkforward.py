"""Walk-forward: choose parameters on three months, trade the month after with them, and roll on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fluxherod.backtest.model import BacktestConfig, Bars, Run
from fluxherod.backtest.pool import Pool
from fluxherod.backtest.score import Score
from fluxherod.backtest.search import Search
from fluxherod.backtest.space import Value
from fluxherod.backtest.trials import Ledger
from fluxherod.core.jit import FloatArray, RowArray


@dataclass(frozen=True, slots=True)
class WalkForwardConfig:
    """Lengths and bounds.

    Args:
        warm_up_bars: so many bars of each symbol before a window warm up; they are not traded.
        needed: the part of the windows with a closed trade that must be profitable, exclusive.
        most_empty: the part of the windows that may be without a closed trade, inclusive.
    """

    train_months: int = 3
    test_months: int = 1
    warm_up_bars: int = 500
    needed: float = 0.6
    most_empty: float = 1 / 3
    objective: str = "sharpe"


@dataclass(frozen=True, slots=True)
class Window:
    """One step: New York dates (`YYYY-MM-DD`), each the first day of its part; `end` is the first day after."""

    number: int
    train: str
    test: str
    end: str


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A window with what was chosen and how it did.

    Args:
        values: what was chosen; None when no combination closed a trade in training, and the base was taken.
        train: score of the chosen combination in training, None when nothing was chosen.
        test: the run of the test window, from the initial equity.
    """

    window: Window
    values: Mapping[str, Value] | None
    train: Score | None
    test: Run

    @property
    def empty(self) -> bool:
        """No trade was closed: neither profitable nor not."""
        return len(self.test.trades) == 0

    @property
    def profitable(self) -> bool:
        """Equity at the end is above the initial one."""
        return not self.empty and self.test.final_e4 > self.test.config.initial_equity_e4


@dataclass(frozen=True, slots=True, eq=False)
class WalkForward:
    """All steps and what they come to.

    Args:
        days, returns: of the sessions of all test windows in order, one after the other.
        passed: None when there are too few trades to say.
        text: the verdict in words.
    """

    steps: Sequence[Step]
    days: RowArray
    returns: FloatArray
    passed: bool | None
    text: str


def windows(bars: Sequence[Bars], config: BacktestConfig, rules: WalkForwardConfig) -> list[Window]:
    """The windows that the bars have room for; the last one may lack sessions that are yet to come."""


def walk_forward(
    bars: Sequence[Bars],
    base: BacktestConfig,
    search: Search,
    ledger: Ledger,
    pool: Pool,
    rules: WalkForwardConfig | None = None,
) -> Iterator[Step]:
    """The steps in order, each as soon as it is done."""


def conclude(steps: Sequence[Step], rules: WalkForwardConfig | None = None) -> WalkForward:
    """Pass, fail, or too few trades."""
