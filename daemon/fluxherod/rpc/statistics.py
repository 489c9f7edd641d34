"""Figures of closed trades after the modelled commission, as messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fluxhero.v1 import trade_pb2
from fluxherod.core.performance import Performance, TradeFigures
from fluxherod.core.portfolio import Trade
from fluxherod.rpc.convert import duration, money, optional_money

K = TypeVar("K")


def by_key(trades: Sequence[Trade], key: Callable[[Trade], K]) -> dict[K, list[Trade]]:
    """Trades in groups, in the order of their keys."""
    groups: dict[Any, list[Trade]] = {}
    for trade in trades:
        groups.setdefault(key(trade), []).append(trade)
    return dict(sorted(groups.items()))


def statistics(figures: Performance) -> trade_pb2.TradeStatistics:
    """The figures of some trades of the account; what is not defined stays unset."""
    message = trade_statistics(figures)
    message.MergeFrom(
        trade_pb2.TradeStatistics(
            sharpe_ratio=figures.sharpe,
            sharpe_ratio_zero_rate=figures.sharpe_zero_rate,
            max_drawdown=money(figures.drawdown.fall_e4),
            max_drawdown_pct=_percent(figures.drawdown.fraction) if figures.trades else None,
        )
    )
    return message


def trade_statistics(figures: TradeFigures) -> trade_pb2.TradeStatistics:
    """The figures that any closed trades have, live ones or a backtest's."""
    held_ns = figures.average_held_ns
    return trade_pb2.TradeStatistics(
        trades=figures.trades,
        wins=figures.wins,
        losses=figures.losses,
        win_rate_pct=_percent(figures.win_rate),
        net_pnl=money(figures.net_e4),
        gross_profit=money(figures.gross_profit_e4),
        gross_loss=money(figures.gross_loss_e4),
        commission=money(figures.commission_e4),
        average_win=_average(figures.average_win_e4),
        average_loss=_average(figures.average_loss_e4),
        profit_factor=figures.profit_factor,
        expectancy=_average(figures.expectancy_e4),
        average_holding_time=duration(round(held_ns)) if held_ns is not None else None,
        best_pnl=optional_money(figures.best_e4),
        worst_pnl=optional_money(figures.worst_e4),
    )


def _average(value_e4: float | None) -> str | None:
    return None if value_e4 is None else money(round(value_e4))


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction
