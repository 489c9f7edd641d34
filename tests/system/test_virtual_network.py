"""The virtual time and the network in memory that weeks of faults are played over do what the real ones do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from harness.network import Network
from harness.network_rest import Transport
from harness.virtual_time import Deadlock, VirtualTimeLoop, run
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from alpacasim.line import LINE, Line
from fluxherod.adapters.alpaca.link import ReconnectPolicy

POLICY = ReconnectPolicy()
URL = "http://server/line"


def echoing(lines: list[Line]) -> Any:
    """A server that says what it hears."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        lines.append(scope["state"][LINE])
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})

    return serve


def seconds_until_an_error(end: Callable[[Line], None]) -> float:
    """How long a client takes to find out what became of its connection."""
    lines: list[Line] = []

    async def wait(loop: VirtualTimeLoop) -> float:
        async with Network(echoing(lines)).connect(URL, POLICY) as socket:
            await socket.send("hello")
            assert await socket.recv() == "hello"
            end(lines[0])
            began_s = loop.time()
            with pytest.raises(ConnectionClosedError):
                await socket.recv()
            return loop.time() - began_s

    return run(wait)


def test_time_jumps_to_the_next_timer() -> None:
    async def sleep(loop: VirtualTimeLoop) -> float:
        await asyncio.gather(asyncio.sleep(3600.0), asyncio.sleep(24 * 3600.0))
        return loop.time()

    assert run(sleep) == pytest.approx(24 * 3600.0, abs=1e-6)


def test_a_deadlock_is_said_and_not_waited_for() -> None:
    async def wait(loop: VirtualTimeLoop) -> None:
        await loop.create_future()

    with pytest.raises(Deadlock, match="for ever"):
        run(wait)


def test_a_line_that_is_cut_is_seen_at_once() -> None:
    assert seconds_until_an_error(lambda line: line.cut()) < 0.1


def test_a_dead_line_is_found_by_a_ping_that_nobody_answers() -> None:
    found_s = seconds_until_an_error(lambda line: line.die())
    assert POLICY.ping_timeout_s <= found_s <= POLICY.ping_every_s + POLICY.ping_timeout_s


def test_a_refused_upgrade_tells_its_status() -> None:
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.http.response.start", "status": 429, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})

    async def connect(loop: VirtualTimeLoop) -> int:
        with pytest.raises(InvalidStatus) as refused:
            async with Network(refuse).connect(URL, POLICY):
                pass
        return refused.value.response.status_code

    assert run(connect) == 429


def test_a_request_that_times_out_is_worked_on_and_the_server_sees_its_client_go() -> None:
    seen: list[str] = []

    async def hang(scope: Any, receive: Any, send: Any) -> None:
        seen.extend([(await receive())["type"], (await receive())["type"]])

    async def ask(loop: VirtualTimeLoop) -> float:
        async with httpx.AsyncClient(transport=Transport(Network(hang)), timeout=10.0) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(URL)
        await asyncio.sleep(1.0)
        return loop.time()

    assert run(ask) == pytest.approx(11.0, abs=0.1)
    assert seen == ["http.request", "http.disconnect"]
