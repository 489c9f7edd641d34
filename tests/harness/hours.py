"""Hourly bars by chance in the sessions of New York, in whole cents, as an array and as a file for the simulator."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from fluxherod.backtest.model import Bars
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.core.calendar import HOUR_NS

SECOND_NS = 1_000_000_000


def hours(seed: int, first: date, last: date) -> Bars:
    """SPY near 400 dollars."""
    starts = np.array(
        [
            start_ns
            for session in new_york_sessions(first, last).sessions
            for start_ns in range(session.open_ns // HOUR_NS * HOUR_NS, session.close_ns, HOUR_NS)
        ],
        np.int64,
    )
    chance, count = np.random.default_rng(seed), len(starts)
    close = np.round(400 * np.exp(np.cumsum(chance.normal(0, 0.004, count))), 2)
    opening = np.round(np.append(400.0, close[:-1]) * np.exp(chance.normal(0, 0.001, count)), 2)
    high = np.round(np.maximum(opening, close) * (1 + 0.003 * chance.random(count)), 2)
    low = np.round(np.minimum(opening, close) * (1 - 0.003 * chance.random(count)), 2)
    return Bars("SPY", starts, opening, high, low, close, chance.integers(1_000_000, 3_000_000, count))


def write(bars: Bars, folder: Path) -> None:
    """The file of these bars that the simulator plays."""
    folder.mkdir()
    with (folder / f"{bars.symbol}_1Hour.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("timestamp", "open", "high", "low", "close", "volume"))
        for k, start_ns in enumerate(bars.start_ns.tolist()):
            stamp = datetime.fromtimestamp(start_ns // SECOND_NS, UTC).isoformat()
            rows.writerow((stamp, *(float(p[k]) for p in (bars.open, bars.high, bars.low, bars.close)), bars.volume[k]))
