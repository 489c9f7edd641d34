"""One alert, in full."""

from __future__ import annotations

from fluxhero.v1 import system_pb2
from fluxhero_tui.draw.figures import word
from fluxhero_tui.draw.ink import Line, clean, line, wrap
from fluxhero_tui.draw.times import date_and_time

__all__ = ["Line", "detail"]


def detail(alert: system_pb2.Alert | None, room: int) -> list[Line]:
    """What happened, what to do, since when, who has seen it."""
    if alert is None:
        return []
    since = f"since {date_and_time(alert.raised_at)} ET, {alert.count} times"
    found = [line((f"{clean(alert.code)} ", "bold"), (f"{word(alert, 'severity')}, {since}", "dim"))]
    found += wrap(alert.text, room)
    if alert.remedy:
        found += wrap(f"What to do: {alert.remedy}", room, "accent")
    if alert.HasField("acknowledged_at"):
        note = f": {alert.note}" if alert.note else ""
        seen = f"seen by {alert.acknowledged_by or 'somebody'} at {date_and_time(alert.acknowledged_at)} ET{note}"
        found += wrap(seen, room, "dim")
    return found
