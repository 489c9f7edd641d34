"""Bar files, and the tape that plays them."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from alpacasim.aggregate import MINUTE
from alpacasim.calendar import HOUR_NS, MINUTE_NS, SECOND_NS, Calendar, midnight_ns
from alpacasim.sources import BarFileError, ignored_files, load_directory
from alpacasim.tape import Tape

HEAD = "timestamp,open,high,low,close,volume\n"
HALF_DAY = date(2008, 7, 3)
# 13:00Z is 09:00 in New York; the last two bars lie after the close at one.
HOURS = HEAD + "".join(
    f"2008-07-03T{hour}:00:00Z,{row}\n"
    for hour, row in (
        (13, "120.14,120.5,118.56,118.97,1086466"),
        (14, "118.91,120.76,117.91,119.83,1755482"),
        (15, "119.83,120.75,119.81,120.28,922076"),
        (16, "120.26,120.28,118.48,119.52,1720474"),
        (17, "119.54,119.9,119.54,119.54,635716"),
        (20, "119.5,119.6,119.5,119.6,100"),
    )
)


def ns(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp()) * SECOND_NS


@pytest.fixture
def hours(tmp_path: Path) -> Tape:
    (tmp_path / "IBM_1Hour.csv.gz").write_bytes(gzip.compress(HOURS.encode()))
    return load_directory(tmp_path)


def test_hourly_bars_fill_the_session_and_stray_ones_are_dropped_and_counted(hours: Tape) -> None:
    minutes = hours.minutes("IBM", HALF_DAY)
    assert len(minutes) == 210
    assert minutes["t_ns"][0] == ns("2008-07-03T13:30:00Z")
    assert minutes["t_ns"][-1] == ns("2008-07-03T16:59:00Z")
    assert hours.dropped == {"IBM": 2}


def test_hourly_bars_come_back_from_their_minutes(hours: Tape) -> None:
    start = midnight_ns(HALF_DAY)
    back = hours.bars("IBM", "1Hour", start, start + 24 * HOUR_NS)
    assert back["t_ns"].tolist() == [ns(f"2008-07-03T{hour}:00:00Z") for hour in (13, 14, 15, 16)]
    assert back["open"].tolist() == [120.14, 118.91, 119.83, 120.26]
    assert back["high"].tolist() == [120.5, 120.76, 120.75, 120.28]
    assert back["low"].tolist() == [118.56, 117.91, 119.81, 118.48]
    assert back["close"].tolist() == [118.97, 119.83, 120.28, 119.52]
    assert back["volume"].tolist() == [1086466, 1755482, 922076, 1720474]


def test_bars_are_chosen_by_their_start_both_ends_included(hours: Tape) -> None:
    ten, eleven = ns("2008-07-03T14:00:00Z"), ns("2008-07-03T15:00:00Z")
    assert hours.bars("IBM", "1Hour", ten, eleven)["t_ns"].tolist() == [ten, eleven]
    assert hours.bars("IBM", "1Hour", ten + 1, eleven)["t_ns"].tolist() == [eleven]
    assert hours.bars("IBM", "1Hour", ten, ten)["volume"].tolist() == [1755482]


def test_a_minute_does_not_exist_before_it_has_ended(hours: Tape) -> None:
    ten = ns("2008-07-03T14:00:00Z")
    now = ten + 30 * MINUTE_NS
    assert hours.bars("IBM", "1Min", ten, now, as_of_ns=now)["t_ns"][-1] == now - MINUTE_NS
    assert hours.bars("IBM", "1Min", ten, now, as_of_ns=now - 1)["t_ns"][-1] == now - 2 * MINUTE_NS
    (so_far,) = hours.bars("IBM", "1Hour", ten, now, as_of_ns=now)
    assert 0 < so_far["volume"] < 1755482
    assert len(hours.bars("IBM", "1Hour", ten, now, as_of_ns=ten)) == 0


def test_minutes_between_two_instants_include_both(hours: Tape) -> None:
    start = ns("2008-07-03T14:00:00Z")
    assert len(hours.between("IBM", start, start + 5 * MINUTE_NS)) == 6
    assert len(hours.between("IBM", start, start - 1)) == 0


def test_an_unknown_symbol_or_day_is_empty(hours: Tape) -> None:
    start = midnight_ns(HALF_DAY)
    assert len(hours.minutes("XYZ", HALF_DAY)) == 0
    assert len(hours.minutes("IBM", date(2008, 7, 7))) == 0
    assert len(hours.between("XYZ", start, start + HOUR_NS)) == 0
    assert len(hours.bars("XYZ", "1Day", start, start)) == 0


def test_minutes_on_the_tape_cannot_be_changed(hours: Tape) -> None:
    with pytest.raises(ValueError, match="read-only"):
        hours.minutes("IBM", HALF_DAY)["close"] = 1.0


def test_minute_files_keep_extended_hours(tmp_path: Path) -> None:
    rows = "2008-07-03T08:00:00Z,1,1,1,1,5\n2008-07-03T13:30:00Z,2,2,2,2,7\n2008-07-04T14:00:00Z,3,3,3,3,9\n"
    (tmp_path / "SPY_1Min.csv").write_text(HEAD + rows)
    tape = load_directory(tmp_path)
    assert tape.minutes("SPY", HALF_DAY)["volume"].tolist() == [5, 7]
    assert tape.session_dates() == (HALF_DAY,)


def test_of_two_files_of_a_symbol_each_day_comes_from_the_finer(tmp_path: Path) -> None:
    (tmp_path / "IBM_1Hour.csv").write_text(HOURS)
    (tmp_path / "IBM_1Day.csv").write_text(HEAD + "2008-07-02,9,9,9,9,900\n2008-07-03,8,8,8,8,800\n")
    tape = load_directory(tmp_path)
    assert tape.minutes("IBM", date(2008, 7, 2))["close"][0] == 9.0
    assert tape.minutes("IBM", HALF_DAY)["open"][0] == 120.14


@pytest.mark.parametrize("stamp", ["2008-07-03", "2008-07-03T00:00:00Z", "2008-07-03T04:00:00Z", "1215043200"])
def test_a_daily_bar_spans_the_session_of_its_date(tmp_path: Path, stamp: str) -> None:
    (tmp_path / "IBM_1Day.csv").write_text(f"{HEAD}{stamp},120.14,120.76,117.91,119.52,5484498\n")
    minutes = load_directory(tmp_path).minutes("IBM", HALF_DAY)
    assert len(minutes) == 210
    assert (minutes["open"][0], minutes["close"][-1]) == (120.14, 119.52)


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
def test_an_epoch_timestamp_may_be_in_seconds_or_finer(tmp_path: Path, unit: int) -> None:
    start = ns("2008-07-03T13:30:00Z")
    (tmp_path / "IBM_5Min.csv").write_text(f"{HEAD}{start // SECOND_NS * unit},5,6,4,5.5,100\n")
    assert load_directory(tmp_path).minutes("IBM", HALF_DAY)["t_ns"][0] == start


@pytest.mark.parametrize("kind", [pa.timestamp("us", tz="UTC"), pa.timestamp("ns", tz="America/New_York"), pa.int64()])
def test_parquet_files_are_read_whatever_their_timestamps_are_made_of(tmp_path: Path, kind: pa.DataType) -> None:
    start = ns("2008-07-03T13:30:00Z")
    stamps = pa.array([start]) if kind == pa.int64() else pa.array([start], pa.timestamp("ns", "UTC")).cast(kind)
    prices = {name: [5.25] for name in ("open", "high", "low", "close")}
    pa_parquet.write_table(pa.table({"timestamp": stamps, **prices, "volume": [7]}), tmp_path / "IBM_30Min.parquet")
    assert load_directory(tmp_path).minutes("IBM", HALF_DAY)["t_ns"][0] == start


def test_the_hours_of_a_clock_change_weekend_land_on_the_wall_clock(tmp_path: Path) -> None:
    rows = "2008-03-07T14:00:00Z,5,6,4,5,1000\n2008-03-10T13:00:00Z,5,6,4,5,1000\n"
    (tmp_path / "IBM_1Hour.csv").write_text(HEAD + rows)
    tape = load_directory(tmp_path)
    assert tape.minutes("IBM", date(2008, 3, 7))["t_ns"][0] == ns("2008-03-07T14:30:00Z")
    assert tape.minutes("IBM", date(2008, 3, 10))["t_ns"][0] == ns("2008-03-10T13:30:00Z")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("2008-07-03T13:00:00Z,1,1,1,1,5\n\n2008-07-03T14:00:00Z,abc,1,1,1,5\n", r"line 4, column open: 'abc' is not"),
        (
            "2008-07-03T13:00:00Z,1,1,1,1,5\n2008-07-03T14:00:00Z,1,1,,1,5\n",
            r"line 3, column low: '' is not valid",
        ),
        ("2008-07-03T13:00:00Z,1,1,1,nan,5\n", r"line 2, column close: .* not finite"),
        ("2008-07-03T13:00:00,1,1,1,1,5\n", r"line 2, column timestamp: '2008-07-03T13:00:00' .* RFC 3339"),
        ("2008-07-03T13:30:00Z,1,1,1,1,5\n", r"line 2, column timestamp: .* not the start of a 1Hour bar"),
        ("2008-07-03T13:00:00Z,1,1,1,1,5\n2008-07-03T13:00:00Z,1,1,1,1,5\n", r"line 3, column timestamp: .* sort"),
        ("2008-07-03T13:00:00Z,1,1,0,1,5\n", r"line 2, column low: it is not above 0"),
        ("2008-07-03T13:00:00Z,1,3,2,2,5\n", r"line 2, column low: it is above the open"),
        ("2008-07-03T13:00:00Z,1,2,1,3,5\n", r"line 2, column high: it is below"),
        ("2008-07-03T13:00:00Z,1,1,1,1,5.5\n", r"line 2, column volume: it is not a whole number"),
        ("2008-07-03T13:00:00Z,1,1,1,1,-5\n", r"line 2, column volume: .* 0 or more"),
    ],
)
def test_a_bad_row_is_refused_with_file_line_column_and_remedy(tmp_path: Path, rows: str, message: str) -> None:
    (tmp_path / "IBM_1Hour.csv").write_text(HEAD + rows)
    with pytest.raises(BarFileError, match=rf"IBM_1Hour\.csv: {message}"):
        load_directory(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "IBM_1Hour.csv").write_text("timestamp,open,high,low,close\n")
    with pytest.raises(BarFileError, match="column volume is missing; the columns are timestamp, open"):
        load_directory(tmp_path)


def test_a_row_of_too_few_fields_is_refused(tmp_path: Path) -> None:
    (tmp_path / "IBM_1Hour.csv").write_text(HEAD + "2008-07-03T13:00:00Z,1,1\n")
    with pytest.raises(BarFileError, match=r"IBM_1Hour\.csv: cannot be read: .*Expected 6 columns, got 3"):
        load_directory(tmp_path)


def test_a_folder_without_bar_files_is_refused_with_the_names_they_have(tmp_path: Path) -> None:
    with pytest.raises(BarFileError, match="no bar file; the name of one is SYMBOL_<1Min"):
        load_directory(tmp_path)
    with pytest.raises(BarFileError, match="no such folder"):
        load_directory(tmp_path / "nowhere")


def test_the_same_bars_in_two_formats_are_refused(tmp_path: Path) -> None:
    (tmp_path / "IBM_1Hour.csv").write_text(HOURS)
    (tmp_path / "IBM_1Hour.csv.gz").write_bytes(gzip.compress(HOURS.encode()))
    with pytest.raises(BarFileError, match="holds the same bars; remove one of the two"):
        load_directory(tmp_path)


def test_bar_files_with_other_names_are_listed_as_ignored(tmp_path: Path) -> None:
    for name in ("IBM_1Hour.csv", "spy_1Hour.csv", "SPY_2Hour.parquet", "README.md"):
        (tmp_path / name).touch()
    assert ignored_files(tmp_path) == ["SPY_2Hour.parquet", "spy_1Hour.csv"]


def test_a_tape_over_given_minutes_serves_them() -> None:
    minutes = np.zeros(2, dtype=MINUTE)
    minutes["t_ns"] = ns("2008-10-01T13:30:00Z") + np.arange(2) * MINUTE_NS
    minutes["open"] = minutes["high"] = minutes["low"] = minutes["close"] = 5.0
    tape = Tape.of_minutes({"XYZ": minutes}, Calendar())
    assert tape.session_dates() == (date(2008, 10, 1),)
    assert (tape.minutes("XYZ", date(2008, 10, 1))["close"] == 5.0).all()
