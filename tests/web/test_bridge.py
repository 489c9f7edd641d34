"""Calls over HTTP end as they do over gRPC."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import grpc
import pytest
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2
from harness.stopwatch import Stopwatch
from web.conftest import TEXT, Web, until
from web.probe import FAILURE, SERVICE, messages

from fluxhero.v1 import common_pb2, market_pb2, stream_pb2, system_pb2
from fluxherod.rpc.web.frames import message_frame

STATUS = "fluxhero.v1.SystemService/GetStatus"
OK, INVALID, DEADLINE, NOT_FOUND, EXHAUSTED, UNIMPLEMENTED, UNAVAILABLE = 0, 3, 4, 5, 8, 12, 14


def status_of(trailers: dict[str, str]) -> status_pb2.Status:
    """The rich error of an answer."""
    text = trailers["grpc-status-details-bin"]
    return status_pb2.Status.FromString(base64.b64decode(text + "=" * (-len(text) % 4)))


async def test_a_unary_call_answers_what_grpc_answers(web: Web) -> None:
    answered = await web.call(STATUS)
    assert (answered.status, answered.code, len(answered.messages)) == (200, OK, 1)
    over_http = system_pb2.GetStatusResponse.FromString(answered.messages[0]).status
    over_grpc = (await web.grpc.system.GetStatus(system_pb2.GetStatusRequest())).status
    assert (over_http.state, list(over_http.symbols)) == (over_grpc.state, list(over_grpc.symbols))
    assert answered.headers["content-type"] == "application/grpc-web+proto"


async def test_text_mode_answers_the_same_in_base64(web: Web) -> None:
    body = base64.b64encode(message_frame(b""))
    response = await web.client.post(f"{web.url}/{STATUS}", content=body, headers={"content-type": TEXT})
    assert response.headers["content-type"] == "application/grpc-web-text+proto"
    assert b"grpc-status:0\r\n" in base64.b64decode(response.content)


async def test_metadata_goes_both_ways(web: Web) -> None:
    headers = {"x-text": "abc", "x-raw-bin": "AP8=", "user-agent": "none", "cookie": "a=b"}
    answered = await web.call(f"{SERVICE}/Echo", messages().EchoRequest(text="hallo"), headers)
    echo = messages().EchoResponse.FromString(answered.messages[0])
    assert {"x-text=abc", "x-raw-bin=00ff", "user-agent=none"} <= set(echo.metadata)
    assert not [line for line in echo.metadata if line.startswith(("cookie", "content-type", "host", "x-grpc-web"))]
    assert echo.peer.startswith("web:127.0.0.1:")
    assert (answered.headers["x-initial"], answered.headers["x-initial-bin"]) == ("first", "AP8B")
    assert (answered.trailers["x-trailing"], answered.trailers["x-trailing-bin"]) == ("last", "Av4")


async def test_a_rich_error_comes_with_its_details(web: Web) -> None:
    answered = await web.call(f"{SERVICE}/Fail")
    assert (answered.status, answered.code, answered.messages) == (200, INVALID, [])
    assert answered.trailers["grpc-message"] == "nein: gr%C3%B6%C3%9Fer als 5 %25"
    status = status_of(answered.trailers)
    assert (status.message, len(status.details)) == (FAILURE, 2)


async def test_the_doors_own_refusal_is_the_same_over_both_ways(web: Web) -> None:
    for method, request in (("GetQuote", market_pb2.GetQuoteRequest(symbol="NONE")), ("GetBars", b"\xff\xff")):
        data = request if isinstance(request, bytes) else request.SerializeToString()
        answered = await web.call(f"fluxhero.v1.MarketService/{method}", data)
        call = web.grpc.channel.unary_unary(f"/fluxhero.v1.MarketService/{method}")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(data)
        details = dict(refused.value.trailing_metadata() or ())["grpc-status-details-bin"]
        assert status_of(answered.trailers).SerializeToString() == details


@pytest.mark.parametrize("deadline", ["100m", "0S", "1n"])
async def test_a_deadline_ends_the_handler(web: Web, deadline: str) -> None:
    watch = Stopwatch()
    answered = await web.call(f"{SERVICE}/Hang", headers={"grpc-timeout": deadline})
    assert answered.code == DEADLINE
    assert watch.seconds < 1
    assert web.probe.running == 0
    assert web.probe.cancelled <= 1


@pytest.mark.parametrize(
    ("method", "body", "headers", "code"),
    [
        ("fluxhero.v1.SystemService/Nothing", message_frame(b""), {}, UNIMPLEMENTED),
        ("", message_frame(b""), {}, UNIMPLEMENTED),
        (STATUS, b"", {}, INVALID),
        (STATUS, message_frame(b"") * 2, {}, INVALID),
        (STATUS, message_frame(b"abc")[:-1], {}, INVALID),
        (STATUS, b"\x01" + message_frame(b"")[1:], {}, UNIMPLEMENTED),
        (STATUS, b"\x80" + message_frame(b"")[1:], {}, INVALID),
        (STATUS, b"\x00\xff\xff\xff\xff", {}, EXHAUSTED),
        (STATUS, bytes(2_000_000), {}, EXHAUSTED),
        (STATUS, message_frame(b""), {"grpc-timeout": "soon"}, INVALID),
        (STATUS, message_frame(b""), {"x-bad-bin": "###"}, INVALID),
    ],
)
async def test_what_is_no_call_is_refused_with_a_reason(
    web: Web, method: str, body: bytes, headers: dict[str, str], code: int
) -> None:
    answered = await web.post(method, body, headers)
    assert (answered.status, answered.code, answered.messages) == (200, code, [])
    assert status_of(answered.trailers).code == code
    assert answered.trailers["grpc-message"]


async def test_reflection_answers_a_request_that_is_complete(web: Web) -> None:
    from grpc_reflection.v1alpha import reflection_pb2

    method = "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    answered = await web.call(method, reflection_pb2.ServerReflectionRequest(list_services=""))
    names = reflection_pb2.ServerReflectionResponse.FromString(answered.messages[0]).list_services_response
    assert "fluxhero.v1.OrderService" in {service.name for service in names.service}


async def test_health_answers_and_watches(web: Web) -> None:
    checked = await web.call("grpc.health.v1.Health/Check", health_pb2.HealthCheckRequest(service="none"))
    assert (checked.code, checked.messages) == (NOT_FOUND, [])
    watched = await web.call("grpc.health.v1.Health/Watch", headers={"grpc-timeout": "1S"})
    assert (watched.code, len(watched.messages)) == (DEADLINE, 1)


async def test_a_stream_comes_message_by_message_and_tells_how_it_ended(web: Web) -> None:
    body = message_frame(messages().CountRequest(count=-1, interval_ms=3_600_000).SerializeToString())
    headers = {"content-type": "application/grpc-web"}
    async with web.client.stream("POST", f"{web.url}/{SERVICE}/Count", content=body, headers=headers) as response:
        chunks = response.aiter_raw()
        assert await anext(chunks) == message_frame(messages().CountResponse(number=1).SerializeToString())
        assert web.probe.running == 1, "the first has come, and the second not been said"
        await chunks.aclose()  # type: ignore[attr-defined]
    answered = await web.call(f"{SERVICE}/Count", messages().CountRequest(count=5, interval_ms=1, fail_after=3))
    assert (answered.code, len(answered.messages)) == (EXHAUSTED, 3)


async def test_a_client_that_leaves_ends_its_stream_and_the_handler_is_cancelled(web: Web) -> None:
    for method, request in (("Count", messages().CountRequest(count=-1, interval_ms=60_000)), ("Hang", b"")):
        data = request if isinstance(request, bytes) else request.SerializeToString()
        before = web.probe.cancelled
        _, writer = await asyncio.open_connection("127.0.0.1", web.http.port)
        body = message_frame(data)
        writer.write(web.head(f"{SERVICE}/{method}", len(body)) + body)
        await until(lambda: web.probe.running == 1)
        watch = Stopwatch()
        writer.close()
        await until(lambda before=before: web.probe.cancelled == before + 1 and web.probe.running == 0)
        assert watch.seconds < 0.5


async def test_a_firehose_starves_nobody(web: Web) -> None:
    body = message_frame(messages().CountRequest(count=3_000).SerializeToString())
    headers = {"content-type": "application/grpc-web"}
    answers = 0
    async with web.client.stream("POST", f"{web.url}/{SERVICE}/Count", content=body, headers=headers) as response:

        async def drain() -> int:
            return sum([len(chunk) async for chunk in response.aiter_raw()])

        reading = asyncio.create_task(drain())
        while not reading.done():
            assert (await web.call(f"{SERVICE}/Ended")).code == OK
            answers += 1
    assert await reading > 3_000 * 5
    assert answers > 20


async def test_a_stalled_client_stops_its_handler_instead_of_filling_memory(web: Web) -> None:
    request = messages().CountRequest(count=-1, padding=10_000)
    body = message_frame(request.SerializeToString())
    reader, writer = await asyncio.open_connection("127.0.0.1", web.http.port, limit=1024)
    writer.write(web.head(f"{SERVICE}/Count", len(body)) + body)
    await until(lambda: web.probe.written > 10)
    seen = -1
    while seen != web.probe.written:  # it writes on until the sockets' buffers are full
        seen = web.probe.written
        for _ in range(50):
            await asyncio.sleep(0.002)
    assert web.probe.written * 10_000 < 30_000_000
    assert web.probe.running == 1
    writer.transport.abort()
    await until(lambda: web.probe.running == 0)
    del reader


async def test_draining_tells_open_streams_why_they_end(web: Web) -> None:
    request = stream_pb2.WatchRequest(topics=[common_pb2.TOPIC_STATUS])
    watching = asyncio.create_task(web.call("fluxhero.v1.StreamService/Watch", request))
    hanging = asyncio.create_task(web.call(f"{SERVICE}/Hang"))
    await until(lambda: web.world.hub.gauges().subscribers == 1 and web.probe.running == 1)
    await web.world.server.drain("received SIGTERM")
    answered = await watching
    assert (answered.code, len(answered.messages) >= 1) == (UNAVAILABLE, True)
    assert "received SIGTERM" in status_of(answered.trailers).message
    await web.http.stop("received SIGTERM", 0.05)
    answered = await hanging
    assert (answered.code, "received SIGTERM" in status_of(answered.trailers).message) == (UNAVAILABLE, True)
    assert web.http.connections == 0


async def test_calls_of_both_ways_are_counted_with_their_codes(web: Web) -> None:
    await web.call(STATUS)
    await web.grpc.system.GetStatus(system_pb2.GetStatusRequest())
    with pytest.raises(grpc.aio.AioRpcError):
        await web.grpc.market.GetQuote(market_pb2.GetQuoteRequest(symbol="NONE"))
    await web.call(f"{SERVICE}/Fail")
    await web.call(f"{SERVICE}/Hang", headers={"grpc-timeout": "50m"})
    text: Any = web.metrics.text()[0].decode()
    assert f'fluxhero_rpc_requests_total{{code="OK",method="/{STATUS}"}} 2.0' in text
    assert 'fluxhero_rpc_requests_total{code="NOT_FOUND",method="/fluxhero.v1.MarketService/GetQuote"} 1.0' in text
    assert f'fluxhero_rpc_requests_total{{code="INVALID_ARGUMENT",method="/{SERVICE}/Fail"}} 1.0' in text
    assert f'fluxhero_rpc_requests_total{{code="DEADLINE_EXCEEDED",method="/{SERVICE}/Hang"}} 1.0' in text
    assert f'fluxhero_rpc_duration_seconds_count{{method="/{STATUS}"}} 2.0' in text
