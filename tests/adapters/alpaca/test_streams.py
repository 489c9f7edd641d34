"""Both WebSockets against small servers that speak the protocol, and break it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import Request, Response, ServerConnection, serve

from fluxherod.adapters.alpaca.clock import WallClock
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.link import ReconnectPolicy
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.trade_stream import TradeStream
from fluxherod.adapters.alpaca.wire import parse_time
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.engine.events import (
    BarsReceived,
    BarsRevised,
    Cause,
    Event,
    FeedFollows,
    LinkChanged,
    OrderReported,
    QuotesReceived,
    StatusesReceived,
    TradingStatus,
)

KEYS = Credentials("key", "secret")
BAR = {"T": "b", "S": "SPY", "o": 1.0, "h": 2.0, "l": 0.5, "c": 1.5, "v": 100, "t": "2024-01-02T15:00:00Z"}
QUOTE = {"T": "q", "S": "SPY", "bp": 1.0, "ap": 0, "t": "2024-01-02T15:01:00.5Z"}
CONNECTED, AUTHENTICATED = [{"T": "success", "msg": "connected"}], [{"T": "success", "msg": "authenticated"}]

Talk = Callable[[ServerConnection], Awaitable[None]]


class Ears:
    """What the streams post, in order (confirmed subscriptions apart), and every wait between two connections."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.follows: asyncio.Queue[FeedFollows] = asyncio.Queue()
        self.waits: list[float] = []
        self.observed: list[int] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    def post(self, event: Event) -> None:
        if isinstance(event, FeedFollows):
            self.follows.put_nowait(event)
        else:
            self.events.put_nowait(event)

    async def hear(self, count: int) -> list[Event]:
        return [await self.events.get() for _ in range(count)]

    def market(self, url: str, symbols: tuple[str, ...] = ("SPY",), **changes: Any) -> MarketStream:
        return MarketStream(
            url, KEYS, symbols, self.post, _Clock(self), sleep=self.sleep, jitter=lambda: 0.0, **changes
        )

    def trade(self, url: str) -> TradeStream:
        return TradeStream(url, KEYS, self.events.put_nowait, _Clock(self), sleep=self.sleep, jitter=lambda: 0.0)


class _Clock(WallClock):
    """A wall clock that tells what it was made to observe."""

    def __init__(self, ears: Ears) -> None:
        super().__init__()
        self._ears = ears

    def observe(self, ns: int) -> None:
        self._ears.observed.append(ns)


@pytest.fixture
def ears() -> Ears:
    return Ears()


@asynccontextmanager
async def served(*talks: Talk, **options: Any) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that gives each connection the next talk (the last one for ever), and the count of connections."""
    queue, count = list(talks), [0]

    async def handler(socket: ServerConnection) -> None:
        count[0] += 1
        await (queue.pop(0) if len(queue) > 1 else queue[0])(socket)

    async with serve(handler, "127.0.0.1", 0, **options) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", count


@asynccontextmanager
async def running(stream: MarketStream | TradeStream) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(stream.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def send(socket: ServerConnection, *frames: Any) -> None:
    for frame in frames:
        await socket.send(json.dumps(frame))


async def welcome(socket: ServerConnection) -> dict[str, Any]:
    """The market stream's handshake; returns what the client subscribed to."""
    await send(socket, CONNECTED)
    assert json.loads(await socket.recv()) == {"action": "auth", "key": "key", "secret": "secret"}
    await send(socket, AUTHENTICATED)
    asked: dict[str, Any] = json.loads(await socket.recv())
    await send(socket, [{"T": "subscription", "trades": [], **{key: asked.get(key, []) for key in ("bars", "quotes")}}])
    return asked


def market_talk(*frames: Any, stay: bool = True) -> Talk:
    async def talk(socket: ServerConnection) -> None:
        await welcome(socket)
        await send(socket, *frames)
        if stay:
            await socket.wait_closed()

    return talk


async def test_the_market_stream_says_it_is_up_once_subscribed_and_posts_each_frame(ears: Ears) -> None:
    asked: list[dict[str, Any]] = []

    async def talk(socket: ServerConnection) -> None:
        asked.append(await welcome(socket))
        await send(socket, [BAR, QUOTE, {**QUOTE, "bp": 1.25, "t": "2024-01-02T15:01:01Z"}], [{**BAR, "T": "u"}])
        await socket.wait_closed()

    async with served(talk) as (url, _):
        stream = ears.market(url)
        async with running(stream):
            up, bars, quotes, revised = await ears.hear(4)
    assert up == LinkChanged("market", True)
    assert isinstance(bars, BarsReceived)
    assert [bar.close for bar in bars.bars] == [1.5]
    assert isinstance(quotes, QuotesReceived)
    assert [(quote.bid, quote.ask) for quote in quotes.quotes] == [(1.25, 0.0)]
    assert isinstance(revised, BarsRevised)
    channels = ("bars", "updatedBars", "statuses", "lulds", "quotes")
    assert asked == [{"action": "subscribe", **{channel: ["SPY"] for channel in channels}}]
    assert (stream.bars, stream.quotes, stream.revisions, stream.frames, stream.link.connects) == (1, 2, 1, 5, 1)
    assert stream.last_message_ns > 0
    assert ears.observed == [parse_time("2024-01-02T15:01:01Z")]


async def test_the_end_of_a_bar_proves_the_time(ears: Ears) -> None:
    async with served(market_talk([BAR])) as (url, _), running(ears.market(url)):
        await ears.hear(2)
    assert ears.observed == [parse_time("2024-01-02T15:00:00Z") + MINUTE_NS]


async def test_quotes_are_subscribed_only_when_wanted(ears: Ears) -> None:
    asked: list[dict[str, Any]] = []

    async def talk(socket: ServerConnection) -> None:
        asked.append(await welcome(socket))
        await socket.wait_closed()

    async with served(talk) as (url, _), running(ears.market(url, quotes=False)):
        await ears.hear(1)
    assert "quotes" not in asked[0]


async def test_a_message_that_cannot_be_read_is_counted_and_the_rest_goes_on(ears: Ears) -> None:
    async with served(market_talk([{**BAR, "c": None}, BAR, {"T": "s", "S": "SPY"}, {"T": "new"}])) as (url, _):
        stream = ears.market(url)
        async with running(stream):
            _, halts, bars = await ears.hear(3)
    assert halts == StatusesReceived((TradingStatus("SPY", None, "trading status", 0),))
    assert isinstance(bars, BarsReceived)
    assert (len(bars.bars), stream.malformed, stream.halts) == (1, 1, 1)


async def test_a_dropped_connection_is_told_and_made_again_with_growing_waits(ears: Ears) -> None:
    async def drop(socket: ServerConnection) -> None:
        socket.transport.abort()

    async with served(market_talk(stay=False), drop, drop, market_talk([BAR])) as (url, count):
        stream = ears.market(url)
        async with running(stream):
            events = await ears.hear(4)
    assert [(event.up, event.fatal) for event in events if isinstance(event, LinkChanged)] == [
        (True, False),
        (False, False),
        (True, False),
    ]
    assert isinstance(events[3], BarsReceived)
    assert (ears.waits, count, stream.link.connects) == ([0.5, 1.0, 2.0], [4], 2)


async def test_after_five_quick_attempts_it_goes_on_slowly_for_ever_and_says_so_once(ears: Ears) -> None:
    async def drop(socket: ServerConnection) -> None:
        socket.transport.abort()

    talks = [drop] * 9 + [market_talk()]
    async with served(*talks) as (url, _), running(ears.market(url)):
        down, slow, up = await ears.hear(3)
    assert ears.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 30.0, 30.0, 30.0, 30.0]
    assert isinstance(down, LinkChanged)
    assert isinstance(slow, LinkChanged)
    assert "every 30 s" in slow.detail
    assert "every 30 s" not in down.detail
    assert up == LinkChanged("market", True)


@pytest.mark.parametrize("code", [401, 402, 400, 405, 409])
async def test_refused_credentials_and_hopeless_subscriptions_are_fatal_and_end_it(ears: Ears, code: int) -> None:
    async def refuse(socket: ServerConnection) -> None:
        await send(socket, CONNECTED)
        await socket.recv()
        await send(socket, [{"T": "error", "code": code, "msg": "no"}])
        await socket.wait_closed()

    async with served(refuse) as (url, count):
        await ears.market(url).run()
    event = ears.events.get_nowait()
    assert isinstance(event, LinkChanged)
    assert (event.up, event.fatal, count, ears.waits) == (False, True, [1], [])
    assert f"{code} no" in event.detail


async def test_a_taken_slot_is_waited_for(ears: Ears) -> None:
    async def taken(socket: ServerConnection) -> None:
        await send(socket, CONNECTED)
        await socket.recv()
        await send(socket, [{"T": "error", "code": 406, "msg": "connection limit exceeded"}])

    async with served(taken, taken, market_talk()) as (url, _), running(ears.market(url)):
        down, up = await ears.hear(2)
    assert isinstance(down, LinkChanged)
    assert (down.up, down.fatal) == (False, False)
    assert up == LinkChanged("market", True)
    assert ears.waits == [20.0, 20.0]


@pytest.mark.parametrize(("status", "fatal"), [(401, True), (403, True), (429, False), (503, False)])
async def test_an_upgrade_that_is_refused_is_fatal_only_for_the_keys(ears: Ears, status: int, fatal: bool) -> None:
    def reject(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus(status), "no")

    async with served(market_talk(), process_request=reject) as (url, _), running(ears.market(url)) as task:
        event = (await ears.hear(1))[0]
        assert isinstance(event, LinkChanged)
        assert (event.up, event.fatal) == (False, fatal)
        if fatal:
            await task


async def test_a_subscription_that_lacks_a_symbol_is_not_taken_for_one(ears: Ears) -> None:
    async def forgetful(socket: ServerConnection) -> None:
        await send(socket, CONNECTED)
        await socket.recv()
        await send(socket, AUTHENTICATED)
        await socket.recv()
        await send(socket, [{"T": "subscription", "bars": ["SPY"]}])
        await socket.wait_closed()

    async with served(forgetful) as (url, _), running(ears.market(url, ("SPY", "IBM"))):
        event = (await ears.hear(1))[0]
    assert isinstance(event, LinkChanged)
    assert not event.up
    assert "IBM" in event.detail


async def test_cancelling_closes_the_socket_in_good_order(ears: Ears) -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def talk(socket: ServerConnection) -> None:
        await welcome(socket)
        await socket.wait_closed()
        codes.put_nowait(socket.close_code)

    async with served(talk) as (url, _):
        async with running(ears.market(url)):
            await ears.hear(1)
        assert await codes.get() == 1000


def test_the_policy_is_five_quick_attempts_and_then_slow() -> None:
    policy = ReconnectPolicy()
    assert (policy.quick_attempts, policy.first_s, policy.slow_s, policy.stable_s) == (5, 0.5, 30.0, 10.0)


def authorization(status: str) -> dict[str, Any]:
    return {"stream": "authorization", "data": {"status": status, "action": "authenticate"}}


def trade_talk(forms: list[str], accepted: str, *frames: Any, binary: bool = True, silent: bool = False) -> Talk:
    """A trade stream that takes one form of authentication; `silent` hangs up on the other one without a word."""

    async def talk(socket: ServerConnection) -> None:
        form = json.loads(await socket.recv())["action"]
        forms.append(form)
        if form != accepted:
            if not silent:
                await send(socket, authorization("unauthorized"))
            return
        await send(socket, authorization("authorized"))
        assert json.loads(await socket.recv()) == {"action": "listen", "data": {"streams": ["trade_updates"]}}
        await send(socket, {"stream": "listening", "data": {"streams": ["trade_updates"]}})
        for frame in frames:
            text = json.dumps(frame)
            await socket.send(text.encode() if binary else text)
        await socket.wait_closed()

    return talk


@pytest.mark.parametrize("binary", [True, False])
async def test_trade_updates_are_posted_and_null_data_is_skipped(ears: Ears, order_json: Any, binary: bool) -> None:
    update = {
        "event": "fill",
        "execution_id": "x",
        "timestamp": "2024-01-02T15:00:00Z",
        "price": "1.5",
        "qty": "2",
        "order": order_json(status="filled", filled_qty="2", qty="2"),
    }
    frames = [
        {"stream": "trade_updates", "data": None},
        {"stream": "trade_updates", "data": {"order": {}}},
        {"stream": "trade_updates", "data": update},
    ]
    async with served(trade_talk([], "auth", *frames, binary=binary)) as (url, _):
        stream = ears.trade(url)
        async with running(stream):
            up, fill = await ears.hear(2)
    assert up == LinkChanged("trading", True)
    assert isinstance(fill, OrderReported)
    assert fill.execution is not None
    assert (fill.event, fill.execution.quantity, fill.execution.price_e4) == ("fill", 2, 15_000)
    assert (stream.updates, stream.skipped, stream.malformed) == (1, 2, 1)
    assert ears.observed == [parse_time("2024-01-02T15:00:00Z")]


@pytest.mark.parametrize("silent", [True, False])
async def test_a_server_of_the_old_form_is_asked_in_it_on_a_fresh_socket(ears: Ears, silent: bool) -> None:
    forms: list[str] = []
    async with served(trade_talk(forms, "authenticate", silent=silent)) as (url, count), running(ears.trade(url)):
        assert await ears.hear(1) == [LinkChanged("trading", True)]
    assert (forms, count, ears.waits) == (["auth", "authenticate"], [2], [])


async def test_credentials_refused_in_both_forms_are_fatal(ears: Ears) -> None:
    forms: list[str] = []
    async with served(trade_talk(forms, "neither")) as (url, _):
        await ears.trade(url).run()
    assert ears.events.get_nowait() == LinkChanged(
        "trading", False, "authentication failed: unauthorized", fatal=True, cause=Cause.CREDENTIALS
    )
    assert forms == ["auth", "authenticate"]


async def test_the_trade_stream_comes_back_after_a_drop(ears: Ears) -> None:
    async def drop(socket: ServerConnection) -> None:
        await trade_talk([], "auth")(_Dropping(socket))  # type: ignore[arg-type]

    async with served(drop, trade_talk([], "auth")) as (url, _), running(ears.trade(url)):
        events = await ears.hear(3)
    assert [event.up for event in events if isinstance(event, LinkChanged)] == [True, False, True]


class _Dropping:
    """A server's socket that is torn down where a healthy one would stay open."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self.recv, self.send = socket.recv, socket.send

    async def wait_closed(self) -> None:
        self._socket.transport.abort()
