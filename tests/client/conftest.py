"""A daemon that says what a test tells it to, over a real socket; and a console that keeps what is printed."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from fluxhero.v1 import stream_pb2, trade_pb2  # noqa: F401  (registers every message of the API)
from fluxhero_client.cli.arguments import parse
from fluxhero_client.cli.console import Console
from fluxhero_client.cli.execute import execute


@dataclass
class FakeDaemon(grpc.GenericRpcHandler):
    """Answers each RPC with what `answers` or `streams` holds for it, and remembers what it was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    streams: dict[str, Callable[[Any, Any], AsyncIterator[Message]]] = field(default_factory=dict)
    received: list[tuple[str, Any]] = field(default_factory=list)
    target: str = ""

    def service(self, details: Any) -> Any:
        name = details.method.removeprefix("/")
        method = descriptor_pool.Default().FindMethodByName(name.replace("/", "."))
        short = name.removeprefix("fluxhero.v1.")
        codec = {
            "request_deserializer": message_factory.GetMessageClass(method.input_type).FromString,
            "response_serializer": message_factory.GetMessageClass(method.output_type).SerializeToString,
        }
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(self._stream(short), **codec)
        return grpc.unary_unary_rpc_method_handler(self._unary(short), **codec)

    def _unary(self, method: str) -> Callable[[Any, Any], Awaitable[Any]]:
        async def handle(request: Any, context: Any) -> Any:
            self.received.append((method, request))
            unknown = refusal(grpc.StatusCode.UNIMPLEMENTED, "not served", "NOT_IMPLEMENTED")
            answer = self.answers.get(method, unknown)
            if callable(answer):
                answer = await answer(request)
            if isinstance(answer, status_pb2.Status):
                await context.abort_with_status(rpc_status.to_status(answer))
            return answer

        return handle

    def _stream(self, method: str) -> Callable[[Any, Any], AsyncIterator[Any]]:
        async def handle(request: Any, context: Any) -> AsyncIterator[Any]:
            self.received.append((method, request))
            async for message in self.streams[method](request, context):
                if isinstance(message, status_pb2.Status):
                    await context.abort_with_status(rpc_status.to_status(message))
                yield message

        return handle

    def requests(self, method: str) -> list[Any]:
        return [request for name, request in self.received if name == method]


def refusal(
    code: grpc.StatusCode, text: str, reason: str = "", *details: Message, **metadata: str
) -> status_pb2.Status:
    """A `google.rpc.Status` as the daemon sends it."""
    status = status_pb2.Status(code=code.value[0], message=text)
    info = error_details_pb2.ErrorInfo(reason=reason, domain="fluxhero", metadata=metadata)
    for detail in (info, *details) if reason else details:
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    return status


@pytest.fixture(name="refusal")
def make_refusal() -> Any:
    return refusal


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[FakeDaemon]:
    fake = FakeDaemon()
    server = grpc.aio.server(handlers=[fake])
    fake.target = f"unix:{tmp_path}/fluxherod.sock"
    server.add_insecure_port(fake.target)
    await server.start()
    yield fake
    await server.stop(None)


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def fluxhero(daemon: FakeDaemon) -> Callable[..., Awaitable[Outcome]]:
    """Runs one command line against the fake daemon, within the test's event loop."""

    async def run(
        line: str | list[str], *, answer: str | None = None, colour: bool = False, width: int | None = None
    ) -> Outcome:
        words = line.split() if isinstance(line, str) else line
        out, err = io.StringIO(), io.StringIO()
        typed = io.StringIO(answer or "")
        console = Console(out, err, typed, colour=colour, width=width, interactive=answer is not None)
        code = await execute(parse(["--address", daemon.target, *words]), console)
        return Outcome(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
async def fluxhero_process(daemon: FakeDaemon) -> AsyncIterator[Callable[..., Awaitable[asyncio.subprocess.Process]]]:
    """Starts the command as a process of its own; none outlives the test."""
    started: list[asyncio.subprocess.Process] = []

    async def start(
        *words: str, stdin: int = asyncio.subprocess.DEVNULL, address: str | None = "", **environment: str
    ) -> asyncio.subprocess.Process:
        where = [] if address is None else ["--address", address or daemon.target]
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environment}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "fluxhero_client.cli", *where, *words),
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=variables,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.communicate()
