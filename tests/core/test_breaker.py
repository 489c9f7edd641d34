"""When losses stop trading: each limit at, just below and just above it, and what a second reading decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.risk.breaker import (
    CONFIRM_AFTER_NS,
    Reading,
    begin_session,
    limit,
    normal,
    percent,
    read_breaker,
    read_daily_loss,
    reset,
    with_base,
    with_flow,
)
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss, SafetyState

NORMAL, REDUCED, DISABLED = BreakerStatus.NORMAL, BreakerStatus.REDUCED, BreakerStatus.DISABLED
LIMITS = RiskLimits()
PEAK = 1_000_000_000  # $100,000
T0 = 1_704_205_800_000_000_000


def at(equity_e4: int, seconds: float = 0, account_e4: int | None = None, asked: float | None = None) -> Reading:
    """A reading some seconds after the first; the account was asked for at the same time and says the same."""
    now_ns = T0 + int(seconds * SECOND_NS)
    asked_ns = now_ns if asked is None else T0 + int(asked * SECOND_NS)
    return Reading(equity_e4, now_ns, equity_e4 if account_e4 is None else account_e4, asked_ns)


def read(breaker: Breaker, *readings: Reading, limits: RiskLimits = LIMITS) -> Breaker:
    for reading in readings:
        breaker = read_breaker(breaker, reading, limits)
    return breaker


def lose(daily: DailyLoss, *readings: Reading, limits: RiskLimits = LIMITS) -> DailyLoss:
    for reading in readings:
        daily = read_daily_loss(daily, reading, limits)
    return daily


@pytest.mark.parametrize(
    ("equity_e4", "status", "pending"),
    [
        (1_000_000_000, NORMAL, False),
        (850_000_001, NORMAL, False),
        (850_000_000, REDUCED, False),
        (849_999_999, REDUCED, False),
        (800_000_001, REDUCED, False),
        (800_000_000, REDUCED, True),
        (799_999_999, REDUCED, True),
        (0, REDUCED, True),
        (-5, REDUCED, True),
    ],
)
def test_the_first_reading_at_each_limit(equity_e4: int, status: BreakerStatus, pending: bool) -> None:
    found = read(Breaker(peak_e4=PEAK), at(equity_e4))
    assert (found.status, found.latched, bool(found.reached_ns)) == (status, False, pending)
    assert found.peak_e4 == PEAK


def test_limits_are_compared_exactly_where_a_float_would_round() -> None:
    peak_e4 = 9_007_199_254_740_993 * 20  # 15 % of it is no whole float
    edge_e4 = peak_e4 - peak_e4 * 15 // 100
    assert peak_e4 * 15 % 100 == 0
    assert read(Breaker(peak_e4=peak_e4), at(edge_e4)).status is REDUCED
    assert read(Breaker(peak_e4=peak_e4), at(edge_e4 + 1)).status is NORMAL


@pytest.mark.parametrize(
    ("equity_e4", "status"),
    [(880_000_001, NORMAL), (880_000_000, REDUCED), (879_999_999, REDUCED), (900_000_000, NORMAL)],
)
def test_a_warning_leaves_by_itself_below_the_recovery_only(equity_e4: int, status: BreakerStatus) -> None:
    assert read(Breaker(peak_e4=PEAK), at(850_000_000), at(equity_e4, 1)).status is status


def test_a_latched_warning_does_not_leave() -> None:
    latched = Breaker(REDUCED, True, "reset", T0, PEAK)
    assert read(latched, at(PEAK)) == latched


@pytest.mark.parametrize(
    ("seconds", "asked", "equity_e4", "status", "pending"),
    [
        (5, 0.1, 800_000_000, DISABLED, False),
        (4.999999999, 0.1, 800_000_000, REDUCED, True),
        (5, 0, 800_000_000, REDUCED, True),
        (60, 0, 700_000_000, REDUCED, True),
        (60, -1, 700_000_000, REDUCED, True),
        (5, 5, 800_000_001, REDUCED, False),
        (5, 5, 900_000_000, NORMAL, False),
        (1, 1, 900_000_000, NORMAL, True),
    ],
)
def test_a_second_reading_decides_when_it_is_late_enough_and_on_newer_account_data(
    seconds: float, asked: float, equity_e4: int, status: BreakerStatus, pending: bool
) -> None:
    found = read(Breaker(peak_e4=PEAK), at(800_000_000), at(equity_e4, seconds, asked=asked))
    assert (found.status, bool(found.reached_ns)) == (status, pending)
    assert found.latched is (status is DISABLED)
    assert CONFIRM_AFTER_NS == 5 * SECOND_NS


@pytest.mark.parametrize(
    ("account_e4", "status"), [(820_000_000, DISABLED), (820_000_001, REDUCED), (PEAK, REDUCED), (100, DISABLED)]
)
def test_the_brokers_equity_must_be_about_as_bad(account_e4: int, status: BreakerStatus) -> None:
    found = read(Breaker(peak_e4=PEAK), at(800_000_000), at(800_000_000, 5, account_e4))
    assert found.status is status
    assert bool(found.reached_ns) is (status is REDUCED)


def test_what_was_read_between_the_two_readings_changes_nothing() -> None:
    found = read(Breaker(peak_e4=PEAK), at(800_000_000), at(990_000_000, 2), at(790_000_000, 6))
    assert (found.status, found.reason) == (DISABLED, "drawdown of 21.0% (limit 20%)")


def test_disabled_stays_whatever_is_read_and_only_its_peak_grows() -> None:
    disabled = Breaker(DISABLED, True, "drawdown", T0, PEAK)
    assert read(disabled, at(2 * PEAK)) == replace(disabled, peak_e4=2 * PEAK)
    assert read(disabled, at(0), at(0, 10)) == disabled


@pytest.mark.parametrize(
    ("account_e4", "agrees", "peak_e4"),
    [
        (1_300_000_000, True, 1_300_000_000),
        (1_300_000_000, False, 1_300_000_000),
        (PEAK, True, 1_020_000_000),
        (PEAK, False, PEAK),
    ],
)
def test_a_price_that_is_far_off_makes_no_peak(account_e4: int, agrees: bool, peak_e4: int) -> None:
    reading = Reading(1_300_000_000, T0, account_e4, T0, agrees)
    assert read(Breaker(peak_e4=PEAK), reading).peak_e4 == peak_e4


def test_without_a_peak_there_is_no_drawdown() -> None:
    assert read(Breaker(), at(0)) == Breaker()
    assert read(Breaker(), at(-100)) == Breaker()


def test_other_limits_are_used() -> None:
    limits = replace(LIMITS, warning_drawdown_bp=500, recovery_drawdown_bp=400, critical_drawdown_bp=1_000)
    assert read(Breaker(peak_e4=PEAK), at(950_000_000), limits=limits).status is REDUCED
    assert read(Breaker(peak_e4=PEAK), at(900_000_000), at(900_000_000, 5), limits=limits).status is DISABLED


def test_a_reset_counts_from_the_equity_of_that_moment_and_stays_reduced_until_an_operator_sets_normal() -> None:
    disabled = Breaker(DISABLED, True, "drawdown", T0, PEAK)
    again = reset(disabled, 790_000_000, T0 + 1, "reviewed")
    assert again == Breaker(REDUCED, True, "reviewed", T0 + 1, 790_000_000)
    assert read(again, at(790_000_000)) == again
    assert normal(again, 790_000_000, T0 + 2, LIMITS) == Breaker(NORMAL, False, "", T0 + 2, 790_000_000)


def test_normal_at_a_drawdown_over_the_warning_is_reduced_and_leaves_by_itself() -> None:
    latched = Breaker(REDUCED, True, "reset", T0, PEAK)
    held = normal(latched, 850_000_000, T0 + 2, LIMITS)
    assert (held.status, held.latched) == (REDUCED, False)
    assert read(held, at(880_000_001)).status is NORMAL


@pytest.mark.parametrize(
    ("equity_e4", "pending"), [(970_000_001, False), (970_000_000, True), (969_999_999, True), (2 * PEAK, False)]
)
def test_the_first_reading_of_a_daily_loss(equity_e4: int, pending: bool) -> None:
    assert bool(lose(DailyLoss(base_e4=PEAK), at(equity_e4)).reached_ns) is pending


def test_a_second_reading_of_a_daily_loss_decides() -> None:
    base = DailyLoss(base_e4=PEAK, base_day="2024-01-02")
    found = lose(base, at(970_000_000), at(970_000_000, 5))
    assert (found.day, found.reached_ns) == ("2024-01-02", 0)
    assert found.reason == "loss of 3.0% since the previous close (limit 3%)"
    assert lose(found, at(PEAK, 10)) == lose(found, at(0, 10)) == found
    assert lose(base, at(970_000_000), at(970_000_001, 5)) == base
    assert lose(base, at(970_000_000), at(970_000_000, 5, asked=0)).reason == ""
    assert lose(base, at(970_000_000), at(970_000_000, 5, account_e4=PEAK)).reason == ""
    assert lose(base, at(970_000_000), at(970_000_000, 5, account_e4=973_000_000)).reason != ""
    assert lose(base, at(970_000_000), at(970_000_000, 5, account_e4=973_000_001)).reason == ""


def test_no_daily_loss_without_a_base_or_when_it_is_switched_off() -> None:
    off = replace(LIMITS, daily_loss_bp=0)
    assert lose(DailyLoss(), at(0)) == DailyLoss()
    assert lose(DailyLoss(base_e4=PEAK), at(1), limits=off) == DailyLoss(base_e4=PEAK)
    pending = DailyLoss(base_e4=PEAK, reached_ns=T0)
    assert lose(pending, at(1, 1), limits=off) == DailyLoss(base_e4=PEAK)


def test_a_session_counts_from_the_close_before_and_ends_the_latch_only_if_so_configured() -> None:
    latched = DailyLoss("loss", "2024-01-02", PEAK, "2024-01-02", 0, 7)
    kept = begin_session(latched, "2024-01-03", LIMITS)
    assert kept == DailyLoss("loss", "2024-01-02", 0, "2024-01-03", 0, 7)
    ended = begin_session(latched, "2024-01-03", replace(LIMITS, daily_loss_resumes="next_session"))
    assert ended == DailyLoss(base_day="2024-01-03", carried_e4=7)
    assert with_base(ended, 950_000_000) == DailyLoss(base_e4=950_000_007, base_day="2024-01-03")


def test_cash_that_comes_or_goes_moves_peak_and_base() -> None:
    state = SafetyState("e", 1, 0, breaker=Breaker(peak_e4=PEAK), daily_loss=DailyLoss(base_e4=990_000_000))
    richer = with_flow(state, 100_000_000, in_session=True)
    assert (richer.breaker.peak_e4, richer.daily_loss.base_e4, richer.daily_loss.carried_e4) == (
        1_100_000_000, 1_090_000_000, 0,
    )  # fmt: skip
    poorer = with_flow(state, -100_000_000, in_session=False)
    assert (poorer.breaker.peak_e4, poorer.daily_loss.base_e4, poorer.daily_loss.carried_e4) == (
        900_000_000, 890_000_000, -100_000_000,
    )  # fmt: skip
    empty = with_flow(state, -2 * PEAK, in_session=True)
    assert (empty.breaker.peak_e4, empty.daily_loss.base_e4) == (0, 0)


def test_a_flow_before_the_base_is_known_is_in_the_base() -> None:
    state = SafetyState("e", 1, 0, daily_loss=DailyLoss(base_day="2024-01-03"))
    assert with_base(with_flow(state, -50, in_session=True).daily_loss, 1_000).base_e4 == 950


def test_figures_as_people_read_them() -> None:
    assert (limit(2_000), limit(1_250), limit(300)) == ("20%", "12.5%", "3%")
    assert (percent(153_000_000, PEAK), percent(202_000_000, PEAK), percent(5, 0)) == ("15.3%", "20.2%", "0.0%")


EQUITIES = st.integers(-100, 2_000_000)
READINGS = st.lists(
    st.tuples(EQUITIES, st.integers(0, 20), st.booleans(), st.one_of(st.none(), EQUITIES)), min_size=1, max_size=30
)


@given(READINGS, st.integers(100, 9_000), st.integers(100, 9_000))
def test_latches_never_open_by_themselves_and_the_peak_never_falls(
    steps: list[tuple[int, int, bool, int | None]], one_bp: int, other_bp: int
) -> None:
    warning, critical = sorted((one_bp, other_bp))
    limits = replace(LIMITS, recovery_drawdown_bp=warning, warning_drawdown_bp=warning, critical_drawdown_bp=critical)
    breaker, daily, now_ns, asked_ns = Breaker(peak_e4=1_000_000), DailyLoss(base_e4=1_000_000), T0, 0
    for equity_e4, seconds, asked, account_e4 in steps:
        now_ns += seconds * SECOND_NS
        asked_ns = now_ns if asked else asked_ns
        reading = Reading(equity_e4, now_ns, equity_e4 if account_e4 is None else account_e4, asked_ns)
        after, loss = read_breaker(breaker, reading, limits), read_daily_loss(daily, reading, limits)
        assert after.peak_e4 >= breaker.peak_e4
        assert account_e4 is not None or after.peak_e4 >= equity_e4
        assert not breaker.latched or (after.status, after.latched) == (breaker.status, True)
        assert not daily.reason or loss == daily
        if after.status is DISABLED and breaker.status is not DISABLED:
            assert breaker.reached_ns
            assert now_ns - breaker.reached_ns >= CONFIRM_AFTER_NS
            assert asked_ns > breaker.reached_ns
            assert (after.peak_e4 - equity_e4) * 10_000 >= after.peak_e4 * critical
        breaker, daily = after, loss
