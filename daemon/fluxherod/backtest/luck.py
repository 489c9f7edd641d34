"""How much of a result is luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from fluxherod.backtest.model import Run
from fluxherod.backtest.trials import Tried
from fluxherod.core.jit import FloatArray


class Verdict(IntEnum):
    """What a person should make of a result."""

    NO_EDGE = 0
    TOO_LITTLE = 1
    LIKELY_LUCK = 2
    UNDECIDED = 3
    PROBABLY_REAL = 4


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Luck:
    """The signs of luck in one result, and a verdict in words.

    Args:
        trials: how many were tried on the data.
        sharpe: annualised, at a risk-free rate of 0, as all Sharpe ratios here are.
        by_luck: annualised Sharpe ratio to be expected of the best of so many trials without any edge.
        probabilistic: probability that the true Sharpe ratio is above 0, of this one trial alone.
        deflated: the same above `by_luck`; None when it is not defined.
        overfitting: probability that the best in one half of the time is below the median in the other; None when
            there are fewer than two different trials.
        sharpe_range, return_range: by block bootstrap of the sessions' returns; annualised.
        text: one sentence or two for a person.
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


def assess(run: Run, tried: Tried, overfitting: float | None = None, seed: int = 0) -> Luck:
    """Judge one run in the light of everything that was tried on its data."""


def probabilistic_sharpe(sharpe: float, benchmark: float, count: int, skewness: float, kurtosis: float) -> float | None:
    """Probability that a Sharpe ratio is above a benchmark (both a session) (Bailey and López de Prado 2012)."""


def expected_maximum(trials: int, variance: float) -> float:
    """The Sharpe ratio to be expected of the best of so many without an edge (Bailey and López de Prado 2014)."""


def probability_of_overfitting(blocks: Sequence[FloatArray]) -> float | None:
    """By combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado and Zhu 2017)."""
