"""What both WebSockets share: one connection at a time, made again and again, and said aloud when it is not there."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from fluxherod.adapters.alpaca.errors import AlpacaError, AuthenticationRefused, Refused
from fluxherod.engine.events import Cause, Event, LinkChanged

log = logging.getLogger(__name__)

HANDSHAKE_TIMEOUT_S = 10.0
TOO_MANY_REQUESTS = 429
# 8,000 minute bars of one burst are about a megabyte of JSON.
LARGEST_FRAME_BYTES = 32 * 1024 * 1024


class ConnectionTaken(AlpacaError):
    """406: Alpaca still counts another connection, often our own dead one, which it reaps after some 90 s."""


class FeedStale(AlpacaError):
    """The connection stands and brings nothing, though there is something to bring."""


@dataclass(frozen=True, slots=True)
class ReconnectPolicy:
    """How soon to try again: `quick_attempts` times with doubling waits, then every `slow_s`, for ever.

    A connection that lived `stable_s` starts the count anew. A taken slot (406), or a server that asks for patience
    (429), is given `taken_s` each time: the quick attempts then outlast the 90 s after which a dead one is reaped.
    A connection whose other end does not answer a ping within `ping_timeout_s` is dead.
    """

    quick_attempts: int = 5
    first_s: float = 0.5
    slow_s: float = 30.0
    taken_s: float = 20.0
    stable_s: float = 10.0
    ping_every_s: float = 10.0
    ping_timeout_s: float = 20.0
    close_timeout_s: float = 2.0


class Socket(Protocol):
    """What a session does with a WebSocket; all of it raises websockets' own exceptions."""

    async def send(self, message: str) -> None:
        """Send a text frame."""
        ...

    async def recv(self) -> bytes | str:
        """The next frame."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes | str]:
        """All frames until the other end closes."""
        ...


Connect = Callable[[str, ReconnectPolicy], AbstractAsyncContextManager[Socket]]


@asynccontextmanager
async def connection(url: str, policy: ReconnectPolicy) -> AsyncIterator[Socket]:
    """A WebSocket with every wait bounded; always closed as by intent, so that Alpaca frees the slot at once."""
    async with connect(
        url,
        max_size=LARGEST_FRAME_BYTES,
        open_timeout=HANDSHAKE_TIMEOUT_S,
        close_timeout=policy.close_timeout_s,
        ping_interval=policy.ping_every_s,
        ping_timeout=policy.ping_timeout_s,
    ) as socket:
        try:
            yield socket
        finally:
            await socket.close()


async def first_to_end(*works: Coroutine[Any, Any, None]) -> None:
    """Run some works until one of them ends or fails; the others are cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Link:
    """Keeps a session alive and posts LinkChanged when it comes up and when it goes down.

    `session` connects, calls `is_up()` once it is subscribed, and reads until the connection ends; it
    ends by returning or raising. AuthenticationRefused and Refused are fatal and end `run()`.
    """

    def __init__(
        self,
        name: str,
        post: Callable[[Event], None],
        policy: ReconnectPolicy,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.up = False
        self.connects = 0
        self.failures = 0
        self.policy = policy
        self._post = post
        self._sleep = sleep
        self._jitter = jitter
        self._monotonic = monotonic
        self._up_since: float | None = None
        self._attempts = 0
        self._said = ""

    def is_up(self, detail: str = "") -> None:
        """The session is authenticated and subscribed."""
        self.up = True
        self.connects += 1
        self._up_since = self._monotonic()
        self._said = ""
        log.info("%s link is up", self.name)
        self._post(LinkChanged(self.name, True, detail))

    async def run(self, session: Callable[[], Awaitable[None]]) -> None:
        """Hold the session until it is refused for good, or cancelled."""
        while True:
            taken, stale = False, False
            try:
                await session()
                detail = "closed by the server"
            except (AuthenticationRefused, Refused) as refusal:
                self._is_down(str(refusal), Cause.CREDENTIALS if refusal.credentials else Cause.ANY, fatal=True)
                return
            except ConnectionTaken as busy:
                taken, detail = True, str(busy)
            except FeedStale as mute:
                stale, detail = True, str(mute)
            except InvalidStatus as rejected:
                status = rejected.response.status_code
                taken, detail = status == TOO_MANY_REQUESTS, f"HTTP {status} instead of a WebSocket"
                if status in (401, 403):
                    self._is_down(f"authentication failed: {detail}", Cause.CREDENTIALS, fatal=True)
                    return
            except (OSError, TimeoutError, WebSocketException, AlpacaError) as error:
                detail = f"{type(error).__name__}: {error}".rstrip(": ")
            except Exception as fault:  # a message that we can't digest must not end a daemon that guards positions
                log.exception("a fault in the %s link", self.name)
                detail = f"a fault of the daemon, its log has it: {type(fault).__name__}: {fault}"
            await self._sleep(self._next_wait(detail, taken, stale))

    def _next_wait(self, detail: str, taken: bool, stale: bool) -> float:
        policy = self.policy
        if self._up_since is not None and self._monotonic() - self._up_since >= policy.stable_s:
            self._attempts = 0
        self._up_since = None
        self._attempts += 1
        slow = self._attempts > policy.quick_attempts
        wait = policy.slow_s if slow else policy.first_s * 2.0 ** (self._attempts - 1)
        wait = max(wait, policy.taken_s) if taken else wait
        # The detail of a lasting outage is said twice: at its start, and when the quick attempts are used up.
        if slow:
            self._is_down(f"{detail}; trying again every {policy.slow_s:g} s", Cause.LASTING)
        else:
            self._is_down(detail, Cause.STALE if stale else Cause.ANY)
        return wait * (1 + self._jitter() / 4)

    def _is_down(self, detail: str, cause: Cause, *, fatal: bool = False) -> None:
        self.failures += 1
        stage = "fatal" if fatal else cause or "down"
        repeated, self._said, self.up = self._said in (stage, Cause.LASTING) and not fatal, stage, False
        log.log(logging.ERROR if fatal else logging.WARNING, "%s link is down: %s", self.name, detail)
        if not repeated:
            self._post(LinkChanged(self.name, False, detail, fatal, cause))
