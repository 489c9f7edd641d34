"""What is always visible: what is traded with, how the connection is, and what has stopped trading."""

from __future__ import annotations

from dataclasses import dataclass

from fluxhero.v1 import risk_pb2, system_pb2
from fluxhero_tui.draw.figures import age, plural, word
from fluxhero_tui.draw.ink import EMPTY, Line, Span, clean, fitted, line, pad, plain, spread, toned, width
from fluxhero_tui.draw.times import clock_time, exchange_zone, minute
from fluxhero_tui.state.link import Freshness, Link, Phase
from fluxhero_tui.state.model import Model
from fluxhero_tui.state.role import Role

_MODES = {
    system_pb2.TRADING_MODE_PAPER: Span(" PAPER ", "paper"),
    system_pb2.TRADING_MODE_LIVE: Span(" ●LIVE● ", "live"),
    system_pb2.TRADING_MODE_DEMO: Span(" DEMO ", "demo"),
}
_FRESH = {Freshness.FRESH: ("●", "good"), Freshness.LATE: ("◐", "warn"), Freshness.STALE: ("○", "bad")}
_STATES = {
    system_pb2.TRADING_STATE_ACTIVE: "good",
    system_pb2.TRADING_STATE_HALTED: "bad",
    system_pb2.TRADING_STATE_STOPPING: "bad",
}
_BREAKERS = {
    risk_pb2.BREAKER_STATE_NORMAL: Span("breaker normal", "good"),
    risk_pb2.BREAKER_STATE_REDUCED: Span(" BREAKER REDUCED ", "badge-warn"),
    risk_pb2.BREAKER_STATE_DISABLED: Span(" BREAKER DISABLED ", "badge-bad"),
}

_ROOMY = 100


@dataclass(frozen=True)
class Top:
    """What the header is drawn of."""

    model: Model
    link: Link
    role: Role
    now_s: float


def mode(top: Top) -> Span:
    """PAPER, DEMO or LIVE, each in its own colour and word."""
    if top.link.recorded:
        return Span(" RECORDING ", "demo")
    return _MODES.get(top.model.status.mode, Span(" ?MODE? ", "badge-warn"))


def state_line(top: Top, room: int) -> Line:
    """Mode, connection, state, breaker, kill switch, alerts; the exchange's time at the right."""
    short = room < _ROOMY
    parts = [
        (mode(top),),
        connection(top, short),
        kill_switch(top, short),
        breaker(top, short),
        trading(top),
        alerts(top),
        role(top, short),
        feed(top),
    ]
    right = session(top, short)
    if old(top):
        # What was known is no longer known to hold; only mode and connection are.
        parts[2:], right = [toned(part, "dim") for part in parts[2:]], toned(right, "dim")
    return spread(fitted(parts, room - width(right) - 1), right, room)


def connection(top: Top, short: bool = False) -> Line:
    """Live, with the age of what is shown; or lost, and for how long."""
    seconds = top.link.age_s(top.now_s)
    if top.link.phase is Phase.LIVE:
        glyph, tone = _FRESH[top.link.freshness(top.now_s)]
        name = {"good": "live", "warn": "LATE", "bad": "STALE"}[tone]
        shown = (
            f"{glyph} {age(seconds or 0):>4}" if short and tone == "good" else f"{glyph} {name} {age(seconds or 0):>4}"
        )
        return line((shown, tone))
    waited = age(top.now_s - top.link.since_s)
    name = {Phase.LOST: "LOST", Phase.REFUSED: "REFUSED"}.get(top.link.phase, "CONNECTING")
    return line((f" ○ {name} {waited} ", "badge-bad" if top.model.loaded else "badge-warn"))


def old(top: Top) -> bool:
    """What is shown may no longer hold."""
    return top.link.phase is not Phase.LIVE or top.link.freshness(top.now_s) is Freshness.STALE


def live(top: Top) -> bool:
    """Real money is at stake."""
    return top.model.status.mode == system_pb2.TRADING_MODE_LIVE and not top.link.recorded


def trading(top: Top) -> Line:
    """Whether the daemon takes new risk."""
    state = top.model.status.state
    if not state:
        return EMPTY
    name = word(top.model.status, "state").upper()
    return line((name, _STATES.get(state, "warn")))


def breaker(top: Top, short: bool = False) -> Line:
    """The circuit breaker, and a daily loss."""
    shown = _BREAKERS.get(top.model.risk.breaker)
    if shown is None:
        return EMPTY
    if top.model.risk.daily_loss_reached:
        return (shown, Span(" "), Span(" DAILY LOSS ", "badge-bad"))
    return line(("breaker ok", "good")) if short and shown.tone == "good" else (shown,)


def kill_switch(top: Top, short: bool = False) -> Line:
    """The kill switch."""
    if not top.model.risk.ByteSize():
        return EMPTY
    off = "kill off" if short else "kill-switch off"
    return line((" HALTED ", "badge-bad") if top.model.risk.halted else (off, "good"))


def feed(top: Top) -> Line:
    """The broker's feeds, where one of them is not well."""
    names = feeds(top)
    fatal = any(one.fatal for one in top.model.status.feeds)
    return line((f" FEED {names} ", "badge-bad" if fatal else "badge-warn")) if names else EMPTY


def feeds(top: Top) -> str:
    """Which feeds are not well, and how."""
    bad = [one for one in top.model.status.feeds if not one.up or one.stale]
    return ", ".join(f"{clean(one.name)} {'stale' if one.up else 'down'}" for one in bad)


def alerts(top: Top) -> Line:
    """How many alerts nobody has seen to."""
    count = sum(not alert.HasField("acknowledged_at") for alert in top.model.alerts.values())
    return line((plural(count, "alert"), "warn")) if count else EMPTY


def role(top: Top, short: bool = False) -> Line:
    """What this terminal may not do."""
    if top.link.phase is not Phase.LIVE:
        return EMPTY
    return line((" READ " if short else " READ-ONLY ", "badge-dim")) if top.role is Role.READ else EMPTY


def session(top: Top, short: bool = False) -> Line:
    """The exchange's day and its time."""
    status = top.model.status
    if not status.ByteSize():
        return EMPTY
    stamp = status.clock.time
    # Between two statuses the newest message of the stream is the newest time.
    if top.model.as_of_s > stamp.seconds:
        stamp = type(stamp)(seconds=int(top.model.as_of_s))
    phase = {"regular": "open"}.get(word(status.session, "phase"), word(status.session, "phase"))
    tone = "good" if phase == "open" else "dim"
    now = minute(stamp) if short else f"{clock_time(stamp)} {exchange_zone()[1]}"
    return line((phase, tone), (f" {now}", "bold"))


def tabs(names: list[str], chosen: int, room: int) -> Line:
    """The screens and their keys."""
    spans: list[Span] = []
    full = sum(len(name) + 4 for name in names) <= room
    for number, name in enumerate(names):
        text = f" {number + 1} {name} " if full else f" {number + 1} {name}"
        spans.append(Span(text, "tab-on" if number == chosen else "tab"))
    return pad(tuple(spans), room)


def tab_at(names: list[str], room: int, x: int) -> int | None:
    """The tab under a cell."""
    wide = 4 if sum(len(name) + 4 for name in names) <= room else 3
    left = 0
    for number, name in enumerate(names):
        left += len(name) + wide
        if x < left:
            return number
    return None


def banner(top: Top, room: int) -> list[Line]:
    """What must not be overlooked, a line each: a lost connection, a halt, a breaker, a daily loss."""
    risk, found = top.model.risk, []
    if top.model.loaded and top.link.phase is not Phase.LIVE:
        why = clean(top.link.why)
        text = f" CONNECTION LOST {age(top.now_s - top.link.since_s)} ago: what you see is old. Reconnecting. {why}"
        found.append((text, "badge-bad"))
    elif top.link.phase is Phase.LIVE and top.link.freshness(top.now_s) is Freshness.STALE:
        found.append(
            (f" NO WORD FROM THE DAEMON for {age(top.link.age_s(top.now_s) or 0)}: what you see is old.", "badge-bad")
        )
    if names := feeds(top):
        found.append((f" FEED {names}: prices may be old", "badge-warn"))
    if risk.halted:
        by = f" by {risk.halted_by}" if risk.halted_by else ""
        found.append((f" HALTED{by}: {clean(risk.halt_reason)}", "badge-bad"))
    if risk.breaker in (risk_pb2.BREAKER_STATE_REDUCED, risk_pb2.BREAKER_STATE_DISABLED):
        found.append((f" BREAKER {word(risk, 'breaker').upper()}: {clean(risk.breaker_reason)}", "badge-warn"))
    if risk.daily_loss_reached:
        found.append((" DAILY LOSS LIMIT REACHED: everything is closed, no entries until it is reset", "badge-bad"))
    return [line((plain(pad(line(text), room)), tone)) for text, tone in found]
