"""What options hold, and the options that many commands share."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from typing import Any

# The options of every command that take a value.
VALUED = frozenset(
    ["--address", "--profile", "--token-file", "--ca", "--client-cert", "--client-key", "-o", "--output", "--timeout"]
)


class Quantity(argparse.Action):
    """The second of SYMBOL QTY, or of QTY SYMBOL, as people say it."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any, *_: object) -> None:
        if namespace.symbol.isdecimal():
            namespace.symbol, values = values.upper(), namespace.symbol
        try:
            namespace.quantity = count(values)
        except argparse.ArgumentTypeError as error:
            parser.error(f"argument QTY: {error}")


def add_global_options(parser: Any, suppress: bool) -> None:
    """Options that may stand before the command or after it; there they must not reset what stood before."""

    def default(value: Any) -> Any:
        return argparse.SUPPRESS if suppress else value

    group = parser.add_argument_group("options of every command")
    group.add_argument("--address", metavar="ADDRESS", default=default(None), help="HOST:PORT or unix:PATH")
    group.add_argument("--profile", metavar="NAME", default=default(None), help="a daemon of `fluxhero profile list`")
    group.add_argument("--token-file", metavar="FILE", default=default(None), help="file with the token")
    group.add_argument(
        "--ca",
        metavar="FILE",
        default=default(None),
        help="TLS: the daemon's certificate, or 'system' for a public one",
    )
    group.add_argument("--client-cert", metavar="FILE", default=default(None), help="mTLS: certificate of this client")
    group.add_argument("--client-key", metavar="FILE", default=default(None), help="mTLS: its key")
    group.add_argument(
        "-o",
        "--output",
        choices=("table", "json", "csv"),
        default=default("table"),
        help="for people (default), or for scripts",
    )
    group.add_argument("--no-color", action="store_true", default=default(False), help="no colour (as NO_COLOR)")
    group.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", default=default(10.0), help="deadline of a call (default: 10)"
    )


def add_symbol(parser: argparse.ArgumentParser) -> None:
    """One symbol that must be named."""
    parser.add_argument("symbol", type=str.upper, metavar="SYMBOL")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Which symbols."""
    parser.add_argument(
        "--symbol", type=str.upper, action="append", default=[], metavar="SYMBOL", help="only this symbol (repeatable)"
    )


def add_times(parser: argparse.ArgumentParser) -> None:
    """A range of time."""
    parser.add_argument("--since", type=time, metavar="TIME", help="from this time on, such as '2024-01-22 10:30'")
    parser.add_argument("--until", type=time, metavar="TIME", help="before this time")


def add_limit(parser: argparse.ArgumentParser) -> None:
    """How many."""
    parser.add_argument("--limit", type=count, default=20, metavar="N", help="at most so many (default: 20)")


def add_request_id(parser: argparse.ArgumentParser) -> None:
    """What makes a mutation repeatable."""
    parser.add_argument("--request-id", metavar="ID", help="repeat an earlier call under its id")


def add_yes(parser: argparse.ArgumentParser) -> None:
    """For what asks a person."""
    parser.add_argument("--yes", action="store_true", help="do not ask")


def count(text: str) -> int:
    """A whole number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def sequence(text: str) -> int:
    """A sequence number of the journal, 0 for its beginning."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a sequence number")
    return int(text)


def price(text: str) -> str:
    """A price, exact."""
    if not re.fullmatch(r"\d+(\.\d{1,4})?", text) or not text.strip("0."):
        raise argparse.ArgumentTypeError(f"{text!r} is not a price above 0, such as 450.25")
    return text


def seconds(text: str) -> float:
    """A span."""
    if not re.fullmatch(r"\d+(\.\d+)?", text) or not text.strip("0."):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return float(text)


def time(text: str) -> datetime:
    """A time, New York's when it names no zone."""
    from fluxhero_client.cli.show.times import read_time

    try:
        return read_time(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time, such as '2024-01-22 10:30' (New York)") from None
