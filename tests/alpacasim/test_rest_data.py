"""The market-data API over HTTP."""

from __future__ import annotations

from datetime import date

import pytest

from alpacasim.synthetic import synthetic

DAY = date(2024, 1, 4)


async def bars(sim, path="/v2/stocks/bars", **params):
    answer = await sim.http.get(path, params={"timeframe": "1Min", **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_bars_are_sorted_by_symbol_and_paged_over_all_symbols(sim):
    query = {"symbols": "SPY,QQQ", "start": "2024-01-03", "end": "2024-01-03", "limit": 300}
    pages = [await bars(sim, **query)]
    while token := pages[-1]["next_page_token"]:
        pages.append(await bars(sim, **query, page_token=token))
    counts = [{symbol: len(part) for symbol, part in page["bars"].items()} for page in pages]
    assert counts == [{"QQQ": 300}, {"QQQ": 90, "SPY": 210}, {"SPY": 180}]
    times = [bar["t"] for page in pages for bar in page["bars"].get("SPY", [])]
    assert times == sorted(set(times))
    assert (times[0], times[-1]) == ("2024-01-03T14:30:00Z", "2024-01-03T20:59:00Z")


async def test_a_bar_has_numbers_and_the_start_of_its_minute(sim):
    page = await bars(sim, symbols="SPY", start="2024-01-03T14:30:00Z", end="2024-01-03T14:30:00Z")
    assert page["bars"]["SPY"] == [
        {"t": "2024-01-03T14:30:00Z", "o": 450.0, "h": 450.01, "l": 449.99, "c": 450.0, "v": 1000, "n": 10, "vw": 450.0}
    ]


async def test_bars_never_show_the_future(sim):
    query = {"symbols": "SPY", "start": "2024-01-04", "end": "2024-01-05"}
    assert await bars(sim, **query) == {"bars": {}, "next_page_token": None}
    await sim.step(3)
    assert [bar["t"][11:16] for bar in (await bars(sim, **query))["bars"]["SPY"]] == ["14:30", "14:31", "14:32"]


async def test_the_newest_coarse_bar_may_be_incomplete(sim):
    await sim.step(3)
    page = await bars(sim, symbols="SPY", timeframe="1Hour", start="2024-01-04")
    assert [(bar["t"], bar["v"]) for bar in page["bars"]["SPY"]] == [("2024-01-04T14:00:00Z", 3000)]


async def test_daily_bars_start_at_new_yorks_midnight_and_can_be_sorted_down(sim):
    page = await bars(sim, symbols="SPY", timeframe="1Day", start="2024-01-02", end="2024-01-03", sort="desc", limit=1)
    assert [bar["t"] for bar in page["bars"]["SPY"]] == ["2024-01-03T05:00:00Z"]
    query = {"symbols": "SPY", "timeframe": "1Day", "start": "2024-01-02", "end": "2024-01-03", "sort": "desc"}
    rest = await bars(sim, **query, page_token=page["next_page_token"])
    assert [bar["t"] for bar in rest["bars"]["SPY"]] == ["2024-01-02T05:00:00Z"]


async def test_one_symbol_without_data_has_null_bars_and_many_have_none(sim):
    assert (await bars(sim, "/v2/stocks/ABCD/bars"))["bars"] is None
    assert (await bars(sim, symbols="ABCD"))["bars"] == {}


@pytest.mark.parametrize(
    "params", [{"timeframe": "60Min"}, {"limit": "10001"}, {"start": "soon"}, {"page_token": "!"}, {"feed": "moon"}]
)
async def test_a_query_that_cannot_be_read_is_a_400_with_a_message(sim, params):
    answer = await sim.http.get("/v2/stocks/bars", params={"symbols": "SPY", "timeframe": "1Min", **params})
    assert answer.status_code == 400
    assert next(iter(params)) in answer.json()["message"]


async def test_latest_data_is_that_of_the_last_point_played(sim):
    await sim.step()
    quotes = (await sim.http.get("/v2/stocks/quotes/latest", params={"symbols": "SPY,NOPE"})).json()
    assert quotes["quotes"].keys() == {"SPY"}
    assert (quotes["quotes"]["SPY"]["bp"], quotes["quotes"]["SPY"]["ap"]) == (449.95, 450.05)
    trade = (await sim.http.get("/v2/stocks/SPY/trades/latest")).json()
    assert (trade["symbol"], trade["trade"]["p"], trade["trade"]["t"]) == ("SPY", 450.0, "2024-01-04T14:30:59Z")
    bar = (await sim.http.get("/v2/stocks/bars/latest", params={"symbols": "SPY"})).json()
    assert bar["bars"]["SPY"]["t"] == "2024-01-04T14:30:00Z"
    snapshot = (await sim.http.get("/v2/stocks/snapshots", params={"symbols": "SPY"})).json()["SPY"]
    assert snapshot.keys() == {"latestTrade", "latestQuote", "minuteBar", "dailyBar", "prevDailyBar"}
    assert (snapshot["dailyBar"]["v"], snapshot["prevDailyBar"]["v"]) == (1000, 390_000)


async def test_where_nothing_was_announced_there_are_no_corporate_actions(sim):
    answer = await sim.http.get("/v1/corporate-actions", params={"symbols": "SPY", "types": "forward_split"})
    assert answer.json() == {"corporate_actions": {}, "next_page_token": None}


async def test_a_scripted_bar_is_served_by_rest_and_counts_in_coarser_bars(sim):
    await sim.step(2)
    await sim.post("/sim/bar", symbol="SPY", open=451, high=452, low=450.5, close=451.5, volume=5000)
    page = await bars(sim, symbols="SPY", start="2024-01-04")
    assert [(bar["t"][11:16], bar["c"]) for bar in page["bars"]["SPY"]] == [("14:30", 450.0), ("14:31", 451.5)]
    hour = await bars(sim, symbols="SPY", timeframe="1Hour", start="2024-01-04")
    assert (hour["bars"]["SPY"][0]["h"], hour["bars"]["SPY"][0]["v"]) == (452.0, 6000)


async def test_before_its_first_print_the_latest_are_those_of_the_last_session(sim):
    trades = (await sim.http.get("/v2/stocks/trades/latest?symbols=SPY,QQQ")).json()["trades"]
    quotes = (await sim.http.get("/v2/stocks/quotes/latest?symbols=SPY,QQQ")).json()["quotes"]
    past = (await sim.http.get("/v2/stocks/SPY/trades?start=2024-01-03&sort=desc&limit=1")).json()["trades"][0]
    quoted = (await sim.http.get("/v2/stocks/SPY/quotes?start=2024-01-03&sort=desc&limit=1")).json()["quotes"][0]
    assert (trades["SPY"], quotes["SPY"]) == (past, quoted)
    assert (past["t"], past["p"]) == ("2024-01-03T20:59:59Z", 450.0)
    assert trades["QQQ"]["p"] == 400.0
    snapshot = (await sim.http.get("/v2/stocks/snapshots?symbols=SPY")).json()["SPY"]
    assert (snapshot["latestTrade"], snapshot["latestQuote"]) == (past, quoted)


@pytest.mark.parametrize(
    ("until", "newest"),
    [
        ("2024-01-04T15:00:00Z", "2024-01-04T14:59:59Z"),
        ("2024-01-04T15:00:30Z", "2024-01-04T14:59:59Z"),
        ("2024-01-04T23:00:00Z", "2024-01-04T20:59:59Z"),
    ],
)
async def test_after_a_jump_the_latest_print_is_the_last_minutes_and_executes_nothing(start, until, newest):
    sim = await start(synthetic(7, ("SPY", "QQQ"), date(2024, 1, 2), DAY))
    await sim.step()
    last = (await sim.http.get("/v2/stocks/SPY/trades/latest")).json()["trade"]["p"]
    for stop in (round(last * 1.0001 + 0.01, 2), round(last * 1.03, 2)):
        await sim.buy(type="stop", stop_price=str(stop), time_in_force="gtc")
    await sim.post("/sim/clock", timestamp=until)
    trade = (await sim.http.get("/v2/stocks/SPY/trades/latest")).json()["trade"]
    bar = (await sim.http.get("/v2/stocks/SPY/bars/latest")).json()["bar"]
    assert (trade["t"], trade["p"]) == (newest, bar["c"])
    assert (await sim.http.get("/v2/stocks/SPY/quotes/latest")).json()["quote"]["t"] == newest
    assert (await sim.http.get("/sim/state")).json()["fills_total"] == 0


async def test_a_jump_keeps_a_scripted_price_that_is_newer_and_a_quote_that_is_held(sim):
    await sim.step()
    await sim.post("/sim/quote", symbol="SPY", bid=440, ask=441, hold=True)
    await sim.post("/sim/clock", timestamp="2024-01-04T14:40:30Z")
    await sim.post("/sim/trade", symbol="SPY", price=439.5)
    await sim.post("/sim/clock", timestamp="2024-01-04T14:40:31Z")
    assert (await sim.http.get("/v2/stocks/SPY/trades/latest")).json()["trade"]["p"] == 439.5
    quote = (await sim.http.get("/v2/stocks/SPY/quotes/latest")).json()["quote"]
    assert (quote["bp"], quote["ap"]) == (440.0, 441.0)
