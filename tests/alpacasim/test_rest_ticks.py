"""Trades, quotes and auctions of the past over HTTP, and what their codes mean."""

from __future__ import annotations

import msgspec
import pytest

from alpacasim.timestamps import parse_time

TODAY = "2024-01-04"


async def told(sim, path, **query):
    answer = await sim.http.get(f"/v2/stocks/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def trades(sim, **query):
    return (await told(sim, "trades", symbols="SPY", start=TODAY, **query))["trades"].get("SPY", [])


async def quotes(sim, **query):
    return (await told(sim, "quotes", symbols="SPY", start=TODAY, **query))["quotes"].get("SPY", [])


def seconds(ticks):
    return [tick["t"][14:19] for tick in ticks]


async def test_a_minute_has_four_prints_and_as_many_quotes_around_them(sim):
    await sim.step()
    assert await trades(sim) == [
        {"t": f"2024-01-04T14:30:{second}Z", "i": parse_time(f"2024-01-04T14:30:{second}Z") // 1000}
        | {"x": "V", "p": price, "s": 250, "c": [" "], "z": "A"}
        for second, price in (("01", 450.0), ("20", 450.01), ("40", 449.99), ("59", 450.0))
    ]
    found = await quotes(sim)
    assert [(quote["bp"], quote["ap"]) for quote in found] == [
        (449.95, 450.05),
        (449.96, 450.06),
        (449.94, 450.04),
        (449.95, 450.05),
    ]
    assert found[0] == {
        "t": "2024-01-04T14:30:01Z",
        **{"bx": "V", "bp": 449.95, "bs": 250, "ax": "V", "ap": 450.05, "as": 250, "c": ["R"], "z": "A"},
    }


async def test_nothing_is_told_before_it_has_happened(sim):
    await sim.post("/sim/step", until="2024-01-04T14:30:20Z")
    assert seconds(await trades(sim)) == ["30:01", "30:20"]
    assert seconds(await quotes(sim, end="2024-01-05")) == ["30:01", "30:20"]


@pytest.mark.parametrize("sort", ["asc", "desc"])
async def test_pages_of_any_size_hold_each_tick_once(sim, sort):
    await sim.step()
    # Three prints of one time: a page may end between them.
    for price in (451, 452, 453):
        await sim.post("/sim/trade", symbol="SPY", price=price)
    query = {"symbols": "QQQ,SPY", "start": TODAY, "sort": sort}
    whole = (await told(sim, "trades", **query))["trades"]
    assert {symbol: len(of) for symbol, of in whole.items()} == {"QQQ": 4, "SPY": 7}
    scripted = [trade["p"] for trade in whole["SPY"] if trade["p"] > 450.5]
    assert scripted == sorted([451, 452, 453], reverse=sort == "desc")
    for limit in (1, 2, 3, 5):
        page = await told(sim, "trades", **query, limit=limit)
        pages = [page]
        while token := page["next_page_token"]:
            page = await told(sim, "trades", **query, limit=limit, page_token=token)
            pages.append(page)
        assert all(sum(map(len, page["trades"].values())) <= limit for page in pages)
        for symbol, of in whole.items():
            assert [trade for page in pages for trade in page["trades"].get(symbol, [])] == of


async def test_ids_are_unique_even_of_prints_of_one_time(sim):
    await sim.step()
    for price in (451, 452, 453):
        await sim.post("/sim/trade", symbol="SPY", price=price)
    ids = [trade["i"] for trade in await trades(sim)]
    assert ids == sorted(set(ids))


async def test_scripted_prints_and_quotes_are_told_among_those_of_the_tape(sim):
    await sim.step()
    await sim.post("/sim/trade", symbol="SPY", price=451.25, size=7)
    await sim.post("/sim/quote", symbol="SPY", bid=451, ask=0, bid_size=3)
    await sim.step()
    assert [(trade["p"], trade["s"]) for trade in await trades(sim)][4] == (451.25, 7)
    found = [(quote["bp"], quote["ap"]) for quote in await quotes(sim)]
    assert (len(found), found[4:6]) == (10, [(451.2, 451.3), (451.0, 0.0)])


async def test_while_a_quote_is_held_the_tape_quotes_nothing(sim):
    await sim.step()
    await sim.post("/sim/quote", symbol="SPY", bid=449, ask=451, hold=True)
    await sim.step()
    await sim.post("/sim/quote", symbol="SPY", hold=False)
    await sim.step()
    assert seconds(await quotes(sim)) == [*_minute(30), "31:00", *_minute(32)]
    assert seconds(await trades(sim)) == [*_minute(30), *_minute(31), *_minute(32)]


@pytest.mark.parametrize(
    ("begin", "end", "silent"),
    [
        ("14:30:59", "14:32:30", [*range(4, 10)]),  # after the print of that second
        ("14:31:10", "14:31:40", [5, 6]),  # the print of the last second fell into it
        ("14:31:00", "14:31:00", []),
    ],
)
async def test_what_a_halt_silences_is_not_told(sim, begin, end, silent):
    async with sim.market(trades=["SPY"], statuses=["SPY"]) as stream:
        await sim.post("/sim/step", until=f"{TODAY}T{begin}Z")
        await sim.post("/sim/halt", symbol="SPY")
        await sim.post("/sim/step", until=f"{TODAY}T{end}Z")
        await sim.post("/sim/halt", symbol="SPY", halted=False)
        await sim.post("/sim/step", until=f"{TODAY}T14:34:00Z")
        every = [second for minute in (30, 31, 32, 33) for second in _minute(minute)]
        expected = [second for place, second in enumerate(every) if place not in silent]
        assert seconds(await trades(sim)) == seconds(await quotes(sim)) == expected
        streamed = await _taken(stream, len(expected) + 2)
        assert [message["t"][14:19] for message in streamed if message["T"] == "t"] == expected


async def _taken(stream, count):
    return [message for _ in range(count) for message in msgspec.json.decode(await stream.recv())]


def _minute(minute):
    return [f"{minute}:{second}" for second in ("01", "20", "40", "59")]


async def test_a_print_that_was_corrected_or_canceled_says_so(sim):
    await sim.step()
    await sim.post("/sim/correction", symbol="SPY", price=449.5, size=80)
    *others, wrong, right = await trades(sim)
    assert (wrong["p"], wrong["u"], right["p"], right["s"], right["u"]) == (450.0, "incorrect", 449.5, 80, "corrected")
    assert right["i"] > wrong["i"]
    assert all("u" not in trade for trade in others)
    await sim.post("/sim/trade", symbol="SPY", price=999)
    await sim.post("/sim/cancel-trade", symbol="SPY")
    assert [trade.get("u") for trade in await trades(sim)][-3:] == ["incorrect", "corrected", "canceled"]


async def test_one_symbol_may_be_named_in_the_path(sim):
    page = await told(sim, "SPY/trades", start="2024-01-03", end="2024-01-03", limit=2)
    assert (page["symbol"], seconds(page["trades"])) == ("SPY", ["30:01", "30:20"])
    rest = await told(sim, "SPY/trades", start="2024-01-03", end="2024-01-03", page_token=page["next_page_token"])
    assert len(rest["trades"]) == 1000
    assert await told(sim, "ABCD/quotes", start=TODAY) == {"quotes": None, "symbol": "ABCD", "next_page_token": None}


async def test_auctions_are_the_first_and_the_last_print_of_each_session(sim):
    await sim.step()
    page = await told(sim, "auctions", symbols="SPY", start="2024-01-03", limit=1)
    assert page["auctions"]["SPY"] == [
        {
            "d": "2024-01-03",
            "o": [{"t": "2024-01-03T14:30:01Z", "x": "N", "p": 450.0, "s": 250, "c": "Q"}],
            "c": [{"t": "2024-01-03T21:00:00Z", "x": "N", "p": 450.0, "s": 250, "c": "M"}],
        }
    ]
    query = {"symbols": "SPY", "start": "2024-01-03", "page_token": page["next_page_token"]}
    rest = await told(sim, "auctions", **query)
    assert [(day["d"], len(day["o"]), len(day["c"])) for day in rest["auctions"]["SPY"]] == [("2024-01-04", 1, 0)]
    newest = await told(sim, "SPY/auctions", start="2024-01-02", sort="desc")
    assert [day["d"] for day in newest["auctions"]] == ["2024-01-04", "2024-01-03", "2024-01-02"]


@pytest.mark.parametrize("kind", ["trades", "quotes", "auctions", "bars"])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"symbols": ""}, "Invalid format for parameter symbols: query parameter 'symbols' is required"),
        ({"symbols": "SPY,$%"}, "invalid symbol: $%"),
        ({"start": "2024-01-04", "end": "2024-01-03"}, "end should not be before start"),
        ({"limit": "10001"}, "limit must be between 1 and 10000"),
        ({"page_token": "!"}, "invalid page_token"),
        ({"feed": "moon"}, "invalid feed: moon"),
        ({"currency": "EUR"}, "currency EUR is not simulated: prices are in USD"),
        ({"sort": "up"}, "invalid sort: up"),
    ],
)
async def test_a_query_that_cannot_be_read_is_a_400_with_a_message(sim, kind, query, message):
    answer = await sim.http.get(f"/v2/stocks/{kind}", params={"symbols": "SPY", "timeframe": "1Min", **query})
    assert (answer.status_code, answer.json()) == (400, {"message": message})


@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize(
    "text", ["soon", "2024-01-04T14:30:00", "2024-01-04 14:30:00Z", "2024-01-04T14:30Z", "2024-13-04", "1704378600"]
)
async def test_a_time_of_market_data_needs_its_zone(sim, name, text):
    answer = await sim.http.get("/v2/stocks/SPY/bars", params={"timeframe": "1Min", name: text})
    message = f"Invalid format for parameter {name}: error parsing '{text}' as RFC3339 or 2006-01-02 time"
    assert (answer.status_code, answer.json()) == (400, {"message": message})


async def test_the_basic_plan_has_no_recent_ticks_of_the_sip_feed(start):
    sim = await start(plan="basic")
    await sim.step(20)
    answer = await sim.http.get("/v2/stocks/trades", params={"symbols": "SPY", "feed": "sip"})
    assert answer.status_code == 403
    assert answer.json() == {"message": "subscription does not permit querying recent SIP data"}
    assert len(await trades(sim, feed="iex")) == 80


@pytest.mark.parametrize("kind", ["trades", "quotes"])
async def test_the_codes_of_ticks_are_explained(sim, kind):
    await sim.step()
    (tick, *_) = (await told(sim, kind, symbols="SPY", start=TODAY))[kind]["SPY"]
    meanings = await told(sim, f"meta/conditions/{kind[:-1]}", tape=tick["z"])
    assert set(tick["c"]) <= meanings.keys()
    exchanges = await told(sim, "meta/exchanges")
    assert exchanges[tick["x" if kind == "trades" else "bx"]] == "IEX"


async def test_conditions_are_those_of_a_tape(sim):
    assert (await told(sim, "meta/conditions/trade", tape="C"))["@"] == "Regular Sale"
    assert (await told(sim, "meta/conditions/trade", tape="A"))[" "] == "Regular Sale"
    for path, query in (("trade", {}), ("trade", {"tape": "Z"}), ("bar", {"tape": "A"})):
        assert (await sim.http.get(f"/v2/stocks/meta/conditions/{path}", params=query)).status_code == 400
