from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fluxherod.adapters.alert_limits import AlertLimits
from fluxherod.engine.effects import Alert, Severity

WARNING = Alert("a-1", "CODE", Severity.WARNING, "text", "SPY", 1, 1)
CRITICAL = replace(WARNING, severity=Severity.CRITICAL)


def other(number: int, severity: Severity = Severity.WARNING) -> Alert:
    return Alert(f"b-{number}", f"C{number}", severity, "text", "", 1, 1)


def test_the_same_alert_goes_again_only_after_a_while() -> None:
    limits = AlertLimits(60, 100)
    assert [limits.admit(WARNING, at_s) for at_s in (0, 1, 59.9, 60, 61, 120)] == [
        True,
        False,
        False,
        True,
        False,
        True,
    ]


def test_of_another_symbol_it_is_another_alert() -> None:
    limits = AlertLimits(60, 100)
    assert limits.admit(WARNING, 0)
    assert limits.admit(replace(WARNING, id="a-2", symbol="IBM"), 0)


def test_one_that_has_become_more_urgent_goes_at_once_and_one_less_urgent_does_not() -> None:
    limits = AlertLimits(60, 100)
    assert limits.admit(WARNING, 0)
    assert limits.admit(CRITICAL, 1)
    assert not limits.admit(WARNING, 2)


def test_a_new_one_after_an_acknowledgement_goes_at_once() -> None:
    limits = AlertLimits(60, 100)
    assert limits.admit(WARNING, 0)
    assert limits.admit(replace(WARNING, id="a-2"), 1)


def test_what_an_earlier_process_has_sent_is_not_sent_again_too_soon_and_counts_for_the_hour() -> None:
    limits = AlertLimits(60, 2, hour_s=100)
    limits.remember(WARNING, -30)
    assert not limits.admit(WARNING, 29)
    assert limits.admit(CRITICAL, 29)
    assert not limits.admit(other(1, Severity.CRITICAL), 30)
    assert limits.admit(other(1, Severity.CRITICAL), 70)


def test_a_quarter_of_the_hour_is_kept_for_critical_alerts() -> None:
    limits = AlertLimits(60, 8)
    assert [limits.admit(other(number), 0) for number in range(8)] == [True] * 6 + [False] * 2
    assert [limits.admit(other(number, Severity.CRITICAL), 0) for number in range(10, 13)] == [True, True, False]


def test_what_was_held_back_is_told_once_when_the_hour_has_room_again() -> None:
    limits = AlertLimits(0, 2)
    assert limits.admit(other(1), 0)
    assert limits.summary_due_s(0) is None
    assert limits.admit(other(2), 10)
    assert not limits.admit(other(3), 20)
    assert not limits.admit(other(3), 21)
    assert not limits.admit(other(4), 22)
    assert limits.summary_due_s(22) == 3600
    assert limits.summary_due_s(3600) == 3600
    assert limits.take_summary(3600) == {"C3": 2, "C4": 1}
    assert limits.summary_due_s(3600) is None
    assert not limits.admit(other(5), 3601), "the summary counts too"
    assert limits.admit(other(5), 3610)


SEVERITIES = st.sampled_from(Severity)


@given(st.lists(st.tuples(st.floats(0, 500), st.integers(0, 5), SEVERITIES), max_size=60), st.integers(1, 9))
def test_no_hour_ever_brings_more_than_it_may(steps: list[tuple[float, int, Severity]], most: int) -> None:
    limits, now_s, sent, held, told = AlertLimits(100, most), 0.0, [], 0, 0
    for pause_s, number, severity in steps:
        now_s += pause_s
        due_s = limits.summary_due_s(now_s)
        if due_s is not None and due_s <= now_s:
            told += limits.take_summary(now_s).total()
            sent.append(now_s)
        before = limits._held.total()
        if limits.admit(other(number, severity), now_s):
            sent.append(now_s)
        held += limits._held.total() - before
        assert sum(now_s - at_s < 3600 for at_s in sent) <= most
        assert held == told + limits._held.total(), "each alert that is held back is told once, or waits to be"
