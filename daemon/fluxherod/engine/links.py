"""What follows when a connection comes or goes, and what a person is told of one that is lost.

One alert with a stable code, and what can be done about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fluxherod.core.words import some_of
from fluxherod.engine.effects import AlertRaised, Effect, RequestSnapshot, Severity
from fluxherod.engine.events import Cause, LinkChanged
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market import gaps
from fluxherod.engine.market.market import Market
from fluxherod.engine.orders.desk import Desk

_STANDS = "stops that stand at the broker stand"
_WITH_REST = "works as long as the broker's REST takes the keys"
# What still works, and what doesn't, while a connection is refused for good.
_WITHOUT = {
    "rest": f"No order can be sent, changed or cancelled, no exit either: {_STANDS}, nothing else can be done here",
    "market": f"No bars come, so nothing is decided and no stop trails; {_STANDS}, and closing by hand {_WITH_REST}",
    "trading": f"Orders are followed by polling alone, and no new risk is taken; {_STANDS}, and exiting {_WITH_REST}",
    "data": f"History and missing minutes can't be loaded, so their symbols are not traded; exiting {_WITH_REST}",
}
_CLOCK = (
    "Bars, signals and the age of quotes are judged by it: one that is ahead takes minutes for complete too early, "
    "beyond the 30 s that are waited for. Let NTP set it (timedatectl set-ntp true, chronyc makestep)"
)
_NEW_KEYS = "It is not tried again: put keys that are accepted into the daemon's credentials and restart it"


class Engine(Protocol):
    """What a connection is for."""

    links: dict[str, LinkChanged]
    market: Market
    desk: Desk
    ledger: Ledger


def take(engine: Engine, event: LinkChanged, now_ns: int, out: list[Effect]) -> None:
    """Note how a connection is; one that is back is asked for what was missed."""
    before = engine.links.get(event.link)
    engine.links[event.link] = event
    if event.link == "market":
        gaps.connection(engine.market, event.up, now_ns)
        engine.desk.halts.forget_bands(out)
        engine.desk.halts.connection(event.up, now_ns)
    if not event.up:
        told = alert(before, event, sorted(engine.ledger.positions))
        out += () if told is None else (told,)
        return
    if event.link == "market":
        gaps.request(engine.market, out)
    out.append(RequestSnapshot(f"{event.link} link is up"))


def alert(before: LinkChanged | None, now: LinkChanged, positions: Sequence[str]) -> AlertRaised | None:
    """The alert of a change; None when it brings nothing that was not told. `positions` are the symbols held."""
    name = now.link.upper()
    detail = now.detail or "connection lost"
    if now.up:
        return None
    if now.cause is Cause.CREDENTIALS:
        text = f"The credentials are refused ({now.link}: {detail}). {_WITHOUT.get(now.link, '')}. {_NEW_KEYS}."
        return AlertRaised("AUTHENTICATION_FAILED", Severity.CRITICAL, f"{text} {_held(positions)}")
    if now.link == "clock":
        return AlertRaised("CLOCK_OFF", Severity.CRITICAL, f"{detail}. {_CLOCK}")
    if now.cause is Cause.STALE:
        text = (
            f"{detail}; it is connected anew and the gap is filled. If this comes again, look at status.alpaca.markets"
        )
        return AlertRaised(f"{name}_FEED_STALE", Severity.WARNING, text)
    if now.cause is Cause.LASTING:
        text = f"{detail}. No new risk is taken meanwhile; {_STANDS}. Look at the network and at status.alpaca.markets."
        return AlertRaised(f"{name}_LINK_LOST", Severity.CRITICAL, f"{text} {_held(positions)}")
    if before is None or before.up or now.fatal:
        return AlertRaised(f"{name}_LINK_DOWN", Severity.CRITICAL if now.fatal else Severity.WARNING, detail)
    return None


def _held(positions: Sequence[str]) -> str:
    return f"Open positions to look after: {some_of(positions)}." if positions else "No position is open."
