"""What every call passes through: who may, refusals become rich errors, faults are logged and never shown.

gRPC's own servers read a request before they ask who sent it, and wait for the rest of it as long as its sender likes.
So gRPC is given handlers that read by themselves: what comes without a token takes no memory, and nobody's for long.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any, NoReturn

import grpc
from google.protobuf.message import DecodeError, Message
from grpc_status import rpc_status

from fluxherod.engine.answers import NotDurable
from fluxherod.engine.ports import StoreFailed
from fluxherod.engine.runner import Stopped
from fluxherod.rpc.access import Gate, Visit
from fluxherod.rpc.calls import Context, Handler
from fluxherod.rpc.errors import Refused, invalid, not_durable

log = logging.getLogger(__name__)

PREFIX = "/fluxhero.v1."
REQUEST_PATIENCE_S = 20.0  # for the message of a call, from its headers on
MOST_ENTRIES = 10_000  # of a list in a request: handlers look at each of them in one go
Observe = Callable[[str, str, float], None]
Read = Callable[[], Awaitable[Any]]


class Door(grpc.GenericRpcHandler):
    """All services of the daemon, each handler wrapped once. `closing` refuses new calls of ours from then on.

    A gRPC server takes it as its one handler; the generated `add_...Servicer_to_server` functions take it for a
    server. Whoever has requests from elsewhere (the grpc-web bridge) finds the wrapped handlers in `handlers`, by
    `/package.Service/Method`: called with a request and a context they do what they do for gRPC, a streaming one
    by `context.write`. `longest_call_s` ends calls that are no streams, whatever deadline they came with. `observe`
    hears of each call's end: method, name of its code, seconds it took.
    """

    def __init__(self, gate: Gate, longest_call_s: float) -> None:
        self.closing = ""
        self.handlers: dict[str, Handler] = {}
        self._readers: dict[str, Handler] = {}  # the same as gRPC takes them: they read their request themselves
        self.observe: Observe = lambda method, code, seconds: None
        self._gate = gate
        self._longest_call_s = longest_call_s

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        """The handler of a call; None when there is no such method, which the server answers."""
        return self._readers.get(handler_call_details.method)

    def admit(self, method: str, context: Context) -> None:
        """Whether a caller may what a method may, for what is no method itself.

        Raises:
            Refused: when it may not.
        """
        self._gate.admit(method, context)

    def knows(self, metadata: Iterable[tuple[str, str | bytes]]) -> bool:
        """Whether a call comes with a valid token: for who must read its request before a handler asks."""
        return self._gate.knows(metadata)

    async def hold(self, error: Exception) -> None:
        """Let a refusal wait that is to: those of a host that tried without a valid token again and again."""
        if isinstance(error, Refused) and error.held:
            await self._gate.holds.hold()

    def hold_at_most(self, most: int) -> None:
        """Let no more refusals than this wait at once, if more than that might."""
        self._gate.holds.most = min(self._gate.holds.most, most)

    def add_generic_rpc_handlers(self, handlers: object) -> None:
        """What the generated code also registers: the same handlers in another shape."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Handler]) -> None:
        """Take the methods of a service in.

        Raises:
            NoRole: when nothing says who may call one of them.
        """
        for name, handler in handlers.items():
            method = f"/{service}/{name}"
            self._gate.guard(method)
            self._take_in(method, handler)

    def _take_in(self, method: str, handler: Handler) -> None:
        parse: Any = _deserializer(handler.request_deserializer)
        if not handler.response_streaming:
            unary, answer = (
                self._observed(method, self._unary(method, handler.unary_unary)),
                handler.response_serializer,
            )
            self.handlers[method] = grpc.unary_unary_rpc_method_handler(_given(unary), parse, answer)
            self._readers[method] = grpc.stream_unary_rpc_method_handler(_reading(unary), parse, answer)
            return
        behaviour = handler.stream_stream if handler.request_streaming else handler.unary_stream
        stream = self._observed(method, self._streaming(method, behaviour))
        if handler.request_streaming:  # reflection: nothing of ours streams requests
            self._readers[method] = grpc.stream_stream_rpc_method_handler(_parsed(stream), parse, _serialize)
            self.handlers[method] = self._readers[method]
        else:
            self.handlers[method] = grpc.unary_stream_rpc_method_handler(_given(stream), parse, _serialize)
            self._readers[method] = grpc.stream_stream_rpc_method_handler(_reading(stream), parse, _serialize)

    def _observed(self, method: str, behaviour: Any) -> Any:
        async def call(read: Read, context: Context) -> Any:
            started, code = time.perf_counter(), grpc.StatusCode.CANCELLED
            try:
                answer = await behaviour(read, context)
                code = grpc.StatusCode.OK
                return answer
            except grpc.aio.AbortError:
                code = _code(context)
                raise
            finally:
                if code is grpc.StatusCode.CANCELLED and context.time_remaining() == 0:
                    code = grpc.StatusCode.DEADLINE_EXCEEDED
                self.observe(method, code.name, time.perf_counter() - started)

        return call

    def _unary(self, method: str, behaviour: Any) -> Any:
        async def call(read: Read, context: Context) -> Any:
            try:
                with self._enter(method, context) as visit:
                    request = visit.request = await _request(method, behaviour, read)
                    async with asyncio.timeout(self._longest_call_s):
                        await visit.turn()
                        return await behaviour(request, context)
            except Exception as error:
                await self.hold(error)
                await _abort(method, error, context)

        return call

    def _streaming(self, method: str, behaviour: Any) -> Any:
        async def call(read: Read, context: Context) -> None:
            try:
                with self._enter(method, context, streams=True) as visit:
                    request = visit.request = await _request(method, behaviour, read)
                    async with visit.while_valid():
                        await _run(behaviour(request, context), context)
            except Exception as error:
                await self.hold(error)
                await _abort(method, error, context)

        return call

    def _enter(self, method: str, context: Context, *, streams: bool = False) -> Visit:
        if self.closing and method.startswith(PREFIX):
            raise Refused("SHUTTING_DOWN", f"the daemon is stopping: {self.closing}")
        return self._gate.enter(method, context, streams=streams)


async def _request(method: str, behaviour: Any, read: Read) -> Any:
    """The request of a call that was let in, once it can be looked at.

    Raises:
        Refused: when it can't be.
    """
    try:
        async with asyncio.timeout(REQUEST_PATIENCE_S):
            request = await read()
    except TimeoutError:
        text = f"the request did not come within {REQUEST_PATIENCE_S:g} s"
        raise Refused("INVALID_FIELD", text, code=grpc.StatusCode.DEADLINE_EXCEEDED) from None
    if behaviour.__module__.endswith("_pb2_grpc"):  # the generated base class's method
        raise Refused("NOT_IMPLEMENTED", f"{method.removeprefix('/')} is not served by this version")
    if request is grpc.aio.EOF:
        raise Refused("INVALID_FIELD", "a call has one message, this one has none")
    if request is None:
        raise _unreadable()
    if isinstance(request, Message):
        _check_lists(request)
    return request


def _check_lists(message: Message, prefix: str = "") -> None:
    """No list may be so long that looking at each of its entries holds the event loop."""
    for field, value in message.ListFields():
        if field.is_repeated:
            if len(value) > MOST_ENTRIES:
                raise invalid(f"{prefix}{field.name}", f"at most {MOST_ENTRIES} entries, not {len(value)}")
        elif field.message_type is not None:
            _check_lists(value, f"{prefix}{field.name}.")


def _unreadable() -> Refused:
    return Refused("INVALID_FIELD", "the request is not a message of this method: its bytes can't be parsed")


def _given(call: Any) -> Any:
    """For who has read the request."""

    async def given(request: Message | None, context: Context) -> Any:
        return await call(_at_hand(request), context)

    return given


def _reading(call: Any) -> Any:
    """For gRPC, which leaves the reading to us."""

    async def reading(requests: object, context: Context) -> Any:
        return await call(context.read, context)

    return reading


def _parsed(call: Any) -> Any:
    """For a stream of requests, which ends with a refusal at the first that can't be parsed."""

    async def parsed(requests: AsyncIterable[Message | None]) -> AsyncGenerator[Message, None]:
        async for request in requests:
            if request is None:
                raise _unreadable()
            yield request

    async def both(requests: AsyncIterable[Message | None], context: Context) -> Any:
        return await call(_at_hand(parsed(requests)), context)

    return both


def _at_hand(request: Any) -> Read:
    async def read() -> Any:
        return request

    return read


async def _run(messages: Any, context: Context) -> None:
    if isinstance(messages, AsyncGenerator):
        await _write(messages, context)
    else:  # it writes by itself, as health does
        await messages


async def _write(messages: AsyncGenerator[Any, None], context: Context) -> None:
    # In this task and closed by it, so that a subscription ends with its call.
    async with aclosing(messages):
        async for message in messages:
            await context.write(message)


def _deserializer(parse: Any) -> Callable[[bytes], Message | None]:
    """Parses a request; None when it can't be, which gRPC itself would call a fault of ours."""

    def deserialize(data: bytes) -> Message | None:
        try:
            message: Message = parse(data)
        except DecodeError:
            return None
        return message

    return deserialize


def _code(context: Context) -> grpc.StatusCode:
    """The code that a handler has set: gRPC's own context knows its number only."""
    code: Any = context.code()
    return next((known for known in grpc.StatusCode if code in (known, known.value[0])), grpc.StatusCode.UNKNOWN)


def _serialize(message: bytes | Message) -> bytes:
    return message if isinstance(message, bytes) else message.SerializeToString()


async def _abort(method: str, error: Exception, context: Context) -> NoReturn:
    if isinstance(error, grpc.aio.AbortError):
        raise error
    if isinstance(error, TimeoutError):
        await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the answer was durable")
    if isinstance(error, Stopped):
        error = Refused("SHUTTING_DOWN", "the daemon stopped before the answer was durable; ask again with the same id")
    if isinstance(error, NotDurable):
        error = not_durable(error.reply, str(error))
    if not isinstance(error, Refused):
        incident = secrets.token_hex(4)
        about = {"rpc": method.rpartition("/")[2]}
        log.error("%s failed, incident %s", method, incident, exc_info=error, extra=about)
        unreadable = isinstance(error, StoreFailed)
        what = f"what is asked for can't be read: {error}" if unreadable else "a fault of the daemon"
        text = f"{what}; its log has it as incident {incident}"
        error = Refused("INTERNAL", text, metadata={"incident": incident})
    await context.abort_with_status(rpc_status.to_status(error.to_message()))
