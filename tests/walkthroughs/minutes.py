"""Minute bars of the walkthroughs: read from their files and decided by the kernel."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from harness.steps import decided

from fluxherod.core.calendar import MINUTE_NS, NEW_YORK, Session, from_datetime, minute_of_day, new_york, to_datetime
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import BAR, default_params
from fluxherod.core.types import Bar

HISTORIES = Path(__file__).parent / "histories"
COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
SESSION_MINUTES = 390


def session_of(start_ns: int) -> Session:
    """The regular session of a minute's New York date; none of the walkthroughs' days is a half-day."""
    day = new_york(start_ns).date()
    opens = datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK)
    closes = opens + timedelta(minutes=SESSION_MINUTES)
    return Session(day.isoformat(), from_datetime(opens), from_datetime(closes))


def read_minutes(symbol: str, folder: Path = HISTORIES) -> list[Bar]:
    """The minute bars of a symbol's file, oldest first; the last one is the bar of the walkthrough's signal."""
    with (folder / f"{symbol}_1Min.csv").open(newline="") as lines:
        return [
            Bar(
                symbol,
                from_datetime(datetime.fromisoformat(row["timestamp"])),
                float(row["open"]),
                float(row["high"]),
                float(row["low"]),
                float(row["close"]),
                int(row["volume"]),
            )
            for row in csv.DictReader(lines)
        ]


def write_minutes(bars: Sequence[Bar], folder: Path = HISTORIES) -> None:
    """Write the minute bars of one symbol as the file that `read_minutes` and the simulator read."""
    with (folder / f"{bars[0].symbol}_1Min.csv").open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for bar in bars:
            prices = (f"{price:.2f}" for price in (bar.open, bar.high, bar.low, bar.close))
            rows.writerow((f"{to_datetime(bar.start_ns):%Y-%m-%dT%H:%M:%SZ}", *prices, bar.volume))


def records(bars: Sequence[Bar]) -> RecordArray:
    """The kernel's form of minute bars, with the times of their decisions."""
    rows = np.zeros(len(bars), BAR)
    for row, bar in zip(rows, bars, strict=True):
        end_ns = bar.start_ns + MINUTE_NS
        session = session_of(bar.start_ns)
        row["open"], row["high"], row["low"], row["close"] = bar.open, bar.high, bar.low, bar.close
        row["volume"] = bar.volume
        row["minute_of_day"] = minute_of_day(end_ns)
        row["minutes_to_close"] = (session.close_ns - end_ns) // MINUTE_NS
        row["minutes_after_open"] = (end_ns - session.open_ns) // MINUTE_NS
    return rows


def decide(bars: Sequence[Bar]) -> RecordArray:
    """The kernel's decision on each bar, from a state that has seen none before the first."""
    return decided(records(bars), default_params())
