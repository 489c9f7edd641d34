from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from fluxhero.v1 import (
    account_pb2,
    backtest_pb2,
    common_pb2,
    errors_pb2,
    market_pb2,
    order_pb2,
    position_pb2,
    risk_pb2,
    signal_pb2,
    strategy_pb2,
    stream_pb2,
    system_pb2,
    trade_pb2,
)
from fluxherod.engine.effects import ReplyCode
from fluxherod.engine.ports import StoreFailed
from fluxherod.rpc.errors import CODE_OF_REASON, Refused
from fluxherod.rpc.server import SERVICE_NAMES
from fluxherod.rpc.sockets import ListenError

FILES = (
    account_pb2, backtest_pb2, market_pb2, order_pb2, position_pb2, risk_pb2, signal_pb2, strategy_pb2, stream_pb2,
    system_pb2, trade_pb2,
)  # fmt: skip
SERVICES = {service.full_name: service for file in FILES for service in file.DESCRIPTOR.services_by_name.values()}
SERVED = {
    "SystemService": {
        "GetStatus", "GetConfig", "ReloadConfig", "WatchStatus", "ListAlerts", "AcknowledgeAlert", "WatchAlerts",
        "WatchEvents",
    },
    "MarketService": {
        "GetBars", "GetQuote", "GetIndicators", "ListSymbols", "AddSymbol", "RemoveSymbol", "WatchPrices", "WatchBars",
        "WatchIndicators",
    },
    "AccountService": {"GetAccount", "GetEquityCurve", "WatchAccount"},
    "PositionService": {"ListPositions", "GetPosition", "ClosePosition", "CloseAllPositions", "WatchPositions"},
    "OrderService": {
        "PreviewOrder", "PlaceOrder", "CancelOrder", "CancelAllOrders", "ReplaceOrder", "GetOrder", "ListOrders",
        "WatchOrders",
    },
    "SignalService": {"ListSignals", "GetSignal", "Explain", "WatchSignals"},
    "StrategyService": {"ListStrategies", "GetPerformance", "EnableSymbol", "DisableSymbol", "UpdateParameters"},
    "RiskService": {
        "GetRisk", "GetRiskReport", "UpdateLimits", "WatchRisk", "Halt", "Resume", "Flatten", "ResetBreaker",
    },
    "TradeService": {"ListTrades", "GetTrade", "GetStatistics", "ExportTrades"},
    "BacktestService": {
        "GetBacktest", "ListBacktests", "CancelBacktest", "RunBacktest", "RunWalkForward", "RunSweep",
    },
    "StreamService": {"Watch"},
}  # fmt: skip


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


def call(channel: grpc.aio.Channel, method: Any) -> Any:
    """The answer of a method to an empty request: its first message."""
    answer_class = GetMessageClass(method.output_type)
    kind = channel.unary_stream if method.server_streaming else channel.unary_unary
    multi = kind(
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=_serialize,
        response_deserializer=answer_class.FromString,
    )
    answer = multi(GetMessageClass(method.input_type)())
    return answer.read() if method.server_streaming else answer


def test_each_method_of_the_contract_is_served() -> None:
    assert {service.name: {method.name for method in service.methods} for service in SERVICES.values()} == SERVED


async def test_an_empty_request_is_answered_or_refused_and_never_a_fault(client: Any) -> None:
    methods = [m for s in SERVICES.values() for m in s.methods if m.name in SERVED.get(s.name, ())]
    answers = await asyncio.gather(*(call(client.channel, method) for method in methods), return_exceptions=True)
    codes = {answer.code() for answer in answers if isinstance(answer, grpc.aio.AioRpcError)}
    assert codes == {grpc.StatusCode.INVALID_ARGUMENT}


async def test_before_the_start_only_the_status_answers(world: Any, serving: Any, refused: Any) -> None:
    async with serving(world) as client:
        status = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status
        assert (status.state, status.version) == (system_pb2.TRADING_STATE_STARTING, "1.2.3")
        for name in ("WatchStatus", "GetAccount", "ListPositions", "Watch", "GetRisk", "ListSymbols"):
            method = next(m for s in SERVICES.values() for m in s.methods if m.name == name)
            refusal = await refused(call(client.channel, method))
            assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "NOT_READY")
            assert any("RetryInfo" in part.type_url for part in refusal.details)


async def test_orders_wait_until_the_broker_was_read(world: Any, serving: Any, refused: Any) -> None:
    async with serving(world) as client:
        world.broker.snapshot = _nothing
        world.begin()
        await world.until(lambda: world.engine.run == 1)
        request = order_pb2.PlaceOrderRequest(
            request_id="r", symbol="SPY", side=common_pb2.SIDE_BUY, quantity=1, type=order_pb2.ORDER_TYPE_MARKET
        )
        refusal = await refused(client.order.PlaceOrder(request))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "NOT_READY")


async def _nothing(now_ns: int) -> None:
    return None


async def test_reflection_lists_and_describes_every_service(client: Any) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    async for answer in stub.ServerReflectionInfo(_once(request)):
        names = {service.name for service in answer.list_services_response.service}
    assert {*SERVICE_NAMES, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"} == names
    assert set(SERVICE_NAMES) == set(SERVICES)


async def test_reflection_refuses_bytes_that_are_no_request_and_answers_those_before(
    client: Any, refused: Any, caplog: Any
) -> None:
    name = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    request = reflection_pb2.ServerReflectionRequest(list_services="").SerializeToString()
    call = client.channel.stream_stream(name)(iter([request, b"\xff\xff\xff"]))
    assert b"fluxhero.v1.SystemService" in await call.read()
    refusal = await refused(call.read())
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert "incident" not in caplog.text


async def _once(request: Any) -> AsyncIterator[Any]:
    yield request


async def test_health_follows_what_the_daemon_says_of_itself(world: Any, client: Any) -> None:
    stub = health_pb2_grpc.HealthStub(client.channel)

    async def status(service: str) -> int:
        return int((await stub.Check(health_pb2.HealthCheckRequest(service=service))).status)

    order, backtest = "fluxhero.v1.OrderService", "fluxhero.v1.BacktestService"
    not_serving, works = health_pb2.HealthCheckResponse.NOT_SERVING, health_pb2.HealthCheckResponse.SERVING
    assert [await status(name) for name in ("", order, backtest)] == [not_serving] * 3
    await world.server.set_serving(True)
    assert [await status(name) for name in ("", order, backtest)] == [works, works, works]
    await world.server.drain("going down")
    assert [await status(name) for name in ("", order)] == [not_serving] * 2


async def test_the_unix_socket_serves_its_owner_and_group_only(world: Any, client: Any) -> None:
    assert stat.S_IMODE(world.socket.stat().st_mode) == 0o660
    async with grpc.aio.insecure_channel(f"unix:{world.socket}") as channel:
        method = SERVICES["fluxhero.v1.RiskService"].methods_by_name["Halt"]
        halt = channel.unary_unary(
            "/fluxhero.v1.RiskService/Halt",
            request_serializer=_serialize,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        response = await halt(risk_pb2.HaltRequest(request_id="h", reason="by the socket"))
    assert response.risk.halted_by == "unix"


async def test_a_second_daemon_is_refused_on_the_same_socket_and_port(world: Any, client: Any, tmp_path: Path) -> None:
    with pytest.raises(ListenError, match=r"another process answers on .*fluxherod.sock"):
        await world.make_server().start()
    taken = world.make_server(listen=f"127.0.0.1:{world.port}", unix_socket=tmp_path / "other.sock")
    with pytest.raises(ListenError, match="is another fluxherod running"):
        await taken.start()


async def test_a_dead_daemons_socket_is_replaced_and_a_plain_file_is_not(world: Any) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(world.socket))
    await world.server.start()
    await world.server.stop(0)
    plain = world.socket.with_name("plain")
    plain.write_text("mine")
    with pytest.raises(ListenError, match="is no socket"):
        await world.make_server(unix_socket=plain).start()
    assert plain.read_text() == "mine"


async def test_a_socket_folder_that_is_not_there_is_said(world: Any, tmp_path: Path) -> None:
    with pytest.raises(ListenError, match="does its folder exist"):
        await world.make_server(unix_socket=tmp_path / "none" / "s.sock").start()


async def test_a_fault_is_logged_and_its_text_stays_inside(
    world: Any, client: Any, refused: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world.store.broken = RuntimeError("secret path /x")
    refusal = await refused(client.order.ListOrders(order_pb2.ListOrdersRequest()))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert "secret" not in refusal.text
    incident = refusal.text.split()[-1]
    assert incident in caplog.text
    assert "secret path /x" in caplog.text


async def test_what_can_not_be_read_is_named_with_what_to_do(world: Any, client: Any, refused: Any) -> None:
    world.store.broken = StoreFailed("trades-2024-01.parquet: is missing: put it back from a backup")
    refusal = await refused(client.order.ListOrders(order_pb2.ListOrdersRequest()))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert "trades-2024-01.parquet: is missing: put it back from a backup" in refusal.text


async def test_draining_ends_streams_with_the_reason_and_refuses_new_calls(
    world: Any, client: Any, refused: Any
) -> None:
    stream = client.stream.Watch(stream_pb2.WatchRequest())
    assert (await stream.read()).kind == common_pb2.STREAM_KIND_SNAPSHOT
    await world.server.drain("received SIGTERM")
    refusal = await refused(stream.read())
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN")
    assert "received SIGTERM" in refusal.text
    refusal = await refused(client.system.GetStatus(system_pb2.GetStatusRequest()))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN")


@pytest.mark.parametrize("letter", ["x", "é", "\x00", "\n", "%", "\U0001f600"])
async def test_an_error_that_repeats_what_the_caller_sent_still_arrives(
    world: Any, client: Any, refused: Any, letter: str
) -> None:
    long = letter * 100_000
    fields = {f"{number}{long}": long for number in range(1000)}
    world.store.broken = Refused("INVALID_FIELD", long, fields=fields, metadata={"field": long})
    refusal = await refused(client.order.ListOrders(order_pb2.ListOrdersRequest()))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert refusal.text.startswith(letter * 100)
    assert refusal.text.endswith("…")
    assert 3 <= len(refusal.fields) <= 10


def test_every_reason_is_one_that_the_contract_names() -> None:
    names = {name.removeprefix("ERROR_REASON_") for name in errors_pb2.ErrorReason.keys()}  # noqa: SIM118
    assert set(CODE_OF_REASON) <= names
    assert {code.value for code in ReplyCode if code is not ReplyCode.OK} <= set(CODE_OF_REASON)
