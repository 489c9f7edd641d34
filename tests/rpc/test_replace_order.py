"""ReplaceOrder, and what the API says of orders that are chased."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from rpc.test_orders import buy

from fluxhero.v1 import order_pb2, risk_pb2
from fluxherod.core.calendar import SECOND_NS

LIMIT: dict[str, Any] = {"type": order_pb2.ORDER_TYPE_LIMIT, "limit_price": "449.50"}


async def resting(world: Any, client: Any) -> order_pb2.Order:
    """A limit order of 10 SPY that works."""
    placed = await client.order.PlaceOrder(buy(**LIMIT))
    await world.settled()
    return placed.order


def change(order_id: str, **fields: Any) -> order_pb2.ReplaceOrderRequest:
    return order_pb2.ReplaceOrderRequest(**{"request_id": "c1", "order_id": order_id, **fields})


async def found(client: Any, order_id: str) -> order_pb2.Order:
    answer = await client.order.GetOrder(order_pb2.GetOrderRequest(order_id=order_id))
    return answer.order


async def test_a_changed_order_is_new_until_the_end_of_the_old_one_is_confirmed(world: Any, client: Any) -> None:
    old = await resting(world, client)
    answer = await client.order.ReplaceOrder(change(old.id, limit_price="449.80", quantity=8))
    assert (answer.order.state, answer.order.replaces_id) == (order_pb2.ORDER_STATE_NEW, old.id)
    assert (answer.order.quantity, answer.order.limit_price, answer.order.manual) == (8, "449.80", True)
    assert answer.decision.verdict == risk_pb2.RISK_VERDICT_APPROVED
    assert (await found(client, old.id)).state == order_pb2.ORDER_STATE_CANCELING
    assert len(world.broker.submitted) == 1
    await world.post(world.broker.ended(old.id))
    new = await found(client, answer.order.id)
    assert (new.state, new.parent_id, new.stop_loss_price) == (order_pb2.ORDER_STATE_PENDING, old.id, "445.00")
    again = await client.order.ReplaceOrder(change(old.id, limit_price="449.80", quantity=8))
    assert again.order.id == new.id
    assert len(world.broker.submitted) == 2


async def test_an_order_is_found_by_the_brokers_id(world: Any, client: Any) -> None:
    old = await resting(world, client)
    answer = await client.order.ReplaceOrder(change(f"b-{old.id}", quantity=9))
    assert (answer.order.quantity, answer.order.limit_price) == (9, "449.50")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 2**62}, "quantity"),
        ({"limit_price": "0"}, "limit_price"),
        ({"limit_price": "NaN"}, "limit_price"),
        ({"limit_price": "449.805"}, "limit_price"),
        ({"stop_price": "446.00", "quantity": 9}, "stop_price"),
        ({"request_id": "", "quantity": 9}, "request_id"),
        ({"order_id": "", "quantity": 9}, "order_id"),
    ],
)
async def test_a_bad_field_is_refused_by_its_name(
    world: Any, client: Any, refused: Any, fields: dict[str, Any], field: str
) -> None:
    old = await resting(world, client)
    refusal = await refused(client.order.ReplaceOrder(change(**{"order_id": old.id, **fields})))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert list(refusal.fields) == [field]


async def test_what_can_t_be_changed_is_refused(world: Any, client: Any, refused: Any) -> None:
    refusal = await refused(client.order.ReplaceOrder(change("nope", quantity=9)))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "ORDER_NOT_FOUND")
    old = await resting(world, client)
    refusal = await refused(client.order.ReplaceOrder(change(old.id, quantity=10)))
    assert (refusal.reason, "nothing would change" in refusal.text) == ("INVALID_FIELD", True)
    refusal = await refused(client.order.ReplaceOrder(change(f"{old.id}-leg", request_id="c2", limit_price="446.00")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ORDER_NOT_REPLACEABLE")
    await world.post(world.broker.filled(old.id, 4_495_000))
    refusal = await refused(client.order.ReplaceOrder(change(old.id, request_id="c3", quantity=9)))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ORDER_NOT_REPLACEABLE")


async def test_a_change_that_risk_would_cut_is_refused_with_the_waterfall(
    world: Any, client: Any, refused: Any
) -> None:
    old = await resting(world, client)
    refusal = await refused(client.order.ReplaceOrder(change(old.id, quantity=100)))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RISK_ADJUSTED")
    decision = risk_pb2.RiskDecision()
    assert any(part.Unpack(decision) for part in refusal.details)
    assert decision.quantity == 44
    request = change(old.id, request_id="c2", quantity=100, accept_adjusted=True)
    assert (await client.order.ReplaceOrder(request)).order.quantity == 44


async def test_a_chase_says_which_entry_it_belongs_to_and_how_often_it_followed(world: Any, client: Any) -> None:
    old = await resting(world, client)
    assert (await found(client, old.id)).submitted_at.ToNanoseconds() == world.clock.now_ns()
    await world.clock.move(world.clock.now_ns() + 60 * SECOND_NS)
    await world.settled()
    world.runner.post(await world.broker.snapshot(world.clock.now_ns()))
    await world.quote("SPY", 450.0)
    assert (await found(client, old.id)).state == order_pb2.ORDER_STATE_CANCELING
    await world.post(world.broker.ended(old.id))
    listed = await client.order.ListOrders(order_pb2.ListOrdersRequest(roles=[order_pb2.ORDER_ROLE_ENTRY]))
    chase, first = listed.orders
    assert (first.id, first.chase_count, first.state) == (old.id, 0, order_pb2.ORDER_STATE_CANCELED)
    assert (chase.chase_count, chase.parent_id, chase.replaces_id) == (1, old.id, old.id)
    assert (chase.limit_price, chase.reason) == ("449.98", "chase 1/3: manual")


async def test_an_entry_that_waits_to_be_sent_again_can_be_cancelled(world: Any, client: Any) -> None:
    old = await resting(world, client)
    await world.clock.move(world.clock.now_ns() + 60 * SECOND_NS)
    await world.settled()
    answer = await client.order.CancelAllOrders(order_pb2.CancelAllOrdersRequest(request_id="all"))
    assert [order.id for order in answer.orders] == [old.id]
    await world.post(world.broker.ended(old.id))
    world.runner.post(await world.broker.snapshot(world.clock.now_ns()))
    await world.quote("SPY", 450.0)
    assert len(world.broker.submitted) == 1
