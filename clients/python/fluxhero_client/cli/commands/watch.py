"""`watch`: a line for each change, until Ctrl-C."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncGenerator, Callable
from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import streamed
from fluxhero_client.cli.show import columns as shown
from fluxhero_client.cli.show import market_columns
from fluxhero_client.cli.show.alert_columns import alert_columns
from fluxhero_client.cli.show.risk_columns import risk_columns
from fluxhero_client.cli.show.table import Table
from fluxhero_client.client import Client
from fluxhero_client.errors import FluxHeroError
from fluxhero_client.follow import Follow

# By topic: the columns, and the field of the messages that holds the entries.
_TOPICS: dict[str, tuple[Callable[[], Any], str]] = {
    "prices": (shown.price_columns, "prices"),
    "bars": (market_columns.bar_columns, "bars"),
    "indicators": (market_columns.indicator_columns, "indicators"),
    "positions": (shown.position_columns, "positions"),
    "orders": (shown.order_columns, "orders"),
    "signals": (shown.signal_columns, "signals"),
    "account": (market_columns.account_columns, "accounts"),
    "risk": (risk_columns, "risks"),
    "status": (market_columns.status_columns, "statuses"),
    "alerts": (alert_columns, "alerts"),
    "events": (market_columns.event_columns, "events"),
}
_PACED = frozenset({"prices", "indicators", "positions", "account", "risk", "status"})
_OF_SYMBOLS = frozenset({"prices", "bars", "indicators", "positions", "orders", "signals", "alerts"})


async def watch(client: Client, arguments: Namespace, console: Console) -> int:
    """Follow topics across restarts of the daemon; a loss is said on standard error."""
    options = Follow(
        on_lost=lambda error: _say_lost(error, console), on_resumed=lambda: console.note("fluxhero: connected again")
    )
    fields = [_TOPICS[topic][1] for topic in arguments.topic]
    show = streamed(arguments, console, fields) or _table_lines(arguments.topic, console)
    async for message in _messages(client, arguments, options):
        show(message)
    return 0


def _messages(client: Client, arguments: Namespace, options: Follow) -> AsyncGenerator[Any, None]:
    [topic, *others] = arguments.topic
    if others:
        from fluxhero.v1 import common_pb2

        wanted = [getattr(common_pb2, f"TOPIC_{name.upper()}") for name in arguments.topic]
        return client.watch.topics(wanted, arguments.symbol, min_interval_s=arguments.every or 0.0, options=options)
    if topic == "events":
        return client.watch.events(arguments.type, from_seq=arguments.from_seq, options=options)
    pace = {"min_interval_s": arguments.every} if arguments.every and topic in _PACED else {}
    symbols = (arguments.symbol,) if topic in _OF_SYMBOLS else ()
    messages: AsyncGenerator[Any, None] = getattr(client.watch, topic)(*symbols, options=options, **pace)
    return messages


def _say_lost(error: FluxHeroError, console: Console) -> None:
    cause = error.text.rpartition("last error: ")[2]
    console.note(f"fluxhero: connection lost ({cause}), reconnecting; Ctrl-C ends")


def _table_lines(topics: list[str], console: Console) -> Callable[[Any], None]:
    """Several topics stand below each other, each line under the name of its topic."""
    width = max(map(len, topics))
    indents = [f"{topic:<{width}}  " if len(topics) > 1 else "" for topic in topics]
    tables = [
        (Table[Any](_TOPICS[topic][0](), console, indent), _TOPICS[topic][1])
        for topic, indent in zip(topics, indents, strict=True)
    ]

    def show(message: Any) -> None:
        for table, field in tables:
            if (entries := getattr(message, field)) or len(tables) == 1:
                table.print(entries)

    return show
