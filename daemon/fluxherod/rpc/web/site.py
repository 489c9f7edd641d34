"""What is at which path: calls, files, metrics and health. An ASGI application that answers everything."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from fluxherod.rpc.web.assets import Asset
from fluxherod.rpc.web.bridge import Bridge, Receive, Scope
from fluxherod.rpc.web.context import Send
from fluxherod.rpc.web.frames import mode_of
from fluxherod.rpc.web.guard import SECURITY_HEADERS, Guard, is_local

TEXT = "text/plain; charset=utf-8"
NO_STORE = ("cache-control", "no-store")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that is known at once."""

    status: int
    body: bytes
    content_type: str = TEXT
    headers: tuple[tuple[str, str], ...] = (NO_STORE,)


@dataclass(frozen=True, slots=True)
class Pages:
    """What is served besides calls.

    `health` says whether the daemon does its work, and more as JSON; `metrics` is Prometheus's text with its content
    type, for those whom `may_scrape` lets in, which says why not, and, where it is `open_here`, for callers of this
    machine.
    """

    assets: Mapping[str, Asset]
    health: Callable[[], tuple[bool, Mapping[str, Any]]]
    metrics: Callable[[], tuple[bytes, str]]
    may_scrape: Callable[[Scope], Awaitable[str]]
    open_here: bool = True


class Site:
    """Answers HTTP requests."""

    def __init__(self, guard: Guard, bridge: Bridge, pages: Pages) -> None:
        self._guard = guard
        self._bridge = bridge
        self._pages = pages
        self._scraping = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        headers = dict(scope["headers"])
        send = self._with_headers(headers, send)
        if (objection := self._guard.objection(headers)) is not None:
            status, text = objection
            await _send(send, Answer(status, f"{text}\n".encode()))
            return
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await self._preflight(headers, send)
            return
        mode = mode_of(headers.get(b"content-type", b"").decode("latin-1"))
        if scope["method"] == "POST" and mode is not None:
            await self._bridge.answer(mode, scope, receive, send)
            return
        await _send(send, await self._answer(scope, headers))

    def _with_headers(self, headers: Mapping[bytes, bytes], send: Send) -> Send:
        async def with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                date = (b"date", formatdate(time.time(), usegmt=True).encode())
                more = (date, *SECURITY_HEADERS, *self._guard.cross_origin_headers(headers))
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        return with_headers

    async def _preflight(self, headers: Mapping[bytes, bytes], send: Send) -> None:
        allowed = self._guard.preflight(headers)
        if allowed is None:
            await _send(send, Answer(403, b"no page of another origin may call\n"))
            return
        await send({"type": "http.response.start", "status": 204, "headers": allowed})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _answer(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Answer:
        path = scope["path"]
        if scope["method"] == "POST":
            return Answer(415, b"calls are grpc-web: content-type application/grpc-web or application/grpc-web-text\n")
        if scope["method"] not in ("GET", "HEAD"):
            return Answer(405, b"GET, HEAD or a grpc-web POST\n", headers=(NO_STORE, ("allow", "GET, HEAD, POST")))
        if path == "/livez":
            return Answer(200, b"alive\n")
        if path == "/healthz":
            works, parts = self._pages.health()
            return Answer(200 if works else 503, json.dumps(parts).encode() + b"\n", "application/json")
        if path == "/metrics":
            return await self._metrics(scope, headers)
        asset = self._pages.assets.get(path)
        return Answer(404, b"there is nothing here\n") if asset is None else _file(asset, headers)

    async def _metrics(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Answer:
        is_free = self._pages.open_here and is_local(scope.get("client"), headers)
        if not is_free and (why_not := await self._pages.may_scrape(scope)):
            return Answer(401, f"{why_not}\n".encode(), headers=(NO_STORE, ("www-authenticate", "Bearer")))
        # One at a time, and then as long a rest: half of the loop's time at most, however often somebody scrapes.
        async with self._scraping:
            started = time.perf_counter()
            body, content_type = self._pages.metrics()
            await asyncio.sleep(time.perf_counter() - started)
        return Answer(200, body, content_type)


def _file(asset: Asset, headers: Mapping[bytes, bytes]) -> Answer:
    about = (("cache-control", asset.cache_control), ("etag", asset.etag))
    if headers.get(b"if-none-match") == asset.etag.encode():
        return Answer(304, b"", asset.content_type, about)
    return Answer(200, asset.body, asset.content_type, about)


async def _send(send: Send, answer: Answer) -> None:
    headers = [("content-type", answer.content_type), *answer.headers]
    if answer.status != 304:
        headers.append(("content-length", str(len(answer.body))))
    raw = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
