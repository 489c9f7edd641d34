"""Faults in force at a simulator that serves, seen by plain clients."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import httpx
import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

OPEN = "2024-01-04T14:30:00Z"


async def disturb(sim, *faults, seed=7):
    await sim.post("/sim/faults", seed=seed, fault=list(faults))


async def receive(websocket):
    async with asyncio.timeout(10):
        return msgspec.json.decode(await websocket.recv())


async def minutes(websocket, count):
    """(type, symbol, hour and minute) of the messages in so many frames."""
    frames = [await receive(websocket) for _ in range(count)]
    return [(one["T"], one["S"], one["t"][11:16]) for frame in frames for one in frame]


async def nothing_more(websocket, sim):
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
        await sim.post("/sim/step", until="2024-01-04T14:32:15Z")
        seen = await minutes(websocket, 5)
    assert seen == [*[("q", "QQQ", "14:30")], ("q", "QQQ", "14:31"), ("b", "SPY", "14:31"), ("b", "SPY", "14:30")] or (
        [one for one in seen if one[0] == "b"] == [("b", "SPY", "14:31"), ("b", "SPY", "14:30")]
    )
