"""Sweeps: the same whatever runs them, interrupted or not, and equal to each combination run by itself."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from backtest.walks import CONFIG, SMALL, CountingPool, data, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.luck import Verdict
from fluxherod.backtest.metrics import metrics, session_returns
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.run import run
from fluxherod.backtest.score import BLOCKS, score
from fluxherod.backtest.search import Grid, MissingExtra, Optimised, Random, Search
from fluxherod.backtest.space import PARAMETERS, Between, Choices, NotAllowed, configured, drawn, grid, grid_size
from fluxherod.backtest.sweep import Trial, best, judge, sweep
from fluxherod.backtest.trials import Ledger

MIXED = {
    "trend_adx": Between(20.0, 30.0),
    "atr_period": Between(10, 20),
    "neutral_entries": Choices((True, False)),
    "entry_order": Choices(("market", "limit")),
    "gap_limit": Between(0.001, 0.1, log=True),
    "max_position_bp": Between(500, 2000, 500),
}
RATIOS = ("sharpe", "sharpe_zero_rate", "sortino", "calmar")
WRONG = ({"trend_adx": "25"}, {"atr_period": 14.0}, {"allow_shorts": 1}, {"entry_order": "stop"}, {"slippage_bp": -1})


def swept(search: Search, workers: int = 2, ledger: Ledger | None = None) -> list[Trial]:
    return list(sweep(data(), CONFIG, search, ledger or Ledger(None), LocalPool(workers)))


def told(trials: Sequence[Trial]) -> list[object]:
    """All that a trial is, but where it came from."""
    return [(one.number, one.values, one.score and one.score.to_bytes(), one.objective, one.problem) for one in trials]


def test_each_trial_is_the_run_of_its_combination() -> None:
    trials = swept(SMALL)
    assert [trial.number for trial in trials] == list(range(SMALL.count)) == list(range(18))
    assert [trial.values for trial in trials] == list(grid(SMALL.space))
    for trial in trials[::5]:
        alone = run(data().bars, configured(CONFIG, trial.values))
        assert trial.score is not None
        assert trial.score.to_bytes() == score(alone).to_bytes()
    assert len({trial.score.to_bytes() for trial in trials if trial.score}) > 10


@pytest.mark.parametrize("seed", [3, 4])
def test_a_score_has_the_figures_that_a_run_has(seed: int) -> None:
    bars = [walk(seed, date(2013, 1, 1), date(2014, 3, 1)), walk(9, date(2013, 1, 1), date(2014, 3, 1), "IBM")]
    alone = run(bars, CONFIG)
    found, figures = score(alone), metrics(alone)
    returns = session_returns(alone)
    assert found.trades == figures.trades.trades > 0
    assert found.sessions == len(returns)
    for name in ("total_return", "annualised_return", "volatility", "exposure", *RATIOS):
        assert getattr(found, name) == pytest.approx(getattr(figures, name), rel=1e-9), name
    for name in ("win_rate", "profit_factor", "expectancy_e4", "net_e4"):
        assert getattr(found, name) == getattr(figures.trades, name), name
    assert found.max_drawdown == figures.drawdown.fraction
    away = returns - returns.mean()
    assert found.record["skewness"] == pytest.approx(np.mean(away**3) / np.mean(away**2) ** 1.5)
    assert found.record["kurtosis"] == pytest.approx(np.mean(away**4) / np.mean(away**2) ** 2)
    counts, sums, squares = found.record["blocks"].T
    parts = [returns[np.arange(len(returns)) * BLOCKS // len(returns) == block] for block in range(BLOCKS)]
    assert counts.tolist() == [len(part) for part in parts]
    assert sums == pytest.approx([part.sum() for part in parts])
    assert squares == pytest.approx([(part**2).sum() for part in parts])


@pytest.mark.parametrize("search", [SMALL, Random(MIXED, 12, seed=5), Optimised(MIXED, 20, seed=5, batch=8)])
def test_the_trials_are_the_same_with_any_number_of_workers(search: Search) -> None:
    assert told(swept(search, 1)) == told(swept(search, 3))


@pytest.mark.parametrize("search", [SMALL, Optimised(MIXED, 20, seed=5, batch=8)])
def test_an_interrupted_sweep_goes_on_where_it_was(search: Search, tmp_path: Path) -> None:
    pool = CountingPool()
    with Ledger(tmp_path / "trials.db") as ledger:
        trials = sweep(data(), CONFIG, search, ledger, pool)
        begun = list(itertools.islice(trials, 9))
        trials.close()  # type: ignore[attr-defined]  # it is a generator
    assert pool.taken == 9
    with Ledger(tmp_path / "trials.db") as ledger:
        again = list(sweep(data(), CONFIG, search, ledger, pool))
        assert ledger.tried(data()).count == pool.taken == len([trial for trial in again if trial.score])
    assert told(again[:9]) == told(begun)
    assert told(again) == told(swept(search))
    assert [trial.known for trial in again] == [True] * 9 + [False] * (search.count - 9)


def test_trials_are_begun_only_as_they_are_taken() -> None:
    pool = CountingPool(workers=2)
    endless = Random({"gap_limit": Between(0.001, 0.1)}, 10**9)
    trials = sweep(data(), CONFIG, endless, Ledger(None), pool)
    list(itertools.islice(trials, 20))
    assert pool.most_ahead <= 8
    list(itertools.islice(trials, 80))
    assert pool.most_ahead <= 32


def test_values_that_do_not_fit_together_are_told_in_their_place_and_not_run() -> None:
    search = Grid({"range_adx": Choices((20.0, 26.0)), "recovery_drawdown_bp": Choices((1_200, 1_600))})
    trials = swept(search)
    assert [bool(trial.score) for trial in trials] == [True, False, False, False]
    assert trials[1].problem == "recovery_drawdown_bp: allowed is at most warning_drawdown_bp, which is 1500, not 1600"
    assert trials[2].problem == "range_adx = 26.0: must not be above trend_adx = 25.0"
    assert best(trials) is trials[0]


def test_an_optimiser_finds_more_than_chance_where_there_is_something_to_find() -> None:
    """Its answers are given here: the farther below 22 and the larger, the better."""
    search = Optimised({"trend_adx": Between(20.0, 40.0), "atr_period": Between(5, 50)}, 60, seed=1, batch=10)
    proposals, answer, found = search.propose(), None, []
    while True:
        try:
            proposed = list(next(proposals) if answer is None else proposals.send(answer))
        except StopIteration:
            break
        answer = [float(values["atr_period"]) - abs(float(values["trend_adx"]) - 22) for values in proposed]
        found.append(max(answer))
    assert len(found) == 6
    assert max(found[3:]) > max(found[:1])


def test_without_optuna_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtra, match=r"fluxhero\[research\]"):
        swept(Optimised(MIXED, 4))


def test_a_sweep_says_at_once_what_can_not_be_varied_or_looked_for() -> None:
    with pytest.raises(ValueError, match="no parameter of a backtest: timeframe_ns"):
        sweep(data(), CONFIG, Grid({"timeframe_ns": Choices((1,))}), Ledger(None), LocalPool())
    with pytest.raises(ValueError, match="objective = luck: allowed is sharpe, sortino"):
        sweep(data(), CONFIG, SMALL, Ledger(None), LocalPool(), "luck")
    with pytest.raises(ValueError, match="workers = 0"):
        LocalPool(0)


def test_the_best_of_a_search_among_chances_is_judged_by_all_that_were_tried() -> None:
    over = DataSet.of([walk(6, date(2013, 1, 1), date(2014, 12, 31))], CONFIG)
    with Ledger(None) as ledger:
        trials = list(sweep(over, CONFIG, SMALL, ledger, LocalPool()))
        luck = judge(over, CONFIG, trials, ledger)
        assert luck is not None
        assert luck.trials == SMALL.count
        assert luck.overfitting is not None
        list(sweep(over, CONFIG, Random(MIXED, 10, seed=1), ledger, LocalPool()))
        again = judge(over, CONFIG, trials, ledger)
        assert again is not None
        assert again.trials == SMALL.count + 10
        assert judge(over, CONFIG, [], ledger) is None
    winner = best(trials)
    assert winner is not None
    assert winner.score is not None
    assert luck.sharpe == pytest.approx(winner.score.sharpe_zero_rate)
    assert luck.verdict in Verdict


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=60)
def test_a_combination_by_chance_lies_in_the_space_and_hangs_on_seed_and_number_alone(seed: int, number: int) -> None:
    values = drawn(MIXED, seed, number)
    assert values == drawn(MIXED, seed, number)
    assert values.keys() == MIXED.keys()
    assert 20.0 <= values["trend_adx"] <= 30.0  # type: ignore[operator]
    assert values["atr_period"] in range(10, 21)
    assert 0.001 <= values["gap_limit"] <= 0.1  # type: ignore[operator]
    assert values["max_position_bp"] in (500, 1000, 1500, 2000)
    configured(CONFIG, values)


@given(st.integers(-50, 50), st.integers(1, 40), st.integers(1, 9), st.sampled_from([1, 10, 1000]))
def test_a_range_in_steps_has_the_numbers_that_a_person_counts(low: int, steps: int, step: int, parts: int) -> None:
    found = Between(low / parts, (low + steps * step) / parts, step / parts).all()
    assert list(found) == [(low + k * step) / parts for k in range(steps + 1)]
    assert grid_size({"gap_limit": Between(0.0, 1.0, 0.25), "atr_period": Between(3, 5)}) == 15


def test_every_parameter_can_be_put_into_a_configuration() -> None:
    for name, part in PARAMETERS.items():
        value = getattr(getattr(CONFIG, part) if part else CONFIG, name)
        assert configured(CONFIG, {name: value}) == replace(CONFIG)
    for values in WRONG:
        with pytest.raises(NotAllowed, match=next(iter(values))):
            configured(CONFIG, values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Between(2.0, 1.0), "from 2.0 to 1.0"),
        (lambda: Between(1.0, 2.0, 3.0), "step = 3.0"),
        (lambda: Between(0.0, 2.0, log=True), "log from 0.0"),
        (lambda: Between(1.0, 2.0).all(), "a grid needs a step"),
        (lambda: Choices(()), "at least one"),
        (lambda: Choices((1, 1)), "each once"),
        (lambda: Optimised(MIXED, 1, batch=0), "batch = 0"),
    ],
)
def test_a_space_that_makes_no_sense_is_refused(build: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        build()  # type: ignore[operator]
