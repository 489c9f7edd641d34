"""What the server itself bounds, over real connections."""

from __future__ import annotations

import asyncio
import grp
import os
import socket
import stat
from typing import Any

import grpc
import pytest

from fluxhero.v1 import market_pb2, order_pb2, risk_pb2, stream_pb2, system_pb2
from fluxherod.rpc import door, limits
from fluxherod.rpc.sockets import ListenError

STATUS = "/fluxhero.v1.SystemService/GetStatus"
WATCH = "/fluxhero.v1.StreamService/Watch"


def channel(target: str) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(target, (("grpc.use_local_subchannel_pool", 1),))


def header(world: Any, role: str = "read") -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {world.token(role)}"),)


async def test_full_tcp_connections_leave_the_socket_usable(make_world: Any, serving: Any) -> None:
    world = make_world(max_connections=3)
    async with serving(world) as client:
        channels = [channel(f"127.0.0.1:{world.port}") for _ in range(3)]
        for each in channels:
            assert await each.unary_unary(STATUS)(b"", metadata=header(world), timeout=60)
        fourth = channel(f"127.0.0.1:{world.port}")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await fourth.unary_unary(STATUS)(b"", metadata=header(world), timeout=60)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert (await client.system.GetStatus(system_pb2.GetStatusRequest())).status.version == "1.2.3"
        for each in (*channels, fourth):
            await each.close()


async def test_streams_beyond_the_most_of_a_caller_are_refused_with_when_to_come_back(
    make_world: Any, serving: Any, refused: Any
) -> None:
    world = make_world(streams_per_caller=2)
    async with serving(world) as client:
        await world.trading()
        streams = [client.stream.Watch(stream_pb2.WatchRequest()) for _ in range(2)]
        for stream in streams:
            await stream.read()
        refusal = await refused(client.stream.Watch(stream_pb2.WatchRequest()).read())
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
        assert any("RetryInfo" in part.type_url for part in refusal.details)
        streams[0].cancel()
        await world.until(lambda: world.hub.gauges().subscribers == 1)
        await client.stream.Watch(stream_pb2.WatchRequest()).read()


async def test_a_request_that_is_too_large_is_refused(make_world: Any, serving: Any) -> None:
    world = make_world(max_request_bytes=65_536)
    async with serving(world) as client:
        request = system_pb2.GetConfigRequest(prefix="x" * 60_000)
        await client.system.GetConfig(request)
        request.prefix *= 2
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.system.GetConfig(request)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_who_has_no_token_is_refused_before_anything_of_the_request_is_read(
    world: Any, serving: Any, refused: Any
) -> None:
    async with serving(world), channel(f"127.0.0.1:{world.port}") as tcp:
        for method, open_call in ((STATUS, tcp.stream_unary), (WATCH, tcp.stream_stream)):
            call = open_call(method)(timeout=10)  # of which no message ever comes
            refusal = await refused(call if method == STATUS else call.read())
            assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING")


async def test_a_request_that_does_not_come_holds_no_place_for_long(
    world: Any, serving: Any, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "REQUEST_PATIENCE_S", 0.1)
    async with serving(world), channel(f"127.0.0.1:{world.port}") as tcp:
        calls = [
            tcp.stream_unary(STATUS)(metadata=header(world), timeout=10),
            tcp.stream_unary("/grpc.health.v1.Health/Check")(timeout=10),
        ]
        for call in calls:
            refusal = await refused(call)
            assert (refusal.code, refusal.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "INVALID_FIELD")
        assert (world.server.gate.loads.calls, world.server.gate.strangers.calls) == (0, 0)


async def test_a_call_without_a_message_is_the_callers_mistake(world: Any, serving: Any, refused: Any) -> None:
    async with serving(world), channel(f"127.0.0.1:{world.port}") as tcp:
        call: Any = tcp.stream_unary(STATUS)(metadata=header(world), timeout=10)
        await call.done_writing()
        refusal = await refused(call)
        assert (refusal.code, refusal.text) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "a call has one message, this one has none",
        )


async def test_no_list_of_a_request_is_so_long_that_it_holds_the_daemon(client: Any, refused: Any) -> None:
    many = door.MOST_ENTRIES + 1
    limits_request = risk_pb2.UpdateLimitsRequest(request_id="1", reason="why")
    limits_request.update_mask.paths.extend(["trend_risk_bp"] * many)
    asked = {
        "states": client.market.ListSymbols(market_pb2.ListSymbolsRequest(states=[1] * many)),
        "symbols": client.order.ListOrders(order_pb2.ListOrdersRequest(symbols=["SPY"] * many)),
        "topics": client.stream.Watch(stream_pb2.WatchRequest(topics=[1] * many)).read(),
        "update_mask.paths": client.risk.UpdateLimits(limits_request),
    }
    for field, call in asked.items():
        refusal = await refused(call)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
        assert refusal.fields == {field: "at most 10000 entries, not 10001"}
    most = market_pb2.ListSymbolsRequest(states=[market_pb2.SYMBOL_STATE_ACTIVE] * door.MOST_ENTRIES)
    assert len((await client.market.ListSymbols(most)).symbols) == 2


async def test_a_call_without_a_deadline_ends_when_its_time_is_over(make_world: Any, serving: Any) -> None:
    world = make_world(longest_call_s=1.0)
    async with serving(world) as client:
        await world.trading()
        world.store.orders = lambda *arguments, **more: asyncio.Event().wait()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.order.ListOrders(order_pb2.ListOrdersRequest())
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert world.server.gate.loads.calls == 0


async def test_the_socket_is_given_to_the_group_that_is_named(make_world: Any, serving: Any) -> None:
    name = grp.getgrgid(os.getgid()).gr_name
    world = make_world(unix_group=name)
    async with serving(world):
        status = world.socket.stat()
        assert (status.st_gid, stat.S_IMODE(status.st_mode)) == (os.getgid(), 0o660)


async def test_a_group_that_is_not_there_is_said(make_world: Any) -> None:
    with pytest.raises(ListenError, match=r"no group \"nobody-has-this\" \(grpc\.unix_group\)"):
        await make_world(unix_group="nobody-has-this").server.start()


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:0", "[::1]:0"])
async def test_each_loopback_address_needs_a_token(world: Any, serving: Any, refused: Any, address: str) -> None:
    if "::" in address and not has_ipv6():
        address = "127.0.0.2:0"
    world.server = world.make_server(listen=address)
    async with serving(world), channel(f"{address[:-1]}{world.port}") as tcp:
        get: Any = tcp.unary_unary(STATUS)
        assert (await refused(get(b"", timeout=60))).reason == "TOKEN_MISSING"
        assert await get(b"", metadata=header(world), timeout=60)


async def test_without_an_address_there_is_no_port(world: Any, serving: Any) -> None:
    world.server = world.make_server(listen="")
    async with serving(world) as client:
        assert world.port == 0
        assert (await client.system.GetStatus(system_pb2.GetStatusRequest())).status.version == "1.2.3"


async def test_the_refusals_of_a_host_that_fails_too_often_wait_and_hold_up_nobody_with_a_token(
    make_world: Any, serving: Any, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HOLD_S", 3600.0)
    world = make_world(failed_attempts_per_minute=1, max_concurrent_streams=4)
    async with serving(world), channel(f"127.0.0.1:{world.port}") as tcp:
        get: Any = tcp.unary_unary(STATUS)
        holds = world.server.gate.holds
        assert (await refused(get(b"", timeout=60))).reason == "TOKEN_MISSING"
        held = get(b"")
        await world.until(lambda: holds.held == 1)
        assert (await refused(get(b"", timeout=60))).reason == "LIMIT_EXCEEDED"  # a quarter of four waits already
        assert await get(b"", metadata=header(world), timeout=60)
        held.cancel()
        await world.until(lambda: holds.held == 0)
        monkeypatch.setattr(limits, "HOLD_S", 0.01)
        assert (await refused(get(b"", timeout=60))).reason == "LIMIT_EXCEEDED"
