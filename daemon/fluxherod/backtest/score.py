"""What is kept of a trial: its figures in one small record, the same to the bit wherever it was run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fluxherod.backtest.book import fall
from fluxherod.backtest.model import BacktestConfig, Run
from fluxherod.backtest.run import traded
from fluxherod.backtest.tape import Laid
from fluxherod.backtest.verdicts import Verdicts
from fluxherod.core.jit import FloatArray, Record, RecordArray, RowArray, inlined, kernel
from fluxherod.core.performance import RISK_FREE_RATE, SESSIONS_A_YEAR

BLOCKS = 16
"""Into so many parts of equal length the sessions are cut for the probability of overfitting."""

SCORE = np.dtype(
    [
        ("initial_e4", "i8"),
        ("final_e4", "i8"),
        ("sessions", "i8"),
        ("trades", "i8"),
        ("wins", "i8"),
        ("net_e4", "i8"),
        ("gross_profit_e4", "i8"),
        ("mean", "f8"),  # of the returns from one session's last mark to the next
        ("deviation", "f8"),  # ddof 1; 0 for fewer than two sessions
        ("skewness", "f8"),
        ("kurtosis", "f8"),  # 3 for a normal distribution
        ("downside", "f8"),  # root of the mean square of what lies below the risk-free return
        ("drawdown", "f8"),
        ("exposure", "f8"),
        ("blocks", "f8", (BLOCKS, 3)),  # of each part of the sessions: how many, sum of returns, sum of their squares
    ],
    align=True,
)


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Figures of one run, as `metrics` has them; `record` is one SCORE. What is not defined is None."""

    record: Record

    @property
    def final_e4(self) -> int:
        """Equity at the end."""
        return int(self.record["final_e4"])

    @property
    def sessions(self) -> int:
        """How many sessions have a return."""
        return int(self.record["sessions"])

    @property
    def trades(self) -> int:
        """Closed trades."""
        return int(self.record["trades"])

    @property
    def net_e4(self) -> int:
        """What the closed trades made, net of commissions."""
        return int(self.record["net_e4"])

    @property
    def total_return(self) -> float:
        """As a fraction."""
        return self.final_e4 / int(self.record["initial_e4"]) - 1.0

    @property
    def annualised_return(self) -> float | None:
        """The yearly return, at 252 sessions."""
        if self.sessions == 0:
            return None
        return float(max(self.total_return + 1.0, 0.0) ** (SESSIONS_A_YEAR / self.sessions) - 1.0)

    @property
    def volatility(self) -> float | None:
        """Annualised."""
        return float(self.record["deviation"]) * math.sqrt(SESSIONS_A_YEAR) if self.sessions > 1 else None

    @property
    def sharpe(self) -> float | None:
        """Annualised, over a risk-free rate of 4 %."""
        return self._excess_over(float(self.record["deviation"]))

    @property
    def sharpe_zero_rate(self) -> float | None:
        """Annualised, without a risk-free rate."""
        a_session = self.session_sharpe
        return None if a_session is None else a_session * math.sqrt(SESSIONS_A_YEAR)

    @property
    def session_sharpe(self) -> float | None:
        """Mean over deviation of the sessions' returns, not annualised, without a risk-free rate."""
        deviation = float(self.record["deviation"])
        return float(self.record["mean"]) / deviation if deviation > 0 else None

    @property
    def sortino(self) -> float | None:
        """Annualised, over a risk-free rate of 4 %."""
        return self._excess_over(float(self.record["downside"]))

    @property
    def max_drawdown(self) -> float:
        """The largest fall of the marks from a peak, as a fraction of it."""
        return float(self.record["drawdown"])

    @property
    def calmar(self) -> float | None:
        """Annualised return over the largest drawdown."""
        yearly = self.annualised_return
        return yearly / self.max_drawdown if yearly is not None and self.max_drawdown > 0 else None

    @property
    def win_rate(self) -> float | None:
        """Trades with a net profit as a fraction of all."""
        return int(self.record["wins"]) / self.trades if self.trades else None

    @property
    def profit_factor(self) -> float | None:
        """Gross profit over gross loss."""
        loss_e4 = int(self.record["gross_profit_e4"]) - self.net_e4
        return int(self.record["gross_profit_e4"]) / loss_e4 if loss_e4 else None

    @property
    def expectancy_e4(self) -> float | None:
        """The average net result of a trade."""
        return self.net_e4 / self.trades if self.trades else None

    @property
    def exposure(self) -> float:
        """Part of the marks at which a position was open."""
        return float(self.record["exposure"])

    def to_bytes(self) -> bytes:
        """The record as it is."""
        return bytes(self.record.tobytes())

    @classmethod
    def of_bytes(cls, content: bytes) -> Score:
        """The score that `to_bytes` wrote.

        Raises:
            ValueError: when the content is of another length.
        """
        if len(content) != SCORE.itemsize:
            raise ValueError(f"a score of {len(content)} bytes: allowed is {SCORE.itemsize}")
        return cls(np.frombuffer(content, SCORE)[0])

    def _excess_over(self, deviation: float) -> float | None:
        if self.sessions < 2 or deviation <= 0:
            return None
        return (float(self.record["mean"]) - RISK_FREE_RATE / SESSIONS_A_YEAR) / deviation * math.sqrt(SESSIONS_A_YEAR)


OBJECTIVES: Mapping[str, Callable[[Score], float | None]] = {
    "sharpe": lambda score: score.sharpe,
    "sortino": lambda score: score.sortino,
    "calmar": lambda score: score.calmar,
    "total_return": lambda score: score.total_return,
    "profit_factor": lambda score: score.profit_factor,
    "expectancy": lambda score: score.expectancy_e4,
    "drawdown": lambda score: -score.max_drawdown,
}
"""What a search can look for the most of."""


def objective_of(name: str, score: Score | None) -> float | None:
    """A trial's objective, a name of `OBJECTIVES`; None for one that closed no trade, or where it is not defined."""
    return OBJECTIVES[name](score) if score is not None and score.trades else None


def play(laid: Laid, config: BacktestConfig, decided: Verdicts | None = None) -> Score:
    """Run one trial and keep nothing but its score; `decided` as for `run_laid`."""
    book, record = traded(laid, config, False, decided=decided), np.zeros(1, SCORE)
    _tell(config.initial_equity_e4, book.account, book.session_e4, record)
    return Score(record[0])


def score(run: Run) -> Score:
    """The figures of a run."""
    record, nets = np.zeros(1, SCORE), run.trades["pnl_e4"]
    record["initial_e4"], record["final_e4"] = run.config.initial_equity_e4, run.final_e4
    record["trades"], record["wins"] = len(nets), np.count_nonzero(nets > 0)
    record["net_e4"], record["gross_profit_e4"] = nets.sum(), nets[nets > 0].sum()
    _measure(run.config.initial_equity_e4, run.equity_e4, run.exposure_e4, run.session_e4, record)
    return Score(record[0])


@kernel
def _tell(initial_e4: int, account: RecordArray, session_e4: RowArray, out: RecordArray) -> None:
    """What `score` and `_measure` have of a whole run, by the figures that an account keeps as it goes."""
    score, end = out[0], account[0]
    score["initial_e4"] = initial_e4
    score["final_e4"] = end["equity_e4"]
    score["trades"] = end["trades"]
    score["wins"] = end["wins"]
    score["net_e4"] = end["net_e4"]
    score["gross_profit_e4"] = end["gross_profit_e4"]
    score["drawdown"] = end["drawdown"]
    score["exposure"] = end["exposed"] / end["times"] if end["times"] > 0 else 0.0
    _sessions(initial_e4, session_e4[: end["sessions"]], score)


@kernel
def _measure(
    initial_e4: int, equity_e4: RowArray, exposure_e4: RowArray, session_e4: RowArray, out: RecordArray
) -> None:
    _sessions(initial_e4, session_e4, out[0])
    _marks(initial_e4, equity_e4, exposure_e4, out[0])


# One order of additions, in compiled code: a library's sum may add in another order on another processor.
@inlined
def _sessions(initial_e4: int, session_e4: RowArray, score: Record) -> None:
    returns = _returns(initial_e4, session_e4)
    count, riskless, block = len(returns), RISK_FREE_RATE / SESSIONS_A_YEAR, 0
    score["sessions"] = count
    total, below = 0.0, 0.0
    for k in range(len(session_e4)):
        block += int((block + 1) * len(session_e4) <= k * BLOCKS)  # k * BLOCKS // len(session_e4)
        score["blocks"][block, 0] += 1.0  # a session after ruin has a return of nothing
        if k < count:
            total += returns[k]
            below += min(returns[k] - riskless, 0.0) ** 2
            score["blocks"][block, 1] += returns[k]
            score["blocks"][block, 2] += returns[k] * returns[k]
    if count > 0:
        score["mean"] = total / count
        score["downside"] = np.sqrt(below / count)
        _moments(returns, total / count, score)


@inlined
def _returns(initial_e4: int, session_e4: RowArray) -> FloatArray:
    """The returns of the sessions; a session after one that ended without equity has none."""
    returns, before_e4, count = np.empty(len(session_e4), np.float64), initial_e4, 0
    for k in range(len(session_e4)):
        if before_e4 <= 0:
            break
        returns[k] = session_e4[k] / before_e4 - 1.0
        before_e4 = session_e4[k]
        count += 1
    return returns[:count]


@inlined
def _moments(returns: FloatArray, mean: float, score: Record) -> None:
    second, third, fourth, count = 0.0, 0.0, 0.0, len(returns)
    varies = False
    for k in range(count):
        away = returns[k] - mean
        varies = varies or returns[k] != returns[0]
        second += away**2
        third += away**3
        fourth += away**4
    score["kurtosis"] = 3.0
    if varies:
        score["deviation"] = np.sqrt(second / (count - 1))
        score["skewness"] = (third / count) / (second / count) ** 1.5
        score["kurtosis"] = (fourth / count) / (second / count) ** 2


@inlined
def _marks(initial_e4: int, equity_e4: RowArray, exposure_e4: RowArray, score: Record) -> None:
    peak_e4, worst, exposed, before_e4 = initial_e4, 0.0, 0, initial_e4
    for k in range(len(exposure_e4)):
        exposed += int(exposure_e4[k] != 0)
    for k in range(len(equity_e4)):
        if equity_e4[k] != before_e4:  # what has not moved has not fallen
            before_e4 = equity_e4[k]
            peak_e4 = max(peak_e4, before_e4)
            worst = max(worst, fall(before_e4, peak_e4))
    score["drawdown"] = worst
    score["exposure"] = exposed / len(equity_e4) if len(equity_e4) > 0 else 0.0
