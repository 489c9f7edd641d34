"""The exchange clock, with the wall's clock in the test's hand."""

from __future__ import annotations

import pytest

from alpacasim.clock import ExchangeClock

START_NS = 1_222_867_800_000_000_000
SECOND_NS = 1_000_000_000


class Wall:
    def __init__(self) -> None:
        self.now_ns = 77

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_a_running_clock_shows_the_wall_time_gone_by_times_the_speed(wall: Wall) -> None:
    clock = ExchangeClock(START_NS, speed=60.0, monotonic_ns=wall)
    assert (clock.mode, clock.rate, clock.now_ns()) == ("run", 60.0, START_NS)
    wall.now_ns += SECOND_NS // 2
    assert clock.now_ns() == START_NS + 30 * SECOND_NS


def test_a_skip_leaves_time_out_and_runs_on_from_there(wall: Wall) -> None:
    clock = ExchangeClock(START_NS, speed=10.0, monotonic_ns=wall)
    wall.now_ns += SECOND_NS
    clock.skip_to(START_NS + 1000 * SECOND_NS)
    assert clock.now_ns() == START_NS + 1000 * SECOND_NS
    wall.now_ns += SECOND_NS
    assert clock.now_ns() == START_NS + 1010 * SECOND_NS


def test_a_skip_into_the_past_changes_nothing(wall: Wall) -> None:
    clock = ExchangeClock(START_NS, speed=10.0, monotonic_ns=wall)
    wall.now_ns += SECOND_NS
    clock.skip_to(START_NS)
    assert clock.now_ns() == START_NS + 10 * SECOND_NS


def test_a_stepped_clock_moves_only_when_it_is_advanced(wall: Wall) -> None:
    clock = ExchangeClock(START_NS, mode="step", monotonic_ns=wall)
    wall.now_ns += 5 * SECOND_NS
    assert (clock.rate, clock.now_ns()) == (0.0, START_NS)
    clock.advance_to(START_NS + 60 * SECOND_NS)
    assert clock.now_ns() == START_NS + 60 * SECOND_NS


def test_a_stepped_clock_does_not_go_back(wall: Wall) -> None:
    clock = ExchangeClock(START_NS, mode="step", monotonic_ns=wall)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance_to(START_NS - 1)


def test_a_running_clock_cannot_be_advanced(wall: Wall) -> None:
    with pytest.raises(ValueError, match="step mode"):
        ExchangeClock(START_NS, monotonic_ns=wall).advance_to(START_NS + 1)


@pytest.mark.parametrize("speed", [0.0, -1.0, float("inf"), float("nan")])
def test_a_speed_that_is_not_a_finite_number_above_zero_is_refused(speed: float, wall: Wall) -> None:
    with pytest.raises(ValueError, match="speed"):
        ExchangeClock(START_NS, speed=speed, monotonic_ns=wall)


def test_the_wall_wait_until_an_instant_is_shortened_by_the_speed(wall: Wall) -> None:
    clock = ExchangeClock(START_NS, speed=60.0, monotonic_ns=wall)
    assert clock.wall_seconds_until(START_NS + 60 * SECOND_NS) == pytest.approx(1.0)
    assert clock.wall_seconds_until(START_NS - 1) == 0.0
    assert ExchangeClock(START_NS, mode="step", monotonic_ns=wall).wall_seconds_until(START_NS + 1) == float("inf")
