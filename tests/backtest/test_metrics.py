"""The figures of a run, against pandas and against cases worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from backtest import made, series
from backtest.agreement import driver
from backtest.data import sessions
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.backtest.metrics import Fall, annualised, figures, largest_fall, metrics, sortino_ratio
from fluxherod.backtest.model import TRADE, Kind, Run
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.types import Regime

YEAR = 252
MILLION_E4 = 1_000_000_000  # $100,000
FIRST_DAY = date(2013, 10, 8).toordinal() - date(1970, 1, 1).toordinal()


def a_run(closes_e4: list[int], marks_a_day: int = 1) -> Run:
    """A run whose sessions, of so many marks, end at these equities."""
    equity = [close for close in closes_e4 for _ in range(marks_a_day)]
    days = [FIRST_DAY + k for k in range(len(closes_e4)) for _ in range(marks_a_day)]
    return made.marked([made.START_NS + k * HOUR_NS for k in range(len(equity))], equity, days, MILLION_E4)


def random_closes(seed: int, count: int) -> list[int]:
    steps = np.random.default_rng(seed).normal(0.0004, 0.01, count)
    return [int(value) for value in MILLION_E4 * np.exp(np.cumsum(steps))]


@pytest.mark.parametrize("seed", range(5))
def test_returns_and_ratios_are_those_of_pandas(seed: int) -> None:
    closes = random_closes(seed, 300 + seed)
    found = metrics(a_run(closes, marks_a_day=3))
    returns = pd.Series([MILLION_E4, *closes], dtype="float64").pct_change().dropna()
    excess = returns - 0.04 / YEAR
    downside = math.sqrt((excess.clip(upper=0) ** 2).mean())
    expected = {
        "total_return": closes[-1] / MILLION_E4 - 1,
        "annualised_return": (1 + returns).prod() ** (YEAR / len(returns)) - 1,
        "volatility": returns.std() * math.sqrt(YEAR),
        "sharpe": excess.mean() / returns.std() * math.sqrt(YEAR),
        "sharpe_zero_rate": returns.mean() / returns.std() * math.sqrt(YEAR),
        "sortino": excess.mean() / downside * math.sqrt(YEAR),
    }
    assert {name: getattr(found, name) for name in expected} == pytest.approx(expected, rel=1e-9)
    assert found.sessions == len(closes)


@given(st.lists(st.integers(1, 3 * MILLION_E4), min_size=1, max_size=40))
def test_the_largest_fall_is_that_of_pandas_and_its_length_is_found_mark_by_mark(equity: list[int]) -> None:
    ns = np.cumsum(np.arange(1, len(equity) + 1), dtype=np.int64) * HOUR_NS
    fall = largest_fall(ns, np.array(equity), MILLION_E4)
    peaks = pd.Series([MILLION_E4, *equity]).cummax()[1:].to_numpy()
    assert fall.fraction == pytest.approx(float((1 - np.array(equity) / peaks).max()), abs=1e-12)
    longest, peak_ns, fallen = 0, int(ns[0]), False
    for time, value, peak in zip(ns.tolist(), equity, peaks.tolist(), strict=True):
        if value < peak or fallen:
            longest = max(longest, time - peak_ns)
        fallen = value < peak
        peak_ns = peak_ns if fallen else time
    assert fall.length_ns == longest
    deepest = int(np.argmax(1 - np.array(equity) / peaks))
    before = [k for k in range(deepest) if equity[k] >= peaks[k]]
    again = [k for k in range(deepest, len(equity)) if equity[k] >= peaks[k]]
    begin, end = before[-1] if before else 0, again[0] if again else len(equity) - 1
    assert fall.lasted_ns == (int(ns[end] - ns[begin]) if fall.fraction > 0 else 0)
    assert fall.recovered == (not fallen or fall.length_ns > int(ns[-1]) - peak_ns)


def test_a_fall_worked_out_by_hand() -> None:
    """100 110 99 104.5 121 115: the fall is 10 %, from the second mark to the third; it lasts two marks more."""
    hours = np.array([1, 2, 3, 4, 9, 10], np.int64) * HOUR_NS
    equity = np.array([100, 110, 99, 104, 121, 115], np.int64)
    found = largest_fall(hours, equity, 100)
    assert found == Fall(pytest.approx(0.1), 2 * HOUR_NS, 3 * HOUR_NS, 7 * HOUR_NS, True, 7 * HOUR_NS)


def test_a_fall_that_lasts_to_the_end_has_not_recovered() -> None:
    hours = np.array([1, 2, 3], np.int64) * HOUR_NS
    assert largest_fall(hours, np.array([100, 90, 95]), 100) == Fall(
        pytest.approx(0.1), HOUR_NS, 2 * HOUR_NS, 2 * HOUR_NS, recovered=False, lasted_ns=2 * HOUR_NS
    )


def test_the_largest_fall_and_the_longest_stay_below_a_peak_are_two() -> None:
    hours = np.arange(1, 9, dtype=np.int64) * HOUR_NS
    found = largest_fall(hours, np.array([100, 99, 99, 99, 100, 50, 100, 99]), 100)
    assert (found.fraction, found.lasted_ns, found.length_ns) == (0.5, 2 * HOUR_NS, 4 * HOUR_NS)


def test_a_night_between_two_marks_at_a_peak_is_no_stay_below_it() -> None:
    hours = np.array([1, 2, 3, 20, 21], np.int64) * HOUR_NS
    assert largest_fall(hours, np.array([100, 99, 100, 101, 102]), 100).length_ns == 2 * HOUR_NS


def test_an_equity_that_only_rises_has_no_drawdown_and_no_calmar() -> None:
    found = metrics(a_run([MILLION_E4 + k for k in range(1, 6)]))
    assert (found.drawdown.fraction, found.drawdown.length_ns, found.drawdown.recovered) == (0.0, 0, True)
    assert found.calmar is None
    assert found.sortino is not None  # a rise of nothing is below the risk-free return


def test_calmar_is_the_annualised_return_over_the_largest_fall() -> None:
    found = metrics(a_run([1_100_000_000, 990_000_000, 1_210_000_000]))
    assert found.drawdown.fraction == pytest.approx(0.1)
    assert found.calmar == pytest.approx((1.21 ** (YEAR / 3) - 1) / 0.1)


def test_what_is_not_defined_is_none() -> None:
    nothing = metrics(a_run([]))
    assert (nothing.sessions, nothing.total_return, nothing.exposure, nothing.average_exposure) == (0, 0.0, 0.0, 0.0)
    assert [nothing.annualised_return, nothing.volatility, nothing.sharpe, nothing.sortino, nothing.calmar] == [
        None
    ] * 5
    one = metrics(a_run([MILLION_E4]))
    assert [one.volatility, one.sharpe, one.sortino] == [None] * 3
    still = metrics(a_run([MILLION_E4] * 4))
    assert still.volatility == 0.0
    assert still.sharpe is None
    assert [sortino_ratio(np.array([0.01, 0.02]), 0.04)] == [None]
    assert annualised(-0.5, 10) == -1.0


def test_after_ruin_no_return_is_told() -> None:
    run = a_run([500_000_000, -1, 400_000_000])
    found = metrics(run)
    assert found.sessions == 2
    assert found.final_e4 == 400_000_000
    assert list(found.monthly.values()) == [pytest.approx(-0.6)]


def test_months_go_from_the_last_mark_of_one_to_that_of_the_next() -> None:
    days = [date(2013, 10, 30), date(2013, 10, 31), date(2013, 11, 1), date(2014, 1, 2)]
    numbers = [day.toordinal() - date(1970, 1, 1).toordinal() for day in days]
    equity = [MILLION_E4, 1_100_000_000, 1_155_000_000, 577_500_000]
    run = made.marked([made.START_NS + k for k in range(4)], equity, numbers, MILLION_E4)
    assert metrics(run).monthly == {
        "2013-10": pytest.approx(0.1),
        "2013-11": pytest.approx(0.05),
        "2014-01": pytest.approx(-0.5),
    }


def trades(nets: list[int]) -> np.ndarray:
    found = np.zeros(len(nets), TRADE)
    found["pnl_e4"], found["commission_e4"] = nets, 100
    found["entry_ns"], found["exit_ns"], found["bars"] = 0, 2 * HOUR_NS, 3
    return found


def test_figures_of_trades_worked_out_by_hand() -> None:
    found = figures(trades([300, -100, 0, 500, -200]))
    assert (found.trades, found.wins, found.losses, found.net_e4) == (5, 2, 3, 500)
    assert found.win_rate == 0.4
    assert (found.average_win_e4, found.average_loss_e4) == (400.0, 100.0)
    assert found.profit_factor == pytest.approx(800 / 300)
    assert found.expectancy_e4 == 100.0
    assert (found.best_e4, found.worst_e4, found.commission_e4) == (500, -200, 500)
    assert (found.average_held_ns, found.average_held_bars) == (2 * HOUR_NS, 3.0)


def test_without_trades_or_losses_the_ratios_are_none() -> None:
    nothing, wins = figures(trades([])), figures(trades([5]))
    assert [nothing.win_rate, nothing.expectancy_e4, nothing.best_e4, nothing.average_held_ns] == [None] * 4
    assert [nothing.average_held_bars, nothing.average_win_e4, nothing.profit_factor] == [None] * 3
    assert [wins.profit_factor, wins.average_loss_e4] == [None] * 2


def test_the_tables_by_mode_and_by_regime_add_up_to_the_whole() -> None:
    market = series.market(214, sessions())
    run = driver(market.bars, sessions(), market.config)
    found = metrics(run)
    assert {"trend", "mean_reversion"} == set(found.by_mode)
    assert len(found.by_regime) == len(Regime)
    for table in (found.by_mode, found.by_regime):
        for name in ("trades", "wins", "net_e4", "gross_profit_e4", "gross_loss_e4", "commission_e4", "held_ns"):
            assert sum(getattr(part, name) for part in table.values()) == getattr(found.trades, name), name
    trend = run.trades[run.trades["mode"] == Kind.TREND]
    assert found.by_mode["trend"] == figures(trend)
    assert found.trades.net_e4 == int(run.trades["pnl_e4"].sum())


def test_the_equity_at_the_end_is_the_beginning_with_all_trades_and_what_is_open() -> None:
    for seed in (28, 94, 171):
        market = series.market(seed, sessions())
        run = driver(market.bars, sessions(), market.config)
        gained = int(run.trades["pnl_e4"].sum()) + int(run.open["pnl_e4"].sum())
        assert run.final_e4 == run.config.initial_equity_e4 + gained


def test_exposure_is_the_part_of_the_marks_with_a_position_and_its_value_over_the_equity() -> None:
    run = replace(a_run([MILLION_E4] * 4), exposure_e4=np.array([0, MILLION_E4 // 2, MILLION_E4, 0], np.int64))
    found = metrics(run)
    assert found.exposure == 0.5
    assert found.average_exposure == pytest.approx(0.375)
