"""Requests from elsewhere, requests that are odd, and handlers that fail."""

from __future__ import annotations

import base64
import logging

import httpx
import pytest
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("::ffff:127.0.0.1", 200),
     ("192.168.1.7", 403), ("::ffff:10.0.0.1", 403), ("2001:db8::1", 403), ("stranger", 403)],
)  # fmt: skip
async def test_the_script_is_closed_to_other_machines_and_trading_is_open_to_them(make_simulator, host, status):
    key = {"APCA-API-KEY-ID": "PKDEMO", "APCA-API-SECRET-KEY": "demo-secret"}
    wire = httpx.ASGITransport(make_simulator().app, client=(host, 1))
    async with httpx.AsyncClient(transport=wire, base_url="http://there") as client:
        answers = [await client.get(path) for path in ("/sim", "/sim/clock", "/sim/faults")]
        answers.append(await client.post("/sim/step", json={"minutes": 1}, headers={"X-Forwarded-For": "127.0.0.1"}))
        assert [answer.status_code for answer in answers] == [status] * 4
        assert (await client.get("/v2/clock", headers=key)).status_code == 200


def token(text):
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (text, kind)
        for text in ("SPY|99999999999999999999|0", "SPY|1|99999999999999999999", "SPY|-5|0", "SPY|1|-1")
        for kind in ("bars", "trades", "quotes", "auctions")
    ],
)
async def test_a_page_token_beyond_all_times_is_invalid(sim, text, kind):
    query = {"timeframe": "1Min", "start": "2024-01-02", "page_token": token(text)}
    answer = await sim.http.get(f"/v2/stocks/SPY/{kind}", params=query)
    assert (answer.status_code, answer.json()) == (400, {"message": "invalid page_token"})


@pytest.mark.parametrize("symbols", [[["SPY"]], [{}], [None], [5]])
async def test_a_watchlist_of_something_else_than_symbols_is_malformed(sim, symbols):
    answer = await sim.http.post("/v2/watchlists", json={"name": "mine", "symbols": symbols})
    assert answer.status_code == 400
    assert (await sim.http.get("/v2/watchlists")).json() == []


@pytest.mark.parametrize("number", [10**30, "9" * 40, -1, True, "9999-12-31T00:00:00Z"])
async def test_a_time_beyond_the_calendar_is_refused(sim, number):
    bar = {"symbol": "SPY", "open": 1, "high": 1, "low": 1, "close": 1, "timestamp": number}
    asked = [("step", {"until": number}), ("clock", {"time_ns": number}), ("bar", bar)]
    for path, body in asked:
        assert (await sim.http.post(f"/sim/{path}", json=body)).status_code == 422
    assert (await sim.http.get("/v2/orders", params={"after": "9" * 40})).status_code == 400


@pytest.mark.parametrize("minutes", [10**9, 10**30, True, 0.5])
async def test_more_minutes_than_the_calendar_has_are_refused(sim, minutes):
    assert (await sim.http.post("/sim/step", json={"minutes": minutes})).status_code == 422


@pytest.mark.parametrize("amount", [1e30, "1e400", 10**9])
async def test_an_amount_beyond_a_billion_dollars_is_refused(sim, amount):
    bar = dict.fromkeys(("open", "high", "low", "close"), amount)
    asked = {
        "trade": {"price": amount},
        "quote": {"bid": amount, "ask": amount},
        "bar": bar,
        "luld": {"up": amount, "down": 1},
        "fills": {"fills": [{"price": amount}]},
        "account": {"cash": amount},
    }
    for path, body in asked.items():
        assert (await sim.http.post(f"/sim/{path}", json={"symbol": "SPY", **body})).status_code == 422


async def test_a_handler_that_fails_answers_500_is_logged_and_the_connection_lives_on(sim, caplog):
    async def fail(request):
        raise ZeroDivisionError("a defect")

    sim.simulator.app.router.routes.append(Route("/v2/defect", fail))
    with caplog.at_level(logging.ERROR):
        answer = await sim.http.get("/v2/defect")
    assert (answer.status_code, answer.json()) == (500, {"code": 50010000, "message": "internal server error occurred"})
    assert "connection" not in answer.headers
    (record,) = caplog.records
    assert record.getMessage() == "GET /v2/defect failed"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)
    assert (await sim.http.get("/v2/clock")).status_code == 200


async def test_a_refused_upgrade_is_no_error_in_the_log(sim, caplog):
    await sim.post("/sim/faults", fault=[{"kind": "refuse_connection", "stream": "trade", "status": 503}])
    with caplog.at_level(logging.ERROR), pytest.raises(InvalidStatus) as refused:
        await connect(f"{sim.ws_url}/stream")
    assert refused.value.response.status_code == 503
    assert [record.getMessage() for record in caplog.records] == []
