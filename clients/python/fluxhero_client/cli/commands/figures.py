"""`statistics`, `equity`, `quote`, `bars`, `indicators`: numbers to look at, or to compute with."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered, listed
from fluxhero_client.cli.show.table import Table, print_pairs
from fluxhero_client.client import Client


async def statistics(client: Client, arguments: Namespace, console: Console) -> int:
    """Figures of closed trades."""
    from fluxhero_client.cli.commands.lists import modes_of
    from fluxhero_client.cli.show.figures import word
    from fluxhero_client.cli.show.strategy_columns import performance_columns

    answer = await client.trades.statistics(
        symbols=arguments.symbol, modes=modes_of(arguments), start=arguments.since, end=arguments.until
    )
    if answered(answer, arguments, console):
        return 0
    rows = [
        *((word(one, "mode"), one.statistics) for one in answer.by_mode),
        *((word(one, "regime"), one.statistics) for one in answer.by_regime),
        *((one.symbol, one.statistics) for one in answer.by_symbol),
        ("all", answer.total),
    ]
    Table[Any](performance_columns("of"), console).print(rows)
    return 0


async def equity(client: Client, arguments: Namespace, console: Console) -> int:
    """The equity curve."""
    from fluxhero.v1 import account_pb2 as api

    found = await client.account.equity_curve(
        start=arguments.since,
        end=arguments.until,
        resolution=getattr(api, f"EQUITY_RESOLUTION_{arguments.each.upper()}"),
        limit=arguments.limit,
    )
    return _show(found, "EquityPoint", arguments, console, "equity_columns", "no equity is recorded yet")


async def bars(client: Client, arguments: Namespace, console: Console) -> int:
    """Bars."""
    found = await client.market.bars(
        arguments.symbol,
        timeframe=arguments.timeframe,
        start=arguments.since,
        end=arguments.until,
        limit=arguments.limit,
    )
    return _show(found, "Bar", arguments, console, "bar_columns", "no bars")


async def quote(client: Client, arguments: Namespace, console: Console) -> int:
    """The newest price."""
    found = await client.market.quote(arguments.symbol)
    return _show([found], "Price", arguments, console, "price_columns", "", single=True)


async def indicators(client: Client, arguments: Namespace, console: Console) -> int:
    """The indicators of one bar."""
    found = await client.market.indicators(arguments.symbol, time=arguments.at)
    if answered(found, arguments, console):
        return 0
    from fluxhero_client.cli.show.columns import indicator_figures
    from fluxhero_client.cli.show.figures import word
    from fluxhero_client.cli.show.times import date_and_time, exchange_zone

    when = f"{date_and_time(found.bar_end_time)} {exchange_zone()[1]}"
    console.print(console.paint(f"{found.symbol}, {found.timeframe} bar that ended {when}", "bold"))
    print_pairs(
        console,
        [*indicator_figures(found), ("regime", word(found, "regime")), ("volatility", word(found, "volatility"))],
    )
    if not found.valid:
        console.print(console.paint("not every indicator is valid yet: the strategy does not decide", "warn"))
    return 0


def _show(
    found: Sequence[Any],
    name: str,
    arguments: Namespace,
    console: Console,
    columns: str,
    nothing: str,
    *,
    single: bool = False,
) -> int:
    if answered(found[0], arguments, console) if single else listed(found, name, arguments, console):
        return 0
    from fluxhero_client.cli.show import columns as shown
    from fluxhero_client.cli.show import market_columns

    made = getattr(shown, columns, None) or getattr(market_columns, columns)
    if found:
        Table[Any](made(), console).print(found)
    else:
        console.print(nothing)
    return 0
