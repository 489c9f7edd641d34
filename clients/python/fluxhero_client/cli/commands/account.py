"""`account`: what it is worth, and how the day goes."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered
from fluxhero_client.cli.show.figures import gain, gain_percent, money
from fluxhero_client.cli.show.table import print_pairs
from fluxhero_client.cli.show.times import date_and_time, exchange_zone
from fluxhero_client.client import Client

if TYPE_CHECKING:
    from fluxhero.v1.account_pb2 import Account


async def account(client: Client, arguments: Namespace, console: Console) -> int:
    """The account."""
    found = await client.account.get()
    if answered(found, arguments, console):
        return 0
    _show(found, console)
    return 0


def _show(found: Account, console: Console) -> None:
    zone = exchange_zone()[1]
    console.print(console.paint(f"Account {found.account_id}, {date_and_time(found.as_of)} {zone}", "bold"))
    print_pairs(
        console,
        [
            ("equity $", money(found.equity)),
            ("cash $", money(found.cash)),
            ("buying power $", money(found.buying_power)),
            ("exposure $", money(found.exposure)),
            ("exposure %", f"{found.exposure_pct:.2f}"),
            ("day P&L $", gain(found.day_pnl)),
            ("day P&L %", gain_percent(found.day_pnl_pct)),
            ("unrealized P&L $", gain(found.unrealized_pnl)),
            ("realized today $", gain(found.realized_pnl_today)),
            ("equity at last close $", money(found.last_equity)),
        ],
        right=True,
    )
    console.print()
    console.print(
        f"the broker says: equity ${money(found.broker_equity)}, cash ${money(found.broker_cash)}"
        f" at {date_and_time(found.broker_as_of)} {zone}"
    )
    if found.blocked:
        console.print(console.paint("! the broker has blocked trading", "bad"))
