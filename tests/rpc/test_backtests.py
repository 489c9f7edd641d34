"""BacktestService over a real server, its runs in real processes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from rpc.market_files import write_hours

from fluxhero.v1 import backtest_pb2, common_pb2, risk_pb2, strategy_pb2, system_pb2, trade_pb2
from fluxherod.configuration.research_section import ResearchConfig

FILES, HISTORY = backtest_pb2.BAR_SOURCE_FILES, backtest_pb2.BAR_SOURCE_HISTORY
RUNNING, QUEUED = backtest_pb2.BACKTEST_STATE_RUNNING, backtest_pb2.BACKTEST_STATE_QUEUED
SUCCEEDED, CANCELED = backtest_pb2.BACKTEST_STATE_SUCCEEDED, backtest_pb2.BACKTEST_STATE_CANCELED
FAILED = backtest_pb2.BACKTEST_STATE_FAILED
SINGLE = backtest_pb2.BACKTEST_KIND_SINGLE


def at(text: str) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.fromisoformat(text).replace(tzinfo=UTC))
    return stamp


def wanted(request_id: str = "one", **fields: Any) -> backtest_pb2.RunBacktestRequest:
    given = {"symbols": ["SPY"], "timeframe": "1Hour", "source": FILES, **fields}
    return backtest_pb2.RunBacktestRequest(request_id=request_id, config=backtest_pb2.BacktestConfig(**given))


def from_the_broker(request_id: str, **fields: Any) -> backtest_pb2.RunBacktestRequest:
    """A run that waits for a broker who is silent."""
    return wanted(request_id, source=HISTORY, start_time=at("2023-01-03"), **fields)


async def get(client: Any, run_id: str, **fields: Any) -> backtest_pb2.GetBacktestResponse:
    found: backtest_pb2.GetBacktestResponse = await client.backtest.GetBacktest(
        backtest_pb2.GetBacktestRequest(backtest_id=run_id, **fields)
    )
    return found


async def list_of(client: Any, **fields: Any) -> backtest_pb2.ListBacktestsResponse:
    found: backtest_pb2.ListBacktestsResponse = await client.backtest.ListBacktests(
        backtest_pb2.ListBacktestsRequest(**fields)
    )
    return found


def end(run_id: str, request_id: str = "c") -> backtest_pb2.CancelBacktestRequest:
    return backtest_pb2.CancelBacktestRequest(request_id=request_id, backtest_id=run_id)


async def messages_of(call: Any) -> list[Any]:
    found = []
    while (message := await call.read()) is not grpc.aio.EOF:
        found.append(message)
    return found


def workers() -> list[int]:
    """The processes of runs that this one has started and that live."""
    tasks = (task.read_text(encoding="ascii") for task in Path("/proc/self/task").glob("*/children"))
    return [
        int(pid) for task in tasks for pid in task.split() if b"fluxherod.jobs.worker" in of_process(pid, "cmdline")
    ]


def of_process(pid: int | str, name: str) -> bytes:
    """What the system tells of a process; nothing once it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""


async def process_of(world: Any, run_id: str) -> int:
    """The process of a run, as soon as it has one."""
    await world.until(lambda: world.backtests.find(run_id).state == RUNNING and workers())
    (pid,) = workers()
    return pid


def told_by_the_run(messages: Sequence[Any]) -> set[str]:
    """What the run's process said that it does. It is told a few times a second: which of it is chance."""
    by_others = {"", "done", "starting", "waits for a free worker"}
    return {message.progress.text for message in messages} - by_others


async def test_a_run_tells_how_far_it_is_and_then_its_result_which_stays(world: Any, client: Any, refused: Any) -> None:
    write_hours(world.tokens / "data", "SPY", 1)
    write_hours(world.tokens / "data", "IBM", 2)
    request = wanted(symbols=["SPY", "IBM"], start_time=at("2022-06-01"), name="two")
    request.config.parameters.entry_atr = 0.6
    request.config.limits.max_position_bp = 3_000
    messages = await messages_of(client.backtest.RunBacktest(request))
    *progress, last = messages
    run_id = last.backtest_id
    assert {message.backtest_id for message in messages} == {run_id}
    parts = [message.progress.done_pct for message in progress]
    assert parts == sorted(parts)
    assert progress[0].progress.state == QUEUED
    assert (progress[-1].progress.state, parts[-1]) == (SUCCEEDED, 100)
    assert told_by_the_run(progress)

    metrics = last.result.metrics
    assert metrics.trades.trades > 10
    assert metrics.bars > 2_000
    assert {check.name for check in last.result.checks} == {"look_ahead", "warm_up"}
    assert all(check.passed for check in last.result.checks)
    assert last.result.equity_curve[-1].equity == metrics.final_equity
    assert len(last.result.equity_curve) == metrics.sessions
    assert [month.month for month in last.result.monthly_returns][:2] == ["2022-06", "2022-07"]

    found = await get(client, run_id, page_size=7)
    assert (found.single, found.backtest.metrics) == (last.result, metrics)
    assert found.backtest.requested_by == "unix"
    config = found.backtest.config
    assert (config.name, config.parameters.entry_atr, config.limits.max_position_bp) == ("two", 0.6, 3_000)
    assert (config.parameters.exit_atr, config.initial_equity, config.entry_order) == (0.3, "100000", "market")
    trades = await every_trade(client, run_id)
    closed = [trade for trade in trades if trade.state == trade_pb2.TRADE_STATE_CLOSED]
    assert len(closed) == metrics.trades.trades
    assert sum(Decimal(trade.net_pnl) for trade in closed) == Decimal(metrics.trades.net_pnl)
    assert sum(Decimal(trade.net_pnl) for trade in trades) == Decimal(metrics.final_equity) - 100_000
    assert [trade.closed_at.ToNanoseconds() for trade in closed] == sorted(
        (trade.closed_at.ToNanoseconds() for trade in closed), reverse=True
    )
    for trade in closed:
        assert trade.side in (common_pb2.POSITION_SIDE_LONG, common_pb2.POSITION_SIDE_SHORT)
        assert Decimal(trade.realized_pnl) - Decimal(trade.commission) == Decimal(trade.net_pnl)

    again = await messages_of(client.backtest.RunBacktest(request))
    assert (again[-1], len(world.backtests.all())) == (last, 1)
    refusal = await refused(client.backtest.RunBacktest(wanted(symbols=["IBM"])).read())
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED")
    assert (await refused(client.backtest.CancelBacktest(end(run_id)))).reason == "BACKTEST_ENDED"

    after_a_restart = world.make_backtests(ResearchConfig())
    await after_a_restart.open()
    (kept,) = after_a_restart.all()
    assert (kept.id, kept.state, kept.elapsed_ns) == (run_id, SUCCEEDED, world.backtests.find(run_id).elapsed_ns)
    assert backtest_pb2.BacktestMetrics.FromString(kept.metrics) == metrics


async def every_trade(client: Any, run_id: str) -> list[Any]:
    found: list[Any] = []
    token = ""
    while True:
        page = await get(client, run_id, page_size=7, page_token=token)
        found += page.trades
        token = page.next_page_token
        if not token:
            return found


async def test_one_run_is_made_at_a_time_and_each_can_be_ended(world: Any, client: Any, refused: Any) -> None:
    first = client.backtest.RunBacktest(from_the_broker("a"))
    running = await first.read()
    second = client.backtest.RunBacktest(from_the_broker("b"))
    waiting = await second.read()
    pid = await process_of(world, running.backtest_id)
    listed = await list_of(client, states=[QUEUED, RUNNING])
    assert [(one.id, one.progress.state) for one in listed.backtests] == [
        (waiting.backtest_id, QUEUED), (running.backtest_id, RUNNING),
    ]  # fmt: skip
    page = await list_of(client, page_size=1)
    rest = await list_of(client, page_size=1, page_token=page.next_page_token)
    assert [one.id for one in (*page.backtests, *rest.backtests)] == [waiting.backtest_id, running.backtest_id]
    assert rest.next_page_token == ""
    for filters in ({"kinds": [backtest_pb2.BACKTEST_KIND_SWEEP]}, {"end_time": at("2000-01-01")}):
        assert not (await list_of(client, **filters)).backtests
    for wrong in ({"kinds": [9]}, {"states": [0]}, {"page_token": page.next_page_token, "kinds": [SINGLE]}):
        assert (await refused(list_of(client, **wrong))).code is grpc.StatusCode.INVALID_ARGUMENT
    assert (await get(client, waiting.backtest_id)).backtest.config.end_time.ToNanoseconds() == world.clock.now_ns()
    ended = await client.backtest.CancelBacktest(end(waiting.backtest_id))
    assert ended.backtest.progress.state == CANCELED
    assert (await client.backtest.CancelBacktest(end(waiting.backtest_id))).backtest == ended.backtest
    refusal = await refused(client.backtest.CancelBacktest(end(waiting.backtest_id, "another")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "BACKTEST_ENDED")
    await client.backtest.CancelBacktest(end(running.backtest_id))
    async with asyncio.timeout(5):
        await world.until(lambda: pid not in workers())
    for call in (first, second):
        refusal = await refused(messages_of(call))
        assert (refusal.reason, "canceled by unix" in refusal.text) == ("BACKTEST_ENDED", True)
    assert (await get(client, running.backtest_id)).backtest.error == "canceled by unix"


async def test_a_run_whose_process_is_killed_has_failed_and_the_next_one_begins(
    world: Any, client: Any, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLUXHERO_ALPACA_SECRET_FILE", "/secret")
    call = client.backtest.RunBacktest(from_the_broker("a"))
    run_id = (await call.read()).backtest_id
    pid = await process_of(world, run_id)
    environment = of_process(pid, "environ")
    assert b"PATH=" in environment
    assert b"FLUXHERO" not in environment
    os.kill(pid, signal.SIGKILL)
    refusal = await refused(messages_of(call))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "BACKTEST_FAILED")
    assert "its process was ended by SIGKILL" in refusal.text
    found = (await get(client, run_id)).backtest
    assert (found.progress.state, "SIGKILL" in found.error) == (FAILED, True)
    assert (await client.system.GetStatus(system_pb2.GetStatusRequest())).status.version == "1.2.3"
    world.broker_speaks.set()
    refusal = await refused(messages_of(client.backtest.RunBacktest(from_the_broker("b"))))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "BROKER_UNAVAILABLE")
    assert "this broker has no bars" in refusal.text


async def test_a_run_goes_on_without_its_caller_and_ends_with_the_daemon(world: Any, serving: Any) -> None:
    async with serving(world) as client:
        await world.trading()
        call = client.backtest.RunBacktest(from_the_broker("a"))
        run_id = (await call.read()).backtest_id
        pid = await process_of(world, run_id)
        call.cancel()
        await world.until(lambda: world.server.gate.loads.calls == 0)
        assert (await get(client, run_id)).backtest.progress.state == RUNNING
        follower = client.backtest.RunBacktest(from_the_broker("a"))
        assert (await follower.read()).backtest_id == run_id
        await world.server.drain("the test ends")
        with pytest.raises(grpc.aio.AioRpcError, match="the daemon stops"):
            await messages_of(follower)
    assert pid not in workers()
    after_a_restart = world.make_backtests(ResearchConfig())
    await after_a_restart.open()
    (found,) = after_a_restart.all()
    assert (found.id, found.state) == (run_id, CANCELED)
    assert "the daemon ended while it ran" in found.error


async def test_a_run_that_is_being_ended_while_the_daemon_ends_is_waited_for(world: Any, serving: Any) -> None:
    async with serving(world) as client:
        await world.trading()
        run_id = (await client.backtest.RunBacktest(from_the_broker("a")).read()).backtest_id
        pid = await process_of(world, run_id)
        (manager,) = [task for task in asyncio.all_tasks() if task.get_coro().__qualname__ == "Manager.run"]
        (of_run,) = [task for task in asyncio.all_tasks() if task.get_name() == f"backtest {run_id}"]
        await world.backtests.cancel(run_id, "unix", "c")
        for _ in range(3):  # it kills its process, and waits for the end
            await asyncio.sleep(0)
        assert not of_run.done()
        manager.cancel()
        await asyncio.gather(manager, return_exceptions=True)
        assert of_run.done()
        assert of_run.cancelling() == 1  # a second time would have ended the wait
        assert of_process(pid, "cmdline") == b""


WRONG = {
    "config.symbols": [{"symbols": []}, {"symbols": ["../SPY"]}, {"symbols": ["SPY", "SPY"]}, {"symbols": ["spy"]}],
    "config.timeframe": [{"timeframe": "2Hour"}, {"timeframe": "../../etc"}],
    "config.start_time": [
        {"source": HISTORY}, {"start_time": Timestamp(seconds=-5)}, {"start_time": at("2200-01-01")},
        {"start_time": Timestamp(seconds=2**40)},
    ],
    "config.end_time": [{"start_time": at("2023-01-02"), "end_time": at("2023-01-02")}, {"end_time": at("1970-01-01")}],
    "config.initial_equity": [{"initial_equity": text} for text in ("0", "-1", "NaN", "1e9", "1" * 30, "1.00001")],
    "config.entry_order": [{"entry_order": "stop"}],
    "config.source": [{"source": 77}],
    "config.name": [{"name": "x" * 101}, {"name": "a\nb"}],
    "config.parameters.entry_atr": [{"parameters": {"entry_atr": value}} for value in (float("nan"), -1.0, 1e300)],
    "config.parameters.range_adx": [{"parameters": {"range_adx": 50.0}}],
    "config.limits.max_position_bp": [{"limits": {"max_position_bp": value}} for value in (0, -1, 2**31 - 1)],
    "config.limits.correlation_basis": [{"limits": {"correlation_basis": "volumes"}}],
}  # fmt: skip


async def test_a_start_that_has_not_come_is_refused_with_what_now_is(world: Any, client: Any, refused: Any) -> None:
    refusal = await refused(client.backtest.RunBacktest(wanted(start_time=at("2200-01-01"))).read())
    assert "must be in the past: now it is 20" in refusal.fields["config.start_time"]


@pytest.mark.parametrize("field", WRONG)
async def test_what_can_not_be_is_refused_with_its_field_and_what_is_allowed(
    world: Any, client: Any, refused: Any, field: str
) -> None:
    for fields in WRONG[field]:
        refusal = await refused(client.backtest.RunBacktest(wanted(**fields)).read())
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"), fields
        assert field in refusal.fields, refusal.fields
    assert world.backtests.all() == []


async def test_what_is_too_large_is_refused_before_it_is_begun(world: Any, client: Any, refused: Any) -> None:
    values = [0.1 * number for number in range(1, 201)]
    axes = [backtest_pb2.SweepAxis(parameter=name, values=values) for name in ("entry_atr", "exit_atr")]
    many = [f"A{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(501)]
    minutes = {"timeframe": "1Min", "start_time": at("1990-01-02"), "symbols": many[:400]}
    sweep = backtest_pb2.RunSweepRequest(request_id="s", config=wanted().config, axes=axes)
    for call, text in (
        (client.backtest.RunBacktest(wanted(symbols=many)), "research.max_symbols"),
        (client.backtest.RunBacktest(wanted(**minutes)), "research.max_bars"),
        (client.backtest.RunSweep(sweep), "40000 combinations are more than 10000 (research.max_combinations)"),
    ):
        refusal = await refused(call.read())
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
        assert text in refusal.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "axes"),
        ({"axes": [{"parameter": "no_such", "values": [1]}]}, "axes[0].parameter"),
        ({"axes": [{"parameter": "entry_atr"}]}, "axes[0].values"),
        ({"axes": [{"parameter": "entry_atr", "values": [1, 1]}]}, "axes[0].values"),
        ({"axes": [{"parameter": "entry_atr", "values": [float("inf")]}]}, "axes[0].values"),
        ({"axes": [{"parameter": "kama_period", "values": [20.5]}]}, "axes[0].values"),
        ({"axes": [{"parameter": "entry_atr", "values": [1]}] * 2}, "axes[1].parameter"),
        ({"axes": [{"parameter": "entry_atr", "values": [1]}], "max_points": 1_001}, "max_points"),
        ({"axes": [{"parameter": "entry_atr", "values": [1]}], "objective": 99}, "objective"),
        ({"axes": [{"parameter": "entry_atr", "values": [1]}], "combinations": 5}, "combinations"),
        ({"axes": [{"parameter": "entry_atr", "values": [1]}], "search": 2}, "combinations"),
        ({"axes": [{"parameter": "entry_atr", "values": [1]}], "search": 2, "combinations": 1, "seed": -1}, "seed"),
    ],
)
async def test_a_sweep_that_makes_no_sense_is_refused(
    client: Any, refused: Any, fields: dict[str, Any], field: str
) -> None:
    request = backtest_pb2.RunSweepRequest(request_id="s", config=wanted().config, **fields)
    refusal = await refused(client.backtest.RunSweep(request).read())
    assert (refusal.reason, list(refusal.fields)) == ("INVALID_FIELD", [field])


async def test_a_walk_forward_without_months_is_refused(client: Any, refused: Any) -> None:
    for field in ("train_months", "test_months"):
        request: Any = {"request_id": "w", "config": wanted().config, field: -1}
        refusal = await refused(client.backtest.RunWalkForward(backtest_pb2.RunWalkForwardRequest(**request)).read())
        assert list(refusal.fields) == [field]


@pytest.mark.parametrize("run_id", ["bt-0", "..", "../state", "bt-" + "0" * 16 + "-" + "0" * 8, "x" * 100])
async def test_an_id_of_no_run_is_not_found(client: Any, refused: Any, run_id: str) -> None:
    for call in (get(client, run_id, include_report=True), client.backtest.CancelBacktest(end(run_id))):
        refusal = await refused(call)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "BACKTEST_NOT_FOUND")


def test_no_caller_can_name_a_cluster() -> None:
    for message in (
        backtest_pb2.RunSweepRequest, backtest_pb2.RunWalkForwardRequest, backtest_pb2.RunBacktestRequest,
        backtest_pb2.BacktestConfig, strategy_pb2.StrategyParameters, risk_pb2.RiskLimits,
    ):  # fmt: skip
        assert not any("cluster" in name or "address" in name for name in message.DESCRIPTOR.fields_by_name)


AXES = [
    backtest_pb2.SweepAxis(parameter="entry_atr", values=[0.4, 0.5, 0.6]),
    backtest_pb2.SweepAxis(parameter="allow_shorts", values=[0, 1]),
]


async def test_a_sweep_ranks_its_combinations_and_says_how_much_is_luck(world: Any, client: Any) -> None:
    write_hours(world.tokens / "data", "SPY", 1)
    request = backtest_pb2.RunSweepRequest(request_id="s", config=wanted().config, axes=AXES, max_points=4)
    messages = await messages_of(client.backtest.RunSweep(request))
    last = messages[-1]
    assert told_by_the_run(messages)
    result = last.result
    assert (result.combinations, result.failed, len(result.points)) == (6, 0, 4)
    objectives = [point.objective for point in result.points]
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[0] == result.points[0].metrics.sharpe_ratio
    assert {"entry_atr", "allow_shorts"} == {field.name for field, _ in result.points[0].parameters.ListFields()}
    assert (result.luck.trials, bool(result.luck.text)) == (6, True)
    found = await get(client, last.backtest_id, include_report=True)
    assert (found.sweep, found.backtest.metrics) == (result, result.points[0].metrics)
    assert "entry_atr" in found.report_html
    assert "the best of 6 combinations, chosen on these same bars" in found.report_html
    assert found.report_html.startswith("<!")

    forward = backtest_pb2.RunWalkForwardRequest(request_id="w", config=wanted().config, axes=AXES[:1])
    forward.objective = backtest_pb2.SWEEP_OBJECTIVE_PROFIT_FACTOR
    last = (await messages_of(client.backtest.RunWalkForward(forward)))[-1]
    walked, page = last.result, (await get(client, last.backtest_id, include_report=True)).report_html
    for window in walked.windows:
        if window.train.trades.HasField("profit_factor"):
            assert f">{window.train.trades.profit_factor:.2f}<" in page[page.index("Profit factor in training") :]
    assert walked.text.startswith(("Passed", "Failed", "Too few trades"))
    assert [window.train_start_time for window in walked.windows] == sorted(
        (window.train_start_time for window in walked.windows), key=lambda time: time.seconds
    )
    assert len(walked.windows) == 12
    for window in walked.windows:
        assert window.train_start_time.seconds < window.test_start_time.seconds < window.test_end_time.seconds
    tested = sum(window.test.trades.trades for window in walked.windows)
    assert walked.combined.trades.trades == tested > 0
    assert walked.combined.volatility_pct > 0
    for name in ("time_in_market_pct", "average_exposure_pct"):
        of_windows = [getattr(window.test, name) for window in walked.windows]
        assert min(of_windows) < getattr(walked.combined, name) < max(of_windows)
