"""Figures of closed trades after the modelled commission."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fluxhero.v1 import trade_pb2
from fluxherod.core.portfolio import Trade
from fluxherod.rpc.convert import duration, money

K = TypeVar("K")


def by_key(trades: Sequence[Trade], key: Callable[[Trade], K]) -> dict[K, list[Trade]]:
    """Trades in groups, in the order of their keys."""
    groups: dict[Any, list[Trade]] = {}
    for trade in trades:
        groups.setdefault(key(trade), []).append(trade)
    return dict(sorted(groups.items()))


def statistics(trades: Sequence[Trade]) -> trade_pb2.TradeStatistics:
    """The figures of some closed trades; what is not defined stays unset."""
    nets = [trade.net_e4 for trade in trades]
    wins, losses = [net for net in nets if net > 0], [-net for net in nets if net <= 0]
    figures = trade_pb2.TradeStatistics(
        trades=len(trades),
        wins=len(wins),
        losses=len(losses),
        net_pnl=money(sum(nets)),
        gross_profit=money(sum(wins)),
        gross_loss=money(sum(losses)),
        commission=money(sum(trade.commission_e4 for trade in trades)),
        average_win=money(round(sum(wins) / len(wins))) if wins else None,
        average_loss=money(round(sum(losses) / len(losses))) if losses else None,
        profit_factor=sum(wins) / sum(losses) if sum(losses) else None,
    )
    if trades:
        held_ns = sum((trade.closed_ns or trade.opened_ns) - trade.opened_ns for trade in trades)
        figures.win_rate_pct = 100 * len(wins) / len(trades)
        figures.expectancy = money(round(sum(nets) / len(nets)))
        figures.best_pnl, figures.worst_pnl = money(max(nets)), money(min(nets))
        figures.average_holding_time.CopyFrom(duration(held_ns // len(trades)))
    return figures
