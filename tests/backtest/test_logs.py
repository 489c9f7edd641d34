"""What a run writes down: a log grows before it is full, wherever the run is then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from backtest import made

from fluxherod.backtest.book import open_book
from fluxherod.backtest.model import Bars, Guard, Signals
from fluxherod.backtest.run import run
from fluxherod.backtest.tape import lay_out
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.strategy.params import StrategyParams


def room(name: str, bars: list[Bars]) -> int:
    """How many records a log takes at first."""
    return len(getattr(open_book(made.FREE, lay_out(bars, made.FREE).tape, 0), name))


def test_each_trade_and_signal_is_written_down_however_many_there_are() -> None:
    """Every symbol enters on every other bar and leaves on the next, where another entry is vetoed."""
    count, names = 801, ("A", "B", "C")
    bars = [made.bars([100.0] * count, symbol=name) for name in names]
    odd = np.arange(count) % 2 == 1
    outside = Signals(np.ones(count, np.int8), odd, np.full(count, 10), np.zeros(count, np.int64))
    found = run(bars, made.FREE, dict.fromkeys(names, outside))
    assert len(found.trades) == 3 * 400 > room("trades", bars)
    assert len(found.signals) == 3 * (count + 400) > room("signals", bars)
    assert set(found.trades["quantity"].tolist()) == {10}
    assert found.outcomes["in_position"] == 3 * 400
    assert found.final_e4 == made.FREE.initial_equity_e4 + int(found.trades["pnl_e4"].sum())


def test_each_act_of_a_guard_is_written_down_however_many_there_are() -> None:
    """A position that is worth 2 % less on every other bar: the breaker reduces, recovers, and so on."""
    bars = [made.bars([100.0, 98.0] * 600 + [100.0])]
    limits = replace(made.OFF, warning_drawdown_bp=100, recovery_drawdown_bp=50)
    found = run(bars, replace(made.FREE, limits=limits), {"SPY": made.signals(1_201, {0: 1}, [], 1_000)})
    assert len(found.guards) > room("guards", bars)
    assert found.guards["what"].tolist() == [Guard.REDUCED, Guard.NORMAL] * (len(found.guards) // 2)
    assert set(np.diff(found.guards["ns"]).tolist()) == {HOUR_NS}


def test_each_entry_that_is_vetoed_while_nothing_is_held_is_written_down_however_many_there_are() -> None:
    """Prices that swing from band to band, and a volume that is never enough."""
    params = StrategyParams(rsi_oversold=49.0, rsi_overbought=51.0, bollinger_width=0.1, volume_ratio=9.0)
    bars = [made.bars([100.0, 101.0] * 600)]
    found = run(bars, replace(made.FREE, params=params))
    assert len(found.signals) > room("signals", bars)
    assert found.outcomes == {"noise": len(found.signals)}
    assert set(np.diff(found.signals["ns"]).tolist()) == {HOUR_NS}
    assert set(np.diff(found.signals["side"]).tolist()) == {-2, 2}
