"""A tape from bar files: `SYMBOL_<timeframe>.csv`, `.csv.gz` or `.parquet`."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
from numpy.typing import NDArray

from alpacasim.aggregate import MINUTE, Bars
from alpacasim.calendar import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, Calendar, from_wall_ns, wall_days
from alpacasim.tape import CoarseSeries, LayeredSeries, MinuteSeries, Series, Tape

LENGTHS_NS = {
    "1Min": MINUTE_NS,
    "5Min": 5 * MINUTE_NS,
    "15Min": 15 * MINUTE_NS,
    "30Min": 30 * MINUTE_NS,
    "1Hour": HOUR_NS,
    "1Day": DAY_NS,
}
COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")

_NAME = re.compile(rf"(?P<symbol>[A-Z][A-Z0-9.]*)_(?P<timeframe>{'|'.join(LENGTHS_NS)})\.(?:csv|csv\.gz|parquet)")
_PATTERN = f"SYMBOL_<{'|'.join(LENGTHS_NS)}>.<csv|csv.gz|parquet>, for example SPY_1Hour.csv.gz"
_EPOCH_UNITS = ((10**11, SECOND_NS), (10**14, 10**6), (10**17, 10**3))


class BarFileError(ValueError):
    """A bar file or folder that cannot be played; the message names the file, the place and the remedy."""


@dataclass(frozen=True, slots=True)
class _BarFile:
    path: Path
    symbol: str
    timeframe: str

    @property
    def length_ns(self) -> int:
        return LENGTHS_NS[self.timeframe]

    def error(self, row: int, column: str, problem: str) -> BarFileError:
        """`row` counts the data rows from 0."""
        place = f"row {row + 1}" if self.path.suffix == ".parquet" else f"line {_line_of_row(self.path, row)}"
        return BarFileError(f"{self.path}: {place}, column {column}: {problem}")


def load_directory(folder: Path) -> Tape:
    """A tape of every bar file of `folder`; where a symbol has several, each day comes from the finest that has it.

    Columns are timestamp, open, high, low, close, volume, in any order, others are ignored. A timestamp is the bar's
    start: RFC 3339 with its offset, or an epoch number (s, ms, us or ns); of a daily bar the date is enough. Minutes
    are kept as they are; of coarser bars those outside of the regular sessions are dropped (`Tape.dropped`).
    BarFileError when a file cannot be played, or there is none.
    """
    calendar = Calendar()
    layers: dict[str, list[Series]] = {}
    for file in sorted(_bar_files(folder), key=lambda one: one.length_ns):
        layers.setdefault(file.symbol, []).append(_series(file, calendar))
    return Tape({symbol: LayeredSeries(of_symbol) for symbol, of_symbol in layers.items()}, calendar)


def ignored_files(folder: Path) -> Sequence[str]:
    """Names in `folder` that look like bars but aren't named so that `load_directory` takes them."""
    names = sorted(path.name for path in folder.iterdir())
    return [name for name in names if name.endswith((".csv", ".csv.gz", ".parquet")) and not _NAME.fullmatch(name)]


def _bar_files(folder: Path) -> Iterable[_BarFile]:
    if not folder.is_dir():
        raise BarFileError(f"{folder}: no such folder; give one that holds files named {_PATTERN}")
    found: dict[tuple[str, str], _BarFile] = {}
    for path in sorted(folder.iterdir()):
        if (match := _NAME.fullmatch(path.name)) is None:
            continue
        file = _BarFile(path, match["symbol"], match["timeframe"])
        other = found.setdefault((file.symbol, file.timeframe), file)
        if other is not file:
            raise BarFileError(f"{path}: {other.path.name} holds the same bars; remove one of the two")
    if not found:
        raise BarFileError(f"{folder}: no bar file; the name of one is {_PATTERN}")
    return found.values()


def _series(file: _BarFile, calendar: Calendar) -> Series:
    bars = _read(file)
    bars.setflags(write=False)
    if file.length_ns == MINUTE_NS:
        return MinuteSeries(bars)
    return CoarseSeries(file.symbol, bars, file.length_ns, calendar)


def _read(file: _BarFile) -> Bars:
    table = _read_table(file)
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise BarFileError(
            f"{file.path}: column {missing[0]} is missing; the columns are {', '.join(COLUMNS)} (found: "
            f"{', '.join(table.column_names)})"
        )
    bars = np.zeros(table.num_rows, dtype=MINUTE)
    bars["t_ns"] = _timestamps(file, table.column("timestamp").combine_chunks())
    for name in ("open", "high", "low", "close"):
        bars[name] = _numbers(file, name, table.column(name).combine_chunks())
    volume = _numbers(file, "volume", table.column("volume").combine_chunks())
    _check(file, bars, volume)
    bars["volume"] = volume.astype(np.int64)
    bars["vwap"] = (bars["open"] + bars["high"] + bars["low"] + bars["close"]) / 4.0
    bars["vwap"] = np.clip(bars["vwap"], bars["low"], bars["high"])
    bars["trades"] = np.minimum(bars["volume"], 1 + bars["volume"] // 100)
    return bars


def _read_table(file: _BarFile) -> pa.Table:
    try:
        if file.path.suffix == ".parquet":
            return pa_parquet.read_table(file.path)
        text = {name: pa.string() for name in COLUMNS}
        return pa_csv.read_csv(file.path, convert_options=pa_csv.ConvertOptions(column_types=text))
    except (pa.ArrowException, OSError) as error:
        raise BarFileError(f"{file.path}: cannot be read: {error}; write the file anew") from error


def _numbers(file: _BarFile, name: str, column: pa.Array) -> NDArray[np.float64]:
    """The column as float64, every value finite."""
    values = _cast(file, name, column, pa.float64(), "write a number, with a point for decimals")
    numbers: NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        raise file.error(int(bad[0]), name, "the value is missing or not finite; write a number")
    return numbers


def _cast(file: _BarFile, name: str, column: pa.Array, kind: pa.DataType, remedy: str) -> pa.Array:
    try:
        return column.cast(kind)
    except pa.ArrowInvalid:
        row = _first_failing(column, lambda one: one.cast(kind))
        raise file.error(row, name, f"{column[row].as_py()!r} is not valid; {remedy}") from None


def _first_failing(column: pa.Array, convert: Callable[[pa.Array], pa.Array]) -> int:
    """The first row that `convert` refuses, by halving; some row is refused."""
    begin, end = 0, len(column)
    while end - begin > 1:
        middle = (begin + end) // 2
        try:
            convert(column.slice(begin, middle - begin))
            begin = middle
        except pa.ArrowInvalid:
            end = middle
    return begin


def _timestamps(file: _BarFile, column: pa.Array) -> NDArray[np.int64]:
    """Starts of the bars in nanoseconds UTC; of daily bars New York midnight."""
    if column.null_count:
        row = column.is_null().to_numpy(zero_copy_only=False).argmax()
        raise file.error(int(row), "timestamp", "it is missing; write the start of the bar")
    if pa.types.is_string(column.type) and len(column) and re.fullmatch(r"\d+", column[0].as_py()):
        column = _cast(file, "timestamp", column, pa.int64(), "the first row is an epoch number, write one here too")
    if pa.types.is_integer(column.type):
        stamps = _epoch_ns(column.to_numpy(zero_copy_only=False).astype(np.int64))
    else:
        stamps = _calendar_ns(file, column)
    return _day_starts(stamps) if file.length_ns == DAY_NS else stamps


def _epoch_ns(values: NDArray[np.int64]) -> NDArray[np.int64]:
    largest = int(np.abs(values).max(initial=0))
    return values * next((unit for bound, unit in _EPOCH_UNITS if largest < bound), 1)


def _calendar_ns(file: _BarFile, column: pa.Array) -> NDArray[np.int64]:
    daily = file.length_ns == DAY_NS
    kind = pa.timestamp("ns", tz="UTC")
    naive = pa.types.is_date(column.type) or (pa.types.is_timestamp(column.type) and column.type.tz is None)
    if naive and not daily:
        raise file.error(0, "timestamp", "it has no time zone; write timestamps in UTC")
    if pa.types.is_string(column.type) and daily and len(column) and len(column[0].as_py()) == len("2013-03-01"):
        column = _cast(file, "timestamp", column, pa.date32(), "the first row is a date, write YYYY-MM-DD here too")
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("ns"))
    elif not pa.types.is_timestamp(column.type):
        example = "write RFC 3339 with its offset, for example 2013-03-01T14:30:00Z, or an epoch number"
        column = _cast(file, "timestamp", column, kind, example)
    stamps: NDArray[np.int64] = column.cast(pa.timestamp("ns", tz=column.type.tz)).cast(pa.int64()).to_numpy()
    return stamps


def _day_starts(stamps: NDArray[np.int64]) -> NDArray[np.int64]:
    """New York midnight of each bar's date: a stamp at midnight UTC is a plain date, any other an instant."""
    days = np.where(stamps % DAY_NS == 0, stamps // DAY_NS, wall_days(stamps))
    return from_wall_ns(days * DAY_NS)


def _check(file: _BarFile, bars: Bars, volume: NDArray[np.float64]) -> None:
    """Raise the first of the mistakes that would make the tape wrong."""
    steps = np.diff(bars["t_ns"], prepend=np.iinfo(np.int64).min // 2)
    aligned = (bars["t_ns"] % file.length_ns == 0) | (file.length_ns == DAY_NS)
    top = np.maximum(bars["open"], bars["close"])
    bottom = np.minimum(bars["open"], bars["close"])
    rules: tuple[tuple[str, NDArray[np.bool_], str], ...] = (
        (
            "timestamp",
            aligned,
            f"it is not the start of a {file.timeframe} bar; stamp bars with their start",
        ),
        ("timestamp", steps > 0, "it is not after the row before it; sort the rows and keep one for each bar"),
        ("low", bars["low"] > 0.0, "it is not above 0; write the price in dollars"),
        ("low", bars["low"] <= bottom, "it is above the open or the close; correct the bar"),
        ("high", bars["high"] >= top, "it is below the open or the close; correct the bar"),
        ("volume", (volume >= 0.0) & (volume == np.floor(volume)), "it is not a whole number of shares, 0 or more"),
    )
    for column, fine, problem in rules:
        if not fine.all():
            row = int(np.flatnonzero(~fine)[0])
            moment = datetime.fromtimestamp(int(bars["t_ns"][row]) // SECOND_NS, UTC).isoformat()
            raise file.error(row, column, f"{problem} (bar of {moment})")


def _line_of_row(path: Path, row: int) -> int:
    """The line of a CSV file that holds data row `row`, the header and blank lines counted in."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        reader = csv.reader(lines)
        filled = (reader.line_num for record in reader if record)
        return next((line for number, line in enumerate(filled) if number == row + 1), row + 2)
