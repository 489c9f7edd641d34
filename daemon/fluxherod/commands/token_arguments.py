"""The options of `fluxherod token`; apart from what it does, which no other command should have to import."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta
from pathlib import Path

_LIFETIME = re.compile(r"([1-9]\d{0,4})([mhdw])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
ROLES = ("read", "trade", "admin")


def add_actions(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")
    create = actions.add_parser("create", help="make a token and print it, once")
    create.add_argument("--role", required=True, choices=ROLES, help="what it may do: read, trade or admin")
    create.add_argument("--name", required=True, metavar="NAME", help="who uses it; the journal names it so")
    create.add_argument(
        "--expires", type=lifetime, metavar="TIME", help="how long it is valid: 90d, 12h (default: for ever)"
    )
    create.add_argument("--out", type=Path, metavar="FILE", help="write it to this file (mode 0600) instead")
    actions.add_parser("list", help="show all tokens, without the tokens themselves")
    revoke = actions.add_parser("revoke", help="end a token at once, and its streams within two seconds")
    revoke.add_argument("who", metavar="ID|NAME", help="which, by its id or its name")


def lifetime(text: str) -> timedelta:
    """How long a token is valid: a number and m, h, d or w."""
    found = _LIFETIME.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f'"{text}": allowed is a number of minutes, hours, days or weeks: 90d, 12h, 52w'
        )
    return int(found[1]) * _UNITS[found[2]]
