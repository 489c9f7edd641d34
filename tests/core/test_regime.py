"""The regime's classes, its confirmation, the volatility states and the volatility spike, at their thresholds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from harness.compiled import compiled

from fluxherod.core import regime
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import DECISION, default_params, new_states
from fluxherod.core.strategy.codes import VolatilityState
from fluxherod.core.types import Regime

PARAMS = default_params()
raw_regime, confirm = compiled(regime.raw_regime), compiled(regime.confirm)
volatility_state = compiled(regime.volatility_state)
UP, DOWN = math.inf, -math.inf


@pytest.mark.parametrize(
    ("adx", "r2", "expected"),
    [
        (math.nextafter(25.0, UP), math.nextafter(0.6, UP), Regime.STRONG_TREND),
        (25.0, 0.9, Regime.NEUTRAL),
        (40.0, 0.6, Regime.NEUTRAL),
        (math.nextafter(20.0, DOWN), math.nextafter(0.4, DOWN), Regime.MEAN_REVERSION),
        (20.0, 0.1, Regime.NEUTRAL),
        (10.0, 0.4, Regime.NEUTRAL),
        (10.0, 0.9, Regime.NEUTRAL),
        (40.0, 0.1, Regime.NEUTRAL),
        (22.0, 0.5, Regime.NEUTRAL),
        (math.nan, 0.9, Regime.NEUTRAL),
        (40.0, math.nan, Regime.NEUTRAL),
    ],
)
def test_the_raw_class_needs_both_thresholds_strictly(adx: float, r2: float, expected: Regime) -> None:
    assert raw_regime(adx, r2, PARAMS[0]) == expected


READINGS = {"T": (40.0, 0.9), "M": (10.0, 0.1), "N": (22.0, 0.5), "?": (math.nan, math.nan)}


def confirmed(sequence: str) -> tuple[str, list[int], list[bool]]:
    state = new_states(1, PARAMS)["regime"]
    decision: RecordArray = np.zeros(1, DECISION)
    regimes, runs, changes = "", [], []
    for letter in sequence:
        decision["adx"], decision["r2"] = READINGS[letter]
        decision["raw_regime"] = raw_regime(decision["adx"][0], decision["r2"][0], PARAMS[0])
        confirm(state[0], decision[0], PARAMS[0])
        regimes += "MNT"[decision["regime"][0]]
        runs.append(int(decision["regime_run"][0]))
        changes.append(bool(decision["regime_changed"][0]))
    return regimes, runs, changes


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("TTTT", "NNTT"),
        ("MMMM", "NNMM"),
        ("TTMTT", "NNNNN"),
        ("TTTMMTMMM", "NNTTTTTTM"),
        ("TTTNNN", "NNTTTN"),
        ("TTTNNTNN", "NNTTTTTT"),
        ("??TTT", "NNNNT"),
        ("TT?T", "NNNN"),
        ("TTT?MM", "NNTTTT"),
    ],
)
def test_the_confirmed_regime_changes_on_the_third_equal_bar_which_already_decides(raw: str, expected: str) -> None:
    assert confirmed(raw)[0] == expected


def test_the_run_counts_equal_raw_classes_and_a_change_is_marked_once() -> None:
    _, runs, changes = confirmed("?NTTTTM")
    assert runs == [0, 1, 1, 2, 3, 4, 1]
    assert changes == [False, False, False, False, True, False, False]


@pytest.mark.parametrize(
    ("atr", "average", "expected"),
    [
        (math.nextafter(3.0, UP), 2.0, VolatilityState.HIGH),
        (3.0, 2.0, VolatilityState.NORMAL),
        (0.7 * 2.0, 2.0, VolatilityState.NORMAL),
        (math.nextafter(0.7 * 2.0, DOWN), 2.0, VolatilityState.LOW),
        (2.0, math.nan, VolatilityState.NORMAL),
        (math.nan, math.nan, VolatilityState.NORMAL),
    ],
)
def test_volatility_is_high_or_low_only_beyond_its_thresholds(
    atr: float, average: float, expected: VolatilityState
) -> None:
    assert volatility_state(atr, average, PARAMS[0]) == expected
