"""The wire under a WebSocket, which can be cut, or left standing with nobody at its end."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Protocol

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Under this name a server that can break its connections has the line in the state of the scope.
LINE = "alpacasim.line"


class Line(Protocol):
    """Two ways to break a connection."""

    def die(self) -> None:
        """From now on nothing is read, and so nothing is answered: no pong, no close."""

    def cut(self) -> None:
        """End the connection without a word."""


class SocketLine(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, which can be broken."""

    _dead = False

    def die(self) -> None:
        self._dead = True
        self.stop_keepalive()

    def cut(self) -> None:
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._dead:
            super().data_received(data)

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        # uvicorn takes an upgrade that was refused with a response for one that was never answered, and logs an error.
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    async def run_asgi(self) -> None:
        self.scope["state"][LINE] = self
        await super().run_asgi()


def line_of(scope: MutableMapping[str, Any]) -> Line | None:
    """The line of a WebSocket; None when another server serves it."""
    line: Line | None = scope.get("state", {}).get(LINE)
    return line
