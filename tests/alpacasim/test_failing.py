"""Requests that fail on demand, and leave their client to find out what has happened."""

from __future__ import annotations

import httpx
import pytest

ORDER = {"symbol": "SPY", "qty": "10", "side": "buy", "type": "market", "time_in_force": "day"}


async def fail(sim, **fault):
    answer = await sim.http.post("/sim/fail", json=fault)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("carried_out", "orders"), [(False, 0), (True, 1)])
async def test_a_request_that_is_never_answered_may_have_taken_effect(sim, carried_out, orders):
    await fail(sim, status=0, method="POST", path="/v2/orders", carried_out=carried_out)
    with pytest.raises(httpx.ReadTimeout):
        await sim.http.post("/v2/orders", json=ORDER, timeout=httpx.Timeout(60, read=0.3))
    assert len((await sim.http.get("/v2/orders")).json()) == orders


async def test_only_the_method_and_the_path_that_were_named_fail_and_only_so_often(sim):
    await fail(sim, status=503, method="get", path="/v2/orders", times=2)
    statuses = [(await sim.http.get(path)).status_code for path in ("/v2/account", *["/v2/orders"] * 3)]
    assert statuses == [200, 503, 503, 200]
    assert (await sim.http.post("/v2/orders", json=ORDER)).status_code == 200


async def test_a_failure_carries_no_headers_of_the_rate_limit(start):
    sim = await start(rate_limit=10)
    await fail(sim, status=429)
    answer = await sim.http.get("/v2/clock")
    assert (answer.status_code, answer.json()["code"]) == (429, 42910000)
    assert "X-RateLimit-Remaining" not in answer.headers


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"status": 200}, "fault 1 (rest): status is 200: 0, 429, 500, 503, 504 are allowed"),
        ({"status": 500, "times": 0}, "fault 1 (rest): count is 0: a whole number from 1 is allowed"),
    ],
)
async def test_a_failure_that_makes_no_sense_is_refused(sim, fault, text):
    answer = await sim.http.post("/sim/fail", json=fault)
    assert (answer.status_code, answer.json()["message"]) == (422, text)


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("halt", {"symbol": "NOPE"}, "symbol is 'NOPE': QQQ, SPY are allowed"),
        ("halt", {"symbol": "SPY", "halt": True}, "halt is unknown: symbol, halted, code, reason are allowed"),
        ("halt", {"symbol": "SPY", "halted": "no"}, "halted is 'no': true or false is allowed"),
        ("step", {"minute": 5}, "minute is unknown: minutes, until are allowed"),
        ("luld", {"symbol": "SPY", "up": "high", "down": 1}, "up is 'high': a price is allowed"),
        (
            "corporate-action",
            {"symbol": "SPY", "type": "merger"},
            "type is 'merger': forward_split, reverse_split, cash_dividend are allowed",
        ),
        (
            "corporate-action",
            {"symbol": "SPY", "type": "cash_dividend", "rate": 0, "ex_date": "2024-01-05"},
            "rate is 0: a number above 0 is allowed",
        ),
        (
            "corporate-action",
            {"symbol": "SPY", "type": "cash_dividend", "rate": 1, "ex_date": "soon"},
            "ex_date is 'soon': a date (YYYY-MM-DD) is allowed",
        ),
    ],
)
async def test_an_event_that_makes_no_sense_is_refused(sim, path, body, text):
    answer = await sim.http.post(f"/sim/{path}", json=body)
    assert (answer.status_code, answer.json()["message"]) == (422, text)
