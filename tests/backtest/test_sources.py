"""Bars from files: CSV, compressed CSV, Parquet, the bar cache, and Arrow's file systems."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from fluxherod.adapters.parquet import BarCache
from fluxherod.backtest.model import Bars
from fluxherod.backtest.sources import Unreadable, bars_of_core, check_timeframe, read_bars
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar

NEW_YORK = ZoneInfo("America/New_York")
STARTS = [1_381_240_800_000_000_000, 1_381_244_400_000_000_000]
HEADER = "timestamp,open,high,low,close,volume\n"
TEXT = HEADER + "2013-10-08T14:00:00Z,165.5,166.25,165.1,166,1000\n2013-10-08T15:00:00Z,166,166.5,165.75,166.2,2000\n"


def table() -> pa.Table:
    return pa.table(
        {
            "start_ns": STARTS,
            "open": [165.5, 166.0],
            "high": [166.25, 166.5],
            "low": [165.1, 165.75],
            "close": [166.0, 166.2],
            "volume": [1000, 2000],
        }
    )


def check(bars: Bars) -> None:
    assert bars.symbol == "SPY"
    assert bars.start_ns.tolist() == STARTS
    assert bars.start_ns.dtype == np.int64
    assert [bars.open.tolist(), bars.high.tolist()] == [[165.5, 166.0], [166.25, 166.5]]
    assert [bars.low.tolist(), bars.close.tolist()] == [[165.1, 165.75], [166.0, 166.2]]
    assert bars.volume.tolist() == [1000, 2000]


def write_gzip(path: Path) -> None:
    with gzip.open(path, "wt") as file:
        file.write(TEXT)


WRITERS: dict[str, Callable[[Path], object]] = {
    "bars.csv": lambda path: path.write_text(TEXT),
    "bars.csv.gz": write_gzip,
    "bars.parquet": lambda path: pq.write_table(table(), path),
    "BARS.PARQUET": lambda path: pq.write_table(table(), path, compression="snappy"),
    "bars.txt": lambda path: pcsv.write_csv(table(), path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_read_by_what_its_name_says(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    check(read_bars("SPY", str(path)))
    check(read_bars("SPY", path.as_uri()))


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_read_on_a_file_system_that_arrow_knows(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    check(read_bars("SPY", name, fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())))


def test_the_bar_cache_is_a_source_by_its_file_and_by_its_bars(tmp_path: Path) -> None:
    cache = BarCache(tmp_path, feed="iex", adjustment="split", session="regular", source="test")
    rows = zip(*(column.to_pylist() for column in table().columns), strict=True)
    cache.store("SPY", "1Hour", [Bar("SPY", *row) for row in rows])
    check(read_bars("SPY", str(cache.path("SPY", "1Hour"))))
    loaded = cache.load("SPY", "1Hour")
    assert loaded is not None
    check(bars_of_core("SPY", loaded))


@pytest.mark.parametrize(
    "column",
    [
        pa.array(STARTS),
        pa.array([start // 10**9 for start in STARTS], pa.timestamp("s")),
        pa.array([start // 10**6 for start in STARTS], pa.timestamp("ms", "UTC")),
        pa.array(STARTS, pa.timestamp("ns", "America/New_York")),
        pa.array(["2013-10-08T14:00:00Z", "2013-10-08T15:00:00Z"]),
        pa.array(["2013-10-08T10:00:00-04:00", "2013-10-08T11:00:00-04:00"]),
        pa.array(["2013-10-08 14:00:00+00:00", "2013-10-08 15:00:00+00:00"], pa.large_string()),
        pa.array([datetime(2013, 10, 8, hour, tzinfo=UTC) for hour in (14, 15)]),
    ],
    ids=["ns", "s without zone", "ms in UTC", "ns in New York", "text, Z", "text, offset", "large text", "objects"],
)
@pytest.mark.parametrize("name", ["timestamp", "Date", "TIME", "datetime"])
def test_times_are_known_in_any_form(tmp_path: Path, name: str, column: pa.Array) -> None:
    path = str(tmp_path / "bars.parquet")
    pq.write_table(table().drop_columns("start_ns").append_column(name, column), path)
    check(read_bars("SPY", path))


@pytest.mark.parametrize("written", ["{}", "{} 00:00:00", "{}T00:00:00.000"])
def test_a_date_is_a_midnight_in_new_york_in_summer_and_winter(tmp_path: Path, written: str) -> None:
    path = tmp_path / "daily.csv"
    days = [date(2013, 3, 8), date(2013, 3, 11), date(2013, 7, 1), date(2013, 11, 1), date(2013, 11, 4)]
    path.write_text(
        "Date,Open,High,Low,Close,Volume\n" + "".join(f"{written.format(day)},1,2,1,2,10\n" for day in days)
    )
    midnights = [datetime(day.year, day.month, day.day, tzinfo=NEW_YORK) for day in days]
    assert read_bars("SPY", str(path)).start_ns.tolist() == [int(one.timestamp()) * 10**9 for one in midnights]


def test_columns_come_in_any_order_and_case_and_others_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_text(
        "Volume,vwap,CLOSE,low,High,Open,Timestamp\n"
        "1000,,166,165.1,166.25,165.5,2013-10-08T14:00:00Z\n2000,,166.2,165.75,166.5,166,2013-10-08T15:00:00Z\n"
    )
    check(read_bars("SPY", str(path)))


WRONG = {
    "timestamp,open,high,low,close\n2013-10-08T14:00:00Z,1,1,1,1\n": "missing is volume",
    "open,high,low,close,volume\n1,1,1,1,1\n": "missing is timestamp",
    HEADER + "2013-10-08T14:00:00Z,1,1,,1,5\n": "low is empty in 1 rows",
    HEADER + "2013-10-08T14:00:00Z,1,1,one,1,5\n": "low: .*one",
    HEADER + "yesterday,1,1,1,1,5\n": "timestamp: .*yesterday",
    HEADER + "1381240800,1,1,1,1,5\n1381244400,1,1,1,1,5\n": "timestamp: 1381240800 is no time in nanoseconds",
    HEADER + "1381240800000,1,1,1,1,5\n": "multiply seconds or milliseconds",
    "": "Empty CSV",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_file_is_said_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bars.csv"
    path.write_text(text)
    with pytest.raises(Unreadable, match=WRONG[text]) as raised:
        read_bars("SPY", str(path))
    assert str(path) in str(raised.value)


def test_a_file_that_is_no_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bars.parquet"
    path.write_text(TEXT)
    with pytest.raises(Unreadable, match=r"bars\.parquet"):
        read_bars("SPY", str(path))


def test_a_file_that_is_not_there_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_bars("SPY", str(tmp_path / "none.csv"))


@pytest.mark.parametrize("name", ["open", "start_ns", "volume"])
def test_bars_of_another_shape_or_type_are_refused_by_name(name: str) -> None:
    arrays = {key: np.ones(3) for key in ("open", "high", "low", "close", "volume")}
    arrays["start_ns"] = np.arange(3, dtype=np.int64)  # type: ignore[assignment]
    with pytest.raises(ValueError, match=f"SPY: {name} is float32"):
        Bars("SPY", **{**arrays, name: arrays[name].astype(np.float32)})
    with pytest.raises(ValueError, match=r"SPY: .* of shape"):
        Bars("SPY", **{**arrays, name: arrays[name][:2]})


def every(minutes: int, count: int, extra: int = 0) -> Bars:
    prices = np.ones(count)
    starts = STARTS[0] + np.arange(count, dtype=np.int64) * minutes * MINUTE_NS
    starts[-1] += extra * MINUTE_NS
    return Bars("SPY", starts, prices, prices, prices, prices, prices)


@pytest.mark.parametrize(
    ("bars", "timeframe", "said"),
    [
        (every(1, 2), "1Hour", "nearer to each other than 1Hour"),
        (every(60, 100, extra=-1), "1Hour", "nearer to each other than 1Hour"),
        (every(60, 21), "30Min", "no bars that are as near to each other as 30Min"),
        (every(60, 2), "1Day", "nearer to each other than 1Day"),
        (every(7 * 1440, 21), "1Day", "no bars that are as near to each other as 1Day"),
    ],
)
def test_bars_that_can_not_be_of_a_timeframe_are_refused(bars: Bars, timeframe: str, said: str) -> None:
    with pytest.raises(Unreadable, match=f"a file holds .*{said}"):
        check_timeframe(bars, timeframe, "a file")


@pytest.mark.parametrize(
    ("bars", "timeframe"),
    [
        (every(60, 100), "1Hour"),
        (every(60, 100, extra=600), "1Hour"),
        (every(60, 100, extra=-60 * 50), "1Hour"),  # goes back in time: left out later
        (every(60, 20), "30Min"),  # few, and a symbol that seldom trades
        (every(1440, 100, extra=-60), "1Day"),  # the clocks go forward
        (every(1440, 100), "1Day"),
        (every(60, 1), "1Day"),
    ],
)
def test_bars_that_can_be_of_a_timeframe_are_taken(bars: Bars, timeframe: str) -> None:
    check_timeframe(bars, timeframe, "a file")
