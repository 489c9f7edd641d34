"""The columns of symbols, parameters and performance; units are in the titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxhero_client.cli.show.figures import Cell, gain, optional, shares, word
from fluxhero_client.cli.show.table import Column
from fluxhero_client.cli.show.times import date_and_time, exchange_zone

if TYPE_CHECKING:
    from fluxhero.v1.market_pb2 import Symbol
    from fluxhero.v1.strategy_pb2 import ParameterInfo
    from fluxhero.v1.trade_pb2 import TradeStatistics

_STATE_STYLES = {"active": "good", "warming": "warn", "disabled": "warn", "halted": "bad", "frozen": "bad"}


def symbol_columns() -> Sequence[Column[Symbol]]:
    """Symbols that are followed."""
    return (
        Column("symbol", lambda symbol: symbol.symbol),
        Column("state", _state),
        Column("bars", lambda symbol: f"{symbol.bars:,}/{symbol.bars_needed:,}", right=True, spare=2),
        Column(f"last bar {exchange_zone()[1]}", lambda symbol: date_and_time(symbol.last_bar_time), spare=3),
        Column("regime", lambda symbol: word(symbol, "regime"), spare=1),
        Column("short", lambda symbol: "yes" if symbol.shortable and symbol.easy_to_borrow else "no", spare=4),
        Column("detail", lambda symbol: symbol.detail, cuttable=True),
    )


def _state(symbol: Symbol) -> Cell:
    text = word(symbol, "state")
    return Cell(text, _STATE_STYLES.get(text, ""))


def parameter_columns() -> Sequence[Column[tuple[ParameterInfo, str]]]:
    """Parameters: what is allowed, and the value in force."""
    return (
        Column("parameter", lambda row: row[0].name),
        Column("value", lambda row: Cell(row[1], "warn" if row[0].changed else ""), right=True),
        Column("from", lambda row: f"{row[0].min:g}", right=True, spare=2),
        Column("to", lambda row: f"{row[0].max:g}", right=True, spare=2),
        Column("default", lambda row: f"{row[0].default_value:g}", right=True, spare=1),
        Column("changed", lambda row: "at run time" if row[0].changed else ""),
    )


def performance_columns(of: str = "mode") -> Sequence[Column[tuple[str, TradeStatistics]]]:
    """What closed trades have earned and day by day, a row a mode, or whatever else they are grouped by."""
    return (
        *earned_columns(of),
        Column("Sharpe", lambda row: optional(row[1], "sharpe_ratio"), right=True, spare=2),
        Column("max drawdown %", lambda row: optional(row[1], "max_drawdown_pct"), right=True, spare=3),
    )


def earned_columns(of: str) -> Sequence[Column[tuple[str, TradeStatistics]]]:
    """What closed trades alone tell."""
    return (
        Column(of, lambda row: row[0]),
        Column("trades", lambda row: shares(row[1].trades), right=True),
        Column("won %", lambda row: optional(row[1], "win_rate_pct"), right=True),
        Column("net $", lambda row: gain(row[1].net_pnl), right=True),
        Column("profit factor", lambda row: optional(row[1], "profit_factor"), right=True, spare=1),
        Column("a trade $", lambda row: optional(row[1], "expectancy"), right=True, spare=4),
    )
