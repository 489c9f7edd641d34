"""Prices of simulated fills, worked out by hand. Sides are +1 buy or long, -1 sale or short."""

from __future__ import annotations

import math

import numpy as np
import pytest
from backtest import made

from fluxherod.backtest.fills import NEVER, beyond_stop, limit_fill_e4, slipped_e4, stop_fill
from fluxherod.backtest.model import Bars
from fluxherod.backtest.run import run


@pytest.mark.parametrize(
    ("side", "price", "slippage_bp", "expected"),
    [
        (1, 100.0, 1, 1_000_100),
        (-1, 100.0, 1, 999_900),
        (1, 451.23, 1, 4_512_752),  # 451.275123
        (-1, 443.5, 1, 4_434_556),  # 443.45565
        (1, 100.0, 6, 1_000_600),
        (-1, 0.0001, 1, 0),
        (1, 0.0001, 1, 2),
        (1, 100.005, 0, 1_000_050),
        (-1, 70.1, 0, 701_000),
    ],
)
def test_a_fill_slips_and_is_rounded_against_the_trader(
    side: int, price: float, slippage_bp: int, expected: int
) -> None:
    assert slipped_e4(side, price, slippage_bp) == expected


@pytest.mark.parametrize(("side", "at", "before"), [(1, 95.0, 95.0001), (-1, 105.0, 104.9999)])
def test_touching_a_stop_is_a_hit(side: int, at: float, before: float) -> None:
    stop_e4 = round(at * 10_000)
    assert beyond_stop(side, at, stop_e4)
    assert not beyond_stop(side, before, stop_e4)
    assert not beyond_stop(side, at, 0)


@pytest.mark.parametrize(
    ("side", "bar", "expected"),
    [
        (1, (96.0, 97.0, 95.0), 95.0),
        (1, (96.0, 97.0, 95.0001), math.nan),
        (1, (95.0, 97.0, 94.0), 95.0),
        (1, (93.0, 97.0, 92.0), 93.0),
        (-1, (94.0, 95.0, 90.0), 95.0),
        (-1, (94.0, 94.9999, 90.0), math.nan),
        (-1, (96.5, 97.0, 90.0), 96.5),
    ],
)
def test_a_stop_fills_where_it_stands_or_at_an_open_beyond_it(
    side: int, bar: tuple[float, float, float], expected: float
) -> None:
    assert stop_fill(side, 950_000, *bar) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("side", "bar", "expected"),
    [
        (1, (101.0, 102.0, 100.0), NEVER),
        (1, (101.0, 102.0, 99.9999), 1_000_000),
        (1, (99.5, 102.0, 99.0), 995_000),
        (-1, (99.0, 100.0, 98.0), NEVER),
        (-1, (99.0, 100.0001, 98.0), 1_000_000),
        (-1, (100.5, 101.0, 98.0), 1_005_000),
    ],
)
def test_a_limit_order_fills_only_when_the_bar_trades_through(
    side: int, bar: tuple[float, float, float], expected: int
) -> None:
    assert limit_fill_e4(side, 1_000_000, *bar) == expected


@pytest.mark.parametrize(("low", "closed"), [(95.0, True), (95.0001, False)])
def test_the_stop_of_a_run_is_hit_by_a_touch(low: float, closed: bool) -> None:
    bars = made.bars([100.0, 100.0, 100.0, 100.0])
    lows = bars.low.copy()
    lows[2] = low
    touched = Bars("SPY", bars.start_ns, bars.open, bars.high, lows, bars.close, bars.volume)
    given = made.signals(4, {0: 1}, [], 10)
    stops = np.full(4, 950_000, np.int64)
    found = run([touched], made.FREE, {"SPY": type(given)(given.entry, given.exit, given.quantity, stops)})
    assert [int(trade["exit_e4"]) for trade in found.trades] == ([949_905] if closed else [])
