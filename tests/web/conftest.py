"""A daemon's inside with its HTTP server: the world of the RPC tests, a probing service, and a client of it all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness.lockstep import lockstep
from harness.tape import PLAYED, QQQ_IS_SHORT, SYMBOLS, TIMEFRAME
from rpc.conftest import World, running
from web.dashboard_browser import Browser, Desk, free_port
from web.probe import SERVICE, Probe

from fluxherod.configuration.http_section import HttpConfig
from fluxherod.rpc.metrics import Metrics
from fluxherod.rpc.web.frames import Mode, message_frame
from fluxherod.rpc.web.http import HttpServer
from fluxherod.rpc.web.serving import make_http

PATIENCE_S = 60.0
BINARY, TEXT = Mode.BINARY.value, Mode.TEXT.value


@dataclass
class Answered:
    """What came back: HTTP's part, the messages and the trailers."""

    status: int
    headers: httpx.Headers
    messages: list[bytes]
    trailers: dict[str, str]

    @property
    def code(self) -> int:
        return int(self.trailers["grpc-status"])


def parse(body: bytes) -> tuple[list[bytes], dict[str, str]]:
    """The frames of a binary answer, written without the code under test."""
    messages, trailers = [], {}
    while body:
        flag, length = body[0], int.from_bytes(body[1:5], "big")
        data, body = body[5 : 5 + length], body[5 + length :]
        assert len(data) == length
        if flag == 0:
            messages.append(data)
        else:
            assert flag == 0x80
            assert not body, "trailers come last"
            trailers = dict(line.split(":", 1) for line in data.decode("ascii").split("\r\n") if line)
    return messages, trailers


class Web:
    """The daemon's inside, reachable over HTTP. `headers` is what each call carries besides its own."""

    def __init__(
        self, folder: Path, grpc_settings: dict[str, Any] | None = None, webui: Path | None = None, **settings: Any
    ) -> None:
        self.world = World(folder / "fluxherod.sock", grpc_settings)
        self.probe = Probe()
        self.world.server.door.add_registered_method_handlers(SERVICE, self.probe.handlers())
        self.metrics = Metrics()
        self.metrics.watch_daemon(self.world.engine, self.world.runner, self.world.hub, self.world.info)
        config = HttpConfig(**{"listen": "127.0.0.1:0", **settings})
        where = webui or folder / "webui"
        self.http: HttpServer = make_http(self.world.server, self.world.info, self.metrics, config, where)
        self.headers: dict[str, str] = {}
        self.client = httpx.AsyncClient(headers=self.headers, timeout=PATIENCE_S)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.port}"

    def head(self, method: str, length: int) -> bytes:
        """The beginning of a call in binary mode, for those who write to the socket themselves."""
        headers = {"host": "localhost", "content-type": BINARY, "content-length": str(length), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /{method} HTTP/1.1\r\n{lines}\r\n".encode()

    async def call(self, method: str, request: Any = b"", headers: dict[str, str] | None = None) -> Answered:
        """A unary call in binary mode, by hand."""
        data = request if isinstance(request, bytes) else request.SerializeToString()
        return await self.post(method, message_frame(data), headers)

    async def post(self, method: str, body: bytes, headers: dict[str, str] | None = None) -> Answered:
        all_headers = {"content-type": BINARY, "x-grpc-web": "1", **(headers or {})}
        response = await self.client.post(f"{self.url}/{method}", content=body, headers=all_headers, timeout=PATIENCE_S)
        return Answered(response.status_code, response.headers, *parse(response.content))

    async def __aenter__(self) -> Web:
        self._running = running(self.world)
        self.grpc = await self._running.__aenter__()
        self.headers["authorization"] = f"Bearer {self.world.token('admin')}"
        self.client.headers.update(self.headers)
        await self.http.start()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.client.aclose()
        await self.http.stop("the test ends", 0.0)
        await self._running.__aexit__(*error)


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    """A daemon that trades, reachable over HTTP."""
    async with Web(tmp_path) as web:
        await web.world.trading()
        yield web


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A daemon that is short of QQQ, and a browser to look at it: one for all tests of a file, which change it."""
    port = free_port()
    settings = (f"http.listen=127.0.0.1:{port}",)
    folder = tmp_path_factory.mktemp("dashboard")
    with lockstep(folder, PLAYED, SYMBOLS, TIMEFRAME, settings) as pair, Browser(f"http://127.0.0.1:{port}") as browser:
        pair.step_until(QQQ_IS_SHORT)
        yield Desk(pair, browser)


async def until(reached: Any) -> None:
    """Wait for something that happens on this loop."""
    async with asyncio.timeout(PATIENCE_S):
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
