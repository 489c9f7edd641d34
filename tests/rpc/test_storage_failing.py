"""What callers are told while the disk fails: taken, not durable yet; and what is from memory is told as ever."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from fluxhero.v1 import common_pb2, order_pb2, system_pb2
from fluxherod.engine.events import LinkChanged

FULL = "database or disk is full: make room"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.engine.committing.RETRY_AFTER_S", 0.01)


def order(request_id: str, symbol: str = "SPY") -> order_pb2.PlaceOrderRequest:
    return order_pb2.PlaceOrderRequest(
        request_id=request_id,
        symbol=symbol,
        side=common_pb2.SIDE_BUY,
        quantity=1,
        type=order_pb2.ORDER_TYPE_LIMIT,
        limit_price="440.00",
        stop_loss_price="430.00",
    )


async def status(client: Any) -> Any:
    return (await client.system.GetStatus(system_pb2.GetStatusRequest())).status


async def test_a_command_is_taken_and_answered_once_it_is_durable(world: Any, client: Any, refused: Any) -> None:
    world.store.fault = FULL
    refusal = await refused(client.order.PlaceOrder(order("a")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "NOT_DURABLE")
    assert refusal.text == (
        f"the command was taken, but that is not durable yet: {FULL}. Ask again with the same request_id"
    )
    assert any("RetryInfo" in part.type_url for part in refusal.details)
    await world.until(lambda: world.engine.storage.fault)
    later = await refused(client.order.PlaceOrder(order("b")))
    assert "was taken (refused, RISK_REJECTED: the journal can't be written" in later.text
    assert world.broker.submitted == []
    world.store.fault = ""
    await world.until(lambda: world.engine.state == "ACTIVE" and world.runner.idle)
    answer = await client.order.PlaceOrder(order("a"))
    assert answer.order.state == order_pb2.ORDER_STATE_REJECTED
    assert answer.order.reason == "not sent: the journal can't be written"
    assert world.broker.submitted == []
    again = await refused(client.order.PlaceOrder(order("b")))
    assert again.reason == "RISK_REJECTED"


async def test_the_status_says_so_from_memory(world: Any, client: Any) -> None:
    world.store.fault = FULL
    world.store.broken = RuntimeError("the tables are on the same disk")
    world.runner.post(LinkChanged("data", True))
    await world.until(lambda: world.engine.storage.fault)
    said = await status(client)
    assert said.state == system_pb2.TRADING_STATE_DEGRADED
    assert said.state_detail == f"the journal can't be written ({FULL})"
    assert [(part.ready, part.detail) for part in said.parts if part.name == "journal"] == [(False, FULL)]
    world.store.fault, world.store.broken = "", None
    await world.until(lambda: world.engine.state == "ACTIVE" and world.runner.idle)
    assert all(part.ready for part in (await status(client)).parts)


async def test_on_damaged_tables_the_status_is_told_all_the_same_and_logged_once(
    world: Any, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world.store.broken = RuntimeError("database disk image is malformed")
    for _ in range(3):
        assert (await status(client)).state == system_pb2.TRADING_STATE_ACTIVE
    said = [record.getMessage() for record in caplog.records if record.name == "fluxherod.rpc.status"]
    assert said == ["signals and trades of today can't be counted: database disk image is malformed"]
