"""`profile`: the daemons that a person talks to."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from fluxhero_client.address import PROFILE as VARIABLE
from fluxhero_client.cli.console import Console
from fluxhero_client.profiles import Profile, load, profiles_file, store

NOT_FOUND = 5
USAGE = 2


def profile(arguments: Namespace, console: Console) -> int:
    """List, add or remove."""
    path = profiles_file(os.environ)
    known = load(path)
    if arguments.action == "list":
        return _list(known, path, arguments, console)
    if arguments.action == "remove":
        return _remove(known, path, arguments.name, console)
    return _add(known, path, arguments, console)


def _list(known: dict[str, Profile], path: str, arguments: Namespace, console: Console) -> int:
    rows = [{"name": name, **asdict(one)} for name, one in known.items()]
    if arguments.output == "json":
        console.print(json.dumps(rows, indent=2))
    elif arguments.output == "csv":
        import csv

        names = ["name", *asdict(Profile())]
        writer = csv.DictWriter(console.out, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    elif known:
        from fluxhero_client.cli.show.table import Column, Table

        columns: list[Column[dict[str, str]]] = [Column("profile", _name), *map(_column, asdict(Profile()))]
        Table(columns, console).print(rows)
    else:
        console.print(f"no profiles in {path}; make one with: fluxhero profile add NAME --address ADDRESS")
    return 0


def _name(row: dict[str, str]) -> str:
    return row["name"] + (" *" if row["name"] == os.environ.get(VARIABLE) else "")


def _column(key: str) -> Any:
    from fluxhero_client.cli.show.table import Column

    return Column(key.replace("_", " "), lambda row: row[key])


def _add(known: dict[str, Profile], path: str, arguments: Namespace, console: Console) -> int:
    made = Profile(
        address=arguments.address or "",
        token_file=_absolute(arguments.token_file),
        ca=arguments.ca if arguments.ca == "system" else _absolute(arguments.ca),
        client_cert=_absolute(arguments.client_cert),
        client_key=_absolute(arguments.client_key),
    )
    if not made.address:
        console.note(
            "fluxhero: profile add needs --address (and takes --token-file, --ca, --client-cert, --client-key)"
        )
        return USAGE
    store(path, {**known, arguments.name: made})
    console.print(
        f"{arguments.name}: {made.address}, used with --profile {arguments.name} or {VARIABLE}={arguments.name}"
    )
    for file in (made.token_file, made.client_cert, made.client_key, made.ca):
        if file and file != "system" and not os.access(file, os.R_OK):
            console.note(f"fluxhero: {file} can't be read now")
    return 0


def _remove(known: dict[str, Profile], path: str, name: str, console: Console) -> int:
    if name not in known:
        console.note(f"fluxhero: there is no profile {name} in {path}")
        return NOT_FOUND
    store(path, {other: one for other, one in known.items() if other != name})
    console.print(f"{name} is gone")
    return 0


def _absolute(path: str | None) -> str:
    """As it will be meant from any folder."""
    return os.path.abspath(os.path.expanduser(path)) if path else ""
