"""Walk-forward: choose parameters on three months, trade the month after with them, and roll on.

Windows are whole months of New York's calendar, so each edge lies between two sessions. What is chosen for a month has
seen no bar of it: training and test are runs of their own, over bars that end where their window ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.metrics import session_returns
from fluxherod.backtest.model import BacktestConfig, Bars, Run
from fluxherod.backtest.pool import Pool
from fluxherod.backtest.run import run_laid
from fluxherod.backtest.score import Score
from fluxherod.backtest.search import Search
from fluxherod.backtest.space import Value, configured
from fluxherod.backtest.sweep import best, sweep
from fluxherod.backtest.tape import new_york_days
from fluxherod.backtest.trials import Ledger
from fluxherod.core.calendar import Calendar
from fluxherod.core.jit import FloatArray, RowArray

_EPOCH = date(1970, 1, 1).toordinal()
_SHORT_OF = 4
"""A month is whole when it lacks no more days at its beginning or end: a long weekend."""


@dataclass(frozen=True, slots=True)
class WalkForwardConfig:
    """Lengths and bounds.

    Args:
        warm_up_bars: so many bars of each symbol before a window warm up, as in live trading; they are not traded on.
        needed: more than this part of the windows with a closed trade must be profitable.
        most_empty: when more than this part of the windows is without a closed trade, they are too few.
        objective: what is looked for in training, a name of `score.OBJECTIVES`.

    Raises:
        ValueError: naming the field, its value and what is allowed.
    """

    train_months: int = 3
    test_months: int = 1
    warm_up_bars: int = 500
    needed: float = 0.6
    most_empty: float = 1 / 3
    objective: str = "sharpe"

    def __post_init__(self) -> None:
        for name, low in (("train_months", 1), ("test_months", 1), ("warm_up_bars", 0)):
            if getattr(self, name) < low:
                raise ValueError(f"{name} = {getattr(self, name)}: allowed is at least {low}")
        for name in ("needed", "most_empty"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} = {getattr(self, name)}: allowed is 0 to 1")


@dataclass(frozen=True, slots=True)
class Window:
    """One step: the first New York date of its training, of its test, and the first after it."""

    number: int
    train: date
    test: date
    end: date


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A window with what was chosen and how it did.

    Args:
        values: what was chosen; None when no combination closed a trade in training, and the base was taken as it is.
        train: score of the chosen combination in training, None when nothing was chosen.
        test: the run of the test, from the initial equity; what is open at its end is marked.
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
        days, returns: of the sessions of all tests, one after the other; shape (sessions,), days since 1970.
        trades: closed in all tests.
        passed: None when there are too few trades to say.
        text: the verdict in words.
    """

    steps: Sequence[Step]
    days: RowArray
    returns: FloatArray
    trades: int
    passed: bool | None
    text: str

    @property
    def total_return(self) -> float:
        """Of all tests one after the other, as a fraction."""
        return float(np.prod(1.0 + self.returns)) - 1.0


def windows(bars: Sequence[Bars], config: BacktestConfig, rules: WalkForwardConfig) -> list[Window]:
    """The windows that fit between the first bar from `config.start_ns` on and the last one, months that are whole."""
    days = [new_york_days(_traded(one, config)) for one in bars]
    if not (days := [each for each in days if len(each)]):
        return []
    first, after = (date.fromordinal(_EPOCH + int(day)) for day in (min(d[0] for d in days), max(d[-1] for d in days)))
    begin = _month(first, 0 if first.day <= _SHORT_OF + 1 else 1)
    found: list[Window] = []
    while True:
        train = _month(begin, len(found) * rules.test_months)
        test = _month(train, rules.train_months)
        end = _month(test, rules.test_months)
        if end > after + timedelta(days=_SHORT_OF + 1):
            return found
        found.append(Window(len(found), train, test, end))


def walk_forward(
    bars: Sequence[Bars],
    base: BacktestConfig,
    search: Search,
    ledger: Ledger,
    pool: Pool,
    rules: WalkForwardConfig | None = None,
) -> Iterator[Step]:
    """The steps in order, each as soon as it is done; `windows` tells how many there will be.

    To cancel, close the iterator; to resume, call again: training that the ledger knows is not run again.

    Raises:
        ValueError: as `sweep`.
    """
    rules = rules or WalkForwardConfig()
    days = [new_york_days(one.start_ns) for one in bars]
    for window in windows(bars, base, rules):
        train = _part(bars, days, base, window.train, window.test, rules.warm_up_bars)
        test = _part(bars, days, base, window.test, window.end, rules.warm_up_bars)
        if train is None or test is None:
            continue
        winner = best(sweep(train, _framed(base, train), search, ledger, pool, rules.objective))
        if winner is None:
            yield Step(window, None, None, run_laid(test.laid, _framed(base, test)))
        else:
            config = _framed(configured(base, winner.values), test)
            yield Step(window, winner.values, winner.score, run_laid(test.laid, config))


def conclude(steps: Sequence[Step], rules: WalkForwardConfig | None = None) -> WalkForward:
    """Pass, fail, or too few trades."""
    rules = rules or WalkForwardConfig()
    returns = [session_returns(step.test) for step in steps]
    days = [step.test.session_day[: len(one)] for step, one in zip(steps, returns, strict=True)]
    passed, text = _verdict(steps, rules)
    return WalkForward(
        steps=steps,
        days=np.concatenate([np.empty(0, np.int64), *days]),
        returns=np.concatenate([np.empty(0, np.float64), *returns]),
        trades=sum(len(step.test.trades) for step in steps),
        passed=passed,
        text=text,
    )


def _verdict(steps: Sequence[Step], rules: WalkForwardConfig) -> tuple[bool | None, str]:
    empty = sum(step.empty for step in steps)
    counted, profitable = len(steps) - empty, sum(step.profitable for step in steps)
    if counted == 0 or empty > rules.most_empty * len(steps):
        return None, f"Too few trades: {empty} of {len(steps)} windows closed none."
    passed = profitable > rules.needed * counted
    word = "Passed" if passed else "Failed"
    left_out = f"; {empty} without a closed trade count as neither" if empty else ""
    return passed, (
        f"{word}: {profitable} of {counted} windows were profitable ({profitable / counted:.0%}), "
        f"more than {rules.needed:.0%} are needed{left_out}."
    )


def _traded(bars: Bars, config: BacktestConfig) -> RowArray:
    return bars.start_ns if config.start_ns is None else bars.start_ns[bars.start_ns >= config.start_ns]


def _month(day: date, later: int) -> date:
    """The first day of the month that comes so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def _part(
    bars: Sequence[Bars], days: Sequence[RowArray], base: BacktestConfig, first: date, end: date, warm_up_bars: int
) -> DataSet | None:
    """The bars from one date up to another with what warms them up; None when there is none. Before the start of the
    base none is traded on."""
    low, high = first.toordinal() - _EPOCH, end.toordinal() - _EPOCH
    parts, starts = [], []
    for one, day in zip(bars, days, strict=True):
        begins, ends = (int(np.searchsorted(day, edge)) for edge in (low, high))
        parts.append(one.part(max(0, begins - warm_up_bars), ends))
        starts += one.start_ns[begins:ends][:1].tolist()
    if not starts:
        return None
    start_ns = min(starts) if base.start_ns is None else max(min(starts), base.start_ns)
    frame = replace(base, start_ns=start_ns, calendar=_sessions(base.calendar, parts))
    return DataSet.of(parts, frame)


def _sessions(calendar: Calendar | None, parts: Sequence[Bars]) -> Calendar | None:
    """The sessions in which the bars lie, so that the sessions of other years are not laid out for each window."""
    if calendar is None:
        return None
    days = np.concatenate([new_york_days(one.start_ns[[0, -1]]) for one in parts if len(one)])
    first, last = (date.fromordinal(_EPOCH + int(day)) for day in (days.min(), days.max()))
    return Calendar(calendar.between(first, last))


def _framed(config: BacktestConfig, data: DataSet) -> BacktestConfig:
    return replace(config, start_ns=data.start_ns, calendar=data.calendar)
