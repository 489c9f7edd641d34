"""The alert book: each raise is in exactly one alert; one that a person has seen is a new one when it comes again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from engine.world import EPOCH, World, of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.engine.alerts import AlertBook
from fluxherod.engine.commands import AcknowledgeAlertCommand, Caller
from fluxherod.engine.effects import Alert, AlertRaised, AlertUpdated, Effect, Reply, ReplyCode, Severity
from fluxherod.engine.events import AlertTold, ChannelFailed, LinkChanged, StatusesReceived, TokensFailed, TradingStatus


def halt(world: World) -> list[Effect]:
    return world.tell(StatusesReceived((TradingStatus("SPY", False, "news pending", world.now_ns),), ()))


def resume(world: World) -> list[Effect]:
    return world.tell(StatusesReceived((TradingStatus("SPY", True, "over", world.now_ns),), ()))


def alerts(effects: list[Effect]) -> list[Alert]:
    return [update.alert for update in of(AlertUpdated, effects)]


def acknowledge(world: World, alert_id: str, note: str = "") -> Reply:
    return of(Reply, world.tell(AcknowledgeAlertCommand(world.caller(), alert_id, note)))[-1]


def test_what_is_raised_again_is_the_same_alert_with_the_newest_text() -> None:
    world = World().ready(history=100)
    (first,) = alerts(halt(world))
    world.wait(60)
    resume(world)
    world.wait(60)
    (again,) = alerts(halt(world))
    assert first == Alert(
        "01234567-1", "SYMBOL_HALTED", Severity.WARNING, first.text, "SPY", first.raised_ns, first.raised_ns
    )
    assert again == replace(first, count=2, last_raised_ns=first.raised_ns + 120 * SECOND_NS)
    assert [alert.code for alert in world.engine.alerts.open] == ["SYMBOL_RESUMED", "SYMBOL_HALTED"]
    world.replay()


def test_what_was_acknowledged_and_is_raised_again_is_a_new_alert() -> None:
    world = World().ready(history=100)
    (first,) = alerts(halt(world))
    reply = acknowledge(world, first.id, "called the desk")
    assert (reply.code, reply.text) == (ReplyCode.OK, "01234567-1 is acknowledged: SYMBOL_HALTED")
    seen = alerts(world.seen)[-1]
    assert seen == replace(first, acknowledged_ns=world.now_ns, acknowledged_by="tester", note="called the desk")
    assert list(world.engine.alerts.open) == []
    resume(world)
    (second,) = alerts(halt(world))
    assert (second.id, second.count, second.acknowledged_ns) == ("01234567-3", 1, None)
    world.replay()


def test_the_higher_severity_stays() -> None:
    world = World().ready(history=100)
    world.tell(LinkChanged("market", False, "refused for good", fatal=True))
    world.tell(LinkChanged("market", True))
    (alert,) = alerts(world.tell(LinkChanged("market", False, "connection reset")))
    assert (alert.severity, alert.text, alert.count) == (Severity.CRITICAL, "connection reset", 2)


def test_an_acknowledgement_is_answered_once_however_often_it_is_asked() -> None:
    world = World().ready(history=100)
    (alert,) = alerts(halt(world))
    command = AcknowledgeAlertCommand(Caller("r", "me"), alert.id)
    first, again = (of(Reply, world.tell(command))[-1] for _ in range(2))
    assert first == again
    assert first.code is ReplyCode.OK
    assert len([one for one in alerts(world.seen) if one.acknowledged_ns]) == 1
    assert acknowledge(world, alert.id).code is ReplyCode.ALREADY_DONE
    world.replay()


WRONG_IDS = ["", "1", "01234567-", "01234567-0", "01234567-2", "01234567-01", "01234567-\u0661", "old-1", "89abcdef-1"]


@pytest.mark.parametrize("wrong", [*WRONG_IDS, "01234567-" + "9" * 5000])
def test_an_alert_that_there_never_was_can_not_be_acknowledged(wrong: str) -> None:
    world = World().ready(history=100)
    halt(world)
    reply = acknowledge(world, wrong)
    assert reply.code is ReplyCode.ALERT_NOT_FOUND
    assert len(world.engine.alerts.open) == 1


def test_open_alerts_outlive_the_process_and_are_told_to_the_tables_again() -> None:
    world = World().ready(history=100)
    halt(world)
    (alert,) = world.engine.alerts.open
    world.stop()
    effects = world.start(run=2)
    assert of(AlertRaised, effects) == []
    assert alerts(effects) == [alert]
    assert list(world.engine.alerts.open) == [alert]
    world.replay()


def test_what_a_channel_has_taken_outlives_the_process_until_a_person_has_seen_it() -> None:
    world = World().ready(history=100)
    halt(world)
    (alert,) = world.engine.alerts.open
    world.wait(1)
    at_ns = world.now_ns
    world.tell(AlertTold(alert.id, "warning"), AlertTold("01234567-99", "warning"))
    world.wait(60)
    resume(world)
    (again,) = alerts(halt(world))
    world.start(run=2)
    assert world.engine.alerts.told == [(again, at_ns)]
    world.replay()
    acknowledge(world, alert.id)
    assert world.engine.alerts.told == []


def test_what_was_taken_as_less_urgent_is_remembered_so() -> None:
    world = World().ready(history=100)
    (alert,) = alerts(world.tell(LinkChanged("market", False, "connection reset")))
    world.tell(AlertTold(alert.id, "warning"))
    world.tell(LinkChanged("market", True))
    world.tell(LinkChanged("market", False, "refused for good", fatal=True))
    ((told, _),) = world.engine.alerts.told
    assert told.severity is Severity.WARNING


# --- a process that ended without a word ------------------------------------------------------------------
def test_a_start_after_a_crash_is_told_with_what_was_found() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    world.place(10, stop=440.0)
    world.delivery = False
    world.place(10, stop=440.0, symbol="IBM")  # its answer never comes
    world.exchange.outbox.clear()
    (entry,) = world.live(OrderRole.ENTRY, "IBM")
    world.delivery = True
    world.now_ns += 90 * SECOND_NS
    (raised,) = of(AlertRaised, world.start(run=2))
    assert (raised.code, raised.severity) == ("RESTARTED_AFTER_CRASH", Severity.WARNING)
    assert (
        "Run 2 starts after a process that did not end in good order; its last entry is 1 min 30 s old" in raised.text
    )
    assert "open positions: SPY;" in raised.text
    assert raised.text.endswith("Stops stood at the broker meanwhile.")
    assert f"of unknown outcome: {entry.id}, the broker is asked for each" in raised.text
    world.replay()


def test_a_first_start_and_one_after_a_good_end_say_nothing_of_a_crash() -> None:
    world = World()
    world.start()
    world.stop()
    world.start(run=2)
    assert world.alerts() == []
    world.start(run=3)
    assert world.alerts() == ["RESTARTED_AFTER_CRASH"]


def test_a_channel_that_fails_is_an_alert() -> None:
    world = World().ready()
    (alert,) = alerts(world.tell(ChannelFailed("channel 2 (json at 127.0.0.1)", "it can't be reached")))
    assert (alert.code, alert.severity, alert.symbol) == ("CHANNEL_FAILED", Severity.WARNING, "")
    assert alert.text.startswith("channel 2 (json at 127.0.0.1) does not take alerts: it can't be reached.")


def test_tokens_that_can_not_be_read_are_a_critical_alert_also_after_a_restart() -> None:
    world = World().ready()
    (alert,) = alerts(world.tell(TokensFailed("tokens.json is damaged: restore it")))
    assert (alert.code, alert.severity, alert.symbol) == ("TOKENS_UNREADABLE", Severity.CRITICAL, "")
    assert alert.text.endswith("refused, also a halt: tokens.json is damaged: restore it")
    world.replay()


# --- for every sequence ------------------------------------------------------------------------------------
CODES, SYMBOLS = ("A", "B", "C"), ("", "SPY", "IBM")
RAISES = st.builds(
    AlertRaised, st.sampled_from(CODES), st.sampled_from(Severity), st.text(max_size=3), st.sampled_from(SYMBOLS)
)


class Book(RuleBasedStateMachine):
    """A small book beside a plain list of all that happened."""

    def __init__(self) -> None:
        super().__init__()
        self.book = AlertBook(most=4)
        self.book._prefix = f"{EPOCH[:8]}-"
        self.now_ns = 0
        self.raised: Counter[tuple[str, str]] = Counter()
        self.rows: dict[str, Alert] = {}

    def take(self, out: list[Effect]) -> None:
        for alert in alerts(out):
            before = self.rows.get(alert.id)
            assert before is None or before.acknowledged_ns is None, "what a person has seen never changes again"
            self.rows[alert.id] = alert

    @rule(raises=st.lists(RAISES, min_size=1, max_size=4))
    def event(self, raises: list[AlertRaised]) -> None:
        self.now_ns += 1
        out: list[Effect] = [*raises]
        self.book.note(self.now_ns, out)
        told = [alert for alert in alerts(out) if alert.last_raised_ns == self.now_ns and alert.acknowledged_ns is None]
        assert [(alert.code, alert.symbol, alert.text) for alert in told] == [
            (one.code, one.symbol, one.text) for one in raises
        ]
        self.raised.update((one.code, one.symbol) for one in raises)
        self.take(out)

    @rule(number=st.integers(0, 30))
    def acknowledge(self, number: int) -> None:
        self.now_ns += 1
        alert_id, out = f"{EPOCH[:8]}-{number}", list[Effect]()
        known = self.rows.get(alert_id)
        code, _ = self.book.acknowledge(AcknowledgeAlertCommand(Caller("r", "me"), alert_id, "n"), self.now_ns, out)
        if known is None:
            assert code is ReplyCode.ALERT_NOT_FOUND
        else:
            assert code is (ReplyCode.OK if known.acknowledged_ns is None else ReplyCode.ALREADY_DONE)
        self.take(out)

    @invariant()
    def each_raise_is_in_exactly_one_alert(self) -> None:
        counted: Counter[tuple[str, str]] = Counter()
        for alert in self.rows.values():
            counted[alert.code, alert.symbol] += alert.count
        assert counted == self.raised

    @invariant()
    def the_tables_and_the_book_agree_on_what_is_open(self) -> None:
        still = [alert for alert in self.rows.values() if alert.acknowledged_ns is None]
        assert sorted(still, key=lambda alert: alert.id) == sorted(self.book.open, key=lambda alert: alert.id)
        assert len(still) <= 4
        assert len({(alert.code, alert.symbol) for alert in still}) == len(still)


TestBook = Book.TestCase
TestBook.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


@given(st.lists(st.sampled_from(["halt", "resume", "acknowledge", "restart", "crash"]), max_size=12))
@settings(max_examples=50, deadline=None)
def test_a_replay_gives_the_same_alerts_whatever_happened(steps: list[str]) -> None:
    world = World().ready(history=100)
    for step in steps:
        world.wait(5)
        match step:
            case "halt":
                halt(world)
            case "resume":
                resume(world)
            case "acknowledge":
                acknowledge(world, next((alert.id for alert in world.engine.alerts.open), "none"))
            case "restart" | "crash":
                if step == "restart":
                    world.stop()
                world.start(run=world.engine.run + 1)
    world.replay()


def test_beyond_the_bound_the_least_urgent_of_longest_ago_is_closed_with_a_note() -> None:
    book, out = AlertBook(most=3), list[Effect]()
    raises = [("A", Severity.CRITICAL), ("B", Severity.WARNING), ("C", Severity.WARNING), ("B", Severity.WARNING)]
    book.note(1, out)
    for now_ns, (code, severity) in enumerate(raises):
        book.note(now_ns, out := [AlertRaised(code, severity, "look")])
    book.note(9, out := [AlertRaised("D", Severity.INFO, "look")])
    closed, new = alerts(out)
    assert (closed.code, closed.acknowledged_by, closed.note) == (
        "C", "fluxherod", "closed by itself: more than 3 alerts were open",
    )  # fmt: skip
    assert [alert.code for alert in book.open] == ["A", "B", "D"]
    assert new.code == "D"
