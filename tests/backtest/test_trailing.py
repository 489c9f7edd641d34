"""Trailing worked out by hand: bars whose ATR is known, entries from outside that leave the stop to the strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from backtest import made

from fluxherod.backtest.model import Bars, ExitReason, Run, Signals
from fluxherod.backtest.run import run
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.risk.limits import RiskLimits

Prices = tuple[float, float, float, float]
CALM = 80
"""Bars before the entry, more than the indicators need."""


def bars_of(prices: Sequence[Prices]) -> Bars:
    starts = made.START_NS + HOUR_NS * np.arange(len(prices), dtype=np.int64)
    columns = (np.ascontiguousarray(column) for column in np.array(prices).T)
    return Bars("SPY", starts, *columns, np.full(len(prices), 1e6))


def played(reach: float, later: Sequence[Prices], limits: RiskLimits, side: int = 1) -> Run:
    """500 shares, entered after calm bars around 100 that reach so far to both sides: an ATR is twice that."""
    bars = bars_of([(100.0, 100.0 + reach, 100.0 - reach, 100.0)] * CALM + list(later))
    entry = np.zeros(len(bars), np.int8)
    entry[CALM - 1] = side
    outside = Signals(entry, np.zeros(len(bars), np.bool_), np.full(len(bars), 500))
    return run([bars], replace(made.FREE, limits=limits), {"SPY": outside})


@pytest.mark.parametrize("side", [1, -1])
def test_while_the_breaker_reduces_a_stop_is_two_atr_from_the_best_price_of_all_bars_since_the_entry(side: int) -> None:
    """102 is the best; at 100.7 the account has lost 0.4 %, and the stop goes from 99.50 to 100.00."""
    later = [(100.0, 102.0, 99.6, 101.5), (101.5, 101.6, 100.6, 100.7), (100.7, 100.8, 99.9, 100.2)]
    if side < 0:
        later = [(200 - opened, 200 - low, 200 - high, 200 - close) for opened, high, low, close in later]
    found = played(0.5, later, replace(made.OFF, warning_drawdown_bp=20, recovery_drawdown_bp=10), side)
    (trade,) = found.trades
    assert trade["stop_e4"] == 1_000_000 - side * 25_000
    assert ExitReason(trade["reason"]) is ExitReason.STOP
    assert abs(int(trade["exit_e4"]) - 1_000_000) == 100  # with slippage


def test_what_leaves_already_is_trailed_no_more() -> None:
    """103 would bring the stop to 100.50; at 98.20 the day is lost, and the position waits for the next open."""
    found = played(0.5, [(100.0, 103.0, 98.0, 98.2)], replace(made.OFF, daily_loss_bp=50))
    (held,) = found.open
    assert ExitReason(held["pending_exit"]) is ExitReason.DAILY_LOSS
    assert held["stop_e4"] == 975_000


def test_a_position_without_a_stop_gets_none_by_trailing() -> None:
    """2.5 ATR are more than the price; from 400 they would not be."""
    (held,) = played(50.0, [(100.0, 400.0, 100.0, 390.0)], made.OFF).open
    assert held["stop_e4"] == 0
