"""The alert book: what was raised, how often, and whether a person has seen it.

An alert of the same code and symbol that nobody has acknowledged is the same alert, raised again. The book holds the
open ones; the tables keep all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from fluxherod.core.orders import OrderState
from fluxherod.core.words import some_of
from fluxherod.engine.commands import AcknowledgeAlertCommand
from fluxherod.engine.effects import Alert, AlertRaised, AlertUpdated, Effect, ReplyCode, Severity
from fluxherod.engine.events import AlertTold, ArchiveReported, ChannelFailed, ReloadFailed, Started, TokensFailed
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.orders.desk import Desk

MOST_OPEN = 1_000
SET_ASIDE_BY = "fluxherod"
_LONGEST_NUMBER = 18
_URGENCY = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


class AlertBook:
    """The open alerts, least recently raised first.

    An id is the first characters of the journal's id and a number that counts up: the same journal gives the same ids
    again, and none is given twice. Beyond `most` open alerts the least urgent, and of those the one that was raised
    longest ago, is closed by the daemon itself, with a note. It also notices that a process ended without a word.
    """

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._most = most
        self._prefix = ""
        self._given = 0
        self._open: dict[tuple[str, str], Alert] = {}
        self._told: dict[str, tuple[Severity, int]] = {}  # open ones by id: as what a channel took it last, and when
        self._last_ns = 0  # the newest entry of the journal
        self._runs = False

    @property
    def open(self) -> Collection[Alert]:
        """What nobody has acknowledged, least recently raised first."""
        return self._open.values()

    @property
    def told(self) -> list[tuple[Alert, int]]:
        """Open alerts as a channel has taken them last, and when, oldest first."""
        told = [(alert, self._told[alert.id]) for alert in self._open.values() if alert.id in self._told]
        as_told = [(replace(alert, severity=severity), at_ns) for alert, (severity, at_ns) in told]
        return sorted(as_told, key=lambda one: one[1])

    def note_told(self, event: AlertTold, now_ns: int) -> None:
        """A channel has taken an alert."""
        if any(alert.id == event.alert_id for alert in self._open.values()):
            self._told[event.alert_id] = Severity(event.severity), now_ns

    def begin(self, event: Started, now_ns: int, desk: Desk, ledger: Ledger, out: list[Effect]) -> None:
        """A process has started: what is open is told once more, so that the tables hold it whoever wrote them."""
        self._prefix = f"{event.epoch[:8]}-"
        out += map(AlertUpdated, self._open.values())
        if self._runs:
            out.append(_restarted_after_crash(event.run, now_ns - self._last_ns, desk, ledger))
        self._runs = True

    def ended(self) -> None:
        """The process ends in good order."""
        self._runs = False

    def note(self, now_ns: int, out: list[Effect]) -> None:
        """Enter what an event has raised, and tell how each alert stands."""
        for effect in [effect for effect in out if type(effect) is AlertRaised]:
            self._raise(effect, now_ns, out)
        self._last_ns = now_ns

    def _raise(self, raised: AlertRaised, now_ns: int, out: list[Effect]) -> None:
        key = (raised.code, raised.symbol)
        known = self._open.pop(key, None)
        if known is None:
            if len(self._open) >= self._most:
                self._set_aside(now_ns, out)
            self._given += 1
            alert = Alert(
                f"{self._prefix}{self._given}",
                *(raised.code, raised.severity, raised.text, raised.symbol),
                now_ns,
                now_ns,
            )
        else:
            severity = max(known.severity, raised.severity, key=_URGENCY.__getitem__)
            alert = replace(known, severity=severity, text=raised.text, last_raised_ns=now_ns, count=known.count + 1)
        self._open[key] = alert
        out.append(AlertUpdated(alert))

    def _set_aside(self, now_ns: int, out: list[Effect]) -> None:
        alert = min(self._open.values(), key=lambda alert: _URGENCY[alert.severity])  # of several the first: the oldest
        self._close(alert, now_ns, SET_ASIDE_BY, f"closed by itself: more than {self._most} alerts were open", out)

    def _close(self, alert: Alert, now_ns: int, by: str, note: str, out: list[Effect]) -> None:
        del self._open[alert.code, alert.symbol]
        self._told.pop(alert.id, None)
        out.append(AlertUpdated(replace(alert, acknowledged_ns=now_ns, acknowledged_by=by, note=note)))

    def acknowledge(self, command: AcknowledgeAlertCommand, now_ns: int, out: list[Effect]) -> tuple[ReplyCode, str]:
        """A person has seen an alert; raised again it is a new one."""
        wanted = command.alert_id
        alert = next((alert for alert in self._open.values() if alert.id == wanted), None)
        if alert is not None:
            self._close(alert, now_ns, command.caller.principal, command.note, out)
            return ReplyCode.OK, f"{wanted} is acknowledged: {alert.code}"
        if self._was_given(wanted):
            return ReplyCode.ALREADY_DONE, f"{wanted} has been acknowledged already"
        return ReplyCode.ALERT_NOT_FOUND, f"there is no alert {wanted}"

    def _was_given(self, alert_id: str) -> bool:
        number = alert_id.removeprefix(self._prefix)
        if number == alert_id or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
            return False
        return str(int(number)) == number and 0 < int(number) <= self._given


def urgency(severity: Severity) -> int:
    """How urgent, as a number to compare by."""
    return _URGENCY[severity]


def channel_failed(event: ChannelFailed) -> AlertRaised:
    """The alert of a channel that does not take alerts; no channel is told of it."""
    text = f"{event.channel} does not take alerts: {event.detail}. Try it with fluxherod test-alerts"
    return AlertRaised("CHANNEL_FAILED", Severity.WARNING, text)


def tokens_failed(event: TokensFailed) -> AlertRaised:
    """The alert of tokens that can't be read: over the network nobody can look, or halt."""
    text = f"No token can be checked, so every call with one is refused, also a halt: {event.detail}"
    return AlertRaised("TOKENS_UNREADABLE", Severity.CRITICAL, text)


def reload_failed(event: ReloadFailed) -> AlertRaised:
    """The alert of a reload by SIGHUP that was not done: whoever sent it is told by nothing else."""
    return AlertRaised("RELOAD_FAILED", Severity.WARNING, f"The configuration was not read again: {event.detail}")


def archive_reported(event: ArchiveReported) -> AlertRaised:
    """The alert of what the archive found."""
    if event.differs_at:
        text = (
            f"input {event.differs_at} of the journal, replayed by the code that recorded it, gives other effects than "
            "it gave then: a restart may decide otherwise than this process does"
        )
        return AlertRaised("JOURNAL_DIFFERS", Severity.CRITICAL, text)
    if event.lost:
        text = f"old rows of the tables can't be read, and questions that need them are refused: {event.lost}"
        return AlertRaised("ARCHIVE_DAMAGED", Severity.WARNING, text)
    return AlertRaised("ARCHIVE_FAILED", Severity.WARNING, f"the journal can't be archived: {event.fault}")


def _restarted_after_crash(run: int, silent_ns: int, desk: Desk, ledger: Ledger) -> AlertRaised:
    """The alert of a start after a process that did not end in good order, with what it left behind."""
    unknown = [order.id for order in desk.live() if order.state is OrderState.UNKNOWN]
    found = [
        f"open positions: {some_of(sorted(ledger.positions)) if ledger.positions else 'none'}",
        f"orders that had not ended: {sum(1 for _ in desk.live())}",
        f"of unknown outcome: {some_of(unknown)}, the broker is asked for each"
        if unknown
        else "none of unknown outcome",
    ]
    stops = "No stop stood" if desk.settings.stops == "daemon" else "Stops stood"
    text = (
        f"Run {run} starts after a process that did not end in good order; its last entry is {_span(silent_ns)} "
        f"old. Found in the journal: {'; '.join(found)}. {stops} at the broker meanwhile."
    )
    return AlertRaised("RESTARTED_AFTER_CRASH", Severity.WARNING, text)


def _span(ns: int) -> str:
    seconds = max(0, ns) // 1_000_000_000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"
