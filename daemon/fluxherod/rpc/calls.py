"""What every call passes through: refusals become rich errors, faults are logged and never shown."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, NoReturn, TypeAlias

import grpc
from google.protobuf.message import DecodeError, Message
from grpc_status import rpc_status

from fluxherod.engine.runner import Stopped
from fluxherod.rpc.errors import Refused

log = logging.getLogger(__name__)

PREFIX = "/fluxhero.v1."
# Generic in the type stubs only.
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


class Door(grpc.aio.ServerInterceptor):
    """Wraps each handler of our services once. `closing` refuses new calls from then on."""

    def __init__(self) -> None:
        self.closing = ""
        self._wrapped: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """The handler of a call; those of health and reflection go through as they are."""
        method = handler_call_details.method
        if not method.startswith(PREFIX):
            return await continuation(handler_call_details)
        known = self._wrapped.get(method)
        if known is None:
            handler = await continuation(handler_call_details)
            if handler is None:  # no such method: the server answers
                return handler
            known = self._wrapped[method] = self._wrap(method, handler)
        return known

    def _wrap(self, method: str, handler: Handler) -> Handler:
        parse = _deserializer(handler.request_deserializer)
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._streaming(method, handler.unary_stream), parse, _serialize
            )
        return grpc.unary_unary_rpc_method_handler(
            self._unary(method, handler.unary_unary), parse, handler.response_serializer
        )

    def _unary(self, method: str, behaviour: Any) -> Any:
        async def call(request: Any, context: Context) -> Any:
            try:
                self._enter(method, behaviour, request)
                return await behaviour(request, context)
            except Exception as error:
                await _abort(method, error, context)

        return call

    def _streaming(self, method: str, behaviour: Any) -> Any:
        async def call(request: Any, context: Context) -> None:
            try:
                self._enter(method, behaviour, request)
                messages: AsyncGenerator[bytes, None] = behaviour(request, context)
                # In this task and closed by it, so that a subscription ends with its call.
                async with aclosing(messages):
                    async for message in messages:
                        await context.write(message)
            except Exception as error:
                await _abort(method, error, context)

        return call

    def _enter(self, method: str, behaviour: Any, request: Message | None) -> None:
        if self.closing:
            raise Refused("SHUTTING_DOWN", f"the daemon is stopping: {self.closing}")
        if behaviour.__module__.endswith("_pb2_grpc"):  # the generated base class's method
            raise Refused("NOT_IMPLEMENTED", f"{method.removeprefix('/')} is not served by this version")
        if request is None:
            raise Refused("INVALID_FIELD", "the request is not a message of this method: its bytes can't be parsed")


def _deserializer(parse: Any) -> Callable[[bytes], Message | None]:
    """Parses a request; None when it can't be, which gRPC itself would call a fault of ours."""

    def deserialize(data: bytes) -> Message | None:
        try:
            message: Message = parse(data)
        except DecodeError:
            return None
        return message

    return deserialize


def _serialize(message: bytes | Message) -> bytes:
    return message if isinstance(message, bytes) else message.SerializeToString()


async def _abort(method: str, error: Exception, context: Context) -> NoReturn:
    if isinstance(error, grpc.aio.AbortError):
        raise error
    if isinstance(error, TimeoutError):
        await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the answer was durable")
    if isinstance(error, Stopped):
        error = Refused("SHUTTING_DOWN", "the daemon stopped before the answer was durable; ask again with the same id")
    if not isinstance(error, Refused):
        incident = secrets.token_hex(4)
        log.error("%s failed, incident %s", method, incident, exc_info=error)
        text = f"a fault of the daemon; its log has it as incident {incident}"
        error = Refused("INTERNAL", text, metadata={"incident": incident})
    await context.abort_with_status(rpc_status.to_status(error.to_message()))


def principal(context: Context) -> str:
    """Who calls, so that it stays the same over reconnections: the socket, or the host of a TCP peer."""
    peer = context.peer()
    if peer.startswith("unix"):
        return "unix"
    return f"tcp:{peer.partition(':')[2].rpartition(':')[0]}"
