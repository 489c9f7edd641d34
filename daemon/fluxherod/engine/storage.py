"""Whether the journal takes what happens: while it does not, no new risk is taken, and exits leave all the same."""

from __future__ import annotations

from fluxherod.core.calendar import SECOND_NS
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.events import StorageReported


class Storage:
    """Knows why the journal can't be written (`fault`), "" while it can."""

    def __init__(self) -> None:
        self.fault = ""
        self._since_ns = 0

    def begin(self) -> None:
        """A process starts: what an earlier one could not write says nothing of this one."""
        self.fault = ""

    def blocked(self) -> str:
        """Why no new risk is taken, in words; "" when it is."""
        return f"the journal can't be written ({self.fault})" if self.fault else ""

    def take(self, event: StorageReported, now_ns: int, out: list[Effect]) -> None:
        """The journal can't be written, or can again."""
        if event.fault and not self.fault:
            self._since_ns = now_ns
            out.append(failed(event.fault))
        elif self.fault and not event.fault:
            seconds = (now_ns - self._since_ns) / SECOND_NS
            text = f"the journal is written again, after {seconds:.0f} s; what happened meanwhile is in it"
            out.append(AlertRaised("STORAGE_RECOVERED", Severity.INFO, text))
        self.fault = event.fault


def failed(fault: str) -> AlertRaised:
    """The alert of a journal that can't be written: it is told before it is durable, too."""
    text = (
        f"the journal can't be written ({fault}): no new entries until it can. Exits, stops and cancels leave all the "
        "same; nothing is answered or published before it is durable"
    )
    return AlertRaised("STORAGE_FAILED", Severity.CRITICAL, text)
