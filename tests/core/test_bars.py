from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.bars import MOST_DOLLARS, BarBuilder, Span, refusal, span_of
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, NEW_YORK, Session, from_datetime
from fluxherod.core.types import Bar


def at(hour: int, minute: int, day: date = date(2024, 1, 2)) -> int:
    return from_datetime(datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK))


FULL = Session("2024-01-02", at(9, 30), at(16, 0))
HALF = Session("2024-01-02", at(9, 30), at(13, 0))
GOOD = Bar("SPY", at(10, 0), 450.0, 451.0, 449.0, 450.5, 1_000)


def test_a_sound_new_minute_is_taken() -> None:
    assert refusal(GOOD, GOOD.start_ns - MINUTE_NS) is None
    assert refusal(GOOD, 0) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"open": math.nan}, "a price is not a number"),
        ({"close": math.inf}, "a price is not a number"),
        ({"low": -1.0}, "a price is zero or negative"),
        ({"close": 0.0}, "a price is zero or negative"),
        ({"high": 1e9}, "a price is beyond reason"),
        ({"high": 448.0}, "high is below low"),
        ({"close": 452.0}, "open or close is outside low to high"),
        ({"open": 448.0}, "open or close is outside low to high"),
        ({"volume": -1}, "volume is negative"),
        ({"start_ns": at(10, 0) + 1}, "start is not a whole minute"),
    ],
)
def test_a_bad_minute_is_turned_away_with_its_reason(change: dict[str, float], reason: str) -> None:
    assert refusal(replace(GOOD, **change), 0) == reason


@pytest.mark.parametrize(
    "change",
    [
        {"open": 449.0, "close": 449.0},
        {"open": 451.0, "close": 451.0},
        {"open": 449.0, "high": 449.0, "low": 449.0, "close": 449.0},
        {"open": 1e-4, "high": 1e-4, "low": 1e-4, "close": 1e-4},
        {"high": MOST_DOLLARS},
        {"volume": 0},
    ],
)
def test_a_minute_at_the_edge_of_what_can_be_is_taken(change: dict[str, float]) -> None:
    assert refusal(replace(GOOD, **change), GOOD.start_ns - 1) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"open": math.nextafter(449.0, 0)}, "open or close is outside low to high"),
        ({"open": math.nextafter(451.0, math.inf)}, "open or close is outside low to high"),
        ({"close": math.nextafter(449.0, 0)}, "open or close is outside low to high"),
        ({"close": math.nextafter(451.0, math.inf)}, "open or close is outside low to high"),
        ({"high": math.nextafter(449.0, 0)}, "high is below low"),
        ({"low": 0.0}, "a price is zero or negative"),
        ({"high": math.nextafter(MOST_DOLLARS, math.inf)}, "a price is beyond reason"),
        ({"high": math.nan}, "a price is not a number"),
        ({"low": -math.inf}, "a price is not a number"),
    ],
)
def test_a_minute_one_float_beyond_the_edge_is_turned_away(change: dict[str, float], reason: str) -> None:
    assert refusal(replace(GOOD, **change), 0) == reason


def test_a_minute_that_came_already_is_a_duplicate_and_an_older_one_goes_back() -> None:
    assert refusal(GOOD, GOOD.start_ns) == "duplicate"
    assert refusal(GOOD, GOOD.start_ns + MINUTE_NS) == "time goes back"


@pytest.mark.parametrize(
    ("minute", "timeframe", "session", "start", "end"),
    [
        ((9, 30), 60, FULL, (9, 0), (10, 0)),
        ((9, 59), 60, FULL, (9, 0), (10, 0)),
        ((10, 0), 60, FULL, (10, 0), (11, 0)),
        ((15, 59), 60, FULL, (15, 0), (16, 0)),
        ((9, 30), 15, FULL, (9, 30), (9, 45)),
        ((12, 59), 30, HALF, (12, 30), (13, 0)),
        ((12, 59), 1, HALF, (12, 59), (13, 0)),
        ((11, 0), 1440, HALF, (9, 30), (13, 0)),
    ],
)
def test_a_minute_belongs_to_the_bar_of_new_yorks_wall_clock_cut_to_the_close(
    minute: tuple[int, int], timeframe: int, session: Session, start: tuple[int, int], end: tuple[int, int]
) -> None:
    assert span_of(at(*minute), timeframe, session) == Span(at(*start), at(*end))


def test_before_the_last_minute_of_a_half_day_no_time_is_left_for_an_entry() -> None:
    ends = [span_of(at(12, minute), 15, HALF).end_ns for minute in (0, 15, 30, 45)]
    assert [(HALF.close_ns - end) // MINUTE_NS for end in ends] == [45, 30, 15, 0]


def test_the_longest_intraday_bar_is_cut_to_the_session_and_a_day_is_the_session() -> None:
    assert span_of(at(9, 30), 1439, FULL) == Span(at(0, 0), at(16, 0))
    assert span_of(at(9, 30), 1440, FULL) == Span(at(9, 30), at(16, 0))


def test_the_last_bar_of_a_session_that_ends_at_a_quarter_past_is_cut() -> None:
    odd = Session("2024-01-02", at(9, 30), at(13, 15))
    assert span_of(at(13, 5), 60, odd) == Span(at(13, 0), at(13, 15))


@given(st.sampled_from([1, 5, 15, 30, 60, 1440]), st.integers(0, 389))
def test_every_minute_of_a_session_lies_in_its_own_span(timeframe: int, number: int) -> None:
    start_ns = FULL.open_ns + number * MINUTE_NS
    span = span_of(start_ns, timeframe, FULL)
    assert span.start_ns <= start_ns < span.end_ns <= FULL.close_ns
    assert span.end_ns - span.start_ns <= max(timeframe, 390) * MINUTE_NS
    assert span_of(min(span.end_ns - MINUTE_NS, start_ns + MINUTE_NS), timeframe, FULL) == span or timeframe == 1


MINUTES = (
    GOOD,
    replace(GOOD, start_ns=at(10, 1), high=455.0, low=450.0, close=454.0, open=450.5, volume=20),
    replace(GOOD, start_ns=at(10, 2), high=454.0, low=440.0, close=441.0, open=454.0, volume=5),
    replace(GOOD, start_ns=at(10, 9), high=445.0, low=441.0, close=442.0, open=441.0, volume=1),
)


def test_minutes_become_the_bar_that_they_aggregate_to() -> None:
    builder = BarBuilder("SPY")
    span = Span(at(10, 0), at(11, 0))
    for minute in MINUTES:
        builder.add(minute, span)
    assert builder.finish() == (Bar("SPY", at(10, 0), 450.0, 455.0, 440.0, 442.0, 1_026), at(11, 0))
    builder.add(GOOD, span)
    bar, end_ns = builder.finish()
    assert (bar.volume, bar.open, end_ns - bar.start_ns) == (1_000, 450.0, HOUR_NS)


@given(st.permutations([*MINUTES, *MINUTES]))
def test_minutes_in_any_order_and_more_than_once_become_the_same_bar(minutes: list[Bar]) -> None:
    builder, span = BarBuilder("SPY"), Span(at(10, 0), at(11, 0))
    for minute in minutes:
        builder.add(minute, span)
    assert builder.finish() == (Bar("SPY", at(10, 0), 450.0, 455.0, 440.0, 442.0, 1_026), at(11, 0))


def test_a_minute_that_comes_otherwise_takes_the_place_of_the_first() -> None:
    builder, span = BarBuilder("SPY"), Span(at(10, 0), at(11, 0))
    for minute in (*MINUTES, replace(MINUTES[2], low=449.0, close=450.0, volume=7)):
        builder.add(minute, span)
    bar, _ = builder.finish()
    assert (bar.low, bar.close, bar.volume) == (441.0, 442.0, 1_028)


def test_an_empty_builder_has_no_bar() -> None:
    with pytest.raises(ValueError, match="no bar of SPY"):
        BarBuilder("SPY").finish()
