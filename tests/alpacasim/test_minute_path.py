"""Coarse bars played as minutes."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpacasim.aggregate import Bars, aggregate, parse_timeframe
from alpacasim.calendar import HOUR_NS, MINUTE_NS, Calendar, midnight_ns
from alpacasim.minute_path import Bar, minute_path, random_bits, session_volume_profile, share_out

NOON_NS = midnight_ns(date(2008, 10, 1)) + 12 * HOUR_NS
CALENDAR = Calendar()


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    """Valid bars: cents, four decimals, or any floats; often flat, often of few shares."""
    places = draw(st.sampled_from([2, 4, None]))
    if places is None:
        price = st.floats(1e-4, 1e6, allow_nan=False)
    else:
        price = st.integers(1, 10 ** (places + draw(st.sampled_from([0, 1, 3])))).map(lambda n: n / 10**places)
    low, first, second, high = sorted(draw(st.lists(price, min_size=4, max_size=4)))
    if draw(st.booleans()):
        first, second = second, first
    flat = draw(st.integers(0, 9)) == 0
    volume = draw(st.one_of(st.integers(0, 3), st.integers(0, 500), st.integers(0, 10**10)))
    return Bar(low, low, low, low, volume) if flat else Bar(first, high, low, second, volume)


def play(bar: Bar, minutes: int, symbol: str = "IBM") -> Bars:
    return minute_path(symbol, NOON_NS, bar, NOON_NS, session_volume_profile(150, minutes, 390))


@given(bars(), st.integers(1, 60))
def test_the_minutes_aggregate_back_to_exactly_the_bar(bar: Bar, minutes: int) -> None:
    (back,) = aggregate(play(bar, minutes), parse_timeframe("1Hour"), CALENDAR)
    assert (back["open"], back["high"], back["low"], back["close"]) == (bar.open, bar.high, bar.low, bar.close)
    assert (back["t_ns"], back["volume"]) == (NOON_NS, bar.volume)


@given(bars(), st.sampled_from([1, 2, 5, 30, 60, 210, 390]))
def test_every_minute_is_a_valid_bar_within_the_coarse_one(bar: Bar, minutes: int) -> None:
    path = play(bar, minutes)
    assert path["t_ns"][0] == NOON_NS
    assert (np.diff(path["t_ns"]) > 0).all()
    assert path["t_ns"][-1] < NOON_NS + minutes * MINUTE_NS
    assert (path["low"] >= bar.low).all()
    assert (path["high"] <= bar.high).all()
    for name in ("open", "close", "vwap"):
        assert ((path[name] >= path["low"]) & (path[name] <= path["high"])).all()
    assert (path["trades"] <= path["volume"]).all()
    assert ((path["trades"] > 0) == (path["volume"] > 0)).all()


@given(bars(), st.integers(1, 390))
def test_a_minute_without_a_trade_is_left_out(bar: Bar, minutes: int) -> None:
    path = play(bar, minutes)
    assert len(path) == max(1, min(minutes, bar.volume))
    assert (path["volume"] > 0).all() or bar.volume == 0


def test_prices_of_a_bar_in_cents_are_whole_cents_as_a_reader_of_decimals_gets_them() -> None:
    path = play(Bar(100.03, 101.99, 99.01, 100.57, 1_000_000), 60)
    for name in ("open", "high", "low", "close"):
        assert path[name].tolist() == [float(f"{price:.2f}") for price in path[name].tolist()]


def test_a_path_is_the_same_bytes_on_every_machine() -> None:
    path = play(Bar(100.03, 101.99, 99.01, 100.57, 1_000_000), 60)
    assert hashlib.sha256(path.tobytes()).hexdigest().startswith("ca2728a9ccea1b4b4b79f3d95e0f1c5d")


def test_another_symbol_or_another_start_plays_another_path() -> None:
    bar = Bar(100.03, 101.99, 99.01, 100.57, 1_000_000)
    other_start = minute_path("IBM", NOON_NS + HOUR_NS, bar, NOON_NS, session_volume_profile(150, 60, 390))
    assert (play(bar, 60)["close"] != play(bar, 60, "SPY")["close"]).any()
    assert (play(bar, 60)["close"] != other_start["close"]).any()


def test_a_path_wanders_instead_of_running_straight_from_extreme_to_extreme() -> None:
    closes = play(Bar(100.0, 102.0, 99.0, 101.0, 1_000_000), 390)["close"]
    turns = np.count_nonzero(np.diff(np.sign(np.diff(closes))))
    assert turns > 100
    assert np.abs(np.diff(closes)).max() < 1.0


def test_random_words_are_those_of_splitmix64() -> None:
    assert random_bits(0, 2).tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


@given(st.integers(0, 10**12), st.lists(st.floats(0.1, 10.0), min_size=1, max_size=400))
def test_shares_are_handed_out_whole_and_without_a_rest(volume: int, weights: list[float]) -> None:
    shares = share_out(volume, np.array(weights))
    assert int(shares.sum()) == volume
    assert shares.min() >= (1 if volume >= len(weights) else 0)


@pytest.mark.parametrize("minutes", [210, 390])
def test_a_session_is_busiest_at_its_ends(minutes: int) -> None:
    profile = session_volume_profile(0, minutes, minutes)
    assert profile[0] > 2.0 * profile[minutes // 2]
    assert profile[-1] == pytest.approx(profile[0])
