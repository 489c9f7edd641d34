"""What is exported comes back as it was, from CSV and from Parquet."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from backtest import reports

from fluxherod.backtest.export import export, tables
from fluxherod.backtest.model import ExitReason, Kind

NAMES = ("trades", "signals", "equity", "positions", "guards", "metrics")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "new"
    written = export(reports.busy()[1], folder)
    assert sorted(path.name for path in written) == sorted(
        f"{name}.{form}" for name in NAMES for form in ("csv", "parquet")
    )
    return folder


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("name", NAMES)
def test_parquet_gives_back_the_same_table_with_its_units(folder: Path, name: str) -> None:
    made = tables(reports.busy()[1])[name]
    found = pq.read_table(folder / f"{name}.parquet")
    assert found.equals(made)
    for field in found.schema:
        if field.name.endswith("_usd"):
            assert field.metadata[b"unit"] == b"USD"


@pytest.mark.parametrize("name", NAMES)
def test_csv_gives_back_every_value(folder: Path, name: str) -> None:
    made = tables(reports.busy()[1])[name].to_pylist()
    found = rows(folder, name)
    assert len(found) == len(made)
    for texts, values in zip(found, made, strict=True):
        assert texts.keys() == values.keys()
        for column, text in texts.items():
            same(text, values[column])


def same(text: str, value: Any) -> None:
    if hasattr(value, "utcoffset"):
        assert datetime.fromisoformat(text) == value
        assert datetime.fromisoformat(text).utcoffset() == value.utcoffset()
    elif isinstance(value, bool):
        assert text == str(value).lower()
    elif value is None:
        assert text == ""
    else:
        assert type(value)(text) == value


def test_a_trade_is_told_exactly_in_dollars_and_in_both_times(folder: Path) -> None:
    run = reports.busy()[1].run
    for row, trade in zip(rows(folder, "trades"), run.trades, strict=True):
        assert row["symbol"] == run.symbols[trade["symbol"]]
        assert row["side"] == ("long" if trade["side"] > 0 else "short")
        assert row["mode"] == Kind(trade["mode"]).name.lower()
        assert row["exit_reason"] == ExitReason(trade["reason"]).name.lower()
        assert Decimal(row["net_usd"]) * 10_000 == int(trade["pnl_e4"])
        assert Decimal(row["entry_usd"]) * 10_000 == int(trade["entry_e4"])
        entry = datetime.fromtimestamp(int(trade["entry_ns"]) // 10**9, UTC)
        assert datetime.fromisoformat(row["entry_utc"]) == datetime.fromisoformat(row["entry_new_york"]) == entry
        assert row["entry_new_york"][-5:] in ("-0400", "-0500")


def test_the_figures_are_those_of_the_report(folder: Path) -> None:
    found = {(row["group"], row["figure"]): row for row in rows(folder, "metrics")}
    figures = reports.busy()[1].metrics
    assert float(found["all", "total_return"]["value"]) == figures.total_return
    assert found["all", "net_usd"]["unit"] == "USD"
    assert float(found["all", "net_usd"]["value"]) * 10_000 == pytest.approx(figures.trades.net_e4)
    assert {month for group, month in found if group == "month"} == set(figures.monthly)
    assert len(found) == len(rows(folder, "metrics"))


def test_an_unknown_format_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="formats = xlsx: allowed is csv and parquet"):
        export(reports.busy()[1], tmp_path, ("xlsx",))


def test_a_run_without_a_trade_has_empty_tables_of_the_same_columns() -> None:
    busy, idle = (tables(made()[1]) for made in (reports.busy, reports.idle))
    assert {name: table.schema for name, table in idle.items()} == {name: table.schema for name, table in busy.items()}
