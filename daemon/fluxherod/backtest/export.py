"""A run as tables for other programs: trades, signals, equity, positions, guards and figures, as CSV and Parquet.

Money and prices are exact decimals in dollars (`*_usd`), times stand in UTC and in New York (`*_utc`, `*_new_york`),
fractions are not percent. Each column's unit is also in the Parquet field's metadata, as `unit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from fluxherod.backtest.metrics import Metrics, RunFigures
from fluxherod.backtest.model import ExitReason, Guard, Kind, Outcome, Run
from fluxherod.backtest.report import Report
from fluxherod.core.jit import RecordArray, RowArray
from fluxherod.core.strategy.codes import EntryMode
from fluxherod.core.types import Regime

USD = pa.decimal128(19, 4)
_ZONES = {"utc": "UTC", "new_york": "America/New_York"}
FORMATS = ("csv", "parquet")


def export(report: Report, folder: Path, formats: tuple[str, ...] = FORMATS) -> tuple[Path, ...]:
    """Write the tables into a folder, which is made, as `trades.csv`, `trades.parquet` and so on.

    Raises:
        ValueError: for another format.
        OSError: when a file can't be written.
    """
    unknown = [name for name in formats if name not in _WRITERS]
    if unknown:
        raise ValueError(f"formats = {', '.join(unknown)}: allowed is {' and '.join(FORMATS)}")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables(report).items():
        for form in formats:
            path = folder / f"{name}.{form}"
            _WRITERS[form](table, path)
            written.append(path)
    return tuple(written)


def tables(report: Report) -> Mapping[str, Any]:
    """The Arrow tables by name."""
    run = report.run
    return {
        "trades": trades(run),
        "signals": signals(run),
        "equity": equity(run),
        "positions": positions(run),
        "guards": guards(run),
        "metrics": figures(report.metrics),
    }


def trades(run: Run) -> Any:
    """The closed trades."""
    rows = run.trades
    return _table(
        {
            **_named(run, rows, Kind),
            "exit_reason": _names(rows["reason"], ExitReason),
            "quantity_shares": rows["quantity"],
            **_times("signal", rows["signal_ns"]),
            **_times("entry", rows["entry_ns"]),
            "entry_usd": _usd(rows["entry_e4"]),
            **_times("exit", rows["exit_ns"]),
            "exit_usd": _usd(rows["exit_e4"]),
            "first_stop_usd": _usd(rows["stop_e4"]),
            "net_usd": _usd(rows["pnl_e4"]),
            "commission_usd": _usd(rows["commission_e4"]),
            "held_bars": rows["bars"],
        }
    )


def signals(run: Run) -> Any:
    """Every entry that fired and every exit signal, with what became of it."""
    rows = run.signals
    return _table(
        {
            "symbol": _symbols(run, rows),
            "side": _sides(rows),
            "kind": ["exit" if one else "entry" for one in rows["exit"].tolist()],
            "mode": [_mode(one, mode) for one, mode in zip(rows["exit"].tolist(), rows["mode"].tolist(), strict=True)],
            "regime": _names(rows["regime"], Regime),
            "outcome": _names(rows["outcome"], Outcome),
            "correlated": rows["correlated"],
            **_times("decided", rows["ns"]),
            "price_usd": _usd(rows["price_e4"]),
            "stop_usd": _usd(rows["stop_e4"]),
            "quantity_shares": rows["quantity"],
        }
    )


def _mode(leaving: bool, code: int) -> str:
    if leaving:
        return Kind(code).name.lower()
    return Kind.MANUAL.name.lower() if code == Kind.MANUAL else EntryMode(code).name.lower()


def equity(run: Run) -> Any:
    """The equity at the end of each bar time."""
    return _table(
        {
            **_times("mark", run.equity_ns),
            "equity_usd": _usd(run.equity_e4),
            "exposure_usd": _usd(run.exposure_e4),
        }
    )


def positions(run: Run) -> Any:
    """What was open at the end, at its last price."""
    rows = run.open
    return _table(
        {
            **_named(run, rows, Kind),
            "quantity_shares": rows["quantity"],
            **_times("signal", rows["signal_ns"]),
            **_times("entry", rows["entry_ns"]),
            "entry_usd": _usd(rows["entry_e4"]),
            "stop_usd": _usd(rows["stop_e4"]),
            "last_usd": _usd(rows["price_e4"]),
            "net_usd": _usd(rows["pnl_e4"]),
        }
    )


def guards(run: Run) -> Any:
    """What the breaker and the daily loss did, with the equity, its peak and the session's base that they saw."""
    rows = run.guards
    return _table(
        {
            **_times("mark", rows["ns"]),
            "what": _names(rows["what"], Guard),
            "equity_usd": _usd(rows["equity_e4"]),
            "peak_usd": _usd(rows["peak_e4"]),
            "base_usd": _usd(rows["base_e4"]),
        }
    )


_UNITS = {"_usd": "USD", "peak_s": "seconds since 1970 UTC", "trough_s": "seconds since 1970 UTC", "_s": "seconds"}
_SIZES = {"_e4": ("_usd", 10_000), "_ns": ("_s", 10**9)}
_FRACTIONS = ("total_return", "annualised_return", "volatility", "exposure", "average_exposure", "win_rate", "fraction")
_RATIOS = ("sharpe", "sharpe_zero_rate", "sortino", "calmar", "profit_factor")


def figures(found: Metrics) -> Any:
    """The figures of a run, one a row: `group` is all, mode:..., regime:... or month; empty where not defined."""
    rows = [("all", name, value) for name, value in _scalars(found)]
    for kind, groups in (("mode", found.by_mode), ("regime", found.by_regime)):
        for name, one in groups.items():
            rows += [(f"{kind}:{name}", figure, value) for figure, value in _of_trades(one)]
    rows += [("month", month, value) for month, value in found.monthly.items()]
    plain = [(group, *_plain(name, value)) for group, name, value in rows]
    return pa.table(
        {
            "group": pa.array([group for group, _, _ in plain], pa.string()),
            "figure": pa.array([name for _, name, _ in plain], pa.string()),
            "value": pa.array([value for _, _, value in plain], pa.float64()),
            "unit": pa.array(
                ["fraction" if group == "month" else _unit(name) for group, name, _ in plain], pa.string()
            ),
        }
    )


def _plain(name: str, value: float | None) -> tuple[str, float | None]:
    """Dollars and seconds, as the name then says."""
    unit, size = _SIZES.get(name[-3:], (name[-3:], 1))
    return name[:-3] + unit, None if value is None else float(value) / size


def _scalars(found: Metrics) -> list[tuple[str, float | None]]:
    plain = [
        (name, value)
        for name, value in asdict(found).items()
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    ]
    falls = [(f"drawdown_{name}", value) for name, value in asdict(found.drawdown).items()]
    return [*plain, *falls, *_of_trades(found.trades)]


def _of_trades(found: RunFigures) -> list[tuple[str, float | None]]:
    derived = ("losses", "win_rate", "average_win_e4", "average_loss_e4", "profit_factor", "expectancy_e4")
    held = ("average_held_ns", "average_held_bars")
    return [*asdict(found).items(), *((name, getattr(found, name)) for name in (*derived, *held))]


def _unit(name: str) -> str:
    if name.endswith(_FRACTIONS):
        return "fraction"
    if name in _RATIOS:
        return "ratio"
    if name == "drawdown_recovered":
        return "1 or 0"
    if name.endswith("bars"):
        return "bars"
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), "count")


def _named(run: Run, rows: RecordArray, kinds: type[IntEnum]) -> dict[str, list[str]]:
    return {
        "symbol": _symbols(run, rows),
        "side": _sides(rows),
        "mode": _names(rows["mode"], kinds),
        "regime": _names(rows["regime"], Regime),
    }


def _symbols(run: Run, rows: RecordArray) -> list[str]:
    return [run.symbols[index] for index in rows["symbol"].tolist()]


def _sides(rows: RecordArray) -> list[str]:
    return ["long" if side > 0 else "short" for side in rows["side"].tolist()]


def _names(codes: RecordArray, kind: type[IntEnum]) -> list[str]:
    return [kind(code).name.lower() for code in codes.tolist()]


def _times(name: str, ns: RowArray) -> dict[str, Any]:
    whole = pa.array(np.ascontiguousarray(ns, np.int64))
    return {f"{name}_{suffix}": whole.cast(pa.timestamp("ns", zone)) for suffix, zone in _ZONES.items()}


def _usd(value_e4: RowArray) -> Any:
    """Exact dollars. The 1/10,000 dollars are a decimal's digits, 16 bytes each, low ones first."""
    digits = np.zeros((len(value_e4), 2), "<i8")
    digits[:, 0], digits[:, 1] = value_e4, np.where(value_e4 < 0, -1, 0)
    return pa.Array.from_buffers(USD, len(value_e4), [None, pa.py_buffer(digits.tobytes())])


_SUFFIXES = {"_usd": "USD", "_shares": "shares", "_bars": "bars", "_utc": "UTC", "_new_york": "America/New_York"}


def _table(columns: Mapping[str, Any]) -> Any:
    arrays = {name: _array(column) for name, column in columns.items()}
    fields = [pa.field(name, array.type, metadata=_metadata(name)) for name, array in arrays.items()]
    return pa.table(list(arrays.values()), schema=pa.schema(fields))


def _array(column: Any) -> Any:
    if isinstance(column, pa.Array):
        return column
    return pa.array(column, pa.string()) if isinstance(column, list) else pa.array(np.ascontiguousarray(column))


def _metadata(name: str) -> dict[str, str] | None:
    return next(({"unit": unit} for end, unit in _SUFFIXES.items() if name.endswith(end)), None)


def _write_csv(table: Any, path: Path) -> None:
    """Times are texts with their offset from UTC, such as `2007-01-03T10:30:00-0500`."""
    columns = [_text(column) for column in table.columns]
    pcsv.write_csv(pa.table(columns, names=table.column_names), path)


def _text(column: Any) -> Any:
    if not pa.types.is_timestamp(column.type):
        return column
    seconds = column.cast(pa.timestamp("s", column.type.tz))
    return pc.strftime(seconds, format="%Y-%m-%dT%H:%M:%S%z")


def _write_parquet(table: Any, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")


_WRITERS: Mapping[str, Callable[[Any, Path], None]] = {"csv": _write_csv, "parquet": _write_parquet}
