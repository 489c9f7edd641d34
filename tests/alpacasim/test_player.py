"""The player: steps, sessions, the scripting endpoints and play at speed."""

from __future__ import annotations

import asyncio
from datetime import date

import msgspec

from alpacasim.calendar import MINUTE_NS, SECOND_NS, Calendar
from alpacasim.timeline import minutes_later

DAY = date(2024, 1, 4)


def session_of(day):
    session = Calendar().session(day)
    assert session is not None
    return session


def test_minutes_are_counted_in_sessions():
    calendar, day, following = Calendar(), session_of(DAY), session_of(date(2024, 1, 5))
    assert minutes_later(calendar, day.open_ns - 5, 1) == day.open_ns + MINUTE_NS
    assert minutes_later(calendar, day.open_ns + 5, 1) == day.open_ns + MINUTE_NS
    assert minutes_later(calendar, day.open_ns, 390) == day.close_ns
    assert minutes_later(calendar, day.close_ns, 1) == following.open_ns + MINUTE_NS
    assert minutes_later(calendar, day.close_ns - MINUTE_NS, 3) == following.open_ns + 2 * MINUTE_NS


async def test_time_stands_still_between_steps(sim):
    before = (await sim.http.get("/sim/clock")).json()
    assert before == {
        "time_ns": session_of(DAY).open_ns - MINUTE_NS,
        "timestamp": "2024-01-04T14:29:00Z",
        "rate": 0.0,
        "mode": "step",
        "session": None,
    }
    answer = await sim.step()
    assert (answer["time_ns"], answer["minutes_played"]) == (session_of(DAY).open_ns + MINUTE_NS, 1)
    after = (await sim.http.get("/sim/clock")).json()
    assert after["session"] == {"open_ns": session_of(DAY).open_ns, "close_ns": session_of(DAY).close_ns}
    assert after["time_ns"] == answer["time_ns"]


async def test_a_step_can_go_to_an_instant(sim):
    answer = await sim.post("/sim/step", until="2024-01-04T14:40:30Z")
    assert (answer["timestamp"], answer["minutes_played"]) == ("2024-01-04T14:40:30Z", 10)


async def test_after_the_tape_the_sessions_go_on_without_data(sim):
    await sim.step(390)
    answer = await sim.step()
    assert answer["timestamp"] == "2024-01-05T14:31:00Z"
    assert answer["minutes_played"] == 390
    order = await sim.buy()
    await sim.post("/sim/trade", symbol="SPY", price=460)
    assert (await sim.http.get(f"/v2/orders/{order['id']}")).json()["filled_avg_price"] == "460.05"


async def test_the_clock_moves_without_playing_the_tape(sim):
    answer = await sim.post("/sim/clock", timestamp="2024-01-04T15:00:00Z")
    assert (answer["minutes_played"], answer["session"] is not None) == (0, True)
    refused = await sim.http.post("/sim/clock", json={"time_ns": 1})
    assert refused.status_code == 422
    assert "cannot go back" in refused.json()["message"]


async def test_admin_requests_that_make_no_sense_say_what_is_allowed(sim):
    answers = [
        await sim.http.post("/sim/quote", json={"symbol": "NOPE", "bid": 1, "ask": 2}),
        await sim.http.post("/sim/trade", json={"symbol": "SPY", "price": "much"}),
        await sim.http.post("/sim/step", json={"minutes": 0}),
        await sim.http.post("/sim/fills", json={"symbol": "SPY", "fills": [{"price": 1, "qty": 0}]}),
        await sim.http.post("/sim/step", content=b"[]"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert answers[0].json()["message"] == "symbol is 'NOPE': QQQ, SPY are allowed"


async def test_the_state_tells_counters_account_positions_and_orders(sim):
    await sim.step()
    async with sim.market(bars=["*"]), sim.updates():
        await sim.buy(order_class="oto", stop_loss={"stop_price": 440}, time_in_force="gtc")
        await sim.step()
        state = (await sim.http.get("/sim/state")).json()
    assert state["account"]["cash"] == "95499.5"
    assert [position["symbol"] for position in state["positions"]] == ["SPY"]
    assert [order["type"] for order in state["open_orders"]] == ["stop"]
    counted = ("bars_sent", "trade_updates_sent", "market_connections", "trade_connections", "fills_total")
    assert [state[name] for name in counted] == [2, 4, 1, 1, 1]


async def test_assets_and_account_can_be_changed(sim):
    await sim.post("/sim/asset", symbol="SPY", shortable=False)
    await sim.post("/sim/account", cash="5000")
    assert (await sim.http.get("/v2/assets/SPY")).json()["shortable"] is False
    assert (await sim.http.get("/v2/account")).json()["cash"] == "5000"


async def test_the_same_steps_and_requests_give_the_same_bytes(start):
    async def transcript():
        sim = await start()
        async with sim.market(bars=["*"], quotes=["*"]) as market, sim.updates() as updates:
            await sim.step()
            legs = {"SPY": 449.99, "QQQ": 399.99}
            orders = [
                await sim.buy(symbol=symbol, order_class="oto", stop_loss={"stop_price": stop})
                for symbol, stop in legs.items()
            ]
            state = await sim.step(3)
            frames = [await market.recv() for _ in range(state["market_frames_sent"])]
            events = [await updates.recv() for _ in range(state["trade_updates_sent"])]
        return orders, frames, events

    assert await transcript() == await transcript()


async def test_in_run_mode_a_day_is_played_at_speed_and_the_night_is_left_out(start):
    sim = await start(mode="run", speed=60.0 * 60 * 60, start_ns=session_of(date(2024, 1, 3)).open_ns - MINUTE_NS)
    async with sim.market(bars=["SPY"]) as websocket:
        times = []
        async with asyncio.timeout(60):
            while not times or times[-1] != "2024-01-04T20:59:00Z":
                times.append(msgspec.json.decode(await websocket.recv())[0]["t"])
    assert times == sorted(times)
    assert len(times) > 390
    player = sim.simulator.player
    async with asyncio.timeout(60):
        await player.ended.wait()
    assert player.now_ns() == session_of(DAY).close_ns + 5 * SECOND_NS
    assert player.rate == 0.0


async def test_what_rest_shows_is_what_the_stream_has_sent(start):
    sim = await start(mode="run", speed=60.0 * 200)
    async with sim.market(bars=["SPY"]) as websocket:
        async with asyncio.timeout(60):
            for _ in range(50):
                await websocket.recv()
        played = sim.simulator.player.minutes_played
        answer = await sim.http.get(
            "/v2/stocks/bars", params={"symbols": "SPY", "timeframe": "1Min", "start": "2024-01-04", "limit": 10_000}
        )
        assert played <= len(answer.json()["bars"]["SPY"]) <= sim.simulator.player.minutes_played


async def test_at_a_pace_that_the_machine_cannot_hold_the_clock_waits_for_the_tape(start):
    sim = await start(mode="run", speed=1e9)
    player = sim.simulator.player
    async with asyncio.timeout(60):
        while not player.finished:
            upcoming = player._next
            assert upcoming is None or player.now_ns() <= upcoming.at_ns
            await asyncio.sleep(0)
    assert player.minutes_played == 390
