"""A few sessions of faults beside their backtests; `make parity` compares hundreds."""

from __future__ import annotations

import pytest

from simulation.parity import compared

# Refusals, parts that fill, a limit that works on, losses that stop trading, a night between two days, a restart.
SEEDS = (13, 95, 23)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_goes_wrong_in_a_session_each_difference_has_its_cause(seed: int) -> None:
    days = compared(seed)
    assert [one for day in days for one in day.unexplained] == []
    assert sum(len(day.findings) for day in days) > 5
