"""Symbols that join and leave a market stream whose connection goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from adapters.alpaca.test_streams import BAR, CONNECTED, Ears, running, send, served, welcome
from websockets.asyncio.server import ServerConnection

from fluxherod.engine.events import BarsReceived, FeedFollows, LinkChanged


@dataclass
class Server:
    """Subscribes and unsubscribes as it is asked; `refuse` names symbols that it will not carry."""

    refuse: frozenset[str] = frozenset()
    silent: bool = False
    bars: set[str] = field(default_factory=set)
    asked: list[tuple[str, list[str]]] = field(default_factory=list)
    connections: int = 0
    socket: ServerConnection | None = None

    async def talk(self, socket: ServerConnection) -> None:
        self.connections += 1
        self.socket = socket
        self.bars = set((await welcome(socket)).get("bars", ()))
        async for text in socket:
            request = json.loads(text)
            self.asked.append((request["action"], request["bars"]))
            if self.silent:
                continue
            await self._answer(socket, request)

    async def _answer(self, socket: ServerConnection, request: dict[str, Any]) -> None:
        names = set(request["bars"])
        if request["action"] == "unsubscribe":
            self.bars -= names
        elif names & self.refuse:
            await send(socket, [{"T": "error", "code": 405, "msg": "symbol limit exceeded"}])
            return
        else:
            self.bars |= names
        await send(socket, [{"T": "subscription", "bars": sorted(self.bars), "quotes": sorted(self.bars)}])


@pytest.fixture
def ears() -> Ears:
    return Ears()


async def until(reached: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not reached():  # noqa: ASYNC110 - whatever is waited for happens on this loop
            await asyncio.sleep(0.001)


async def test_a_symbol_joins_and_leaves_on_the_live_connection(ears: Ears) -> None:
    server = Server()
    async with served(server.talk) as (url, count):
        stream = ears.market(url)
        async with running(stream):
            assert await ears.follows.get() == FeedFollows(("SPY",))
            stream.follow(("SPY", "IBM"))
            assert await ears.follows.get() == FeedFollows(("IBM", "SPY"))
            assert server.socket is not None
            await send(server.socket, [{**BAR, "S": "IBM"}])
            stream.follow(("IBM",))
            assert await ears.follows.get() == FeedFollows(("IBM",))
            up, bars = await ears.hear(2)
    assert up == LinkChanged("market", True)
    assert isinstance(bars, BarsReceived)
    assert server.asked == [("subscribe", ["IBM"]), ("unsubscribe", ["SPY"])]
    assert count == [1]


async def test_each_connection_begins_with_what_is_wanted_then(ears: Ears) -> None:
    server = Server()
    async with served(server.talk) as (url, _):
        stream = ears.market(url)
        async with running(stream):
            await ears.follows.get()
            assert server.socket is not None
            server.socket.transport.abort()
            await ears.hear(2)
            stream.follow(("SPY", "IBM"))
            while (await ears.follows.get()).symbols != ("IBM", "SPY"):
                pass
            server.socket.transport.abort()
            assert await ears.follows.get() == FeedFollows(("IBM", "SPY"))
            await until(lambda: server.connections == 3)


async def test_a_subscription_is_told_before_the_link_that_it_came_with(ears: Ears) -> None:
    order: list[str] = []
    server = Server()
    async with served(server.talk) as (url, _):
        stream = ears.market(url)
        stream._post = lambda event: order.append(type(event).__name__)
        stream.link._post = stream._post
        async with running(stream):
            await until(lambda: len(order) == 2)
    assert order == ["FeedFollows", "LinkChanged"]


async def test_a_symbol_that_leaves_and_joins_at_once_is_told_of_though_the_server_has_nothing_to_say(
    ears: Ears,
) -> None:
    server = Server()
    async with served(server.talk) as (url, _):
        stream = ears.market(url, ("SPY", "IBM"))
        async with running(stream):
            await ears.follows.get()
            await ears.hear(1)
            stream.follow(("SPY",))
            stream.follow(("SPY", "IBM"))
            async with asyncio.timeout(60):
                assert await ears.follows.get() == FeedFollows(("IBM", "SPY"))
    assert server.asked == []


async def test_what_was_wanted_before_the_connection_is_told_of_once(ears: Ears) -> None:
    server = Server()
    async with served(server.talk) as (url, _):
        stream = ears.market(url)
        stream.follow(("SPY", "IBM"))
        async with running(stream):
            assert await ears.follows.get() == FeedFollows(("IBM", "SPY"))
            stream.follow(("SPY", "QQQ"))
            while (await ears.follows.get()).symbols != ("QQQ", "SPY"):
                pass
    assert server.asked == [("unsubscribe", ["IBM"]), ("subscribe", ["QQQ"])]


async def test_a_symbol_that_the_server_refuses_costs_no_other_and_is_not_wanted_again(ears: Ears) -> None:
    server = Server(refuse=frozenset({"IBM"}))
    async with served(server.talk) as (url, count):
        stream = ears.market(url)
        async with running(stream):
            await ears.follows.get()
            stream.follow(("SPY", "IBM"))
            assert await ears.follows.get() == FeedFollows(("SPY",), "405 symbol limit exceeded")
            assert server.socket is not None
            await send(server.socket, [BAR])
            await ears.hear(2)
            stream.follow(("SPY", "QQQ"))
            assert await ears.follows.get() == FeedFollows(("QQQ", "SPY"))
    assert count == [1]
    assert ears.events.empty()


async def test_a_change_that_the_server_does_not_answer_ends_the_connection(
    ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(silent=True)
    async with served(server.talk) as (url, _):
        stream = ears.market(url)
        async with running(stream):
            await ears.follows.get()
            await ears.hear(1)
            monkeypatch.setattr("fluxherod.adapters.alpaca.market_stream.HANDSHAKE_TIMEOUT_S", 0.05)
            stream.follow(("SPY", "IBM"))
            (down,) = await ears.hear(1)
            monkeypatch.undo()
            assert await ears.follows.get() == FeedFollows(("IBM", "SPY"))
    assert isinstance(down, LinkChanged)
    assert not down.up


async def test_a_stream_without_symbols_is_up_and_takes_the_first_one(ears: Ears) -> None:
    subscriptions: list[dict[str, Any]] = []

    async def talk(socket: ServerConnection) -> None:
        await send(socket, CONNECTED)
        await socket.recv()
        await send(socket, [{"T": "success", "msg": "authenticated"}])
        subscriptions.append(json.loads(await socket.recv()))
        await send(socket, [{"T": "subscription", "bars": ["SPY"]}])
        await socket.wait_closed()

    async with served(talk) as (url, _):
        stream = ears.market(url, ())
        async with running(stream):
            assert await ears.follows.get() == FeedFollows(())
            assert (await ears.hear(1)) == [LinkChanged("market", True)]
            stream.follow(("SPY",))
            assert await ears.follows.get() == FeedFollows(("SPY",))
    assert [request["bars"] for request in subscriptions] == [["SPY"]]
