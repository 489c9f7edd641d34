"""`watch`: a line for each change, until Ctrl-C."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show import columns as shown
from fluxhero_client.cli.show.alert_columns import alert_columns
from fluxhero_client.cli.show.risk_columns import risk_columns
from fluxhero_client.cli.show.table import Table
from fluxhero_client.client import Client
from fluxhero_client.errors import FluxHeroError
from fluxhero_client.follow import Follow

_COLUMNS = {
    "prices": shown.price_columns,
    "positions": shown.position_columns,
    "orders": shown.order_columns,
    "signals": shown.signal_columns,
    "risk": risk_columns,
    "alerts": alert_columns,
}
_FIELDS = {"risk": "risks"}


async def watch(client: Client, arguments: Namespace, console: Console) -> int:
    """Follow one topic across restarts of the daemon; a loss is said on standard error."""
    options = Follow(
        on_lost=lambda error: _say_lost(error, console), on_resumed=lambda: console.note("fluxhero: connected again")
    )
    pace = {"min_interval_s": arguments.every} if arguments.every else {}
    symbols = () if arguments.topic == "risk" else (arguments.symbol,)
    messages = getattr(client.watch, arguments.topic)(*symbols, options=options, **pace)
    show = _json_line(console) if arguments.output == "json" else _table_lines(arguments.topic, console)
    async for message in messages:
        show(message)
    return 0


def _say_lost(error: FluxHeroError, console: Console) -> None:
    cause = error.text.rpartition("last error: ")[2]
    console.note(f"fluxhero: connection lost ({cause}), reconnecting; Ctrl-C ends")


def _json_line(console: Console) -> Any:
    from fluxhero_client.cli.show import messages

    return lambda message: console.print(messages.line(message))


def _table_lines(topic: str, console: Console) -> Any:
    columns: Any = _COLUMNS[topic]()
    table = Table[Any](columns, console)
    return lambda message: table.print(getattr(message, _FIELDS.get(topic, topic)))
