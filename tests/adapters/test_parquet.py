from __future__ import annotations

import logging
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.adapters.parquet import BarCache
from fluxherod.core.types import Bar

BARS = tuple(Bar("SPY", index * 3_600_000_000_000, 1.5 + index, 2.5, 0.5, 1.25, 100 + index) for index in range(500))


def cache(folder: Path, *, age_s: float = 0.0, **other: str) -> BarCache:
    about = {"feed": "iex", "adjustment": "split", "session": "regular", "source": "alpaca"} | other
    return BarCache(folder, **about, now=lambda: time.time() + age_s)


INTEGERS = st.integers(0, 2**62)
PRICES = [st.floats(allow_nan=False)] * 4


@settings(max_examples=20, deadline=None)
@given(st.lists(st.builds(Bar, st.just("SPY"), INTEGERS, *PRICES, INTEGERS), max_size=20))
def test_bars_come_back_exactly(bars: list[Bar]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache(Path(folder)).store("SPY", "1Hour", bars)
        assert cache(Path(folder)).load("SPY", "1Hour") == tuple(bars)


def test_what_was_never_stored_is_not_there(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    assert cache(tmp_path).load("SPY", "1Day") is None
    assert cache(tmp_path).load("IBM", "1Hour") is None
    assert cache(tmp_path / "none").load("SPY", "1Hour") is None


def test_the_file_is_named_after_symbol_and_timeframe_and_says_what_it_holds(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    file = pq.ParquetFile(tmp_path / "SPY_1Hour.parquet")
    about = {key: file.schema_arrow.metadata[key.encode()] for key in ("feed", "adjustment", "session", "symbol")}
    assert about == {"feed": b"iex", "adjustment": b"split", "session": b"regular", "symbol": b"SPY"}
    assert file.metadata.row_group(0).column(0).compression == "SNAPPY"
    assert [path.name for path in tmp_path.iterdir()] == ["SPY_1Hour.parquet"]
    file.close()


def test_bars_of_another_feed_session_adjustment_or_source_are_not_given_out_and_not_damaged(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    assert cache(tmp_path, feed="sip").load("SPY", "1Hour") is None
    assert cache(tmp_path, session="extended").load("SPY", "1Hour") is None
    assert cache(tmp_path, adjustment="raw").load("SPY", "1Hour") is None
    assert cache(tmp_path, source="http://127.0.0.1:8765").load("SPY", "1Hour") is None
    assert cache(tmp_path).load("SPY", "1Hour") == BARS


def test_bars_older_than_a_day_are_not_given_out(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    assert cache(tmp_path, age_s=23 * 3600).load("SPY", "1Hour") == BARS
    assert cache(tmp_path, age_s=24 * 3600 + 60).load("SPY", "1Hour") is None


def test_storing_again_replaces_the_bars(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    cache(tmp_path).store("SPY", "1Hour", BARS[:3])
    assert cache(tmp_path).load("SPY", "1Hour") == BARS[:3]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text"])
def test_a_damaged_file_is_set_aside_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    bars = cache(tmp_path)
    bars.store("SPY", "1Hour", BARS)
    path = tmp_path / "SPY_1Hour.parquet"
    whole = path.read_bytes()
    flipped = whole[:-12] + bytes([whole[-12] ^ 255]) + whole[-11:-8] + b"\xff\xff\xff\x7f" + whole[-4:]
    path.write_bytes({"cut": whole[: len(whole) // 2], "flipped": flipped, "empty": b"", "text": b"hello"}[damage])
    with caplog.at_level(logging.WARNING):
        assert bars.load("SPY", "1Hour") is None
    assert "SPY_1Hour.parquet.damaged" in caplog.text
    assert not path.exists()


def test_of_the_files_that_were_set_aside_under_a_name_only_the_newest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "SPY_1Hour.parquet"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        assert cache(tmp_path).load("SPY", "1Hour") is None
    assert [found.name for found in tmp_path.iterdir()] == [f"{path.name}.damaged"]
    assert (tmp_path / f"{path.name}.damaged").read_bytes() == b"second"


@settings(max_examples=150, deadline=None)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_file_with_a_changed_byte_never_gives_other_bars(where: float, change: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bars, path = cache(Path(folder)), Path(folder) / "SPY_1Hour.parquet"
        bars.store("SPY", "1Hour", BARS)
        content = bytearray(path.read_bytes())
        content[int(where * len(content))] ^= change
        path.write_bytes(content)
        assert bars.load("SPY", "1Hour") in (None, BARS)


def test_a_file_from_the_future_is_not_given_out(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    assert cache(tmp_path, age_s=-30).load("SPY", "1Hour") == BARS
    assert cache(tmp_path, age_s=-3600).load("SPY", "1Hour") is None


def test_what_a_dead_process_left_behind_is_taken_away_after_a_day(tmp_path: Path) -> None:
    old, young = tmp_path / "SPY_1Hour.parquet.17.draft", tmp_path / "IBM_1Hour.parquet.18.draft"
    for draft in (old, young):
        draft.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    cache(tmp_path).store("SPY", "1Hour", BARS)
    assert not old.exists()
    assert young.exists()


def test_what_can_not_be_read_is_told_once_and_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bars = cache(tmp_path)
    for symbol in ("SPY", "IBM"):  # whoever runs the tests may be allowed to read any file, but nobody reads a folder
        (tmp_path / f"{symbol}_1Hour.parquet").mkdir()
        assert bars.load(symbol, "1Hour") is None
    assert caplog.text.count("can't be read") == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_a_number_that_no_file_can_hold_is_not_stored(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a bar of SPY can't be kept"):
        cache(tmp_path).store("SPY", "1Hour", [Bar("SPY", 0, 1.0, 1.0, 1.0, 1.0, 2**70)])


@contextmanager
def files_of_at_most(most: int) -> Iterator[None]:
    """A disk that is full after so many bytes of a file; the interpreter ignores the signal that goes with it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full_leaves_the_old_bars_and_no_draft(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS[:3])
    with files_of_at_most(1000), pytest.raises(OSError, match="File too large"):
        cache(tmp_path).store("SPY", "1Hour", BARS)
    assert [path.name for path in tmp_path.iterdir()] == ["SPY_1Hour.parquet"]
    assert cache(tmp_path).load("SPY", "1Hour") == BARS[:3]


def test_bars_appear_under_their_name_only_when_they_are_whole_and_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        seen.append([path.name for path in tmp_path.iterdir()])
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    cache(tmp_path).store("SPY", "1Hour", BARS)
    assert seen == [[f"SPY_1Hour.parquet.{os.getpid()}.draft"]]
    assert [path.name for path in tmp_path.iterdir()] == ["SPY_1Hour.parquet"]


@pytest.mark.parametrize("timeframe", ["1Hour", "1Day"])
def test_a_foreign_file_is_set_aside(tmp_path: Path, timeframe: str) -> None:
    path = tmp_path / f"SPY_{timeframe}.parquet"
    if timeframe == "1Day":  # one of ours under a wrong name
        cache(tmp_path).store("SPY", "1Hour", BARS)
        os.rename(tmp_path / "SPY_1Hour.parquet", path)
    else:
        pq.write_table(pa.table({"close": [1.0]}), path)
    assert cache(tmp_path).load("SPY", timeframe) is None
    assert [found.name for found in tmp_path.iterdir()] == [f"{path.name}.damaged"]


def test_a_symbol_can_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    bars = cache(tmp_path / "cache")
    bars.store("../BRK/B", "1Hour", [Bar("../BRK/B", 1, 1.0, 1.0, 1.0, 1.0, 1)])
    assert len(list((tmp_path / "cache").iterdir())) == len(list(tmp_path.iterdir())) == 1
    assert bars.load("../BRK/B", "1Hour") is not None


def test_bars_of_another_symbol_are_not_stored(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another symbol than IBM"):
        cache(tmp_path).store("IBM", "1Hour", BARS)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    with pytest.raises(ValueError, match="too large"):
        cache(tmp_path).store("SPY", "1Hour", [Bar("SPY", 2**70, 1.0, 1.0, 1.0, 1.0, 1)])
    assert cache(tmp_path).load("SPY", "1Hour") == BARS


def test_five_hundred_bars_load_in_less_than_fifty_milliseconds(tmp_path: Path) -> None:
    bars = cache(tmp_path)
    bars.store("SPY", "1Hour", BARS)

    def spent() -> float:
        start = time.process_time()  # of all threads, and not of what else the machine does
        assert bars.load("SPY", "1Hour") is not None
        return time.process_time() - start

    assert min(spent() for _ in range(5)) < 0.05
