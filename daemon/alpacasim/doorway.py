"""What stands before every request: who may script the exchange, and the answer when a handler fails."""

from __future__ import annotations

import logging
from ipaddress import ip_address

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alpacasim.http_api import ok, refuse
from alpacasim.refusals import Refusal

_log = logging.getLogger(__name__)

_NOT_FROM_HERE = "/sim needs no key and is answered on this machine only: send the request from where alpacasim runs"


class Doorway:
    """ASGI middleware. `/sim` has no credentials, so that it is closed to other machines, wherever it listens."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _scripts(scope["path"]) and not _is_local(scope):
            await ok({"message": _NOT_FROM_HERE}, 403)(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if begun:
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"])
            await refuse(Refusal(500, 50010000, "internal server error occurred"))(scope, receive, send)


def _scripts(path: str) -> bool:
    return path == "/sim" or path.startswith("/sim/")


def _is_local(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        address = ip_address(client[0]) if client else None
    except ValueError:
        return False
    if address is None:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
