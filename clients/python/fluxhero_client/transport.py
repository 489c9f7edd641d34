"""One channel to the daemon: unary calls with a deadline, pages, streams, and errors as `FluxHeroError`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from fluxhero_client.access import Access, credentials, remedy
from fluxhero_client.errors import AccessDenied, FluxHeroError, from_rpc

R = TypeVar("R", bound=Message)

MAX_PAGE_SIZE = 1_000

_OPTIONS: tuple[tuple[str, int], ...] = (
    # A proxy of the environment must never carry orders.
    ("grpc.enable_http_proxy", 0),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    # gRPC's own defaults let a stream wait up to two minutes before it looks for a restarted daemon.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
)


class Transport:
    """A channel to one daemon. `timeout_s` is the deadline of each unary call.

    Raises:
        Misconfigured: when a certificate can't be read.
    """

    def __init__(self, target: str, timeout_s: float, access: Access) -> None:
        self._target = target
        self._access = access
        self._timeout_s = timeout_s
        self._metadata = (("authorization", f"Bearer {access.token}"),) if access.token else ()
        if access.ca:
            encryption = grpc.ssl_channel_credentials(*credentials(access))
            self._channel = grpc.aio.secure_channel(target, encryption, options=_OPTIONS)
        else:
            self._channel = grpc.aio.insecure_channel(target, options=_OPTIONS)

    async def close(self) -> None:
        """End the channel and every call on it."""
        await self._channel.close()

    async def unary(self, method: str, request: Message, response: type[R]) -> R:
        """Call `Service/Method` once.

        Raises:
            FluxHeroError: when it fails; its `request_id` is that of `request`.
        """
        call: grpc.aio.UnaryUnaryMultiCallable[Any, Any] = self._channel.unary_unary(
            f"/fluxhero.v1.{method}", type(request).SerializeToString, response.FromString
        )
        try:
            answer: R = await call(request, timeout=self._timeout_s, metadata=self._metadata)
            return answer
        except grpc.aio.AioRpcError as error:
            failure = self._failure(error)
            failure.request_id = getattr(request, "request_id", "")
            raise failure from None

    async def pages(
        self, method: str, request: Any, response: type[R], entries: Callable[[R], Iterable[Any]], limit: int | None
    ) -> list[Any]:
        """All entries of a list, page by page, in the daemon's order; at most `limit`, unless it is None."""
        found: list[Any] = []
        while limit is None or len(found) < limit:
            request.page_size = MAX_PAGE_SIZE if limit is None else min(limit - len(found), MAX_PAGE_SIZE)
            page: Any = await self.unary(method, request, response)
            found.extend(entries(page))
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        return found if limit is None else found[:limit]

    async def stream(self, method: str, request: Message, response: type[R]) -> AsyncGenerator[R, None]:
        """The messages of one server stream, until it ends.

        Raises:
            FluxHeroError: when it fails.
        """
        call: grpc.aio.UnaryStreamMultiCallable[Any, Any] = self._channel.unary_stream(
            f"/fluxhero.v1.{method}", type(request).SerializeToString, response.FromString
        )
        messages = call(request, metadata=self._metadata)
        try:
            async for message in messages:
                yield message
        except grpc.aio.AioRpcError as error:
            failure = self._failure(error)
            failure.request_id = getattr(request, "request_id", "")
            raise failure from None
        finally:
            messages.cancel()

    def _failure(self, error: grpc.aio.AioRpcError) -> FluxHeroError:
        failure = from_rpc(error)
        if isinstance(failure, AccessDenied):
            failure.remedy = remedy(self._access, self._target)
        return failure


def new_request_id(given: str | None) -> str:
    """The id that makes a mutation repeatable: the caller's, else a fresh one."""
    if given:
        return given
    from uuid import uuid4  # a call that only reads need not wait for it

    return str(uuid4())
