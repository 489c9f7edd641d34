"""Errors, deadlines, pages and addresses of the SDK."""

from __future__ import annotations

import asyncio
import os
import socket
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, RetryInfo

import fluxhero_client
from fluxhero.v1 import common_pb2, order_pb2, risk_pb2, system_pb2
from fluxhero_client import Client, FluxHeroError, OrderTicket, connect, discover


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UNAVAILABLE", "Unavailable"),
        ("FAILED_PRECONDITION", "Refused"),
        ("ABORTED", "Refused"),
        ("NOT_FOUND", "NotFound"),
        ("INVALID_ARGUMENT", "InvalidRequest"),
        ("UNAUTHENTICATED", "AccessDenied"),
        ("PERMISSION_DENIED", "AccessDenied"),
        ("RESOURCE_EXHAUSTED", "LimitExceeded"),
        ("UNIMPLEMENTED", "Unsupported"),
        ("INTERNAL", "DaemonFault"),
        ("UNKNOWN", "DaemonFault"),
    ],
)
async def test_each_status_has_its_error(daemon: Any, refusal: Any, code: str, kind: str) -> None:
    daemon.answers["SystemService/GetStatus"] = refusal(grpc.StatusCode[code], "no", "WHY", incident="42")
    async with connect(daemon.target) as client:
        with pytest.raises(FluxHeroError) as caught:
            await client.system.status()
    error = caught.value
    assert type(error) is getattr(fluxhero_client, kind)
    assert (error.code, error.text, error.reason, error.metadata) == (code, "no", "WHY", {"incident": "42"})


async def test_details_are_decoded(daemon: Any, refusal: Any) -> None:
    daemon.answers["OrderService/PlaceOrder"] = refusal(
        grpc.StatusCode.FAILED_PRECONDITION,
        "no",
        "RISK_REJECTED",
        BadRequest(field_violations=[BadRequest.FieldViolation(field="quantity", description="too many")]),
        RetryInfo(retry_delay=Duration(seconds=1, nanos=500_000_000)),
        risk_pb2.RiskDecision(reason_code="exposure"),
    )
    ticket = OrderTicket("SPY", common_pb2.SIDE_BUY, 10, limit_price=Decimal("450.10"), stop_loss_price=441)
    async with connect(daemon.target) as client:
        with pytest.raises(fluxhero_client.Refused) as caught:
            await client.orders.place(ticket)
    error = caught.value
    assert [(violation.field, violation.text) for violation in error.violations] == [("quantity", "too many")]
    assert error.retry_after_s == 1.5
    assert error.decision is not None
    assert error.decision.reason_code == "exposure"
    [request] = daemon.requests("OrderService/PlaceOrder")
    assert error.request_id == request.request_id
    assert (request.limit_price, request.stop_loss_price) == ("450.10", "441")


async def test_every_unary_call_has_a_deadline(daemon: Any) -> None:
    async def never(_request: Any) -> Any:
        await asyncio.Event().wait()

    daemon.answers["SystemService/GetStatus"] = never
    async with connect(daemon.target, timeout_s=0.05) as client:
        with pytest.raises(fluxhero_client.DeadlineExceeded):
            await client.system.status()


async def test_a_list_walks_its_pages_up_to_the_limit(daemon: Any) -> None:
    async def page(request: Any) -> Any:
        start = int(request.page_token or 0)
        orders = [order_pb2.Order(id=str(start + index)) for index in range(min(request.page_size, 2))]
        return order_pb2.ListOrdersResponse(orders=orders, next_page_token="" if start == 4 else str(start + 2))

    daemon.answers["OrderService/ListOrders"] = page
    async with connect(daemon.target) as client:
        assert [order.id for order in await client.orders.list(limit=3)] == ["0", "1", "2"]
        assert [order.id for order in await client.orders.list(limit=None)] == ["0", "1", "2", "3", "4", "5"]


async def test_only_the_limits_that_are_set_are_changed(daemon: Any) -> None:
    daemon.answers["RiskService/UpdateLimits"] = risk_pb2.UpdateLimitsResponse()
    async with connect(daemon.target) as client:
        await client.risk.update_limits(risk_pb2.RiskLimits(max_positions=3, daily_loss_bp=0), reason="calm")
    assert daemon.requests("RiskService/UpdateLimits")[0].update_mask.paths == ["max_positions", "daily_loss_bp"]


async def test_the_client_works_through_the_address_variable(daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXHERO_ADDRESS", daemon.target)
    daemon.answers["SystemService/GetStatus"] = system_pb2.GetStatusResponse(status=system_pb2.Status(version="7"))
    async with connect() as client:
        assert isinstance(client, Client)
        assert (await client.system.status()).version == "7"


def test_what_is_given_wins_over_the_variable_and_the_variable_over_sockets(tmp_path: Path) -> None:
    with listening(tmp_path / "fluxherod.sock"):
        variables = {"RUNTIME_DIRECTORY": str(tmp_path), "FLUXHERO_ADDRESS": "there:1"}
        assert discover("here:2", variables).target == "here:2"
        assert discover("/a/socket", variables).target == "unix:/a/socket"
        assert discover(None, variables).target == "there:1"
        assert discover(None, {"RUNTIME_DIRECTORY": f"{tmp_path}:/second"}).target == f"unix:{tmp_path}/fluxherod.sock"


@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "XDG_STATE_HOME"])
def test_a_users_own_daemon_is_found(tmp_path: Path, variable: str) -> None:
    (tmp_path / "fluxhero").mkdir()
    with listening(tmp_path / "fluxhero/fluxherod.sock"):
        found = discover(None, {"HOME": "/nowhere", variable: str(tmp_path)})
    assert found.target == f"unix:{tmp_path}/fluxhero/fluxherod.sock"


def test_without_a_socket_it_is_loopback_and_each_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "fluxherod.sock").touch()
    found = discover(None, {"RUNTIME_DIRECTORY": str(tmp_path), "HOME": str(tmp_path), "XDG_RUNTIME_DIR": "relative"})
    assert found.target == "127.0.0.1:50051"
    assert found.considered == (
        ("FLUXHERO_ADDRESS", "not set"),
        (f"{tmp_path}/fluxherod.sock", "not a socket"),
        ("/run/fluxhero/fluxherod.sock", "no socket there"),
        (f"{tmp_path}/.local/state/fluxhero/fluxherod.sock", "no socket there"),
    )


class listening:
    """A socket file with somebody behind it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> None:
        self._socket.bind(os.fspath(self._path))

    def __exit__(self, *_: object) -> None:
        self._socket.close()
