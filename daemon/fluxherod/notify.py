"""What the daemon tells systemd: sd_notify's datagrams. Without systemd everything here does nothing."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass

log = logging.getLogger(__name__)

START_EXTENSION_S = 60


@dataclass(frozen=True, slots=True)
class Notifier:
    """The service manager's socket, and how often it wants to hear from us."""

    address: str | None = None
    watchdog_interval_s: float | None = None
    """A third of the time after which systemd kills a silent daemon; None when no watchdog is set."""

    def ready(self, status: str) -> None:
        """The daemon serves."""
        self._send("READY=1", f"STATUS={_line(status)}")

    def still_starting(self, status: str) -> None:
        """The start takes long and gets on: systemd waits for another `START_EXTENSION_S`."""
        self._send(f"EXTEND_TIMEOUT_USEC={START_EXTENSION_S * 1_000_000}", f"STATUS={_line(status)}")

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={_line(status)}")

    def stopping(self) -> None:
        """The daemon has begun to stop."""
        self._send("STOPPING=1", "STATUS=stopping")

    def watchdog(self) -> None:
        """The daemon is well; to be sent from what must not hang, and only when it is true."""
        self._send("WATCHDOG=1")

    def _send(self, *assignments: str) -> None:
        if self.address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as datagrams:
                datagrams.setblocking(False)
                datagrams.sendto("\n".join(assignments).encode(), self.address)
        except OSError as error:  # trading goes on without its supervisor
            log.warning("the service manager can't be told %s: %s", assignments[0], error.strerror)


def take_notifier(environment: MutableMapping[str, str]) -> Notifier:
    """The notifier of the environment, whose variables are removed: a child process must not speak for us."""
    address = environment.pop("NOTIFY_SOCKET", "")
    microseconds = environment.pop("WATCHDOG_USEC", "")
    meant_for = environment.pop("WATCHDOG_PID", "") or str(os.getpid())
    if not address.startswith(("/", "@")):
        return Notifier()
    watched = microseconds.isdecimal() and int(microseconds) > 0 and meant_for == str(os.getpid())
    return Notifier(
        # The kernel's abstract sockets are written with @ for the leading zero byte.
        address="\0" + address[1:] if address.startswith("@") else address,
        watchdog_interval_s=int(microseconds) / 3e6 if watched else None,
    )


def _line(text: str) -> str:
    return " ".join(text.split())
