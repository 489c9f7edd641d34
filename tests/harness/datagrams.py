"""A Unix socket that hears datagrams, as systemd's notification socket and its journal do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def listening(path: Path, patience_s: float) -> Iterator[socket.socket]:
    """The socket at a path; who waits for a datagram waits no longer than the patience."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        receiver.settimeout(patience_s)
        yield receiver
