"""The columns of fills and of an order's life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxhero_client.cli.show.figures import Cell, money, shares, word
from fluxhero_client.cli.show.table import Column
from fluxhero_client.cli.show.times import date_and_time, exchange_zone

if TYPE_CHECKING:
    from fluxhero.v1.order_pb2 import Fill, OrderHistoryEntry


def fill_columns() -> Sequence[Column[Fill]]:
    """Fills."""
    return (
        Column(f"at {exchange_zone()[1]}", lambda fill: date_and_time(fill.time)),
        Column("side", lambda fill: word(fill, "side")),
        Column("shares", lambda fill: shares(fill.quantity), right=True),
        Column("price $", lambda fill: money(fill.price), right=True),
        Column("value $", lambda fill: money(fill.value), right=True),
        Column("", lambda fill: "" if fill.exact else Cell("provisional", "warn")),
        Column("order", lambda fill: fill.order_id),
    )


def history_columns() -> Sequence[Column[OrderHistoryEntry]]:
    """An order's life."""
    return (
        Column(f"at {exchange_zone()[1]}", lambda entry: date_and_time(entry.time)),
        Column("event", lambda entry: entry.event.replace("_", " ")),
        Column("state", lambda entry: word(entry, "state")),
        Column("filled", lambda entry: shares(entry.filled_quantity), right=True),
        Column("journal", lambda entry: f"{entry.seq:,}", right=True, spare=1),
        Column("text", lambda entry: entry.text, cuttable=True),
    )
