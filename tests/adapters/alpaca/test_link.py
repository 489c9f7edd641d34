"""How both streams treat a server that is full, asks for patience, is half-dead, or must be left in good order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from adapters.alpaca.test_streams import (
    AUTHENTICATED,
    BAR,
    CONNECTED,
    Ears,
    authorization,
    market_talk,
    running,
    send,
    served,
    trade_talk,
)
from websockets.asyncio.server import Request, Response, ServerConnection

from fluxherod.adapters.alpaca.link import ReconnectPolicy
from fluxherod.engine.events import BarsReceived, Cause, Event, LinkChanged, OrderReported

REAPED_AFTER_S = 90.0


@pytest.fixture
def ears() -> Ears:
    return Ears()


async def full(socket: ServerConnection) -> None:
    await send(socket, CONNECTED)
    await socket.recv()
    await send(socket, [{"T": "error", "code": 406, "msg": "connection limit exceeded"}])


def changes(events: list[Event]) -> list[tuple[bool, Cause]]:
    return [(event.up, event.cause) for event in events if isinstance(event, LinkChanged)]


async def test_the_quick_attempts_at_a_taken_slot_outlast_the_time_until_a_dead_connection_is_reaped(
    ears: Ears,
) -> None:
    async with served(*[full] * 5, market_talk()) as (url, count), running(ears.market(url)):
        told = changes(await ears.hear(2))
    assert told == [(False, Cause.ANY), (True, Cause.ANY)]  # no alarm for what is normal after a restart
    assert (count, sum(ears.waits) >= REAPED_AFTER_S) == ([6], True)


async def test_a_slot_that_stays_taken_is_alarming_and_asked_for_ever_more_slowly(ears: Ears) -> None:
    async with served(*[full] * 8, market_talk()) as (url, _), running(ears.market(url)):
        told = changes(await ears.hear(3))
    assert told == [(False, Cause.ANY), (False, Cause.LASTING), (True, Cause.ANY)]
    assert ears.waits == [20.0] * 5 + [30.0] * 3


async def test_an_upgrade_that_is_answered_with_429_is_not_hammered(ears: Ears) -> None:
    answers = [HTTPStatus.TOO_MANY_REQUESTS] * 3

    def busy(connection: ServerConnection, request: Request) -> Response | None:
        return connection.respond(answers.pop(), "slow down") if answers else None

    async with served(market_talk(), process_request=busy) as (url, _), running(ears.market(url)):
        down, up = await ears.hear(2)
    assert isinstance(down, LinkChanged)
    assert "429" in down.detail
    assert up == LinkChanged("market", True)
    assert ears.waits == [20.0] * 3


async def test_refused_keys_are_named_as_the_cause(ears: Ears) -> None:
    async def refuse(socket: ServerConnection) -> None:
        await send(socket, CONNECTED)
        await socket.recv()
        await send(socket, [{"T": "error", "code": 402, "msg": "auth failed"}])

    async with served(refuse) as (url, _):
        await ears.market(url).run()
    assert changes([ears.events.get_nowait()]) == [(False, Cause.CREDENTIALS)]


class Wire:
    """What stands between a client and a server; `cut` makes it swallow all that comes, without a word."""

    def __init__(self) -> None:
        self.cut = False
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def to(self, url: str) -> AsyncIterator[str]:
        self._port = int(url.rpartition(":")[2])
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        try:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        there = await asyncio.open_connection("127.0.0.1", self._port)
        for source, sink in ((reader, there[1]), (there[0], writer)):
            self._tasks.add(asyncio.create_task(self._carry(source, sink, number)))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, number: int) -> None:
        try:
            while data := await source.read(65536):
                if not (self.cut and number == 1):
                    sink.write(data)
        finally:
            sink.close()


@pytest.mark.parametrize("kind", ["market", "trading"])
async def test_a_half_dead_connection_is_found_by_its_pings_and_made_anew(ears: Ears, kind: str) -> None:
    impatient = ReconnectPolicy(ping_every_s=0.02, ping_timeout_s=0.5, close_timeout_s=0.05)
    wire = Wire()
    talk = market_talk([BAR]) if kind == "market" else trade_talk([], "auth")
    async with served(talk) as (url, _), wire.to(url) as through:
        stream: Any = ears.market(through, policy=impatient) if kind == "market" else ears.trade(through)
        stream.link.policy = impatient
        async with running(stream):
            await ears.hear(2 if kind == "market" else 1)
            stream.link.policy = ReconnectPolicy()
            wire.cut = True
            down, up = await ears.hear(2)
    assert isinstance(down, LinkChanged)
    assert (down.up, "ping timeout" in down.detail, up) == (False, True, LinkChanged(kind, True))
    assert wire.connections == 2


async def test_a_connection_that_is_given_up_as_mute_is_told_as_stale_and_made_anew(ears: Ears) -> None:
    async with served(market_talk([BAR]), market_talk()) as (url, count):
        stream = ears.market(url)
        async with running(stream):
            await ears.hear(2)
            stream.reconnect("it brings nothing")
            assert stream.stale
            down, up = await ears.hear(2)
            assert not stream.stale
    assert down == LinkChanged("market", False, "it brings nothing", cause=Cause.STALE)
    assert (up, count) == (LinkChanged("market", True), [2])


@pytest.mark.parametrize("kind", ["market", "trading"])
async def test_a_stream_that_is_cancelled_frees_its_slot_with_a_closing_frame(ears: Ears, kind: str) -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def talk(socket: ServerConnection) -> None:
        await (market_talk() if kind == "market" else trade_talk([], "auth"))(socket)
        codes.put_nowait(socket.close_code)

    async with served(talk) as (url, _):
        async with running(ears.market(url) if kind == "market" else ears.trade(url)):
            await ears.hear(1)
        assert await codes.get() == 1000


async def test_the_market_stream_reads_binary_frames_as_it_reads_text(ears: Ears) -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send(json.dumps(CONNECTED).encode())
        await socket.recv()
        await socket.send(json.dumps(AUTHENTICATED).encode())
        asked = json.loads(await socket.recv())
        await socket.send(json.dumps([{"T": "subscription", "bars": asked["bars"]}]).encode())
        await socket.send(json.dumps([BAR]).encode())
        await socket.wait_closed()

    async with served(talk) as (url, _), running(ears.market(url)):
        up, bars = await ears.hear(2)
    assert up == LinkChanged("market", True)
    assert isinstance(bars, BarsReceived)


async def test_a_line_that_drops_while_it_authenticates_does_not_condemn_the_keys(ears: Ears, order_json: Any) -> None:
    """The old form, tried after the drop, is refused by a server that knows it no longer."""

    async def drop(socket: ServerConnection) -> None:
        await socket.recv()
        socket.transport.abort()

    async def today_only(socket: ServerConnection) -> None:
        await trade_talk([], "auth", {"stream": "trade_updates", "data": {"event": "new", "order": order_json()}})(
            socket
        )

    async with served(drop, today_only, today_only) as (url, count), running(ears.trade(url)):
        down, up, update = await ears.hear(3)
    assert changes([down, up]) == [(False, Cause.ANY), (True, Cause.ANY)]
    assert isinstance(update, OrderReported)
    assert (count, ears.waits) == ([3], [0.5])


async def test_a_server_that_hangs_up_on_todays_form_and_refuses_the_old_one_three_times_refuses_the_keys(
    ears: Ears,
) -> None:
    async def old_fashioned(socket: ServerConnection) -> None:
        if json.loads(await socket.recv())["action"] == "authenticate":
            await send(socket, authorization("unauthorized"))

    async with served(old_fashioned) as (url, count):
        await ears.trade(url).run()
    told = [ears.events.get_nowait() for _ in range(ears.events.qsize())]
    assert changes(told) == [(False, Cause.ANY), (False, Cause.CREDENTIALS)]
    assert count == [6]


async def test_the_answer_to_the_deprecated_form_may_carry_a_notice(ears: Ears) -> None:
    async def talk(socket: ServerConnection) -> None:
        if json.loads(await socket.recv())["action"] == "auth":
            await send(socket, authorization("unauthorized"))
            return
        notice = "this authentication format is being deprecated"
        answer = {"status": "authorized", "action": "authenticate", "message": notice}
        await send(socket, {"stream": "authorization", "data": answer})
        await socket.recv()
        await send(socket, {"stream": "listening", "data": {"streams": ["trade_updates"]}})
        await socket.wait_closed()

    async with served(talk) as (url, _), running(ears.trade(url)):
        assert await ears.hear(1) == [LinkChanged("trading", True)]
