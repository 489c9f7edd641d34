"""`fluxherod backtest`: from files of bars to figures as text, JSON, CSV and Parquet."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from backtest import series
from backtest.data import sessions
from backtest.types import Config

from fluxherod.__main__ import main
from fluxherod.commands.backtest_arguments import source

SEED = 21
TABLES = ("trades", "signals", "guards", "positions", "equity", "metrics")


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A market by chance as a file a symbol, which are hours."""
    folder = tmp_path_factory.mktemp("prices")
    market = series.market(SEED, sessions())
    assert market.config.timeframe_ns == Config().timeframe_ns
    files = []
    for symbol, bars in market.bars.items():
        rows = np.array(bars, np.int64)
        path = folder / f"{symbol}_1Hour.csv"
        prices = (",".join(f"{value / 10_000}" for value in row[1:5]) for row in rows.tolist())
        lines = [f"{row[0]},{text},{row[5]}" for row, text in zip(rows.tolist(), prices, strict=True)]
        path.write_text("start_ns,open,high,low,close,volume\n" + "\n".join(lines) + "\n")
        files.append(str(path))
    return files


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("fluxherod.configuration.directories.keep_machine_code", lambda environment, cache: cache)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["backtest", *arguments]) == 0
    return capsys.readouterr().out


def test_the_text_has_what_the_json_has(prices: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, *prices)
    found = json.loads(said(capsys, *prices, "--json"))
    assert f"{found['bars']:,} bars in {found['sessions']:,} sessions" in text
    assert f"-> ${found['final_equity']:,.2f}" in text
    assert f"{100 * found['max_drawdown']:.2f} %" in text
    assert "bit for bit" in text
    assert found["look_ahead"] == {"clean": True, "parts": 3, "differing": []}
    assert found["trades"]["trades"] == sum(part["trades"] for part in found["by_mode"].values()) > 0


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_add_up_to_the_figures(
    prices: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    text = said(capsys, *prices, "--out", str(tmp_path / "out"), "--tables", form)
    assert (tmp_path / "out" / "report.txt").read_text() == text
    found = json.loads((tmp_path / "out" / "report.json").read_text())
    read = pcsv.read_csv if form == "csv" else pq.read_table
    tables = {name: read(tmp_path / "out" / f"{name}.{form}").to_pylist() for name in TABLES}
    trades, equity = tables["trades"], tables["equity"]
    assert len(trades) == found["trades"]["trades"]
    assert float(sum(trade["net_usd"] for trade in trades)) == pytest.approx(found["trades"]["net"])
    assert float(equity[-1]["equity_usd"]) == pytest.approx(found["final_equity"])
    assert {trade["symbol"] for trade in trades} <= set(found["symbols"])
    assert {trade["exit_reason"] for trade in trades} <= {"signal", "stop", "breaker", "daily_loss"}
    for trade in trades:
        moved = (trade["exit_usd"] - trade["entry_usd"]) * (1 if trade["side"] == "long" else -1)
        net = moved * trade["quantity_shares"] - trade["commission_usd"]
        assert float(trade["net_usd"]) == pytest.approx(float(net), abs=1e-6)
        assert trade["signal_utc"] <= trade["entry_utc"] <= trade["exit_utc"]
    entries = [signal for signal in tables["signals"] if signal["kind"] == "entry"]
    assert len(entries) == sum(found["entry_signals"].values())
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert f"{found['trades']['trades']:,}" in page


def test_the_configuration_rules(prices: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    usual = json.loads(said(capsys, *prices, "--json"))
    longs = json.loads(said(capsys, *prices, "--json", "--set", "strategy.allow_shorts=false", "--equity", "50000"))
    assert longs["initial_equity"] == 50_000
    assert longs["entry_signals"]["shorts_off"] > 0
    assert "shorts_off" not in usual["entry_signals"]


def test_days_bound_what_is_traded_and_what_came_before_warms_up(
    prices: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads(said(capsys, *prices, "--json"))
    first, last = whole["first"][:10], whole["last"][:10]
    days = sorted(day for day in sessions() if first <= day <= last)
    begin, end = days[len(days) // 3], days[-3]
    part = json.loads(said(capsys, *prices, "--json", "--from", begin, "--to", end))
    assert (part["first"][:10], part["last"][:10]) == (begin, end)
    assert part["warm_up_bars"] > 0
    assert part["warm_up_bars"] + part["bars"] < whole["bars"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("market.session", "extended"), ("strategy.trail_on", "price"), ("orders.flatten_at_close", "true")],
)
def test_a_setting_that_bars_cannot_follow_is_refused(
    prices: list[str], capsys: pytest.CaptureFixture[str], key: str, value: str
) -> None:
    assert main(["backtest", *prices, "--set", f"{key}={value}"]) == 2
    assert f"{key} = " in capsys.readouterr().err


def test_what_is_wrong_with_the_files_is_said(prices: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", prices[0], prices[0]]) == 2
    assert "allowed is one file a symbol" in capsys.readouterr().err
    assert main(["backtest", prices[0], "--to", "1999-01-01"]) == 2
    assert "no bars in these days" in capsys.readouterr().err
    for days in (("--from", "2999-01-01"), ("--from", "2013-10-08", "--to", "2013-10-07")):
        assert main(["backtest", prices[0], *days]) == 2
        assert "no bars in these days" in capsys.readouterr().err
    assert main(["backtest", "/nonexistent.csv"]) == 1
    assert "/nonexistent.csv" in capsys.readouterr().err


def test_a_file_that_holds_no_bars_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "SPY.csv").write_text("a,b\n1,2\n")
    assert main(["backtest", str(tmp_path / "SPY.csv")]) == 2
    assert "SPY.csv: the columns are a, b" in capsys.readouterr().err


def test_bars_of_another_timeframe_are_refused(prices: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for timeframe, said in (("1Day", "nearer to each other than 1Day"), ("5Min", "no bars that are as near")):
        assert main(["backtest", prices[0], "--set", f"market.timeframe={timeframe}"]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert "market.timeframe must be that of the bars" in error


def test_where_nothing_can_be_written_is_told_before_the_run(
    prices: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["backtest", prices[0], "--out", str(tmp_path / "file")]) == 2
    told = capsys.readouterr()
    assert f"--out {tmp_path / 'file'}: File exists: allowed is a folder, or the name of a new one" in told.err
    assert told.out == ""


def test_a_single_bar_is_a_run_of_a_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = "timestamp,open,high,low,close,volume\n"
    (tmp_path / "SPY.csv").write_text(f"{header}2013-10-08T14:00:00Z,165.5,166.25,165.1,166,1000\n")
    found = json.loads(said(capsys, str(tmp_path / "SPY.csv"), "--json"))
    assert (found["bars"], found["sessions"], found["final_equity"]) == (1, 1, 100_000)
    (tmp_path / "SPY.csv").write_text(header)
    assert main(["backtest", str(tmp_path / "SPY.csv")]) == 2
    assert "no bars in these days" in capsys.readouterr().err


def test_a_file_with_the_newest_bar_first_is_to_be_sorted(
    prices: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *rows = Path(prices[0]).read_text().splitlines()
    (tmp_path / "SPY.csv").write_text("\n".join([header, *reversed(rows)]) + "\n")
    assert main(["backtest", str(tmp_path / "SPY.csv")]) == 2
    assert "SPY.csv has its newest bar first: sort it by time" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["--equity=0", "--equity=1.5", "--equity=many", "--from=2013", "--tables=xls"])
def test_a_wrong_option_is_refused(prices: list[str], wrong: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["backtest", prices[0], wrong])


def test_a_file_is_of_the_symbol_that_is_named_or_that_its_name_begins_with() -> None:
    assert source("data/SPY_1Hour.csv.gz") == ("SPY", "data/SPY_1Hour.csv.gz")
    assert source("ibm.parquet") == ("IBM", "ibm.parquet")
    assert source("brk.b=/x/y_z.csv") == ("BRK.B", "/x/y_z.csv")
