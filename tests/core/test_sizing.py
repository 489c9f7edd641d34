from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.sizing import affordable_shares, position_cap_shares, risk_shares, scaled, scaled_by, shares_within

MONEY = st.integers(0, 10**14)
PRICE = st.integers(1, 10**11)
BP = st.integers(1, 20_000)


def test_the_walkthroughs_size_is_a_thousand_dollars_over_eight() -> None:
    assert risk_shares(1_000_000_000, 100, 80_000) == 125
    assert risk_shares(1_000_000_000, 104, 80_000) == 130
    assert risk_shares(1_000_000_000, 75, 55_900) == 134


def test_a_fifth_of_the_equity_buys_44_shares() -> None:
    assert position_cap_shares(1_000_000_000, 2_000, 4_512_500) == 44


def test_without_equity_distance_or_price_there_is_no_share() -> None:
    assert [risk_shares(0, 100, 1), risk_shares(-5, 100, 1), risk_shares(5, 100, 0), risk_shares(5, 100, -1)] == [0] * 4
    assert [shares_within(0, 1), shares_within(-1, 1), shares_within(1, 0), shares_within(1, -1)] == [0] * 4


def test_a_factor_is_floored_once() -> None:
    assert [scaled(125, 5_000), scaled(125, 3_500), scaled(1, 9_999), scaled(130, 5_000)] == [62, 43, 0, 65]


@given(st.integers(0, 10**14), *[st.integers(0, 10_000)] * 4)
def test_the_backtests_four_factors_are_floored_once_too(shares: int, a: int, b: int, c: int, d: int) -> None:
    assert scaled_by(shares, a, b, c, d) == scaled(shares, a, b, c, d)


def test_buying_power_is_asked_for_more_than_the_price() -> None:
    assert affordable_shares(1_040_000, 10_000, True) == 100
    assert affordable_shares(1_039_999, 10_000, True) == 99
    assert affordable_shares(1_030_000, 10_000, False) == 100


@given(MONEY, BP, PRICE)
def test_the_loss_over_the_distance_stays_in_the_budget_and_one_share_more_would_not(
    equity_e4: int, risk_bp: int, distance_e4: int
) -> None:
    shares = int(risk_shares(equity_e4, risk_bp, distance_e4))
    assert shares * distance_e4 * 10_000 <= equity_e4 * risk_bp
    assert equity_e4 == 0 or (shares + 1) * distance_e4 * 10_000 > equity_e4 * risk_bp


@given(MONEY, BP, PRICE)
def test_the_value_stays_in_the_cap_and_one_share_more_would_not(equity_e4: int, cap_bp: int, price_e4: int) -> None:
    shares = int(position_cap_shares(equity_e4, cap_bp, price_e4))
    budget_e4 = equity_e4 * cap_bp // 10_000
    assert shares * price_e4 <= budget_e4
    assert (shares + 1) * price_e4 > budget_e4


FIRST_SIGNAL = """
from fluxherod.core import kernel, sizing
from fluxherod.core.risk.assess import AccountState, EntryRequest, assess
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.types import Side

def compiled():
    functions = (value for value in vars(sizing).values() if hasattr(value, "signatures"))
    return {function.__name__: len(function.signatures) for function in functions}

kernel.warm_up()
before = compiled()
assert before and all(before.values()), before
assess(EntryRequest("SPY", Side.BUY, 4_512_500, 4_432_500, 100, 80_000), AccountState(10**9, 0, 10**9, 0), RiskLimits())
assert compiled() == before, compiled()
"""


def test_after_the_warm_up_the_first_signal_waits_for_no_compiler() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "daemon")}
    done = subprocess.run([sys.executable, "-c", FIRST_SIGNAL], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
