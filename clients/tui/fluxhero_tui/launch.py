"""Starts the terminal: the only place that knows whether there is a daemon or a recording behind it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fluxhero_client import Address, Client, discover
from fluxhero_tui.app import FluxHeroTui
from fluxhero_tui.link.connection import Connection
from fluxhero_tui.state.model import Model


def of_daemon(open_client: Callable[[], Client], find_address: Callable[[], Address] = discover) -> FluxHeroTui:
    """The terminal of a daemon."""
    connection = Connection(Model(), open_client, find_address, time.monotonic)
    return FluxHeroTui(connection, theme=_theme())


def of_recording(pace: float = 1.0) -> FluxHeroTui:
    """The terminal of the recording that is shipped with it."""
    from fluxhero_tui.link.recorded import RecordedClient, address, read

    recording = read()
    connection = Connection(Model(), partial(RecordedClient, recording, pace), address, time.monotonic)
    connection.link = replace(connection.link, recorded=True)
    return FluxHeroTui(connection, theme=_theme())


def run(app: FluxHeroTui) -> int:
    """Until it is left; the exit code."""
    app.run()
    return app.return_code or 0


def _theme() -> str:
    return os.environ.get("FLUXHERO_THEME", "") or "textual-dark"
