"""ExportTrades: trades as a table, and the table as a file."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fluxhero.v1 import trade_pb2
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.portfolio import Trade
from fluxherod.rpc.convert_orders import trade_message
from fluxherod.rpc.info import TableFile

CHUNK_BYTES = 64 * 1024
# The columns of both formats, in order; a kind is one of those of `TableFile`.
KINDS: Mapping[str, str] = {
    "id": "text",
    "symbol": "text",
    "side": "text",
    "state": "text",
    "mode": "text",
    "regime": "text",
    "signal_id": "text",
    "signal_reason": "text",
    "opened_at": "time",
    "closed_at": "time",
    "entry_quantity": "count",
    "entry_price": "money",
    "entry_value": "money",
    "exit_quantity": "count",
    "exit_price": "money",
    "exit_value": "money",
    "realized_pnl": "money",
    "realized_pnl_pct": "ratio",
    "commission": "money",
    "net_pnl": "money",
    "stop_price": "money",
    "exit_reason": "text",
    "holding_time_s": "ratio",
}
_ENUMS: Mapping[str, tuple[Any, str]] = {
    "side": (trade_pb2.Trade.DESCRIPTOR.fields_by_name["side"].enum_type, "POSITION_SIDE_"),
    "state": (trade_pb2.Trade.DESCRIPTOR.fields_by_name["state"].enum_type, "TRADE_STATE_"),
    "mode": (trade_pb2.Trade.DESCRIPTOR.fields_by_name["mode"].enum_type, "STRATEGY_MODE_"),
    "regime": (trade_pb2.Trade.DESCRIPTOR.fields_by_name["regime"].enum_type, "REGIME_"),
}


async def trade_file(
    trades: Sequence[Trade], file_format: trade_pb2.ExportFormat, now_ns: int, parquet: TableFile
) -> bytes:
    """The bytes of a file of trades, made in a thread: the event loop is for trading."""
    if file_format == trade_pb2.EXPORT_FORMAT_PARQUET:
        return await asyncio.to_thread(lambda: parquet(_columns(trades, now_ns), KINDS))
    return await asyncio.to_thread(_csv, trades, now_ns)


def chunks(content: bytes) -> Iterator[bytes]:
    """The file in pieces of at most `CHUNK_BYTES`; even one without trades has a header."""
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


def _columns(trades: Sequence[Trade], now_ns: int) -> dict[str, list[Any]]:
    rows = [_row(trade, now_ns) for trade in trades]
    return {name: [row[name] for row in rows] for name in KINDS}


def _csv(trades: Sequence[Trade], now_ns: int) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(KINDS))
    writer.writeheader()
    for trade in trades:
        row = _row(trade, now_ns)
        writer.writerow({**row, "opened_at": _time(row["opened_at"]), "closed_at": _time(row["closed_at"])})
    return out.getvalue().encode()


def _row(trade: Trade, now_ns: int) -> dict[str, Any]:
    """The API's own figures of a trade; what is not set is None."""
    message = trade_message(trade, now_ns)
    row: dict[str, Any] = {
        name: getattr(message, name)
        for name in KINDS
        if name in message.DESCRIPTOR.fields_by_name and name not in ("opened_at", "closed_at")
    }
    for name, (enum, prefix) in _ENUMS.items():
        row[name] = enum.values_by_number[row[name]].name.removeprefix(prefix).lower()
    for name in ("exit_price", "stop_price"):
        row[name] = row[name] if message.HasField(name) else None
    holding = message.holding_time.ToNanoseconds() / SECOND_NS
    return row | {"opened_at": trade.opened_ns, "closed_at": trade.closed_ns, "holding_time_s": holding}


def _time(ns: int | None) -> str:
    if ns is None:
        return ""
    seconds, rest = divmod(ns, SECOND_NS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
