"""The daemon's backtest asked the oracle's question, and where the two answers part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np
from backtest.types import Bar, Config, Mode, Order, Regime, Session, Trade
from backtest.types import Run as OracleRun

from fluxherod.backtest.model import BacktestConfig, Bars, ExitReason, Guard, Kind, Run
from fluxherod.backtest.run import run as run_driver
from fluxherod.core import calendar
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams

MODES: dict[int, Mode] = {Kind.TREND: "TREND", Kind.MEAN_REVERSION: "MEAN_REVERSION"}
REGIMES: dict[int, Regime] = {0: "MEAN_REVERSION", 1: "NEUTRAL", 2: "STRONG_TREND"}

# What the oracle calls a guard's act.
GUARDS = {
    int(Guard.NORMAL): "recovered",
    int(Guard.REDUCED): "warning",
    int(Guard.DISABLED): "critical",
    int(Guard.DAILY_LOSS): "daily_loss",
    int(Guard.NEW_SESSION): "new_session",
}


def driver(bars: Mapping[str, Sequence[Bar]], sessions: Mapping[str, Session], config: Config) -> Run:
    """The run of the daemon's backtest."""
    return run_driver([bars_of(symbol, one) for symbol, one in bars.items()], config_of(sessions, config))


def bars_of(symbol: str, bars: Sequence[Bar]) -> Bars:
    columns = np.array(bars, dtype=np.int64).reshape(-1, 6).T
    prices = (np.ascontiguousarray(column / 10_000) for column in columns[1:5])
    return Bars(symbol, columns[0].copy(), *prices, columns[5].copy())


def config_of(sessions: Mapping[str, Session], config: Config) -> BacktestConfig:
    return BacktestConfig(
        timeframe_ns=config.timeframe_ns,
        initial_equity_e4=config.cash,
        params=StrategyParams(
            trend_stop_atr=float(config.trend_stop),
            reduced_stop_atr=float(config.reduced_stop),
            mean_reversion_stop=config.mean_reversion_stop_bp / 10_000,
            neutral_entries=config.neutral_entries,
        ),
        limits=RiskLimits(
            trend_risk_bp=config.trend_risk_bp,
            mean_reversion_risk_bp=config.mean_reversion_risk_bp,
            max_position_bp=config.max_position_bp,
            max_exposure_bp=config.max_exposure_bp,
            max_positions=config.max_positions,
            neutral_size_bp=config.neutral_size_bp,
            correlation_limit=config.max_correlation,
            correlated_size_bp=config.correlated_size_bp,
            correlation_basis=config.correlation_basis,
            warning_drawdown_bp=config.warning_bp,
            recovery_drawdown_bp=config.recovered_bp,
            critical_drawdown_bp=config.critical_bp,
            reduced_size_bp=config.reduced_size_bp,
            daily_loss_bp=config.daily_loss_bp or 0,
        ),
        calendar=calendar.Calendar([calendar.Session(*session) for session in sessions.values()]),
        allow_shorts=config.shorts,
        entry_order=config.entry_order,
    )


def differences(oracle: OracleRun, driver: Run) -> list[tuple[str, object, object]]:
    """Everything in which the two part: entries sent, trades, what is open at the end, each mark, what guards did."""
    pairs: list[tuple[str, Sequence[object], Sequence[object]]] = [
        ("order", oracle.orders, _orders(driver)),
        (
            "trade",
            sorted(oracle.trades, key=_when),
            sorted(_trades(driver), key=_when),
        ),
        ("still open", [tuple(held) for held in sorted(oracle.still_open)], sorted(_still_open(driver))),
        (
            "mark",
            oracle.equity,
            list(zip(driver.equity_ns.tolist(), driver.equity_e4.tolist(), strict=True)),
        ),
        ("guard", oracle.guards, [(int(row["ns"]), GUARDS[int(row["what"])]) for row in driver.guards]),
    ]
    return [(what, a, b) for what, mine, theirs in pairs for a, b in zip_longest(mine, theirs) if a != b]


def _when(trade: Trade) -> tuple[int, str]:
    return trade.exit_ns, trade.symbol


def _orders(run: Run) -> list[Order]:
    sent = run.signals[(run.signals["quantity"] > 0) & ~run.signals["exit"]]
    names = ("side", "ns", "price_e4", "stop_e4", "quantity")
    return [Order(run.symbols[row["symbol"]], *(int(row[name]) for name in names)) for row in sent]


def _trades(run: Run) -> list[Trade]:
    return [
        Trade(
            symbol=run.symbols[row["symbol"]],
            side=int(row["side"]),
            quantity=int(row["quantity"]),
            entry_ns=int(row["entry_ns"]),
            entry=int(row["entry_e4"]),
            exit_ns=int(row["exit_ns"]),
            exit=int(row["exit_e4"]),
            pnl=int(row["pnl_e4"]),
            mode=MODES[int(row["mode"])],
            regime=REGIMES[int(row["regime"])],
            reason=ExitReason(row["reason"]).name.lower(),
        )
        for row in run.trades
    ]


def _still_open(run: Run) -> list[tuple[object, ...]]:
    names = ("side", "quantity", "entry_ns", "entry_e4", "stop_e4")
    return [(run.symbols[row["symbol"]], *(int(row[name]) for name in names)) for row in run.open]
