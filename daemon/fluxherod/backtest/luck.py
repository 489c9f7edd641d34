"""How much of a result is luck: how good the best of so many trials would look without any edge, and a verdict.

Bailey and López de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15(2), 2012 (probabilistic Sharpe
ratio), and "The deflated Sharpe ratio", Journal of Portfolio Management 40(5), 2014. All trials count as independent,
as there: searches try what is alike, so the expected maximum is rather too high than too low.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from statistics import NormalDist

import numpy as np

from fluxherod.backtest.bootstrap import Interval, intervals
from fluxherod.backtest.trials import Tried
from fluxherod.core.jit import FloatArray
from fluxherod.core.performance import SESSIONS_A_YEAR

TRADES = 30
"""With fewer closed trades nothing is said."""
SESSIONS = 126
"""Half a year."""
SURE = 0.95
HALF = 0.5
_NORMAL = NormalDist()
_EULER = 0.5772156649015329
_YEAR = math.sqrt(SESSIONS_A_YEAR)


class Verdict(IntEnum):
    """What a person should make of a result."""

    NO_EDGE = 0
    """It made nothing."""
    TOO_LITTLE = 1
    """Too few trades or sessions."""
    LIKELY_LUCK = 2
    UNDECIDED = 3
    PROBABLY_REAL = 4


@dataclass(frozen=True, slots=True)
class Luck:
    """The signs of luck in one result, and a verdict in words.

    Args:
        trials: how many were tried on the data.
        sharpe: annualised, at a risk-free rate of 0, as all Sharpe ratios here are; None when returns don't vary.
        by_luck: annualised Sharpe ratio to be expected of the best of so many trials without any edge.
        probabilistic: probability that the true Sharpe ratio is above 0, were this the only trial.
        deflated: probability that it is above `by_luck`. Both are None where they are not defined.
        overfitting: probability that the best in one half of the time is in the lower half in the other; None when
            there are fewer than two different trials.
        sharpe_range, return_range: by block bootstrap of the sessions' returns; annualised.
        text: one to three sentences for a person.
    """

    trials: int
    sharpe: float | None
    by_luck: float
    probabilistic: float | None
    deflated: float | None
    overfitting: float | None
    sharpe_range: Interval | None
    return_range: Interval | None
    verdict: Verdict
    text: str


def assess(returns: FloatArray, trades: int, tried: Tried, overfitting: float | None = None, seed: int = 0) -> Luck:
    """Judge one result in the light of everything that was tried on its data.

    Args:
        returns: of its sessions, shape (n,).
        trades: how many it closed.
        tried: with this result.
        overfitting: of the search that it is the best of, if there was one.
        seed: of the bootstrap.
    """
    sharpe, skewness, kurtosis = _moments(returns)
    count, trials = len(returns), max(1, tried.count)
    by_luck = expected_maximum(trials, tried.variance)
    ranges = intervals(returns, seed)
    probabilistic = deflated = None
    if sharpe is not None:
        probabilistic = probabilistic_sharpe(sharpe, 0.0, count, skewness, kurtosis)
        deflated = probabilistic_sharpe(sharpe, by_luck, count, skewness, kurtosis)
    signs = _Signs(trades, count, trials, (sharpe or 0.0) * _YEAR, by_luck * _YEAR, deflated, overfitting,
                   ranges.sharpe if ranges else None)  # fmt: skip
    verdict = _verdict(signs)
    return Luck(
        trials=trials,
        sharpe=None if sharpe is None else sharpe * _YEAR,
        by_luck=by_luck * _YEAR,
        probabilistic=probabilistic,
        deflated=deflated,
        overfitting=overfitting,
        sharpe_range=ranges.sharpe if ranges else None,
        return_range=ranges.total if ranges else None,
        verdict=verdict,
        text=_said(verdict, signs),
    )


def probabilistic_sharpe(sharpe: float, benchmark: float, count: int, skewness: float, kurtosis: float) -> float | None:
    """The probability that the true Sharpe ratio is above a benchmark.

    Args:
        sharpe, benchmark: of one period, not annualised.
        count: periods.
        skewness, kurtosis: of the returns; 0 and 3 for a normal distribution.

    Returns:
        None for fewer than two periods, and where the moments contradict each other.
    """
    spread = 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2
    if count < 2 or spread <= 0:
        return None
    return _NORMAL.cdf((sharpe - benchmark) * math.sqrt(count - 1) / math.sqrt(spread))


def expected_maximum(trials: int, variance: float) -> float:
    """The largest Sharpe ratio to be expected of so many trials whose true one is 0; 0 for a single one.

    Args:
        variance: of the Sharpe ratios of the trials, of one period.
    """
    if trials < 2:
        return 0.0
    first, second = _NORMAL.inv_cdf(1 - 1 / trials), _NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return math.sqrt(variance) * ((1 - _EULER) * first + _EULER * second)


def deflated_sharpe(
    sharpe: float, count: int, skewness: float, kurtosis: float, trials: int, variance: float
) -> float | None:
    """The probability that the true Sharpe ratio is above what the best of the trials shows by luck alone."""
    return probabilistic_sharpe(sharpe, expected_maximum(trials, variance), count, skewness, kurtosis)


def _moments(returns: FloatArray) -> tuple[float | None, float, float]:
    """Sharpe ratio, skewness and kurtosis of a session."""
    if len(returns) < 2 or returns.min() == returns.max():
        return None, 0.0, 3.0
    away = returns - returns.mean()
    second = float(np.mean(away**2))
    if second**2 == 0.0:  # nearer to one value than a float can square
        return None, 0.0, 3.0
    sharpe = float(returns.mean() / returns.std(ddof=1))
    return sharpe, float(np.mean(away**3)) / second**1.5, float(np.mean(away**4)) / second**2


@dataclass(frozen=True, slots=True)
class _Signs:
    """What the verdict goes by; Sharpe ratios are annualised."""

    trades: int
    sessions: int
    trials: int
    sharpe: float
    by_luck: float
    deflated: float | None
    overfitting: float | None
    sharpe_range: Interval | None


def _verdict(signs: _Signs) -> Verdict:
    if signs.trades < TRADES or signs.sessions < SESSIONS or signs.deflated is None or signs.sharpe_range is None:
        return Verdict.TOO_LITTLE
    if signs.sharpe <= 0:
        return Verdict.NO_EDGE
    overfit = signs.overfitting is not None and signs.overfitting > HALF
    if signs.deflated < HALF or overfit:
        return Verdict.LIKELY_LUCK
    settled = signs.overfitting is None or signs.overfitting <= 1 - SURE
    real = signs.deflated >= SURE and signs.sharpe_range.low > 0 and settled
    return Verdict.PROBABLY_REAL if real else Verdict.UNDECIDED


def _said(verdict: Verdict, signs: _Signs) -> str:
    if verdict == Verdict.TOO_LITTLE:
        return (
            f"Too little to say: {signs.trades} closed trades in {signs.sessions} sessions; "
            f"at least {TRADES} trades and {SESSIONS} sessions are needed."
        )
    if verdict == Verdict.NO_EDGE:
        return f"No edge: it made nothing (Sharpe ratio {signs.sharpe:.2f}), so there is no luck to look for."
    begin = {
        Verdict.LIKELY_LUCK: "Likely luck",
        Verdict.UNDECIDED: "Can't be told from luck",
        Verdict.PROBABLY_REAL: "Probably more than luck",
    }[verdict]
    return f"{begin}: {' '.join(_reasons(signs))}"


def _reasons(signs: _Signs) -> list[str]:
    assert signs.sharpe_range is not None
    assert signs.deflated is not None
    compared = (
        f"the only trial on these data shows a Sharpe ratio of {signs.sharpe:.2f}, and the probability that the true "
        "one is above 0 is"
        if signs.trials == 1
        else f"the best of {signs.trials} trials would show a Sharpe ratio of {signs.by_luck:.2f} without any edge; "
        f"this one shows {signs.sharpe:.2f}, and the probability that it is more than that is"
    )
    reasons = [
        f"{compared} {signs.deflated:.0%}.",
        f"With 95 % confidence its Sharpe ratio is between {signs.sharpe_range.low:.2f} and "
        f"{signs.sharpe_range.high:.2f}.",
    ]
    if signs.overfitting is not None:
        reasons.append(
            f"What was best in one half of the time was in the lower half in the other in {signs.overfitting:.0%} of "
            "the splits."
        )
    return reasons
