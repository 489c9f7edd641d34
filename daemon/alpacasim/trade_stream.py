"""The trade_updates WebSocket: `/stream`, JSON in binary frames, as Alpaca's paper API sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from alpacasim.book import TradeUpdate
from alpacasim.credentials import Credentials
from alpacasim.fault_injector import Injector
from alpacasim.faults import Entry
from alpacasim.line import Line, line_of
from alpacasim.outbox import Outbox
from alpacasim.timestamps import parse_time, to_datetime
from alpacasim.wire import Json, trade_update_body

QUEUE_LIMIT = 4096
STREAM = "trade_updates"
DEPRECATED = (
    'this authentication format is being deprecated. Please use the format: {"action":"auth","key":"x","secret":"x"}'
)

_encode_json = msgspec.json.Encoder().encode
_encode_msgpack = msgspec.msgpack.Encoder().encode


@dataclass(slots=True, eq=False)
class Connection:
    outbox: Outbox
    msgpack: bool
    line: Line | None = None
    fault: Entry | None = None
    """What has befallen it: updates no longer come."""
    authorized: bool = False
    listening: bool = False

    def encode(self, body: Json) -> bytes:
        return _encode_msgpack(_with_timestamps(body)) if self.msgpack else _encode_json(body)

    def send(self, stream: str, data: Json) -> None:
        self.outbox.put(self.encode({"stream": stream, "data": data}))


class TradeHub:
    """All trade_updates connections; counts the updates that were sent."""

    def __init__(self, credentials: Credentials, injector: Injector) -> None:
        self._credentials = credentials
        self._injector = injector
        self._connections: list[Connection] = []
        self.updates = 0

    @property
    def connections(self) -> int:
        return len(self._connections)

    def publish(self, update: TradeUpdate) -> None:
        """Send an event to everybody who listens, as far as no fault comes between; the order is told as it is now."""
        if self.served():
            self._injector.trade(update.event, update.order.symbol, trade_update_body(update), update.at_ns)

    def served(self) -> list[Connection]:
        """The connections that listen."""
        return [connection for connection in self._connections if connection.listening]

    def send(self, data: Json) -> None:
        """Send the data of an update to everybody who listens."""
        listeners = [one for one in self.served() if not self._injector.is_muted(one.fault)]
        body: Json = {"stream": STREAM, "data": data}
        frames: dict[bool, bytes] = {}
        for connection in listeners:
            frame = frames.setdefault(connection.msgpack, b"") or connection.encode(body)
            frames[connection.msgpack] = frame
            if connection.outbox.put(frame):
                self.updates += 1
            else:
                connection.outbox.end_with(None, 1008, "slow client")

    async def drain(self, timeout_s: float) -> None:
        """Wait until all frames were handed to the sockets; a client that takes longer is dropped."""
        for connection in list(self._connections):
            if not await connection.outbox.drained(timeout_s):
                connection.outbox.end_with(None, 1008, "slow client")

    def close_all(self) -> None:
        for connection in list(self._connections):
            connection.outbox.end_with(None, 1001, "going away")

    async def serve(self, websocket: WebSocket) -> None:
        """One connection, from the upgrade to its end."""
        status = self._injector.refusal("trade", in_band=False)
        if status is not None:
            await websocket.send_denial_response(Response(status_code=status))
            return
        await websocket.accept()
        msgpack = websocket.headers.get("content-type", "").startswith("application/msgpack")
        connection = Connection(Outbox(websocket, QUEUE_LIMIT), msgpack, line_of(websocket.scope))
        self._connections.append(connection)
        try:
            writer = asyncio.create_task(connection.outbox.run())
            reader = asyncio.create_task(self._read(websocket, connection))
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            if reader.done() and not writer.done():
                connection.outbox.end_with(None)
            reader.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
        finally:
            self._connections.remove(connection)

    async def _read(self, websocket: WebSocket, connection: Connection) -> None:
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                self._handle(connection, _decode(message.get("bytes") or message.get("text") or b""))
        except WebSocketDisconnect:
            return

    def _handle(self, connection: Connection, request: Any) -> None:
        action = request.get("action") if isinstance(request, Mapping) else None
        if action in ("auth", "authenticate"):
            self._authenticate(connection, request, old=action == "authenticate")
        elif action == "listen" and not connection.authorized:
            connection.send("authorization", {"status": "unauthorized", "action": "listen"})
        elif action == "listen":
            self._listen(connection, request)
        else:
            connection.send("error", {"error": "invalid message"})

    def _authenticate(self, connection: Connection, request: Mapping[str, Any], *, old: bool) -> None:
        if old:
            data = request.get("data")
            pair = data if isinstance(data, Mapping) else {}
            accepted = self._credentials.accept(pair.get("key_id"), pair.get("secret_key"))
        else:
            accepted = self._credentials.accept(request.get("key"), request.get("secret"))
        answer: Json = {"status": "authorized" if accepted else "unauthorized", "action": "authenticate"}
        if old:
            answer["message"] = DEPRECATED
        elif not accepted:
            answer["message"] = "code=401, message=Unauthorized"
        connection.authorized = connection.authorized or accepted
        if accepted:
            connection.send("authorization", answer)
        else:
            connection.outbox.end_with(connection.encode({"stream": "authorization", "data": answer}))

    def _listen(self, connection: Connection, request: Mapping[str, Any]) -> None:
        data = request.get("data")
        asked = data.get("streams") if isinstance(data, Mapping) else None
        streams = [STREAM] if isinstance(asked, list) and STREAM in asked else []
        listened, connection.listening = connection.listening, bool(streams)
        connection.send("listening", {"streams": streams})
        if streams and not listened:
            self._injector.connected("trade", connection)


def _with_timestamps(value: Any, name: str = "") -> Any:
    """The message as msgpack has it: its times are timestamps instead of texts."""
    if isinstance(value, dict):
        return {key: _with_timestamps(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_timestamps(inner) for inner in value]
    is_time = isinstance(value, str) and (name == "timestamp" or name.endswith("_at"))
    return to_datetime(parse_time(value) or 0) if is_time else value


def _decode(frame: str | bytes) -> Any:
    try:
        if isinstance(frame, bytes) and not frame.lstrip().startswith((b"{", b"[")):
            return msgspec.msgpack.decode(frame)
        return msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
