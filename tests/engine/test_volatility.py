"""A volatility spike: the 5-minute bars beside the strategy's, and what an entry becomes of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import talib
from engine.test_strategist import drive
from engine.world import OPEN_NS, World, bar, five_minutes
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.bars import Span, span_of
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar
from fluxherod.engine.events import BarsReceived
from fluxherod.engine.market.volatility import FiveMinuteRange


def wild() -> World:
    """Calm minutes, and 5-minute bars that have swung by eleven dollars."""
    return World().ready(history=200, five_minute_span=11.0)


def test_an_entry_in_a_spike_has_a_stop_half_as_wide_again_and_seven_tenths_of_the_size() -> None:
    calm, spiked = drive(World().ready(history=200)), drive(wild())
    assert (spiked.price, spiked.neutral) == (calm.price, calm.neutral)
    assert spiked.indicators.spike_ratio > 2.0
    assert (spiked.indicators.volatility_spike, calm.indicators.volatility_spike) == (True, False)
    assert calm.indicators.spike_ratio is None
    atr = spiked.indicators.atr
    assert spiked.stop_e4 == math.floor((spiked.price - 1.5 * 2.5 * atr) * 100 + 1e-9) * 100
    steps = {step.name: step for step in spiked.risk.steps}
    assert steps["multipliers"].text == "neutral 0.7 x volatility_spike 0.7"
    distance_e4 = round(spiked.price * 10_000) - spiked.stop_e4
    assert steps["risk"].after == 100_000 * 10_000 // 100 // distance_e4
    assert steps["multipliers"].after == steps["multipliers"].before * 4_900 // 10_000


@pytest.mark.parametrize(("times", "spikes"), [(0.999, True), (1.0, False), (1.001, False)])
def test_a_spike_is_strictly_more_than_the_limit(times: float, spikes: bool) -> None:
    ratio = drive(wild()).indicators.spike_ratio
    world = wild()
    limited = World(strategy=type(world.settings.strategy)(spike_ratio=ratio * times))
    assert drive(limited.ready(history=200, five_minute_span=11.0)).indicators.volatility_spike is spikes


def test_the_stop_of_a_position_that_a_spike_opened_trails_at_its_wider_distance() -> None:
    world = wild()
    signal = drive(world)
    opened = world.position()
    assert (opened.stop_factor, opened.stop_e4) == (1.5, signal.stop_e4)
    first = next(number for number in range(60) if OPEN_NS + number * MINUTE_NS >= world.now_ns)
    for number in range(first, first + 4):
        world.minute(number, signal.price + 0.5 * (number - first + 1), 5_000)
        held = world.position()
        trailed = held.best_e4 / 10_000 - 1.5 * 2.5 * held.atr
        assert held.stop_e4 == max(opened.stop_e4, math.floor(trailed * 100 + 1e-9) * 100)
    world.replay()


def test_without_five_minute_bars_the_rule_is_not_applicable() -> None:
    signal = drive(World().ready(history=200))
    assert (signal.indicators.spike_ratio, signal.indicators.volatility_spike) == (None, False)


# --- the 5-minute bars themselves ----------------------------------------------------------------------
def spans(session: object, number: int) -> Span:
    return span_of(OPEN_NS + number * MINUTE_NS, 5, session)  # type: ignore[arg-type]


@given(seed=st.integers(0, 500), cut=st.integers(0, 24))
@settings(max_examples=30, deadline=None)
def test_history_and_minutes_overlap_without_counting_anything_twice(seed: int, cut: int) -> None:
    """However many of the 5-minute bars came with the history, the range is that of all bars, each once."""
    session = World().ready().engine.market.calendar.sessions[1]
    random = np.random.default_rng(seed)
    minutes = [bar(number, float(450 + random.normal(0, 0.5))) for number in range(125)]
    fives = [merged(minutes[5 * k : 5 * k + 5]) for k in range(25)]
    found = FiveMinuteRange("SPY", 14)
    found.load(fives[:cut])
    for number, minute in enumerate(minutes):
        found.add(minute, spans(session, number))
    found.finish_through(OPEN_NS + 125 * MINUTE_NS)
    columns = [np.array([getattr(five, name) for five in fives]) for name in ("high", "low", "close")]
    assert found.atr == pytest.approx(talib.ATR(*columns, 14)[-1], rel=1e-9)


def merged(bars: list[Bar]) -> Bar:
    return Bar(
        "SPY", bars[0].start_ns, bars[0].open, max(b.high for b in bars), min(b.low for b in bars), bars[-1].close, 1
    )


def test_an_unsound_five_minute_bar_never_reaches_the_range() -> None:
    clean, dirty = FiveMinuteRange("SPY", 14), FiveMinuteRange("SPY", 14)
    bars = five_minutes("SPY", 450.0, 2.0)
    clean.load(bars)
    dirty.load([*bars[:20], Bar("SPY", bars[20].start_ns - 60, math.nan, 1.0, 1.0, 1.0, 1), bars[3], *bars[20:]])
    assert dirty.atr == clean.atr


def test_minutes_that_come_in_one_piece_are_judged_as_if_each_had_come_at_its_time() -> None:
    """The ratio of a bar never knows a 5-minute bar that ended after it."""
    minutes = tuple(bar(number, 450.0 + 0.4 * (number % 3), 5_000) for number in range(12))
    one_by_one, at_once = wild(), wild()
    for number, minute in enumerate(minutes):
        one_by_one.until(OPEN_NS + (number + 1) * MINUTE_NS)
        one_by_one.tell(BarsReceived((minute,)))
    at_once.now_ns = OPEN_NS + 12 * MINUTE_NS
    at_once.tell(BarsReceived(minutes))
    ratios = [
        [closed.spike for closed in world.engine.market.books["SPY"].closed[-11:]] for world in (one_by_one, at_once)
    ]
    assert ratios[0] == ratios[1]
    assert len(set(ratios[0])) > 2


@given(seed=st.integers(0, 500), before=st.integers(0, 9), length=st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_minutes_that_come_again_since_the_strategy_bar_began_count_once_as_they_came_last(
    seed: int, before: int, length: int
) -> None:
    session = World().ready().engine.market.calendar.sessions[1]
    random = np.random.default_rng(seed)
    # A 5-minute bar takes its minutes in order: it may begin in the middle, and what is before it comes later.
    order = range(before + int(random.integers(0, length)), before + length)
    history = five_minutes("SPY", 450.0, 2.0)
    minutes = [bar(number, float(450 + random.normal(0, 0.5))) for number in range(before + length)]
    first = [bar(number, float(450 + random.normal(0, 0.5))) for number in range(before + length)]
    once, again = FiveMinuteRange("SPY", 14), FiveMinuteRange("SPY", 14)
    for found, tries in ((once, (minutes,)), (again, (minutes[:before] + first[before:], minutes))):
        found.load(history)
        for number in range(before):
            found.add(tries[0][number], spans(session, number))
        found.begin()
        for number, attempt in enumerate(tries):
            if number:
                found.rewind(OPEN_NS + before * MINUTE_NS)
            came = range(before, before + length) if number + 1 == len(tries) else order
            for later in came:
                found.add(attempt[later], spans(session, later))
        found.finish_through(OPEN_NS + (before + length) * MINUTE_NS)
    assert again.atr == once.atr
    assert again.with_period(5).atr == once.with_period(5).atr
