"""Does what was best in one part of the time stay good in the other? Combinatorially symmetric cross-validation.

Bailey, Borwein, López de Prado and Zhu, "The probability of backtest overfitting", Journal of Computational Finance
20(4), 2017: the sessions are cut into 16 blocks; for each choice of 8 of them the best trial by Sharpe ratio is found,
and its rank among all on the other 8 is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

import numpy as np

from fluxherod.backtest.score import Score
from fluxherod.core.jit import FloatArray

SESSIONS_A_BLOCK = 4
"""With fewer, a Sharpe ratio of half of the time says nothing."""
_CELLS = 1_000_000
"""Splits x trials that are worked on at a time: the memory stays bounded."""
_STILL = 1e-18
"""A variance of returns below is rounding."""


def probability_of_overfitting(scores: Sequence[Score]) -> float | None:
    """The part of the splits in which the best of one half ranks in the lower half in the other (logit <= 0).

    Trials with the same returns count once. None for fewer than two different ones, or too few sessions.

    Args:
        scores: of trials on the same data.
    """
    different = {score.record["blocks"].tobytes(): score for score in scores}
    if len(different) < 2:
        return None
    return overfitting_of_blocks(np.stack([score.record["blocks"] for score in different.values()]))


def overfitting_of_blocks(blocks: FloatArray) -> float | None:
    """The same of sums of returns.

    Args:
        blocks: of each trial and block how many returns there are, their sum and the sum of their squares; shape
            (trials, blocks, 3), an even number of blocks, the same counts in all trials.
    """
    count = blocks.shape[1]
    if blocks[:, :, 0].min() < SESSIONS_A_BLOCK:
        return None
    sums = np.ascontiguousarray(blocks.transpose(2, 1, 0))
    overfit, splits = 0, 0
    for inside in _splits(count, max(1, _CELLS // len(blocks))):
        chosen = _sharpes(inside, sums).argmax(axis=1)
        outside = _sharpes(1.0 - inside, sums)
        picked = outside[np.arange(len(chosen)), chosen]
        ranks = 1 + (outside < picked[:, None]).sum(axis=1)
        overfit += int((2 * ranks <= len(blocks) + 1).sum())
        splits += len(inside)
    return overfit / splits


def _splits(count: int, at_a_time: int) -> Iterator[FloatArray]:
    """Every choice of half of the blocks as rows of 1 and 0."""
    halves = combinations(range(count), count // 2)
    while some := list(islice(halves, at_a_time)):
        rows = np.zeros((len(some), count))
        np.put_along_axis(rows, np.array(some), 1.0, axis=1)
        yield rows


def _sharpes(chosen: FloatArray, sums: FloatArray) -> FloatArray:
    """Sharpe ratios a session of each split and trial; 0 where the returns don't vary."""
    counts, totals, squares = (chosen @ part for part in sums)
    variance = (squares - totals**2 / counts) / (counts - 1.0)
    varies = variance > _STILL
    return np.where(varies, totals / counts / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
