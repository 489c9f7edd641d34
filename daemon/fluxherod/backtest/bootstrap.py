"""Confidence intervals of a run's Sharpe ratio and return, by drawing its sessions again in blocks.

Politis and Romano, "The stationary bootstrap", JASA 89, 1994: blocks of a random length keep what one session has to do
with the next. Their mean length is chosen by Politis and White, Econometric Reviews 23, 2004, as corrected by Patton,
Politis and White, Econometric Reviews 28, 2009.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fluxherod.core.jit import FloatArray, RowArray
from fluxherod.core.performance import SESSIONS_A_YEAR

RESAMPLES = 2_000
LEVEL = 0.95
_AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, from percentile to percentile of the resamples."""

    low: float
    high: float
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Intervals:
    """Of the annualised Sharpe ratio, at a risk-free rate of 0, and return; `block` is the mean length of a block."""

    sharpe: Interval
    total: Interval
    block: float


def intervals(returns: FloatArray, seed: int = 0, resamples: int = RESAMPLES) -> Intervals | None:
    """Resample the returns of the sessions, shape (n,); the same seed gives the same. None for fewer than 10."""
    if len(returns) < 10:
        return None
    block = block_length(returns)
    chance = np.random.Generator(np.random.PCG64(seed))
    sharpes, yearly = np.empty(resamples), np.empty(resamples)
    for first in range(0, resamples, _AT_A_TIME):
        last = min(first + _AT_A_TIME, resamples)
        sample = returns[_rows(chance, last - first, len(returns), block)]
        sharpes[first:last] = _sharpes(sample)
        yearly[first:last] = _yearly(sample)
    return Intervals(_between(sharpes), _between(yearly), block)


def block_length(returns: FloatArray) -> float:
    """The mean length of a block: the longer of what the returns and their squares ask for.

    A Sharpe ratio is made of both, and it is the squares that remember.
    """
    return max(optimal_length(returns), optimal_length(returns**2))


def optimal_length(series: FloatArray) -> float:
    """The mean length that a stationary bootstrap of the mean of a series asks for, at least 1; shape (n,)."""
    count = len(series)
    most = math.ceil(min(3 * math.sqrt(count), count / 3))
    run = max(5, int(math.log10(count)))
    lags = min(math.ceil(math.sqrt(count)) + run, count - 1)
    away = series - series.mean()
    covariance = np.array([away[lag:] @ away[: count - lag] for lag in range(lags + 1)]) / count
    if covariance[0] <= 0:
        return 1.0
    width = _bandwidth(covariance / covariance[0], run, 2 * math.sqrt(math.log10(count) / count))
    lag = np.arange(1, min(width, lags) + 1)
    weighted = 2 * np.minimum(1.0, 2 * (1 - lag / width)) * covariance[lag]
    spectrum = float(covariance[0] + weighted.sum())
    if spectrum == 0:
        return float(most)
    length = float(np.cbrt((float((weighted * lag).sum()) / spectrum) ** 2 * count))
    return min(max(1.0, length), float(most))


def _bandwidth(correlation: FloatArray, run: int, bound: float) -> int:
    """Twice the lag after which a run of correlations is within the bound; all lags when there is none."""
    for lag in range(1, len(correlation) - run + 1):
        if bool((np.abs(correlation[lag : lag + run]) < bound).all()):
            return 2 * max(lag - 1, 1)
    return len(correlation) - 1


def _rows(chance: np.random.Generator, resamples: int, count: int, block: float) -> RowArray:
    """Which sessions each resample takes: from the start of a block one after the other, round the end."""
    starts = chance.integers(0, count, (resamples, count))
    begins = chance.random((resamples, count)) < 1.0 / block
    begins[:, 0] = True
    places = np.arange(count)
    begun = np.maximum.accumulate(np.where(begins, places, 0), axis=1)
    found: RowArray = (np.take_along_axis(starts, begun, axis=1) + places - begun) % count
    return found


def _sharpes(sample: FloatArray) -> FloatArray:
    deviations = sample.std(axis=1, ddof=1)
    varies = deviations > 0
    ratios = np.where(varies, sample.mean(axis=1) / np.where(varies, deviations, 1.0), 0.0)
    return np.asarray(ratios * math.sqrt(SESSIONS_A_YEAR))


def _yearly(sample: FloatArray) -> FloatArray:
    growth = np.log(np.maximum(1.0 + sample, np.finfo(float).tiny)).sum(axis=1)
    return np.asarray(np.expm1(growth * SESSIONS_A_YEAR / sample.shape[1]))


def _between(found: FloatArray) -> Interval:
    outside = (1 - LEVEL) / 2
    low, high = np.quantile(found, [outside, 1 - outside]).tolist()
    return Interval(low, high)
