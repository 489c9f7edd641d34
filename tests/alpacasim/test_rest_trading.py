"""The trading API over HTTP, against a simulator in step mode."""

from __future__ import annotations

import httpx
import pytest

KEYS_OF_AN_ORDER = {
    "id", "client_order_id", "created_at", "updated_at", "submitted_at", "filled_at", "expired_at", "canceled_at",
    "failed_at", "replaced_at", "replaced_by", "replaces", "asset_id", "symbol", "asset_class", "notional", "qty",
    "filled_qty", "filled_avg_price", "order_class", "order_type", "type", "side", "time_in_force", "limit_price",
    "stop_price", "status", "extended_hours", "legs", "trail_percent", "trail_price", "hwm", "position_intent",
    "expires_at", "subtag", "source",
}  # fmt: skip


async def test_the_account_tells_money_as_strings_and_no_day_trading_fields(sim):
    account = (await sim.http.get("/v2/account")).json()
    assert (account["cash"], account["equity"], account["buying_power"]) == ("100000", "100000", "200000")
    assert account["status"] == "ACTIVE"
    assert account["shorting_enabled"] is True
    assert not {"pattern_day_trader", "daytrade_count", "daytrading_buying_power"} & account.keys()


async def test_without_credentials_the_proxy_answers_html_and_with_wrong_ones_the_api_without_a_code(sim):
    async with httpx.AsyncClient(base_url=sim.url) as stranger:
        missing = await stranger.get("/v2/account")
        wrong = await stranger.get("/v2/account", headers={"APCA-API-KEY-ID": "PKDEMO", "APCA-API-SECRET-KEY": "guess"})
    assert (missing.status_code, missing.headers["content-type"][:9]) == (401, "text/html")
    assert (wrong.status_code, wrong.json()) == (401, {"message": "unauthorized."})


async def test_an_order_goes_from_pending_to_filled_and_shows_in_every_list(sim):
    await sim.step()
    order = await sim.buy(client_order_id="mine")
    assert order.keys() == KEYS_OF_AN_ORDER
    assert (order["status"], order["qty"], order["filled_qty"], order["filled_avg_price"]) == (
        "pending_new", "10", "0", None,
    )  # fmt: skip
    after = (await sim.http.get(f"/v2/orders/{order['id']}")).json()
    assert (after["status"], after["filled_qty"], after["filled_avg_price"]) == ("filled", "10", "450.05")
    by_client = await sim.http.get("/v2/orders:by_client_order_id", params={"client_order_id": "mine"})
    assert by_client.json() == after
    assert (await sim.http.get("/v2/orders")).json() == []
    assert (await sim.http.get("/v2/orders", params={"status": "closed"})).json() == [after]
    position = (await sim.http.get("/v2/positions/SPY")).json()
    assert (position["qty"], position["avg_entry_price"], position["side"]) == ("10", "450.05", "long")
    assert (await sim.http.get(f"/v2/positions/{position['asset_id']}")).json() == position
    account = (await sim.http.get("/v2/account")).json()
    assert (account["cash"], account["equity"]) == ("95499.5", "99999.5")


async def test_a_short_position_has_negative_figures(sim):
    await sim.step()
    await sim.buy(side="sell")
    (position,) = (await sim.http.get("/v2/positions")).json()
    assert (position["qty"], position["qty_available"], position["side"]) == ("-10", "-10", "short")
    assert (position["market_value"], position["cost_basis"]) == ("-4500", "-4499.5")


async def test_unknown_things_are_not_found(sim):
    order = await sim.http.get("/v2/orders/0000")
    assert (order.status_code, order.json()) == (404, {"code": 40410000, "message": "order not found for 0000"})
    assert (await sim.http.get("/v2/positions/SPY")).json()["message"] == "position does not exist"
    assert (await sim.http.get("/v2/assets/NOPE")).status_code == 404
    assert (await sim.http.get("/v2/nothing")).status_code == 404


async def test_a_body_that_is_no_json_is_malformed(sim):
    answer = await sim.http.post("/v2/orders", content=b"{")
    assert (answer.status_code, answer.json()["code"]) == (400, 40010000)


async def test_cancel_answers_204_and_again_and_422_when_filled(sim):
    await sim.step()
    resting = await sim.buy(type="limit", limit_price="400")
    filled = await sim.buy()
    for _ in range(2):
        answer = await sim.http.delete(f"/v2/orders/{resting['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
    answer = await sim.http.delete(f"/v2/orders/{filled['id']}")
    assert (answer.status_code, answer.json()) == (
        422, {"code": 42210000, "message": 'order is already in "filled" state'},
    )  # fmt: skip


async def test_cancel_all_answers_207_with_a_status_for_each(sim):
    first = await sim.buy(type="limit", limit_price="400")
    answer = await sim.http.delete("/v2/orders")
    assert (answer.status_code, answer.json()) == (207, [{"id": first["id"], "status": 200}])


async def test_a_patch_answers_the_new_order(sim):
    await sim.step()
    await sim.buy()
    stop = await sim.buy(side="sell", type="stop", stop_price="440", time_in_force="gtc")
    answer = await sim.http.patch(f"/v2/orders/{stop['id']}", json={"stop_price": "441.5"})
    new = answer.json()
    assert (answer.status_code, new["replaces"], new["stop_price"]) == (200, stop["id"], "441.5")
    old = (await sim.http.get(f"/v2/orders/{stop['id']}")).json()
    assert (old["status"], old["replaced_by"]) == ("replaced", new["id"])


async def test_held_legs_are_listed_only_inside_their_entry(sim):
    entry = await sim.buy(order_class="oto", stop_loss={"stop_price": 440}, time_in_force="gtc")
    assert [leg["status"] for leg in entry["legs"]] == ["held"]
    flat = (await sim.http.get("/v2/orders")).json()
    assert [order["id"] for order in flat] == [entry["id"]]
    assert flat[0]["legs"] is None
    nested = (await sim.http.get("/v2/orders", params={"nested": "True"})).json()
    assert [leg["id"] for leg in nested[0]["legs"]] == [entry["legs"][0]["id"]]
    await sim.step(2)
    working = (await sim.http.get("/v2/orders", params={"nested": "true"})).json()
    assert [(order["id"], order["status"]) for order in working] == [(entry["legs"][0]["id"], "new")]


async def test_orders_are_listed_newest_first_and_paged_by_time_or_id(sim):
    await sim.step()
    ids = []
    for _ in range(3):
        ids.append((await sim.buy(type="limit", limit_price="400"))["id"])
        await sim.step()

    async def listed(**params):
        return [order["id"] for order in (await sim.http.get("/v2/orders", params=params)).json()]

    assert await listed() == ids[::-1]
    assert await listed(direction="asc", limit=2) == ids[:2]
    assert await listed(until="2024-01-04T14:33:00Z", direction="asc") == ids[:2]
    assert await listed(after="2024-01-04T14:31:00Z", direction="asc") == ids[1:]
    assert await listed(before_order_id=ids[1]) == ids[:1]
    assert await listed(symbols="QQQ") == []
    assert (await sim.http.get("/v2/orders", params={"limit": 501})).status_code == 400


async def test_a_position_is_closed_whole_or_in_part(sim):
    await sim.step()
    await sim.buy()
    part = (await sim.http.delete("/v2/positions/SPY", params={"percentage": "40"})).json()
    assert (part["side"], part["qty"], part["type"]) == ("sell", "4", "market")
    answer = await sim.http.delete("/v2/positions", params={"cancel_orders": "True"})
    assert answer.status_code == 207
    assert [(entry["symbol"], entry["status"], entry["body"]["qty"]) for entry in answer.json()] == [("SPY", 200, "6")]
    assert (await sim.http.get("/v2/positions")).json() == []


async def test_a_position_whose_shares_are_held_is_not_closed(sim):
    await sim.step()
    await sim.buy(order_class="oto", stop_loss={"stop_price": 440}, time_in_force="gtc")
    answer = await sim.http.delete("/v2/positions/SPY")
    assert (answer.status_code, answer.json()["held_for_orders"]) == (403, "10")


async def test_fill_activities_tell_each_execution(sim):
    await sim.step()
    await sim.post("/sim/fills", symbol="SPY", fills=[{"price": 450.1, "qty": 4}, {"price": "450.2"}])
    order = await sim.buy()
    fills = (await sim.http.get("/v2/account/activities/FILL", params={"direction": "asc"})).json()
    assert [(fill["type"], fill["price"], fill["qty"], fill["cum_qty"], fill["leaves_qty"]) for fill in fills] == [
        ("partial_fill", "450.1", "4", "4", "6"),
        ("fill", "450.2", "6", "10", "0"),
    ]
    assert {fill["order_id"] for fill in fills} == {order["id"]}
    page = {"direction": "asc", "page_size": 1, "page_token": fills[0]["id"]}
    assert (await sim.http.get("/v2/account/activities/FILL", params=page)).json() == fills[1:]


async def test_the_clock_and_the_calendar_are_new_yorks(sim):
    assert (await sim.http.get("/v2/clock")).json() == {
        "timestamp": "2024-01-04T09:29:00-05:00",
        "is_open": False,
        "next_open": "2024-01-04T09:30:00-05:00",
        "next_close": "2024-01-04T16:00:00-05:00",
    }
    days = (await sim.http.get("/v2/calendar", params={"start": "2024-11-28", "end": "2024-11-29"})).json()
    assert [(day["date"], day["open"], day["close"]) for day in days] == [("2024-11-29", "09:30", "13:00")]


async def test_an_asset_has_the_borrow_fields_of_before_and_after(sim):
    asset = (await sim.http.get("/v2/assets/SPY")).json()
    assert (asset["class"], asset["easy_to_borrow"], asset["borrow_status"]) == ("us_equity", True, "easy_to_borrow")
    assert [one["symbol"] for one in (await sim.http.get("/v2/assets")).json()] == ["QQQ", "SPY"]


async def test_portfolio_history_is_the_equity_curve(sim):
    await sim.step()
    await sim.buy(qty="100")
    await sim.step(2)
    answer = await sim.http.get("/v2/account/portfolio/history", params={"period": "1D", "timeframe": "1Min"})
    history = answer.json()
    assert history["equity"] == [100_000.0, 99_995.0, 99_995.0]
    assert history["profit_loss"] == [0.0, -5.0, -5.0]
    assert history["base_value"] == 100_000.0


async def test_a_trade_settles_a_session_later_and_before_may_2024_two(sim):
    query = {"start": "2024-05-23", "end": "2024-05-28"}
    days = (await sim.http.get("/v2/calendar", params=query)).json()
    assert [(day["date"][5:], day["settlement_date"][5:]) for day in days] == [
        ("05-23", "05-28"),
        ("05-24", "05-29"),
        ("05-28", "05-29"),
    ]


async def test_activities_are_listed_by_category(sim):
    await sim.post("/sim/corporate-action", type="cash_dividend", symbol="SPY", rate=1, ex_date="2024-01-05")
    await sim.step()
    await sim.buy()
    await sim.post("/sim/step", until="2024-01-04T21:00:05Z")

    async def kinds(**query):
        answer = await sim.http.get("/v2/account/activities", params=query)
        return [one["activity_type"] for one in answer.json()]

    assert await kinds() == ["DIV", "FILL"]
    assert await kinds(category="trade_activity") == ["FILL"]
    assert await kinds(category="non_trade_activity") == ["DIV"]


async def test_watchlists_have_names_of_up_to_64_characters(sim):
    created = await sim.post("/v2/watchlists", name="x" * 64, symbols=["SPY"])
    for name in ("", "x" * 65, None, 7):
        answer = await sim.http.post("/v2/watchlists", json={"name": name, "symbols": []})
        assert (answer.status_code, answer.json()["code"]) == (422, 40010001)
    assert (await sim.http.post("/v2/watchlists", json=[])).json()["code"] == 40010000
    assert (await sim.http.post("/v2/watchlists", json={"name": "y", "symbols": "SPY"})).json()["code"] == 40010000
    gone = await sim.http.delete("/v2/watchlists:by_name", params={"name": created["name"]})
    assert (gone.status_code, (await sim.http.get("/v2/watchlists")).json()) == (204, [])


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v2/orders"), ("POST", "/v2/clock"), ("DELETE", "/v2/account")])
async def test_a_method_that_a_path_does_not_have_is_405_in_json(sim, method, path):
    answer = await sim.http.request(method, path)
    assert (answer.status_code, answer.json()) == (405, {"message": "method not allowed"})


@pytest.mark.parametrize(("plan", "data_limit"), [("basic", "200"), ("plus", "10000")])
async def test_the_rate_limit_of_market_data_is_that_of_the_plan(start, plan, data_limit):
    sim = await start(plan=plan, rate_limit=None, mode="run")
    answers = [await sim.http.get(path) for path in ("/v2/clock", "/v2/stocks/SPY/bars?timeframe=1Day&feed=iex")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == ["200", data_limit]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["199", str(int(data_limit) - 1)]


@pytest.mark.parametrize(("speed", "limits"), [(0.5, ["200", "10000"]), (600.0, ["120000", "6000000"])])
async def test_a_minute_of_the_rate_limit_is_one_of_the_exchange_where_that_is_faster(start, speed, limits):
    sim = await start(rate_limit=None, mode="run", waits=True, speed=speed)
    answers = [await sim.http.get(path) for path in ("/v2/clock", "/v2/stocks/SPY/trades")]
    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == limits


async def test_a_bot_that_asks_once_a_bar_at_600_x_is_never_refused(start):
    sim = await start(rate_limit=None, mode="run", waits=True, speed=600.0)
    answers = [await sim.http.get("/v2/positions") for _ in range(390)]
    assert {answer.status_code for answer in answers} == {200}


async def test_a_limit_that_was_asked_for_is_of_wall_minutes_at_any_speed(start):
    sim = await start(rate_limit=2, mode="run", waits=True, speed=600.0)
    answers = [await sim.http.get("/v2/clock") for _ in range(5)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["X-RateLimit-Limit"] == "2"


async def test_steps_have_no_rate_limit(start):
    sim = await start(rate_limit=None)
    answers = [await sim.http.get("/v2/clock") for _ in range(205)]
    assert answers[-1].status_code == 200
    assert "X-RateLimit-Limit" not in answers[-1].headers


async def test_the_rate_limit_is_told_in_headers_and_ends_in_429(start):
    sim = await start(rate_limit=2)
    first = await sim.http.get("/v2/clock")
    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("2", "1")
    assert int(first.headers["X-RateLimit-Reset"]) % 60 == 0
    answers = [await sim.http.get("/v2/clock") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert answers[-1].json() == {"code": 42910000, "message": "rate limit exceeded"}
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0"


async def test_too_many_requests_for_data_are_429_without_code_and_headers(start):
    sim = await start(rate_limit=2)
    answers = [await sim.http.get("/v2/stocks/SPY/trades") for _ in range(5)]
    assert answers[-1].status_code == 429
    assert answers[-1].json() == {"message": "too many requests."}
    assert "X-RateLimit-Remaining" not in answers[-1].headers


async def test_a_part_of_a_position_is_given_as_a_quantity_or_as_a_percentage_not_both(sim):
    await sim.step(1)
    await sim.buy()
    answer = await sim.http.delete("/v2/positions/SPY", params={"qty": "1", "percentage": "50"})
    assert (answer.status_code, answer.json()["code"]) == (422, 40010001)
