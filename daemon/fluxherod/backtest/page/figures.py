"""Figures that only the report has: the rolling Sharpe ratio, buying and holding, drawdowns, refusals by rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fluxherod.backtest.metrics import RunFigures, figures, session_returns
from fluxherod.backtest.model import ExitReason, Outcome, Run
from fluxherod.backtest.page import texts
from fluxherod.backtest.tape import Laid
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.jit import FloatArray, RecordArray, RowArray
from fluxherod.core.performance import SESSIONS_A_YEAR
from fluxherod.core.types import Regime

WINDOWS = (252, 63, 21)
"""Sessions of a rolling figure: the longest of which the run has at least twice as many."""


@dataclass(frozen=True, slots=True, eq=False)
class Rolling:
    """Sharpe ratios of the `window` sessions up to a session, for a risk-free rate and for none; NaN if undefined.

    `session` has the index of each window's last session; all shapes are (n,), and n is 0 for a short run.
    """

    window: int
    session: RowArray
    sharpe: FloatArray
    sharpe_zero_rate: FloatArray


def rolling_sharpe(run: Run, risk_free_rate: float) -> Rolling:
    """The Sharpe ratio over time, annualised like the whole run's."""
    returns = session_returns(run)
    window = next((size for size in WINDOWS if len(returns) >= 2 * size), 0)
    if window == 0:
        return Rolling(0, np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    windows = np.lib.stride_tricks.sliding_window_view(returns, window)
    means, deviations = windows.mean(axis=1), windows.std(axis=1, ddof=1)
    # A window of equal returns has a deviation that is only the rounding of its mean.
    still = deviations < 1e-12
    scale = np.where(still, np.nan, math.sqrt(SESSIONS_A_YEAR) / np.where(still, 1.0, deviations))
    excess = means - risk_free_rate / SESSIONS_A_YEAR
    return Rolling(window, np.arange(window - 1, len(returns), dtype=np.int64), excess * scale, means * scale)


def drawdowns(run: Run) -> FloatArray:
    """How far each mark is below the peak before it, as a fraction, shape (times,)."""
    peaks = np.maximum(np.maximum.accumulate(run.equity_e4), run.config.initial_equity_e4)
    return 1.0 - run.equity_e4 / peaks


def holding_e4(run: Run, laid: Laid) -> FloatArray:
    """The equity at each mark of one who bought and held: an equal part of the money in each symbol, shape (times,).

    Each part is spent at the open of the symbol's first bar, in fractions of shares and without costs.
    """
    tape, marks = laid.tape, len(run.equity_ns)
    part = run.config.initial_equity_e4 / max(1, len(laid.symbols))
    held = np.zeros(marks)
    for symbol in range(len(laid.symbols)):
        rows = slice(int(tape.warm[symbol]), int(tape.last[symbol]))
        newest = np.searchsorted(tape.end_ns[rows], run.equity_ns, "right") - 1
        closes, known = tape.close[rows], newest >= 0
        growth = closes[newest[known]] / tape.open[rows][0] if known.any() else 0.0
        held[known] += part * growth
        held[~known] += part
    return held


@dataclass(frozen=True, slots=True)
class Group:
    """Trades of one kind and their figures."""

    name: str
    figures: RunFigures


def by_exit(run: Run) -> tuple[Group, ...]:
    """The trades by why they ended."""
    return _groups(run.trades, "reason", {int(code): texts.capital(texts.words(code.name)) for code in ExitReason})


def by_symbol(run: Run) -> tuple[Group, ...]:
    """The trades of each symbol."""
    return _groups(run.trades, "symbol", dict(enumerate(run.symbols)))


def by_side(run: Run) -> tuple[Group, ...]:
    """Longs and shorts."""
    return _groups(run.trades, "side", {1: "Long", -1: "Short"})


def _groups(trades: RecordArray, field: str, names: Mapping[int, str]) -> tuple[Group, ...]:
    parts = ((name, trades[trades[field] == code]) for code, name in names.items())
    return tuple(Group(name, figures(part)) for name, part in parts if len(part))


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many entries the noise filter refused by each of its rules; one entry may fail several."""

    volume: int
    time: int
    gap: int


def noise_rules(run: Run, laid: Laid) -> Refusals:
    """The rules that the refused entries failed, from the bars on which they fired."""
    signals = run.signals
    refused = signals[(signals["outcome"] == Outcome.NOISE) & ~signals["exit"]]
    failed = failed_rules(run, laid, refused)
    return Refusals(*(int(part.sum()) for part in failed))


def failed_rules(
    run: Run, laid: Laid, signals: RecordArray
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of each entry signal whether it failed the rule of volume, of the time of day and of the gap, shape (n,)."""
    tape, params = laid.tape, run.config.params
    volume, late, gap = (np.zeros(len(signals), np.bool_) for _ in range(3))
    for symbol in range(len(laid.symbols)):
        mine = np.flatnonzero(signals["symbol"] == symbol)
        first, last = int(tape.first[symbol]), int(tape.last[symbol])
        at = np.searchsorted(tape.end_ns[first:last], signals["ns"][mine])
        volumes = tape.volume[first:last]
        before = np.maximum(at - params.volume_period, -1)
        sums = np.cumsum(volumes)
        average = (sums[at] - np.where(before >= 0, sums[before], 0.0)) / params.volume_period
        breakout = signals["mode"][mine] != Regime.MEAN_REVERSION  # a mode's code is its regime's
        ratio = np.where(breakout, params.breakout_volume_ratio, params.volume_ratio)
        volume[mine] = ~(volumes[at] > ratio * average)
        previous = tape.close[first:last][np.maximum(at - 1, 0)]
        gap[mine] = ~(np.abs(tape.open[first:last][at] - previous) / previous < params.gap_limit)
        late[mine] = _out_of_time(run, laid, first + at)
    return volume, late, gap


def _out_of_time(run: Run, laid: Laid, rows: RowArray) -> npt.NDArray[np.bool_]:
    """Bars that end before the open or in the quiet minutes before the session's close."""
    if not run.config.intraday or run.config.calendar is None:
        return np.zeros(len(rows), np.bool_)
    ends, session = laid.tape.end_ns[rows], laid.tape.session[rows]
    left = (laid.sessions.close_ns[session] - ends) // MINUTE_NS
    return (ends < laid.sessions.open_ns[session]) | (left <= run.config.params.close_quiet_minutes)
