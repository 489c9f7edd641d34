"""A message as labels with values, by its descriptor: what is set, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show.figures import figure, money, shares, word
from fluxhero_client.cli.show.table import print_pairs
from fluxhero_client.cli.show.times import date_and_time, span

_MONEY = re.compile(r"-?\d+\.\d{2,4}")
_TIME, _SPAN = "google.protobuf.Timestamp", "google.protobuf.Duration"


def print_fields(message: Any, console: Console, *, without: tuple[str, ...] = ()) -> None:
    """Each field that is set, in the order of the contract; lists and messages are left to others."""
    if pairs := [pair for pair in _pairs(message) if pair[0] not in without]:
        print_pairs(console, [(name.replace("_", " "), text) for name, text in pairs])


def heading(text: str, console: Console) -> None:
    """A part of a longer answer."""
    console.print()
    console.print(console.paint(text, "bold"))


def _pairs(message: Any) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        if field.is_repeated:
            continue
        if field.enum_type is not None:
            yield field.name, word(message, field.name)
        elif field.message_type is None:
            yield field.name, _scalar(value)
        elif field.message_type.full_name == _TIME:
            yield field.name, date_and_time(value)
        elif field.message_type.full_name == _SPAN:
            yield field.name, span(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, int):
        return shares(value)
    text = str(value)
    return money(text) if _MONEY.fullmatch(text) else text
