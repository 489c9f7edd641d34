"""Walk-forward: whole months, nothing of a month known before it, and the verdict's arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from backtest import made
from backtest.walks import CONFIG, CountingPool, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import TRADE, BacktestConfig, Bars, Run
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.run import run
from fluxherod.backtest.score import Score
from fluxherod.backtest.search import Grid
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.backtest.space import Choices, configured
from fluxherod.backtest.sweep import best, sweep
from fluxherod.backtest.tape import new_york_days
from fluxherod.backtest.trials import Ledger
from fluxherod.backtest.walkforward import Step, WalkForwardConfig, Window, conclude, walk_forward, windows

EPOCH = date(1970, 1, 1).toordinal()
RULES = WalkForwardConfig()
FEW = Grid({"trend_stop_atr": Choices((1.5, 3.0)), "entry_atr": Choices((0.3, 0.6))})


@cache
def year() -> tuple[Bars, ...]:
    return walk(5, date(2013, 1, 1), date(2013, 9, 30)), walk(6, date(2013, 1, 1), date(2013, 9, 30), "IBM")


def steps(bars: Sequence[Bars], base: BacktestConfig = CONFIG, rules: WalkForwardConfig = RULES) -> list[Step]:
    return list(walk_forward(bars, base, FEW, Ledger(None), LocalPool(), rules))


def told(step: Step) -> list[object]:
    run = step.test
    train = step.train and step.train.to_bytes()
    return [step.window, step.values, train, run.trades.tobytes(), run.equity_e4.tobytes()]


def test_three_months_train_for_the_month_after_and_windows_roll_by_a_month() -> None:
    found = windows(year(), CONFIG, RULES)
    months = [(one.train.month, one.test.month, one.end.month) for one in found]
    assert months == [(k, k + 3, k + 4) for k in range(1, 7)]
    assert found[0].train == date(2013, 1, 1)
    assert windows([], CONFIG, RULES) == []
    later = replace(CONFIG, start_ns=int(year()[0].start_ns[400]))  # in March
    assert windows(year(), later, RULES)[0].train == date(2013, 4, 1)


@given(st.dates(date(2013, 1, 1), date(2014, 2, 1)), st.integers(1, 400), st.integers(1, 4), st.integers(1, 3))
@settings(max_examples=40)
def test_windows_are_months_that_the_bars_cover_each_tested_once(
    first: date, length: int, train: int, test: int
) -> None:
    last = first + timedelta(days=length)
    bars = [walk(1, first, last)]
    found = windows(bars, CONFIG, WalkForwardConfig(train, test))
    for one in found:
        assert one.train >= first - timedelta(days=4)
        assert one.end <= last + timedelta(days=5)
        assert one.train < one.test < one.end
        assert {day.day for day in (one.train, one.test, one.end)} == {1}
    for one, following in pairwise(found):
        assert one.end == following.test


def test_a_step_is_the_best_of_training_run_on_the_next_month_alone() -> None:
    """Rebuilt from its parts: bars cut by date, the sweep by itself, the run by itself."""
    found = steps(year())
    assert len(found) == 6
    for step in (found[0], found[4]):
        edges = (step.window.train, step.window.test, step.window.end)
        days = new_york_days(year()[0].start_ns)
        cut = [int(np.searchsorted(days, day.toordinal() - EPOCH)) for day in edges]
        train = [one.part(max(0, cut[0] - 500), cut[1]) for one in year()]
        config = replace(CONFIG, start_ns=int(year()[0].start_ns[cut[0]]))
        winner = best(sweep(DataSet.of(train, config), config, FEW, Ledger(None), LocalPool()))
        assert winner is not None
        assert winner.values == step.values
        test = [one.part(max(0, cut[1] - 500), cut[2]) for one in year()]
        again = run(test, replace(configured(CONFIG, winner.values), start_ns=int(year()[0].start_ns[cut[1]])))
        assert again.trades.tobytes() == step.test.trades.tobytes()
        assert again.equity_e4.tobytes() == step.test.equity_e4.tobytes()
        assert new_york_days(step.test.equity_ns[[0, -1]]).tolist() == [
            int(new_york_days(year()[0].start_ns)[cut[1]]),
            int(new_york_days(year()[0].start_ns)[cut[2] - 1]),
        ]


def test_a_first_month_that_counts_as_whole_is_not_traded_on_before_the_start() -> None:
    traded = []

    class Watched(LocalPool):
        def play(self, data: DataSet, configs: Iterable[BacktestConfig]) -> Iterator[Score]:
            traded.append(data.span_ns)
            return super().play(data, configs)

    days = new_york_days(year()[0].start_ns)
    start_ns = int(year()[0].start_ns[np.searchsorted(days, date(2013, 2, 4).toordinal() - EPOCH)])
    base = replace(CONFIG, start_ns=start_ns)
    found = list(walk_forward(year(), base, FEW, Ledger(None), Watched(2)))
    assert found[0].window.train == date(2013, 2, 1)
    assert traded[0][0] == start_ns


@given(st.integers(0, 5), st.integers(0, 10_000), st.sampled_from(["close", "all"]))
@settings(max_examples=8)
def test_nothing_of_a_month_is_known_before_it(number: int, seed: int, what: str) -> None:
    """Other bars from the test of a window on: its training, choice, and every step before are the same to the bit."""
    before = steps(year())
    edge = before[number].window.test.toordinal() - EPOCH
    changed = []
    for k, one in enumerate(year()):
        first = int(np.searchsorted(new_york_days(one.start_ns), edge))
        other = walk(seed + k + 100, date(2013, 1, 1), date(2013, 9, 30), one.symbol)
        columns = {}
        for name in ("open", "high", "low", "close", "volume") if what == "all" else ("close",):
            column = getattr(one, name).copy()
            column[first:] = one.low[first:] if what == "close" else getattr(other, name)[first:]
            columns[name] = column
        changed.append(replace(one, **columns))
    after = steps(changed)
    assert [told(step) for step in after[:number]] == [told(step) for step in before[:number]]
    assert told(after[number])[:3] == told(before[number])[:3]
    assert told(after[number])[4] != told(before[number])[4] or not len(before[number].test.trades)


def test_sessions_of_the_exchange_change_nothing_but_what_lies_outside_them() -> None:
    calendar = new_york_sessions(date(2012, 12, 1), date(2013, 12, 31))
    found = steps(year(), replace(CONFIG, calendar=calendar))
    assert [step.window for step in found] == windows(year(), CONFIG, RULES)
    for step in found:
        days = [date.fromordinal(EPOCH + day) for day in step.test.session_day.tolist()]
        assert step.window.test <= days[0] <= days[-1] < step.window.end
        known = calendar.between(step.window.test, step.window.end - timedelta(days=1))
        assert days == [date.fromisoformat(one.day) for one in known]


def test_what_was_trained_is_not_trained_again() -> None:
    pool = CountingPool()
    with Ledger(None) as ledger:
        first = list(walk_forward(year(), CONFIG, FEW, ledger, pool))
        assert pool.taken == 6 * FEW.count
        again = list(walk_forward(year(), CONFIG, FEW, ledger, pool))
        assert pool.taken == 6 * FEW.count
    assert [told(step) for step in again] == [told(step) for step in first]


def test_without_a_trade_in_training_the_base_is_taken_as_it_is() -> None:
    still = replace(CONFIG, params=replace(CONFIG.params, volume_ratio=1000.0, breakout_volume_ratio=1000.0))
    found = steps(year(), still)
    assert {(step.values, step.train, step.empty) for step in found} == {(None, None, True)}
    assert conclude(found).passed is None


def a_step(gained_e4: int, trades: int = 1) -> Step:
    tested = made.marked([made.START_NS], [1_000_000 + gained_e4], [15_986], 1_000_000)
    day = date(2013, 10, 1)
    return Step(Window(0, day, day, day), {}, None, replace(tested, trades=np.zeros(trades, TRADE)))


@pytest.mark.parametrize(
    ("won", "lost", "empty", "passed", "said"),
    [
        (61, 39, 0, True, "Passed: 61 of 100 windows were profitable (61%), more than 60% are needed."),
        (60, 40, 0, False, "Failed: 60 of 100"),
        (7, 3, 5, True, "Passed: 7 of 10 windows were profitable (70%), more than 60% are needed; 5 without a closed"),
        (7, 3, 6, None, "Too few trades: 6 of 16 windows closed none."),
        (2, 1, 1, True, "Passed: 2 of 3"),
        (0, 0, 0, None, "Too few trades: 0 of 0"),
    ],
)
def test_more_than_sixty_percent_of_the_windows_with_a_trade_pass(
    won: int, lost: int, empty: int, passed: bool | None, said: str
) -> None:
    found = conclude([a_step(100)] * won + [a_step(0)] * lost + [a_step(100, trades=0)] * empty)
    assert found.passed is passed
    assert found.text.startswith(said)


def test_the_tests_in_a_row_are_one_series_of_returns() -> None:
    found = conclude([a_step(10_000), a_step(-20_000), a_step(0)])
    assert found.returns.tolist() == pytest.approx([0.01, -0.02, 0.0])
    assert found.total_return == pytest.approx(1.01 * 0.98 - 1)
    assert (found.trades, found.days.tolist()) == (3, [15_986] * 3)


@pytest.mark.parametrize("field", ["train_months", "test_months", "warm_up_bars", "needed", "most_empty"])
def test_rules_that_make_no_sense_are_refused(field: str) -> None:
    with pytest.raises(ValueError, match=f"{field} = -1: allowed is"):
        WalkForwardConfig(**{field: -1})


def test_a_run_is_no_step_of_two_accounts() -> None:
    """Each test begins with the initial equity, whatever the month before has made."""
    found: list[Run] = [step.test for step in steps(year())]
    assert {one.config.initial_equity_e4 for one in found} == {CONFIG.initial_equity_e4}
    assert all(abs(one.equity_e4[0] / CONFIG.initial_equity_e4 - 1) < 0.02 for one in found)
