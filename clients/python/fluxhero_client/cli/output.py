"""What scripts get: JSON or CSV instead of words. Costs nothing when a person reads."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

from fluxhero_client.cli.console import Console


def answered(message: Any, arguments: Namespace, console: Console) -> bool:
    """Print one message for a script; False when a person is to read it."""
    if arguments.output == "table":
        return False
    from fluxhero_client.cli.show import messages

    console.print(messages.one(message) if arguments.output == "json" else messages.csv([message], message.DESCRIPTOR))
    return True


def listed(found: Sequence[Any], name: str, arguments: Namespace, console: Console) -> bool:
    """Print a list of messages of the API's type `name` for a script; False when a person is to read it."""
    if arguments.output == "table":
        return False
    from fluxhero_client.cli.show import messages

    if arguments.output == "json":
        console.print(messages.many(found))
    else:
        console.print(messages.csv(found, messages.descriptor(name)))
    return True


def streamed(arguments: Namespace, console: Console, fields: Sequence[str]) -> Callable[[Any], None] | None:
    """What prints each message of a stream for a script, of CSV the entries of `fields`; None when a person reads."""
    if arguments.output == "table":
        return None
    from fluxhero_client.cli.show import messages

    if arguments.output == "json":
        return lambda message: console.print(messages.line(message))
    headed: set[str] = set()

    def print_entries(message: Any) -> None:
        for field in fields:
            entries = getattr(message, field)
            kind = message.DESCRIPTOR.fields_by_name[field].message_type
            if entries or (field not in headed and len(fields) == 1):
                text = messages.csv(entries, kind, header=field not in headed)
                headed.add(field)
                console.print(text)

    return print_entries
