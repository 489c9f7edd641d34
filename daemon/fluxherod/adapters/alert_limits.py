"""Which alerts go to the channels: not the same one again too soon, and not too many an hour."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from fluxherod.engine.alerts import urgency
from fluxherod.engine.effects import Alert, Severity

HOUR_S = 3600.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Sent:
    alert: Alert
    at_s: float


class AlertLimits:
    """Decides alert by alert. A quarter of what an hour may bring is kept for critical alerts.

    Args:
        repeat_after_s: how long an alert is not sent again. One that has become more urgent, or is a new one after an
            acknowledgement, goes at once.
        most_per_hour: alerts in any hour, summaries included.
    """

    def __init__(self, repeat_after_s: float, most_per_hour: int, hour_s: float = HOUR_S) -> None:
        self._repeat_after_s = repeat_after_s
        self._most = most_per_hour
        self._most_not_critical = most_per_hour - most_per_hour // 4
        self._hour_s = hour_s
        self._sent: dict[tuple[str, str], _Sent] = {}
        self._times: deque[float] = deque()
        self._held: Counter[str] = Counter()

    def admit(self, alert: Alert, now_s: float) -> bool:
        """True when it is to be sent now; what is held back for the hour's limit is counted for the summary."""
        if not self._is_news(alert, now_s):
            return False
        if not self._has_room(self._most if alert.severity is Severity.CRITICAL else self._most_not_critical, now_s):
            self._held[alert.code] += 1
            return False
        self._times.append(now_s)
        self._remember(alert, now_s)
        return True

    def go_on_from(self, before: AlertLimits) -> None:
        """Take the place of other limits: what was sent and held back under them counts."""
        self._sent, self._times, self._held = before._sent, before._times, before._held

    def remember(self, alert: Alert, at_s: float) -> None:
        """An earlier process has sent it then; the oldest first."""
        self._times.append(at_s)
        self._remember(alert, at_s)

    def _is_news(self, alert: Alert, now_s: float) -> bool:
        last = self._sent.get((alert.code, alert.symbol))
        if last is None or last.alert.id != alert.id:
            return True
        return urgency(alert.severity) > urgency(last.alert.severity) or now_s - last.at_s >= self._repeat_after_s

    def _remember(self, alert: Alert, now_s: float) -> None:
        self._sent.pop((alert.code, alert.symbol), None)
        self._sent[alert.code, alert.symbol] = _Sent(alert, now_s)
        if len(self._sent) > MOST_REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def _has_room(self, most: int, now_s: float) -> bool:
        while self._times and now_s - self._times[0] >= self._hour_s:
            self._times.popleft()
        return len(self._times) < most

    def summary_due_s(self, now_s: float) -> float | None:
        """When the summary of what was held back may go; None while there is nothing to tell."""
        if not self._held:
            return None
        if self._has_room(self._most_not_critical, now_s):
            return now_s
        return self._times[len(self._times) - self._most_not_critical] + self._hour_s

    def take_summary(self, now_s: float) -> Counter[str]:
        """What was held back, by code; it is told once."""
        held, self._held = self._held, Counter()
        self._times.append(now_s)
        return held
