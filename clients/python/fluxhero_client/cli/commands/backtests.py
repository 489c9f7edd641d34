"""`backtest`, `walkforward`, `sweep` and what there is of them: runs on past bars."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from fluxhero.v1 import backtest_pb2 as api
from fluxhero_client.cli.commands.export import FAILED, write_file
from fluxhero_client.cli.commands.risk import put as put_limit
from fluxhero_client.cli.commands.strategy import put as put_parameter
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered, listed
from fluxhero_client.client import Client
from fluxhero_client.services.backtests import backtest_config, sweep_axis
from fluxhero_client.transport import new_request_id

if TYPE_CHECKING:
    from fluxhero_client.cli.progress import Bar

WRONG_USAGE = 2


class _Wrong(Exception):
    """An option that can't be what it is."""


async def backtest(client: Client, arguments: Namespace, console: Console) -> int:
    """Run a backtest."""
    return await _run(
        client, arguments, console, "single", lambda config, id: client.backtests.run(config, request_id=id)
    )


async def walkforward(client: Client, arguments: Namespace, console: Console) -> int:
    """Train and test on rolling windows."""

    def start(config: api.BacktestConfig, request_id: str) -> AsyncIterator[Any]:
        return client.backtests.walk_forward(
            config,
            _axes(arguments),
            train_months=arguments.train,
            test_months=arguments.test,
            objective=_objective(arguments),
            request_id=request_id,
        )

    return await _run(client, arguments, console, "walk_forward", start)


async def sweep(client: Client, arguments: Namespace, console: Console) -> int:
    """Try combinations of parameters."""

    def start(config: api.BacktestConfig, request_id: str) -> AsyncIterator[Any]:
        return client.backtests.sweep(
            config,
            _axes(arguments),
            objective=_objective(arguments),
            search=getattr(api, f"SWEEP_SEARCH_{arguments.search.upper()}"),
            combinations=arguments.combinations or 0,
            seed=arguments.seed,
            max_points=arguments.points,
            request_id=request_id,
        )

    return await _run(client, arguments, console, "sweep", start)


async def backtests(client: Client, arguments: Namespace, console: Console) -> int:
    """What there is."""
    found = await client.backtests.list(start=arguments.since, end=arguments.until, limit=arguments.limit)
    if listed(found, "Backtest", arguments, console):
        return 0
    if not found:
        console.print("no backtests yet")
        return 0
    from fluxhero_client.cli.show.backtest_columns import backtest_columns
    from fluxhero_client.cli.show.table import Table

    Table[Any](backtest_columns(), console).print(found)
    return 0


async def show_backtest(client: Client, arguments: Namespace, console: Console) -> int:
    """A run with its result."""
    wants_report = bool(arguments.report)
    trades = arguments.trades if arguments.trades is not None else 0 if arguments.output == "table" else None
    found = await client.backtests.get(arguments.backtest_id, include_report=wants_report, trades=trades)
    if wants_report and (code := _save(found.report_html, arguments.report, console)):
        return code
    found.report_html = ""
    if answered(found, arguments, console):
        return 0
    _show_run(found, console)
    return 0


async def end_backtest(client: Client, arguments: Namespace, console: Console) -> int:
    """End a run."""
    ended = await client.backtests.cancel(arguments.backtest_id, request_id=arguments.request_id)
    if not answered(ended, arguments, console):
        console.print(f"{ended.id} was ended")
    return 0


# --- runs ----------------------------------------------------------------------------------------
async def _run(client: Client, arguments: Namespace, console: Console, kind: str, start: Any) -> int:
    request_id = new_request_id(arguments.request_id)
    try:
        messages = start(_config(arguments), request_id)
    except _Wrong as wrong:
        console.note(f"fluxhero: {wrong}")
        return WRONG_USAGE
    from fluxhero_client.cli.progress import Bar

    bar = Bar(console)
    try:
        run_id, result = await _followed(messages, bar, detach=arguments.detach)
    except asyncio.CancelledError:  # Ctrl-C
        bar.end()
        console.note(f"it goes on without you: follow it with --request-id {request_id}, or end it by end-backtest")
        raise
    finally:
        bar.end()
    if arguments.detach:
        console.print(run_id)
        return 0
    if result is None:
        console.note("fluxhero: the daemon ended the run without a result")
        return FAILED
    if arguments.report:
        page = await client.backtests.get(run_id, include_report=True, trades=0)
        if code := _save(page.report_html, arguments.report, console):
            return code
    _show(kind, result, arguments, console)
    return 0


async def _followed(messages: AsyncIterator[Any], bar: Bar, *, detach: bool) -> tuple[str, Any]:
    """The run's id and its result; with `detach` as soon as there is an id."""
    run_id, result = "", None
    async for message in messages:
        run_id = message.backtest_id
        if detach:
            break
        if message.HasField("progress"):
            bar.show(message.progress)
        if message.HasField("result"):
            result = message.result
    return run_id, result


def _show(kind: str, result: Any, arguments: Namespace, console: Console) -> None:
    if arguments.output == "csv" and kind == "single":
        answered(result.metrics, arguments, console)
    elif not answered(result, arguments, console):
        from fluxhero_client.cli.show.backtest import print_result

        print_result(kind, result, console)


def _show_run(found: api.GetBacktestResponse, console: Console) -> None:
    from fluxhero_client.cli.show.backtest import print_result
    from fluxhero_client.cli.show.backtest_columns import backtest_columns
    from fluxhero_client.cli.show.table import Table

    Table[Any](backtest_columns(), console).print([found.backtest])
    if found.backtest.error:
        console.print(found.backtest.error)
    if kind := found.WhichOneof("result"):
        console.print()
        print_result(kind, getattr(found, kind), console)
    if found.trades:
        from fluxhero_client.cli.show.columns import trade_columns

        console.print()
        Table[Any](trade_columns(), console).print(found.trades)


def _save(report: str, name: str, console: Console) -> int:
    """Write the report to a file; the exit code of what went wrong, or 0."""
    if not report:
        console.note("fluxhero: there is no report: the run has none, or has not succeeded")
        return FAILED
    try:
        write_file(name, report.encode())
    except OSError as error:
        console.note(f"fluxhero: {name} can't be written: {error.strerror}")
        return FAILED
    console.note(f"the report is in {name}")
    return 0


# --- options -------------------------------------------------------------------------------------
def _config(arguments: Namespace) -> api.BacktestConfig:
    from fluxhero.v1.risk_pb2 import RiskLimits
    from fluxhero.v1.strategy_pb2 import StrategyParameters

    parameters, limits = StrategyParameters(), RiskLimits()
    wrong = [problem for text in arguments.set if (problem := put_parameter(text, parameters))]
    wrong += [problem for text in arguments.risk if (problem := put_limit(text, limits))]
    if wrong:
        raise _Wrong("; ".join(wrong))
    return backtest_config(
        arguments.symbols,
        start=arguments.since,
        end=arguments.until,
        timeframe=arguments.timeframe,
        initial_equity=arguments.equity,
        parameters=parameters,
        limits=limits,
        source=getattr(api, f"BAR_SOURCE_{arguments.source.upper()}"),
        entry_order=arguments.entry_order,
        name=arguments.name,
    )


def _axes(arguments: Namespace) -> list[api.SweepAxis]:
    return [_axis(text) for text in arguments.vary]


def _axis(text: str) -> api.SweepAxis:
    try:
        return sweep_axis(text)
    except ValueError:
        raise _Wrong(f"--vary takes NAME=VALUE,VALUE,..., such as entry_atr=0.4,0.5,0.6, not {text!r}") from None


def _objective(arguments: Namespace) -> api.SweepObjective:
    found: api.SweepObjective = getattr(api, f"SWEEP_OBJECTIVE_{arguments.objective.upper().replace('-', '_')}")
    return found
