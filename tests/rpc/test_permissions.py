"""Every RPC x every kind of caller x both sockets."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pool import Default
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection_pb2

from fluxhero.v1 import access_pb2, common_pb2, order_pb2, risk_pb2, stream_pb2, stream_pb2_grpc, system_pb2
from fluxherod.engine.effects import Severity
from fluxherod.rpc.roles import NoRole, Role, rule_of
from fluxherod.rpc.tokens import TokenBook, TokenFile, TokensUnreadable

CALLERS = {"none": Role.NONE, "bad": None, "revoked": None, "read": Role.READ, "trade": Role.TRADE, "admin": Role.ADMIN}
REASONS = {"TOKEN_MISSING", "TOKEN_INVALID", "ROLE_INSUFFICIENT", "LIMIT_EXCEEDED", "TOKENS_UNREADABLE"}
CODES = {
    "TOKEN_MISSING": grpc.StatusCode.UNAUTHENTICATED,
    "TOKEN_INVALID": grpc.StatusCode.UNAUTHENTICATED,
    "ROLE_INSUFFICIENT": grpc.StatusCode.PERMISSION_DENIED,
}


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def reason_of(error: grpc.aio.AioRpcError) -> tuple[str, dict[str, str]]:
    data: Any = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    info = error_details_pb2.ErrorInfo()
    for part in status_pb2.Status.FromString(data).details:
        part.Unpack(info)
    return info.reason, dict(info.metadata)


async def outcome(channel: grpc.aio.Channel, method: str, metadata: Any) -> str:
    """Why the gate refused an empty request; empty when it let it in, whatever became of it then."""
    found: Any = Default().FindMethodByName(method[1:].replace("/", "."))
    multi: Any = (
        channel.stream_stream(method)
        if found.client_streaming
        else channel.unary_stream(method)
        if found.server_streaming
        else channel.unary_unary(method)
    )
    request: Any = _once(reflection_pb2.ServerReflectionRequest(list_services="")) if found.client_streaming else b""
    call = multi(request, metadata=metadata, timeout=60)
    try:
        await (call.read() if found.server_streaming else call)
    except grpc.aio.AioRpcError as error:
        return _gates(method, error)
    call.cancel()
    return ""


def _gates(method: str, error: grpc.aio.AioRpcError) -> str:
    reason, details = reason_of(error)
    if reason == "ROLE_INSUFFICIENT":
        assert details["required"] == str(rule_of(method).role)
    if reason in REASONS:
        assert error.code() is CODES[reason], method
        return reason
    assert error.code() in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNIMPLEMENTED), (method, error)
    return ""


async def _once(request: Any) -> AsyncIterator[bytes]:
    yield request.SerializeToString()


def expected(caller: str, where: str, required: Role) -> str:
    if required is Role.NONE:
        return ""
    role = Role.ADMIN if (caller, where) == ("none", "unix") else CALLERS[caller]
    if role is None:
        return "TOKEN_INVALID"
    if role is Role.NONE:
        return "TOKEN_MISSING"
    return "" if role >= required else "ROLE_INSUFFICIENT"


async def test_the_permission_matrix(lenient: Any, serving: Any) -> None:
    async with serving(lenient) as client, grpc.aio.insecure_channel(f"127.0.0.1:{lenient.port}") as tcp:
        await lenient.trading()
        journaled = len(lenient.store.entries)
        file, now = TokenFile(lenient.tokens), datetime.now(UTC)
        _, revoked = file.create("gone", Role.ADMIN, now)
        file.revoke("gone", now)
        tokens = {"bad": "fhx_admin_" + "0" * 43, "revoked": revoked}
        tokens |= {role: lenient.token(role) for role in ("read", "trade", "admin")}
        methods = sorted(lenient.server.door.handlers)
        assert len(methods) > 60
        for where, channel in (("unix", client.channel), ("tcp", tcp)):
            for caller in CALLERS:
                metadata = bearer(tokens[caller]) if caller in tokens else ()
                found = await asyncio.gather(*(outcome(channel, method, metadata) for method in methods))
                table = {method: expected(caller, where, rule_of(method).role) for method in methods}
                assert dict(zip(methods, found, strict=True)) == table, (where, caller)
        assert len(lenient.store.entries) == journaled  # nothing that was refused came as far as the engine


@pytest.fixture
async def lenient(make_world: Any) -> Any:
    return make_world(failed_attempts_per_minute=100_000, requests_per_second=100_000)


def order(request_id: str) -> order_pb2.PlaceOrderRequest:
    return order_pb2.PlaceOrderRequest(
        request_id=request_id, symbol="SPY", side=common_pb2.SIDE_BUY, quantity=1, type=order_pb2.ORDER_TYPE_MARKET,
        stop_loss_price="440.00",
    )  # fmt: skip


async def test_a_token_that_may_only_read_places_no_order_on_the_socket_either(
    world: Any, client: Any, refused: Any
) -> None:
    journaled = len(world.store.entries)
    for token in ("read", "admin"):
        call = client.order.PlaceOrder(order("r"), metadata=bearer(world.token(token)))
        if token == "read":
            refusal = await refused(call)
            assert (refusal.code, refusal.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_INSUFFICIENT")
            assert "needs the role trade" in refusal.text
            assert len(world.store.entries) == journaled
        else:
            assert (await call).order.id


async def test_the_socket_has_the_role_that_it_is_given(make_world: Any, serving: Any, refused: Any) -> None:
    world = make_world(unix_role="read")
    async with serving(world) as client:
        await world.trading()
        assert (await client.system.GetStatus(system_pb2.GetStatusRequest())).status.version == "1.2.3"
        assert (await refused(client.order.PlaceOrder(order("r")))).reason == "ROLE_INSUFFICIENT"
        await client.order.PlaceOrder(order("r"), metadata=bearer(world.token("trade")))


async def test_a_request_id_belongs_to_the_token_and_the_rpc(world: Any, client: Any) -> None:
    first = await client.order.PlaceOrder(order("same"), metadata=bearer(world.token("trade")))
    again = await client.order.PlaceOrder(order("same"), metadata=bearer(world.token("trade")))
    assert again.order.id == first.order.id
    await world.settled()
    halt = risk_pb2.HaltRequest(request_id="same", reason="x")
    answer = await client.risk.Halt(halt, metadata=bearer(world.token("trade")))
    assert answer.risk.halted_by == "token:trade"
    await client.risk.Resume(
        risk_pb2.ResumeRequest(request_id="same", reason="y"), metadata=bearer(world.token("admin"))
    )
    assert (await client.risk.Halt(halt)).risk.halted_by == "unix"
    callers = {e.event.caller for e in world.store.entries if hasattr(e.event, "caller")}
    assert {(c.principal, c.request_id) for c in callers} == {
        ("token:trade", "PlaceOrder/same"), ("token:trade", "Halt/same"), ("token:admin", "Resume/same"),
        ("unix", "Halt/same"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "bearer fhx_admin_x", "Bearer " + "a" * 4000, "Bearer two words"],
)
async def test_a_header_that_holds_no_token_of_ours_is_an_invalid_token(
    world: Any, client: Any, refused: Any, header: str
) -> None:
    refusal = await refused(
        client.system.GetStatus(system_pb2.GetStatusRequest(), metadata=(("authorization", header),))
    )
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID")


async def test_two_tokens_in_one_call_are_none(world: Any, client: Any, refused: Any) -> None:
    both = bearer(world.token("read")) + bearer(world.token("admin"))
    refusal = await refused(client.system.GetStatus(system_pb2.GetStatusRequest(), metadata=both))
    assert refusal.reason == "TOKEN_INVALID"


async def test_the_scheme_may_be_written_in_small_letters(world: Any, client: Any) -> None:
    header = (("authorization", f"bearer {world.token('read')}"),)
    await client.system.GetStatus(system_pb2.GetStatusRequest(), metadata=header)


async def test_the_status_says_who_asks_and_what_they_may_do(world: Any, client: Any) -> None:
    ends = datetime.now(UTC) + timedelta(hours=1)
    _, secret = TokenFile(world.tokens).create("wall", Role.READ, datetime.now(UTC), timedelta(hours=1))
    caller = (await client.system.GetStatus(system_pb2.GetStatusRequest(), metadata=bearer(secret))).caller
    assert (caller.name, caller.role) == ("token:wall", access_pb2.ROLE_READ)
    assert abs(caller.expires_at.ToDatetime(UTC) - ends) < timedelta(minutes=1)
    caller = (await client.system.GetStatus(system_pb2.GetStatusRequest())).caller
    assert (caller.name, caller.role, caller.HasField("expires_at")) == ("unix", access_pb2.ROLE_ADMIN, False)


async def test_a_revoked_token_is_refused_at_once_and_its_streams_end(world: Any, client: Any, refused: Any) -> None:
    file = TokenFile(world.tokens)
    token, secret = file.create("desk", Role.READ, datetime.now(UTC))
    stays = client.stream.Watch(stream_pb2.WatchRequest(), metadata=bearer(world.token("read")))
    stream = client.stream.Watch(stream_pb2.WatchRequest(), metadata=bearer(secret))
    for each in (stays, stream):
        assert (await each.read()).kind == common_pb2.STREAM_KIND_SNAPSHOT
    file.revoke(token.id, datetime.now(UTC))
    refusal = await refused(client.system.GetStatus(system_pb2.GetStatusRequest(), metadata=bearer(secret)))
    assert refusal.reason == "TOKEN_INVALID"
    assert "desk was revoked on" in refusal.text
    async with asyncio.timeout(60):
        refusal = await refused(_to_the_end(stream))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID")
    await world.quote("SPY", 451.0)
    assert await stays.read()
    await world.until(lambda: world.hub.gauges().subscribers == 1)


async def test_the_stream_of_a_client_that_does_not_read_ends_with_its_token_too(world: Any, client: Any) -> None:
    file = TokenFile(world.tokens)
    _, secret = file.create("desk", Role.READ, datetime.now(UTC))
    options = (("grpc.use_local_subchannel_pool", 1), ("grpc.http2.lookahead_bytes", 0))
    async with grpc.aio.insecure_channel(f"unix:{world.socket}", options) as channel:
        stub: Any = stream_pb2_grpc.StreamServiceStub(channel)
        stream = stub.Watch(stream_pb2.WatchRequest(), metadata=bearer(secret))
        await stream.read()
        file.revoke("desk", datetime.now(UTC))
        await world.until(lambda: world.hub.gauges().subscribers == 0)
        stream.cancel()


async def _to_the_end(stream: Any) -> None:
    while await stream.read() is not grpc.aio.EOF:
        pass


async def test_a_damaged_list_of_tokens_shuts_tcp_out_and_the_socket_works(
    world: Any, client: Any, refused: Any, caplog: pytest.LogCaptureFixture
) -> None:
    request, admin = system_pb2.GetStatusRequest(), bearer(world.token("admin"))
    stream = client.stream.Watch(stream_pb2.WatchRequest(), metadata=admin)
    await stream.read()
    path = world.tokens / "tokens.json"
    whole = path.read_bytes()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{world.port}") as channel:
        get = channel.unary_unary("/fluxhero.v1.SystemService/GetStatus")
        for content in (
            b"",
            b"{",
            whole[:-40],
            whole.replace(b"admin", b"owner"),
            whole.replace(b'"sha256": "', b'"sha256": "x'),
        ):
            path.write_bytes(content)
            refusal = await refused(get(request.SerializeToString(), metadata=admin))
            assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "TOKENS_UNREADABLE")
            assert "its log says what to do" in refusal.text
        assert (await client.system.GetStatus(request)).status.version == "1.2.3"
        async with asyncio.timeout(60):
            assert (await refused(_to_the_end(stream))).reason == "TOKENS_UNREADABLE"
        path.write_bytes(whole)
        assert await get(request.SerializeToString(), metadata=admin)
    path.unlink()
    assert (await refused(client.system.GetStatus(request, metadata=admin))).reason == "TOKENS_UNREADABLE"
    assert "tokens.json is damaged" in caplog.text
    assert "restore it, or remove it and restart the daemon" in caplog.text
    await world.settled()
    (alert,) = world.engine.alerts.open
    assert (alert.code, alert.severity) == ("TOKENS_UNREADABLE", Severity.CRITICAL)
    assert "restore it, or remove it and restart the daemon" in alert.text


async def test_a_daemon_that_starts_without_readable_tokens_says_so_before_anybody_calls(
    world: Any, serving: Any
) -> None:
    (world.tokens / "tokens.json").write_bytes(b"{")
    world.begin()
    async with serving(world):
        await world.until(lambda: world.engine.run == 1)
        await world.settled()
        assert [alert.code for alert in world.engine.alerts.open] == ["TOKENS_UNREADABLE"]


async def test_tokens_are_read_again_as_soon_as_they_may_be(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    file.make_first(datetime.now(UTC))
    secret = (tmp_path / "read.token").read_text().strip()
    content = file.path.read_bytes()
    book = TokenBook(file)
    file.path.unlink()
    file.path.mkdir()  # which no user can read, root neither
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
    with pytest.raises(TokensUnreadable):
        book.find(secret)
    file.path.rmdir()
    file.path.write_bytes(content)
    first = TokenBook(file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, descriptors[1]))  # a flood of connections has them all
    try:
        with pytest.raises(TokensUnreadable, match="Too many open files"):
            first.find(secret)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, descriptors)
    for each in (book, first):
        found = each.find(secret)
        assert found is not None
        assert found.name == "read"


async def test_an_expired_token_is_refused(world: Any, client: Any, refused: Any) -> None:
    file = TokenFile(world.tokens)
    token, secret = file.create("short", Role.READ, datetime.now(UTC))
    table = json.loads(file.path.read_text())
    next(row for row in table["tokens"] if row["id"] == token.id)["expires"] = "2020-01-01T00:00:00Z"
    file.path.write_text(json.dumps(table))
    refusal = await refused(client.system.GetStatus(system_pb2.GetStatusRequest(), metadata=bearer(secret)))
    assert (refusal.reason, "expired on 2020-01-01" in refusal.text) == ("TOKEN_INVALID", True)


async def test_a_daemon_with_an_rpc_that_has_no_role_does_not_start(world: Any) -> None:
    with pytest.raises(NoRole, match="nothing says who may call it"):
        world.server.door.add_registered_method_handlers("fluxhero.v1.OrderService", {"Destroy": _nothing_handler()})


def _nothing_handler() -> Any:
    return grpc.unary_unary_rpc_method_handler(lambda request, context: request)


async def test_the_tokens_of_the_first_start_stay_what_they_are(world: Any, serving: Any) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(world))
        first = {role: world.token(role) for role in ("read", "trade", "admin")}
    (world.tokens / "admin.token").unlink()
    world.server = world.make_server()
    async with serving(world):
        assert {role: world.token(role) for role in ("read", "trade")} == {
            k: v for k, v in first.items() if k != "admin"
        }
        assert not (world.tokens / "admin.token").exists()  # who takes it away does not get it back
