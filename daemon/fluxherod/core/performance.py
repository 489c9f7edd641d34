"""What closed trades have earned: counts, sums, Sharpe ratio and drawdown, net of the modelled commission."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from fluxherod.core.calendar import new_york_day
from fluxherod.core.jit import FloatArray
from fluxherod.core.portfolio import Trade

RISK_FREE_RATE = 0.04  # a year
SESSIONS_A_YEAR = 252

Result = tuple[str, int]
"""The New York date of a moment at which trades were closed, and their net result."""


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The largest fall of the summed net results from their peak, which is 0 before the first trade.

    `equity_e4` is the account's equity at that peak; None where it is not known.
    """

    fall_e4: int = 0
    equity_e4: int | None = None

    @property
    def fraction(self) -> float | None:
        """The fall as a fraction of the equity at the peak."""
        if not self.fall_e4:
            return 0.0
        return self.fall_e4 / self.equity_e4 if self.equity_e4 else None


@dataclass(frozen=True, slots=True)
class TradeFigures:
    """Figures of closed trades, net of commissions. A win is net > 0; what is not defined is None."""

    trades: int
    wins: int
    net_e4: int
    gross_profit_e4: int
    gross_loss_e4: int  # positive
    commission_e4: int
    best_e4: int | None
    worst_e4: int | None
    held_ns: int  # sum over all trades

    @property
    def losses(self) -> int:
        """Trades without a net profit."""
        return self.trades - self.wins

    @property
    def win_rate(self) -> float | None:
        """Wins as a fraction of the trades."""
        return self.wins / self.trades if self.trades else None

    @property
    def profit_factor(self) -> float | None:
        """Gross profit over gross loss."""
        return self.gross_profit_e4 / self.gross_loss_e4 if self.gross_loss_e4 else None

    @property
    def average_win_e4(self) -> float | None:
        """The average win."""
        return self.gross_profit_e4 / self.wins if self.wins else None

    @property
    def average_loss_e4(self) -> float | None:
        """The average loss, positive."""
        return self.gross_loss_e4 / self.losses if self.losses else None

    @property
    def expectancy_e4(self) -> float | None:
        """The average net result."""
        return self.net_e4 / self.trades if self.trades else None

    @property
    def average_held_ns(self) -> float | None:
        """The average time from the first fill to the last."""
        return self.held_ns / self.trades if self.trades else None


@dataclass(frozen=True, slots=True)
class Performance(TradeFigures):
    """Figures of live trades in the order in which they were closed."""

    drawdown: Drawdown
    sharpe: float | None
    sharpe_zero_rate: float | None


def performance(trades: Iterable[Trade], days: Sequence[str], equity_e4: Mapping[str, int]) -> Performance:
    """The figures of those trades that are closed; open ones never count.

    Args:
        trades: in any order.
        days: the New York dates (`YYYY-MM-DD`) of all sessions that are known, ascending.
        equity_e4: for each date on which a trade was closed the account's equity at the end of the session before.

    Returns:
        Figures; the Sharpe ratios are None where `days` or `equity_e4` do not tell all that they need.
    """
    closed = sorted((trade for trade in trades if trade.closed), key=_closed_ns)
    nets = [trade.net_e4 for trade in closed]
    results = _results(closed)
    returns = session_returns(results, days, equity_e4)
    return Performance(
        trades=len(nets),
        wins=sum(net > 0 for net in nets),
        net_e4=sum(nets),
        gross_profit_e4=sum(net for net in nets if net > 0),
        gross_loss_e4=-sum(net for net in nets if net <= 0),
        commission_e4=sum(trade.commission_e4 for trade in closed),
        best_e4=max(nets, default=None),
        worst_e4=min(nets, default=None),
        held_ns=sum(_closed_ns(trade) - trade.opened_ns for trade in closed),
        drawdown=largest_drawdown(results, equity_e4),
        sharpe=sharpe_ratio(returns, RISK_FREE_RATE),
        sharpe_zero_rate=sharpe_ratio(returns, 0.0),
    )


def session_returns(results: Sequence[Result], days: Sequence[str], equity_e4: Mapping[str, int]) -> list[float]:
    """The return of each session from the first closed trade's to the last one's, 0 where none was closed.

    A session's return is the net result of the trades closed in it over the equity at the end of the session
    before. Empty where a date is no known session or its equity is not known.
    """
    if not results:
        return []
    net_e4: dict[str, int] = {}
    for day, gained_e4 in results:
        net_e4[day] = net_e4.get(day, 0) + gained_e4
    sessions = days[bisect_left(days, results[0][0]) : bisect_right(days, results[-1][0])]
    if not net_e4.keys() <= set(sessions) or not all(equity_e4.get(day, 0) > 0 for day in net_e4):
        return []
    return [net_e4[day] / equity_e4[day] if day in net_e4 else 0.0 for day in sessions]


def sharpe_ratio(returns: Sequence[float] | FloatArray, risk_free_rate: float) -> float | None:
    """The annualised Sharpe ratio of session returns; None for fewer than 2, or when they do not vary.

    `risk_free_rate` is a year's; the deviation is the sample's (ddof 1).
    """
    known = np.asarray(returns, np.float64)
    if len(known) < 2 or known.min() == known.max():
        return None
    excess = float(known.mean()) - risk_free_rate / SESSIONS_A_YEAR
    return excess / float(known.std(ddof=1)) * math.sqrt(SESSIONS_A_YEAR)


def largest_drawdown(results: Sequence[Result], equity_e4: Mapping[str, int]) -> Drawdown:
    """The largest drawdown of the summed results.

    The equity at the peak is that of the end of the session before, with these results since.
    """
    worst = Drawdown()
    total_e4 = peak_e4 = gained_e4 = 0
    today, peak_equity_e4 = "", equity_e4.get(results[0][0]) if results else None
    for day, net_e4 in results:
        gained_e4 = net_e4 + (gained_e4 if day == today else 0)
        today, total_e4 = day, total_e4 + net_e4
        if total_e4 > peak_e4:
            peak_e4 = total_e4
            peak_equity_e4 = equity_e4[day] + gained_e4 if day in equity_e4 else None
        if peak_e4 - total_e4 > worst.fall_e4:
            worst = Drawdown(peak_e4 - total_e4, peak_equity_e4)
    return worst


def _closed_ns(trade: Trade) -> int:
    return trade.closed_ns or 0


def _results(closed: Sequence[Trade]) -> list[Result]:
    """What each moment at which trades were closed has earned: in which order they did must not matter."""
    moments = groupby(closed, key=_closed_ns)
    return [(new_york_day(closed_ns), sum(trade.net_e4 for trade in together)) for closed_ns, together in moments]
