"""systemd's journal by its native protocol: a datagram of fields for each line of the log.

`systemd.io/JOURNAL_NATIVE_PROTOCOL`: `NAME=value`, or of a value of several lines the name, the length and the value.
What is too large for a datagram goes as a file in memory that nobody can change any more.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import socket
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

log = logging.getLogger(__name__)

SOCKET = Path("/run/systemd/journal/socket")
MOST_HELD = 4_096  # lines that wait for a journald that takes none: it is restarted, or its disk is slow
TRY_AGAIN_S, AT_THE_END_S = 0.05, 1.0
_TOO_LARGE = frozenset({errno.EMSGSIZE, errno.ENOBUFS})
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE

Fields = Iterable[tuple[str, str]]


def encode(fields: Fields) -> bytes:
    """The fields of one entry as journald reads them. Names are upper case letters, digits and underscores."""
    return b"".join(_field(name.encode(), value.encode(errors="replace")) for name, value in fields)


def _field(name: bytes, value: bytes) -> bytes:
    if b"\n" in value:
        return b"%s\n%s%s\n" % (name, len(value).to_bytes(8, "little"), value)
    return b"%s=%s\n" % (name, value)


class JournalHandler(logging.Handler):
    """Sends each record to journald, and never waits for it.

    Args:
        fields: what is sent of a record.
        otherwise: takes what journald refuses: its socket is not there, or nobody listens.
        address: journald's socket.

    What journald does not take at once waits in memory and follows as soon as it does, in order; of more than
    `MOST_HELD` lines the oldest are lost, and how many is told.
    """

    def __init__(
        self, fields: Callable[[logging.LogRecord], Fields], otherwise: logging.Handler, address: Path = SOCKET
    ) -> None:
        super().__init__()
        self._fields = fields
        self._otherwise = otherwise
        self._address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.setblocking(False)
        self._held: deque[tuple[bytes, logging.LogRecord]] = deque()
        self._lost = 0
        self._sender: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """Lines that journald has not taken yet."""
        return len(self._held)

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record."""
        try:
            data = encode(self._fields(record))
            if self._held:
                self._hold(data, record)
                return
            try:
                self._send(data)
            except BlockingIOError:
                self._hold(data, record)
            except OSError:
                self._otherwise.handle(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Send what is held, as long as that takes no more than a second."""
        give_up_s = time.monotonic() + AT_THE_END_S
        while not self._send_held() and time.monotonic() < give_up_s:
            time.sleep(TRY_AGAIN_S)
        self._socket.close()
        super().close()

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendto(data, self._address)
        except OSError as error:
            if error.errno not in _TOO_LARGE:
                raise
            self._send_file(data)

    def _send_file(self, data: bytes) -> None:
        descriptor = os.memfd_create("fluxherod-log", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(data)
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
            # Not by socket.send_fds, which leaves the address out before Python 3.12.
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", (descriptor,)))
            self._socket.sendmsg((), (rights,), 0, self._address)
        finally:
            os.close(descriptor)

    # --- a journald that takes nothing now ---------------------------------------------------------------
    def _hold(self, data: bytes, record: logging.LogRecord) -> None:
        if len(self._held) >= MOST_HELD:
            self._held.popleft()
            self._lost += 1
        self._held.append((data, record))
        if self._sender is None:
            self._sender = threading.Thread(target=self._until_sent, name="log lines that wait", daemon=True)
            self._sender.start()

    def _until_sent(self) -> None:
        while not self._send_held():
            time.sleep(TRY_AGAIN_S)

    def _send_held(self) -> bool:
        """Send what waits; True when nothing waits any more."""
        self.acquire()
        try:
            while self._held:
                data, record = self._held[0]
                try:
                    self._send(data)
                except BlockingIOError:
                    return False
                except OSError:  # nobody listens any more
                    self._otherwise.handle(record)
                self._held.popleft()
            lost, self._lost, self._sender = self._lost, 0, None
        finally:
            self.release()
        if lost:
            log.warning("%d lines of the log are lost: journald took none for too long", lost)
        return True
