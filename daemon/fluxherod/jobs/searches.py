"""Walk-forwards and sweeps: the same trials on the cores of this machine or on the cluster of the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime, time
from pathlib import Path

import numpy as np

from fluxhero.v1 import backtest_pb2, strategy_pb2
from fluxherod.backtest.cluster import Cluster, ClusterFault, ClusterPool
from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.luck import Luck, assess
from fluxherod.backtest.metrics import annualised, figures, largest_fall, metrics, sortino_ratio, volatility
from fluxherod.backtest.model import TRADE, BacktestConfig, Bars
from fluxherod.backtest.page.inputs import Extras
from fluxherod.backtest.pool import LocalPool, Pool
from fluxherod.backtest.report import backtest
from fluxherod.backtest.score import Score
from fluxherod.backtest.search import Grid, MissingExtra, Optimised, Random, Search
from fluxherod.backtest.space import Choices, Value, configured
from fluxherod.backtest.sweep import Trial, best, judge, sweep
from fluxherod.backtest.trials import Ledger, LedgerFault
from fluxherod.backtest.walkforward import (
    Step,
    WalkForward,
    WalkForwardConfig,
    conclude,
    walk_forward,
    windows,
)
from fluxherod.core.calendar import NEW_YORK, from_datetime
from fluxherod.core.jit import RecordArray, RowArray
from fluxherod.core.performance import RISK_FREE_RATE, sharpe_ratio
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.jobs.messages import Task
from fluxherod.jobs.pages import SWEPT, WALKED, about, heat_map, luck_of, page, walk_forward_of
from fluxherod.jobs.results import luck_message, metrics_message, percent_of
from fluxherod.jobs.speech import Fault, Speech
from fluxherod.rpc.convert import duration, money, timestamp
from fluxherod.rpc.statistics import trade_statistics

LEDGER = "trials.db"
LOADED, SEARCHED = 0.1, 0.95
OBJECTIVES: Mapping[int, tuple[str, str]] = {
    backtest_pb2.SWEEP_OBJECTIVE_SHARPE_RATIO: ("sharpe", "Sharpe ratio"),
    backtest_pb2.SWEEP_OBJECTIVE_SORTINO_RATIO: ("sortino", "Sortino ratio"),
    backtest_pb2.SWEEP_OBJECTIVE_CALMAR_RATIO: ("calmar", "Calmar ratio"),
    backtest_pb2.SWEEP_OBJECTIVE_TOTAL_RETURN: ("total_return", "Total return"),
    backtest_pb2.SWEEP_OBJECTIVE_PROFIT_FACTOR: ("profit_factor", "Profit factor"),
}
_VERDICTS = {
    True: backtest_pb2.WALK_FORWARD_VERDICT_PASSED,
    False: backtest_pb2.WALK_FORWARD_VERDICT_FAILED,
    None: backtest_pb2.WALK_FORWARD_VERDICT_TOO_FEW_TRADES,
}
_DEFAULTS = StrategyParams()


@contextmanager
def ledger_of(task: Task) -> Iterator[Ledger]:
    """The ledger of every trial, which all runs share.

    Raises:
        Fault: when it can't be read or written.
    """
    try:
        with Ledger(Path(task.folder).parent / LEDGER) as ledger:
            yield ledger
    except LedgerFault as error:
        raise Fault("BACKTEST_FAILED", str(error)) from error


@contextmanager
def _pool(task: Task) -> Iterator[Pool]:
    pool: AbstractContextManager[Pool]
    try:
        pool = ClusterPool(Cluster(task.cluster)) if task.cluster else nullcontext(LocalPool())
        with pool as workers:
            yield workers
    except (ClusterFault, MissingExtra) as error:
        raise Fault("BACKTEST_FAILED", str(error)) from error


# --- sweep ---------------------------------------------------------------------------------------
def run_sweep(
    wanted: backtest_pb2.RunSweepRequest, bars: Sequence[Bars], base: BacktestConfig, task: Task, speech: Speech
) -> tuple[backtest_pb2.SweepResult, bytes]:
    """Try the combinations; the result and its report. What was tried before is not run again."""
    axes = axes_of(wanted.axes)
    search, (objective, figure) = _search(wanted, axes), OBJECTIVES[wanted.objective]
    data = DataSet.of(bars, base)
    with ledger_of(task) as ledger, _pool(task) as pool:
        trials: list[Trial] = []
        for trial in sweep(data, base, search, ledger, pool, objective):
            trials.append(trial)
            part = LOADED + (SEARCHED - LOADED) * len(trials) / search.count
            speech.tell(part, len(trials), search.count, "trying combinations")
        speech.tell(SEARCHED, len(trials), search.count, "asking how much of the best is luck", at_once=True)
        luck, winner = judge(data, base, trials, ledger), best(trials)
    result = backtest_pb2.SweepResult(
        points=[_point(trial) for trial in _ranked(trials)[: wanted.max_points]],
        combinations=len(trials),
        failed=sum(trial.score is None for trial in trials),
        luck=luck_message(luck),
    )
    note = "" if winner is None else SWEPT.format(f"{len(trials):,}")
    extras = Extras(about(wanted.config, note), sweep=heat_map(figure, axes, trials, winner), luck=luck_of(luck))
    best_config = base if winner is None else configured(base, winner.values)
    return result, page(backtest(bars, best_config), bars, extras, speech)


def axes_of(axes: Sequence[backtest_pb2.SweepAxis]) -> dict[str, tuple[Value, ...]]:
    """The values of each parameter in its own type."""
    return {axis.parameter: tuple(_typed(axis.parameter, value) for value in axis.values) for axis in axes}


def _typed(name: str, value: float) -> Value:
    usual = getattr(_DEFAULTS, name, True)  # `allow_shorts` is a switch beside the strategy's parameters
    if isinstance(usual, bool):
        return bool(value)
    return int(value) if isinstance(usual, int) else value


def _search(wanted: backtest_pb2.RunSweepRequest, axes: Mapping[str, tuple[Value, ...]]) -> Search:
    space = {name: Choices(values) for name, values in axes.items()}
    if wanted.search == backtest_pb2.SWEEP_SEARCH_RANDOM:
        return Random(space, wanted.combinations, wanted.seed)
    if wanted.search == backtest_pb2.SWEEP_SEARCH_OPTIMIZER:
        return Optimised(space, wanted.combinations, wanted.seed)
    return Grid(space)


def _ranked(trials: Sequence[Trial]) -> list[Trial]:
    """The best first, equals in the order of the search; those without an objective last."""
    done = [trial for trial in trials if trial.score is not None]
    return sorted(done, key=lambda trial: (trial.objective is None, -(trial.objective or 0.0), trial.number))


def _point(trial: Trial) -> backtest_pb2.SweepPoint:
    assert trial.score is not None
    return backtest_pb2.SweepPoint(
        parameters=_parameters(trial.values), objective=trial.objective, metrics=score_message(trial.score)
    )


def _parameters(values: Mapping[str, Value]) -> strategy_pb2.StrategyParameters:
    return strategy_pb2.StrategyParameters(**values)  # type: ignore[arg-type]


def score_message(score: Score) -> backtest_pb2.BacktestMetrics:
    """What is kept of a trial."""
    record = score.record
    loss_e4 = int(record["gross_profit_e4"]) - score.net_e4
    return backtest_pb2.BacktestMetrics(
        final_equity=money(score.final_e4),
        total_return_pct=100 * score.total_return,
        annualized_return_pct=percent_of(score.annualised_return),
        volatility_pct=percent_of(score.volatility),
        sharpe_ratio=score.sharpe,
        sharpe_ratio_zero_rate=score.sharpe_zero_rate,
        sortino_ratio=score.sortino,
        calmar_ratio=score.calmar,
        max_drawdown_pct=100 * score.max_drawdown,
        time_in_market_pct=100 * score.exposure,
        sessions=score.sessions,
        trades={
            "trades": score.trades,
            "wins": int(record["wins"]),
            "losses": score.trades - int(record["wins"]),
            "win_rate_pct": percent_of(score.win_rate),
            "net_pnl": money(score.net_e4),
            "gross_profit": money(int(record["gross_profit_e4"])),
            "gross_loss": money(loss_e4),
            "profit_factor": score.profit_factor,
            "expectancy": None if score.expectancy_e4 is None else money(round(score.expectancy_e4)),
        },
    )


# --- walk-forward --------------------------------------------------------------------------------
def run_walk_forward(
    wanted: backtest_pb2.RunWalkForwardRequest, bars: Sequence[Bars], base: BacktestConfig, task: Task, speech: Speech
) -> tuple[backtest_pb2.WalkForwardResult, bytes]:
    """Train, test and roll on; the result and its report."""
    objective, figure = OBJECTIVES[wanted.objective]
    rules = WalkForwardConfig(wanted.train_months, wanted.test_months, task.history_bars, objective=objective)
    search = Grid({name: Choices(values) for name, values in axes_of(wanted.axes).items()})
    count = len(windows(bars, base, rules))
    if not count:
        raise Fault("NO_DATA", f"the bars are fewer than {rules.train_months} + {rules.test_months} whole months")
    steps: list[Step] = []
    with ledger_of(task) as ledger, _pool(task) as pool:
        for step in walk_forward(bars, base, search, ledger, pool, rules):
            steps.append(step)
            part = LOADED + (SEARCHED - LOADED) * (step.window.number + 1) / count
            speech.tell(part, step.window.number + 1, count, "rolling on")
        found = conclude(steps, rules)
        luck = assess(found.returns, found.trades, ledger.tried(DataSet.of(bars, base)))
    result = _walked(found, base, luck)
    extras = Extras(
        about(wanted.config, WALKED), walk_forward=walk_forward_of(found, objective, figure), luck=luck_of(luck)
    )
    return result, page(backtest(bars, base), bars, extras, speech)


def _walked(found: WalkForward, base: BacktestConfig, luck: Luck) -> backtest_pb2.WalkForwardResult:
    empty = sum(step.empty for step in found.steps)
    counted = len(found.steps) - empty
    return backtest_pb2.WalkForwardResult(
        verdict=_VERDICTS[found.passed],
        profitable_pct=100 * sum(step.profitable for step in found.steps) / counted if counted else 0.0,
        empty_windows=empty,
        windows=map(_window, found.steps),
        combined=combined(found, base),
        text=found.text,
        luck=luck_message(luck),
    )


def _window(step: Step) -> backtest_pb2.WalkForwardWindow:
    return backtest_pb2.WalkForwardWindow(
        train_start_time=timestamp(_midnight_ns(step.window.train)),
        test_start_time=timestamp(_midnight_ns(step.window.test)),
        test_end_time=timestamp(_midnight_ns(step.window.end)),
        parameters=_parameters(step.values or {}),
        train=None if step.train is None else score_message(step.train),
        test=metrics_message(metrics(step.test), step.test),
    )


def combined(found: WalkForward, base: BacktestConfig) -> backtest_pb2.BacktestMetrics:
    """All tests as one run, each going on with the equity that the one before has left."""
    initial_e4, returns = base.initial_equity_e4, found.returns
    fall = largest_fall(*_marks(found, initial_e4), initial_e4)
    yearly = annualised(found.total_return + 1.0, len(returns))
    tests = [metrics(step.test) for step in found.steps]
    marks = [len(step.test.equity_ns) for step in found.steps]
    return backtest_pb2.BacktestMetrics(
        final_equity=money(round(initial_e4 * (1.0 + found.total_return))),
        total_return_pct=100 * found.total_return,
        annualized_return_pct=percent_of(yearly),
        volatility_pct=percent_of(volatility(returns)),
        sharpe_ratio=sharpe_ratio(returns.tolist(), RISK_FREE_RATE),
        sharpe_ratio_zero_rate=sharpe_ratio(returns.tolist(), 0.0),
        sortino_ratio=sortino_ratio(returns, RISK_FREE_RATE),
        calmar_ratio=yearly / fall.fraction if yearly is not None and fall.fraction > 0 else None,
        max_drawdown_pct=100 * fall.fraction,
        max_drawdown_duration=duration(fall.lasted_ns),
        time_in_market_pct=100 * _average([test.exposure for test in tests], marks),
        trades=trade_statistics(figures(_trades(found))),
        bars=sum(step.test.bars for step in found.steps),
        sessions=len(returns),
        average_exposure_pct=100 * _average([test.average_exposure for test in tests], marks),
    )


def _marks(found: WalkForward, initial_e4: int) -> tuple[RowArray, RowArray]:
    """Times and equity of all marks, by an account that goes from one test to the next."""
    times, equity_e4, before = [np.empty(0, np.int64)], [np.empty(0, np.int64)], float(initial_e4)
    for test in (step.test for step in found.steps):
        scale = before / test.config.initial_equity_e4
        times.append(test.equity_ns)
        equity_e4.append(np.round(test.equity_e4 * scale).astype(np.int64))
        before = test.final_e4 * scale
    return np.concatenate(times), np.concatenate(equity_e4)


def _average(values: Sequence[float], marks: Sequence[int]) -> float:
    """Of figures over the marks of each test, that over the marks of all."""
    return float(np.average(values, weights=marks)) if sum(marks) else 0.0


def _trades(found: WalkForward) -> RecordArray:
    return np.concatenate([np.empty(0, TRADE), *(step.test.trades for step in found.steps)])


def _midnight_ns(day: date) -> int:
    return from_datetime(datetime.combine(day, time(), NEW_YORK))
