"""Sessions and price files for the oracle."""

from __future__ import annotations

import csv
import gzip
import warnings
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
from backtest.types import Bar, Session

FIRST_DAY, LAST_DAY = "2006-12-01", "2021-12-31"


@cache
def sessions() -> dict[str, Session]:
    """The regular sessions of New York by date, half-days with their real close."""
    with warnings.catch_warnings(action="ignore"):  # the library's own use of pandas
        from exchange_calendars import get_calendar

        calendar = get_calendar("XNYS", start=FIRST_DAY, end=LAST_DAY)
    schedule = calendar.schedule[["open", "close"]]
    return {
        f"{day:%Y-%m-%d}": Session(f"{day:%Y-%m-%d}", _ns(opening), _ns(close))
        for day, (opening, close) in zip(schedule.index, schedule.to_numpy(), strict=True)
    }


def _ns(moment: pd.Timestamp) -> int:
    return int(moment.timestamp()) * 10**9


@cache
def read_bars(path: Path) -> tuple[Bar, ...]:
    """The bars of a gzipped file of `timestamp,open,high,low,close,volume`; prices have at most four decimals."""
    with gzip.open(path, "rt") as lines:
        return tuple(
            Bar(
                int(datetime.fromisoformat(row["timestamp"]).timestamp()) * 10**9,
                _e4(row["open"]),
                _e4(row["high"]),
                _e4(row["low"]),
                _e4(row["close"]),
                int(row["volume"]),
            )
            for row in csv.DictReader(lines)
        )


def _e4(price: str) -> int:
    exact = Decimal(price) * 10_000
    assert exact == int(exact), f"{price} has more than four decimals"
    return int(exact)
