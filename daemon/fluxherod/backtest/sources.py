"""Bars from files: CSV (gzip too) and Parquet, local or on any file system that Arrow knows, and from a bar cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from pyarrow import fs

from fluxherod.backtest.model import DAY_NS, PRICES, Bars
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, new_york
from fluxherod.core.types import Bar
from fluxherod.engine.settings import TIMEFRAME_MINUTES

TIMES = ("timestamp", "start_ns", "time", "date", "datetime")
"""What the column of the bars' starts may be called."""

_LEAST_NS = 10**16
"""Integers up to it, four months, are microseconds or longer."""
# In a night the clocks change; with some hours to spare.
_SHORTEST_DAY_NS, _LONGEST_DAY_NS = 20 * HOUR_NS, 28 * HOUR_NS
_MANY = 20
"""Of so many distances one is the timeframe, however seldom a symbol trades."""


class Unreadable(ValueError):
    """A file does not hold bars; the text names it and what is wrong."""


def read_bars(symbol: str, path: str, file_system: Any = None) -> Bars:
    """The bars of one symbol from a file: `.parquet`, else CSV, that may be compressed (`.gz`, `.zst`, `.bz2`).

    Columns are a time (`timestamp`, `start_ns`, `time`, `date` or `datetime`: a time with a zone, UTC without one, a
    date of New York, or integer nanoseconds), `open`, `high`, `low`, `close` and `volume`, in any order and case.

    Args:
        path: a path, or an address such as `s3://bucket/SPY.parquet`.
        file_system: a `pyarrow.fs.FileSystem` in which the path is; None takes the address's own.

    Raises:
        Unreadable: when a column is missing, empty in places, or of another type.
        OSError: when the file can't be read.
    """
    try:
        table = _table(path, file_system)
    except pa.ArrowInvalid as error:
        raise Unreadable(f"{path}: {error}") from error
    return bars_of_table(symbol, table, path)


def bars_of_table(symbol: str, table: Any, name: str = "table") -> Bars:
    """The bars in an Arrow table, with the columns that `read_bars` names; `name` is for what is said of faults.

    Raises:
        Unreadable: as there.
    """
    columns = {column.lower(): column for column in table.column_names}
    time = next((columns[word] for word in TIMES if word in columns), None)
    missing = [word for word in (*PRICES, "volume") if word not in columns]
    if time is None or missing:
        raise Unreadable(f"{name}: the columns are {', '.join(columns)}: missing is {', '.join(missing) or TIMES[0]}")
    for column in (time, *(columns[word] for word in (*PRICES, "volume"))):
        if table[column].null_count:
            raise Unreadable(f"{name}: {column} is empty in {table[column].null_count} rows")

    def read(column: str, how: Callable[[Any], Any]) -> Any:
        try:
            return how(table[column])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            raise Unreadable(f"{name}: {column}: {error}") from error

    return Bars(symbol, read(time, _starts), **{word: read(columns[word], _floats) for word in (*PRICES, "volume")})


def check_order(bars: Bars, name: str) -> None:
    """Look whether the oldest bar comes first; `name` is for what is said of faults.

    Raises:
        Unreadable: when the last one is older than the first.
    """
    if len(bars) and bars.start_ns[-1] < bars.start_ns[0]:
        raise Unreadable(f"{name} has its newest bar first: sort it by time")


def check_timeframe(bars: Bars, timeframe: str, name: str) -> None:
    """Look whether bars that go forward can be of a timeframe; `name` is for what is said of faults.

    Raises:
        Unreadable: when two of them are nearer to each other, or so many never as near.
    """
    apart_ns = np.diff(bars.start_ns)
    apart_ns = apart_ns[apart_ns > 0]
    least_ns = most_ns = TIMEFRAME_MINUTES[timeframe] * MINUTE_NS
    if timeframe == "1Day":
        least_ns, most_ns = _SHORTEST_DAY_NS, _LONGEST_DAY_NS
    if len(apart_ns) and int(apart_ns.min()) < least_ns:
        raise Unreadable(f"{name} holds bars that are nearer to each other than {timeframe}")
    if len(apart_ns) >= _MANY and int(apart_ns.min()) > most_ns:
        raise Unreadable(f"{name} holds no bars that are as near to each other as {timeframe}")


def bars_of_core(symbol: str, bars: Sequence[Bar]) -> Bars:
    """The bars that a bar cache or a journal gives, oldest first."""
    prices = {name: np.array([getattr(bar, name) for bar in bars], np.float64) for name in PRICES}
    volume = np.array([bar.volume for bar in bars], np.int64)
    return Bars(symbol, np.array([bar.start_ns for bar in bars], np.int64), volume=volume, **prices)


def _table(path: str, file_system: Any) -> Any:
    if file_system is None:
        file_system, path = fs.FileSystem.from_uri(path) if "://" in path else (fs.LocalFileSystem(), path)
    if path.lower().endswith(".parquet"):
        with file_system.open_input_file(path) as file:
            return pq.read_table(file)
    with file_system.open_input_stream(path) as stream:  # decompresses by the name's ending
        return pcsv.read_csv(stream)


def _floats(column: Any) -> Any:
    return np.array(pc.cast(column, pa.float64()).to_numpy())


def _starts(column: Any) -> Any:
    kind = column.type
    if pa.types.is_null(kind):  # of a CSV file without a row
        return np.empty(0, np.int64)
    if pa.types.is_integer(kind):
        return _nanoseconds(np.array(pc.cast(column, pa.int64()).to_numpy()))
    if pa.types.is_date(kind):
        return _new_york_midnights(pc.cast(column, pa.date32()))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.cast(column, pa.timestamp("ns", "UTC"))
    starts = np.array(pc.cast(column, pa.timestamp("ns", column.type.tz)).cast(pa.int64()).to_numpy())
    # Dates as programs like to write them: as times in UTC they would be on the day before.
    dates = column.type.tz is None and not (starts % DAY_NS).any()
    return _new_york_midnights(pc.cast(column, pa.date32())) if dates else starts


def _nanoseconds(starts: Any) -> Any:
    if len(starts) and 0 < abs(starts).max() < _LEAST_NS:
        raise ValueError(f"{starts[0]} is no time in nanoseconds since 1970: multiply seconds or milliseconds")
    return starts


def _new_york_midnights(column: Any) -> Any:
    days = pc.cast(column, pa.int32()).to_numpy().astype(np.int64)
    return np.array([_midnight(int(day)) for day in days], np.int64)


def _midnight(day: int) -> int:
    offset = new_york(day * DAY_NS + 5 * HOUR_NS).utcoffset()
    assert offset is not None
    return day * DAY_NS - round(offset.total_seconds()) * 1_000_000_000
