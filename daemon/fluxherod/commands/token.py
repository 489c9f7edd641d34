"""`fluxherod token`: makes, lists and revokes tokens, while the daemon runs or while it does not."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from fluxherod.errors import FluxHeroError
from fluxherod.rpc.private_files import write_private
from fluxherod.rpc.roles import Role
from fluxherod.rpc.tokens import Token, TokenFile


class NoFolder(FluxHeroError):
    """There is no state folder where the daemon's tokens would be."""


def run_token(options: argparse.Namespace, folder: Path) -> int:
    """Do what was asked for, in this state folder.

    Raises:
        FluxHeroError: when it can't be done.
    """
    if not folder.is_dir():
        where = "start the daemon once, or name its state folder with --state-dir (under systemd /var/lib/fluxhero)"
        raise NoFolder(f"there is no state folder {folder}: {where}")
    file, now = TokenFile(folder), datetime.now(UTC)
    match options.action:
        case "create":
            _create(file, options, now)
        case "list":
            print(table(file.read(), now))
        case "revoke":
            gone = file.revoke(options.who, now)
            print(f"revoked {gone.name} ({gone.role}, id {gone.id})")
    return 0


def _create(file: TokenFile, options: argparse.Namespace, now: datetime) -> None:
    token, secret = file.create(options.name, Role[options.role.upper()], now, options.expires)
    until = f"until {token.expires:%Y-%m-%d %H:%M UTC}" if token.expires else "until it is revoked"
    print(f"{token.name} ({token.role}, id {token.id}) is valid {until}; it can't be shown again", file=sys.stderr)
    if options.out is None:
        print(secret)
        return
    try:
        write_private(options.out.absolute(), f"{secret}\n".encode())
    except OSError:
        file.revoke(token.id, now)  # nobody has it
        raise


def table(tokens: tuple[Token, ...], now: datetime) -> str:
    """Each token in a line."""
    rows = [("ID", "NAME", "ROLE", "CREATED UTC", "STATE")]
    for token in tokens:
        rows.append((token.id, token.name, token.role, f"{token.created:%Y-%m-%d %H:%M}", _state(token, now)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    )


def _state(token: Token, now: datetime) -> str:
    if ended := token.ended(now):
        return ended.removeprefix("was ")
    return f"valid until {token.expires:%Y-%m-%d %H:%M UTC}" if token.expires else "valid"
