"""Alerts on the user's own channels (mail, webhooks, messengers) through Apprise. Nothing here ever delays trading.

Each channel has a thread and a bounded queue: one that fails, hangs or is slow holds up neither the event loop nor the
other channels, and at the end of the process it is left behind. Only what happens now comes here, never a replay.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from fluxherod.adapters import channel_urls
from fluxherod.adapters.alert_limits import AlertLimits
from fluxherod.core.calendar import new_york
from fluxherod.engine.alert_codes import remedy
from fluxherod.engine.alerts import urgency
from fluxherod.engine.effects import Alert, AlertRaised, AlertUpdated, Severity, Update
from fluxherod.engine.events import AlertTold, ChannelFailed
from fluxherod.engine.ports import Publisher

log = logging.getLogger(__name__)

TOLD_NOW = "STORAGE_FAILED"  # sent before the journal has it, and not once more when it has
FAILED = "CHANNEL_FAILED"  # told by the API and the log alone: a channel that fails must not be told that it does
ATTEMPTS = 4
FIRST_WAIT_S = 2.0  # then 4 and 8
MOST_WAITING = 100
CLOSE_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads."""

    title: str
    body: str
    severity: Severity
    alert: Alert | None = None


# Sends a message; what went wrong in words that hold no secret, "" when it was taken.
Send = Callable[[Message], str]


def connect(url: str) -> Send:
    """A channel of an Apprise URL. Takes most of a second the first time: Apprise loads all that it knows.

    Raises:
        ValueError: when Apprise can make nothing of the URL; the text does not hold it.
    """
    import apprise

    heard = _listen()
    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        raise ValueError("it is no Apprise URL: see https://github.com/caronc/apprise/wiki")
    info, warning, failure = (apprise.NotifyType(name) for name in ("info", "warning", "failure"))
    kinds = {Severity.INFO: info, Severity.WARNING: warning, Severity.CRITICAL: failure}
    text = apprise.NotifyFormat.TEXT

    def send(message: Message) -> str:
        heard.forget()
        try:
            # The service itself and not Apprise around it, whose pool of threads the end of the process would wait for.
            taken = service.notify(message.body, message.title, kinds[message.severity], body_format=text)
        except Exception as error:  # a plugin's own fault; its text may hold the URL
            return f"{type(error).__name__} in Apprise"
        return "" if taken else heard.reason()

    return send


class _Listener(logging.Handler):
    """Apprise tells why something failed in its log alone, where parts of the URL may stand: only a kind is taken."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._of_thread = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        self._of_thread.text = record.getMessage()

    def forget(self) -> None:
        """Begin anew, in this thread."""
        self._of_thread.text = ""

    def reason(self) -> str:
        """Why the last send of this thread failed."""
        text: str = self._of_thread.text
        if found := re.search(r"\berror=(\d{3})\b", text):
            return f"it answered with HTTP {found[1]}"
        return "it can't be reached" if "onnection" in text else "it does not take the message"


_listener = _Listener()


def _listen() -> _Listener:
    """Keep what Apprise and its HTTP client log, which shows URLs, out of our log."""
    for name in ("urllib3", "oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logger = logging.getLogger("apprise")
    logger.handlers, logger.propagate = [_listener], False
    logger.setLevel(logging.WARNING)
    return _listener


class Channel:
    """One channel: a queue, and a thread that sends what is in it, each message in several attempts.

    `connect` makes the channel in the thread; `failed` hears in the thread what a person must be told, and `took` which
    messages have arrived.
    """

    def __init__(
        self,
        label: str,
        connect: Callable[[], Send],
        failed: Callable[[str, str], None],
        first_wait_s: float = FIRST_WAIT_S,
        took: Callable[[Message], None] = lambda message: None,
    ) -> None:
        self.label = label
        self._connect = connect
        self._failed = failed
        self._arrived = took
        self._first_wait_s = first_wait_s
        self._closing = threading.Event()
        self._queue: queue.Queue[Message | None] = queue.Queue(MOST_WAITING)
        self._overflows = False
        self._fails = False
        self._thread = threading.Thread(target=self._run, name=label, daemon=True)

    def start(self) -> None:
        """Send what waits, and what comes; asked again, nothing changes."""
        if self._thread.ident is None:
            self._thread.start()

    def put(self, message: Message) -> None:
        """Let a message be sent; never waits. One that finds the queue full is dropped, and the first one is told."""
        try:
            self._queue.put_nowait(message)
            self._overflows = False
        except queue.Full:
            if not self._overflows:
                self._overflows = True
                self._tell(f"{MOST_WAITING} alerts wait for it already; newer ones are dropped until it takes some")

    def ask_to_end(self) -> None:
        """No more waiting between attempts, and an end after what is in the queue."""
        self._closing.set()
        with suppress(queue.Full):
            self._queue.put_nowait(None)

    def join(self, timeout_s: float) -> None:
        """Give it so long; what it has not sent by then is left."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.warning("%s did not take the last alerts in time", self.label)

    def _run(self) -> None:
        try:
            send = self._connect()
        except Exception as error:
            self._tell(str(error) if isinstance(error, ValueError) else f"{type(error).__name__} in Apprise")
            return
        attempts = _attempts(self._first_wait_s, self._closing)
        while not (self._closing.is_set() and self._queue.empty()):
            message = self._queue.get()
            if message is not None:
                self._sent(message, attempts(send, message))

    def _sent(self, message: Message, problem: str) -> None:
        if not problem:
            self._arrived(message)
        if problem:
            self._tell(f"{problem} ({ATTEMPTS} attempts)")
        elif self._fails:
            log.info("%s takes alerts again", self.label)
        self._fails = bool(problem)

    def _tell(self, problem: str) -> None:
        log.warning("%s does not take alerts: %s", self.label, problem)
        self._failed(self.label, problem)


def _attempts(first_wait_s: float, closing: threading.Event) -> Callable[[Send, Message], str]:
    """Sends in several attempts, the last one's problem is the answer; an end of the process ends the waiting."""
    import tenacity  # here, because a start must not wait for what most installations never use

    return tenacity.Retrying(
        stop=tenacity.stop_any(tenacity.stop_after_attempt(ATTEMPTS), tenacity.stop_when_event_set(closing)),
        wait=tenacity.wait_exponential(multiplier=first_wait_s),
        sleep=tenacity.sleep_using_event(closing),
        retry=tenacity.retry_if_result(bool),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else "",
    )


class Channels:
    """A `ports.Publisher` that sends what is raised to the channels, and hands everything on.

    Made and used on the event loop. `post` is the engine's way in; `mode` is what is traded with.
    """

    def __init__(
        self,
        publisher: Publisher,
        urls: Sequence[str],
        limits: AlertLimits,
        min_severity: Severity,
        mode: str,
        post: Callable[[ChannelFailed | AlertTold], None],
        first_wait_s: float = FIRST_WAIT_S,
        close_within_s: float = CLOSE_WITHIN_S,
    ) -> None:
        self._publisher = publisher
        self._limits = limits
        self._least = urgency(min_severity)
        self._mode = mode.upper()
        self._post = post
        self._loop = asyncio.get_running_loop()
        self._summary: asyncio.TimerHandle | None = None
        self._close_within_s = close_within_s
        self._first_wait_s = first_wait_s
        self._runs = False
        self._seen = 0  # how often somebody has acknowledged what was sent before it was durable
        self._channels = self._make(urls)

    def announce(self, alert: AlertRaised) -> None:
        """Send what the journal does not take any more, as the daemon ends by a failure: no limit holds it back."""
        lines = [alert.text, "", f"What to do: {remedy(alert.code)}"]
        title = f"[FluxHero {self._mode}] {alert.severity.name}: {alert.code}"
        self._send(Message(title, "\n".join(lines), alert.severity))

    def tell_now(self, raised: AlertRaised, now_ns: int) -> None:
        """Send `TOLD_NOW`, which the journal can't take yet; within the limits, until a person has acknowledged it."""
        alert = Alert(f"now-{self._seen}", raised.code, raised.severity, raised.text, raised.symbol, now_ns, now_ns)
        if urgency(alert.severity) >= self._least and self._limits.admit(alert, time.monotonic()):
            self._send(replace(message(alert, self._mode), alert=None))
        self._plan_summary()

    def _make(self, urls: Sequence[str]) -> list[Channel]:
        return [
            Channel(
                channel_urls.label(number, url), partial(connect, url), self._failed, self._first_wait_s, self._arrived
            )
            for number, url in enumerate(urls, 1)
        ]

    def configure(self, urls: Sequence[str] | None, limits: AlertLimits | None, min_severity: Severity) -> None:
        """Other channels, or other limits, from now on; None leaves them. Old channels send what waits in them."""
        self._least = urgency(min_severity)
        if limits is not None:
            limits.go_on_from(self._limits)
            self._limits = limits
        if urls is not None:
            for channel in self._channels:
                channel.ask_to_end()
            self._channels = self._make(urls)
            for channel in self._channels if self._runs else ():
                channel.start()

    async def run(self) -> None:
        """Begin to send; what came before has waited. Returns at once."""
        self._runs = True
        for channel in self._channels:
            channel.start()

    def close(self) -> None:
        """Let the channels take what waits, for a moment, and leave them."""
        if self._summary is not None:
            self._summary.cancel()
        for channel in self._channels:
            channel.start()  # a failure may have come before it began
            channel.ask_to_end()
        until = time.monotonic() + self._close_within_s
        for channel in self._channels:
            channel.join(max(0.0, until - time.monotonic()))

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        """Send the alerts that were raised, then hand all updates on."""
        for alert in _raised(updates) if self._channels else ():
            self._offer(alert)
        self._seen += sum(
            type(update) is AlertUpdated and update.alert.code == TOLD_NOW and update.alert.acknowledged_ns is not None
            for update in updates
        )
        self._publisher.publish(seq, now_ns, updates)

    def _offer(self, alert: Alert) -> None:
        wanted = alert.code not in (FAILED, TOLD_NOW) and urgency(alert.severity) >= self._least
        if wanted and self._limits.admit(alert, time.monotonic()):
            self._send(message(alert, self._mode))
        self._plan_summary()

    def _send(self, message: Message) -> None:
        for channel in self._channels:
            channel.put(message)

    def _plan_summary(self) -> None:
        due_s = self._limits.summary_due_s(time.monotonic())
        if due_s is not None and self._summary is None:
            self._summary = self._loop.call_later(due_s - time.monotonic(), self._summarise)

    def _summarise(self) -> None:
        self._summary = None
        now_s = time.monotonic()
        due_s = self._limits.summary_due_s(now_s)
        if due_s is not None and due_s <= now_s:
            self._send(summary(self._limits.take_summary(now_s), self._mode))
        self._plan_summary()

    def _failed(self, label: str, problem: str) -> None:
        with suppress(RuntimeError):  # the loop is closed: the process is ending
            self._loop.call_soon_threadsafe(self._post, ChannelFailed(label, problem))

    def _arrived(self, message: Message) -> None:
        if message.alert is not None:
            told = AlertTold(message.alert.id, message.alert.severity)
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._post, told)


def _raised(updates: Sequence[Update]) -> Iterable[Alert]:
    """The alerts that were raised, as they stand after it; not those that were acknowledged or only told again."""
    raised = {(update.code, update.symbol) for update in updates if type(update) is AlertRaised}
    if not raised:
        return ()
    stand = [update.alert for update in updates if type(update) is AlertUpdated]
    last = {(alert.code, alert.symbol): alert for alert in stand if alert.acknowledged_ns is None}
    return [alert for key, alert in last.items() if key in raised]


def message(alert: Alert, mode: str) -> Message:
    """An alert in words."""
    lines = [alert.text, ""]
    if alert.symbol:
        lines.append(f"Symbol: {alert.symbol}")
    lines.append(f"Time: {_time(alert.last_raised_ns)}")
    if alert.count > 1:
        lines.append(f"Raised: {alert.count:,} times since {_time(alert.raised_ns)}")
    if todo := remedy(alert.code):
        lines.append(f"What to do: {todo}")
    if alert.code != TOLD_NOW:  # it has no id yet
        lines.append(f"When you have seen to it: fluxhero ack {alert.id}")
    title = f"[FluxHero {mode}] {alert.severity.name}: {alert.code}"
    return Message(title, "\n".join(lines), alert.severity, alert)


def summary(held: Counter[str], mode: str) -> Message:
    """What was held back because an hour's alerts had been sent."""
    lines = ["More alerts were raised than alerts.most_per_hour lets through. Held back:", ""]
    lines += [f"{count:,} x {code}" for code, count in sorted(held.items())]
    lines += ["", "See them with: fluxhero alerts --open"]
    return Message(f"[FluxHero {mode}] {held.total():,} alerts were held back", "\n".join(lines), Severity.WARNING)


def _time(ns: int) -> str:
    return f"{new_york(ns):%Y-%m-%d %H:%M:%S} New York"
