"""Calls over HTTP beside the same calls over gRPC, to one server process. `python tests/bench/bench_web.py`.

The server answers both from one event loop through the same door, as the daemon does. Its processor time is read from
the system, so what the clients spend is not in it.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from web.probe import SERVICE, Probe, messages

from fluxherod.configuration.grpc_section import GrpcConfig
from fluxherod.configuration.http_section import HttpConfig
from fluxherod.rpc.access import Gate
from fluxherod.rpc.door import Door
from fluxherod.rpc.tokens import TokenBook, TokenFile
from fluxherod.rpc.web.bridge import Bridge
from fluxherod.rpc.web.frames import Mode, message_frame
from fluxherod.rpc.web.http import HttpServer
from fluxherod.rpc.web.site import Pages

CALLS, STREAMED, ROUNDS = 1_500, 20_000, 5
PADDING = 40


async def _nobody(scope: object) -> str:
    return "nobody"


async def serve() -> None:
    """Both ways in, until the process is ended; prints the ports and a token."""
    tokens, settings = TokenFile(Path(tempfile.mkdtemp())), GrpcConfig(requests_per_second=100_000)
    tokens.make_first(datetime.now(UTC))
    door = Door(Gate(settings, TokenBook(tokens)), settings.longest_call_s)
    door.add_registered_method_handlers(SERVICE, Probe().handlers())
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((door,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()

    pages = Pages({}, lambda: (True, {}), lambda: (b"", ""), _nobody)
    web = HttpServer(HttpConfig(listen="127.0.0.1:0"), Bridge(door.handlers, 1 << 20, door.knows), pages)
    print(port, await web.start(), (tokens.folder / "read.token").read_text().strip(), flush=True)
    await server.wait_for_termination()


@contextmanager
def server() -> Iterator[tuple[int, int, int, str]]:
    """The server's process id, its gRPC port, its HTTP port and a token."""
    child = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    grpc_port, http_port, token = child.stdout.readline().split()
    try:
        yield child.pid, int(grpc_port), int(http_port), f"Bearer {token}"
    finally:
        child.kill()
        child.wait()


def spent_s(pid: int) -> float:
    """Processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Native:
    """A gRPC client."""

    def __init__(self, port: int, authorization: str) -> None:
        self._metadata = (("authorization", authorization),)
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._ended = channel.unary_unary(f"/{SERVICE}/Ended")
        self._count = channel.unary_stream(f"/{SERVICE}/Count")

    def unary(self) -> None:
        self._ended(b"", metadata=self._metadata)

    def stream(self, request: bytes) -> int:
        return sum(1 for _ in self._count(request, metadata=self._metadata))


class Browserlike:
    """A connection that is kept, as a browser keeps it."""

    def __init__(self, port: int, authorization: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"content-type": Mode.BINARY.value, "x-grpc-web": "1", "authorization": authorization}

    def _post(self, method: str, request: bytes) -> http.client.HTTPResponse:
        self._connection.request("POST", f"/{SERVICE}/{method}", message_frame(request), self._headers)
        return self._connection.getresponse()

    def unary(self) -> None:
        assert b"grpc-status:0" in self._post("Ended", b"").read()

    def stream(self, request: bytes) -> int:
        answer, received = self._post("Count", request), bytearray()
        while part := answer.read1(1 << 20):
            received += part
        assert b"grpc-status:0" in received
        return received.count(b"\x12" + bytes((PADDING,)) + bytes(PADDING))


def latencies_us(call: Callable[[], None]) -> list[float]:
    """Microseconds of each of many calls, one after the other."""
    taken = []
    for _ in range(CALLS):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1e6)
    return sorted(taken)


def main() -> None:
    """Print the table: the ways take turns, the best round of each counts."""
    request = messages().CountRequest(count=STREAMED, padding=PADDING).SerializeToString()
    with server() as (pid, grpc_port, http_port, authorization):
        ways: dict[str, Any] = {
            "gRPC": Native(grpc_port, authorization),
            "grpc-web": Browserlike(http_port, authorization),
        }
        unary: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
        stream: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, client in ways.items():
                before = spent_s(pid)
                taken = latencies_us(client.unary)
                each_us = (spent_s(pid) - before) / CALLS * 1e6
                unary[name].append((statistics.median(taken), taken[int(CALLS * 0.99)], each_us))
                before, started = spent_s(pid), time.perf_counter()
                assert client.stream(request) == STREAMED
                seconds = time.perf_counter() - started
                stream[name].append(((spent_s(pid) - before) / STREAMED * 1e6, STREAMED / seconds))
    print(f"{'':10}{'unary p50':>12}{'p99':>10}{'CPU':>10}   {'a message of a stream, CPU':>28}{'messages/s':>14}")
    for name in ways:
        p50, p99, cpu = min(unary[name])
        each, rate = min(stream[name])
        print(f"{name:10}{p50:9.0f} µs{p99:7.0f} µs{cpu:7.0f} µs   {each:25.1f} µs{rate:14,.0f}")
    ratio = min(unary["grpc-web"])[0] / min(unary["gRPC"])[0]
    print(f"grpc-web's p50 is {ratio:.2f} x gRPC's")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main()
