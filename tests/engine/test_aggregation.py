"""Strategy bars against an oracle in pandas, over both changes of New York's clocks and a half-day.

Both roads are taken: minutes that come live, and REST's bars of history; and the seams between the two, anywhere.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from functools import cache
from random import Random

import numpy as np
import pandas as pd
import pytest
from engine.oracle import (
    NEW_YORK,
    PRICES,
    TIMEFRAMES,
    Daemon,
    Outage,
    Tape,
    check_history,
    check_ranges,
    follow,
    live_through,
    receive,
    schedule_of,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fluxherod.adapters.alpaca.history import rest_timeframe
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.types import Bar
from fluxherod.engine.settings import TIMEFRAME_MINUTES

# Around the end of summer time (Sunday, 2024-11-03), the half-day after Thanksgiving, and summer time's begin.
WINDOWS = (
    ("2024-10-31", "2024-11-01", "2024-11-03", "2024-11-04"),
    ("2024-11-27", "2024-11-28", "2024-11-29", "2024-12-02"),
    ("2025-03-06", "2025-03-07", "2025-03-09", "2025-03-10"),
)
CLOSED_DAYS = ("2024-11-03", "2024-11-28", "2025-03-09")
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # an example is days of minutes: shrinking takes minutes


# --- the generated tape --------------------------------------------------------------------------------
def _minutes(symbol: str, day: str, density: tuple[float, float], random: np.random.Generator) -> pd.DataFrame:
    """A day from 04:00 to 20:00: `density` is how many of the minutes trade, in extended hours and from 09:30 on."""
    times = pd.date_range(f"{day} 04:00", f"{day} 19:59", freq="min", tz=NEW_YORK)
    early_or_late = (times.hour * 60 + times.minute < 570) | (times.hour >= 16)
    traded = random.random(len(times)) < np.where(early_or_late, *density)
    if symbol == "THIN":  # whole bars without a trade, the first and the last of a half-day among them
        traded &= ~np.isin(times.hour, random.choice(np.arange(9, 16), 3, replace=False))
    times = times[traded]
    close = 45_000 + random.integers(-40, 41, len(times)).cumsum()
    start = close + random.integers(-30, 31, len(times))
    high = np.maximum(start, close) + random.integers(0, 20, len(times))
    low = np.minimum(start, close) - random.integers(0, 20, len(times))
    prices = dict(zip(PRICES, (start / 100, high / 100, low / 100, close / 100), strict=True))
    volume = random.integers(1, 9_000, len(times))
    return pd.DataFrame({"symbol": symbol, "time": times.tz_convert("UTC"), **prices, "volume": volume})


@cache
def generated(window: int | None = None) -> Tape:
    """All windows, or one."""
    random = np.random.default_rng(20241103)
    days = [day for days in (WINDOWS if window is None else WINDOWS[window : window + 1]) for day in days]
    parts = [_minutes("FULL", day, (0.1, 0.01 if day in CLOSED_DAYS else 0.98), random) for day in days]
    parts += [_minutes("THIN", day, (0.02, 0.0 if day in CLOSED_DAYS else 0.15), random) for day in days]
    minutes = pd.concat(parts).sort_values(["time", "symbol"], ignore_index=True)
    return Tape(minutes, schedule_of("2024-10-21", "2025-03-14"))


# --- live minutes --------------------------------------------------------------------------------------
@pytest.mark.parametrize("timeframe", TIMEFRAMES)
async def test_every_bar_of_live_minutes_is_the_oracles_and_is_there_in_time(timeframe: str) -> None:
    await follow(generated(), timeframe)


def holes() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Minutes of a tape without a trade: where they begin, and how many there are."""
    return st.lists(st.tuples(st.integers(0, 1_200), st.one_of(st.integers(1, 12), st.integers(1, 400))), max_size=6)


def with_holes(tape: Tape, missing: Iterable[tuple[int, int]]) -> Tape:
    kept = np.ones(len(tape.minutes), bool)
    for first, count in missing:
        kept[first : first + count] = False
    return Tape(tape.minutes[kept].reset_index(drop=True), tape.schedule)


@given(st.sampled_from(range(len(WINDOWS))), st.sampled_from(TIMEFRAMES), holes(), st.sets(st.integers(1, 1_400)))
@settings(max_examples=8, phases=PHASES)
def test_minutes_with_holes_between_them_in_pieces_of_any_size_become_the_same_bars(
    window: int, timeframe: str, missing: list[tuple[int, int]], cuts: set[int]
) -> None:
    tape = with_holes(generated(window), missing)
    edges = [0, *sorted(cut for cut in cuts if cut < len(tape.frames)), len(tape.frames)]
    pieces = [tape.frames[first:last] for first, last in itertools.pairwise(edges)]
    asyncio.run(receive(tape, timeframe, pieces, None))


@given(
    st.sampled_from(range(len(WINDOWS))),
    st.sampled_from(TIMEFRAMES),
    holes(),
    st.integers(1, 40),
    st.one_of(st.integers(0, 10), st.integers(0, 20_000)),
)
@settings(max_examples=8, phases=PHASES)
def test_bars_whose_minutes_come_hours_late_are_fetched_and_count_once(
    window: int, timeframe: str, missing: list[tuple[int, int]], bars: int, late_s: int
) -> None:
    tape = with_holes(generated(window), missing)
    span_ns = bars * TIMEFRAME_MINUTES[timeframe] * MINUTE_NS
    grouped = itertools.groupby(tape.frames, key=lambda frame: frame[0].start_ns // span_ns)
    pieces = [list(frames) for _, frames in grouped]
    asyncio.run(receive(tape, timeframe, pieces, late_s * SECOND_NS))


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_each_bar_knows_the_range_of_the_five_minute_bars_that_ended_by_its_own_end(timeframe: str) -> None:
    check_ranges(generated(), timeframe)


# --- history -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("timeframe", "rest"),
    [(timeframe, rest_timeframe(timeframe)) for timeframe in TIMEFRAMES]
    + [("5Min", "1Min"), ("15Min", "1Min"), ("15Min", "5Min"), ("1Hour", "1Min"), ("1Hour", "15Min")],
)
def test_history_from_rests_bars_is_what_the_minutes_in_them_give(timeframe: str, rest: str) -> None:
    check_history(generated(), timeframe, rest)


# --- the seams -----------------------------------------------------------------------------------------
def moments(tape: Tape) -> st.SearchStrategy[int]:
    """Times around the sessions that trade, at and beside the ends of bars above all."""
    opens = sorted({moment.value for moment in tape.regular["opened"]})
    minutes = st.one_of(st.integers(-5, 395), st.integers(-1, 26).map(lambda number: 15 * number))
    seconds = st.one_of(st.sampled_from((-1, 0, 1, 2, 3)), st.integers(0, 59))
    return st.builds(
        lambda *parts: sum(parts), st.sampled_from(opens), minutes.map(_minutes_ns), seconds.map(_seconds_ns)
    )


def _minutes_ns(number: int) -> int:
    return number * MINUTE_NS


def _seconds_ns(number: int) -> int:
    return number * SECOND_NS


def outages(tape: Tape) -> st.SearchStrategy[list[Outage]]:
    seconds = st.one_of(st.integers(0, 90), st.integers(0, 9_000), st.just(24 * 3600))
    return st.lists(st.builds(Outage, moments(tape), seconds, st.booleans()), max_size=4)


@given(st.data(), st.sampled_from(range(len(WINDOWS))), st.sampled_from(TIMEFRAMES))
@settings(max_examples=12, phases=PHASES)
def test_wherever_history_ends_and_minutes_are_lost_no_bar_is_missed_doubled_or_changed(
    data: st.DataObject, window: int, timeframe: str
) -> None:
    tape = generated(window)
    start_ns, broken = data.draw(moments(tape)), data.draw(outages(tape))
    answer_ns = data.draw(st.sampled_from((200_000_000, SECOND_NS, 5 * SECOND_NS, 90 * SECOND_NS)))
    late_ns = data.draw(st.sampled_from((0, 300_000_000, 1_900_000_000)))
    daemon = Daemon(tape, timeframe, start_ns, answer_ns, late_ns)
    asyncio.run(live_through(daemon, broken))


@given(
    st.sampled_from(range(len(WINDOWS))),
    st.sampled_from(TIMEFRAMES),
    st.integers(0, 2**32).map(Random),
    st.sampled_from((0.002, 0.05, 0.4)),
    st.sampled_from((200_000_000, 5 * SECOND_NS, 50 * SECOND_NS)),  # longer than five minutes no bar waits
    st.data(),
)
@settings(max_examples=12, phases=PHASES)
def test_minutes_that_a_standing_connection_loses_delays_turns_around_or_doubles_change_no_bar(
    window: int, timeframe: str, random: Random, often: float, answer_ns: int, data: st.DataObject
) -> None:
    def fate(bar: Bar) -> list[int]:
        if random.random() >= often:
            return [0]
        return [random.randrange(1, 400 * SECOND_NS) for _ in range(random.randrange(3))]

    tape = generated(window)
    start_ns = tape.regular["opened"].iloc[0].value + 45 * MINUTE_NS
    broken = data.draw(st.just([]) | outages(tape))
    asyncio.run(live_through(Daemon(tape, timeframe, start_ns, answer_ns, fate=fate), broken))


@pytest.mark.parametrize("minute", range(1, 5))
async def test_the_five_minute_bar_in_which_history_ends_is_whole(minute: int) -> None:
    tape = generated(0)
    start_ns = pd.Timestamp("2024-11-04 15:35:10", tz=NEW_YORK).value + minute * MINUTE_NS
    await live_through(Daemon(tape, "1Min", start_ns), ())
