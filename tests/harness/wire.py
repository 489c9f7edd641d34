"""A wire to the trading API that can be watched: the moment at which an order leaves is the one that matters."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from harness.processes import CALL_TIMEOUT_S

_PASSED = ("Content-Type", "APCA-API-KEY-ID", "APCA-API-SECRET-KEY")


class Wire:
    """Passes requests on to a simulator; `before_order` is called with each new order in hand, then cleared."""

    def __init__(self, url: str) -> None:
        self.before_order: Callable[[], None] | None = None
        self._simulator = urlsplit(url).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="wire")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Pass a request on; status and content of the answer."""
        act = self.before_order
        if act is not None and (method, path) == ("POST", "/v2/orders"):
            self.before_order = None
            act()
        connection = http.client.HTTPConnection(self._simulator, timeout=CALL_TIMEOUT_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {name: self.headers[name] for name in _PASSED if name in self.headers}
                status, content = wire.ask(self.command, self.path, headers, body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:  # whoever asked is dead: that is what the wire is for
                    self.close_connection = True

            do_GET = do_POST = do_PATCH = do_DELETE = _pass

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
