"""`tui`: the terminal UI, an extra of its own."""

from __future__ import annotations

import gc
from argparse import Namespace
from functools import partial
from importlib import import_module
from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.errors import Misconfigured

_MISSING = "the terminal UI needs Textual: pip install 'fluxhero[tui]'"
_NO_TERMINAL = "the terminal UI needs a terminal: its output goes elsewhere"


def tui(arguments: Namespace, console: Console) -> int:
    """Open it, of a daemon or of the recording."""
    launch = _launch()
    if not (console.out.isatty() and console.err.isatty() and console.interactive):
        raise Misconfigured.of(_NO_TERMINAL)
    gc.freeze()
    gc.enable()  # it stays open all day
    app = launch.of_recording() if arguments.demo else _of_daemon(launch, arguments)
    code: int = launch.run(app)
    return code


def _launch() -> Any:
    try:
        return import_module("fluxhero_tui.launch")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("textual", "rich", "fluxhero_tui"):
            raise Misconfigured.of(_MISSING) from None
        raise


def _of_daemon(launch: Any, arguments: Namespace) -> Any:
    from fluxhero_client import Address, connect, discover

    open_client = partial(
        connect,
        arguments.address,
        token_file=arguments.token_file,
        ca=arguments.ca,
        client_cert=arguments.client_cert,
        client_key=arguments.client_key,
        profile=arguments.profile,
        timeout_s=arguments.timeout,
    )
    named: Address = open_client().address

    def find() -> Address:
        # Only a daemon that was found by itself may be found elsewhere.
        return named if named.origin in ("given", "profile") else discover(arguments.address)

    return launch.of_daemon(open_client, find)
