"""What each run says of itself: no look-ahead, and no figure that hangs on where the history began."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from backtest import made, series
from backtest.agreement import bars_of, config_of
from backtest.data import sessions

from fluxherod.backtest.checks import FIGURES, TOLERANCE, look_ahead, warm_up
from fluxherod.backtest.model import BacktestConfig, Bars, Signals
from fluxherod.backtest.report import backtest
from fluxherod.backtest.run import run
from fluxherod.core.strategy.params import StrategyParams


def a_market(seed: int) -> tuple[list[Bars], BacktestConfig]:
    market = series.market(seed, sessions())
    return [bars_of(symbol, one) for symbol, one in market.bars.items()], config_of(sessions(), market.config)


@pytest.mark.parametrize("seed", [28, 94, 171, 214])
def test_the_oldest_part_of_the_bars_gives_the_beginning_of_the_run(seed: int) -> None:
    """Of several symbols, daily bars, limit entries, and markets in which all guards trip."""
    bars, config = a_market(seed)
    whole = run(bars, config)
    found = look_ahead(bars, config, whole, parts=(0.1, 0.25, 0.5, 0.8, 0.99))
    assert len(whole.trades)
    assert found.parts == 5
    assert found.clean


def test_every_prefix_of_a_short_run_is_its_beginning() -> None:
    bars, config = a_market(251)
    whole = run(bars, config)
    marks = len(whole.equity_ns)
    first = int(np.searchsorted(whole.equity_ns, whole.signals["ns"][0]))
    parts = [(k + 0.5) / marks for k in range(first, min(marks, first + 25))]
    found = look_ahead(bars, config, whole, parts=parts)
    assert found.parts == len(parts)
    assert found.clean


PEEKED = {
    "the close of a held bar": (8, "close", "equity_e4"),
    "the open of a fill": (4, "open", "trades"),
    "the open of an exit": (18, "open", "trades"),
}


@pytest.mark.parametrize("what", PEEKED)
def test_a_run_whose_past_knows_its_future_is_found_out(what: str) -> None:
    """The run over all bars was given a price of its first half that the run over this half is not given."""
    at, column, differs = PEEKED[what]
    bars = made.bars([100.0 + k % 7 for k in range(60)])
    given = {"SPY": made.signals(60, {3: 1, 20: -1}, [17, 30], 100)}
    assert look_ahead([bars], made.FREE, run([bars], made.FREE, given), given).clean
    prices = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close")}
    prices[column][at] += 0.01
    prices["high"][at] += 0.02
    whole = run([Bars("SPY", bars.start_ns, volume=bars.volume, **prices)], made.FREE, given)
    found = look_ahead([bars], made.FREE, whole, given)
    assert differs in {name for _, name in found.differing}


def test_a_run_with_a_signal_more_is_found_out() -> None:
    bars, config = a_market(94)
    whole = run(bars, config)
    part = len(whole.signals) // 4
    missing = replace(whole, signals=np.delete(whole.signals, part))
    assert {name for _, name in look_ahead(bars, config, missing).differing} == {"signals"}


def test_bars_that_are_left_out_and_half_days_do_not_disturb_the_cut() -> None:
    """The market has bad bars and sessions that end early: a part must be cut at the same mark."""
    bars, config = a_market(171)
    whole = run(bars, config)
    assert whole.rejected
    marks = len(whole.equity_ns)
    assert look_ahead(bars, config, whole, parts=[k / marks for k in range(200, 212)]).clean


def a_walk(count: int, seed: int = 1) -> Bars:
    """Hours of a price that trends and rests."""
    chance = np.random.default_rng(seed)
    steps = chance.normal(0, 0.004, count) + np.repeat(chance.normal(0, 0.001, -(-count // 40)), 40)[:count]
    closes = 100 * np.exp(np.cumsum(steps))
    return made.bars(np.round(np.append(100.0, closes[:-1]), 2).tolist())


def test_after_a_live_history_every_figure_is_that_of_the_whole_history() -> None:
    found = warm_up([a_walk(3_000)], BacktestConfig())
    assert (found.history, found.places) == (500, 32)
    assert set(found.largest) == set(FIGURES)
    assert max(found.largest.values()) <= TOLERANCE
    assert found.clean


def test_a_history_that_is_too_short_is_found_out() -> None:
    """Wilder's and Kaufman's averages remember; a mean over a window does not."""
    found = warm_up([a_walk(3_000)], BacktestConfig(), history=100)
    assert {"kama", "rsi", "atr", "adx"} <= set(found.dependent)
    assert not {"sma", "slope", "r2", "avg_volume"} & set(found.dependent)
    assert not found.clean


def test_a_slow_average_of_the_users_own_is_found_out() -> None:
    slow = BacktestConfig(params=StrategyParams(adx_period=100))
    assert warm_up([a_walk(3_000)], slow).dependent == ("adx",)


def test_without_more_bars_than_a_live_history_nothing_is_compared() -> None:
    found = warm_up([a_walk(500)], BacktestConfig())
    assert (found.places, found.largest["kama"], found.decisions) == (0, 0.0, 0)
    assert found.clean


def test_a_report_has_the_figures_and_both_checks() -> None:
    heard: list[float] = []
    bars, config = a_market(214)
    report = backtest(bars, config, progress=heard.append)
    assert report.metrics.trades.trades == len(report.run.trades) > 0
    assert report.look_ahead.clean
    assert report.warm_up.clean
    assert report.warm_up.places == 32 * sum(len(one) > 500 for one in bars)
    assert report.metrics.final_e4 == report.run.final_e4


def test_what_progress_raises_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.backtest.run.PIECE", 100)
    heard: list[float] = []

    def listen(part: float) -> None:
        heard.append(part)
        if part > 0.5:
            raise KeyboardInterrupt

    whole = run([a_walk(3_000)], BacktestConfig())
    with pytest.raises(KeyboardInterrupt):
        run([a_walk(3_000)], BacktestConfig(), progress=listen)
    assert heard == sorted(heard)
    assert 0.5 < heard[-1] < 0.7
    pieces = run([a_walk(3_000)], BacktestConfig(), progress=lambda part: None)
    assert pieces.trades.tobytes() == whole.trades.tobytes()
    assert pieces.equity_e4.tobytes() == whole.equity_e4.tobytes()


def test_signals_from_outside_are_cut_with_their_bars() -> None:
    bars = made.bars([100.0 + k for k in range(40)])
    given = {"SPY": Signals(np.eye(1, 40, 5, np.int8)[0], np.zeros(40, np.bool_))}
    config = replace(made.FREE, params=StrategyParams())
    assert look_ahead([bars], config, run([bars], config, given), given).clean
