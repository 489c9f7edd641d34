"""Requests that nobody should send: each ends in a clean answer or a closed connection, and leaves nothing behind.

A thousand in CI; `make fuzz-web N=50000 SEED=7` sends more, and others.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import logging
import os
import random
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message_factory import GetMessageClass
from rpc.test_hostile import METHODS, fill
from web.conftest import Web, until

from fluxherod.rpc.web.frames import message_frame

REQUESTS = int(os.environ.get("FUZZ_WEB_REQUESTS", "1000"))
SEED = int(os.environ.get("FUZZ_WEB_SEED", "2024"))
CARRIED: list[tuple[bytes, bytes]] = []  # what each call carries besides its own
AT_ONCE = 32
NAP_S = 0.001
CALL_PATIENCE, PATIENCE = 300, 50  # naps
MOST_GROWTH = 24 * 1024 * 1024
BINARY, TEXT = b"application/grpc-web+proto", b"application/grpc-web-text"
# gRPC codes that are a fault of the daemon's, or say nothing.
FAULTS = {"gRPC 2", "gRPC 13", "gRPC 15", "HTTP 500"}
METHOD_NAMES = [f"{method.containing_service.full_name}/{method.name}" for method in METHODS]
VERBS = (b"GET", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT", b"PRI", b"get", b"\xff")
PATHS = (
    b"/", b"/metrics", b"/healthz", b"/livez", b"/about.css", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd",
    b"/%00", b"//", b"/a/b/c?d=e#f", b"*", b"http://evil.example.net/", b"/" + b"x" * 5_000, b"/\xc3\xa9", b"/%zz", b"",
)  # fmt: skip
HOSTS = (b"localhost", b"127.0.0.1:1", b"[::1]", b"evil.example.net", b"", b"localhost, evil", b"a" * 3_000)
TIMEOUTS = (b"1m", b"0S", b"99999999H", b"-1S", b"soon", b"", b"1" * 40 + b"S", b"\xd9\xa1S")
HEADERS = (
    (b"x-bin", b"AP8="), (b"x-bad-bin", b"!!!"), (b"x-many-bin", b"AA,BB,,CC"), (b"authorization", b"Bearer \xff\xfe"),
    (b"origin", b"null"), (b"origin", b"http://localhost"), (b"origin", b"https://evil.example"), (b"te", b"trailers"),
    (b"grpc-encoding", b"gzip"), (b"content-encoding", b"gzip"), (b"upgrade", b"websocket"),
    (b"connection", b"upgrade"),
    (b"expect", b"100-continue"), (b"expect", b"?"), (b"x-long", b"y" * 9_000), (b"x-forwarded-for", b"192.0.2.1"),
    (b"access-control-request-method", b"POST"), (b"cookie", b"a=b"), (b"x-grpc-web", b"1"), (b"range", b"bytes=0-1"),
    (b"content-length", b"7"), (b"transfer-encoding", b"chunked"), (b"grpc-status", b"0"), (b"accept", b"*/*"),
)  # fmt: skip


def framed(chance: random.Random) -> tuple[bytes, bytes]:
    """A method and a message of it, with frames that are often none."""
    index = chance.randrange(len(METHODS))
    message = GetMessageClass(METHODS[index].input_type)()
    if chance.random() < 0.8:
        fill(message, chance)
    data = message.SerializeToString()[:60_000]
    body = message_frame(data)
    match chance.randrange(8):
        case 0:
            body = bytes(chance.choice((1, 2, 0x80, 0x81, 0xFF)) if i == 0 else byte for i, byte in enumerate(body))
        case 1:
            body = body[: chance.randrange(len(body) + 1)]
        case 2:
            body = body[:1] + chance.randbytes(4) + body[5:]
        case 3:
            body = bytes(byte ^ (1 << chance.randrange(8)) if chance.random() < 0.05 else byte for byte in body)
        case 4:
            body *= chance.randrange(4)
    return METHOD_NAMES[index].encode(), body


def call(chance: random.Random) -> bytes:
    """A grpc-web call, whole or nearly."""
    method, body = framed(chance)
    kind = chance.choices((BINARY, TEXT, b"application/grpc-web", b"text/plain", b""), (6, 3, 2, 1, 1))[0]
    if kind == TEXT and chance.random() < 0.8:
        body = base64.b64encode(body)
    headers = [(b"content-type", kind), (b"grpc-timeout", b"30m")]
    if chance.random() < 0.3:
        headers[1] = (b"grpc-timeout", chance.choice(TIMEOUTS))
    path = b"/" + (method if chance.random() < 0.9 else chance.randbytes(12).hex().encode())
    return request(chance, b"POST", path, headers, body)


def page(chance: random.Random) -> bytes:
    """Any method at any path."""
    return request(
        chance, chance.choice((*VERBS, b"POST")), chance.choice(PATHS), [], chance.randbytes(chance.randrange(20))
    )


def garbage(chance: random.Random) -> bytes:
    """What is no HTTP, or stops being it."""
    whole = call(chance)
    match chance.randrange(4):
        case 0:
            return chance.randbytes(chance.randrange(2_000))
        case 1:
            return whole[: chance.randrange(len(whole))]
        case 2:
            place = chance.randrange(len(whole))
            return whole[:place] + chance.randbytes(3) + whole[place:]
    return whole * 3  # pipelined


def request(chance: random.Random, verb: bytes, path: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> bytes:
    """HTTP as it goes out, with headers that don't belong there."""
    host = b"localhost" if chance.random() < 0.85 else chance.choice(HOSTS)
    more = [chance.choice(HEADERS) for _ in range(chance.choice((0, 0, 1, 2)))]
    lines = [(b"host", host), *headers, *more]
    if chance.random() < 0.95:
        lines += CARRIED
    if chance.random() < 0.2:
        lines.append((b"transfer-encoding", b"chunked"))
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:]) if part) + b"0\r\n\r\n"
    else:
        lines.append((b"content-length", str(len(body)).encode()))
    head = b"".join(b"%s: %s\r\n" % line for line in lines)
    return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (verb, path, head, body)


async def answer_to(port: int, data: bytes, patience: int) -> bytes:
    """What comes back until the other side ends or falls silent.

    That is so many naps of this loop, on which the other side works as well: on a slow machine they take longer.
    """
    received = bytearray()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return b""
    try:
        writer.write(data)
        reading = asyncio.create_task(read_into(received, reader))
        for _ in range(patience):
            if reading.done():
                break
            await asyncio.sleep(NAP_S)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return bytes(received)


async def read_into(received: bytearray, reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while part := await reader.read(65_536):
            received += part
            if b"grpc-status:" in received or (b"0\r\n\r\n" in received[-7:]):
                break


def verdict(received: bytes) -> str:
    """The HTTP status, or gRPC's where there is one."""
    if not received:
        return "closed"
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), head[:60]
    status = head[9:12].decode()
    if b"application/grpc-web" not in head.partition(b"content-type:")[2].partition(b"\r\n")[0]:
        return f"HTTP {status}"
    assert status == "200"
    if b"-text" in head:
        rest = b"".join(base64.b64decode(line) for line in rest.split(b"\r\n")[1::2] if len(line) % 4 == 0)
    code = re.search(rb"grpc-status:(\d+)\r\n", rest)
    return f"gRPC {code[1].decode()}" if code else "gRPC unfinished"


def resident() -> int:
    """Bytes of memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def kind_of(task: asyncio.Task[Any]) -> str:
    """What a task runs."""
    coroutine: Any = task.get_coro()
    return str(coroutine.__qualname__)


async def test_hostile_requests_end_in_clean_answers_and_leave_nothing_behind(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    chance, seen = random.Random(SEED), Counter[str]()
    CARRIED[:] = [(name.encode(), value.encode()) for name, value in web.headers.items()]
    caplog.set_level(logging.WARNING)
    before = asyncio.all_tasks()

    async def send(count: int) -> int:
        """Some requests, a few at a time; the memory once they are over."""
        numbers = iter(range(count))

        async def one_after_the_other() -> None:
            for _ in numbers:
                kind = chance.choices((call, page, garbage), (7, 2, 1))[0]
                data = kind(chance)
                result = verdict(await answer_to(web.http.port, data, CALL_PATIENCE if kind is call else PATIENCE))
                seen[result] += 1
                assert result not in FAULTS, data[:300]

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        await until(lambda: web.http.connections == 0 and web.world.hub.gauges().subscribers == 0)
        gc.collect()
        return resident()

    settled = await send(REQUESTS // 3)  # what the first third takes is taken for good
    grown = await send(REQUESTS - REQUESTS // 3) - settled
    print(f"{seen.total()} requests, then {grown / 1e6:+.1f} MB: {dict(seen.most_common())}")
    faults = [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    assert [record.getMessage() for record in faults] == []
    assert grown < MOST_GROWTH
    await until(lambda: {*map(kind_of, asyncio.all_tasks() - before)} <= {"HandClock.wait_until"})  # the runner's alarm
    assert (await web.call("fluxhero.v1.SystemService/GetStatus")).code == 0
    assert {"gRPC 0", "gRPC 3", "gRPC 12", "HTTP 400", "HTTP 404", "HTTP 421"} <= seen.keys()
