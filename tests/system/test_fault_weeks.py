"""Forty weeks (or FAULT_WEEKS), each with its own mixture of faults, restarts and orders, in virtual time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import replace

import pytest
from harness.pools import played
from harness.weeks import play_seed, play_week, report
from harness.weeks_plan import Restart, draw_week

from alpacasim.calendar import SECOND_NS

Reports = Mapping[int, Future[tuple[list[str], str]]]
# Beside the sessions of tests/simulation, which are denser: what takes days to come, comes in these.
SEEDS = range(int(os.environ.get("FAULT_WEEKS", "40")))
MOST_GROWTH = 1.02
# Each waits until its week's turn comes on a core.
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def weeks(request: pytest.FixtureRequest) -> Iterator[Reports]:
    """The reports of the weeks that are asked for."""
    calls = (getattr(item, "callspec", None) for item in request.session.items if item.path == request.path)
    seeds = sorted({call.params["seed"] for call in calls if call is not None})
    with played(report, {seed: (seed,) for seed in seeds}) as reports:
        yield reports


@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_week_of_faults_no_bar_and_no_order_is_lost_or_doubled(weeks: Reports, seed: int) -> None:
    violations, _ = weeks[seed].result()
    assert violations == [], f"{draw_week(seed)}"


@pytest.mark.parametrize("seed", [17])
def test_a_week_comes_to_the_same_effects_byte_for_byte_in_each_process(weeks: Reports, seed: int) -> None:
    _, chain = weeks[seed].result()
    assert chain
    assert play_seed(seed).chain.hex() == chain
    assert play_seed(seed + 2).chain.hex() != chain


def test_what_filled_at_an_open_while_no_process_ran_is_no_difference() -> None:
    week = draw_week(2)
    nights = [Restart(session.close_ns - 200 * SECOND_NS, 300.0, killed=False) for session in week.sessions[:-1]]
    outcome = play_week(replace(week, faults=(), splits=(), restarts=tuple(nights)))
    assert outcome.violations == []


def test_memory_is_flat_once_the_books_are_full() -> None:
    week = replace(draw_week(5), orders=(), restarts=())
    outcome = play_week(week, measured=True)
    assert outcome.violations == []
    assert max(outcome.sizes[3:]) <= MOST_GROWTH * outcome.sizes[2]
