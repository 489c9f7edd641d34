"""REST over the network in memory: by httpx, or without it where thousands of requests are made."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

import httpx

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.rest import RestClient
from harness.network import Message, Network

RawHeaders = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    """As it goes over the line; `path` is encoded."""

    method: str
    host: str
    path: str
    query: bytes
    headers: RawHeaders
    content: bytes
    timeout_s: float

    def scope(self) -> Message:
        """ASGI's `http`."""
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(self.path),
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "root_path": "",
            "headers": self.headers,
            "server": (self.host, 80),
            "client": ("127.0.0.1", 1),
        }


@dataclass(frozen=True, slots=True)
class Response:
    """What the adapter reads of an `httpx.Response`; the names of headers are lower case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    async def aread(self) -> bytes:
        """It is here already."""
        return self.content

    async def aclose(self) -> None:
        """Nothing is held open."""


async def exchange(network: Network, request: Request) -> tuple[int, RawHeaders, bytes]:
    """Send a request, wait for the answer. What was sent is worked on, even where nobody waits any more.

    Raises:
        TimeoutError: when no answer has come in time.
    """
    network.requests += 1
    running = _Exchange(request)
    # On its way from here on: it arrives, whatever becomes of the client.
    asyncio.get_running_loop().call_later(network.latency_s, running.arrive, network)
    try:
        async with asyncio.timeout(request.timeout_s):
            answer = await running.answered
            await asyncio.sleep(network.latency_s)
    finally:
        running.gone.set()
    return answer


class Transport(httpx.AsyncBaseTransport):
    """httpx's way to the server."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.partition(b"?")
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        timeout_s = request.extensions["timeout"]["read"]
        asked = await request.aread()
        sent = Request(request.method, request.url.host, path.decode(), query, headers, asked, timeout_s)
        try:
            status, answered, content = await exchange(self._network, sent)
        except TimeoutError:
            raise httpx.ReadTimeout("no answer", request=request) from None
        return httpx.Response(status, headers=list(answered), content=content)


class DirectClient(httpx.AsyncClient):
    """As httpx's, without what no server sees of it: cookies, redirects and objects take longer than most answers."""

    def __init__(self, network: Network, base_url: str, headers: Mapping[str, str], timeout: httpx.Timeout) -> None:
        super().__init__(base_url=base_url, headers=headers, timeout=timeout, transport=Transport(network))
        self._network = network
        self._sent_headers = [(name.lower(), value) for name, value in self.headers.raw]

    def build_request(self, method: str, url: Any, *, params: Any = None, json: Any = None, **_: Any) -> Any:
        """A request to `send`; httpx's own only where the adapter makes others of it."""
        if method == "POST":
            return super().build_request(method, url, json=json)
        query, headers, content = b"", self._sent_headers, b""
        if params:
            query = urlencode(params).encode()
        if json is not None:
            content = encoded(json)
            headers = [*headers, (b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        return Request(method, self.base_url.host, url, query, headers, content, self.timeout.read or 0.0)

    async def send(self, request: Any, **_: Any) -> Any:
        """Send a request and wait for its answer."""
        sent = request if isinstance(request, Request) else await self._plain(request)
        try:
            status, answered, content = await exchange(self._network, sent)
        except TimeoutError:
            raise httpx.ReadTimeout("no answer") from None
        return Response(status, {name.decode(): value.decode() for name, value in answered}, content)

    async def _plain(self, request: httpx.Request) -> Request:
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        path, content = request.url.raw_path.decode(), await request.aread()
        return Request(
            request.method, self.base_url.host, path, request.url.query, headers, content, self.timeout.read or 0.0
        )


def encoded(body: Any) -> bytes:
    """JSON as httpx writes it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class DirectRestClient(RestClient):
    """The adapter's client, whose requests go through the network in memory."""

    def __init__(
        self, base_url: str, credentials: Credentials, limiter: RateLimiter, *, network: Network, **options: Any
    ) -> None:
        super().__init__(base_url, credentials, limiter, transport=Transport(network), **options)
        self._client = DirectClient(network, base_url, credentials.headers(), self._client.timeout)


class _Exchange:
    """One request and its answer, as ASGI's `http`."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._started = False
        self._head: Message = {}
        self._body: list[bytes] = []
        self.answered: asyncio.Future[tuple[int, RawHeaders, bytes]] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()

    def arrive(self, network: Network) -> None:
        """The server has it."""
        network.serve(self._request.scope(), self.receive, self.send)

    async def receive(self) -> Message:
        if not self._started:
            self._started = True
            return {"type": "http.request", "body": self._request.content, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        self._body.append(message.get("body", b""))
        if not message.get("more_body", False) and not self.answered.done():
            self.answered.set_result((self._head["status"], self._head["headers"], b"".join(self._body)))
