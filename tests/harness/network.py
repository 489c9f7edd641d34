"""A network in memory: an ASGI application on one side, what the adapters use of `websockets` on the other.

Every message is on its way for `latency_s`. What one side does is all that the other side learns: a client that goes
away is a disconnect, a line that is cut an error without a word, a dead one silence, which pings find.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.frames import Close, CloseCode
from websockets.http11 import Response

from alpacasim.line import LINE
from fluxherod.adapters.alpaca.link import HANDSHAKE_TIMEOUT_S, ReconnectPolicy

Message = dict[str, Any]
Application = Callable[[Any, Any, Any], Coroutine[Any, Any, None]]

_OK_CODES = (CloseCode.NORMAL_CLOSURE, CloseCode.GOING_AWAY)


class Network:
    """Between one server and the processes that talk to it, one after the other."""

    def __init__(self, application: Application, latency_s: float = 0.02) -> None:
        self.application = application
        self.latency_s = latency_s
        self.requests = 0
        self.connections: list[Connection] = []
        self.faults: list[str] = []
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def serving(self) -> int:
        """Requests and connections that the server still works on."""
        return len(self._serving)

    def serve(self, scope: Message, receive: Any, send: Any) -> None:
        """Let the server work on a request or a connection, whether or not its client stays."""
        task = asyncio.get_running_loop().create_task(self.application(scope, receive, send))
        self._serving.add(task)
        task.add_done_callback(self._served)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._serving.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self.faults.append(f"the server: {fault!r}")

    def abandon(self) -> None:
        """The client's process is gone: so are its connections."""
        for connection in list(self.connections):
            connection.vanish()

    @asynccontextmanager
    async def connect(self, url: str, policy: ReconnectPolicy) -> AsyncIterator[Connection]:
        """A WebSocket, as `link.connection` makes it."""
        connection = Connection(self, policy)
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await connection.open(url)
            yield connection
        finally:
            await connection.close()


# --- WebSockets ----------------------------------------------------------------------------------------


class Wire:
    """One direction of a connection: messages arrive in their order, each after the latency."""

    def __init__(self, latency_s: float, deliver: Callable[[Any], None]) -> None:
        self._latency_s = latency_s
        self._deliver = deliver
        self._on_the_way: deque[Any] = deque()

    def send(self, message: Any) -> None:
        """Put a message on its way."""
        self._on_the_way.append(message)
        asyncio.get_running_loop().call_later(self._latency_s, self._arrive)

    def cut(self) -> None:
        """What is on its way is lost."""
        self._on_the_way = deque(None for _ in self._on_the_way)

    def _arrive(self) -> None:
        message = self._on_the_way.popleft()
        if message is not None:
            self._deliver(message)


class Connection:
    """A WebSocket as its client has it; the server's line to it is a part of it."""

    def __init__(self, network: Network, policy: ReconnectPolicy) -> None:
        self._network = network
        self._policy = policy
        self._frames: deque[bytes | str] = deque()
        self._news = asyncio.Event()
        self._ended: ConnectionClosed | None = None
        self._opened_s = 0.0
        self._server = _ServerEnd(self)
        self.up = Wire(network.latency_s, self._server.take)
        self.down = Wire(network.latency_s, self._take)

    # --- what the adapters use ---
    async def open(self, url: str) -> None:
        """The upgrade. InvalidStatus when the server refuses it."""
        network = self._network
        network.connections.append(self)
        await asyncio.sleep(network.latency_s)
        network.serve(self._server.scope(url), self._server.receive, self._server.send)
        status = await self._server.answered
        await asyncio.sleep(network.latency_s)
        if status != 101:
            self._end(ConnectionClosedError(None, None))
            raise InvalidStatus(Response(status, "refused", Headers()))
        self._opened_s = asyncio.get_running_loop().time()

    async def send(self, message: str) -> None:
        if self._ended is not None:
            raise self._ended
        self.up.send({"type": "websocket.receive", "text": message})

    async def recv(self) -> bytes | str:
        while not self._frames:
            if self._ended is not None:
                raise self._ended
            self._news.clear()
            await self._news.wait()
        return self._frames.popleft()

    def __aiter__(self) -> AsyncIterator[bytes | str]:
        return self

    async def __anext__(self) -> bytes | str:
        try:
            return await self.recv()
        except ConnectionClosedOK:
            raise StopAsyncIteration from None

    async def close(self) -> None:
        """Close by intent: a dead line is given up after the policy's patience."""
        if self._ended is not None:
            return
        dead = self._server.dead
        self._hang_up(Close(CloseCode.NORMAL_CLOSURE, ""))
        await asyncio.sleep(self._policy.close_timeout_s if dead else 2 * self._network.latency_s)

    def vanish(self) -> None:
        """The process is gone, and its kernel ends the connection for it."""
        if self._ended is None:
            self._hang_up(Close(CloseCode.ABNORMAL_CLOSURE, ""))

    # --- what comes of it ---
    def _hang_up(self, close: Close) -> None:
        self.up.send({"type": "websocket.disconnect", "code": close.code, "reason": close.reason})
        self._end(ConnectionClosedError(None, close))

    def _take(self, frame: bytes | str | Close) -> None:
        if self._ended is not None:
            return
        if not isinstance(frame, Close):
            self._frames.append(frame)
            self._news.set()
            return
        kind = ConnectionClosedOK if frame.code in _OK_CODES else ConnectionClosedError
        self._hang_up(frame)
        self._end(kind(frame, frame, True))

    def broken(self) -> None:
        """The line was cut."""
        if self._ended is None:
            self._end(ConnectionClosedError(None, None))

    def unanswered(self) -> None:
        """From now on pings aren't answered: when does it find out?"""
        loop, policy = asyncio.get_running_loop(), self._policy
        since_ping_s = (loop.time() - self._opened_s) % policy.ping_every_s
        loop.call_later(policy.ping_every_s - since_ping_s + policy.ping_timeout_s, self._pings_failed)

    def _pings_failed(self) -> None:
        if self._ended is None:
            self._hang_up(Close(CloseCode.INTERNAL_ERROR, "keepalive ping timeout"))

    def _end(self, ended: ConnectionClosed) -> None:
        self._ended = ended
        self._news.set()
        if self in self._network.connections:
            self._network.connections.remove(self)


class _ServerEnd:
    """The server's end of a connection: ASGI's `websocket`, and a line as alpacasim breaks it."""

    def __init__(self, connection: Connection) -> None:
        self.dead = False
        self.answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._connection = connection
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        self._gone = False

    def scope(self, url: str) -> Message:
        return _scope(url) | {
            "subprotocols": [],
            "state": {LINE: self},
            "extensions": {"websocket.http.response": {}},
        }

    async def receive(self) -> Message:
        return await self._inbox.get()

    async def send(self, message: Message) -> None:
        match message["type"]:
            case "websocket.accept":
                self._answer(101)
            case "websocket.http.response.start":
                self._answer(message["status"])
            case "websocket.send":
                if self._gone:
                    raise OSError("the client has gone")
                self._connection.down.send(message.get("text") or message["bytes"])
            case "websocket.close" if not self.answered.done():
                self._answer(403)
            case "websocket.close":
                if self._gone:
                    raise OSError("the client has gone")
                self._connection.down.send(Close(message.get("code", 1000), message.get("reason") or ""))

    def _answer(self, status: int) -> None:
        if not self.answered.done():
            self.answered.set_result(status)

    def take(self, message: Message) -> None:
        """What has arrived from the client. The end of a connection is seen even where nothing is read."""
        ends = message["type"] == "websocket.disconnect"
        if self._gone or (self.dead and not ends):
            return
        self._gone = ends
        self._inbox.put_nowait(message)

    # --- alpacasim.line.Line ---
    def die(self) -> None:
        self.dead = True
        self._connection.unanswered()

    def cut(self) -> None:
        self._connection.down.cut()
        self.take({"type": "websocket.disconnect", "code": CloseCode.ABNORMAL_CLOSURE, "reason": ""})
        asyncio.get_running_loop().call_later(self._connection.up._latency_s, self._connection.broken)


def _scope(url: str) -> Message:
    parts = urlsplit(url)
    return {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [],
        "server": (parts.hostname, parts.port or 80),
        "client": ("127.0.0.1", 1),
    }
