"""grpc-web calls as an ASGI application: each is answered by the same handlers that answer gRPC."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from grpc_status import rpc_status

from fluxherod.rpc.calls import Handler
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.web.context import Send, WebContext
from fluxherod.rpc.web.frames import Malformed, Metadata, Mode, RequestReader, metadata_of, timeout_of

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
BODY_PATIENCE_S = 20.0
STRANGERS_BYTES = 1 << 16  # read of a call without a valid token, so that many of them at once take little memory
NO_REQUEST = "a call has one message"
_REASONS = {
    grpc.StatusCode.INVALID_ARGUMENT: "INVALID_FIELD",
    grpc.StatusCode.UNIMPLEMENTED: "NOT_IMPLEMENTED",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "INVALID_FIELD",  # too long: trying it again would not help
}


class Gone(Exception):
    """The client has left."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose request is whole."""

    handler: Handler
    messages: list[bytes]
    context: WebContext


class Bridge:
    """Answers POSTs to `/package.Service/Method`. At most `most_bytes` are read of a request.

    `knows` says by its metadata whether a call has a valid token: of others less is read.
    """

    def __init__(self, handlers: Mapping[str, Handler], most_bytes: int, knows: Callable[[Metadata], bool]) -> None:
        self._handlers = handlers
        self._knows = knows
        self._most_bytes = most_bytes
        self._running: set[asyncio.Task[Any]] = set()
        self._stopping = ""

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._running)

    async def answer(self, mode: Mode, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it holds; returns when it is answered or its client is gone."""
        context = WebContext(peer_of(scope), (), mode, send, bytes, None)
        try:
            call = await self._call(mode, scope, receive, send)
            context = call.context
            await self._carry_out(call, receive)
        except Gone:
            log.debug("%s left within %s", context.peer(), scope["path"])
        except Malformed as error:
            await _refuse(context, error)

    async def stop(self, reason: str, grace_s: float) -> None:
        """Wait for the calls under way; those that go on longer are cancelled and end with the reason."""
        if self._running:
            await asyncio.wait(self._running, timeout=grace_s)
        self._stopping = reason
        for call in self._running:
            call.cancel()

    async def _call(self, mode: Mode, scope: Scope, receive: Receive, send: Send) -> Call:
        started = asyncio.get_running_loop().time()
        headers = scope["headers"]
        timeout_s = timeout_of(
            next((value.decode("latin-1") for name, value in headers if name == b"grpc-timeout"), None)
        )
        metadata = metadata_of(headers)
        most_bytes = self._most_bytes if self._knows(metadata) else min(self._most_bytes, STRANGERS_BYTES)
        messages = await _read(receive, RequestReader(mode, most_bytes))
        handler = self._handlers.get(scope["path"])
        if handler is None:
            raise Malformed("there is no such method", grpc.StatusCode.UNIMPLEMENTED)
        if len(messages) != 1 and not handler.request_streaming:
            raise Malformed(f"{NO_REQUEST}, this one has {len(messages)}")
        deadline = None if timeout_s is None else started + timeout_s
        serialize: Any = handler.response_serializer
        return Call(handler, messages, WebContext(peer_of(scope), metadata, mode, send, serialize, deadline))

    async def _carry_out(self, call: Call, receive: Receive) -> None:
        """Run the handler until it ends, its deadline comes or its client leaves, then say how it ended."""
        context = call.context
        left = context.time_remaining()  # before the handler begins, which may see none left and end by itself
        running = asyncio.create_task(_behave(call))
        gone = asyncio.create_task(_until_gone(receive))
        self._running.add(running)
        try:
            await asyncio.wait((running, gone), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._running.discard(running)
            cancelled = not running.done()
            running.cancel()
            left_alone = gone.done()
            gone.cancel()
            await asyncio.wait((running, gone))
            context.ended(cancelled=cancelled or running.cancelled())
        if left_alone:
            _outcome(running, context)
            raise Gone
        await self._finish(running, context)

    async def _finish(self, running: asyncio.Task[Any], context: WebContext) -> None:
        message = None
        if running.cancelled():
            self._explain_the_end(context)
        else:
            message = _outcome(running, context)
        try:
            await context.finish(message)
        except ValueError as error:
            log.error("an answer can't be written", exc_info=error)
            context.set_trailing_metadata(())
            context.set_code(grpc.StatusCode.INTERNAL)
            await context.finish()

    def _explain_the_end(self, context: WebContext) -> None:
        """The handler was ended before it had answered."""
        if context.time_remaining() == 0:
            context.set_code(grpc.StatusCode.DEADLINE_EXCEEDED)
            context.set_details("the deadline passed")
        elif self._stopping:
            _set(context, Refused("SHUTTING_DOWN", f"the daemon is stopping: {self._stopping}"))
        else:
            context.set_code(grpc.StatusCode.CANCELLED)


async def _behave(call: Call) -> Any:
    """Call the handler as gRPC's server would; the answer of a unary one."""
    handler, context = call.handler, call.context
    requests = [_parsed(handler, message) for message in call.messages]
    if handler.request_streaming:
        behaviour: Any = handler.stream_stream if handler.response_streaming else handler.stream_unary
        return await behaviour(_each(requests), context)
    behaviour = handler.unary_stream if handler.response_streaming else handler.unary_unary
    return await behaviour(requests[0], context)


def _parsed(handler: Handler, message: bytes) -> Any:
    parse: Any = handler.request_deserializer
    try:
        return parse(message)
    except Exception as error:
        raise Malformed("the request is not a message of this method: its bytes can't be parsed") from error


async def _each(requests: list[Any]) -> AsyncIterator[Any]:
    for request in requests:
        yield request


async def _read(receive: Receive, reader: RequestReader) -> list[bytes]:
    """All messages of a body."""
    messages: list[bytes] = []
    more = True
    try:
        async with asyncio.timeout(BODY_PATIENCE_S):
            while more:
                event = await receive()
                if event["type"] == "http.disconnect":
                    raise Gone
                messages += reader.feed(event.get("body", b""))
                more = event.get("more_body", False)
    except TimeoutError as error:
        raise Malformed("the body did not come in time", grpc.StatusCode.DEADLINE_EXCEEDED) from error
    reader.finish()
    return messages


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _outcome(running: asyncio.Task[Any], context: WebContext) -> Any:
    """The message of a handler that ended by itself; its error is in the context then."""
    if running.cancelled():
        return None
    error = running.exception()
    if error is None:
        return running.result()
    if isinstance(error, Malformed):
        _set(context, _refusal(error))
    elif not isinstance(error, grpc.aio.AbortError):
        incident = secrets.token_hex(4)
        log.error("a call from %s failed, incident %s", context.peer(), incident, exc_info=error)
        text = f"a fault of the daemon; its log has it as incident {incident}"
        _set(context, Refused("INTERNAL", text, metadata={"incident": incident}))
    return None


async def _refuse(context: WebContext, error: Malformed) -> None:
    _set(context, _refusal(error))
    await context.finish()


def _refusal(error: Malformed) -> Refused:
    return Refused(_REASONS.get(error.code, "INVALID_FIELD"), str(error), code=error.code)


def _set(context: WebContext, refused: Refused) -> None:
    status = rpc_status.to_status(refused.to_message())
    context.set_code(status.code)
    context.set_details(status.details)
    context.set_trailing_metadata(status.trailing_metadata)


def peer_of(scope: Scope) -> str:
    """`web:HOST:PORT`."""
    host, port = scope.get("client") or ("unknown", 0)
    return f"web:[{host}]:{port}" if ":" in host else f"web:{host}:{port}"
