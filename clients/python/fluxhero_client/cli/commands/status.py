"""`status`: is all well, and if not, what is missing."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered
from fluxhero_client.cli.show.figures import Cell, plural, word
from fluxhero_client.cli.show.table import print_pairs
from fluxhero_client.cli.show.times import clock_time, date_and_time, exchange_zone, span
from fluxhero_client.client import Client

if TYPE_CHECKING:
    from fluxhero.v1.system_pb2 import Feed, Status

_STATE_STYLES = {"active": "good", "degraded": "warn", "halted": "bad", "stopping": "warn"}


async def status(client: Client, arguments: Namespace, console: Console) -> int:
    """The daemon's status."""
    found = await client.system.status()
    if answered(found, arguments, console):
        return 0
    _show(found, console, client.address.target)
    return 0


def _show(found: Status, console: Console, target: str) -> None:
    state = word(found, "state")
    headline = console.paint(state.upper(), _STATE_STYLES.get(state, "")) + (
        f": {found.state_detail}" if found.state_detail else ""
    )
    console.print(f"{console.paint('FluxHero', 'bold')} {found.version}, {word(found, 'mode')} trading, {headline}")
    print_pairs(
        console,
        [
            ("session", _session(found)),
            ("clock", _clock(found)),
            ("strategy", f"{' '.join(found.symbols) or 'no symbols'} on {found.timeframe} bars{_last_bar(found)}"),
            ("book", _book(found)),
            *[(f"{feed.name} feed" if feed.name != "rest" else "REST", _feed(feed)) for feed in found.feeds],
            *[(part.name, _problem(part.detail)) for part in found.parts if not part.ready],
            ("alerts", _alerts(found)),
            ("daemon", f"up {span(found.uptime)}, run {found.run}, {_journal(found)}, at {target}"),
        ],
    )


def _session(found: Status) -> str:
    session, zone = found.session, exchange_zone()[1]
    phase = word(session, "phase")
    if phase == "regular":
        return f"open, {session.date}, until {clock_time(session.close_time)} {zone}"
    following = f", opens {date_and_time(session.next_open_time)} {zone}" if session.HasField("next_open_time") else ""
    return f"{phase}{following}"


def _clock(found: Status) -> str:
    rate = found.clock.rate
    pace = "" if rate == 1 else ", stepped" if rate == 0 else f", {rate:g} times as fast as the wall's"
    return f"{date_and_time(found.clock.time)} {exchange_zone()[1]}{pace}"


def _last_bar(found: Status) -> str:
    if not found.progress.HasField("last_bar_time"):
        return ", none complete yet"
    return f", last decided at {date_and_time(found.progress.last_bar_time)}"


def _book(found: Status) -> str:
    counts = found.counts
    parts = [plural(counts.open_positions, "position"), plural(counts.open_orders, "open order")]
    if counts.foreign_positions:
        parts.append(plural(counts.foreign_positions, "foreign position"))
    if counts.unknown_orders:
        parts.append(f"{plural(counts.unknown_orders, 'order')} of unknown outcome")
    today = f"today {plural(counts.signals_today, 'signal')}, {plural(counts.trades_today, 'trade')}"
    return f"{', '.join(parts)}; {today}"


def _feed(feed: Feed) -> Cell:
    if not feed.up:
        mend = " (needs an operator)" if feed.fatal else ""
        return Cell(f"DOWN: {feed.detail}{mend}", "bad")
    seen = f"last message {span(feed.age)} ago" if feed.HasField("last_message_at") else "no message yet"
    parts = [f"STALE, {seen}" if feed.stale else f"up, {seen}"]
    for count, name in ((feed.bars, "bar"), (feed.quotes, "quote"), (feed.trade_updates, "order update")):
        if count:
            parts.append(plural(count, name))
    if feed.reconnects:
        parts.append(plural(feed.reconnects, "reconnect"))
    return Cell(", ".join(parts), "warn" if feed.stale else "")


def _problem(detail: str) -> Cell:
    return Cell(f"not ready: {detail}", "warn")


def _alerts(found: Status) -> Cell:
    count = found.counts.open_alerts
    return Cell(f"{count:,} not acknowledged", "warn") if count else Cell("none")


def _journal(found: Status) -> str:
    waiting = f" ({found.progress.events_queued:,} waiting)" if found.progress.events_queued else ""
    return f"journal at {found.progress.journal_seq:,}{waiting}"
