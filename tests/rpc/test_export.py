"""ExportTrades: a file of all trades, in chunks, in two formats."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import grpc
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from harness.trades import at, trade_of

from fluxhero.v1 import common_pb2, trade_pb2
from fluxherod.core.types import Mode
from fluxherod.rpc.export import CHUNK_BYTES, KINDS

CSV, PARQUET = trade_pb2.EXPORT_FORMAT_CSV, trade_pb2.EXPORT_FORMAT_PARQUET


async def exported(client: Any, file_format: Any, **filters: Any) -> tuple[bytes, list[Any]]:
    request = trade_pb2.ExportTradesRequest(format=file_format, **filters)
    messages = [message async for message in client.trade.ExportTrades(request)]
    return b"".join(message.data for message in messages), messages


@pytest.fixture
def kept(world: Any, client: Any) -> Any:
    """Two closed trades and, opened last, an open one."""
    first, second = (
        trade_of(100.0, "2023-12-13T11:00"),
        trade_of(-50.0, "2023-12-15T11:00", Mode.MEAN_REVERSION, symbol="IBM"),
    )
    still = replace(
        trade_of(0.0, "2023-12-18T11:00", Mode.MANUAL), closed_ns=None, exit_quantity=0, exit_value_e4=0, realized_e4=0
    )
    third = replace(still, signal_reason='he said "buy",\nand left')
    world.store.trade_rows.update({trade.id: trade for trade in (first, second, third)})
    return client


async def test_csv_has_a_line_a_trade_oldest_first_and_what_is_not_set_is_empty(kept: Any) -> None:
    content, messages = await exported(kept, CSV)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert list(rows[0]) == list(KINDS)
    assert [(row["symbol"], row["mode"], row["state"]) for row in rows] == [
        ("SPY", "trend", "closed"),
        ("IBM", "mean_reversion", "closed"),
        ("SPY", "manual", "open"),
    ]
    assert (rows[0]["net_pnl"], rows[0]["closed_at"]) == ("100.00", "2023-12-13T16:00:00.000000000Z")
    assert (rows[2]["closed_at"], rows[2]["exit_price"], rows[2]["stop_price"]) == ("", "", "")
    assert rows[2]["signal_reason"] == 'he said "buy",\nand left'
    assert messages[0].file_name.endswith(".csv")
    assert messages[0].content_type == "text/csv; charset=utf-8"


async def test_parquet_holds_the_same_with_types(kept: Any) -> None:
    content, messages = await exported(kept, PARQUET)
    table = pq.read_table(pa.BufferReader(content))
    assert table.schema.names == list(KINDS)
    assert table["net_pnl"].to_pylist()[:2] == [Decimal("100.0000"), Decimal("-50.0000")]
    assert table["closed_at"].cast(pa.timestamp("s", tz="UTC")).to_pylist() == [
        datetime(2023, 12, 13, 16, tzinfo=UTC),
        datetime(2023, 12, 15, 16, tzinfo=UTC),
        None,
    ]
    assert table["entry_quantity"].type == pa.int64()
    assert messages[0].file_name.endswith(".parquet")


async def test_filters_choose_and_nothing_is_a_file_too(kept: Any) -> None:
    content, _ = await exported(kept, CSV, symbols=["IBM"])
    assert len(content.splitlines()) == 2
    modes = [common_pb2.STRATEGY_MODE_TREND, common_pb2.STRATEGY_MODE_MEAN_REVERSION]
    content, _ = await exported(kept, CSV, modes=modes)
    assert len(content.splitlines()) == 3
    content, _ = await exported(kept, CSV, end_time={"seconds": at("2023-12-14T00:00") // 10**9})
    assert len(content.splitlines()) == 2
    for file_format in (CSV, PARQUET):
        content, messages = await exported(kept, file_format, symbols=["QQQ"])
        assert content
        assert len(messages) == 1


async def test_a_long_file_comes_in_chunks_and_whole(world: Any, client: Any) -> None:
    many = [trade_of(1.0, at("2023-12-13T11:00") + number) for number in range(3_000)]
    world.store.trade_rows.update({trade.id: trade for trade in many})
    content, messages = await exported(client, CSV)
    assert len(messages) > 3
    assert all(len(message.data) == CHUNK_BYTES for message in messages[:-1])
    assert [bool(message.file_name) for message in messages] == [True] + [False] * (len(messages) - 1)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [row["id"] for row in rows] == [trade.id for trade in many]


async def test_a_format_or_a_filter_that_is_none_is_refused(client: Any, refused: Any) -> None:
    wrong = {
        "format": {},
        "symbols": {"symbols": ["n o"]},
        "end_time": {"start_time": {"seconds": 5}, "end_time": {"seconds": 5}},
    }
    for field, filters in wrong.items():
        file_format = trade_pb2.EXPORT_FORMAT_UNSPECIFIED if field == "format" else CSV
        call = client.trade.ExportTrades(trade_pb2.ExportTradesRequest(format=file_format, **filters))
        refusal = await refused(call.read())
        assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
        assert [name.split("[")[0] for name in refusal.fields] == [field]
