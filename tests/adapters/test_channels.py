"""The user's own channels, against a real mail server and webhook: nothing of theirs holds up anything of ours."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import OPEN_NS, SYMBOLS, HandClock, MemoryBroker, MemoryMarketData, MemoryStore
from harness.receivers import mailbox, webhook

from fluxherod.adapters import channels as module
from fluxherod.adapters.alert_limits import AlertLimits
from fluxherod.adapters.channel_urls import label, secret_parts
from fluxherod.adapters.channels import Channel, Channels, Message
from fluxherod.core.calendar import HOUR_NS
from fluxherod.engine.alert_codes import remedy
from fluxherod.engine.effects import Alert, AlertRaised, AlertUpdated, Severity, Update
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import AlertTold, ChannelFailed, Event, LinkChanged, Started
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings
from fluxherod.engine.storage import failed
from fluxherod.failures import DaemonFault, JournalFailed, last_alert

ALERT = Alert("a1b7eeab-7", "STOP_REFUSED", Severity.CRITICAL, "look at SPY & IBM <now>", "SPY", OPEN_NS, OPEN_NS)
MESSAGE = Message("[FluxHero PAPER] INFO: TEST", "nothing to do", Severity.INFO)


def raised(*alerts: Alert) -> list[Update]:
    """What the engine tells when these are raised."""
    return [
        *(AlertRaised(alert.code, alert.severity, alert.text, alert.symbol) for alert in alerts),
        *map(AlertUpdated, alerts),
    ]


def numbered(number: int, **fields: Any) -> Alert:
    return replace(ALERT, id=f"a-{number}", code=f"CODE_{number}", **fields)


@dataclass
class Told:
    """The publisher behind the channels, and what the channels posted."""

    published: list[tuple[int, Sequence[Update]]] = field(default_factory=list)
    failures: list[ChannelFailed] = field(default_factory=list)
    taken: list[AlertTold] = field(default_factory=list)

    def post(self, event: ChannelFailed | AlertTold) -> None:
        if isinstance(event, AlertTold):
            self.taken.append(event)
        else:
            self.failures.append(event)

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        self.published.append((seq, updates))


async def until(reached: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not reached():  # noqa: ASYNC110 - threads do what is waited for
            await asyncio.sleep(0.002)


@asynccontextmanager
async def channels(
    *urls: str, told: Told, limits: AlertLimits | None = None, least: Severity = Severity.WARNING, **options: Any
) -> AsyncIterator[Channels]:
    limits = limits or AlertLimits(3600, 1000)
    options = {"first_wait_s": 0.001, **options}
    made = Channels(told, urls, limits, least, "paper", told.post, **options)
    await made.run()
    try:
        yield made
    finally:
        made.close()


async def test_an_alert_comes_by_mail_and_by_webhook_with_what_to_do() -> None:
    told = Told()
    with mailbox() as box, webhook() as hook:
        async with channels(box.url, hook.url, told=told) as made:
            made.publish(1, OPEN_NS, raised(ALERT))
            await until(lambda: box.mails and hook.answered)
    (mail,), (request,) = box.mails, hook.requests
    assert mail["Subject"] == request["title"] == "[FluxHero PAPER] CRITICAL: STOP_REFUSED"
    assert request["type"] == "failure"
    assert request["message"].splitlines() == [
        "look at SPY & IBM <now>",
        "",
        "Symbol: SPY",
        "Time: 2024-01-02 09:30:00 New York",
        f"What to do: {remedy('STOP_REFUSED')}",
        "When you have seen to it: fluxhero ack a1b7eeab-7",
    ]
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines()[:3] == request["message"].splitlines()[:3]
    assert (mail["To"], told.failures) == ("me@example.com", [])
    assert told.published == [(1, raised(ALERT))]


async def test_an_alert_that_a_channel_has_taken_is_noted_and_one_that_none_has_is_not() -> None:
    told = Told()
    with webhook() as hook, webhook(500) as bad:
        async with channels(hook.url, told=told) as made:
            made.publish(1, OPEN_NS, raised(ALERT))
            await until(lambda: told.taken)
        async with channels(bad.url, told=told) as made:
            made.publish(1, OPEN_NS, raised(numbered(1)))
            await until(lambda: told.failures)
    assert told.taken == [AlertTold("a1b7eeab-7", "critical")]


async def test_only_what_is_raised_and_urgent_enough_is_sent_and_each_alert_once() -> None:
    told = Told()
    again = replace(ALERT, count=7, last_raised_ns=OPEN_NS + HOUR_NS)
    with webhook() as hook:
        async with channels(hook.url, told=told) as made:
            made.publish(
                1, 0, [AlertUpdated(numbered(1)), *raised(numbered(8))]
            )  # one still stands as a process starts
            made.publish(2, 0, [AlertUpdated(replace(numbered(2), acknowledged_ns=5))])
            made.publish(3, 0, raised(numbered(3, severity=Severity.INFO)))
            made.publish(4, 0, raised(replace(ALERT, code="CHANNEL_FAILED")))
            made.publish(5, 0, raised(ALERT))
            made.publish(6, 0, raised(again))
            made.publish(7, 0, raised(replace(again, id="a-9")))
            await until(lambda: len(hook.answered) == 3)
    assert len(told.published) == 7
    assert hook.titles == [f"[FluxHero PAPER] CRITICAL: {code}" for code in ("CODE_8", "STOP_REFUSED", "STOP_REFUSED")]
    assert "Raised: 7 times since 2024-01-02 09:30:00 New York" in hook.requests[2]["message"]


async def test_what_was_held_back_comes_in_one_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    told, time = Told(), SimpleNamespace(now=1_000.0, monotonic=lambda: time.now)
    with webhook() as hook, monkeypatch.context() as stands:
        stands.setattr(module, "time", time)  # the hour is not over before all was raised
        async with channels(hook.url, told=told, limits=AlertLimits(3600, 1, hour_s=0.1)) as made:
            made.publish(1, 0, raised(*(numbered(number, severity=Severity.WARNING) for number in range(4))))
            made.publish(2, 0, raised(replace(numbered(3, severity=Severity.WARNING), count=2)))
            time.now += 0.2
            await until(lambda: len(hook.answered) == 2)
            await until(lambda: made._summary is None)
    assert hook.titles == ["[FluxHero PAPER] WARNING: CODE_0", "[FluxHero PAPER] 4 alerts were held back"]
    assert hook.requests[1]["message"].splitlines()[2:5] == ["1 x CODE_1", "1 x CODE_2", "2 x CODE_3"]


async def test_a_channel_that_fails_is_tried_again_and_then_told_to_the_engine_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = Told()
    with webhook(500) as bad, webhook() as good:
        async with channels(bad.url, good.url, told=told) as made:
            with caplog.at_level(logging.DEBUG):
                made.publish(1, 0, raised(ALERT))
                await until(lambda: told.failures)
            bad.status = 200
            made.publish(2, 0, raised(numbered(1)))
            await until(lambda: len(bad.answered) == module.ATTEMPTS + 1 and len(good.answered) == 2)
    assert told.failures == [ChannelFailed("channel 1 (json at 127.0.0.1)", "it answered with HTTP 500 (4 attempts)")]
    assert len(good.requests) == 2
    assert "channel 1 (json at 127.0.0.1) does not take alerts" in caplog.text
    assert "5ecret" not in caplog.text


async def test_a_channel_that_can_not_be_reached_or_understood_is_told() -> None:
    told = Told()
    with webhook() as gone:
        pass
    async with channels(gone.url, "nonsense://secret-token", told=told) as made:
        made.publish(1, 0, raised(ALERT))
        await until(lambda: len(told.failures) == 2)
    assert sorted((failure.channel, failure.detail) for failure in told.failures) == [
        ("channel 1 (json at 127.0.0.1)", "it can't be reached (4 attempts)"),
        ("channel 2 (nonsense)", "it is no Apprise URL: see https://github.com/caronc/apprise/wiki"),
    ]


async def test_a_channel_that_recovers_takes_what_waited_in_order() -> None:
    told = Told()
    with webhook(hangs=True) as hook:
        async with channels(hook.url, told=told) as made:
            for number in range(5):
                made.publish(number, 0, raised(numbered(number)))
            await until(hook.arrived.is_set)
            assert hook.answered == []
            hook.gate.set()
            await until(lambda: len(hook.answered) == 5)
    assert hook.titles == [f"[FluxHero PAPER] CRITICAL: CODE_{number}" for number in range(5)]


async def test_what_finds_the_queue_full_is_dropped_and_told_once() -> None:
    told = Told()
    with webhook(hangs=True) as slow, webhook() as good:
        async with channels(slow.url, good.url, told=told) as made:
            made.publish(0, 0, raised(numbered(0)))
            await until(slow.arrived.is_set)
            for number in range(1, module.MOST_WAITING + 6):
                made.publish(number, 0, raised(numbered(number)))
                await until(lambda number=number: len(good.answered) > number)
            await until(lambda: told.failures)
            slow.gate.set()
            await until(lambda: len(slow.answered) == module.MOST_WAITING + 1)
    assert [failure.channel for failure in told.failures] == ["channel 1 (json at 127.0.0.1)"]
    assert told.failures[0].detail.startswith("100 alerts wait for it already")


async def test_a_failure_that_ends_the_daemon_is_sent_even_before_the_channels_have_begun() -> None:
    told = Told()
    with webhook() as hook:
        made = Channels(
            told, (hook.url,), AlertLimits(3600, 1), Severity.CRITICAL, "live", told.post, close_within_s=60.0
        )
        made.announce(last_alert(JournalFailed("the journal failed: disk is full; no new risk was taken after it")))
        made.close()
    assert hook.titles == ["[FluxHero LIVE] CRITICAL: JOURNAL_FAILED"]
    assert hook.requests[0]["message"].splitlines() == [
        "the journal failed: disk is full; no new risk was taken after it",
        "",
        f"What to do: {remedy('JOURNAL_FAILED')}",
    ]
    assert last_alert(DaemonFault("oh")).code == "DAEMON_FAILED"


async def test_a_disk_that_fails_is_sent_at_once_and_once_until_somebody_has_seen_it() -> None:
    told = Told()
    alert = failed("the disk is full: make room on it")
    known = Alert("a1b7eeab-9", alert.code, alert.severity, alert.text, "", OPEN_NS, OPEN_NS)
    with webhook() as hook:
        async with channels(hook.url, told=told) as made:
            made.tell_now(alert, OPEN_NS)
            made.tell_now(alert, OPEN_NS)  # it flaps
            made.publish(1, OPEN_NS, raised(known))  # it is durable now
            made.publish(2, OPEN_NS, [AlertUpdated(replace(known, acknowledged_ns=OPEN_NS))])
            made.tell_now(alert, OPEN_NS)
            await until(lambda: len(hook.answered) == 2)
    assert hook.titles == ["[FluxHero PAPER] CRITICAL: STORAGE_FAILED"] * 2
    assert hook.requests[0]["message"].splitlines() == [
        alert.text,
        "",
        "Time: 2024-01-02 09:30:00 New York",
        f"What to do: {remedy('STORAGE_FAILED')}",
    ]
    assert told.taken == []


# --- trading goes on ---------------------------------------------------------------------------------------
async def test_the_runner_goes_on_and_ends_while_a_channel_hangs() -> None:
    """By the order of events: everything happens while the first alert still waits for its answer."""
    told, engine, clock, store = Told(), Engine(), HandClock(OPEN_NS - HOUR_NS), MemoryStore()
    order: list[str] = []
    with webhook(hangs=True) as slow, webhook() as good:
        made = Channels(
            *(told, (slow.url, good.url), AlertLimits(0, 1000), Severity.WARNING, "paper", lambda event: None),
            close_within_s=0.05,
        )
        runner = Runner(engine, clock, store, MemoryBroker(clock), MemoryMarketData(), made, 0)
        running = asyncio.create_task(runner.run())
        await made.run()
        runner.post(Started("epoch-0123456789", 1, "test", Settings(SYMBOLS)))
        runner.post(LinkChanged("market", up=False, detail="reset"))
        await until(slow.arrived.is_set)
        order.append("the slow channel has begun")
        for number in range(50):
            events: tuple[Event, ...] = (LinkChanged("market", True), LinkChanged("market", False, f"reset {number}"))
            for event in events:
                runner.post(event)
            await until(lambda: runner.idle)
        order.append(f"the runner has processed {len(store.entries) >= 102}")
        await until(lambda: len(good.answered) == 51)
        order.append("the other channel has all")
        made.close()
        order.append("the channels are closed")
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert slow.answered == []
        slow.gate.set()
        await until(lambda: len(slow.answered) == 51)
        order.append("the slow channel answers")
    assert order == [
        "the slow channel has begun",
        "the runner has processed True",
        "the other channel has all",
        "the channels are closed",
        "the slow channel answers",
    ]


def test_an_end_of_the_process_does_not_wait_between_attempts() -> None:
    tried, ended = threading.Event(), []

    def send(message: Message) -> str:
        tried.set()
        return "it does not take the message"

    channel = Channel("channel 1", lambda: send, lambda label, problem: ended.append(problem), first_wait_s=3600.0)
    channel.start()
    channel.put(MESSAGE)
    assert tried.wait(60)
    channel.ask_to_end()
    channel.join(60)
    assert ended == ["it does not take the message (4 attempts)"]


# --- what may be said of a URL -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mailtos://user:pass@smtp.example.com?to=me@example.org", "mailtos at smtp.example.com"),
        ("mailtos://user:pass@smtp.example.com", "mailtos at smtp.example.com"),
        ("json://localhost:8080/path", "json at localhost"),
        ("JSONS://token@hooks.example.com/T0ken/deep", "jsons at hooks.example.com"),
        ("ntfys://my-secret-topic", "ntfys"),
        ("tgram://123456789:AAbbcc/42", "tgram"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord"),
        ("mailto://user:p@ss.word@example.com", "mailto"),
        ("no url at all", "unknown kind"),
    ],
)
def test_a_channel_is_named_by_its_kind_and_by_its_host_only_where_that_is_no_secret(url: str, shown: str) -> None:
    assert label(2, url) == f"channel 2 ({shown})"


def test_every_part_of_a_url_that_could_be_a_secret_is_one() -> None:
    url = "mailtos://user:p%40ssword@smtp.example.com/path?key=abcdef123&short=x"
    assert secret_parts(url) == {url, "p%40ssword", "p@ssword", "abcdef123"}
