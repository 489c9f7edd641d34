"""Symbols, parameters and performance from the command line."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest

from fluxhero.v1 import common_pb2, market_pb2, strategy_pb2, trade_pb2
from fluxhero_client import connect

SPY = market_pb2.Symbol(
    symbol="SPY", state=market_pb2.SYMBOL_STATE_ACTIVE, enabled=True, shortable=True, easy_to_borrow=True,
    bars=500, bars_needed=64, regime=common_pb2.REGIME_NEUTRAL,
)  # fmt: skip
QQQ = market_pb2.Symbol(symbol="QQQ", state=market_pb2.SYMBOL_STATE_WARMING, detail="its history is being loaded")
STRATEGY = strategy_pb2.Strategy(
    name="dual_mode",
    description="Both.",
    timeframe="1Hour",
    parameters=strategy_pb2.StrategyParameters(kama_period=10, entry_atr=0.5, allow_shorts=False),
    revision="abc123",
    parameter_infos=[
        strategy_pb2.ParameterInfo(name="kama_period", min=2, max=128, default_value=20, changed=True),
        strategy_pb2.ParameterInfo(name="entry_atr", min=0, max=1000, default_value=0.5),
        strategy_pb2.ParameterInfo(name="allow_shorts", min=0, max=1, default_value=1),
    ],
    enabled_symbols=["SPY"],
    disabled_symbols=["QQQ"],
)


async def test_symbols_lists_what_is_followed_and_why_it_is_not_traded(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["MarketService/ListSymbols"] = market_pb2.ListSymbolsResponse(symbols=[QQQ, SPY])
    lines = (await fluxhero("symbols")).out.splitlines()
    assert lines[0].split()[:3] == ["symbol", "state", "bars"]
    assert lines[1].split()[:2] == ["QQQ", "warming"]
    assert lines[1].endswith("its history is being loaded")
    assert lines[2].split()[:3] == ["SPY", "active", "500/64"]
    shown = json.loads((await fluxhero("symbols -o json")).out)
    assert [symbol["symbol"] for symbol in shown] == ["QQQ", "SPY"]


async def test_a_symbol_is_added_and_removed(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["MarketService/AddSymbol"] = market_pb2.AddSymbolResponse(symbol=QQQ)
    daemon.answers["MarketService/RemoveSymbol"] = market_pb2.RemoveSymbolResponse(symbols=["SPY"])
    assert (await fluxhero("add-symbol qqq")).out == "QQQ joins: its history is being loaded\n"
    assert (await fluxhero("remove-symbol QQQ --yes --request-id r1")).out == "QQQ leaves; still followed: SPY\n"
    assert daemon.requests("MarketService/AddSymbol")[0].symbol == "QQQ"
    assert daemon.requests("MarketService/RemoveSymbol")[0].request_id == "r1"


async def test_a_symbol_in_use_is_refused_in_words(daemon: Any, fluxhero: Any, refusal: Any) -> None:
    daemon.answers["MarketService/RemoveSymbol"] = refusal(
        grpc.StatusCode.FAILED_PRECONDITION, "SPY is in use: a position is open", "SYMBOL_IN_USE"
    )
    result = await fluxhero("remove-symbol SPY --yes")
    assert (result.code, result.err) == (4, "fluxhero: SPY is in use: a position is open [SYMBOL_IN_USE]\n")


async def test_a_symbol_is_switched_off_and_on(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["StrategyService/DisableSymbol"] = strategy_pb2.DisableSymbolResponse(strategy=STRATEGY)
    daemon.answers["StrategyService/EnableSymbol"] = strategy_pb2.EnableSymbolResponse(strategy=STRATEGY)
    result = await fluxhero(["disable", "qqq", "--reason", "before earnings"])
    assert result.out == "QQQ takes no new risk; an open position is managed as before\n"
    assert (await fluxhero("enable QQQ")).out == "QQQ may be entered again\n"
    [request] = daemon.requests("StrategyService/DisableSymbol")
    assert (request.symbol, request.reason) == ("QQQ", "before earnings")


async def test_strategies_shows_each_parameter_and_marks_what_was_changed(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["StrategyService/ListStrategies"] = strategy_pb2.ListStrategiesResponse(strategies=[STRATEGY])
    lines = (await fluxhero("strategies")).out.splitlines()
    assert lines[:2] == ["dual_mode on 1Hour bars", "Both."]
    assert [line.split() for line in lines[2:5]] == [
        ["may", "enter", "SPY"],
        ["switched", "off", "QQQ"],
        ["revision", "abc123"],
    ]
    assert [line.split() for line in lines[7:]] == [
        ["kama_period", "10", "2", "128", "20", "at", "run", "time"],
        ["entry_atr", "0.5", "0", "1000", "0.5"],
        ["allow_shorts", "off", "0", "1", "1"],
    ]


async def test_set_parameter_sends_what_is_named_and_nothing_else(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["StrategyService/UpdateParameters"] = strategy_pb2.UpdateParametersResponse(strategy=STRATEGY)
    line = "set-parameter kama_period=10 entry_atr=0.5 allow_shorts=off --reason test --revision old"
    result = await fluxhero(line)
    assert result.out.splitlines() == [
        "kama_period = 10",
        "entry_atr = 0.5",
        "allow_shorts = off",
        "in force from the next bar on; revision abc123",
    ]
    [request] = daemon.requests("StrategyService/UpdateParameters")
    assert list(request.update_mask.paths) == ["kama_period", "entry_atr", "allow_shorts"]
    assert (request.revision, request.reason) == ("old", "test")
    assert request.parameters.allow_shorts is False


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("nonsense=1", "'nonsense' is no parameter: see fluxhero strategies"),
        ("kama_period=1.5", "kama_period takes a whole number, not '1.5'"),
        ("kama_period", "kama_period takes a whole number, not ''"),
        ("entry_atr=much", "entry_atr takes a number, not 'much'"),
        ("allow_shorts=2", "allow_shorts takes on or off, not '2'"),
    ],
)
async def test_a_parameter_that_can_not_be_is_said_before_anything_is_sent(
    daemon: Any, fluxhero: Any, change: str, text: str
) -> None:
    result = await fluxhero(f"set-parameter {change} --reason test")
    assert (result.code, result.out, result.err) == (2, "", f"fluxhero: {text}\n")
    assert daemon.received == []


async def test_performance_has_a_row_for_each_mode_and_one_for_all(daemon: Any, fluxhero: Any) -> None:
    earned = trade_pb2.TradeStatistics(trades=4, win_rate_pct=75.0, net_pnl="120.50", profit_factor=2.5)
    mode = trade_pb2.ModeStatistics(mode=common_pb2.STRATEGY_MODE_MEAN_REVERSION, statistics=earned)
    answer = strategy_pb2.GetPerformanceResponse(total=earned, by_mode=[mode])
    daemon.answers["StrategyService/GetPerformance"] = answer
    lines = (await fluxhero("performance --symbol spy")).out.splitlines()
    assert lines[1].split() == ["mean", "reversion", "4", "75.00", "+120.50", "2.50", "-", "-", "-"]
    assert lines[2].split()[0] == "all"
    assert list(daemon.requests("StrategyService/GetPerformance")[0].symbols) == ["SPY"]


async def test_the_sdk_lists_strategies(daemon: Any) -> None:
    daemon.answers["StrategyService/ListStrategies"] = strategy_pb2.ListStrategiesResponse(strategies=[STRATEGY])
    async with connect(daemon.target) as client:
        assert [strategy.name for strategy in await client.strategy.list()] == ["dual_mode"]
