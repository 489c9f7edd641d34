"""The wire under a WebSocket, which can be cut, or left standing with nobody at its end."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_NAME = "alpacasim.line"


class Line(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, and two ways to break it."""

    _dead = False

    def die(self) -> None:
        """From now on nothing is read, and so nothing is answered: no pong, no close."""
        self._dead = True
        self.stop_keepalive()

    def cut(self) -> None:
        """End the connection without a word."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._dead:
            super().data_received(data)

    async def run_asgi(self) -> None:
        self.scope["state"][_NAME] = self
        await super().run_asgi()


def line_of(scope: MutableMapping[str, Any]) -> Line | None:
    """The line of a WebSocket; None when another server serves it."""
    line = scope.get("state", {}).get(_NAME)
    return line if isinstance(line, Line) else None
