"""Bars and runs made by hand for the tests of the backtest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fluxherod.backtest.model import BacktestConfig, Bars, Run, Signals
from fluxherod.backtest.run import run
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.risk.limits import RiskLimits

START_NS = 1_381_240_800_000_000_000  # 8 October 2013, 10:00 in New York
OFF = RiskLimits(warning_drawdown_bp=9_900, critical_drawdown_bp=9_900, daily_loss_bp=0)
"""Guards that a test's own signals don't meet."""
FREE = BacktestConfig(limits=OFF)


def bars(
    opens: Sequence[float], closes: Sequence[float] | None = None, volume: int = 1_000_000, symbol: str = "SPY"
) -> Bars:
    """Hours without a pause that reach no further than from their open to their close, which is the next open."""
    first = np.array(opens, np.float64)
    last = np.append(first[1:], first[-1]) if closes is None else np.array(closes, np.float64)
    starts = START_NS + HOUR_NS * np.arange(len(first), dtype=np.int64)
    return Bars(
        symbol, starts, first, np.maximum(first, last), np.minimum(first, last), last, np.full(len(first), volume)
    )


def signals(count: int, entries: dict[int, int], exits: Sequence[int], quantity: int) -> Signals:
    """Entries (bar: side) without a stop and exits (bars)."""
    entry, leave = np.zeros(count, np.int8), np.zeros(count, np.bool_)
    for at, side in entries.items():
        entry[at] = side
    leave[list(exits)] = True
    return Signals(entry, leave, np.full(count, quantity, np.int64), np.zeros(count, np.int64))


def marked(ns: Sequence[int], equity_e4: Sequence[int], days: Sequence[int], initial_e4: int) -> Run:
    """A run without trades that has these marks, each on a New York date (days since 1970)."""
    empty = run([], replace(FREE, initial_equity_e4=initial_e4))
    last = {day: k for k, day in enumerate(days)}
    rows = np.array(list(last.values()), np.int64)
    times, equity = np.array(ns, np.int64), np.array(equity_e4, np.int64)
    return replace(
        empty,
        equity_ns=times,
        equity_e4=equity,
        exposure_e4=np.zeros(len(times), np.int64),
        session_day=np.array(list(last), np.int64),
        session_ns=times[rows],
        session_e4=equity[rows],
    )
