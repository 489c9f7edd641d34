"""History over a cache of real files: what is fetched, what is kept, and that no fault of the disk stops a start."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from adapters.alpaca.test_market_data import Server, at

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.wire import format_time
from fluxherod.adapters.parquet import BarCache
from fluxherod.engine.effects import RequestHistory
from fluxherod.engine.events import HistoryLoaded

WANTED = RequestHistory(("SPY", "IBM"), "1Hour", 100, 120)
FILES = [f"{symbol}_{timeframe}.parquet" for symbol in ("IBM", "SPY") for timeframe in ("1Hour", "5Min")]
NOON, TWO = at("2024-12-02T12:00"), at("2024-12-02T14:00")
Load = Callable[..., Awaitable[list[HistoryLoaded]]]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def load(server: Server, tmp_path: Path, driven: Any) -> Load:
    """A start of the daemon at a time: a new port over the same files."""

    async def start(now_ns: int, wanted: RequestHistory = WANTED, **about: Any) -> list[HistoryLoaded]:
        options = {"feed": "iex", "adjustment": "split", "session": "regular", "source": "http://alpaca.test"}
        limiter = RateLimiter(monotonic=driven.monotonic, sleep=driven.sleep)
        rest = RestClient(
            "http://alpaca.test",
            Credentials("key", "secret"),
            limiter,
            transport=httpx.MockTransport(server),
            sleep=driven.sleep,
        )
        cache = BarCache(**{"folder": tmp_path / "bars", **options, **about})
        server.bar_requests.clear()
        return list(await AlpacaMarketData(rest, rest, cache=cache, settle_s=0.0).history(wanted, now_ns))

    return start


def asked(server: Server) -> list[tuple[str, str, str]]:
    """What was fetched: symbols, REST's timeframe, the first start."""
    return [(url.params["symbols"], url.params["timeframe"], url.params["start"]) for url in server.bar_requests]


def tails(server: Server) -> list[tuple[str, str]]:
    """What was fetched of today alone."""
    return [(symbols, timeframe) for symbols, timeframe, start in asked(server) if start[:10] == "2024-12-02"]


async def test_a_second_start_fetches_only_the_tail_of_the_strategy_bars_and_of_the_5_minute_bars(
    server: Server, load: Load, tmp_path: Path
) -> None:
    await load(NOON)
    assert sorted(path.name for path in (tmp_path / "bars").iterdir()) == FILES
    warm = await load(TWO)
    assert asked(server) == [
        ("SPY,IBM", "30Min", format_time(at("2024-12-02T11:00"))),
        ("SPY,IBM", "5Min", format_time(at("2024-12-02T11:55"))),
    ]
    for path in (tmp_path / "bars").iterdir():
        path.unlink()
    assert warm == await load(TWO)


async def test_a_symbol_that_stopped_trading_makes_no_other_symbol_fetch_more_than_its_tail(
    server: Server, load: Load
) -> None:
    wanted = RequestHistory(("SPY", "DEAD", "IBM", "GONE"), "1Hour", 100)
    server.last_days = {"DEAD": "2024-08-01", "GONE": "2024-07-31"}
    await load(at("2024-08-02T12:00"), wanted)
    first = await load(NOON, wanted)
    assert await load(NOON, wanted) == first
    today = ("SPY,IBM", "30Min", format_time(at("2024-12-02T11:00")))
    assert asked(server) == [today, ("DEAD,GONE", "30Min", format_time(at("2024-07-31T15:00")))]


async def test_files_older_than_a_day_are_fetched_anew(server: Server, load: Load, tmp_path: Path) -> None:
    fresh = await load(NOON)
    for path in (tmp_path / "bars").iterdir():
        os.utime(path, (time.time() - 24 * 3600 - 60,) * 2)
    assert await load(NOON) == fresh
    assert tails(server) == []
    await load(NOON)
    assert tails(server) == [("SPY,IBM", "30Min"), ("SPY,IBM", "5Min")]


@pytest.mark.parametrize("other", [{"feed": "sip"}, {"adjustment": "raw"}, {"session": "extended"}, {"source": "sim"}])
async def test_files_of_another_kind_are_fetched_anew_and_replaced(
    server: Server, load: Load, other: dict[str, str]
) -> None:
    await load(NOON, **other)
    await load(NOON)
    assert tails(server) == []
    await load(NOON)
    assert len(tails(server)) == 2


async def test_a_damaged_file_is_set_aside_with_a_warning_and_its_symbol_alone_is_fetched_anew(
    server: Server, load: Load, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = await load(NOON)
    path = tmp_path / "bars" / "IBM_1Hour.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with caplog.at_level(logging.WARNING):
        assert await load(NOON) == whole
    assert "IBM_1Hour.parquet.damaged" in caplog.text
    assert tails(server) == [("SPY", "30Min"), ("SPY,IBM", "5Min")]
    await load(NOON)
    assert tails(server) == [("SPY,IBM", "30Min"), ("SPY,IBM", "5Min")]


async def test_a_folder_that_can_not_be_written_is_told_once_and_history_is_there(
    load: Load, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "bars").write_text("a file where the folder should be")  # no right of any user writes into it
    with caplog.at_level(logging.WARNING):
        histories = await load(NOON)
    assert [len(history.bars) for history in histories] == [100, 100]
    assert caplog.text.count("bars can't be cached") == 1


async def test_a_disk_that_is_full_is_told_once_for_all_symbols_and_history_is_there(
    load: Load, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with caplog.at_level(logging.WARNING):
        histories = await load(NOON)
    assert [len(history.bars) for history in histories] == [100, 100]
    assert caplog.text.count("No space left on device") == 1


async def test_a_file_does_not_grow_with_each_start(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "bars" / "SPY_1Hour.parquet"
    long_ago = await load(NOON, RequestHistory(("SPY",), "1Hour", 1_200))
    today = await load(TWO, RequestHistory(("SPY",), "1Hour", 1_200))
    assert pq.read_metadata(path).num_rows >= 1_200
    path.unlink()
    await load(NOON, RequestHistory(("SPY",), "1Hour", 1_200))
    await load(TWO, RequestHistory(("SPY",), "1Hour", 100))
    assert pq.read_metadata(path).num_rows == 1_000
    assert await load(TWO, RequestHistory(("SPY",), "1Hour", 100)) == [replace(today[0], bars=today[0].bars[-100:])]
    assert long_ago[0].bars[-1] == today[0].bars[-3]
