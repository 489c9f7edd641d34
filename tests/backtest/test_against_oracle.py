"""The daemon's backtest against the oracle on markets by chance; `make backtest-oracle N=200` has more of them."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from backtest import oracle, series
from backtest.agreement import differences, driver
from backtest.data import sessions

MARKETS = int(os.environ.get("BACKTEST_ORACLE_MARKETS", "0"))
SHARE = (82, 94, 114, 125, 126, 195, 267)  # what CI plays
EACH_HAPPENS = (
    "critical",
    "daily_loss",
    "warning",
    "recovered",
    "trailed",
    "entry: breaker",
    "entry: daily loss",
    "entry while reduced",
    "exit: breaker",
    "exit: daily_loss",
    "exit: signal",
    "exit: stop",
    "stop in the entry bar",
    "stop passed by the open",
    "opened beyond the stop",
    "cut by exposure",
    "correlated",
    "large order",
)


@pytest.mark.timeout(0)
def test_both_agree_on_every_trade_and_mark_of_markets_in_which_everything_happens() -> None:
    happened: Counter[str] = Counter()
    for seed in range(MARKETS) or SHARE:
        market = series.market(seed, sessions())
        ours = oracle.run(market.bars, sessions(), market.config)
        theirs = driver(market.bars, sessions(), market.config)
        assert not differences(ours, theirs), f"market {seed}"
        happened += ours.happened
        happened[f"stop of {market.config.trend_stop} ATR"] += ours.happened["exit: stop"]
    assert not [what for what in (*EACH_HAPPENS, "stop of 1 ATR") if not happened[what]]
