"""What a trial of a sweep leaves out, and what it shares with others, changes nothing in its score."""

from __future__ import annotations

import tracemalloc
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from backtest import series
from backtest.agreement import bars_of, config_of
from backtest.data import sessions
from backtest.made import OFF
from backtest.walks import CONFIG, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.figures import BYTES_A_ROW
from fluxherod.backtest.model import BacktestConfig, Bars, Guard, Run, Signals
from fluxherod.backtest.run import run_laid
from fluxherod.backtest.score import play, score
from fluxherod.backtest.sharing import Decisions
from fluxherod.backtest.tape import Laid, lay_out
from fluxherod.backtest.verdicts import Verdicts
from fluxherod.core.strategy.params import StrategyParams

TWO = [walk(1, date(2013, 1, 1), date(2013, 8, 1)), walk(2, date(2013, 2, 1), date(2013, 8, 1), "IBM")]
HOURS = replace(CONFIG, calendar=config_of(sessions(), series.market(1, sessions()).config).calendar)
LAID = DataSet.of(TWO, HOURS).laid
THRESHOLDS = st.fixed_dictionaries(
    {
        "trend_adx": st.floats(20.0, 30.0),
        "confirmation_bars": st.integers(1, 3),
        "entry_atr": st.floats(0.0, 0.8),
        "exit_atr": st.floats(0.0, 0.8),
        "rsi_oversold": st.floats(20.0, 49.0),
        "rsi_overbought": st.floats(51.0, 80.0),
        "breakout_volume_ratio": st.floats(0.0, 1.0),
        "volume_ratio": st.floats(0.0, 1.0),
        "gap_limit": st.floats(0.005, 0.1),
        "close_quiet_minutes": st.integers(0, 60),
    }
)
NAMES = [one.name for one in fields(StrategyParams)]
# Other values of what is not a number that may change a little.
OTHERS = {"neutral_entries": False, "close_quiet_minutes": 300, "rsi_oversold": 45.0, "rsi_overbought": 55.0}


def sharing(laid: Laid, config: BacktestConfig, before: BacktestConfig | None = None) -> Decisions:
    """Decisions that know the figures of a configuration's periods, and what another configuration's trials need."""
    decisions = Decisions(laid)
    for _ in range(4):
        decisions.of(config if before is None else before)
    return decisions


def decided(decisions: Decisions, config: BacktestConfig) -> Verdicts:
    verdicts = decisions.of(config)
    assert verdicts is not None
    return verdicts


def alike(laid: Laid, config: BacktestConfig) -> Run:
    """The run that keeps everything, once a trial alone and one that shares have its score."""
    run = run_laid(laid, config)
    whole = score(run).to_bytes()
    assert play(laid, config).to_bytes() == whole
    assert play(laid, config, decided(sharing(laid, config), config)).to_bytes() == whole
    return run


def outside(bars: list[Bars], seed: int) -> dict[str, Signals]:
    chance, found = np.random.default_rng(seed), {}
    for one in bars:
        entry = chance.choice([-1, 0, 0, 0, 0, 0, 1], len(one)).astype(np.int8)
        found[one.symbol] = Signals(entry, chance.random(len(one)) < 0.1)
    return found


@given(st.integers(0, 10**6), THRESHOLDS, st.sampled_from(["market", "limit"]), st.booleans(), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_a_trial_that_keeps_nothing_has_the_score_of_the_run_that_keeps_everything_to_the_bit(
    seed: int, thresholds: dict[str, float], entry_order: str, shorts: bool, kind: int
) -> None:
    market = series.market(seed, sessions())
    bars = [bars_of(symbol, one) for symbol, one in market.bars.items()][: None if kind else 1]
    base = config_of(sessions(), market.config)
    config = replace(base, entry_order=entry_order, allow_shorts=shorts, params=replace(base.params, **thresholds))
    if kind == 2:  # what came before only warms up
        config = replace(config, start_ns=int(bars[0].start_ns[len(bars[0]) // 3]))
    alike(lay_out(bars, config, outside(bars, seed) if kind == 3 else None), config)


def test_so_it_is_where_every_guard_acts_and_positions_of_both_sides_stand_over_sessions() -> None:
    acted: set[int] = set()
    sides: set[int] = set()
    for seed in (28, 94, 114, 171):
        market = series.market(seed, sessions())
        config, bars = config_of(sessions(), market.config), [bars_of(*one) for one in market.bars.items()]
        for some in (bars, bars[:1]):
            risky = replace(
                config,
                limits=replace(config.limits, daily_loss_bp=100),
                params=replace(config.params, entry_atr=0.1, breakout_volume_ratio=0.3),
            )
            for one in (config, risky):
                run = alike(lay_out(some, one), one)
                acted |= set(run.guards["what"].tolist())
                sides |= set(run.trades["side"][run.trades["bars"] > 20].tolist())
    assert acted == {int(guard) for guard in Guard}
    assert sides == {-1, 1}


@pytest.mark.parametrize("hour", [1, 24])
def test_so_it_is_with_daily_bars_and_with_sessions_without_hours(hour: int) -> None:
    starts = 1_356_998_400_000_000_000 + hour * 3_600_000_000_000 * np.arange(2_000, dtype=np.int64)
    chance = np.random.default_rng(7)
    close = 100.0 * np.exp(np.cumsum(chance.normal(0.0, 0.01, 2_000)))
    opening = np.append(100.0, close)[:-1]
    high, low = np.maximum(opening, close) * 1.003, np.minimum(opening, close) * 0.997
    bars = Bars("SPY", starts, opening, high, low, close, chance.uniform(1e6, 3e6, 2_000))
    params = replace(CONFIG.params, entry_atr=0.1, breakout_volume_ratio=0.8)
    config = replace(CONFIG, timeframe_ns=hour * 3_600_000_000_000, params=params)
    for limits in (OFF, config.limits):
        run = alike(lay_out([bars], replace(config, limits=limits)), replace(config, limits=limits))
        assert len(run.trades) > 10


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shared_between_trials_changes_nothing_whatever_parameter_is_another(name: str) -> None:
    value = getattr(HOURS.params, name)
    other = OTHERS.get(name, value + 1 if isinstance(value, int) else value * 0.9)
    config = replace(HOURS, params=replace(HOURS.params, **{name: other}))
    if config.params.of_indicators != HOURS.params.of_indicators:
        assert sharing(LAID, HOURS).of(config) is None
        return
    after, alone = decided(sharing(LAID, config, HOURS), config), decided(sharing(LAID, config), config)
    for mine, fresh in zip(after, alone, strict=True):
        assert mine.tobytes() == fresh.tobytes()


def test_the_memory_that_sharing_takes_is_bounded_and_what_had_to_leave_changes_nothing() -> None:
    rows = len(LAID.tape.start_ns)
    params = [replace(HOURS.params, entry_atr=0.2 + k / 1_000, trend_adx=20.0 + k / 100) for k in range(60)]
    configs = [replace(HOURS, params=one) for one in (*params, *params)]
    roomy, wanted = Decisions(LAID), []
    for config in configs:
        verdicts = roomy.of(config)
        wanted.append(None if verdicts is None else [array.tobytes() for array in verdicts])
    for room in (0, 3 * rows, 10 * rows):  # a column takes a byte a bar, and entries 24 each
        tight = Decisions(LAID, rows * BYTES_A_ROW + room)
        for _ in range(4):
            tight.of(HOURS)
        tracemalloc.start()
        for config, expected in zip(configs, wanted, strict=True):
            verdicts = tight.of(config)
            assert expected is None or [array.tobytes() for array in verdicts or ()] == expected
            del verdicts
        arrays = tracemalloc.take_snapshot().filter_traces([tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)])
        tracemalloc.stop()
        assert sum(one.size for one in arrays.traces) <= room
