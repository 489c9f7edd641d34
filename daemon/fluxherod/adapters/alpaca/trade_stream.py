"""The trade-updates WebSocket: what happens to our orders, told as it happens."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

from websockets.exceptions import ConnectionClosed

from fluxherod.adapters.alpaca import frames
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.errors import AuthenticationRefused, WireError
from fluxherod.adapters.alpaca.frames import Authorization, Listening, TradeUpdate
from fluxherod.adapters.alpaca.link import HANDSHAKE_TIMEOUT_S, Connect, Link, ReconnectPolicy, Socket, connection
from fluxherod.engine.events import Event
from fluxherod.engine.ports import Clock
from fluxherod.failpoints import reach

log = logging.getLogger(__name__)

# Today's form, and the one that it replaces.
_FORMS = (frames.encode_authentication, frames.encode_old_authentication)
# So often a server may hang up on today's form and refuse the old one before the keys count as refused.
MOST_DOUBTFUL = 3


class _HungUp(AuthenticationRefused):
    """Closed instead of an answer: a server that does not know the form, or a line that dropped."""


class TradeStream:
    """Order updates posted as OrderReported events. The stream only hastens what polling finds anyway.

    Authenticates in today's form; a server that refuses it is tried once more, on a fresh socket, in the
    deprecated form, and the form that was taken is remembered. `post` must not wait.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        post: Callable[[Event], None],
        clock: Clock,
        *,
        policy: ReconnectPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Connect = connection,
    ) -> None:
        self.link = Link("trading", post, policy or ReconnectPolicy(), sleep=sleep, jitter=jitter, monotonic=monotonic)
        self.frames = 0
        self.updates = 0
        self.skipped = 0
        self.malformed = 0
        self.last_message_ns = 0
        self._connect = connect
        self._url = url
        self._credentials = credentials
        self._post = post
        self._clock = clock
        self._form = 0
        self._doubtful = 0

    async def run(self) -> None:
        """Stay connected; ends when the credentials are refused in both forms, or when cancelled."""
        await self.link.run(self._session)

    async def _session(self) -> None:
        try:
            await self._connection(self._form)
        except AuthenticationRefused as refusal:
            log.info("%s: trying the other form of authentication on a fresh socket", refusal)
            await self._other_form(refusal)

    async def _other_form(self, first: AuthenticationRefused) -> None:
        """After a line that dropped instead of an answer, a refusal of the old form proves nothing yet."""
        try:
            await self._connection(1 - self._form)
        except AuthenticationRefused as refusal:
            if not isinstance(first, _HungUp):
                raise first from refusal  # the old form's refusal is about the form as well
            self._doubtful += 1
            if self._doubtful >= MOST_DOUBTFUL:
                raise
            raise WireError(f"hung up on today's form of authentication, and the old one: {refusal}") from refusal

    async def _connection(self, form: int) -> None:
        async with self._connect(self._url, self.link.policy) as socket:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await self._authenticate(socket, form)
                self._form = form
                await self._listen(socket)
            self._doubtful = 0
            self.link.is_up()
            async for frame in socket:
                self._take(self._read(frame))

    async def _authenticate(self, socket: Socket, form: int) -> None:
        await socket.send(_FORMS[form](self._credentials))
        try:
            while not isinstance(answer := self._read(await socket.recv()), Authorization):
                self.skipped += 1
        except ConnectionClosed as closed:
            if form == 0:  # a server that doesn't know the form may just hang up
                raise _HungUp("closed instead of an answer") from closed
            raise
        if not answer.authorized:
            raise AuthenticationRefused(f"authentication failed: {answer.message}")

    async def _listen(self, socket: Socket) -> None:
        await socket.send(frames.encode_listen())
        while not isinstance(answer := self._read(await socket.recv()), Listening):
            self._take(answer)
        if "trade_updates" not in answer.streams:
            raise WireError(f"the trade stream listens to {answer.streams or 'nothing'}")

    def _read(self, frame: bytes | str) -> Authorization | Listening | TradeUpdate | None:
        self.frames += 1
        self.last_message_ns = self._clock.now_ns()
        try:
            return frames.decode_trade_frame(frame)
        except WireError as error:
            # Polling finds whatever this frame would have told.
            self.malformed += 1
            log.warning("a frame of the trade stream cannot be read: %s", error)
            return None

    def _take(self, message: Authorization | Listening | TradeUpdate | None) -> None:
        if not isinstance(message, TradeUpdate):
            self.skipped += 1
            return
        self.updates += 1
        if message.time_ns:
            self._clock.observe(message.time_ns)
        told = "update" if message.event.execution is None else "fill"
        reach(f"{told}.received")
        self._post(message.event)
        reach(f"{told}.posted")
