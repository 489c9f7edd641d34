"""What the daemon tells systemd: sd_notify's datagrams. Without systemd everything here does nothing."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import MutableMapping
from dataclasses import dataclass

from fluxherod.logs import redactor

log = logging.getLogger(__name__)

VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
START_EXTENSION_S = 60.0
STOP_EXTENSION_S = 10.0
LONGEST_STATUS = 500  # a datagram beyond 4 kB is dropped whole


@dataclass(frozen=True, slots=True)
class Notifier:
    """The service manager's socket, and how often it wants to hear from us."""

    address: str | None = None
    watchdog_interval_s: float | None = None
    """A third of the time after which systemd kills a silent daemon; None when no watchdog is set."""

    def ready(self, status: str) -> None:
        """The daemon serves, or has done a reload, whatever came of it."""
        self._send("READY=1", f"STATUS={_line(status)}")

    def reloading(self, status: str) -> None:
        """A reload has begun; `ready` ends it."""
        # Both in one message: systemd tells by the time which reload was asked for (Type=notify-reload, since 253).
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1_000}", f"STATUS={_line(status)}")

    def still_starting(self, status: str, within_s: float = START_EXTENSION_S) -> None:
        """The start takes long and gets on: systemd waits at least so long from now on."""
        self._extend(within_s, status)

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={_line(status)}")

    def stopping(self, status: str) -> None:
        """The daemon has begun to stop."""
        self._send("STOPPING=1", f"EXTEND_TIMEOUT_USEC={_microseconds(STOP_EXTENSION_S)}", f"STATUS={_line(status)}")

    def still_stopping(self, status: str) -> None:
        """The stop gets on: systemd waits at least another `STOP_EXTENSION_S`."""
        self._extend(STOP_EXTENSION_S, status)

    def _extend(self, within_s: float, status: str) -> None:
        self._send(f"EXTEND_TIMEOUT_USEC={_microseconds(within_s)}", f"STATUS={_line(status)}")

    def watchdog(self) -> None:
        """The daemon is well; to be sent from what must not hang, and only when it is true."""
        self._send("WATCHDOG=1")

    def _send(self, *assignments: str) -> None:
        if self.address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as datagrams:
                datagrams.setblocking(False)
                datagrams.sendto("\n".join(assignments).encode(errors="replace"), self.address)
        except OSError as error:  # trading goes on without its supervisor
            log.warning("the service manager can't be told %s: %s", assignments[0], error.strerror)


def take_notifier(environment: MutableMapping[str, str]) -> Notifier:
    """The notifier of the environment, whose variables are removed: a child process must not speak for us."""
    address, microseconds, meant_for = (environment.pop(name, "") for name in VARIABLES)
    meant_for = meant_for or str(os.getpid())
    if not address.startswith(("/", "@")):
        return Notifier()
    watched = microseconds.isdecimal() and int(microseconds) > 0 and meant_for == str(os.getpid())
    return Notifier(
        # The kernel's abstract sockets are written with @ for the leading zero byte.
        address="\0" + address[1:] if address.startswith("@") else address,
        watchdog_interval_s=int(microseconds) / 3e6 if watched else None,
    )


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _line(text: str) -> str:
    line = redactor.clean(" ".join(text.split()))
    return line if len(line) <= LONGEST_STATUS else line[: LONGEST_STATUS - 3] + "..."
