from __future__ import annotations

from typing import Any

import grpc
import pytest

from fluxhero.v1 import order_pb2, position_pb2, risk_pb2, trade_pb2
from fluxhero.v1.common_pb2 import POSITION_SIDE_LONG, SIDE_BUY, SIDE_SELL, SIDE_UNSPECIFIED
from fluxhero.v1.stream_pb2 import WatchResponse
from fluxherod.adapters.alpaca.wire import encode_order
from fluxherod.adapters.sqlite.journal import encode_row
from fluxherod.engine.streams.hub import Topic
from fluxherod.persistence.recovery import replay
from fluxherod.rpc.pages import Paging

BUY: dict[str, Any] = {
    "request_id": "r1",
    "symbol": "SPY",
    "side": SIDE_BUY,
    "quantity": 10,
    "type": order_pb2.ORDER_TYPE_MARKET,
    "stop_loss_price": "445.00",
}


def buy(**changes: Any) -> order_pb2.PlaceOrderRequest:
    fields = {name: value for name, value in {**BUY, **changes}.items() if value is not None}
    return order_pb2.PlaceOrderRequest(**fields)


async def opened(world: Any, client: Any) -> str:
    """A long position of 10 SPY at 450, its stop leg working."""
    response = await client.order.PlaceOrder(buy())
    await world.settled()
    await world.post(world.broker.filled(response.order.id, 4_500_000))
    return str(response.order.id)


async def test_an_order_is_answered_when_it_is_durable_and_says_what_risk_saw(world: Any, client: Any) -> None:
    response = await client.order.PlaceOrder(buy())
    assert response.order.state in (order_pb2.ORDER_STATE_SUBMITTING, order_pb2.ORDER_STATE_PENDING)
    assert (response.order.quantity, response.order.stop_loss_price, response.order.manual) == (10, "445.00", True)
    assert response.decision.verdict == risk_pb2.RISK_VERDICT_APPROVED
    assert response.decision.sizing[0].name == "wanted"
    assert response.order.id in world.store.order_rows


@pytest.mark.parametrize("asked", [order_pb2.TIME_IN_FORCE_UNSPECIFIED, order_pb2.TIME_IN_FORCE_DAY])
async def test_an_entry_with_a_stop_is_told_as_what_it_is_at_the_broker_until_cancelled(
    client: Any, world: Any, asked: order_pb2.TimeInForce
) -> None:
    placed = (await client.order.PlaceOrder(buy(time_in_force=asked))).order
    assert placed.time_in_force == order_pb2.TIME_IN_FORCE_GTC
    await world.settled()
    assert encode_order(world.broker.submitted[0])["time_in_force"] == "gtc"


async def test_an_order_says_who_asked_for_it_and_a_stop_that_nobody_did(client: Any, world: Any) -> None:
    order_id = await opened(world, client)
    closed = position_pb2.ClosePositionRequest(request_id="c1", symbol="SPY")
    await client.position.ClosePosition(closed)
    world.broker.orders["leg"] = world.broker.orders[order_id].legs[0]
    await world.post(world.broker.ended("leg"))
    listed = (await client.order.ListOrders(order_pb2.ListOrdersRequest())).orders
    told = {one.role: (one.requested_by, one.manual) for one in listed}
    assert told == {
        order_pb2.ORDER_ROLE_ENTRY: ("unix", True),
        order_pb2.ORDER_ROLE_STOP: ("", False),
        order_pb2.ORDER_ROLE_EXIT: ("unix", True),
    }
    request = order_pb2.ListOrdersRequest(manual=True)
    assert {one.role for one in (await client.order.ListOrders(request)).orders} == {
        order_pb2.ORDER_ROLE_ENTRY,
        order_pb2.ORDER_ROLE_EXIT,
    }
    assert (await client.order.GetOrder(order_pb2.GetOrderRequest(order_id=order_id))).order.requested_by == "unix"


async def test_the_same_request_gives_the_same_order(world: Any, client: Any) -> None:
    first = await client.order.PlaceOrder(buy())
    again = await client.order.PlaceOrder(buy())
    assert first.order.id == again.order.id
    assert len(world.broker.submitted) == 1


async def test_another_body_under_a_used_request_id_is_refused(client: Any, refused: Any) -> None:
    await client.order.PlaceOrder(buy())
    refusal = await refused(client.order.PlaceOrder(buy(quantity=11)))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED")


async def test_an_order_that_risk_would_cut_is_refused_with_the_waterfall(client: Any, refused: Any) -> None:
    refusal = await refused(client.order.PlaceOrder(buy(quantity=100)))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RISK_ADJUSTED")
    decision = risk_pb2.RiskDecision()
    assert any(part.Unpack(decision) for part in refusal.details)
    assert decision.quantity == 44
    assert "position_value" in [step.name for step in decision.sizing]


async def test_a_cut_order_goes_out_when_the_caller_accepts_it(client: Any) -> None:
    response = await client.order.PlaceOrder(buy(quantity=100, accept_adjusted=True))
    assert response.order.quantity == 44
    assert response.decision.verdict == risk_pb2.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT


async def test_an_order_that_risk_rejects_says_why(client: Any, refused: Any) -> None:
    refusal = await refused(client.order.PlaceOrder(buy(stop_loss_price="455.00")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RISK_REJECTED")
    assert "wrong side" in refusal.text


@pytest.mark.parametrize(
    ("side", "limit", "stop"),
    [(SIDE_BUY, "500.00", "455.00"), (SIDE_BUY, "450.00", "450.00"), (SIDE_SELL, "440.00", "448.00")],
)
async def test_a_limit_that_fills_at_the_market_where_its_stop_is_hit_already_is_refused(
    client: Any, refused: Any, side: int, limit: str, stop: str
) -> None:
    order = buy(side=side, type=order_pb2.ORDER_TYPE_LIMIT, limit_price=limit, stop_loss_price=stop)
    refusal = await refused(client.order.PlaceOrder(order))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RISK_REJECTED")
    assert "wrong side" in refusal.text


@pytest.mark.parametrize("limit", ["449.00", "451.00"])
async def test_a_limit_beside_the_market_with_its_stop_below_both_goes_out(client: Any, limit: str) -> None:
    order = buy(type=order_pb2.ORDER_TYPE_LIMIT, limit_price=limit)
    assert (await client.order.PlaceOrder(order)).order.limit_price == limit


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"request_id": ""}, "request_id"),
        ({"request_id": "x" * 65}, "request_id"),
        ({"request_id": "a b"}, "request_id"),
        ({"symbol": ""}, "symbol"),
        ({"symbol": "spy"}, "symbol"),
        ({"side": SIDE_UNSPECIFIED}, "side"),
        ({"side": 9}, "side"),
        ({"type": 0}, "type"),
        ({"time_in_force": 77}, "time_in_force"),
        ({"time_in_force": order_pb2.TIME_IN_FORCE_GTC}, "time_in_force"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -5}, "quantity"),
        ({"quantity": 2**62}, "quantity"),
        ({"stop_loss_price": "NaN"}, "stop_loss_price"),
        ({"stop_loss_price": "1e3"}, "stop_loss_price"),
        ({"stop_loss_price": "-1"}, "stop_loss_price"),
        ({"stop_loss_price": "0"}, "stop_loss_price"),
        ({"stop_loss_price": "445.001"}, "stop_loss_price"),
        ({"stop_loss_price": "٤٤٥"}, "stop_loss_price"),
        ({"stop_loss_price": "99999999999"}, "stop_loss_price"),
    ],
)
async def test_a_bad_field_is_refused_by_its_name(
    client: Any, refused: Any, changes: dict[str, Any], field: str
) -> None:
    refusal = await refused(client.order.PlaceOrder(buy(**changes)))
    assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
    assert (refusal.reason, list(refusal.fields)) == ("INVALID_FIELD", [field])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"limit_price": "449.00"}, "limit_price"),
        ({"stop_price": "449.00"}, "stop_price"),
        ({"type": order_pb2.ORDER_TYPE_LIMIT}, "limit_price"),
        ({"type": order_pb2.ORDER_TYPE_STOP}, "type"),
        ({"type": order_pb2.ORDER_TYPE_STOP, "stop_price": "449.00"}, "type"),
    ],
)
async def test_prices_that_do_not_go_with_the_type_are_refused(
    client: Any, refused: Any, changes: dict[str, Any], field: str
) -> None:
    refusal = await refused(client.order.PlaceOrder(buy(**changes)))
    assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
    assert (refusal.reason, list(refusal.fields)) == ("INVALID_ORDER", [field])


async def test_an_unknown_symbol_is_not_found(client: Any, refused: Any) -> None:
    refusal = await refused(client.order.PlaceOrder(buy(symbol="TSLA")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "SYMBOL_UNKNOWN")
    assert "SPY, IBM" in refusal.text


async def test_an_order_is_found_by_our_id_and_by_the_brokers_with_fills_and_history(world: Any, client: Any) -> None:
    order_id = await opened(world, client)
    for name in (order_id, f"b-{order_id}"):
        found = await client.order.GetOrder(order_pb2.GetOrderRequest(order_id=name))
        assert found.order.state == order_pb2.ORDER_STATE_FILLED
        assert found.order.average_fill_price == "450.00"
        assert [(fill.quantity, fill.price, fill.value, fill.exact) for fill in found.fills] == [
            (10, "450.00", "4500.00", True)
        ]
        assert [entry.event for entry in found.history] == ["submitted", "accepted", "fill"]
        assert found.order.last_event == "fill"


async def test_an_unknown_order_is_not_found(client: Any, refused: Any) -> None:
    refusal = await refused(client.order.GetOrder(order_pb2.GetOrderRequest(order_id="nope")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "ORDER_NOT_FOUND")
    request = order_pb2.CancelOrderRequest(request_id="c", order_id="nope")
    refusal = await refused(client.order.CancelOrder(request))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "ORDER_NOT_FOUND")


async def test_a_working_order_is_cancelled_once(world: Any, client: Any, refused: Any) -> None:
    placed = await client.order.PlaceOrder(buy())
    await world.settled()
    request = order_pb2.CancelOrderRequest(request_id="c1", order_id=placed.order.id)
    first = await client.order.CancelOrder(request)
    assert first.order.state == order_pb2.ORDER_STATE_CANCELING
    assert (await client.order.CancelOrder(request)).order.state == order_pb2.ORDER_STATE_CANCELING
    await world.post(world.broker.ended(placed.order.id))
    assert (await client.order.CancelOrder(request)).order.state == order_pb2.ORDER_STATE_CANCELED
    again = order_pb2.CancelOrderRequest(request_id="c2", order_id=placed.order.id)
    refusal = await refused(client.order.CancelOrder(again))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ORDER_NOT_CANCELABLE")


async def test_the_stop_of_an_open_position_is_not_cancelled(world: Any, client: Any, refused: Any) -> None:
    order_id = await opened(world, client)
    request = order_pb2.CancelOrderRequest(request_id="c1", order_id=f"{order_id}-leg")
    refusal = await refused(client.order.CancelOrder(request))
    assert refusal.reason == "ORDER_NOT_CANCELABLE"
    assert "close the position" in refusal.text


async def test_all_working_orders_are_cancelled_and_a_repeat_names_the_same(world: Any, client: Any) -> None:
    placed = [
        await client.order.PlaceOrder(buy(request_id="a")),
        await client.order.PlaceOrder(buy(request_id="b", symbol="IBM", stop_loss_price="155.00")),
    ]
    await world.settled()
    request = order_pb2.CancelAllOrdersRequest(request_id="all")
    for _ in range(2):
        response = await client.order.CancelAllOrders(request)
        assert {order.id for order in response.orders} == {one.order.id for one in placed}


async def test_to_cancel_all_when_nothing_works_cancels_nothing_later_when_it_is_repeated(
    world: Any, client: Any, refused: Any
) -> None:
    request = order_pb2.CancelAllOrdersRequest(request_id="all")
    assert not (await client.order.CancelAllOrders(request)).orders
    placed = await client.order.PlaceOrder(buy(request_id="a"))
    await world.settled()
    assert not (await client.order.CancelAllOrders(request)).orders
    assert (
        await client.order.GetOrder(order_pb2.GetOrderRequest(order_id=placed.order.id))
    ).order.remaining_quantity == 10
    other = order_pb2.CancelAllOrdersRequest(request_id="all", symbols=["SPY"])
    assert (await refused(client.order.CancelAllOrders(other))).reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize("request_id", ["", "a/b", "a b", "é", "x" * 65])
async def test_a_request_id_of_other_characters_is_refused(client: Any, refused: Any, request_id: str) -> None:
    refusal = await refused(client.order.PlaceOrder(buy(request_id=request_id)))
    assert (refusal.reason, "without spaces and slashes" in refusal.fields["request_id"]) == ("INVALID_FIELD", True)


async def test_orders_are_listed_newest_first_in_pages_and_filtered(world: Any, client: Any, refused: Any) -> None:
    spy = (await client.order.PlaceOrder(buy(request_id="a"))).order.id
    request = buy(request_id="b", symbol="IBM", stop_loss_price="155.00")
    ibm = (await client.order.PlaceOrder(request)).order.id
    await world.settled()
    first = await client.order.ListOrders(order_pb2.ListOrdersRequest(page_size=2))
    assert [order.id for order in first.orders] == [f"{ibm}-leg", ibm]
    rest = await client.order.ListOrders(order_pb2.ListOrdersRequest(page_size=2, page_token=first.next_page_token))
    assert [order.id for order in rest.orders] == [f"{spy}-leg", spy]
    assert rest.next_page_token == ""
    only = await client.order.ListOrders(
        order_pb2.ListOrdersRequest(symbols=["SPY"], roles=[order_pb2.ORDER_ROLE_ENTRY], open=True, manual=True)
    )
    assert [order.id for order in only.orders] == [spy]
    other = order_pb2.ListOrdersRequest(page_size=2, page_token=first.next_page_token, symbols=["SPY"])
    refusal = await refused(client.order.ListOrders(other))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN")


async def test_a_page_token_that_nests_or_goes_on_without_end_is_refused(client: Any, refused: Any) -> None:
    for call, kind in (
        (client.order.ListOrders, order_pb2.ListOrdersRequest),
        (client.position.ListPositions, position_pb2.ListPositionsRequest),
    ):
        for text in ("[" * 300, "[" * 75_000, "[" + "1," * 600 + "1]"):
            forged = Paging.of(kind()).seal(text)
            assert (await refused(call(kind(page_token=forged)))).reason == "INVALID_PAGE_TOKEN"


@pytest.mark.parametrize("token", ["x", "eA==", "MDAwMDAwMDBbMV0=", "é", "=" * 1000])
async def test_a_page_token_that_no_list_gave_is_refused(client: Any, refused: Any, token: str) -> None:
    for call in (
        client.order.ListOrders(order_pb2.ListOrdersRequest(page_token=token)),
        client.position.ListPositions(position_pb2.ListPositionsRequest(page_token=token)),
        client.trade.ListTrades(trade_pb2.ListTradesRequest(page_token=token)),
    ):
        assert (await refused(call)).reason == "INVALID_PAGE_TOKEN"


@pytest.mark.parametrize("size", [-1, 1001])
async def test_an_oversize_page_is_refused(client: Any, refused: Any, size: int) -> None:
    refusal = await refused(client.order.ListOrders(order_pb2.ListOrdersRequest(page_size=size)))
    assert list(refusal.fields) == ["page_size"]


async def test_a_position_shows_its_guard_and_its_profit(world: Any, client: Any) -> None:
    order_id = await opened(world, client)
    await world.quote("SPY", 452.0)
    request = position_pb2.GetPositionRequest(symbol="SPY")
    position = (await client.position.GetPosition(request)).position
    assert (position.quantity, position.side) == (10, POSITION_SIDE_LONG)
    assert (position.average_price, position.unrealized_pnl, position.risk_at_stop) == ("450.00", "20.00", "50.00")
    assert position.protection == position_pb2.PROTECTION_STATE_BROKER_STOP
    assert position.stop_order_id == f"{order_id}-leg"
    listed = await client.position.ListPositions(position_pb2.ListPositionsRequest())
    assert [one.symbol for one in listed.positions] == ["SPY"]


async def test_each_update_of_a_position_says_what_its_closed_shares_had_brought_by_then(
    world: Any, client: Any
) -> None:
    entry = await opened(world, client)
    stream = client.position.WatchPositions(position_pb2.WatchPositionsRequest())
    assert [one.realized_pnl for one in (await stream.read()).positions] == ["0.00"]
    await client.position.ClosePosition(position_pb2.ClosePositionRequest(request_id="x1", symbol="SPY"))
    world.broker.orders[f"{entry}-leg"] = world.broker.orders[entry].legs[0]
    await world.post(world.broker.ended(f"{entry}-leg"))
    leave = next(order for order in world.broker.submitted if "-x" in order.id)
    await world.post(world.broker.filled(leave.id, 4_510_000))
    told: list[tuple[int, str]] = []
    while not told or told[-1][0]:
        told += [(one.quantity, one.realized_pnl) for one in (await stream.read()).positions]
    stream.cancel()
    assert set(told[:-1]) == {(10, "0.00")}
    assert told[-1] == (0, "10.00")
    # Who comes back, even to a daemon that has started again, is told the same.
    past = replay(map(encode_row, world.store.entries)).ring.after(0, [Topic.POSITIONS])
    assert past is not None
    again = [WatchResponse.FromString(one.encoded(world.hub.encode) or b"") for one in past]
    positions = [one for message in again for one in message.positions]
    assert [(one.quantity, one.realized_pnl) for one in positions] == [(10, "0.00"), *told]


async def test_a_position_is_closed_once_and_its_trade_is_told(world: Any, client: Any, refused: Any) -> None:
    entry = await opened(world, client)
    request = position_pb2.ClosePositionRequest(request_id="x1", symbol="SPY", reason="enough")
    closing = await client.position.ClosePosition(request)
    assert closing.position.exit_reason == "enough"
    another = position_pb2.ClosePositionRequest(request_id="x2", symbol="SPY")
    refusal = await refused(client.position.ClosePosition(another))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ALREADY_DONE")
    world.broker.orders[f"{entry}-leg"] = world.broker.orders[entry].legs[0]
    await world.post(world.broker.ended(f"{entry}-leg"))
    leave = next(order for order in world.broker.submitted if "-x" in order.id)
    await world.post(world.broker.filled(leave.id, 4_510_000))
    refusal = await refused(client.position.GetPosition(position_pb2.GetPositionRequest(symbol="SPY")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "POSITION_NOT_FOUND")
    trade = await client.trade.GetTrade(trade_pb2.GetTradeRequest(trade_id=entry))
    assert (trade.trade.realized_pnl, trade.trade.commission, trade.trade.net_pnl) == ("10.00", "0.10", "9.90")
    assert [fill.price for fill in trade.fills] == ["450.00", "451.00"]
    assert [order.role for order in trade.orders] == [
        order_pb2.ORDER_ROLE_ENTRY,
        order_pb2.ORDER_ROLE_STOP,
        order_pb2.ORDER_ROLE_EXIT,
    ]
    figures = (await client.trade.GetStatistics(trade_pb2.GetStatisticsRequest())).total
    assert (figures.trades, figures.wins, figures.net_pnl, figures.HasField("profit_factor")) == (1, 1, "9.90", False)
    assert len((await client.trade.ListTrades(trade_pb2.ListTradesRequest(symbols=["SPY"]))).trades) == 1


async def test_all_positions_are_closed_and_there_is_none_to_close_twice(world: Any, client: Any, refused: Any) -> None:
    await opened(world, client)
    request = position_pb2.CloseAllPositionsRequest(request_id="x")
    for _ in range(2):
        response = await client.position.CloseAllPositions(request)
        assert [position.symbol for position in response.positions] == ["SPY"]
    other = await client.position.CloseAllPositions(position_pb2.CloseAllPositionsRequest(request_id="y"))
    assert not other.positions
    reused = position_pb2.CloseAllPositionsRequest(request_id="x", reason="another")
    assert (await refused(client.position.CloseAllPositions(reused))).reason == "REQUEST_ID_REUSED"


async def test_a_sale_of_some_shares_goes_through_without_risk(world: Any, client: Any) -> None:
    await opened(world, client)
    response = await client.order.PlaceOrder(buy(request_id="s", side=SIDE_SELL, quantity=4, stop_loss_price=None))
    assert not response.HasField("order")
    assert not response.HasField("decision")


async def test_there_is_no_position_to_close(client: Any, refused: Any) -> None:
    request = position_pb2.ClosePositionRequest(request_id="x1", symbol="SPY")
    refusal = await refused(client.position.ClosePosition(request))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "POSITION_NOT_FOUND")


async def test_a_deadline_is_honoured_while_the_disk_is_slow(world: Any, client: Any) -> None:
    world.store.durable.clear()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await client.order.PlaceOrder(buy(), timeout=0.2)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    world.store.durable.set()
    await world.settled()
    assert (await client.order.PlaceOrder(buy())).order.quantity == 10
    assert len(world.broker.submitted) == 1


async def test_a_halt_stops_entries_until_resume(world: Any, client: Any, refused: Any) -> None:
    placed = await client.order.PlaceOrder(buy(request_id="before"))
    await world.settled()
    response = await client.risk.Halt(risk_pb2.HaltRequest(request_id="h", reason="look first"))
    assert (response.risk.halted, response.risk.halt_reason) == (True, "look first")
    assert response.risk.halted_by == "unix"
    assert list(response.canceling_order_ids) == [placed.order.id]
    refusal = await refused(client.order.PlaceOrder(buy(request_id="z", symbol="IBM", stop_loss_price="150")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "TRADING_HALTED")
    refusal = await refused(client.risk.Halt(risk_pb2.HaltRequest(request_id="h2", reason="again")))
    assert refusal.reason == "ALREADY_DONE"
    resumed = await client.risk.Resume(risk_pb2.ResumeRequest(request_id="h", reason="looked"))
    assert not resumed.risk.halted
    refusal = await refused(client.risk.Resume(risk_pb2.ResumeRequest(request_id="h3", reason="again")))
    assert refusal.reason == "ALREADY_DONE"


async def test_a_halt_needs_a_reason(client: Any, refused: Any) -> None:
    refusal = await refused(client.risk.Halt(risk_pb2.HaltRequest(request_id="h")))
    assert list(refusal.fields) == ["reason"]


async def test_risk_shows_limits_and_what_is_used_of_them(world: Any, client: Any) -> None:
    await opened(world, client)
    risk = (await client.risk.GetRisk(risk_pb2.GetRiskRequest())).risk
    assert risk.limits.max_position_bp == 2_000
    assert (risk.exposure, risk.open_positions, risk.risk_deployed) == ("4500.00", 1, "50.00")
    usage = {check.code: (check.limit, check.actual) for check in risk.usage}
    assert usage["exposure"] == (50_000.0, 4_500.0)
    assert risk.unprotected_shares == 0
