"""Every command: what it says of itself, where it lives, which RPC it calls, its options, and how it is used."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fluxhero_client.cli import options
from fluxhero_client.cli import own_options as own

Parser = argparse.ArgumentParser


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `rpcs` are `Service/Method`; none for what needs no daemon."""

    text: str
    module: str
    rpcs: tuple[str, ...] = ()
    options: tuple[Callable[[Parser], None], ...] = ()
    examples: tuple[str, ...] = ()


_ORDER_ID = own.identifier("ORDER_ID", "order_id")
_BACKTEST_ID = own.identifier("BACKTEST_ID", "backtest_id")
_SYMBOLS, _TIMES, _LIMIT = options.add_filters, options.add_times, options.add_limit
_SYMBOL, _ID, _YES = options.add_symbol, options.add_request_id, options.add_yes

GROUPS: Mapping[str, Mapping[str, Command]] = {
    "see what is": {
        "status": Command("how the daemon, its feeds and the session are", "status", ("SystemService/GetStatus",)),
        "account": Command("equity, cash, exposure, profit and loss", "account", ("AccountService/GetAccount",)),
        "positions": Command(
            "open positions and what guards them", "lists", ("PositionService/ListPositions",), (_SYMBOLS,)
        ),
        "position": Command(
            "all about the open position in a symbol", "details", ("PositionService/GetPosition",), (_SYMBOL,)
        ),
        "orders": Command(
            "orders, newest first",
            "lists",
            ("OrderService/ListOrders",),
            (_SYMBOLS, _LIMIT, _TIMES, own.only_open),
            ("fluxhero orders --open", "fluxhero orders --symbol SPY --since '2024-01-22' -o csv > orders.csv"),
        ),
        "order": Command("an order with its fills and its life", "details", ("OrderService/GetOrder",), (_ORDER_ID,)),
        "signals": Command(
            "what the strategy decided, newest first",
            "lists",
            ("SignalService/ListSignals",),
            (_SYMBOLS, _LIMIT, _TIMES),
        ),
        "signal": Command(
            "a signal with its rules and what became of it",
            "details",
            ("SignalService/GetSignal",),
            (own.identifier("SIGNAL_ID", "signal_id"),),
        ),
        "explain": Command(
            "why a symbol was traded, or was not",
            "explain",
            ("SignalService/Explain",),
            (_SYMBOL, own.at_time),
            ("fluxhero explain SPY", "fluxhero explain SPY --at '2024-01-22 10:30'"),
        ),
        "trades": Command(
            "round trips and what they earned, newest first",
            "lists",
            ("TradeService/ListTrades",),
            (_SYMBOLS, _LIMIT, _TIMES, own.modes),
        ),
        "trade": Command(
            "a trade with its orders and fills",
            "details",
            ("TradeService/GetTrade",),
            (own.identifier("TRADE_ID", "trade_id"),),
        ),
        "statistics": Command(
            "figures of closed trades, by mode, regime and symbol",
            "figures",
            ("TradeService/GetStatistics",),
            (_SYMBOLS, _TIMES, own.modes),
        ),
        "performance": Command(
            "what each mode has earned with closed trades",
            "strategy",
            ("StrategyService/GetPerformance",),
            (_SYMBOLS, _TIMES),
        ),
        "equity": Command(
            "the equity curve, newest first",
            "figures",
            ("AccountService/GetEquityCurve",),
            (_LIMIT, _TIMES, own.resolution),
            ("fluxhero equity --limit 250 -o csv > equity.csv",),
        ),
        "export": Command(
            "trades as a file, CSV or Parquet",
            "export",
            ("TradeService/ExportTrades",),
            (own.export_file, _SYMBOLS, _TIMES, own.modes),
            ("fluxhero export trades.parquet", "fluxhero export - --symbol SPY | column -ts,"),
        ),
        "tui": Command(
            "the terminal UI: everything at a glance, and the order ticket",
            "tui",
            (),
            (own.recording,),
            ("fluxhero tui", "fluxhero tui --demo", "fluxhero --profile live tui"),
        ),
        "watch": Command(
            "follow one or more topics until Ctrl-C",
            "watch",
            (
                "MarketService/WatchPrices",
                "MarketService/WatchBars",
                "MarketService/WatchIndicators",
                "PositionService/WatchPositions",
                "OrderService/WatchOrders",
                "SignalService/WatchSignals",
                "AccountService/WatchAccount",
                "RiskService/WatchRisk",
                "SystemService/WatchStatus",
                "SystemService/WatchAlerts",
                "SystemService/WatchEvents",
                "StreamService/Watch",
            ),
            (own.watch,),
            (
                "fluxhero watch prices --symbol SPY --every 2",
                "fluxhero watch orders positions alerts",
                "fluxhero watch events --from 0 --type PlaceOrderCommand -o json",
            ),
        ),
    },
    "see the market": {
        "symbols": Command("the symbols that are followed", "symbols", ("MarketService/ListSymbols",)),
        "quote": Command("the newest price of a symbol", "figures", ("MarketService/GetQuote",), (_SYMBOL,)),
        "bars": Command(
            "bars of a symbol, newest first",
            "figures",
            ("MarketService/GetBars",),
            (_SYMBOL, _LIMIT, _TIMES, own.timeframe),
            ("fluxhero bars SPY --timeframe 1Min --limit 390 -o csv > spy.csv",),
        ),
        "indicators": Command(
            "the indicators of a symbol at a completed bar",
            "figures",
            ("MarketService/GetIndicators",),
            (_SYMBOL, own.at_time),
        ),
    },
    "trade": {
        "preview": Command(
            "what risk would say to an order, without placing it",
            "trading",
            ("OrderService/PreviewOrder",),
            (own.ticket,),
        ),
        "place": Command(
            "place an order",
            "trading",
            ("OrderService/PlaceOrder",),
            (own.ticket, own.accept, _YES, _ID),
            ("fluxhero place buy SPY 10 --stop 441", "fluxhero place sell SPY 10 --limit 455.50 --stop 462"),
        ),
        "cancel": Command("cancel a working order", "trading", ("OrderService/CancelOrder",), (_ORDER_ID, _ID)),
        "cancel-all": Command(
            "cancel all working orders but protective stops",
            "trading",
            ("OrderService/CancelAllOrders",),
            (_SYMBOLS, _YES, _ID),
        ),
        "replace": Command(
            "change the price or the quantity of a limit order that you placed",
            "trading",
            ("OrderService/ReplaceOrder",),
            (_ORDER_ID, own.replacement, own.accept, _YES, _ID),
            ("fluxhero replace fh-1a2b3c4d-SPY-m1 --limit 450.10",),
        ),
        "close": Command(
            "close a position at the market",
            "trading",
            ("PositionService/ClosePosition",),
            (_SYMBOL, own.reason("recorded with the trade", False), _YES, _ID),
        ),
        "close-all": Command(
            "close all positions of FluxHero at the market; trading goes on",
            "trading",
            ("PositionService/CloseAllPositions",),
            (own.reason("recorded with the trades", False), _YES, _ID),
        ),
    },
    "stop trading, and go on": {
        "halt": Command(
            "kill switch: cancel working entries, keep stops, take no new risk",
            "kill_switch",
            ("RiskService/Halt",),
            (own.reason("recorded", True), _YES, _ID),
        ),
        "resume": Command("end a halt", "kill_switch", ("RiskService/Resume",), (own.reason("recorded", True), _ID)),
        "flatten": Command(
            "halt, cancel all orders and close all positions at the market",
            "kill_switch",
            ("RiskService/Flatten",),
            (own.foreign, own.reason("recorded", True), _YES, _ID),
            ("fluxhero flatten --reason 'fire alarm' --yes",),
        ),
        "reset-breaker": Command(
            "end what the circuit breaker or the daily loss has latched",
            "kill_switch",
            ("RiskService/ResetBreaker",),
            (own.how_far, own.reason("recorded", True), _YES, _ID),
        ),
    },
    "risk and strategy": {
        "risk": Command("limits and what is used of them, breaker and kill switch", "risk", ("RiskService/GetRisk",)),
        "risk-report": Command(
            "drawdown, exposure, risk deployed, worst case and correlations", "risk", ("RiskService/GetRiskReport",)
        ),
        "limits": Command(
            "the limits of the risk engine; with 'set', new ones for orders to come",
            "risk",
            ("RiskService/UpdateLimits",),
            (own.limits, _ID),
            ("fluxhero limits", "fluxhero limits set max_position_bp=25% --reason 'smaller book'"),
        ),
        "strategies": Command(
            "the strategy, where it may trade, and its parameters", "strategy", ("StrategyService/ListStrategies",)
        ),
        "set-parameter": Command(
            "change parameters of the strategy from the next bar on",
            "strategy",
            ("StrategyService/UpdateParameters",),
            (own.parameters, own.reason("recorded", True), _ID),
            ("fluxhero set-parameter entry_atr=0.6 allow_shorts=off --reason 'quiet week'",),
        ),
        "enable": Command(
            "let a symbol be entered again", "symbols", ("StrategyService/EnableSymbol",), (_SYMBOL, _ID)
        ),
        "disable": Command(
            "take no new risk in a symbol; an open position is managed as before",
            "symbols",
            ("StrategyService/DisableSymbol",),
            (own.reason("recorded", False), _SYMBOL, _ID),
        ),
        "add-symbol": Command(
            "follow a symbol: load its history and trade it once it is warm",
            "symbols",
            ("MarketService/AddSymbol",),
            (_SYMBOL, _ID),
        ),
        "remove-symbol": Command(
            "follow a symbol no more", "symbols", ("MarketService/RemoveSymbol",), (_SYMBOL, _YES, _ID)
        ),
    },
    "try it on past bars": {
        "backtest": Command(
            "run the strategy on past bars and say what it would have earned",
            "backtests",
            ("BacktestService/RunBacktest",),
            (own.past,),
            (
                "fluxhero backtest SPY --since 2015-01-01 --report spy.html",
                "fluxhero backtest SPY IBM --source files --set entry_atr=0.6 --risk max_position_bp=25% -o json",
            ),
        ),
        "walkforward": Command(
            "choose parameters on some months, trade the next with them, and roll on",
            "backtests",
            ("BacktestService/RunWalkForward",),
            (own.past, own.vary, own.windows),
            ("fluxhero walkforward SPY --since 2015-01-01 --vary entry_atr=0.4,0.5,0.6 --vary trend_adx=20,25,30",),
        ),
        "sweep": Command(
            "try combinations of parameters, and say how much of the best is luck",
            "backtests",
            ("BacktestService/RunSweep",),
            (own.past, own.vary, own.search),
            ("fluxhero sweep SPY --since 2015-01-01 --vary entry_atr=0.4,0.5,0.6 --vary allow_shorts=on,off",),
        ),
        "backtests": Command(
            "runs on past bars, newest first", "backtests", ("BacktestService/ListBacktests",), (_LIMIT, _TIMES)
        ),
        "show-backtest": Command(
            "a run with its result and, if asked for, its trades and its report",
            "backtests",
            ("BacktestService/GetBacktest",),
            (_BACKTEST_ID, own.some_trades, own.report),
        ),
        "end-backtest": Command(
            "end a run, or one that waits", "backtests", ("BacktestService/CancelBacktest",), (_BACKTEST_ID, _ID)
        ),
    },
    "look after the daemon": {
        "alerts": Command(
            "what a person should know, last raised first",
            "alerts",
            ("SystemService/ListAlerts",),
            (_SYMBOLS, _LIMIT, _TIMES, own.unseen),
            ("fluxhero alerts --open",),
        ),
        "ack": Command(
            "acknowledge an alert: a person has seen it",
            "alerts",
            ("SystemService/AcknowledgeAlert",),
            (own.identifier("ALERT_ID", "alert_id"), own.note, _ID),
        ),
        "config": Command(
            "the configuration, and where each value comes from",
            "configuration",
            ("SystemService/GetConfig",),
            (own.prefix,),
            ("fluxhero config risk.",),
        ),
        "reload": Command(
            "read the configuration file again and apply what can change without a restart",
            "configuration",
            ("SystemService/ReloadConfig",),
            (own.reset, _ID),
            ("fluxhero reload", "fluxhero reload --reset risk.max_position"),
        ),
    },
    "this command": {
        "profile": Command(
            "the daemons that you talk to, each under a name",
            "profile",
            (),
            (own.profile,),
            (
                "fluxhero profile list",
                "fluxhero profile add live --address trader:50051 --token-file ~/live.token --ca ~/live.cert",
                "fluxhero --profile live status        (or FLUXHERO_PROFILE=live)",
            ),
        ),
        "completion": Command(
            "print what completes commands and options in your shell",
            "completion",
            (),
            (own.shell,),
            (
                "source <(fluxhero completion bash)                              (in ~/.bashrc)",
                "fluxhero completion zsh > ~/.zfunc/_fluxhero                    (where fpath has ~/.zfunc)",
                "fluxhero completion fish > ~/.config/fish/completions/fluxhero.fish",
            ),
        ),
    },
}
COMMANDS: Mapping[str, Command] = {name: command for group in GROUPS.values() for name, command in group.items()}
