"""The same tape, seed and requests give the same bytes."""

from __future__ import annotations

import asyncio


async def told(sim):
    """Everything that a day's client sees: answers and frames."""
    said = []

    async def ask(method, path, **options):
        answer = await sim.http.request(method, path, **options)
        said.append((answer.status_code, answer.content))
        return answer.json() if answer.content else None

    async with sim.market(bars=["*"], quotes=["SPY"], trades=["QQQ"]) as market, sim.updates() as updates:
        exits = {"take_profit": {"limit_price": "460"}, "stop_loss": {"stop_price": "440"}}
        bracket = {"symbol": "SPY", "qty": "10", "side": "buy", "type": "market", "time_in_force": "gtc"}
        entry = await ask("POST", "/v2/orders", json={**bracket, "order_class": "bracket", **exits})
        await sim.step(3)
        await ask("PATCH", f"/v2/orders/{entry['legs'][0]['id']}", json={"limit_price": "450.01"})
        await ask("POST", "/v2/orders", json={"symbol": "NOPE", "qty": "1"})
        await sim.step(2)
        for path in ("/v2/account", "/v2/positions", "/v2/orders?status=all&nested=true", "/v2/clock"):
            await ask("GET", path)
        await ask("GET", "/v2/account/activities/FILL")
        await ask("GET", "/v2/stocks/bars?symbols=SPY,QQQ&timeframe=1Min&limit=100")
        state = sim.simulator
        async with asyncio.timeout(60):
            frames = [await market.recv() for _ in range(state.market_hub.frames)]
            events = [await updates.recv() for _ in range(state.trade_hub.updates)]
    return said, frames, events


async def test_two_runs_of_the_same_script_are_told_the_same_bytes(start):
    first, second = [await told(await start(seed="42")) for _ in range(2)]
    assert len(first[1]) > 20
    assert len(first[2]) > 5
    assert first == second


async def test_another_seed_gives_other_ids(start):
    first, second = [await told(await start(seed=seed)) for seed in ("42", "43")]
    assert first[0][0] != second[0][0]
    assert first[1] == second[1]
