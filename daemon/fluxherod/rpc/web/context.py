"""What a handler is told of a call that came over HTTP, and how it answers: a ServicerContext without gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn

import grpc

from fluxherod.rpc.web.frames import Metadata, Mode, headers_of, message_frame, trailers_frame

Send = Callable[[dict[str, Any]], Awaitable[None]]
STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}


class WebContext(grpc.aio.ServicerContext[Any, Any]):
    """One call. `write` returns once the client's connection has taken the message, so a slow one slows its handler.

    `deadline` is in the event loop's time; `serialize` makes bytes of the handler's messages.
    """

    def __init__(
        self,
        peer: str,
        metadata: Metadata,
        mode: Mode,
        send: Send,
        serialize: Callable[[Any], bytes],
        deadline: float | None,
    ) -> None:
        self._peer = peer
        self._metadata = tuple(metadata)
        self._mode = mode
        self._send = send
        self._serialize = serialize
        self._deadline = deadline
        self._headers: list[tuple[str, str]] = []
        self._trailing: tuple[tuple[str, str | bytes], ...] = ()
        self._code = grpc.StatusCode.OK
        self._details = ""
        self._begun = self._ended = self._cancelled = False
        self._callbacks: list[Callable[[Any], None]] = []

    # --- what the handler is told --------------------------------------------------------------------
    def peer(self) -> str:
        """`web:HOST:PORT`."""
        return self._peer

    def invocation_metadata(self) -> Any:
        """The request's headers as metadata, binary ones decoded."""
        return self._metadata

    def time_remaining(self) -> Any:
        """Seconds until the deadline, never below 0; None when there is none."""
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - asyncio.get_running_loop().time())

    def cancelled(self) -> bool:
        """True once nobody waits for the answer."""
        return self._cancelled

    def done(self) -> bool:
        """True once the call has ended."""
        return self._ended

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Called with this context when the call has ended."""
        self._callbacks.append(callback)

    def auth_context(self) -> Mapping[str, Sequence[bytes]]:
        """Nothing: no certificate of a client is asked for."""
        return {}

    def peer_identities(self) -> Any:
        """None."""
        return None

    def peer_identity_key(self) -> Any:
        """None."""
        return None

    # --- what the handler answers --------------------------------------------------------------------
    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Send the headers now, with metadata."""
        if self._begun:
            raise grpc.aio.UsageError("the initial metadata has been sent already")
        self._headers = headers_of(initial_metadata)
        await self._begin()

    async def write(self, message: Any) -> None:
        """Send a message; returns when the connection takes more."""
        await self._write(message_frame(self._serialize(message)), more=True)
        await asyncio.sleep(0)  # a client that takes everything must not keep the loop from everyone else

    async def read(self) -> Any:
        """Not of use: the request is there before the handler is."""
        raise grpc.aio.UsageError("requests come as arguments")

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        """What comes with the status."""
        self._trailing = tuple(trailing_metadata)

    def trailing_metadata(self) -> Any:
        """What will come with the status."""
        return self._trailing

    def set_code(self, code: Any) -> None:
        """The status."""
        self._code = code if isinstance(code, grpc.StatusCode) else STATUS_CODES.get(code, grpc.StatusCode.UNKNOWN)

    def code(self) -> Any:
        """The status."""
        return self._code

    def set_details(self, details: str) -> None:
        """The text of the status."""
        self._details = details

    def details(self) -> Any:
        """The text of the status."""
        return self._details

    async def abort(self, code: Any, details: str = "", trailing_metadata: Any = ()) -> NoReturn:
        """End the call by raising AbortError."""
        self.set_code(code)
        self._details = details
        self._trailing = tuple(trailing_metadata) or self._trailing
        raise grpc.aio.AbortError("Locally aborted.")

    async def abort_with_status(self, status: Any) -> NoReturn:
        """End the call by raising AbortError."""
        await self.abort(status.code, status.details, status.trailing_metadata)

    def set_compression(self, compression: grpc.Compression) -> None:
        """Not of use: nothing is compressed."""

    def disable_next_message_compression(self) -> None:
        """Not of use: nothing is compressed."""

    # --- what the bridge does ------------------------------------------------------------------------
    def ended(self, *, cancelled: bool) -> None:
        """The handler has ended; what follows is `finish`, if anybody listens."""
        self._ended, self._cancelled = True, cancelled
        for callback in self._callbacks:
            callback(self)

    async def finish(self, message: Any = None) -> None:
        """Send the last message, if there is one, and how the call ended."""
        answer = message_frame(self._serialize(message)) if message is not None else b""
        await self._write(answer + trailers_frame(self._code, self._details, self._trailing), more=False)

    async def _write(self, frames: bytes, *, more: bool) -> None:
        await self._begin()
        await self._send({"type": "http.response.body", "body": self._mode.encode(frames), "more_body": more})

    async def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        headers = [("content-type", self._mode.value), ("cache-control", "no-store"), *self._headers]
        raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": 200, "headers": raw})
