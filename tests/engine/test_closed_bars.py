"""Completed bars that are kept as bytes are what they were as objects, bit for bit."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from engine.world import World
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.kernel import DECISION
from fluxherod.core.signals import SessionTime
from fluxherod.core.types import Bar
from fluxherod.engine.closed_bars import REMEMBERED_BARS, ClosedBar, ClosedBars

PRICES = st.floats(0.0001, 1e7)


@st.composite
def completed(draw: st.DrawFn, number: int = 0) -> ClosedBar:
    record = np.frombuffer(draw(st.binary(min_size=DECISION.itemsize, max_size=DECISION.itemsize)), DECISION).copy()
    bar = Bar("SPY", number * 60, *(draw(PRICES) for _ in range(4)), draw(st.integers(0, 2**63 - 1)))
    for name in ("open", "high", "low", "close"):
        record[0][name] = getattr(bar, name)
    time = draw(st.none() | st.builds(SessionTime, st.integers(-960, 960), st.integers(-960, 960)))
    spread, flags = draw(PRICES | st.just(math.nan)), draw(st.tuples(st.booleans(), st.booleans()))
    return ClosedBar(bar, number * 60 + 60, record[0], flags[0], spread, draw(PRICES), None, time, flags[1])


def content(one: ClosedBar) -> tuple[object, ...]:
    return (
        *(astuple(one.bar), one.end_ns, one.decision.tobytes(), one.live, one.time, one.only_noted, one.held),
        *(repr(one.spread), repr(one.spike)),
    )


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_is_kept_is_what_was_appended(data: st.DataObject) -> None:
    bars, kept = [data.draw(completed(number)) for number in range(6)], ClosedBars("SPY")
    for one in bars:
        kept.append(one)
        if data.draw(st.booleans()):
            kept.settle()
    assert [content(one) for one in kept] == [content(one) for one in bars]
    assert [content(one) for one in kept[-3:]] == [content(one) for one in bars[-3:]]
    assert [content(one) for one in reversed(kept)] == [content(one) for one in reversed(bars)]
    assert kept[-1] is kept[len(kept) - 1]


@pytest.mark.parametrize("at_once", [1, 7, 2_000])
def test_the_newest_five_hundred_are_kept_and_their_order(at_once: int) -> None:
    kept, blank = ClosedBars("SPY"), np.zeros(1, DECISION)
    for number in range(2_000):
        kept.append(ClosedBar(Bar("SPY", number, 0.0, 0.0, 0.0, 0.0, 1), number + 1, blank[0]))
        if number % at_once == 0:
            kept.settle()
    kept.settle()
    assert len(kept) == REMEMBERED_BARS + 1
    assert [one.end_ns for one in kept] == list(range(2_000 - REMEMBERED_BARS, 2_001))
    with pytest.raises(IndexError):
        kept[REMEMBERED_BARS + 1]


def test_the_position_that_was_held_is_kept_with_its_bar_and_forgotten_with_it() -> None:
    world = World().ready()
    world.place(100, 441.0)
    kept, blank = ClosedBars("SPY"), np.zeros(1, DECISION)
    for number in range(1_000):
        held = world.position() if number in (3, 700) else None
        kept.append(ClosedBar(Bar("SPY", number, 0.0, 0.0, 0.0, 0.0, 1), number + 1, blank[0], held=held))
        kept.settle()
    assert [one.end_ns for one in kept if one.held is not None] == [701]
    assert next(one for one in kept if one.held is not None).held == world.position()
    assert len(kept._held) == 1


def test_a_bar_is_still_its_own_object_while_its_event_is_decided() -> None:
    world = World().ready(history=100)
    for number in range(40):
        world.minute(number, 450.0)
        assert world.engine.market.books["SPY"].closed[-1].live
    closed = world.engine.market.books["SPY"].closed
    assert [one.live for one in closed] == [False] * 100 + [True] * 40
    assert len(closed._fresh) == 2
