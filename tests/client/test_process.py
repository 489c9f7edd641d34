"""The command as a process: exit codes, signals, pipes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from typing import Any

import grpc

from fluxhero.v1 import common_pb2, market_pb2, system_pb2


def price(value: float, seq: int) -> market_pb2.WatchPricesResponse:
    prices = [market_pb2.Price(symbol="SPY", price=value, bid=value - 0.01, previous_close=1.0, change_pct=-0.5)]
    kind = common_pb2.STREAM_KIND_UPDATE if seq > 1 else common_pb2.STREAM_KIND_SNAPSHOT
    return market_pb2.WatchPricesResponse(epoch="e", kind=kind, prev_seq=seq - 1, seq=seq, prices=prices)


async def test_watch_prints_each_line_at_once_says_when_it_reconnects_and_ends_well(
    daemon: Any, fluxhero_process: Any, refusal: Any
) -> None:
    subscriptions: list[Any] = []

    async def serve(request: Any, _context: Any) -> Any:
        subscriptions.append(request)
        yield price(450.0 + len(subscriptions), 1)
        if len(subscriptions) == 1:
            yield refusal(grpc.StatusCode.UNAVAILABLE, "the daemon is stopping", "SHUTTING_DOWN")
        await asyncio.Event().wait()

    daemon.streams["MarketService/WatchPrices"] = serve
    process = await fluxhero_process("watch", "prices", "--symbol", "spy")
    lines = [(await process.stdout.readline()).decode().split() for _ in range(3)]
    assert lines == [
        ["time", "ET", "symbol", "price", "$", "day", "%", "bid", "$", "ask", "$"],
        ["-", "SPY", "451.00", "-0.50", "450.99", "-"],
        ["-", "SPY", "452.00", "-0.50", "451.99", "-"],
    ]
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 0
    assert err.decode().splitlines() == [
        "fluxhero: connection lost (the daemon is stopping), reconnecting; Ctrl-C ends",
        "fluxhero: connected again",
    ]
    assert list(subscriptions[0].symbols) == ["SPY"]


async def test_watch_for_scripts_is_one_message_a_line(daemon: Any, fluxhero_process: Any) -> None:
    async def serve(_request: Any, _context: Any) -> Any:
        yield price(450.0, 1)
        yield price(451.0, 2)
        await asyncio.Event().wait()

    daemon.streams["MarketService/WatchPrices"] = serve
    process = await fluxhero_process("watch", "prices", "-o", "json")
    messages = [json.loads(await process.stdout.readline()) for _ in range(2)]
    assert [(one["seq"], one["prices"][0]["price"]) for one in messages] == [("1", 450.0), ("2", 451.0)]
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 0


async def test_without_a_daemon_it_says_where_it_looked_and_how_to_start_one(fluxhero_process: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        for words in (("status",), ("watch", "orders")):
            process = await fluxhero_process(*words, "--address", address)
            out, err = (text.decode() for text in await process.communicate())
            assert (process.returncode, out) == (3, "")
            assert err.startswith(f"fluxhero: no daemon answers at {address} (as --address says)\n")
            assert "Connection refused" in err
            assert "make demo" in err


async def test_a_reader_that_leaves_does_not_make_it_complain(daemon: Any, fluxhero_process: Any) -> None:
    gate = asyncio.Event()

    async def serve(_request: Any, _context: Any) -> Any:
        yield price(450.0, 1)
        await gate.wait()
        for seq in range(2, 2000):
            yield price(450.0, seq)

    daemon.streams["MarketService/WatchPrices"] = serve
    process = await fluxhero_process("watch", "prices")
    await process.stdout.readline()
    process._transport.get_pipe_transport(1).close()
    gate.set()
    _, err = await process.communicate()
    assert (process.returncode, err) == (141, b"")


async def test_output_in_a_pipe_has_no_colour(daemon: Any, fluxhero_process: Any) -> None:
    daemon.answers["SystemService/GetStatus"] = system_pb2.GetStatusResponse(
        status=system_pb2.Status(state=system_pb2.TRADING_STATE_HALTED)
    )
    out, _ = await (await fluxhero_process("status", TERM="xterm-256color")).communicate()
    assert b"HALTED" in out
    assert b"\x1b" not in out


async def test_ctrl_c_at_the_question_ends_it_and_sends_nothing(daemon: Any, fluxhero_process: Any) -> None:
    terminal, other_end = os.openpty()
    process = await fluxhero_process("place", "buy", "SPY", "1", "--stop", "1", stdin=other_end)
    try:
        await process.stderr.readuntil(b"[y/N]")
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert process.returncode == 130
    finally:
        os.close(terminal)
        os.close(other_end)
    assert daemon.requests("OrderService/PlaceOrder") == []
