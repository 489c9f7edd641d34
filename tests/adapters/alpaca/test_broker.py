"""The Broker port over REST: what each kind of answer, and each kind of silence, means."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fluxherod.adapters.alpaca.broker import PAGE, AlpacaBroker
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.wire import format_time, parse_time
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.types import BrokerStatus, OrderType, Side, TimeInForce
from fluxherod.engine.events import Refusal, SubmitAnswered

ENTRY = ApprovedOrder(
    "e1-SPY-20240102-entry-1", "SPY", Side.BUY, OrderType.MARKET, TimeInForce.GTC, 125, leg_stop_e4=4_432_500
)
MOVE = ApprovedReplacement("stop-2", "stop-1", "broker-stop-1", 125, 4_440_000)
DUPLICATE = httpx.Response(422, json={"code": 40010001, "message": "client_order_id must be unique"})
NOW_NS = parse_time("2024-01-02T16:00:00Z")
ACCOUNT = {"id": "a", "status": "ACTIVE", "cash": "1", "equity": "1", "last_equity": "1", "buying_power": "1"}


class Exchange:
    """Answers by method and path; a function is called, an exception is raised."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[f"{request.method} {request.url.path}"]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def sent(self, method: str) -> list[Any]:
        return [json.loads(request.content) for request in self.requests if request.method == method]


@pytest.fixture
def broker(driven: Any) -> Callable[[Exchange], AlpacaBroker]:
    return lambda exchange: AlpacaBroker(
        RestClient(
            "http://alpaca.test",
            Credentials("key", "secret"),
            RateLimiter(monotonic=driven.monotonic, sleep=driven.sleep),
            transport=httpx.MockTransport(exchange),
            sleep=driven.sleep,
            jitter=lambda: 0.0,
        )
    )


async def test_an_accepted_entry_comes_back_with_its_stop_leg(broker: Any, order_json: Any) -> None:
    leg = order_json(id="leg", side="sell", type="stop", stop_price="443.25", status="held")
    exchange = Exchange({"POST /v2/orders": order_json(order_class="oto", legs=[leg])})
    answer = await broker(exchange).submit(ENTRY)
    assert answer.order_id == ENTRY.id
    assert answer.order is not None
    assert answer.order.legs[0].status is BrokerStatus.HELD
    assert exchange.sent("POST")[0]["stop_loss"] == {"stop_price": "443.25"}


async def test_an_order_that_had_to_wait_is_not_sent_when_it_is_unwanted_by_then(broker: Any) -> None:
    why = ["", "trading is halted"]
    exchange = Exchange({"POST /v2/orders": httpx.Response(429)})
    answer = await broker(exchange).submit(ENTRY, lambda: why.pop(0))
    assert answer == SubmitAnswered(ENTRY.id, unsent="trading is halted")
    assert len(exchange.requests) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 422])
async def test_a_clear_no_is_a_refusal(broker: Any, status: int) -> None:
    body = {"code": 40310000, "message": "insufficient buying power"}
    answer = await broker(Exchange({"POST /v2/orders": httpx.Response(status, json=body)})).submit(ENTRY)
    assert answer.refusal == Refusal(status, 40310000, "insufficient buying power")
    assert answer.order is None


@pytest.mark.parametrize(
    "silence",
    [
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("disconnected"),
        httpx.ConnectError("refused"),
        httpx.Response(500, json={"code": 50010000, "message": "internal server error occurred"}),
        httpx.Response(504, html="<html>gateway</html>"),
        httpx.Response(200, html="<html>hello</html>"),
        httpx.Response(302),
        httpx.Response(408),
    ],
)
async def test_whatever_leaves_it_open_whether_the_order_arrived_is_no_answer(broker: Any, silence: Any) -> None:
    exchange = Exchange({"POST /v2/orders": silence})
    answer = await broker(exchange).submit(ENTRY)
    assert (answer.order, answer.refusal) == (None, None)
    assert answer.detail
    assert len(exchange.requests) == 1


async def test_an_id_that_is_taken_is_looked_up_and_the_order_is_the_answer(broker: Any, order_json: Any) -> None:
    whole = order_json(order_class="oto", legs=[order_json(id="leg", side="sell")])
    exchange = Exchange(
        {
            "POST /v2/orders": DUPLICATE,
            "GET /v2/orders:by_client_order_id": order_json(order_class="oto"),
            f"GET /v2/orders/{whole['id']}": whole,
        }
    )
    answer = await broker(exchange).submit(ENTRY)
    assert answer.order is not None
    assert [leg.broker_id for leg in answer.order.legs] == ["leg"]
    assert exchange.requests[1].url.params["client_order_id"] == ENTRY.id


async def test_an_id_that_is_taken_by_another_order_is_a_refusal(broker: Any, order_json: Any) -> None:
    exchange = Exchange(
        {
            "POST /v2/orders": DUPLICATE,
            "GET /v2/orders:by_client_order_id": order_json(symbol="IBM"),
        }
    )
    answer = await broker(exchange).submit(ENTRY)
    assert answer.order is None
    assert answer.refusal is not None
    assert answer.refusal.code == 40010001


async def test_an_id_that_is_taken_but_cannot_be_looked_up_is_no_answer(broker: Any) -> None:
    exchange = Exchange(
        {
            "POST /v2/orders": DUPLICATE,
            "GET /v2/orders:by_client_order_id": httpx.Response(503, text="down"),
        }
    )
    answer = await broker(exchange).submit(ENTRY)
    assert (answer.order, answer.refusal) == (None, None)
    assert "503" in answer.detail


async def test_another_fault_of_the_same_code_is_a_refusal(broker: Any) -> None:
    body = {"code": 40010001, "message": "asset SPY is not active"}
    answer = await broker(Exchange({"POST /v2/orders": httpx.Response(422, json=body)})).submit(ENTRY)
    assert answer.refusal == Refusal(422, 40010001, "asset SPY is not active")


async def test_refused_keys_are_a_refusal_because_nothing_was_carried_out(broker: Any) -> None:
    answer = await broker(Exchange({"POST /v2/orders": httpx.Response(401, json={"message": "unauthorized."})})).submit(
        ENTRY
    )
    assert answer.refusal == Refusal(401, 0, "unauthorized.")


async def test_a_cancel_is_accepted_refused_or_unanswered(broker: Any) -> None:
    path = "DELETE /v2/orders/b1"
    filled = {"code": 42210000, "message": 'order is already in "filled" state'}
    accepted = await broker(Exchange({path: httpx.Response(204)})).cancel("o1", "b1")
    refused = await broker(Exchange({path: httpx.Response(422, json=filled)})).cancel("o1", "b1")
    silent = await broker(Exchange({path: httpx.ReadTimeout("slow")})).cancel("o1", "b1")
    assert (accepted.accepted, accepted.refusal, accepted.detail) == (True, None, "")
    assert refused.refusal == Refusal(422, 42210000, 'order is already in "filled" state')
    assert (silent.accepted, silent.refusal) == (False, None)
    assert "slow" in silent.detail


async def test_a_replace_answers_with_the_new_order(broker: Any, order_json: Any) -> None:
    exchange = Exchange({"PATCH /v2/orders/broker-stop-1": order_json(id="b2", replaces="broker-stop-1")})
    answer = await broker(exchange).replace(MOVE)
    assert (answer.order_id, answer.new_order_id) == ("stop-1", "stop-2")
    assert answer.order is not None
    assert answer.order.replaces == "broker-stop-1"
    assert exchange.sent("PATCH") == [{"client_order_id": "stop-2", "qty": "125", "stop_price": "444.00"}]


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        (httpx.Response(422, json={"code": 42210000, "message": "order is not open"}), True),
        (httpx.ReadTimeout("slow"), False),
        (httpx.Response(500), False),
    ],
)
async def test_a_replace_that_fails_is_a_refusal_or_no_answer(broker: Any, reply: Any, refused: bool) -> None:
    answer = await broker(Exchange({"PATCH /v2/orders/broker-stop-1": reply})).replace(MOVE)
    assert answer.order is None
    assert (answer.refusal is not None, bool(answer.detail)) == (refused, not refused)


async def test_a_lookup_knows_found_not_found_and_no_answer_apart(broker: Any, order_json: Any) -> None:
    path = "GET /v2/orders:by_client_order_id"
    missing = httpx.Response(404, json={"code": 40410000, "message": "order not found for x"})
    found = await broker(Exchange({path: order_json()})).lookup("x")
    absent = await broker(Exchange({path: missing})).lookup("x")
    assert (found.found, absent.found, absent.detail) == (True, False, "")
    for silence in (
        httpx.Response(404, html="<html>"),
        httpx.Response(503),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, html="<html>"),
    ):
        answer = await broker(Exchange({path: silence})).lookup("x")
        assert not answer.found
        assert answer.detail


def snapshot_exchange(orders: Any, **changes: Any) -> Exchange:
    return Exchange({"GET /v2/account": ACCOUNT, "GET /v2/positions": [], "GET /v2/orders": orders} | changes)


async def test_a_snapshot_holds_open_and_recent_orders_once_each(broker: Any, order_json: Any) -> None:
    old, new = order_json(id="old", status="new"), order_json(id="new", status="filled", filled_qty="125")

    def listed(request: httpx.Request) -> Any:
        return [order_json(id="new", status="new"), old] if request.url.params["status"] == "open" else [new, old]

    exchange = snapshot_exchange(listed)
    exchange.answers["GET /v2/positions"] = [{"symbol": "SPY", "qty": "125", "avg_entry_price": "451.28"}]
    snapshot = await broker(exchange).snapshot(NOW_NS)
    assert snapshot is not None
    assert snapshot.asked_ns == NOW_NS
    assert {order.broker_id: order.status for order in snapshot.orders} == {
        "old": BrokerStatus.WORKING,
        "new": BrokerStatus.FILLED,
    }
    assert snapshot.positions[0].quantity == 125


async def test_an_order_that_ended_since_the_last_snapshot_is_found_however_old_it_is(
    broker: Any, order_json: Any
) -> None:
    stop = order_json(id="stop", status="new", submitted_at="2023-06-01T15:00:00Z")
    pages = [[], [stop], [], []]
    exchange = snapshot_exchange(
        lambda _: pages.pop(0), **{"GET /v2/orders/stop": {**stop, "status": "filled", "filled_qty": "125"}}
    )
    port = broker(exchange)
    first, second = await port.snapshot(NOW_NS), await port.snapshot(NOW_NS + 60 * SECOND_NS)
    assert first is not None
    assert [order.status for order in first.orders] == [BrokerStatus.WORKING]
    assert second is not None
    assert [order.status for order in second.orders] == [BrokerStatus.FILLED]
    after = [r.url.params["after"] for r in exchange.requests if r.url.params.get("status") == "all"]
    assert after == ["2023-12-26T16:00:00Z", "2024-01-02T15:55:00Z"]


async def test_an_open_order_that_the_broker_forgot_does_not_block_every_later_snapshot(
    broker: Any, order_json: Any
) -> None:
    pages = [[order_json(id="x", status="new")], [], [], []]
    gone = httpx.Response(404, json={"code": 40410000, "message": "order not found for x"})
    port = broker(snapshot_exchange(lambda _: pages.pop(0), **{"GET /v2/orders/x": gone}))
    await port.snapshot(NOW_NS)
    second = await port.snapshot(NOW_NS)
    assert second is not None
    assert second.orders == ()


async def test_orders_are_read_page_by_page_without_losing_those_of_one_moment(broker: Any, order_json: Any) -> None:
    # Seven orders a second: the boundary of a page falls between orders of the same moment.
    tape = [
        order_json(id=f"o{n:04d}", status="filled", submitted_at=format_time(NOW_NS + n // 7 * SECOND_NS))
        for n in range(2 * PAGE + 30)
    ]

    def listed(request: httpx.Request) -> Any:
        if request.url.params["status"] == "open":
            return []
        until = parse_time(request.url.params.get("until", "2030-01-01T00:00:00Z"))
        return [order for order in reversed(tape) if parse_time(order["submitted_at"]) < until][:PAGE]

    snapshot = await broker(snapshot_exchange(listed)).snapshot(NOW_NS)
    assert snapshot is not None
    assert sorted(order.broker_id for order in snapshot.orders) == [order["id"] for order in tape]


@pytest.mark.parametrize("path", ["GET /v2/account", "GET /v2/positions", "GET /v2/orders"])
@pytest.mark.parametrize("failure", [httpx.Response(500), httpx.Response(200, html="<html>"), httpx.ReadTimeout("x")])
async def test_a_snapshot_with_a_missing_part_is_none(broker: Any, path: str, failure: Any) -> None:
    assert await broker(snapshot_exchange([], **{path: failure})).snapshot(NOW_NS) is None
