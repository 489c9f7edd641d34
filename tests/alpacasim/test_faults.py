"""Faults in force at a simulator that serves, seen by plain clients."""

from __future__ import annotations

import asyncio

import httpx
import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus


async def disturb(sim, *faults, seed=7):
    await sim.post("/sim/faults", seed=seed, fault=list(faults))


async def receive(websocket):
    async with asyncio.timeout(60):
        return msgspec.json.decode(await websocket.recv())


async def minutes(websocket, count):
    """(type, symbol, hour and minute) of the messages in so many frames."""
    frames = [await receive(websocket) for _ in range(count)]
    return [(one["T"], one["S"], one["t"][11:16]) for frame in frames for one in frame]


async def nothing_more(websocket):
    """The marker that is asked for now is the next to come."""
    await websocket.send('{"action":"auth","key":"x","secret":"x"}')
    assert (await receive(websocket))[0]["code"] == 403


async def test_a_plan_tells_what_it_met_and_ends(sim):
    await disturb(sim, {"kind": "drop", "channel": "bars", "symbols": "SPY", "count": 1})
    async with sim.market(bars=["*"]) as websocket:
        await sim.step(2)
        assert await minutes(websocket, 2) == [("b", "QQQ", "14:30"), ("b", "QQQ", "14:31"), ("b", "SPY", "14:31")]
    (told,) = (await sim.http.get("/sim/faults")).json()["faults"]
    assert told == {
        "kind": "drop", "stream": "market", "channel": "bars", "symbols": ["SPY"], "from": "2024-01-04T14:29:00Z",
        "until": None, "count": 1, "probability": 1.0, "in_force": False, "met": 1,
    }  # fmt: skip
    assert (await sim.http.delete("/sim/faults")).json()["faults"] == [told]
    assert (await sim.http.get("/sim/faults")).json() == {"faults": []}


async def test_a_plan_that_makes_no_sense_changes_nothing(sim):
    answer = await sim.http.post("/sim/faults", json={"fault": [{"kind": "revisions"}, {"kind": "delay"}]})
    assert answer.status_code == 422
    assert answer.json()["message"] == "fault 2 (delay): seconds is None: a number above 0 is allowed"
    assert (await sim.http.get("/sim/faults")).json() == {"faults": []}


async def test_a_late_bar_comes_when_it_is_due(sim):
    await disturb(sim, {"kind": "late_bars", "seconds": 70, "count": 1, "symbols": "SPY"})
    async with sim.market(bars=["SPY"], quotes=["QQQ"]) as websocket:
        await sim.post("/sim/step", until="2024-01-04T14:32:09Z")
        assert await minutes(websocket, 3) == [("q", "QQQ", "14:30"), ("q", "QQQ", "14:31"), ("b", "SPY", "14:31")]
        await nothing_more(websocket)
        await sim.post("/sim/step", until="2024-01-04T14:32:10Z")
        assert await minutes(websocket, 1) == [("b", "SPY", "14:30")]


async def test_a_revision_follows_half_a_minute_later_and_rest_has_it_from_then_on(sim):
    await disturb(sim, {"kind": "revisions", "symbols": "SPY", "count": 1})
    path = "/v2/stocks/SPY/bars?timeframe=1Min&start=2024-01-04T14:30:00Z"
    async with sim.market(bars=["SPY"], updatedBars=["SPY"]) as websocket:
        await sim.step(2)
        assert (await receive(websocket))[0]["v"] == 1000
        before = (await sim.http.get(path)).json()["bars"][0]
        (revised,) = await receive(websocket)
        await sim.step()
    assert (revised["T"], revised["t"]) == ("u", "2024-01-04T14:30:00Z")
    assert revised["v"] > 1000
    assert revised["h"] >= revised["c"] > 450
    assert before == {name: revised[name] for name in before}  # both after the half minute


async def test_reordered_and_doubled_bars_come_so(sim):
    first = {"channel": "bars", "symbols": "SPY", "count": 1}
    await disturb(sim, {"kind": "reorder", **first}, {"kind": "duplicate", **first})
    async with sim.market(bars=["SPY"]) as websocket:
        await sim.step(3)
        bars = await minutes(websocket, 4)
    assert [at for _, _, at in bars] == ["14:31", "14:30", "14:30", "14:32"]


async def test_updates_are_dropped_doubled_and_delayed_by_their_event(sim):
    await disturb(
        sim,
        {"kind": "drop", "event": "pending_new"},
        {"kind": "duplicate", "event": "new"},
        {"kind": "delay", "event": "fill", "seconds": 30},
    )
    await sim.step()
    async with sim.updates() as websocket:
        await sim.buy()
        events = [(await receive(websocket))["data"]["event"] for _ in range(2)]
        await sim.step()
        told = (await receive(websocket))["data"]
    assert events == ["new", "new"]
    assert (told["event"], told["timestamp"]) == ("fill", "2024-01-04T14:31:00Z")


async def test_a_mute_connection_answers_and_brings_nothing_and_the_next_one_is_well(sim):
    await disturb(sim, {"kind": "mute", "stream": "market", "count": 1})
    async with sim.market(bars=["SPY"]) as websocket:
        await sim.step()
        await (await websocket.ping())
        await nothing_more(websocket)
    await gone(sim, "market_connections")
    async with sim.market(bars=["SPY"]) as websocket:
        await sim.step()
        assert await minutes(websocket, 1) == [("b", "SPY", "14:31")]


async def test_a_mute_connection_speaks_again_at_the_end_of_its_time(sim):
    async with sim.market(bars=["SPY"]) as websocket:
        await disturb(sim, {"kind": "mute", "stream": "market", "from": 90, "until": 150})
        await sim.step(3)
        assert await minutes(websocket, 2) == [("b", "SPY", "14:31"), ("b", "SPY", "14:32")]


@pytest.mark.parametrize("stream", ["market", "trade"])
async def test_a_half_dead_connection_answers_no_ping_and_no_close(sim, stream):
    async with sim.market(bars=["SPY"]) if stream == "market" else sim.updates() as websocket:
        await disturb(sim, {"kind": "half_dead", "stream": stream, "count": 1})
        await sim.step()
        await sim.buy()
        pong = await websocket.ping()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(pong), 0.1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(websocket.recv(), 0.1)
        websocket.transport.abort()
    await gone(sim, f"{stream}_connections")


@pytest.mark.parametrize("stream", ["market", "trade"])
async def test_a_connection_is_cut_without_a_close_and_the_next_one_stands(sim, stream):
    def connected():
        return sim.market(bars=["SPY"]) if stream == "market" else sim.updates()

    async with connected() as websocket:
        await disturb(sim, {"kind": "disconnect", "stream": stream})
        with pytest.raises(ConnectionClosed) as cut:
            await receive(websocket)
        assert cut.value.rcvd is None
    await gone(sim, f"{stream}_connections")
    async with connected() as websocket:
        await sim.step()
        await sim.buy()
        await receive(websocket)


@pytest.mark.parametrize("stream", ["market", "trade"])
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_upgrade_is_refused_with_its_status(sim, stream, status):
    await disturb(sim, {"kind": "refuse_connection", "stream": stream, "status": status, "count": 1})
    url = sim.ws_url + ("/v2/iex" if stream == "market" else "/stream")
    with pytest.raises(InvalidStatus) as refused:
        await connect(url)
    assert refused.value.response.status_code == status
    async with connect(url):
        pass


async def test_the_connection_limit_is_said_after_the_authentication(sim):
    await disturb(sim, {"kind": "refuse_connection", "stream": "market", "status": 406, "count": 1})
    async with connect(f"{sim.ws_url}/v2/iex") as websocket:
        await receive(websocket)
        await websocket.send('{"action":"auth","key":"PKDEMO","secret":"demo-secret"}')
        assert await receive(websocket) == [{"T": "error", "code": 406, "msg": "connection limit exceeded"}]
    async with sim.market():
        pass


@pytest.mark.parametrize(("carried_out", "orders"), [(False, 0), (True, 1)])
async def test_a_request_fails_with_a_page_of_html_before_or_after_it_took_effect(sim, carried_out, orders):
    fault = {"kind": "rest", "status": 504, "method": "post", "path": "/v2/orders", "html": True, "count": 1}
    await disturb(sim, fault | {"carried_out": carried_out})
    order = {"symbol": "SPY", "qty": "10", "side": "buy", "type": "market", "time_in_force": "day"}
    answer = await sim.http.post("/v2/orders", json=order)
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html; charset=utf-8")
    assert "<h1>504 Request Timed Out</h1>" in answer.text
    assert len((await sim.http.get("/v2/orders")).json()) == orders


async def test_a_request_without_an_answer_leaves_its_client_waiting(sim):
    await disturb(sim, {"kind": "rest", "status": 0, "path": "/v2/clock", "count": 1})
    with pytest.raises(httpx.ReadTimeout):
        await sim.http.get("/v2/clock", timeout=httpx.Timeout(60, read=0.3))
    assert (await sim.http.get("/v2/clock")).status_code == 200


async def test_parts_add_up_to_the_order(sim):
    await sim.step()
    await disturb(sim, {"kind": "partial_fills"})
    await sim.buy(qty="50")
    await sim.step(20)
    fills = (await sim.http.get("/v2/account/activities/FILL?direction=asc")).json()
    assert sum(int(fill["qty"]) for fill in fills) == 50
    assert [fill["type"] for fill in fills] == [*["partial_fill"] * (len(fills) - 1), "fill"]
    assert len(fills) > 1


async def test_a_skewed_clock_is_seen_in_stamps_and_not_in_the_minutes_of_bars(sim):
    await disturb(sim, {"kind": "clock_skew", "seconds": -600})
    async with sim.market(bars=["SPY"], quotes=["SPY"]) as websocket, sim.updates() as updates:
        await sim.step()
        assert await minutes(websocket, 2) == [("q", "SPY", "14:20"), ("b", "SPY", "14:30")]
        await sim.buy()
        assert (await receive(updates))["data"]["timestamp"] == "2024-01-04T14:21:00Z"
    assert (await sim.http.get("/v2/clock")).json()["timestamp"] == "2024-01-04T09:21:00-05:00"


async def test_a_halt_begins_and_ends_in_its_time(sim):
    await disturb(sim, {"kind": "halt", "symbols": "SPY", "from": 90, "until": 150})
    async with sim.market(bars=["SPY"], statuses=["*"]) as websocket:
        await sim.step(4)
        seen = [one for _ in range(4) for one in await receive(websocket)]
    told = [(one["T"], one["t"], one.get("sc")) for one in seen]
    assert told == [
        ("s", "2024-01-04T14:30:30Z", "H"),
        ("s", "2024-01-04T14:31:30Z", "T"),
        ("b", "2024-01-04T14:32:00Z", None),
        ("b", "2024-01-04T14:33:00Z", None),
    ]


async def test_the_end_of_the_faults_ends_a_halt(sim):
    await sim.step()
    await disturb(sim, {"kind": "halt", "symbols": ["SPY"]})
    async with sim.market(statuses=["SPY"]) as websocket:
        await sim.http.delete("/sim/faults")
        assert (await receive(websocket))[0]["sc"] == "T"


async def test_a_split_is_announced_and_takes_effect_in_the_night(sim):
    rates = {"ex_date": "2024-01-05", "new_rate": 2, "old_rate": 1}
    await disturb(sim, {"kind": "split", "symbols": "SPY", **rates})
    await sim.step()
    await sim.buy()
    listed = (await sim.http.get("/v1/corporate-actions?symbols=SPY&start=2024-01-01&end=2024-12-31")).json()
    assert listed["corporate_actions"]["forward_splits"][0]["ex_date"] == "2024-01-05"
    await sim.step(389)
    assert (await sim.http.get("/v2/positions/SPY")).json()["qty"] == "10"
    await sim.post("/sim/clock", timestamp="2024-01-05T14:30:00Z")
    assert (await sim.http.get("/v2/positions/SPY")).json()["qty"] == "20"


async def test_the_same_plan_seed_and_tape_give_the_same_bytes(start):
    faults = [
        {"kind": kind, "probability": 0.4, **more}
        for kind, more in {
            "drop": {}, "duplicate": {}, "reorder": {}, "delay": {"seconds": 33}, "late_bars": {"seconds": 7},
            "revisions": {}, "partial_fills": {},
        }.items()
    ]  # fmt: skip

    async def told(seed):
        sim = await start(seed="one", faults={"seed": seed, "fault": faults})
        async with sim.market(bars=["*"], updatedBars=["*"], quotes=["*"]) as market, sim.updates() as updates:
            await sim.step()
            await sim.buy(qty="50")
            await sim.step(30)
            async with asyncio.timeout(60):
                frames = [await market.recv() for _ in range(sim.simulator.market_hub.frames)]
                events = [await updates.recv() for _ in range(sim.simulator.trade_hub.updates)]
        return frames, events, (await sim.http.get("/sim/faults")).content

    first, again, other = [await told(seed) for seed in (1, 1, 2)]
    assert len(first[0]) > 40
    assert first == again
    assert first[0] != other[0]


async def test_faults_come_in_their_time_when_the_clock_runs(start):
    late = {"kind": "late_bars", "seconds": 25, "symbols": "SPY", "count": 1}
    sim = await start(mode="run", speed=600.0, waits=True, faults={"fault": [late]})
    async with sim.market(bars=["SPY"]) as websocket:
        assert await minutes(websocket, 1) == [("b", "SPY", "14:30")]
        clock = (await sim.http.get("/sim/clock")).json()["timestamp"]
    assert clock >= "2024-01-04T14:31:25Z"


async def gone(sim, name):
    """Until the simulator has noticed that a connection has ended."""
    async with asyncio.timeout(60):
        while (await sim.http.get("/sim/state")).json()[name]:
            pass
