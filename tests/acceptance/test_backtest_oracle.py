"""Fifteen years of real hours: the backtest and the oracle agree on each trade and mark: `make acceptance DATA=DIR`."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from backtest import oracle
from backtest.agreement import differences, driver
from backtest.data import read_bars, sessions
from backtest.types import Config

DATA = os.environ.get("FLUXHERO_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="needs a folder of price files: make acceptance DATA=DIR")
WIDE = replace(Config(), max_position_bp=10_000, max_exposure_bp=20_000)
# Two in a thousand of the peak is a drawdown that these years have many of.
RULES = {
    "the defaults": Config(),
    "stops at 1.0 ATR": replace(Config(), trend_stop=Fraction(1)),
    "wide limits": WIDE,
    "a nervous breaker and daily loss": replace(
        WIDE, warning_bp=200, recovered_bp=150, critical_bp=100_000, daily_loss_bp=50
    ),
    "the breaker disables": replace(WIDE, warning_bp=300, recovered_bp=200, critical_bp=500),
    "limit entries": replace(Config(), entry_order="limit"),
}


@pytest.mark.parametrize("symbols", [("SPY",), ("IBM",), ("SPY", "IBM")], ids="+".join)
@pytest.mark.parametrize("rules", RULES)
def test_the_backtest_of_real_hours_is_the_oracles(rules: str, symbols: tuple[str, ...]) -> None:
    bars = {symbol: read_bars(Path(DATA) / f"{symbol}_1Hour.csv.gz") for symbol in symbols}
    ours = oracle.run(bars, sessions(), RULES[rules])
    assert len(ours.trades) >= (5 if rules == "the breaker disables" else 150)
    assert not differences(ours, driver(bars, sessions(), RULES[rules]))


def test_the_guards_trip_in_these_years() -> None:
    bars = {symbol: read_bars(Path(DATA) / f"{symbol}_1Hour.csv.gz") for symbol in ("SPY", "IBM")}
    happened = oracle.run(bars, sessions(), RULES["a nervous breaker and daily loss"]).happened
    assert happened["warning"]
    assert happened["recovered"]
    assert happened["daily_loss"]
    assert happened["entry while reduced"]
    assert oracle.run(bars, sessions(), RULES["the breaker disables"]).happened["critical"]
