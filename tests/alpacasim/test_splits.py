"""Splits over a tape that knows of them, and over one that does not."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from alpacasim.calendar import Calendar
from alpacasim.corporate_actions import CorporateAction, after_splits
from alpacasim.money import float_to_e4
from alpacasim.synthetic import synthetic
from alpacasim.tape import MINUTE

EX_DAY = date(2024, 1, 5)
SPLIT = {"type": "forward_split", "symbol": "SPY", "ex_date": "2024-01-05", "new_rate": 2, "old_rate": 1}
OPEN, NEXT_OPEN = "2024-01-04T14:30:00Z", "2024-01-05T14:30:00Z"


@cache
def generated():
    return synthetic(7, ("SPY", "QQQ"), date(2024, 1, 2), EX_DAY + timedelta(days=4))


async def equity(sim):
    return float((await sim.http.get("/v2/account")).json()["equity"])


async def closes(sim, **query):
    given = {"timeframe": "1Day", "start": "2024-01-04", "end": "2024-01-05"}
    answer = await sim.http.get("/v2/stocks/SPY/bars", params={**given, **query})
    return [bar["c"] for bar in answer.json()["bars"]]


async def test_generated_prices_are_divided_from_the_split_on_and_nobody_is_given_money(start):
    sim, unsplit = [await start(generated(), last_day=date(2024, 1, 9)) for _ in range(2)]
    await sim.post("/sim/corporate-action", **SPLIT)
    for one in (sim, unsplit):
        await one.step()
        await one.buy(qty="100")
        await one.post("/sim/step", until="2024-01-05T14:35:00Z")
    assert (await sim.http.get("/v2/positions/SPY")).json()["qty"] == "200"
    assert await equity(sim) == pytest.approx(await equity(unsplit), abs=2.0)  # whole cents of 200 shares


async def test_bars_prints_latest_prices_and_auctions_agree_on_a_generated_split(start):
    sim = await start(generated(), last_day=date(2024, 1, 9))
    raw = generated().minutes("SPY", EX_DAY)
    await sim.post("/sim/corporate-action", **SPLIT)
    await sim.post("/sim/step", until="2024-01-05T14:31:00Z")
    (bar,) = (await sim.http.get(f"/v2/stocks/SPY/bars?timeframe=1Min&start={NEXT_OPEN}")).json()["bars"]
    assert (bar["o"], bar["c"]) == (round(raw["open"][0] / 2, 2), round(raw["close"][0] / 2, 2))
    assert bar["v"] == 2 * raw["volume"][0]
    prints = (await sim.http.get(f"/v2/stocks/SPY/trades?start={NEXT_OPEN}")).json()["trades"]
    latest = (await sim.http.get("/v2/stocks/SPY/trades/latest")).json()["trade"]
    assert (prints[0]["p"], prints[-1]["p"], latest["p"]) == (bar["o"], bar["c"], bar["c"])
    auctions = (await sim.http.get(f"/v2/stocks/SPY/auctions?start={NEXT_OPEN}")).json()["auctions"]
    assert auctions[0]["o"][0]["p"] == bar["o"]


async def test_adjusted_for_the_split_a_generated_close_is_half_of_the_raw_one(start):
    sim = await start(generated(), last_day=date(2024, 1, 9))
    await sim.post("/sim/corporate-action", **SPLIT)
    await sim.post("/sim/step", until="2024-01-05T21:00:05Z")
    (before, after), (adjusted, same) = await closes(sim), await closes(sim, adjustment="split")
    assert (adjusted, same) == (before / 2, after)
    assert after == pytest.approx(adjusted, rel=0.1)


async def test_a_split_announced_before_the_first_session_begins_is_in_its_prices(start):
    sim = await start(generated(), last_day=date(2024, 1, 9))
    before = generated().minutes("SPY", date(2024, 1, 4))
    await sim.post("/sim/corporate-action", **SPLIT | {"ex_date": "2024-01-04"})
    await sim.step()
    (bar,) = (await sim.http.get(f"/v2/stocks/SPY/bars?timeframe=1Min&start={OPEN}")).json()["bars"]
    latest = (await sim.http.get("/v2/stocks/SPY/trades/latest")).json()["trade"]
    assert bar["c"] == latest["p"] == round(before["close"][0] / 2, 2)


@pytest.mark.parametrize(
    ("holds_splits", "said", "close"),
    [(True, {}, 450.0), (True, {"in_prices": False}, 225.0), (False, {}, 225.0), (False, {"in_prices": True}, 450.0)],
)
async def test_in_prices_says_whether_the_tape_has_the_split(start, make_tape, holds_splits, said, close):
    tape = make_tape({"SPY": 450.0, "QQQ": 400.0}, (date(2024, 1, 3), date(2024, 1, 4), EX_DAY))
    tape.holds_splits = holds_splits
    sim = await start(tape, last_day=EX_DAY)
    await sim.post("/sim/corporate-action", **SPLIT, **said)
    await sim.post("/sim/step", until="2024-01-05T21:00:05Z")
    assert await closes(sim) == [450.0, close]
    sim = await start(tape, last_day=EX_DAY, faults={"fault": [
        {"kind": "split", "symbols": "SPY", "ex_date": "2024-01-05", "new_rate": 2, "old_rate": 1, **said},
    ]})  # fmt: skip
    await sim.post("/sim/step", until="2024-01-05T21:00:05Z")
    assert await closes(sim) == [450.0, close]


@pytest.mark.parametrize(("new_rate", "old_rate"), [(2, 1), (3, 2), (7, 1), (400, 1), (1, 10)])
def test_divided_minutes_are_bars_with_whole_cents_from_a_dollar_on(new_rate, old_rate):
    split = CorporateAction("forward_split", "SPY", EX_DAY, {"new_rate": new_rate, "old_rate": old_rate}, False)
    tape = generated()
    minutes = np.concatenate([tape.minutes("SPY", day) for day in (date(2024, 1, 4), EX_DAY)])
    divided = after_splits(minutes, [split])
    session = Calendar().session(EX_DAY)
    assert session is not None
    before = divided["t_ns"] < session.open_ns
    assert (divided[before] == minutes[before]).all()
    part = divided[~before]
    for name in ("open", "high", "low", "close"):
        assert ((part["low"] <= part[name]) & (part[name] <= part["high"])).all()
        prices = [float_to_e4(price) for price in part[name].tolist()]
        assert [price for price in prices if price <= 0 or (price >= 10_000 and price % 100)] == []
        ratio = new_rate / old_rate
        np.testing.assert_allclose(part[name], minutes[name][~before] / ratio, atol=0.00501)
    assert ((part["low"] <= part["vwap"]) & (part["vwap"] <= part["high"])).all()
    assert ((part["volume"] > 0) & (part["trades"] <= part["volume"])).all()
    assert part.dtype == MINUTE


@pytest.mark.parametrize("ex_date", ["2024-01-03", "2024-01-04"])
async def test_an_action_that_can_no_longer_take_effect_is_refused(start, ex_date):
    sim = await start(generated(), last_day=date(2024, 1, 9))
    await sim.step()
    plan = {"fault": [{"kind": "split", "symbols": ["QQQ", "SPY"], "ex_date": ex_date, "new_rate": 2, "old_rate": 1}]}
    dividend = {"type": "cash_dividend", "symbol": "SPY", "ex_date": ex_date, "rate": 1}
    text = f"ex_date is {ex_date}: it can't take effect any more, a day from 2024-01-05 on is allowed"
    asked = [("corporate-action", SPLIT | {"ex_date": ex_date}), ("corporate-action", dividend), ("faults", plan)]
    for path, body in asked:
        answer = await sim.http.post(f"/sim/{path}", json=body)
        assert (answer.status_code, answer.json()["message"]) == (422, text)
    assert (await sim.http.get("/sim/faults")).json() == {"faults": []}


async def test_a_past_split_that_the_tape_has_is_history_and_adjusts_it(sim):
    await sim.post("/sim/corporate-action", **SPLIT | {"ex_date": "2024-01-03"})
    assert await closes(sim, start="2024-01-02", end="2024-01-03", adjustment="split") == [225.0, 450.0]


async def test_a_split_and_a_halt_count_once_each_time_they_are_met(sim):
    split = {"kind": "split", "symbols": "SPY", "ex_date": "2024-01-05", "new_rate": 2, "old_rate": 1}
    await sim.post("/sim/faults", fault=[{"kind": "halt", "symbols": "QQQ", "from": 90, "until": 150}, split])

    async def met():
        return [fault["met"] for fault in (await sim.http.get("/sim/faults")).json()["faults"]]

    assert await met() == [0, 0]
    await sim.step(5)
    assert await met() == [1, 0]
    await sim.post("/sim/step", until=NEXT_OPEN)
    assert await met() == [1, 1]
