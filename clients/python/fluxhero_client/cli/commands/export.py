"""`export`: trades as a file."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from contextlib import suppress

from fluxhero.v1 import trade_pb2 as api
from fluxhero_client.cli.commands.lists import modes_of
from fluxhero_client.cli.console import Console
from fluxhero_client.client import Client

FAILED = 1


async def export(client: Client, arguments: Namespace, console: Console) -> int:
    """Write what the daemon sends; an export that breaks leaves no file."""
    name = arguments.file or ""
    suffix = "parquet" if name.endswith(".parquet") else "csv"
    kind = getattr(api, f"EXPORT_FORMAT_{(arguments.format or suffix).upper()}")
    chunks = client.trades.export(
        kind, symbols=arguments.symbol, modes=modes_of(arguments), start=arguments.since, end=arguments.until
    )
    if name == "-":
        async for chunk in chunks:
            sys.stdout.buffer.write(chunk.data)
        sys.stdout.buffer.flush()
        return 0
    content = b""
    async for chunk in chunks:
        # The daemon's word is a name and never a path.
        name = name or os.path.basename(chunk.file_name)
        content += chunk.data
    try:
        write_file(name, content)
    except OSError as error:
        console.note(f"fluxhero: {name} can't be written: {error.strerror}")
        return FAILED
    _say(name, len(content), arguments, console)
    return 0


def write_file(name: str, content: bytes) -> None:
    """Write a file, whole or not at all. Raises OSError."""
    draft = f"{name}.draft"
    try:
        with open(draft, "wb") as file:
            file.write(content)
        os.replace(draft, name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)


def _say(name: str, size: int, arguments: Namespace, console: Console) -> None:
    if arguments.output == "json":
        import json

        console.print(json.dumps({"file": name, "bytes": size}))
    elif arguments.output == "csv":
        console.print(f"file,bytes\n{name},{size}")
    else:
        console.print(f"{name}: {size:,} bytes")
