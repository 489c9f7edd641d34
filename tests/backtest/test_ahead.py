"""Deciding ahead of the account, in blocks, and from figures that are known: a run in which nobody does is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from backtest import series
from backtest.agreement import bars_of, config_of
from backtest.data import sessions
from backtest.walks import CONFIG, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.backtest.book import Book, open_book, with_room
from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.driver import simulate
from fluxherod.backtest.figures import columns
from fluxherod.backtest.model import BacktestConfig, Run, Signals
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.run import figures_of, run, run_laid
from fluxherod.backtest.score import play, score
from fluxherod.backtest.sharing import Decisions
from fluxherod.backtest.tape import Laid, lay_out
from fluxherod.backtest.verdicts import AHEAD, Verdicts, no_verdicts
from fluxherod.core.kernel import DECISION, new_states

RECORDS = ("trades", "signals", "guards", "equity_ns", "equity_e4", "exposure_e4", "session_day", "session_ns")
ONE = DataSet.of([walk(1, date(2013, 1, 1), date(2013, 8, 1))], CONFIG)
TWO = DataSet.of([*ONE.bars, walk(2, date(2013, 2, 1), date(2013, 8, 1), "IBM")], CONFIG)
LATER = walk(2, date(2013, 1, 1), date(2013, 8, 1), "IBM")
A_BAR_APART = DataSet.of([*ONE.bars, LATER.part(1, len(LATER))], CONFIG)


def bar_by_bar(laid: Laid, config: BacktestConfig) -> Book:
    """The book of a run in which the kernel is never ahead of the account."""
    tape, params = laid.tape._replace(next=laid.tape.first.copy()), config.params.to_record()
    symbols, book = len(laid.symbols), open_book(config, laid.tape, len(laid.sessions.day))
    states, verdicts = new_states(symbols, params), no_verdicts(symbols, ahead=1)
    members = np.zeros(symbols, np.int64)
    while not simulate(tape, laid.sessions, params, states, verdicts, members, book, 10**9):
        book = with_room(book)
    return book


def decided(laid: Laid, config: BacktestConfig) -> Verdicts:
    """What trials share: the first three of a configuration's periods do without."""
    decisions = Decisions(laid)
    verdicts = [decisions.of(config) for _ in range(4)][-1]
    assert verdicts is not None
    return verdicts


def told(run: Run) -> list[bytes]:
    """Everything that a run has written down."""
    return [getattr(run, name).tobytes() for name in (*RECORDS, "session_e4")]


def written(book: Book) -> list[bytes]:
    """The same of a book."""
    account = book.account[0]
    counts = ("trades", "signals", "guards", "times", "times", "times", "sessions", "sessions")
    lengths = [int(account[name]) for name in (*counts, "sessions")]
    return [getattr(book, name)[:n].tobytes() for name, n in zip((*RECORDS, "session_e4"), lengths, strict=True)]


@pytest.mark.parametrize("seed", [28, 94, 3, 10, 17, 40])
def test_a_market_is_traded_alike_ahead_and_bar_by_bar_by_shared_decisions_and_by_own(seed: int) -> None:
    market = series.market(seed, sessions())
    config = config_of(sessions(), market.config)
    bars = [bars_of(symbol, one) for symbol, one in market.bars.items()]
    for some in (bars, bars[:1]):
        laid = lay_out(some, config)
        alone = run_laid(laid, config)
        assert told(run_laid(laid, config, decided=decided(laid, config))) == told(alone)
        assert written(bar_by_bar(laid, config)) == told(alone)
        for one in (play(laid, config), play(laid, config, decided(laid, config))):
            assert one.to_bytes() == score(alone).to_bytes()


@given(
    st.fixed_dictionaries(
        {
            "trend_adx": st.floats(20.0, 40.0),
            "trend_r2": st.floats(0.4, 0.9),
            "confirmation_bars": st.integers(1, 4),
            "entry_atr": st.floats(0.0, 0.8),
            "exit_atr": st.floats(0.0, 0.8),
            "trend_stop_atr": st.floats(0.5, 4.0),
            "rsi_oversold": st.floats(20.0, 45.0),
            "rsi_overbought": st.floats(55.0, 80.0),
            "breakout_volume_ratio": st.floats(0.0, 1.5),
            "gap_limit": st.floats(0.0, 0.02),
            "neutral_entries": st.booleans(),
        }
    ),
    st.fixed_dictionaries({"allow_shorts": st.booleans(), "entry_order": st.sampled_from(["market", "limit"])}),
)
@settings(max_examples=25, deadline=None)
def test_whatever_thresholds_are_swept_each_score_is_that_of_the_run_alone(
    thresholds: dict[str, float], account: dict[str, object]
) -> None:
    swept = [
        replace(CONFIG, params=replace(CONFIG.params, **{**thresholds, "trend_adx": adx}), **account)
        for adx in (21.0, 23.0, 25.0, 27.0, float(thresholds["trend_adx"]))
    ]
    for data in (ONE, TWO):
        found = [one.to_bytes() for one in LocalPool(2).play(data, swept)]
        assert found == [score(run(data.bars, config)).to_bytes() for config in swept]


@pytest.mark.parametrize("data", [ONE, TWO, A_BAR_APART], ids=["one", "two", "a bar apart"])
def test_signals_from_outside_are_traded_alike_ahead_and_bar_by_bar(data: DataSet) -> None:
    """Every bar has a verdict; those of two symbols begin their blocks at different times."""
    chance, outside = np.random.default_rng(4), {}
    for bars in data.bars:
        entry = chance.choice([-1, 0, 0, 0, 0, 0, 1], len(bars)).astype(np.int8)
        outside[bars.symbol] = Signals(entry, chance.random(len(bars)) < 0.1)
    laid = lay_out(data.bars, CONFIG, outside)
    alone = run_laid(laid, CONFIG)
    assert len(alone.trades) > 30
    shared = decided(laid, CONFIG)
    assert told(run_laid(laid, CONFIG, decided=shared)) == told(alone) == written(bar_by_bar(laid, CONFIG))
    assert play(laid, CONFIG).to_bytes() == score(alone).to_bytes()
    assert play(laid, CONFIG, decided(laid, CONFIG)).to_bytes() == score(alone).to_bytes()


@pytest.mark.parametrize("length", [1, AHEAD - 1, AHEAD, AHEAD + 1, 2 * AHEAD])
def test_where_the_bars_end_within_a_block_is_all_one(length: int) -> None:
    laid = lay_out([ONE.bars[0].first(length)], CONFIG)
    alone = run_laid(laid, CONFIG)
    assert len(alone.equity_ns) == length
    assert written(bar_by_bar(laid, CONFIG)) == told(alone)
    assert told(run_laid(laid, CONFIG, decided=decided(laid, CONFIG))) == told(alone)


def test_known_figures_are_a_column_each_by_the_names_of_a_decision() -> None:
    assert DECISION.names is not None
    assert set(columns(0)._fields) <= set(DECISION.names)
    assert all(column.flags.c_contiguous for column in figures_of(ONE.laid, CONFIG.params).columns)
