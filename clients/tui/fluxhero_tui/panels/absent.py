"""What is shown while there is nothing to show: no daemon, or one that lets nobody in."""

from __future__ import annotations

from fluxhero_tui.draw.figures import age
from fluxhero_tui.draw.ink import EMPTY, Line, clean, line, wrap
from fluxhero_tui.state.link import Link, Phase

_START = (
    ("make demo", "try it: simulator and real past prices, no account needed"),
    ("fluxherod run --config FILE", "at Alpaca (paper unless the file says live)"),
    ("systemctl start fluxherod", "where it is installed as a service"),
    ("fluxhero tui --demo", "a recording, no daemon needed"),
)


def lines(link: Link, now_s: float, room: int) -> list[Line]:
    """What was tried, what came of it, and what to do."""
    refused = link.phase is Phase.REFUSED
    title = "The daemon lets this terminal not in" if refused else "No daemon answers yet"
    found = [EMPTY, line((f"  {title}", "bold")), EMPTY]
    found.append(line(("  address   ", "dim"), clean(link.target) or "looking"))
    found.append(line(("  waiting   ", "dim"), age(now_s - link.since_s), (", trying on by itself", "dim")))
    if link.why:
        found += [EMPTY, *wrap(link.why, room - 4, "warn", indent="  ")]
    if link.remedy:
        found.append(EMPTY)
        if not refused:
            found.append(line(("  looked before that at", "dim")))
        for text in link.remedy:
            found += wrap(text, room - 4, "dim", indent="  ")
    if not refused:
        found += [EMPTY, line(("  start one", "dim"))]
        found += [line(f"  {command:<30}", (text, "dim")) for command, text in _START]
    return found
