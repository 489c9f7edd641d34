"""Files of bars by chance, as a data folder has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.core.calendar import HOUR_NS

FIRST, LAST = date(2022, 1, 3), date(2023, 3, 31)


def write_hours(folder: Path, symbol: str, seed: int, first: date = FIRST, last: date = LAST) -> Path:
    """Hourly bars of a walk by chance, in the file that a backtest looks for."""
    chance = np.random.default_rng(seed)
    starts = [
        ns for session in new_york_sessions(first, last).sessions for ns in hours(session.open_ns, session.close_ns)
    ]
    closes = np.round(100 * np.exp(np.cumsum(chance.normal(0.0002, 0.006, len(starts)))), 2)
    opens = np.concatenate([[100.0], closes[:-1]])
    high, low = np.maximum(opens, closes) * 1.002, np.minimum(opens, closes) * 0.998
    volume = chance.integers(50_000, 500_000, len(starts))
    table = pa.table({"start_ns": starts, "open": opens, "high": high, "low": low, "close": closes, "volume": volume})
    folder.mkdir(exist_ok=True)
    path = folder / f"{symbol}_1Hour.parquet"
    pq.write_table(table, path)
    return path


def hours(open_ns: int, close_ns: int) -> range:
    """The starts of a session's hourly bars."""
    return range(open_ns - open_ns % HOUR_NS, close_ns, HOUR_NS)
