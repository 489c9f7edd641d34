"""What runs come to as messages and pages: of bars with gaps, of luck, of drawdowns."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from fluxhero.v1 import backtest_pb2
from fluxherod.backtest.luck import assess
from fluxherod.backtest.metrics import Fall, metrics
from fluxherod.backtest.model import BacktestConfig, Bars, Costs, Signals
from fluxherod.backtest.page import trials
from fluxherod.backtest.run import run
from fluxherod.backtest.sweep import Trial
from fluxherod.backtest.trials import Tried
from fluxherod.backtest.walkforward import Step, Window, conclude
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.jobs.messages import Task
from fluxherod.jobs.pages import heat_map, luck_of
from fluxherod.jobs.results import metrics_message
from fluxherod.jobs.searches import combined, run_walk_forward
from fluxherod.jobs.speech import Speech

FIRST_NS = 1_704_204_000 * 10**9
MONTH_NS = 30 * 24 * HOUR_NS


def test_windows_without_a_bar_in_training_or_test_are_too_few_trades(tmp_path: Path) -> None:
    hours = np.arange(24, dtype=np.int64) * HOUR_NS
    starts, prices = np.concatenate([hours, hours + 5 * MONTH_NS]), np.full(48, 100.0)
    bars = Bars("SPY", starts, prices, prices, prices, prices, prices)
    task = Task(1, str(tmp_path / "run"), 0, 500, 1_000, 4096, str(tmp_path), str(tmp_path), "iex", "http://127.0.0.1")
    wanted = backtest_pb2.RunWalkForwardRequest(train_months=3, test_months=1)
    wanted.objective = backtest_pb2.SWEEP_OBJECTIVE_SHARPE_RATIO
    found, _ = run_walk_forward(wanted, [bars], BacktestConfig(), task, Speech(io.BytesIO()))
    assert found.verdict == backtest_pb2.WALK_FORWARD_VERDICT_TOO_FEW_TRADES
    assert (len(found.windows), found.combined.sessions) == (0, 0)


def test_the_largest_fall_of_all_windows_is_found_on_every_mark_and_goes_over_windows() -> None:
    """Two days of four hours: $100 a share, half as much at noon of one, a quarter less from the other's noon on."""
    limits = RiskLimits(warning_drawdown_bp=9_900, critical_drawdown_bp=9_900, daily_loss_bp=0)
    config = BacktestConfig(costs=Costs(0, 0, 0), limits=limits)
    steps = [held_for_a_day([100.0, 50.0, 100.0, 100.0], config), held_for_a_day([100.0, 100.0, 75.0, 75.0], config)]
    found = conclude(steps)
    assert found.returns.tolist() == pytest.approx([0.0, -0.25])
    assert combined(found, config).max_drawdown_pct == pytest.approx(50.0)
    later = combined(conclude([steps[1], steps[0]]), config)
    assert later.max_drawdown_pct == pytest.approx(100 - 75 * 0.5)
    assert later.final_equity == "75000.00"


def held_for_a_day(closes: list[float], config: BacktestConfig) -> Step:
    """A window in which all the money is in shares, from its first bar's end on."""
    prices, count = np.array([100.0, *closes]), len(closes) + 1
    starts = FIRST_NS + HOUR_NS * np.arange(count, dtype=np.int64)
    opens = np.array([100.0, 100.0, *closes[:-1]])
    bars = Bars("SPY", starts, opens, np.maximum(opens, prices), np.minimum(opens, prices), prices, np.ones(count))
    side, nothing = np.zeros(count, np.int8), np.zeros(count, np.bool_)
    side[0] = 1
    signals = Signals(side, nothing, np.full(count, 1_000), np.zeros(count, np.int64))
    day = date(2024, 1, 2)
    return Step(Window(1, day, day, day), None, None, run([bars], config, {"SPY": signals}))


def test_a_result_without_an_edge_is_not_called_luck() -> None:
    losses = np.tile([0.01, -0.02], 100)
    luck = luck_of(assess(losses, 50, Tried(1, np.zeros(1))))
    assert luck is not None
    assert trials.luck_verdict(luck).title == "No edge"


def test_the_length_of_the_largest_drawdown_is_its_own() -> None:
    found = replace(
        metrics(run([], BacktestConfig())), drawdown=Fall(0.1, length_ns=9 * HOUR_NS, lasted_ns=2 * HOUR_NS)
    )
    assert metrics_message(found).max_drawdown_duration.ToNanoseconds() == 2 * HOUR_NS


def test_a_sweep_of_one_parameter_is_a_row_of_its_values() -> None:
    tried = [Trial(number, {"entry_atr": value}, None, number / 2) for number, value in enumerate((0.4, 0.5, 0.6))]
    found = heat_map("Sharpe ratio", {"entry_atr": (0.4, 0.5, 0.6)}, tried, tried[2])
    assert found is not None
    table = trials.heat_map(found)
    assert (table.caption, [column.title for column in table.columns]) == (
        "Sharpe ratio by entry_atr",
        ["entry_atr", "0.4", "0.5", "0.6"],
    )
    assert [cell.text for cell in table.rows[0]] == ["Sharpe ratio", "0.00", "0.50", "1.00"]
    assert [cell.chosen for cell in table.rows[0]] == [False, False, False, True]
    assert "The framed value, at entry_atr 0.6, was taken." in trials.sweep_words(found)
