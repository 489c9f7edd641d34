"""Where alerts arrive: a mail server and a webhook on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Webhook:
    """What was posted, in order. With a closed `gate` a request arrives and is not answered until it opens."""

    status: int = 200
    requests: list[dict[str, Any]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        """Its Apprise URL; it waits for a minute, so that a test's gate may be closed as long as it likes."""
        return f"json://127.0.0.1:{self.port}/hook-5ecret?rto=60"

    @property
    def titles(self) -> list[str]:
        return [request["title"] for request in self.requests]


@contextmanager
def webhook(status: int = 200, *, hangs: bool = False) -> Iterator[Webhook]:
    """A server that takes JSON."""
    hook = Webhook(status)
    if not hangs:
        hook.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.requests.append(request)
            hook.arrived.set()
            hook.gate.wait()
            hook.answered.append(request["title"])
            self.send_response(hook.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hook
    finally:
        hook.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """The mails that came, in order."""

    mails: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Its Apprise URL."""
        return f"mailto://127.0.0.1:{self.port}?from=fluxherod@example.com&to=me@example.com"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


class _AnyPort(Controller):
    """A controller that is told its port by the system."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server."""
    box = Mailbox()
    controller = _AnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()
