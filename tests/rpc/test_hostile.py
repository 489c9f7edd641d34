from __future__ import annotations

import asyncio
import random
from typing import Any

import grpc
from google.protobuf.message_factory import GetMessageClass
from rpc.hostile import fill

from fluxhero.v1 import (
    account_pb2,
    market_pb2,
    order_pb2,
    position_pb2,
    risk_pb2,
    signal_pb2,
    stream_pb2,
    system_pb2,
    trade_pb2,
)

FILES = (
    account_pb2,
    market_pb2,
    order_pb2,
    position_pb2,
    risk_pb2,
    signal_pb2,
    stream_pb2,
    system_pb2,
    trade_pb2,
)
METHODS = [
    method for file in FILES for service in file.DESCRIPTOR.services_by_name.values() for method in service.methods
]
ALLOWED = {
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.UNIMPLEMENTED,
}  # fmt: skip


async def code(channel: grpc.aio.Channel, method: Any, request: bytes) -> grpc.StatusCode:
    """How the daemon answers to bytes: the code of the answer, or OK for a stream's first message."""
    answer_class = GetMessageClass(method.output_type)
    kind = channel.unary_stream if method.server_streaming else channel.unary_unary
    multi: Any = kind(
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=bytes,
        response_deserializer=answer_class.FromString,
    )
    call = multi(request, timeout=60)
    try:
        await (call.read() if method.server_streaming else call)
    except grpc.aio.AioRpcError as error:
        return error.code()
    call.cancel()
    return grpc.StatusCode.OK


async def test_a_request_that_is_no_protobuf_is_the_callers_mistake(client: Any) -> None:
    codes = await asyncio.gather(*(code(client.channel, method, b"\xff\xff\xff\xff") for method in METHODS))
    assert set(codes) <= {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNIMPLEMENTED}


async def test_2000_hostile_requests_end_in_clean_refusals_or_answers(world: Any, client: Any) -> None:
    chance = random.Random(2024)
    for _ in range(2_000 // len(METHODS) + 1):
        batch = []
        for method in METHODS:
            message = GetMessageClass(method.input_type)()
            fill(message, chance)
            batch.append(code(client.channel, method, message.SerializeToString()))
        codes = await asyncio.gather(*batch)
        bad = [(m.full_name, c) for m, c in zip(METHODS, codes, strict=True) if c not in ALLOWED | {grpc.StatusCode.OK}]
        assert bad == []
    await world.until(lambda: world.hub.gauges().subscribers == 0)
