"""`alerts` and `ack`: what a person should know, and that one has seen it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered, listed
from fluxhero_client.client import Client

if TYPE_CHECKING:
    from fluxhero.v1.system_pb2 import Alert


async def alerts(client: Client, arguments: Namespace, console: Console) -> int:
    """Alerts."""
    from fluxhero.v1 import system_pb2 as api

    least = getattr(api, f"ALERT_SEVERITY_{(arguments.severity or 'unspecified').upper()}")
    found = await client.system.alerts(
        min_severity=least,
        symbols=arguments.symbol,
        acknowledged=False if arguments.open else None,
        start=arguments.since,
        end=arguments.until,
        limit=arguments.limit,
    )
    if listed(found, "Alert", arguments, console):
        return 0
    if found:
        from fluxhero_client.cli.show.alert_columns import alert_columns
        from fluxhero_client.cli.show.table import Table

        Table[Any](alert_columns(), console).print(found)
        _print_remedies(found, console)
    else:
        console.print("no open alerts" if arguments.open else "no alerts")
    return 0


def _print_remedies(found: Sequence[Alert], console: Console) -> None:
    """What to do about those that are open, once a code."""
    remedies = {alert.code: alert.remedy for alert in found if alert.remedy and not alert.HasField("acknowledged_at")}
    if remedies:
        from fluxhero_client.cli.show.table import print_pairs

        console.print()
        console.print(console.paint("What to do", "bold"))
        print_pairs(console, remedies.items())


async def ack(client: Client, arguments: Namespace, console: Console) -> int:
    """Acknowledge an alert."""
    answer = await client.system.acknowledge_alert(
        arguments.alert_id, note=arguments.note, request_id=arguments.request_id
    )
    if answered(answer, arguments, console):
        return 0
    alert = answer.alert
    about = f" of {alert.symbol}" if alert.symbol else ""
    console.print(f"{alert.id} acknowledged by {alert.acknowledged_by}: {alert.code}{about}; raised again it is new")
    if alert.remedy:
        console.print(f"what to do: {alert.remedy}")
    return 0
