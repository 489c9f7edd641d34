"""The connection over a real socket: a daemon that dies in mid-use and comes back; and the recording."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
from tui import world

from fluxhero.v1 import common_pb2, stream_pb2, stream_pb2_grpc
from fluxhero_client import Client, connect
from fluxhero_tui.app import FluxHeroTui
from fluxhero_tui.link.connection import Connection
from fluxhero_tui.link.recorded import STREAM, RecordedClient, Said, address, asked, read, write
from fluxhero_tui.state.link import Phase
from fluxhero_tui.state.model import Model


class Streams(stream_pb2_grpc.StreamServiceServicer):
    """Sends a snapshot, or, to who resumes, what was missed."""

    def __init__(self) -> None:
        self.requests: list[stream_pb2.WatchRequest] = []

    async def Watch(self, request: stream_pb2.WatchRequest, context: Any) -> AsyncIterator[stream_pb2.WatchResponse]:
        self.requests.append(request)
        if request.HasField("from_seq"):
            yield world.snapshot(
                seq=1,
                prev_seq=1,
                snapshot_reason=common_pb2.SNAPSHOT_REASON_RESUMED,
                snapshot_topics=[common_pb2.TOPIC_PRICES],
                positions=[],
                orders=[],
                signals=[],
                alerts=[],
            )
            yield world.update(2, orders=[world.order("while-away")])
        else:
            yield world.snapshot()
        await asyncio.Event().wait()


async def serve(streams: Streams, socket: Path) -> grpc.aio.Server:
    server = grpc.aio.server()
    stream_pb2_grpc.add_StreamServiceServicer_to_server(streams, server)
    server.add_insecure_port(f"unix:{socket}")
    await server.start()
    return server


async def until(pilot: Any, true: Any) -> float:
    """Wait until something holds; how long that took."""
    began_s = time.monotonic()
    while not true():
        assert time.monotonic() < began_s + 30, "it never came true"
        await pilot.pause(0.02)
    return time.monotonic() - began_s


def shown(app: FluxHeroTui) -> str:
    return app.export_screenshot().replace("&#160;", " ")


def terminal(socket: Path) -> FluxHeroTui:
    def open_client() -> Client:
        return connect(str(socket), environment={})

    model = Model()
    return FluxHeroTui(Connection(model, open_client, lambda: open_client().address, time.monotonic))


async def test_a_daemon_that_dies_is_missed_within_3_s_and_found_again_within_3_s_with_nothing_missing(
    tmp_path: Path,
) -> None:
    socket, streams = tmp_path / "d.sock", Streams()
    server = await serve(streams, socket)
    app = terminal(socket)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.desk.link.phase is Phase.LIVE and app.desk.model.loaded)
        await server.stop(None)
        assert await until(pilot, lambda: app.stale and "CONNECTION LOST" in shown(app)) < 3
        await pilot.pause(1.0)  # long enough for the channel to have tried in vain
        server = await serve(streams, socket)
        assert await until(pilot, lambda: not app.stale) < 3
        await until(pilot, lambda: "while-away" in app.desk.model.orders)
        assert (streams.requests[-1].epoch, streams.requests[-1].from_seq) == ("e", 1)
        assert "fh-1-QQQ-m1" in app.desk.model.orders
        assert [entry.kind for entry in app.desk.model.happenings.entries].count("link") >= 3
    await server.stop(None)


async def test_a_terminal_that_is_opened_first_finds_the_daemon_when_it_comes(tmp_path: Path) -> None:
    socket = tmp_path / "d.sock"
    app = terminal(socket)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.desk.link.why)
        await until(pilot, lambda: "No daemon answers yet" in shown(app))
        server = await serve(Streams(), socket)
        assert await until(pilot, lambda: app.desk.model.loaded) < 5
        await server.stop(None)


async def test_the_recording_that_is_shipped_fills_every_screen() -> None:
    model = Model()
    connection = Connection(model, lambda: RecordedClient(read(), pace=0.0), address, time.monotonic)
    app = FluxHeroTui(connection)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: model.report.ByteSize() and model.trades and len(model.trails) >= 4)
        assert model.account.equity
        assert model.positions
        assert model.signals
        await pilot.press("2")
        await until(pilot, lambda: "•" in app.export_screenshot())
        assert not [entry for entry in model.happenings.entries if entry.tone == "warn"]


async def test_a_recording_plays_its_messages_in_order_and_again() -> None:
    said = [
        Said(STREAM, world.snapshot().SerializeToString()),
        Said(STREAM, world.update(2).SerializeToString(), at_s=0.001),
    ]
    stream = RecordedClient(said).watch.topics()
    seen = [(await anext(stream)).seq for _ in range(5)]
    assert seen == [1, 2, 1, 2, 1]
    await stream.aclose()


def test_a_recording_is_the_same_after_it_was_written(tmp_path: Path) -> None:
    request = stream_pb2.WatchRequest(symbols=["SPY"])
    said = [Said(STREAM, b"\x00\xff", asked(request), 1.25)]
    write(tmp_path / "r.gz", said)
    assert read(tmp_path / "r.gz") == said
