from __future__ import annotations

import logging
import os
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.adapters.parquet import BarCache
from fluxherod.core.types import Bar

BARS = tuple(Bar("SPY", index * 3_600_000_000_000, 1.5 + index, 2.5, 0.5, 1.25, 100 + index) for index in range(500))


def cache(folder: Path, *, feed: str = "iex", session: str = "regular", age_s: float = 0.0) -> BarCache:
    return BarCache(
        folder, feed=feed, adjustment="split", session=session, source="alpaca", now=lambda: time.time() + age_s
    )


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
    assert file.schema_arrow.metadata[b"feed"] == b"iex"
    assert file.metadata.row_group(0).column(0).compression == "SNAPPY"
    assert [path.name for path in tmp_path.iterdir()] == ["SPY_1Hour.parquet"]
    file.close()


def test_bars_of_another_feed_or_session_are_not_given_out_and_not_damaged(tmp_path: Path) -> None:
    cache(tmp_path).store("SPY", "1Hour", BARS)
    assert cache(tmp_path, feed="sip").load("SPY", "1Hour") is None
    assert cache(tmp_path, session="extended").load("SPY", "1Hour") is None
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
    assert "SPY_1Hour.parquet.damaged-1" in caplog.text
    assert not path.exists()
    path.write_bytes(b"again")
    assert bars.load("SPY", "1Hour") is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "SPY_1Hour.parquet.damaged-1",
        "SPY_1Hour.parquet.damaged-2",
    ]


@pytest.mark.parametrize("timeframe", ["1Hour", "1Day"])
def test_a_foreign_file_is_set_aside(tmp_path: Path, timeframe: str) -> None:
    path = tmp_path / f"SPY_{timeframe}.parquet"
    if timeframe == "1Day":  # one of ours under a wrong name
        cache(tmp_path).store("SPY", "1Hour", BARS)
        os.rename(tmp_path / "SPY_1Hour.parquet", path)
    else:
        pq.write_table(pa.table({"close": [1.0]}), path)
    assert cache(tmp_path).load("SPY", timeframe) is None
    assert [found.name for found in tmp_path.iterdir()] == [f"{path.name}.damaged-1"]


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
    with pytest.raises(OverflowError):
        cache(tmp_path).store("SPY", "1Hour", [Bar("SPY", 2**70, 1.0, 1.0, 1.0, 1.0, 1)])
    assert cache(tmp_path).load("SPY", "1Hour") == BARS


def test_five_hundred_bars_load_in_less_than_fifty_milliseconds(tmp_path: Path) -> None:
    bars = cache(tmp_path)
    bars.store("SPY", "1Hour", BARS)

    def spent() -> float:
        start = time.perf_counter()
        assert bars.load("SPY", "1Hour") is not None
        return time.perf_counter() - start

    assert min(spent() for _ in range(3)) < 0.05
