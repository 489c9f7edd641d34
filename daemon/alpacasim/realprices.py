"""Real prices that ship with a package: five US stocks, daily, March 2000 to March 2013 (the `demo` extra).

The package's prices are as they were traded. Here they are adjusted for splits, and rounded to the cent.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import resources

import numpy as np

from alpacasim.aggregate import MINUTE, Bars
from alpacasim.calendar import DAY_NS, Calendar, midnight_ns
from alpacasim.tape import CoarseSeries, Series, Tape

# First day at the new price, and new shares for an old one.
SPLITS: dict[str, tuple[tuple[date, int], ...]] = {
    "AAPL": ((date(2000, 6, 21), 2), (date(2005, 2, 28), 2)),
    "MSFT": ((date(2003, 2, 18), 2),),
}

_PACKAGE = "bokeh_sampledata"
_FILE = "stocks.csv.gz"


class RealPricesMissingError(RuntimeError):
    """The package with the prices is not installed, or another version of it."""


def bokeh_sample_tape() -> Tape:
    """AAPL, FB, GOOG, IBM and MSFT out of bokeh-sampledata, each day played as a minute path.

    RealPricesMissingError says how to install the package.
    """
    calendar = Calendar()
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _rows():
        rows.setdefault(row["Ticker"], []).append(row)
    series: dict[str, Series] = {
        symbol: CoarseSeries(symbol, _bars(symbol, of_symbol), DAY_NS, calendar) for symbol, of_symbol in rows.items()
    }
    return Tape(series, calendar, holds_splits=False)


def _rows() -> Iterator[dict[str, str]]:
    remedy = "install the demo extra: pip install 'fluxhero[demo]'"
    try:
        packed = (resources.files(_PACKAGE) / "_data" / _FILE).read_bytes()
    except ModuleNotFoundError as error:
        raise RealPricesMissingError(f"bokeh-sampledata has the real prices and is not installed; {remedy}") from error
    except FileNotFoundError as error:
        raise RealPricesMissingError(f"this bokeh-sampledata has no {_FILE} (2026.1 has); {remedy}") from error
    return iter(csv.DictReader(gzip.decompress(packed).decode().splitlines()))


def _bars(symbol: str, rows: Iterable[dict[str, str]]) -> Bars:
    """Split-adjusted daily bars, ascending."""
    records = []
    for row in rows:
        day = date.fromisoformat(row["Date"])
        factor = _shares_today(symbol, day)
        prices = [round(float(row[name]) / factor, 2) for name in ("Open", "High", "Low", "Close")]
        records.append((midnight_ns(day), *prices, int(row["Volume"]) * factor, 0, 0.0))
    return np.array(sorted(records), dtype=MINUTE)


def _shares_today(symbol: str, day: date) -> int:
    """How many of today's shares one share of that day became by the splits of the record."""
    factor = 1
    for first_day, ratio in SPLITS.get(symbol, ()):
        if day < first_day:
            factor *= ratio
    return factor
