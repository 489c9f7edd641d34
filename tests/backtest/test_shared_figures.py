"""What trials in a row share: indicators that are computed once change nothing in what comes out."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from backtest.walks import CONFIG, walk

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.figures import BYTES_A_ROW
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.run import figures_of, run_laid
from fluxherod.backtest.score import play
from fluxherod.backtest.sharing import Decisions, Figures
from fluxherod.backtest.verdicts import Verdicts
from fluxherod.core.strategy.params import StrategyParams

DEFAULTS = StrategyParams()
# Other values of what is not a number that may grow a little.
OTHERS = {"neutral_entries": False, "range_adx": 19.0, "rsi_oversold": 29.0, "close_quiet_minutes": 16}
TWO = [walk(1, date(2013, 1, 1), date(2013, 8, 1)), walk(2, date(2013, 2, 1), date(2013, 8, 1), "IBM")]


def changed(name: str) -> StrategyParams:
    value = getattr(DEFAULTS, name)
    other = OTHERS.get(name, value + 1 if isinstance(value, int) else value * 1.1)
    return replace(DEFAULTS, **{name: other})


def test_a_run_with_known_figures_is_the_run_without_to_the_bit() -> None:
    laid = DataSet.of(TWO, CONFIG).laid
    decisions = Decisions(laid)
    assert [decisions.of(CONFIG) for _ in range(3)] == [None] * 3
    for params in (DEFAULTS, replace(DEFAULTS, entry_atr=0.2, breakout_volume_ratio=0.5, confirmation_bars=1)):
        config = replace(CONFIG, params=params)
        shared = decisions.of(config)
        assert shared is not None
        alone, sharing = run_laid(laid, config), run_laid(laid, config, decided=shared)
        assert len(alone.trades) > 5
        for name in ("trades", "signals", "guards", "open", "equity_e4", "exposure_e4", "session_e4"):
            assert getattr(alone, name).tobytes() == getattr(sharing, name).tobytes(), name


def test_figures_are_shared_from_the_fourth_trial_in_a_row_on() -> None:
    figures = Figures(DataSet.of(TWO, CONFIG).laid)
    longer = replace(DEFAULTS, kama_period=21)
    assert [figures.of(replace(DEFAULTS, entry_atr=entry)) for entry in (0.3, 0.4, 0.5)] == [None] * 3
    known = figures.of(DEFAULTS)
    assert known is not None
    assert len(known) == sum(map(len, TWO))
    assert figures.of(DEFAULTS) is known
    assert [figures.of(longer) for _ in range(3)] == [None] * 3
    others = figures.of(longer)
    assert others is not None
    assert not np.array_equal(others["kama"], known["kama"], equal_nan=True)


def test_figures_that_take_too_many_bytes_are_not_shared() -> None:
    laid = DataSet.of(TWO, CONFIG).laid
    bytes_of_all = sum(map(len, TWO)) * BYTES_A_ROW
    for most_bytes, shared in ((bytes_of_all, True), (bytes_of_all - 1, False)):
        figures = Figures(laid, most_bytes)
        assert [figures.of(DEFAULTS) is not None for _ in range(4)] == [False, False, False, shared]


def bytes_of(verdicts: Verdicts) -> int:
    """What the parts take that hang on regimes, the first entry of each symbol among them."""
    return verdicts.regimes.nbytes + verdicts.rows.nbytes + verdicts.entries.nbytes + 8 * len(TWO)


def of_regime(trend_adx: float, kama_period: int = 20) -> BacktestConfig:
    return replace(CONFIG, params=replace(DEFAULTS, trend_adx=trend_adx, kama_period=kama_period))


def fourth(decisions: Decisions, config: BacktestConfig) -> Verdicts:
    verdicts = [decisions.of(config) for _ in range(4)][-1]
    assert verdicts is not None
    return verdicts


def test_what_was_used_longest_ago_leaves_when_the_room_is_full_and_all_with_the_figures_they_are_made_from() -> None:
    laid, newest = DataSet.of(TWO, CONFIG).laid, of_regime(25.0)
    roomy = Decisions(laid)
    sizes = {adx: bytes_of(fourth(roomy, of_regime(adx))) for adx in (21.0, 23.0, 25.0)}
    less, more = sorted((21.0, 23.0), key=sizes.__getitem__)
    rows = len(laid.tape.start_ns)
    tight = Decisions(laid, rows * BYTES_A_ROW + rows + sizes[25.0] + sizes[more])  # rules are a byte a row, too
    stays, leaves = fourth(tight, newest), fourth(tight, of_regime(less))
    fourth(tight, newest)
    comes = fourth(tight, of_regime(more))
    for before, config in ((stays, newest), (comes, of_regime(more))):
        again = fourth(tight, config)
        assert again.regimes is before.regimes
        assert again.entries is before.entries
    assert fourth(tight, of_regime(less)).regimes is not leaves.regimes
    others = of_regime(25.0, kama_period=10)
    first, again, fresh = fourth(tight, others), fourth(tight, others), fourth(Decisions(laid), others)
    assert (again.words is first.words, again.regimes is first.regimes) == (True, True)
    assert [array.tobytes() for array in again] == [array.tobytes() for array in fresh]


@pytest.mark.parametrize("name", [one.name for one in fields(StrategyParams)])
def test_parameters_that_leave_the_shared_part_alone_leave_every_figure_alone(name: str) -> None:
    laid, params = DataSet.of(TWO, CONFIG).laid, changed(name)
    assert params != DEFAULTS
    same = figures_of(laid, params).tobytes() == figures_of(laid, DEFAULTS).tobytes()
    assert same or params.of_indicators != DEFAULTS.of_indicators


def test_trials_whose_periods_come_and_go_are_those_of_each_alone() -> None:
    data = DataSet.of(TWO, CONFIG)
    configs = [
        replace(CONFIG, params=replace(DEFAULTS, kama_period=period, entry_atr=entry))
        for period in (20, 10, 20)
        for entry in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    ]
    scores = [score.to_bytes() for score in LocalPool(2).play(data, configs)]
    assert scores == [play(data.laid, config).to_bytes() for config in configs]
    assert len(set(scores)) == 12
