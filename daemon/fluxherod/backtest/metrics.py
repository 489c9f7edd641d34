"""The figures of a run: returns, risk and trades, in all and by mode, by regime and by month."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fluxherod.backtest.model import Kind, Run
from fluxherod.core.jit import FloatArray, RecordArray, RowArray, kernel
from fluxherod.core.performance import RISK_FREE_RATE, SESSIONS_A_YEAR, TradeFigures, sharpe_ratio
from fluxherod.core.types import Regime


@dataclass(frozen=True, slots=True)
class Fall:
    """The largest drawdown of the marks: the part of the peak that was lost, and when.

    `length_ns` is of the longest stay below a peak, up to the mark that reached it again, or to the end; `lasted_ns` is
    that of the largest drawdown itself.
    """

    fraction: float = 0.0
    peak_ns: int = 0
    trough_ns: int = 0
    length_ns: int = 0
    recovered: bool = True
    """False when the longest stay below a peak lasts to the end."""
    lasted_ns: int = 0


@dataclass(frozen=True, slots=True)
class RunFigures(TradeFigures):
    """Figures of a run's closed trades."""

    held_bars: int  # sum over all trades

    @property
    def average_held_bars(self) -> float | None:
        """The average time held, in bars of the symbol."""
        return self.held_bars / self.trades if self.trades else None


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of a run; fractions, not percent. What is not defined is None.

    Args:
        annualised_return, volatility, sharpe, sortino: of the returns from one session's last mark to the next, the
            first from the initial equity; a year has 252 sessions. `sharpe` and `sortino` have a risk-free rate of 4 %
            a year, `sharpe_zero_rate` none.
        calmar: annualised return over the largest drawdown.
        drawdown: of all marks, from the initial equity on.
        exposure: part of the marks at which a position was open; `average_exposure`: of gross value over equity.
        monthly: return of each month (`YYYY-MM`), in order.
    """

    initial_e4: int
    final_e4: int
    sessions: int
    total_return: float
    annualised_return: float | None
    volatility: float | None
    sharpe: float | None
    sharpe_zero_rate: float | None
    sortino: float | None
    calmar: float | None
    drawdown: Fall
    exposure: float
    average_exposure: float
    trades: RunFigures
    by_mode: Mapping[str, RunFigures]
    by_regime: Mapping[str, RunFigures]
    monthly: Mapping[str, float]


def metrics(run: Run) -> Metrics:
    """All figures of a run."""
    initial_e4 = run.config.initial_equity_e4
    returns = session_returns(run)
    fall = largest_fall(run.equity_ns, run.equity_e4, initial_e4)
    yearly = annualised(run.final_e4 / initial_e4, len(returns))
    open_marks = np.count_nonzero(run.exposure_e4)
    return Metrics(
        initial_e4=initial_e4,
        final_e4=run.final_e4,
        sessions=len(returns),
        total_return=run.final_e4 / initial_e4 - 1.0,
        annualised_return=yearly,
        volatility=volatility(returns),
        sharpe=sharpe_ratio(returns, RISK_FREE_RATE),
        sharpe_zero_rate=sharpe_ratio(returns, 0.0),
        sortino=sortino_ratio(returns, RISK_FREE_RATE),
        calmar=yearly / fall.fraction if yearly is not None and fall.fraction > 0 else None,
        drawdown=fall,
        exposure=float(open_marks) / len(run.exposure_e4) if len(run.exposure_e4) else 0.0,
        average_exposure=_average_exposure(run),
        trades=figures(run.trades),
        by_mode=_by(run.trades, "mode", {int(kind): kind.name.lower() for kind in Kind}),
        by_regime=_by(run.trades, "regime", {int(regime): regime.name.lower() for regime in Regime}),
        monthly=monthly_returns(run),
    )


def session_returns(run: Run) -> FloatArray:
    """The return of each session, shape (sessions,): from one's last mark to the next one's.

    A session after one that ended without equity has no return, so none is given from there on.
    """
    closes = np.concatenate([[run.config.initial_equity_e4], run.session_e4]).astype(np.float64)
    ruined = np.flatnonzero(closes <= 0)
    if len(ruined):
        closes = closes[: ruined[0] + 1]
    return closes[1:] / closes[:-1] - 1.0


def annualised(growth: float, sessions: int) -> float | None:
    """The yearly return of a growth over so many sessions; None without a session."""
    if sessions == 0:
        return None
    return math.pow(max(growth, 0.0), SESSIONS_A_YEAR / sessions) - 1.0


def volatility(returns: FloatArray) -> float | None:
    """The annualised deviation of the sessions' returns; None for fewer than 2."""
    return float(returns.std(ddof=1)) * math.sqrt(SESSIONS_A_YEAR) if len(returns) > 1 else None


def sortino_ratio(returns: FloatArray, risk_free_rate: float) -> float | None:
    """The annualised Sortino ratio: the excess over the deviation of what lies below the risk-free return.

    None for fewer than 2 returns, and when none lies below.
    """
    if len(returns) < 2:
        return None
    excess = returns - risk_free_rate / SESSIONS_A_YEAR
    below = math.sqrt(float(np.mean(np.minimum(excess, 0.0) ** 2)))
    return float(excess.mean()) / below * math.sqrt(SESSIONS_A_YEAR) if below > 0 else None


def largest_fall(ns: RowArray, equity_e4: RowArray, initial_e4: int) -> Fall:
    """The largest drawdown of marks, shape (n,), from a first equity on."""
    if len(equity_e4) == 0:
        return Fall()
    fraction, peak, trough, length_ns, recovered, lasted_ns = _fall(_own(ns), _own(equity_e4), initial_e4)
    return Fall(
        fraction=fraction,
        peak_ns=int(ns[peak]),
        trough_ns=int(ns[trough]),
        length_ns=length_ns,
        recovered=recovered,
        lasted_ns=lasted_ns,
    )


def _own(array: RowArray) -> RowArray:
    """As compiled code has it: another layout, or one that must not be written, is another type."""
    return np.require(array, np.int64, ("C", "W"))


@kernel
def _fall(ns: RowArray, equity_e4: RowArray, initial_e4: int) -> tuple[float, int, int, int, bool, int]:
    """The largest loss as a part of its peak, at which marks both were, and the longest time below a peak.

    That time is from the last mark at the peak to the one that reaches it again; whether there is one. The last is that
    of the largest loss.
    """
    peak_e4, worst = initial_e4, -np.inf
    newest_peak, peak, trough = 0, 0, 0
    begin, longest_ns, recovered, below = 0, 0, True, False
    lasted_ns, deepest = 0, False
    for k in range(len(equity_e4)):
        if equity_e4[k] >= peak_e4:
            if below and ns[k] - ns[begin] > longest_ns:
                longest_ns, recovered = ns[k] - ns[begin], True
            if deepest:
                lasted_ns = ns[k] - ns[begin]
            peak_e4, newest_peak, below, deepest = equity_e4[k], k, False, False
            lost = 0.0
        else:
            if not below:
                begin, below = max(k - 1, 0), True
            lost = 1.0 - equity_e4[k] / peak_e4
        if lost > worst:
            worst, peak, trough, deepest = lost, newest_peak, k, below
    end = len(ns) - 1
    if below and ns[end] - ns[begin] >= longest_ns:
        longest_ns, recovered = ns[end] - ns[begin], False
    if deepest:
        lasted_ns = ns[end] - ns[begin]
    return worst, peak, trough, longest_ns, recovered, lasted_ns


def _average_exposure(run: Run) -> float:
    return float(_exposed(run.exposure_e4, run.equity_e4)) if len(run.equity_e4) else 0.0


@kernel
def _exposed(exposure_e4: RowArray, equity_e4: RowArray) -> float:
    """The average part of the equity that is at work, of the marks with equity."""
    total, count = 0.0, 0
    for k in range(len(equity_e4)):
        if equity_e4[k] > 0:
            total += exposure_e4[k] / equity_e4[k]
            count += 1
    return total / count if count > 0 else 0.0


def figures(trades: RecordArray) -> RunFigures:
    """Figures of TRADE records."""
    nets = trades["pnl_e4"]
    wins = nets > 0
    return RunFigures(
        trades=len(nets),
        wins=int(wins.sum()),
        net_e4=int(nets.sum()),
        gross_profit_e4=int(nets[wins].sum()),
        gross_loss_e4=-int(nets[~wins].sum()),
        commission_e4=int(trades["commission_e4"].sum()),
        best_e4=int(nets.max()) if len(nets) else None,
        worst_e4=int(nets.min()) if len(nets) else None,
        held_ns=int((trades["exit_ns"] - trades["entry_ns"]).sum()),
        held_bars=int(trades["bars"].sum()),
    )


def _by(trades: RecordArray, field: str, names: Mapping[int, str]) -> dict[str, RunFigures]:
    """The figures of each value of a field that a trade has."""
    found = ((name, trades[trades[field] == code]) for code, name in names.items())
    return {name: figures(part) for name, part in found if len(part)}


def monthly_returns(run: Run) -> dict[str, float]:
    """The return of each month from the last mark of the month before; a month after ruin has none."""
    months = run.session_day.astype("M8[D]").astype("M8[M]")
    last = np.flatnonzero(np.append(months[1:] != months[:-1], True)) if len(months) else np.empty(0, np.int64)
    closes_e4 = [run.config.initial_equity_e4, *run.session_e4[last].tolist()]
    names = months[last].astype(str).tolist()
    pairs = zip(names, closes_e4, closes_e4[1:], strict=False)
    return {month: after_e4 / before_e4 - 1.0 for month, before_e4, after_e4 in pairs if before_e4 > 0}
