"""Runs of the engine to make reports of."""

from __future__ import annotations

from functools import cache

import numpy as np
from backtest import series
from backtest.agreement import bars_of, config_of
from backtest.data import sessions

from fluxherod.backtest.model import BacktestConfig, Bars
from fluxherod.backtest.report import Report, backtest
from fluxherod.core.calendar import HOUR_NS, Calendar, Session
from fluxherod.core.jit import RowArray

HOSTILE = '</script><img src=x onerror="alert(1)">&\'{{ 7*7 }}'


@cache
def busy() -> tuple[tuple[Bars, ...], Report]:
    """A market by chance of several symbols in which the breaker trips."""
    market = series.market(126, sessions())
    bars = tuple(bars_of(symbol, one) for symbol, one in market.bars.items())
    return bars, backtest(bars, config_of(sessions(), market.config))


@cache
def long() -> tuple[tuple[Bars, ...], Report]:
    """Hourly bars of fifteen years of one symbol that is named as an attacker would."""
    days = list(sessions().values())[: 15 * 252]
    calendar = Calendar([Session(*day) for day in days])
    starts = [ns for day in days for ns in range(day.open_ns // HOUR_NS * HOUR_NS, day.close_ns, HOUR_NS)]
    bars = (_walk(HOSTILE, np.array(starts, np.int64)),)
    return bars, backtest(bars, BacktestConfig(calendar=calendar))


@cache
def idle() -> tuple[tuple[Bars, ...], Report]:
    """Too few bars for the kernel to decide anything."""
    bars, report = long()
    short = (bars[0].first(20),)
    return short, backtest(short, report.run.config)


def _walk(symbol: str, start_ns: RowArray) -> Bars:
    chance, count = np.random.default_rng(7), len(start_ns)
    drift = np.repeat(chance.normal(0, 0.0012, count // 60 + 1), 60)[:count]
    close = np.round(150 * np.exp(np.cumsum(drift + chance.normal(0, 0.004, count)) * 0.5), 2)
    opening = np.concatenate([close[:1], close[:-1]])
    wide = np.round(close * chance.uniform(0, 0.003, count), 2)
    volume = chance.lognormal(14, 0.7, count).astype(np.int64)
    high, low = np.maximum(opening, close) + wide, np.minimum(opening, close) - wide
    return Bars(symbol, start_ns, opening, high, low, close, volume)
