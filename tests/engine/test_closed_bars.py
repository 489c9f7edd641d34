"""Completed bars that are kept as bytes are what they were, bit for bit."""

from __future__ import annotations

import math
from dataclasses import astuple
from typing import Any

import numpy as np
import pytest
from engine.world import World
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.kernel import DECISION
from fluxherod.core.signals import SessionTime
from fluxherod.core.types import Bar
from fluxherod.engine.market.closed_bars import BESIDE, REMEMBERED_BARS, ClosedBar, ClosedBars, packed

PRICES = st.floats(0.0001, 1e7)


@st.composite
def completed(draw: st.DrawFn, number: int = 0) -> ClosedBar:
    record = np.frombuffer(draw(st.binary(min_size=DECISION.itemsize, max_size=DECISION.itemsize)), DECISION).copy()
    bar = Bar("SPY", number * 60, *(draw(PRICES) for _ in range(4)), draw(st.integers(0, 2**63 - 1)))
    for name in ("open", "high", "low", "close"):
        record[0][name] = getattr(bar, name)
    time = SessionTime(draw(st.integers(-960, 960)), draw(st.integers(-960, 960)))
    spread, flags = draw(PRICES | st.just(math.nan)), draw(st.tuples(st.booleans(), st.booleans()))
    return ClosedBar(bar, number * 60 + 60, record[0], flags[0], spread, draw(PRICES), None, time, flags[1])


def beside(one: ClosedBar) -> tuple[Any, ...]:
    assert one.time is not None
    figures = (one.bar.start_ns, one.end_ns, one.bar.volume, one.spread, one.spike)
    return (*figures, one.time.after_open, one.time.to_close, one.live, one.only_noted)


def as_bytes(bars: list[ClosedBar]) -> list[bytes]:
    records = np.frombuffer(b"".join(one.decision.tobytes() for one in bars), DECISION)
    return packed(records, np.array([beside(one) for one in bars], BESIDE))


def content(one: ClosedBar) -> tuple[object, ...]:
    return (
        *(astuple(one.bar), one.end_ns, one.decision.tobytes(), one.live, one.time, one.only_noted, one.held),
        *(repr(one.spread), repr(one.spike)),
    )


def blank(number: int) -> bytes:
    bar = Bar("SPY", number, 0.0, 0.0, 0.0, 0.0, 1)
    return as_bytes([ClosedBar(bar, number + 1, np.zeros(1, DECISION)[0], time=SessionTime(0, 0))])[0]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_is_kept_is_what_was_appended(data: st.DataObject) -> None:
    bars, kept = [data.draw(completed(number)) for number in range(6)], ClosedBars("SPY")
    for one in as_bytes(bars):
        kept.append(one)
    assert [content(one) for one in kept] == [content(one) for one in bars]
    assert [content(one) for one in kept[-3:]] == [content(one) for one in bars[-3:]]
    assert [content(one) for one in reversed(kept)] == [content(one) for one in reversed(bars)]


KEPT = REMEMBERED_BARS + 2


@pytest.mark.parametrize("count", [0, 1, KEPT - 1, KEPT, KEPT + 1, KEPT + 15, 2_000])
def test_the_newest_are_kept_and_their_order(count: int) -> None:
    kept = ClosedBars("SPY")
    for number in range(count):
        kept.append(blank(number))
    assert len(kept) == min(count, KEPT)
    assert [one.end_ns for one in kept] == list(range(count - len(kept) + 1, count + 1))
    for newest in (0, 1, 17, KEPT):
        ends, _ = kept.closes(newest, count - 2)
        assert list(ends) == [one.end_ns for one in kept[max(0, len(kept) - newest) :] if one.end_ns <= count - 2]
    for time_ns in range(count - len(kept) - 2, count + 3, 1 + count // 40):
        assert kept.started_before(time_ns) == sum(one.bar.start_ns < time_ns for one in kept)
        assert kept.ended_by(time_ns) == sum(one.end_ns <= time_ns for one in kept)
    with pytest.raises(IndexError):
        kept[len(kept)]
    kept.clear()
    assert list(kept) == []


def test_the_position_that_was_held_is_kept_with_its_bar_and_forgotten_with_it() -> None:
    world = World().ready()
    world.place(100, 441.0)
    kept = ClosedBars("SPY")
    for number in range(1_000):
        kept.append(blank(number))
        if number in (3, 700):
            kept.hold({number + 1: world.position()})
    assert [one.end_ns for one in kept if one.held is not None] == [701]
    assert next(one for one in kept if one.held is not None).held == world.position()
    assert len(kept._held) == 1


def test_a_bar_is_known_as_live_and_with_the_position_that_it_was_decided_with() -> None:
    world = World().ready(history=100)
    for number in range(40):
        if number == 20:
            world.place(100, 441.0)
        world.minute(number, 450.0)
    closed = world.engine.market.books["SPY"].closed
    assert [one.live for one in closed] == [False] * 100 + [True] * 40
    assert [one.held is not None for one in closed] == [False] * 120 + [True] * 20


def test_the_newest_bar_of_a_moment_is_found_later_on() -> None:
    kept = ClosedBars("SPY")
    assert kept.as_of(kept.appended) is None
    kept.append(blank(0))
    then = kept.appended
    for number in range(1, REMEMBERED_BARS):
        kept.append(blank(number))
        found = kept.as_of(then)
        assert found is not None
        assert found.bar.start_ns == 0
    for number in range(5):
        kept.append(blank(1_000 + number))
    assert kept.as_of(then) is None  # no longer kept
    kept.clear()
    kept.append(blank(7))
    found = kept.as_of(then + 9)
    assert found is not None
    assert found.bar.start_ns == 7
