"""Serves a simulator on one loopback port, with uvicorn."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable

import uvicorn

from alpacasim.app import Simulator
from alpacasim.line import SocketLine


class _QuietServer(uvicorn.Server):
    """Tells when it listens; leaves signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. OSError says why it can't be had, and what helps."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off: without, every answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as fault:
        listener.close()
        why, remedy = fault.strerror or str(fault), "name an address of this machine"
        if fault.errno == errno.EADDRINUSE:
            remedy = "end what listens there, or take another port (0 is a free one)"
        elif fault.errno == errno.EACCES:
            remedy = "take a port from 1024 on"
        raise OSError(f"can't listen on {host}:{port}: {why.lower()}; {remedy}") from None
    return listener


async def serve(
    simulator: Simulator,
    listener: socket.socket,
    stop: asyncio.Event,
    *,
    on_ready: Callable[[], None] = lambda: None,
    log_level: str = "warning",
) -> None:
    """Serve, and from then on play in run mode, until `stop` is set; then close every connection cleanly."""
    ready = asyncio.Event()

    def listening() -> None:
        on_ready()
        ready.set()

    async def play() -> None:
        await ready.wait()
        if simulator.player.mode == "run":
            await simulator.player.run()

    config = uvicorn.Config(
        simulator.app,
        ws=SocketLine,
        ws_per_message_deflate=False,
        ws_max_size=16 * 1024 * 1024,
        lifespan="off",
        access_log=False,
        proxy_headers=False,  # a header must not make a stranger local
        log_level=log_level,
        timeout_graceful_shutdown=3,
    )
    server = _QuietServer(config, listening)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server._serve([listener]))
        playing = group.create_task(play())
        await _first_of(stop, serving)
        playing.cancel()
        simulator.market_hub.close_all()
        simulator.trade_hub.close_all()
        server.should_exit = True


async def _first_of(stop: asyncio.Event, serving: asyncio.Task[None]) -> None:
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, serving}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
