"""What can't be computed with is named by itself, whatever the checks behind it would say."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from fluxherod.core.risk.correlation import Correlation
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.request import AccountState, EntryRequest
from fluxherod.core.risk.soundness import MOST_BP, MOST_FACTOR_BP, MOST_LIMIT, first_fault
from fluxherod.core.types import Side

REQUEST = EntryRequest("SPY", Side.BUY, 4_512_500, 4_432_500, 100, 80_000)
ACCOUNT = AccountState(1_000_000_000, 0, 2_000_000_000, 0)
LIMITS = RiskLimits()


@pytest.mark.parametrize(
    "change",
    [
        {"risk_bp": 1},
        {"risk_bp": MOST_BP},
        {"multipliers": (("none", 0), ("most", MOST_FACTOR_BP))},
        {"correlations": (Correlation("QQQ", math.nan), Correlation("IWM", -1))},
        {"stop_e4": None, "wanted": None},
    ],
)
def test_what_is_just_possible_is_sound(change: dict[str, Any]) -> None:
    assert first_fault(replace(REQUEST, **change), replace(ACCOUNT, equity_e4=None), LIMITS) is None


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"risk_bp": 0}, "risk", "a risk of 0 "),
        ({"risk_bp": MOST_BP + 1}, "risk", "a risk of 10001 "),
        ({"held": -1}, "quantity", "-1 shares held"),
        ({"wanted": True}, "quantity", "wanted is True"),
        ({"distance_e4": None}, "stop_loss", "distance_e4 is None"),
        ({"multipliers": (("x", -1),)}, "multipliers", "x is -1"),
        ({"multipliers": (("x", MOST_FACTOR_BP + 1),)}, "multipliers", "x is 1000001"),
        ({"multipliers": (("x", True),)}, "multipliers", "x is True"),
        ({"correlations": (Correlation("QQQ", True),)}, "correlation", "QQQ is True"),
    ],
)
def test_a_request_that_can_not_be_is_named(change: dict[str, Any], code: str, named: str) -> None:
    found = first_fault(replace(REQUEST, **change), ACCOUNT, LIMITS)
    assert found is not None
    assert found[0] == code
    assert named in found[1]


@pytest.mark.parametrize("field", ["max_positions", "max_position_bp", "daily_loss_bp"])
def test_a_limit_below_nothing_beyond_reason_or_no_whole_number_is_none(field: str) -> None:
    for value in (0, MOST_LIMIT):
        assert first_fault(REQUEST, ACCOUNT, replace(LIMITS, **{field: value})) is None  # type: ignore[arg-type]
    for wrong in (-1, MOST_LIMIT + 1, True, math.nan, None):
        told = ("limits", f"{field} is {wrong!r}: not a limit")
        assert first_fault(REQUEST, ACCOUNT, replace(LIMITS, **{field: wrong})) == told  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, True, None])
def test_a_limit_of_rho_is_a_number(wrong: Any) -> None:
    told = ("limits", f"correlation_limit is {wrong!r}: not a limit")
    assert first_fault(REQUEST, ACCOUNT, replace(LIMITS, correlation_limit=wrong)) == told
