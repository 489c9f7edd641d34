"""Weeks at a fast exchange, each through its own mixture of all faults: nothing is lost, doubled or leaked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from harness.fault_week import FaultWeek
from harness.mixtures import label

SEEDS = (1, 2, 3, 4, 5)
LEAST_ORDERS = 10
Weeks = dict[int, Future[FaultWeek]]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weeks]:
    """All at once: the two processes of each wait most of the time."""
    folder = tmp_path_factory.mktemp("weeks")
    with ThreadPoolExecutor(len(SEEDS)) as threads:
        yield {seed: threads.submit(FaultWeek(folder / str(seed), seed).play) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_through_a_mixture_of_faults_loses_and_doubles_nothing(weeks: Weeks, seed: int) -> None:
    assert weeks[seed].result().hand.accepted >= LEAST_ORDERS


def test_between_them_the_weeks_meet_every_fault(weeks: Weeks) -> None:
    played = [week.result() for week in weeks.values()]
    drawn = {label(fault) for week in played for fault in week.mixture.faults}
    assert {name for name in drawn if not any(week.met[name] for week in played)} == set()
