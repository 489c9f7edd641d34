"""A relay that counts: it stands before an HTTP server, passes every byte on, and notes requests and answers."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_REQUEST = re.compile(rb"^([A-Z]+) ([^? ]+)[^ ]* HTTP/1\.1\r\n")
_ANSWER = re.compile(rb"^HTTP/1\.1 (\d{3}) ")


class Relay:
    """A server on loopback in threads of its own; `paths` counts requests, `statuses` the answers to them."""

    def __init__(self, url: str) -> None:
        self.paths: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        there = urlsplit(url)
        self._there = (str(there.hostname), int(there.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for one in self._sockets:
            with suppress(OSError):  # the other side has closed it
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def forget(self) -> None:
        """Count from 0 again."""
        self.paths.clear()
        self.statuses.clear()

    def _accept(self) -> None:
        with suppress(OSError):  # closed: the relay ends
            while True:
                here, _ = self._listener.accept()
                there = socket.create_connection(self._there)
                for one in (here, there):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._sockets.append(one)
                threading.Thread(target=self._pass_on, args=(here, there), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(there, here), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):  # either side is gone, and so is the other now
            while data := source.recv(262_144):
                self._count(data)
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _count(self, data: bytes) -> None:
        """A client here sends a request, and the server begins an answer, in one piece."""
        if request := _REQUEST.match(data):
            self.paths[request[2].decode()] += 1
        elif answer := _ANSWER.match(data):
            self.statuses[int(answer[1])] += 1
