"""The market-data WebSocket: its one owner, from the upgrade to events."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence

from msgspec import structs

from fluxherod.adapters.alpaca import frames
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.errors import AuthenticationRefused, Refused, WireError
from fluxherod.adapters.alpaca.frames import MarketFrame, StreamError, Subscription, Success
from fluxherod.adapters.alpaca.link import (
    HANDSHAKE_TIMEOUT_S,
    Connect,
    ConnectionTaken,
    FeedStale,
    Link,
    ReconnectPolicy,
    Socket,
    connection,
    first_to_end,
)
from fluxherod.adapters.alpaca.quotes import QuotePace
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.engine.events import BarsReceived, BarsRevised, Event, FeedFollows, StatusesReceived
from fluxherod.engine.ports import Clock

log = logging.getLogger(__name__)

CONNECTION_LIMIT = 406
AUTHENTICATION_CODES = frozenset({401, 402})
# What asking again won't change: malformed, too many symbols, wrong feed, plan or scope.
HOPELESS_CODES = frozenset({400, 405, 408, 409, 410, 411})
ALREADY_AUTHENTICATED = 403
# No to a change of the subscription alone: what was subscribed before goes on.
REFUSED_CHANGE_CODES = frozenset({400, 405, 409, 410})


class MarketStream:
    """Minute bars, their revisions and quotes of some symbols, posted as events.

    Each confirmed subscription is posted as FeedFollows, that of a new connection before its LinkChanged. `post` must
    not wait: the reader calls it for every frame. The counters are for the status.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        symbols: Sequence[str],
        post: Callable[[Event], None],
        clock: Clock,
        *,
        quotes: bool = True,
        policy: ReconnectPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Connect = connection,
    ) -> None:
        self.link = Link("market", post, policy or ReconnectPolicy(), sleep=sleep, jitter=jitter, monotonic=monotonic)
        self.frames = 0
        self.bars = 0
        self.revisions = 0
        self.quotes = 0
        self.halts = 0
        self.malformed = 0
        self.last_message_ns = 0
        self.up_ns = 0  # when the subscription stood last
        self.bars_end_ns = 0  # of the newest bar
        self.stale = False  # the watchdog's verdict
        self._connect = connect
        self._url = url
        self._credentials = credentials
        self._wanted = frozenset(symbols)
        self._asked: frozenset[str] = frozenset()  # of the server, on this connection
        self._confirmed: frozenset[str] = frozenset()  # by the server
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()
        self._why_closed = ""
        self._answered = asyncio.Event()
        self._post = post
        self._pace = QuotePace(post, clock)
        self._clock = clock
        self._with_quotes = quotes

    async def run(self) -> None:
        """Stay connected; ends when the credentials or the subscription are refused, or when cancelled."""
        await self.link.run(self._session)

    def follow(self, symbols: Sequence[str]) -> None:
        """Subscribe to exactly these: at once where a connection is up, and with each new one. Never waits."""
        self._wanted = frozenset(symbols)
        self._changed.set()

    @property
    def followed(self) -> frozenset[str]:
        """The symbols whose subscription stands, on this connection or the last."""
        return self._confirmed

    def reconnect(self, why: str) -> None:
        """Give up a connection that brings nothing, and make it anew. Never waits."""
        self._why_closed, self.stale = why, True
        self._closing.set()

    async def _session(self) -> None:
        self._asked = self._confirmed = frozenset()
        self._closing.clear()
        async with self._connect(self._url, self.link.policy) as socket:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await self._until(socket, _connected)
                await socket.send(frames.encode_authentication(self._credentials))
                await self._until(socket, _authenticated)
                await self._subscribe(socket)
                if self._asked:
                    await self._until(socket, self._subscribed)
                else:
                    self._is_up()
            await first_to_end(self._listen(socket), self._keep_subscribed(socket), self._until_closed())

    async def _listen(self, socket: Socket) -> None:
        async for text in socket:
            self._take_live(self._read(text))

    async def _until_closed(self) -> None:
        await self._closing.wait()
        raise FeedStale(self._why_closed)

    async def _subscribe(self, socket: Socket) -> bool:
        """Ask for what is wanted and not asked for, and end what is no longer wanted; False when that is nothing."""
        self._changed.clear()
        wanted, before = self._wanted, self._asked
        self._asked = wanted
        for action, symbols in (("unsubscribe", before - wanted), ("subscribe", wanted - before)):
            if symbols:
                text = frames.encode_subscription(sorted(symbols), quotes=self._with_quotes, action=action)
                await socket.send(text)
        return wanted != before

    async def _keep_subscribed(self, socket: Socket) -> None:
        """Carry each change of what is wanted to the server; one that it does not answer ends the connection."""
        while True:
            await self._changed.wait()
            if not await self._subscribe(socket):
                # Removed and added again: the server has nothing to answer, and a new book waits for this word.
                self._tell_followed()
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                while not self._asked <= self._confirmed:
                    self._answered.clear()
                    await self._answered.wait()

    async def _until(self, socket: Socket, done: Callable[[frames.Control], bool]) -> None:
        """Read frames until a control message says that this step is done; data that comes along is taken."""
        while True:
            frame = self._read(await socket.recv())
            reached = any([done(message) for message in frame.control])
            self._take(frame)
            if reached:
                return

    def _take_live(self, frame: MarketFrame) -> None:
        """A frame of a connection that is up: a subscription may be confirmed, or refused, at any time."""
        for message in frame.control:
            if isinstance(message, Subscription):
                self._confirm(message)
                self._tell_followed()
            elif isinstance(message, StreamError) and self._is_refused_change(message):
                # What goes on is what is confirmed; to want more again would end the next connection as well.
                self._wanted = self._asked = self._confirmed
                self._tell_followed(f"{message.code} {message.msg}")
                frame = structs.replace(frame, control=())
        self._take(frame)

    def _is_refused_change(self, error: StreamError) -> bool:
        return error.code in REFUSED_CHANGE_CODES and bool(self._asked - self._confirmed)

    def _confirm(self, message: Subscription) -> None:
        bars = frozenset(message.bars or ())
        self._confirmed = self._asked if "*" in bars else bars

    def _tell_followed(self, refusal: str = "") -> None:
        self._answered.set()
        self._post(FeedFollows(tuple(sorted(self._confirmed)), refusal))

    def _read(self, text: bytes | str) -> MarketFrame:
        self.frames += 1
        self.last_message_ns = self._clock.now_ns()
        return frames.decode_market_frame(text)

    def _take(self, frame: MarketFrame) -> None:
        for message in frame.control:
            if isinstance(message, StreamError):
                _raise(message)
        for text in frame.malformed:
            log.warning("a message of the market stream cannot be read: %s", text)
        self.malformed += len(frame.malformed)
        self.halts += len(frame.statuses) + len(frame.bands)
        self.bars += len(frame.bars)
        self.revisions += len(frame.revised)
        self.quotes += frame.quote_count
        self._observe(frame)
        for status in frame.statuses:
            log.info("%s: %s", status.symbol, status.text, extra={"symbol": status.symbol})
        if frame.statuses or frame.bands:
            self._post(StatusesReceived(frame.statuses, frame.bands))
        if frame.bars:
            self._pace.flush()  # what is decided on these bars sees the newest quotes
            self._post(BarsReceived(frame.bars))
        if frame.revised:
            self._post(BarsRevised(frame.revised))
        if frame.quotes:
            self._pace.take(frame.quotes)

    def _observe(self, frame: MarketFrame) -> None:
        bars_end = max([bar.start_ns for bar in frame.bars], default=-MINUTE_NS) + MINUTE_NS
        newest = max(bars_end, max([quote.time_ns for quote in frame.quotes], default=0))
        if newest > 0:
            self._clock.observe(newest)
        if frame.bars:  # a stamp from the future must not keep the watchdog quiet
            self.bars_end_ns = max(self.bars_end_ns, min(bars_end, self._clock.now_ns()))
            self.stale = False

    def _subscribed(self, message: frames.Control) -> bool:
        if not isinstance(message, Subscription):
            return False
        self._confirm(message)
        if missing := self._asked - self._confirmed:
            raise WireError(f"the subscription lacks the bars of {', '.join(sorted(missing)[:10])}")
        self._is_up()
        return True

    def _is_up(self) -> None:
        self.up_ns, self.stale = self._clock.now_ns(), False
        self._tell_followed()
        self.link.is_up()


def _connected(message: frames.Control) -> bool:
    return isinstance(message, Success) and message.msg == "connected"


def _authenticated(message: frames.Control) -> bool:
    accepted = isinstance(message, Success) and message.msg == "authenticated"
    return accepted or (isinstance(message, StreamError) and message.code == ALREADY_AUTHENTICATED)


def _raise(error: StreamError) -> None:
    text = f"{error.code} {error.msg}"
    if error.code in AUTHENTICATION_CODES:
        raise AuthenticationRefused(f"authentication failed: {text}")
    if error.code == CONNECTION_LIMIT:
        raise ConnectionTaken(text)
    if error.code in HOPELESS_CODES:
        raise Refused(text)
    if error.code != ALREADY_AUTHENTICATED:
        raise WireError(f"the stream ended with {text}")
