"""Runs on past bars from the command line."""

from __future__ import annotations

import io
import json
import signal
from pathlib import Path
from typing import Any

import grpc
import pytest

from fluxhero.v1 import backtest_pb2, common_pb2, trade_pb2
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.progress import Bar

METRICS = backtest_pb2.BacktestMetrics(
    final_equity="101250.5", total_return_pct=1.2505, sharpe_ratio=1.5, max_drawdown_pct=3.25, bars=7_000,
    sessions=1_000,
    trades=trade_pb2.TradeStatistics(trades=40, wins=25, net_pnl="1250.5"),
    by_mode=[trade_pb2.ModeStatistics(mode=common_pb2.STRATEGY_MODE_TREND, statistics={"trades": 40})],
    by_regime=[trade_pb2.RegimeStatistics(regime=common_pb2.REGIME_NEUTRAL, statistics={"trades": 40})],
)  # fmt: skip
LUCK = backtest_pb2.Luck(verdict=backtest_pb2.LUCK_VERDICT_LIKELY_LUCK, text="Likely luck: chance does as well.")
RESULT = backtest_pb2.BacktestResult(
    metrics=METRICS, checks=[{"name": "look_ahead", "passed": False, "text": "trades differ"}], luck=LUCK
)
PROGRESS = backtest_pb2.BacktestProgress(
    state=backtest_pb2.BACKTEST_STATE_RUNNING, done_pct=50, done=5, total=10, text="trading", remaining={"seconds": 90}
)
RUN = backtest_pb2.Backtest(
    id="bt-1", kind=backtest_pb2.BACKTEST_KIND_SINGLE, metrics=METRICS, progress={"state": "BACKTEST_STATE_SUCCEEDED"},
    config={"symbols": ["SPY", "IBM", "QQQ", "AAPL"], "name": "mine"},
)  # fmt: skip


def serve(daemon: Any, method: str, *messages: Any) -> None:
    async def stream(request: Any, context: Any) -> Any:
        for message in messages:
            yield message

    daemon.streams[f"BacktestService/{method}"] = stream


async def test_a_backtest_asks_for_what_was_said_and_shows_what_came_of_it(daemon: Any, fluxhero: Any) -> None:
    serve(
        daemon, "RunBacktest",
        backtest_pb2.RunBacktestResponse(backtest_id="bt-1", progress=PROGRESS),
        backtest_pb2.RunBacktestResponse(backtest_id="bt-1", result=RESULT),
    )  # fmt: skip
    line = (
        "backtest spy IBM --since 2022-01-03 --timeframe 1Day --source files --equity 50000 --set entry_atr=0.6"
        " --set allow_shorts=off --risk max_position_bp=25% --entry-order limit --name mine --request-id r1"
    )
    shown = await fluxhero(line)
    assert (shown.code, shown.err) == (0, "")
    for text in (
        "101,250.50",
        "+1.25",
        "40, -",
        "trend",
        "in neutral",
        "FAILED  look ahead: trades differ",
    ):
        assert text in shown.out, text
    assert shown.out.splitlines()[-1] == "Likely luck: chance does as well."
    (request,) = daemon.requests("BacktestService/RunBacktest")
    config = request.config
    assert (request.request_id, list(config.symbols), config.timeframe) == ("r1", ["SPY", "IBM"], "1Day")
    assert (config.source, config.initial_equity) == (backtest_pb2.BAR_SOURCE_FILES, "50000")
    assert (config.parameters.entry_atr, config.parameters.allow_shorts) == (0.6, False)
    assert (config.limits.max_position_bp, config.entry_order, config.name) == (2500, "limit", "mine")
    assert config.start_time.ToJsonString() == "2022-01-03T05:00:00Z"
    assert json.loads((await fluxhero("backtest SPY -o json")).out)["metrics"]["bars"] == "7000"
    assert (await fluxhero("backtest SPY -o csv")).out.splitlines()[1].startswith("101250.5,1.2505,")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("backtest SPY --set no_such=1", "'no_such' is no parameter"),
        ("backtest SPY --set entry_atr=x", "entry_atr takes a number"),
        ("backtest SPY --risk no_such=1", "no_such"),
        ("sweep SPY --vary entry_atr=a,b", "--vary takes NAME=VALUE,VALUE"),
        ("walkforward SPY --vary entry_atr", "--vary takes NAME=VALUE,VALUE"),
    ],
)
async def test_an_option_that_can_not_be_is_told_and_nothing_is_asked(
    daemon: Any, fluxhero: Any, line: str, text: str
) -> None:
    shown = await fluxhero(line)
    assert (shown.code, text in shown.err, daemon.received) == (2, True, [])


async def test_a_sweep_and_a_walk_forward_ask_for_their_axes_and_show_the_best(daemon: Any, fluxhero: Any) -> None:
    points = [
        {"parameters": {"entry_atr": 0.4 + 0.1 * number}, "objective": 2 - number, "metrics": METRICS}
        for number in (0, 1)
    ]
    sweep = backtest_pb2.SweepResult(points=points, combinations=6, failed=1, luck=LUCK)
    serve(daemon, "RunSweep", backtest_pb2.RunSweepResponse(backtest_id="bt-1", result=sweep))
    line = "sweep SPY --vary entry_atr=0.4,0.5 --vary allow_shorts=on,off --search random --combinations 6 --seed 3"
    shown = await fluxhero(f"{line} --objective total-return --points 2")
    assert "6 combinations, 1 of them could not run" in shown.out
    assert [row.split()[:2] for row in shown.out.splitlines()[2:4]] == [
        ["entry_atr=0.4", "2.00"],
        ["entry_atr=0.5", "1.00"],
    ]
    (request,) = daemon.requests("BacktestService/RunSweep")
    assert [(axis.parameter, list(axis.values)) for axis in request.axes] == [
        ("entry_atr", [0.4, 0.5]), ("allow_shorts", [1, 0]),
    ]  # fmt: skip
    assert (request.search, request.combinations, request.seed, request.max_points) == (2, 6, 3, 2)
    assert request.objective == backtest_pb2.SWEEP_OBJECTIVE_TOTAL_RETURN

    window = {"test_start_time": {"seconds": 1_700_000_000}, "parameters": {"entry_atr": 0.5}, "test": METRICS}
    walked = backtest_pb2.WalkForwardResult(verdict=2, text="Failed: 1 of 2.", windows=[window], combined=METRICS)
    serve(daemon, "RunWalkForward", backtest_pb2.RunWalkForwardResponse(backtest_id="bt-1", result=walked))
    shown = await fluxhero("walkforward SPY --train 6 --test 2 --vary entry_atr=0.4,0.5")
    assert shown.out.splitlines()[0] == "Failed: 1 of 2."
    assert "entry_atr=0.5" in shown.out
    (forward,) = daemon.requests("BacktestService/RunWalkForward")
    assert (forward.train_months, forward.test_months) == (6, 2)


async def test_the_report_is_saved_whole_or_not_at_all(daemon: Any, fluxhero: Any, tmp_path: Path) -> None:
    serve(daemon, "RunBacktest", backtest_pb2.RunBacktestResponse(backtest_id="bt-1", result=RESULT))
    daemon.answers["BacktestService/GetBacktest"] = backtest_pb2.GetBacktestResponse(backtest=RUN, report_html="<html>")
    name = tmp_path / "report.html"
    shown = await fluxhero(["backtest", "SPY", "--report", str(name)])
    assert (shown.code, name.read_text(), f"the report is in {name}" in shown.err) == (0, "<html>", True)
    (request,) = daemon.requests("BacktestService/GetBacktest")
    assert (request.backtest_id, request.include_report) == ("bt-1", True)
    shown = await fluxhero(["show-backtest", "bt-1", "--report", str(tmp_path / "none" / "x.html")])
    assert (shown.code, "can't be written" in shown.err) == (1, True)
    daemon.answers["BacktestService/GetBacktest"] = backtest_pb2.GetBacktestResponse(backtest=RUN)
    shown = await fluxhero(["show-backtest", "bt-1", "--report", str(tmp_path / "none.html")])
    assert (shown.code, "there is no report" in shown.err, (tmp_path / "none.html").exists()) == (1, True, False)


async def test_runs_are_listed_shown_with_all_their_trades_and_ended(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["BacktestService/ListBacktests"] = backtest_pb2.ListBacktestsResponse(backtests=[RUN])
    row = (await fluxhero("backtests")).out.splitlines()[1]
    for text in ("bt-1", "single", "succeeded", "+1.25", "SPY, IBM, QQQ and 1 more", "mine"):
        assert text in row

    async def page(request: Any) -> Any:
        trades = [{"id": f"{number}{request.page_token}", "symbol": "SPY"} for number in range(3)]
        more = "" if request.page_token else "next"
        return backtest_pb2.GetBacktestResponse(backtest=RUN, single=RESULT, trades=trades, next_page_token=more)

    daemon.answers["BacktestService/GetBacktest"] = page
    found = json.loads((await fluxhero("show-backtest bt-1 -o json")).out)
    assert [trade["id"] for trade in found["trades"]] == ["0", "1", "2", "0next", "1next", "2next"]
    assert "0next" not in (await fluxhero("show-backtest bt-1 --trades 2")).out
    daemon.answers["BacktestService/CancelBacktest"] = backtest_pb2.CancelBacktestResponse(backtest=RUN)
    assert (await fluxhero("end-backtest bt-1 --request-id r1")).out == "bt-1 was ended\n"


async def test_a_refusal_ends_with_its_exit_code_and_names_the_id_to_ask_again_with(
    daemon: Any, fluxhero: Any, refusal: Any
) -> None:
    for code, reason, exit_code in (
        (grpc.StatusCode.FAILED_PRECONDITION, "BACKTEST_FAILED", 4),
        (grpc.StatusCode.NOT_FOUND, "NO_DATA", 5),
        (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN", 3),
    ):
        progress = backtest_pb2.RunBacktestResponse(backtest_id="bt-1", progress=PROGRESS)
        serve(daemon, "RunBacktest", progress, refusal(code, "so it is", reason))
        shown = await fluxhero("backtest SPY --request-id r7")
        assert (shown.code, "so it is" in shown.err, shown.out) == (exit_code, True, "")
        assert ("--request-id r7" in shown.err) == (exit_code == 3)


async def test_a_detached_run_prints_its_id_and_an_interrupted_one_says_that_it_goes_on(
    daemon: Any, fluxhero: Any, fluxhero_process: Any
) -> None:
    serve(daemon, "RunBacktest", backtest_pb2.RunBacktestResponse(backtest_id="bt-1", progress=PROGRESS))
    assert (await fluxhero("backtest SPY --detach")).out == "bt-1\n"
    process: Any = None

    async def endless(request: Any, context: Any) -> Any:
        yield backtest_pb2.RunBacktestResponse(backtest_id="bt-1", progress=PROGRESS)
        process.send_signal(signal.SIGINT)
        await context.read()

    daemon.streams["BacktestService/RunBacktest"] = endless
    process = await fluxhero_process("backtest", "SPY", "--request-id", "r9")
    out, err = await process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert b"it goes on without you: follow it with --request-id r9" in err


def test_the_bar_moves_on_a_terminal_and_leaves_nothing_behind() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        bar = Bar(Console(io.StringIO(), stream, io.StringIO(), width=100))
        bar.show(PROGRESS)
        line = stream.getvalue()
        assert (line == "\r[############............]  50 % trading 5 of 10, 1 min 30 s left") == shown
        bar.end()
        assert stream.getvalue().endswith("\r") == shown
        assert len(stream.getvalue().split("\r")[-2].strip() if shown else "") == 0
