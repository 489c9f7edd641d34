"""The trade_updates WebSocket, with a plain client."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def send(websocket, **message):
    await websocket.send(msgspec.json.encode(message).decode())


async def receive(websocket):
    async with asyncio.timeout(60):
        return msgspec.json.decode(await websocket.recv())


async def updates(websocket, count):
    return [(await receive(websocket))["data"] for _ in range(count)]


async def test_an_orders_events_come_in_binary_frames_with_the_whole_order(sim):
    await sim.step()
    async with sim.updates() as websocket:
        order = await sim.buy(client_order_id="mine")
        frame = await websocket.recv()
        assert isinstance(frame, bytes)
        assert msgspec.json.decode(frame)["stream"] == "trade_updates"
        new, fill = await updates(websocket, 2)
    assert (msgspec.json.decode(frame)["data"]["event"], new["event"], fill["event"]) == ("pending_new", "new", "fill")
    assert (fill["price"], fill["qty"], fill["position_qty"]) == ("450.05", "10", "10")
    assert fill["timestamp"] == "2024-01-04T14:31:00Z"
    assert fill["order"]["id"] == order["id"]
    assert (fill["order"]["status"], fill["order"]["filled_qty"], fill["order"]["filled_avg_price"]) == (
        "filled", "10", "450.05",
    )  # fmt: skip
    (activity,) = (await sim.http.get("/v2/account/activities/FILL")).json()
    assert activity["id"].endswith(fill["execution_id"])


async def test_parts_carry_their_own_quantity_and_the_order_the_sum(sim):
    await sim.step()
    async with sim.updates() as websocket:
        await sim.post("/sim/fills", symbol="SPY", side="sell", fills=[{"price": 449, "qty": 4}, {"price": 448}])
        await sim.buy(side="sell")
        parts = (await updates(websocket, 4))[2:]
    assert [(p["event"], p["qty"], p["position_qty"], p["order"]["filled_qty"]) for p in parts] == [
        ("partial_fill", "4", "-4", "4"),
        ("fill", "6", "-10", "10"),
    ]
    assert parts[1]["order"]["filled_avg_price"] == "448.4"


async def test_a_parked_order_is_accepted_then_new_then_filled_at_the_open(sim):
    async with sim.updates() as websocket:
        await sim.buy()
        await sim.step()
        assert [update["event"] for update in await updates(websocket, 3)] == ["accepted", "new", "fill"]


async def test_replaced_tells_the_old_order_and_names_the_new_one(sim):
    await sim.step()
    await sim.buy()
    stop = await sim.buy(side="sell", type="stop", stop_price=440, time_in_force="gtc")
    async with sim.updates() as websocket:
        new = (await sim.http.patch(f"/v2/orders/{stop['id']}", json={"stop_price": 441})).json()
        replaced, begun = await updates(websocket, 2)
    assert (replaced["event"], replaced["order"]["id"], replaced["order"]["replaced_by"]) == (
        "replaced", stop["id"], new["id"],
    )  # fmt: skip
    assert (begun["event"], begun["order"]["id"]) == ("new", new["id"])


async def test_day_orders_expire_at_the_close(sim):
    await sim.buy(type="limit", limit_price=400)
    async with sim.updates() as websocket:
        await sim.step(390)
        assert [update["event"] for update in await updates(websocket, 2)] == ["new", "expired"]


async def test_the_new_form_of_authentication_is_authorized(sim):
    async with connect(f"{sim.ws_url}/stream") as websocket:
        await send(websocket, action="auth", key="PKDEMO", secret="demo-secret")
        assert await receive(websocket) == {
            "stream": "authorization",
            "data": {"status": "authorized", "action": "authenticate"},
        }


async def test_the_old_form_is_authorized_with_a_word_about_its_end(sim):
    async with connect(f"{sim.ws_url}/stream") as websocket:
        await send(websocket, action="authenticate", data={"key_id": "PKDEMO", "secret_key": "demo-secret"})
        data = (await receive(websocket))["data"]
    assert data["status"] == "authorized"
    assert data["message"].startswith("this authentication format is being deprecated. Please use the format: ")


@pytest.mark.parametrize(
    "form",
    [
        {"action": "auth", "key": "PKDEMO", "secret": "guess"},
        {"action": "authenticate", "data": {"key_id": "PKDEMO", "secret_key": "guess"}},
    ],
)
async def test_wrong_credentials_are_unauthorized_and_the_end(sim, form):
    async with connect(f"{sim.ws_url}/stream") as websocket:
        await send(websocket, **form)
        assert (await receive(websocket))["data"]["status"] == "unauthorized"
        with pytest.raises(ConnectionClosed):
            await receive(websocket)


async def test_listening_needs_authorization(sim):
    async with connect(f"{sim.ws_url}/stream") as websocket:
        await send(websocket, action="listen", data={"streams": ["trade_updates"]})
        assert await receive(websocket) == {
            "stream": "authorization",
            "data": {"status": "unauthorized", "action": "listen"},
        }


async def test_an_empty_list_stops_the_stream(sim):
    await sim.step()
    async with sim.updates() as websocket:
        await send(websocket, action="listen", data={"streams": []})
        assert await receive(websocket) == {"stream": "listening", "data": {"streams": []}}
        await sim.buy()
        assert sim.simulator.trade_hub.updates == 0


async def test_msgpack_goes_both_ways_with_times_as_timestamps(sim):
    await sim.step()
    headers = {"Content-Type": "application/msgpack"}
    async with connect(f"{sim.ws_url}/stream", additional_headers=headers) as websocket:
        for message in (
            {"action": "auth", "key": "PKDEMO", "secret": "demo-secret"},
            {"action": "listen", "data": {"streams": ["trade_updates"]}},
        ):
            await websocket.send(msgspec.msgpack.encode(message))
            assert msgspec.msgpack.decode(await websocket.recv())["stream"] in ("authorization", "listening")
        order = await sim.buy()
        update = msgspec.msgpack.decode(await websocket.recv())["data"]
    assert (update["event"], update["order"]["id"], update["order"]["qty"]) == ("pending_new", order["id"], "10")
    minute = datetime(2024, 1, 4, 14, 31, tzinfo=UTC)
    assert (update["timestamp"], update["order"]["created_at"], update["order"]["filled_at"]) == (minute, minute, None)
