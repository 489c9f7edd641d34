"""The market-data WebSocket: `/v2/{feed}`, one connection a feed, JSON text or msgpack."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from alpacasim.credentials import KEY_HEADER, Credentials
from alpacasim.data_wire import CHANNELS, Channel, Json
from alpacasim.fault_injector import Injector
from alpacasim.faults import Entry
from alpacasim.line import Line, line_of
from alpacasim.outbox import Frame, Outbox

Plan = Literal["basic", "plus"]

FEEDS = ("iex", "sip", "test")
# Alpaca has these too: here nobody is subscribed to them.
OTHER_FEEDS = ("delayed_sip", "boats", "overnight", "otc", "us", "us-1", "eu-1", "news", "indicative", "opra")
FEED_PATHS = ("/v2/{feed}", "/v1beta1/{feed}", "/v1beta3/crypto/{feed}")
BASIC_SYMBOLS = 30
QUEUE_LIMIT = 4096
AUTH_TIMEOUT_S = 10.0

ERRORS = {
    400: "invalid syntax",
    401: "not authenticated",
    402: "auth failed",
    403: "already authenticated",
    404: "auth timeout",
    405: "symbol limit exceeded",
    406: "connection limit exceeded",
    407: "slow client",
    409: "insufficient subscription",
    410: "invalid subscribe action for this feed",
}
_OTHER_FEEDS_CHANNELS = frozenset({"news", "orderbooks"})
# These come with every subscription to trades.
_WITH_TRADES: tuple[Channel, ...] = ("corrections", "cancelErrors")

_encode_json = msgspec.json.Encoder().encode
_encode_msgpack = msgspec.msgpack.Encoder().encode


def encode(messages: Sequence[Json], binary: bool) -> Frame:
    return _encode_msgpack(messages) if binary else _encode_json(messages).decode()


def error(code: int) -> list[Json]:
    return [{"T": "error", "code": code, "msg": ERRORS[code]}]


@dataclass(slots=True, eq=False)
class Connection:
    """One client: what it has subscribed to, and its way out."""

    feed: str
    outbox: Outbox
    binary: bool
    line: Line | None = None
    fault: Entry | None = None
    """What has befallen it: data no longer comes."""
    authenticated: bool = False
    channels: dict[Channel, frozenset[str]] = field(default_factory=lambda: dict.fromkeys(CHANNELS, frozenset()))

    def send(self, messages: Sequence[Json]) -> None:
        self.outbox.put(encode(messages, self.binary))

    def fail(self, code: int) -> None:
        """Say an error and close."""
        self.outbox.end_with(encode(error(code), self.binary))

    def subscription(self) -> list[Json]:
        return [{"T": "subscription", **{channel: sorted(names) for channel, names in self.channels.items()}}]


class MarketHub:
    """All market-data connections; counts what was sent."""

    def __init__(
        self,
        credentials: Credentials,
        injector: Injector,
        *,
        auth_timeout_s: float = AUTH_TIMEOUT_S,
        plan: Plan = "plus",
    ) -> None:
        self._credentials = credentials
        self._injector = injector
        self._plan = plan
        self._auth_timeout_s = auth_timeout_s
        self._connections: list[Connection] = []
        self._owners: dict[str, Connection] = {}
        self.subscribed = asyncio.Event()  # somebody has subscribed to something
        self.frames = 0
        self.messages: dict[Channel, int] = dict.fromkeys(CHANNELS, 0)

    @property
    def connections(self) -> int:
        return len(self._connections)

    def wants(self, channel: Channel) -> bool:
        """Is anybody subscribed to the channel."""
        return any(connection.channels[channel] for connection in self._connections)

    def has_test_feed(self) -> bool:
        return any(connection.feed == "test" for connection in self._connections)

    def publish(self, channel: Channel, messages: Mapping[str, Json], *, test: bool = False) -> None:
        """Send messages (by symbol) to their subscribers, as far as no fault comes between."""
        if test:
            self.send(channel, messages, test=True)
        else:
            self._injector.market(channel, messages)

    def served(self) -> list[Connection]:
        """The connections that have subscribed to market data."""
        return [one for one in self._connections if one.feed != "test" and any(one.channels.values())]

    def send(self, channel: Channel, messages: Mapping[str, Json], *, test: bool = False) -> None:
        """Send messages to their subscribers, one array to each; equal arrays are encoded once."""
        frames: dict[tuple[frozenset[str], bool], tuple[Frame, int] | None] = {}
        for connection in self._connections:
            names = connection.channels[channel]
            if not names or (connection.feed == "test") != test or self._injector.is_muted(connection.fault):
                continue
            key = (names, connection.binary)
            if key not in frames:
                chosen = [message for symbol, message in messages.items() if symbol in names or "*" in names]
                frames[key] = (encode(chosen, connection.binary), len(chosen)) if chosen else None
            entry = frames[key]
            if entry is None:
                continue
            if connection.outbox.put(entry[0]):
                self.frames += 1
                self.messages[channel] += entry[1]
            else:
                connection.fail(407)

    def crowded(self) -> bool:
        """Is any queue half full: time to let the sockets catch up."""
        return any(connection.outbox.waiting * 2 >= QUEUE_LIMIT for connection in self._connections)

    async def drain(self, timeout_s: float) -> None:
        """Wait until all frames were handed to the sockets; a client that takes longer is dropped."""
        for connection in list(self._connections):
            if not await connection.outbox.drained(timeout_s):
                connection.fail(407)

    def close_all(self) -> None:
        for connection in list(self._connections):
            connection.outbox.end_with(None, 1001, "going away")

    async def serve(self, websocket: WebSocket) -> None:
        """One connection, from the upgrade to its end."""
        feed = websocket.path_params["feed"]
        if feed not in FEEDS and feed not in OTHER_FEEDS:
            await websocket.close(1008)
            return
        status = self._injector.refusal("market", in_band=False)
        if status is not None:
            await websocket.send_denial_response(Response(status_code=status))
            return
        await websocket.accept()
        binary = websocket.headers.get("content-type", "").startswith("application/msgpack")
        connection = Connection(feed, Outbox(websocket, QUEUE_LIMIT), binary, line_of(websocket.scope))
        self._connections.append(connection)
        try:
            connection.send([{"T": "success", "msg": "connected"}])
            writer = asyncio.create_task(connection.outbox.run())
            reader = asyncio.create_task(self._read(websocket, connection))
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            if reader.done() and not writer.done():
                connection.outbox.end_with(None)
            reader.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
        finally:
            self._release(connection)

    def _release(self, connection: Connection) -> None:
        self._connections.remove(connection)
        if self._owners.get(connection.feed) is connection:
            del self._owners[connection.feed]

    async def _read(self, websocket: WebSocket, connection: Connection) -> None:
        if KEY_HEADER in websocket.headers:
            self._authenticate(connection, self._credentials.accept_headers(websocket.headers))
        try:
            async with asyncio.timeout(self._auth_timeout_s) as deadline:
                while True:
                    if connection.authenticated:
                        deadline.reschedule(None)
                    message = await websocket.receive()
                    if message["type"] == "websocket.disconnect":
                        return
                    self._handle(connection, message.get("bytes") or message.get("text") or b"")
        except TimeoutError:
            connection.fail(404)
            await connection.outbox.drained(self._auth_timeout_s)
        except WebSocketDisconnect:
            return

    def _handle(self, connection: Connection, frame: Frame) -> None:
        request = _decode(frame)
        action = request.get("action") if isinstance(request, dict) else None
        if not isinstance(request, dict) or action not in ("auth", "subscribe", "unsubscribe"):
            connection.send(error(400))
        elif action == "auth":
            self._authenticate(connection, self._credentials.accept(request.get("key"), request.get("secret")))
        elif not connection.authenticated:
            connection.send(error(401))
        else:
            self._subscribe(connection, request, add=action == "subscribe")

    def _subscribe(self, connection: Connection, request: Mapping[str, Any], *, add: bool) -> None:
        if _OTHER_FEEDS_CHANNELS & request.keys():
            connection.send(error(410))
            return
        channels = _changed_channels(connection, request, add=add)
        if channels is None:
            connection.send(error(400))
        elif self._plan == "basic" and _is_too_many(channels):
            connection.send(error(405))
        else:
            served = any(connection.channels.values())
            connection.channels = channels
            self.subscribed.set()
            connection.send(connection.subscription())
            if not served and connection.feed != "test":
                self._injector.connected("market", connection)

    def _authenticate(self, connection: Connection, accepted: bool) -> None:
        if connection.authenticated:
            connection.send(error(403))
        elif not accepted:
            connection.fail(402)
        elif connection.feed in OTHER_FEEDS or (connection.feed == "sip" and self._plan == "basic"):
            connection.fail(409)
        elif connection.feed in self._owners or self._injector.refusal("market", in_band=True) is not None:
            connection.fail(406)
        else:
            connection.authenticated = True
            self._owners[connection.feed] = connection
            connection.send([{"T": "success", "msg": "authenticated"}])


def _decode(frame: Frame) -> Any:
    """A client's message: msgpack when binary, but JSON in a binary frame is understood too."""
    try:
        if isinstance(frame, bytes) and not frame.lstrip().startswith((b"{", b"[")):
            return msgspec.msgpack.decode(frame)
        return msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _changed_channels(
    connection: Connection, request: Mapping[str, Any], *, add: bool
) -> dict[Channel, frozenset[str]] | None:
    """The subscriptions after a request; None when it can't be read."""
    changed = dict(connection.channels)
    for channel in CHANNELS:
        names = request.get(channel)
        if names is None:
            continue
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return None
        changed[channel] = changed[channel] | set(names) if add else changed[channel] - set(names)
    if "trades" in request:
        changed.update(dict.fromkeys(_WITH_TRADES, changed["trades"]))
    return changed


def _is_too_many(channels: Mapping[Channel, frozenset[str]]) -> bool:
    """The basic plan's limit: it counts trades and quotes, bars are free."""
    names = channels["trades"] | channels["quotes"]
    return "*" in names or len(names) > BASIC_SYMBOLS
