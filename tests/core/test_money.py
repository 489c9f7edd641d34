from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.money import dollars, format_e4, from_e4, on_tick_e4, parse_e4, tick_e4, to_e4

AMOUNTS = st.integers(-(10**15), 10**15)


@given(AMOUNTS)
def test_the_text_of_an_amount_is_read_back_as_it_was(value_e4: int) -> None:
    assert parse_e4(format_e4(value_e4)) == value_e4


@given(st.integers(-(10**12), 10**12))
def test_the_float_of_an_amount_is_read_back_as_it_was(value_e4: int) -> None:
    assert to_e4(from_e4(value_e4)) == value_e4


@pytest.mark.parametrize(
    ("value_e4", "text"),
    [(4_512_800, "451.28"), (125, "0.0125"), (-9_787_500, "-978.75"), (0, "0.00"), (-1, "-0.0001")],
)
def test_an_amount_has_two_decimals_or_four(value_e4: int, text: str) -> None:
    assert format_e4(value_e4) == text


@pytest.mark.parametrize(
    ("value_e4", "text"),
    [
        (10_037_500, "$1,003.75"),
        (-9_787_500, "-$978.75"),
        (990_212_500, "$99,021.25"),
        (49, "$0.00"),
        (99_999_999, "$10,000.00"),
    ],
)
def test_people_read_whole_cents_with_thousands_separated(value_e4: int, text: str) -> None:
    assert dollars(value_e4) == text


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "-Infinity", "1,000"])
def test_what_is_no_finite_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_e4(text)


@pytest.mark.parametrize("price", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_price_is_refused(price: float) -> None:
    with pytest.raises(ValueError, match="not a price"):
        to_e4(price)


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_decimal_is_rounded_half_even(value: Decimal) -> None:
    assert abs(parse_e4(str(value)) - value * 10_000) <= Decimal("0.5")
    assert parse_e4("0.00005") == 0
    assert parse_e4("0.00015") == 2


def test_a_price_is_put_on_the_tick_above_or_below_it() -> None:
    assert [on_tick_e4(price_e4, up=True) for price_e4 in (4_512_801, 4_512_800, 9_999)] == [
        4_512_900,
        4_512_800,
        9_999,
    ]
    assert [on_tick_e4(price_e4, up=False) for price_e4 in (4_512_899, 4_512_800, 1)] == [4_512_800, 4_512_800, 1]


def test_the_tick_is_a_cent_from_one_dollar_on() -> None:
    assert [tick_e4(price_e4) for price_e4 in (10_000, 9_999, 1, 4_512_800)] == [100, 1, 1, 100]
