"""Correlation against NumPy's and pandas' own, on common timestamps; what is not known is never taken for little."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.risk.correlation import RETURNS, Correlation, correlation, newest_rho, strongest

Series = tuple[Any, Any]


def series(count: int, seed: int = 1, start: float = 100.0, first: int = 0) -> Series:
    """Closes that wander, one a minute."""
    closes = start * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))
    return np.arange(first, first + count, dtype=np.int64) * 60, closes


def rho(ours: Series, theirs: Series, basis: str = "returns") -> float:
    return correlation("SPY", *ours, theirs, basis).rho


def returns(closes: Any) -> Any:
    return np.diff(np.log(closes))


@pytest.mark.parametrize("seed", range(20))
def test_rho_is_numpys_own_over_the_last_50_log_returns(seed: int) -> None:
    ours, theirs = series(80, seed), series(80, seed + 1_000)
    expected = np.corrcoef(returns(ours[1])[-RETURNS:], returns(theirs[1])[-RETURNS:])[0, 1]
    assert rho(ours, theirs) == pytest.approx(expected, abs=1e-12)


def test_by_prices_it_is_the_walkthroughs_literal_form_over_50_closes() -> None:
    ours, theirs = series(80, 5), series(80, 6)
    assert rho(ours, theirs, "prices") == pytest.approx(np.corrcoef(ours[1][-50:], theirs[1][-50:])[0, 1], abs=1e-12)
    assert rho(ours, theirs, "prices") != pytest.approx(rho(ours, theirs), abs=0.05)


@given(st.sets(st.integers(0, 120)), st.sets(st.integers(0, 120)), st.integers(0, 10**6))
def test_only_common_timestamps_count_and_a_return_spans_what_one_of_them_lacks(
    gone: set[int], theirs_gone: set[int], seed: int
) -> None:
    whole, other = series(121, seed), series(121, seed + 1)
    ours = tuple(np.delete(part, sorted(gone)) for part in whole)
    theirs = tuple(np.delete(part, sorted(theirs_gone)) for part in other)
    found = correlation("SPY", *ours, theirs)  # type: ignore[arg-type]
    table = pd.DataFrame({"a": pd.Series(ours[1], ours[0]), "b": pd.Series(theirs[1], theirs[0])}).dropna()
    common = np.log(table).diff().dropna().tail(RETURNS)
    if len(common) < RETURNS:
        assert (math.isnan(found.rho), found.unknown) == (True, f"{len(common)} common returns, 50 are needed")
    else:
        assert found.rho == pytest.approx(common["a"].corr(common["b"]), abs=1e-9)


@pytest.mark.parametrize(("basis", "enough"), [("returns", 51), ("prices", 50)])
def test_fewer_than_50_are_unknown_and_unknown_exceeds_every_limit(basis: str, enough: int) -> None:
    assert not math.isnan(rho(series(enough, 1), series(enough, 2), basis))
    few = correlation("SPY", *series(enough - 1, 1), series(enough - 1, 2), basis)
    assert (math.isnan(few.rho), few.unknown) == (True, f"49 common {basis}, 50 are needed")
    assert few.exceeds(1.0)


@pytest.mark.parametrize(("returns", "enough"), [(True, 51), (False, 50)])
def test_the_kernel_that_the_backtest_asks_knows_no_rho_of_fewer_than_50_either(returns: bool, enough: int) -> None:
    value, found = newest_rho(*series(enough - 1, 1), *series(enough - 1, 2), returns)
    assert (math.isnan(value), found) == (True, 49)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_no_bars_at_all_are_no_fault(count: int) -> None:
    for ours, theirs in ((series(count), series(80)), (series(80), series(count)), (series(count), series(count))):
        assert correlation("SPY", *ours, theirs).unknown == f"{max(0, count - 1)} common returns, 50 are needed"


@pytest.mark.parametrize("basis", ["returns", "prices"])
@pytest.mark.parametrize("price", [0.0001, 451.28, 9_999_999.0])
def test_a_flat_series_is_unknown(basis: str, price: float) -> None:
    flat = (series(80)[0], np.full(80, price))
    for ours, theirs in ((flat, series(80)), (series(80), flat), (flat, flat)):
        found = correlation("SPY", *ours, theirs, basis)
        assert (math.isnan(found.rho), found.unknown) == (True, "a price did not move")


def test_a_price_that_grows_evenly_says_nothing_by_its_returns() -> None:
    even = (series(80)[0], 100 * 1.01 ** np.arange(80))
    assert math.isnan(rho(even, series(80)))
    assert not math.isnan(rho(even, series(80), "prices"))


@pytest.mark.parametrize("basis", ["returns", "prices"])
def test_one_cent_in_50_bars_is_a_movement(basis: str) -> None:
    closes = np.full(80, 451.28)
    closes[60] = 451.29
    assert not math.isnan(rho((series(80)[0], closes), series(80), basis))


@given(st.integers(0, 10**6), st.floats(0.001, 1000), st.booleans())
def test_rho_is_symmetric_blind_to_the_scale_and_never_beyond_one(seed: int, scale: float, same: bool) -> None:
    ours, theirs = series(60, seed), series(60, seed if same else seed + 1)
    found = rho(ours, theirs)
    assert -1.0 <= found <= 1.0
    assert rho(theirs, ours) == pytest.approx(found, abs=1e-12)
    assert rho((ours[0], scale * ours[1]), theirs) == pytest.approx(found, abs=1e-9)
    if same:
        assert found == pytest.approx(1.0, abs=1e-12)
        assert rho(ours, (theirs[0], 1 / theirs[1])) == pytest.approx(-1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("value", "exceeds"), [(0.7, False), (-0.7, False), (0.7000001, True), (-0.7000001, True), (math.nan, True)]
)
def test_the_limit_itself_is_not_above_it_on_either_side(value: float, exceeds: bool) -> None:
    assert Correlation("SPY", value).exceeds(0.7) is exceeds


def test_a_limit_that_is_no_number_is_exceeded() -> None:
    assert Correlation("SPY", 0.1).exceeds(math.nan)


def test_the_largest_rho_is_named_whatever_its_sign_and_the_unknown_only_when_none_is_above_the_limit() -> None:
    few = Correlation("OLD", math.nan, "12 common returns, 50 are needed")
    some = [Correlation("SPY", 0.75), few, Correlation("TLT", -0.9), Correlation("IBM", 0.1)]
    assert strongest(some, 0.7) == some[2]
    assert strongest([Correlation("SPY", 0.7), few], 0.7) is few
    assert strongest([Correlation("SPY", 0.6), Correlation("IBM", -0.65)], 0.7) == Correlation("IBM", -0.65)
    assert strongest([few], 0.7) is few
    assert strongest([], 0.7) is None
