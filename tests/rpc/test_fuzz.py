"""A seeded attacker: protobuf, metadata, tokens, deadlines, bare bytes. `make fuzz N=50000` sends more than CI does."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import random
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor_pool import Default
from rpc.hostile import Attack, Attacker, garbage

from fluxherod.adapters.table_file import parquet

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "2000"))
SEED = int(os.environ.get("FUZZ_SEED", "2024"))
AT_ONCE = 50
BARE = 20
MOST_GROWTH_MB = 24.0
CLEAN = frozenset(
    grpc.StatusCode[name]
    for name in (
        "OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "UNIMPLEMENTED", "UNAUTHENTICATED", "ABORTED",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED",
    )
)  # fmt: skip


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def strike(channel: grpc.aio.Channel, attack: Attack) -> grpc.StatusCode:
    """How the daemon answers; a stream's first message is OK."""
    try:
        method: Any = Default().FindMethodByName(attack.method[1:].replace("/", "."))  # type: ignore[attr-defined]
        streams, many = method.server_streaming, method.client_streaming
    except KeyError:
        streams = many = False
    kind: Any = channel.stream_stream if many else channel.unary_stream if streams else channel.unary_unary
    request = [attack.request] if many else attack.request
    timeout_s = 10.0 if many else attack.timeout_s  # gRPC's own client says INTERNAL when it writes at a deadline
    call = kind(attack.method)(request, metadata=attack.metadata, timeout=timeout_s)
    try:
        await (call.read() if streams else call)
    except grpc.aio.AioRpcError as error:
        return error.code()
    call.cancel()
    return grpc.StatusCode.OK


async def throw(port: int, content: bytes) -> None:
    """Bytes at the bare port; done when the daemon has closed, or has taken them and says nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer), suppress(OSError):  # it may close while we still write
        writer.write(content)
        writer.write_eof()
        async with asyncio.timeout(5):
            await reader.read()


async def test_hostile_calls_end_in_clean_refusals_and_leave_nothing_behind(
    world: Any, client: Any, caplog: Any
) -> None:
    parquet({"id": ["1"], "price": ["1.5"]}, {"id": "text", "price": "money"})  # the first loads 60 MB
    caplog.set_level(logging.CRITICAL)  # thousands of lines would be memory of the test's own
    methods = sorted(world.server.door.handlers)  # health and reflection, too
    assert {method.split(".")[0] for method in methods} == {"/fluxhero", "/grpc"}
    attacker = Attacker(SEED, methods, [world.token(role) for role in ("read", "trade", "admin")])
    async with grpc.aio.insecure_channel(f"127.0.0.1:{world.port}") as tcp:
        tasks, resident, bad = len(asyncio.all_tasks()), 0.0, []
        for number in range(REQUESTS // AT_ONCE):
            attacks = [attacker.attack() for _ in range(AT_ONCE)]
            channels = [attacker.chance.choice((tcp, client.channel)) for _ in attacks]
            codes = await asyncio.gather(*map(strike, channels, attacks))
            bad += [(attack, code) for attack, code in zip(attacks, codes, strict=True) if code not in CLEAN]
            assert bad == []
            if number == REQUESTS // AT_ONCE // 5:
                gc.collect()
                resident = resident_mb()
        await asyncio.gather(*(throw(world.port, garbage(random.Random(SEED + each))) for each in range(BARE)))
        await world.until(lambda: world.server.gate.loads.calls == 0 and world.hub.gauges().subscribers == 0)
        await world.until(lambda: len(asyncio.all_tasks()) <= tasks + 2)
    gc.collect()
    assert resident_mb() - resident < MOST_GROWTH_MB
