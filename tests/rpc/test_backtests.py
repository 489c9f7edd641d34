"""BacktestService over a real server, with runs in real processes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import backtest_pb2
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.core.calendar import HOUR_NS

from datetime import date


def write_bars(folder: Path, symbol: str, seed: int, first: date = date(2022, 1, 3), last: date = date(2023, 6, 30)) -> None:
    chance = np.random.default_rng(seed)
    starts = [
        session.open_ns - session.open_ns % HOUR_NS + hour * HOUR_NS
        for session in new_york_sessions(first, last).sessions
        for hour in range(7)
        if session.open_ns - session.open_ns % HOUR_NS + hour * HOUR_NS < session.close_ns
    ]
    closes = 100 * np.exp(np.cumsum(chance.normal(0.0001, 0.006, len(starts))))
    opens = np.concatenate([[100.0], closes[:-1]])
    high, low = np.maximum(opens, closes) * 1.002, np.minimum(opens, closes) * 0.998
    volume = chance.integers(50_000, 500_000, len(starts))
    table = pa.table({"start_ns": starts, "open": opens, "high": high, "low": low, "close": closes, "volume": volume})
    folder.mkdir(exist_ok=True)
    pq.write_table(table, folder / f"{symbol}_1Hour.parquet")


def config(*symbols: str, **fields: Any) -> backtest_pb2.BacktestConfig:
    return backtest_pb2.BacktestConfig(
        symbols=symbols or ("SPY",), timeframe="1Hour", source=backtest_pb2.BAR_SOURCE_FILES, **fields
    )


async def test_x(world: Any, client: Any) -> None:
    write_bars(world.tokens / "data", "SPY", 1)
    request = backtest_pb2.RunBacktestRequest(request_id="one", config=config())
    t = time.monotonic()
    async for message in client.backtest.RunBacktest(request):
        print(f"{time.monotonic() - t:.2f}", str(message)[:1500])
    found = await client.backtest.GetBacktest(backtest_pb2.GetBacktestRequest(backtest_id=message.backtest_id, page_size=2))
    print(found.trades, found.next_page_token, found.backtest)
    assert 0
