"""Nothing of the API is missing on this side: each RPC has a method of the SDK and a command that really calls it."""

from __future__ import annotations

import csv
import inspect
import io
import json
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pool, message_factory

from fluxhero.v1 import backtest_pb2, common_pb2, risk_pb2, strategy_pb2, trade_pb2
from fluxhero_client import OrderTicket, connect
from fluxhero_client.cli.arguments import build
from fluxhero_client.cli.catalog import COMMANDS

SERVICES = "System Market Account Position Order Signal Strategy Risk Trade Backtest Stream"
SNAPSHOT = common_pb2.STREAM_KIND_SNAPSHOT


def methods() -> Iterator[Any]:
    for file in SERVICES.lower().split():
        found = descriptor_pool.Default().FindFileByName(f"fluxhero/v1/{file}.proto")
        for service in found.services_by_name.values():
            yield from service.methods


RPCS = {f"{method.containing_service.name}/{method.name}": method for method in methods()}
LINES = {
    "SystemService/GetStatus": "status",
    "SystemService/GetConfig": "config risk.",
    "SystemService/ReloadConfig": "reload --reset risk.max_position",
    "SystemService/ListAlerts": "alerts --open --severity warning --since 2024-01-22",
    "SystemService/AcknowledgeAlert": "ack a-1 --note seen",
    "SystemService/WatchStatus": "watch status --every 1",
    "SystemService/WatchAlerts": "watch alerts",
    "SystemService/WatchEvents": "watch events --from 0 --type Started",
    "MarketService/GetBars": "bars SPY --timeframe 1Min --limit 5",
    "MarketService/GetQuote": "quote SPY",
    "MarketService/GetIndicators": "indicators SPY --at 2024-01-22",
    "MarketService/ListSymbols": "symbols",
    "MarketService/AddSymbol": "add-symbol SPY",
    "MarketService/RemoveSymbol": "remove-symbol SPY --yes",
    "MarketService/WatchPrices": "watch prices --symbol SPY",
    "MarketService/WatchBars": "watch bars",
    "MarketService/WatchIndicators": "watch indicators",
    "AccountService/GetAccount": "account",
    "AccountService/GetEquityCurve": "equity --each hour",
    "AccountService/WatchAccount": "watch account",
    "PositionService/ListPositions": "positions",
    "PositionService/GetPosition": "position SPY",
    "PositionService/ClosePosition": "close SPY --yes",
    "PositionService/CloseAllPositions": "close-all --yes --reason over",
    "PositionService/WatchPositions": "watch positions",
    "OrderService/PreviewOrder": "preview buy SPY 1 --stop 1",
    "OrderService/PlaceOrder": "place buy SPY 1 --stop 1 --yes",
    "OrderService/CancelOrder": "cancel o1",
    "OrderService/CancelAllOrders": "cancel-all --symbol SPY --yes",
    "OrderService/ReplaceOrder": "replace o1 --limit 5 --yes",
    "OrderService/GetOrder": "order o1",
    "OrderService/ListOrders": "orders --open",
    "OrderService/WatchOrders": "watch orders",
    "SignalService/ListSignals": "signals",
    "SignalService/GetSignal": "signal s1",
    "SignalService/Explain": "explain SPY",
    "SignalService/WatchSignals": "watch signals",
    "StrategyService/ListStrategies": "strategies",
    "StrategyService/GetPerformance": "performance",
    "StrategyService/EnableSymbol": "enable SPY",
    "StrategyService/DisableSymbol": "disable SPY",
    "StrategyService/UpdateParameters": "set-parameter entry_atr=0.6 --reason r",
    "RiskService/GetRisk": "risk",
    "RiskService/GetRiskReport": "risk-report",
    "RiskService/UpdateLimits": "limits set max_positions=3 --reason r",
    "RiskService/Halt": "halt --reason r --yes",
    "RiskService/Resume": "resume --reason r",
    "RiskService/Flatten": "flatten --reason r --yes",
    "RiskService/ResetBreaker": "reset-breaker --reason r --yes",
    "RiskService/WatchRisk": "watch risk",
    "TradeService/ListTrades": "trades --mode mean-reversion",
    "TradeService/GetTrade": "trade t1",
    "TradeService/GetStatistics": "statistics --mode trend",
    "TradeService/ExportTrades": "export {folder}/trades.parquet",
    "BacktestService/RunBacktest": "backtest SPY --since 2024-01-22 --set entry_atr=0.6 --risk max_position_bp=25%",
    "BacktestService/RunWalkForward": "walkforward SPY IBM --vary entry_atr=0.4,0.5 --train 6",
    "BacktestService/RunSweep": "sweep SPY --vary entry_atr=0.4,0.5 --vary allow_shorts=on,off --points 5",
    "BacktestService/ListBacktests": "backtests --limit 5",
    "BacktestService/GetBacktest": "show-backtest b1 --trades 5",
    "BacktestService/CancelBacktest": "end-backtest b1",
    "StreamService/Watch": "watch orders positions alerts",
}


@pytest.fixture
def willing(daemon: Any, refusal: Any) -> Any:
    """A daemon that answers each call with an empty message; its streams end with a snapshot and a refusal."""

    def stream(kind: Any) -> Any:
        async def serve(_request: Any, _context: Any) -> Any:
            names = kind.DESCRIPTOR.fields_by_name.keys()
            known: Any = {"kind": SNAPSHOT, "seq": 1, "data": b"x", "backtest_id": "b1", "result": {}}
            yield kind(**{name: known[name] for name in names & known.keys()})
            if "kind" in names:
                yield refusal(grpc.StatusCode.INVALID_ARGUMENT, "enough", "INVALID_FIELD")

        return serve

    for name, method in RPCS.items():
        kind = message_factory.GetMessageClass(method.output_type)
        if method.server_streaming:
            daemon.streams[name] = stream(kind)
        else:
            daemon.answers[name] = kind()
    return daemon


def test_every_rpc_has_a_command_and_every_command_an_rpc_that_there_is() -> None:
    assert {rpc for command in COMMANDS.values() for rpc in command.rpcs} == RPCS.keys() == LINES.keys()
    assert {name for name, command in COMMANDS.items() if not command.rpcs} == {"profile", "completion", "tui"}


@pytest.mark.parametrize("rpc", sorted(LINES))
@pytest.mark.parametrize("output", ["table", "json", "csv"])
async def test_the_command_of_an_rpc_calls_it_and_prints_in_every_format(
    willing: Any, fluxhero: Any, tmp_path: Any, rpc: str, output: str
) -> None:
    line = LINES[rpc].format(folder=tmp_path)
    result = await fluxhero(f"{line} -o {output}")
    stream = RPCS[rpc].server_streaming and "Watch" in rpc
    assert (result.code, "enough" in result.err) == ((2, True) if stream else (0, False)), result.err
    assert rpc in COMMANDS[line.split()[0]].rpcs
    assert willing.requests(rpc)
    if output == "json":
        assert [json.loads(text) for text in ([result.out] if not stream else result.out.splitlines())]
    if output == "csv" and len(line.split()) > 1 and rpc != "StreamService/Watch":
        rows = list(csv.reader(io.StringIO(result.out)))
        assert len({len(row) for row in rows}) == 1


async def test_every_rpc_has_a_method_of_the_sdk_that_calls_it(willing: Any) -> None:
    async with connect(willing.target) as client:
        names = "account backtests market orders positions risk signals strategy system trades"
        for name in names.split():
            for method in calls_of(getattr(client, name)):
                await use(method)
        for method in calls_of(client.watch):
            async with aclosing(method()) as messages:
                assert (await anext(messages)).kind == SNAPSHOT
    assert {name for name, _ in willing.received} == RPCS.keys()


def calls_of(calls: Any) -> list[Any]:
    return [getattr(calls, name) for name in vars(type(calls)) if not name.startswith("_")]


async def use(method: Any) -> None:
    values = {
        "ticket": OrderTicket("SPY", common_pb2.SIDE_BUY, 1),
        "limits": risk_pb2.RiskLimits(max_positions=1),
        "parameters": strategy_pb2.StrategyParameters(entry_atr=1.0),
        "format": trade_pb2.EXPORT_FORMAT_CSV,
        "config": backtest_pb2.BacktestConfig(),
    }
    needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
    answer = method(**{one.name: values.get(one.name, "x") for one in needed})
    if inspect.isawaitable(answer):
        await answer
    else:
        assert [message async for message in answer]


def test_each_command_has_a_help_that_names_its_examples() -> None:
    for action in build(list(COMMANDS))._actions:
        for name, parser in (action.choices or {}).items() if action.dest == "command" else ():
            text = parser.format_help()
            assert all(example in text for example in COMMANDS[name].examples)
            for example in COMMANDS[name].examples:
                words = example.split("#")[0].split()
                assert "fluxhero" in words or words[0] == "source"


@pytest.mark.parametrize(
    "line", [command for one in COMMANDS.values() for command in one.examples if command.startswith("fluxhero ")]
)
def test_each_example_is_a_line_that_is_taken(line: str) -> None:
    import shlex

    from fluxhero_client.cli.arguments import parse

    words = shlex.split(line.split(" > ")[0].split(" | ")[0].split("   ")[0])
    assert parse(words[1:]).command in COMMANDS


@pytest.mark.parametrize("command", ["close SPY", "close-all", "cancel-all", "flatten --reason r", "halt --reason r",
                                     "reset-breaker --reason r", "remove-symbol SPY", "replace o1 --limit 5",
                                     "place buy SPY 1 --stop 1"])  # fmt: skip
async def test_what_can_not_be_undone_asks_and_without_a_terminal_is_refused(
    willing: Any, fluxhero: Any, command: str
) -> None:
    alone = await fluxhero(command)
    assert (alone.code, alone.out) == (2, "")
    assert "--yes" in alone.err
    assert willing.received == []
    refused = await fluxhero(command, answer="n\n")
    assert refused.code == 1
    assert "[y/N]" in refused.err
    assert {name for name, _ in willing.received} <= {"OrderService/PreviewOrder"}
    assert (await fluxhero(command, answer="y\n")).code == 0
