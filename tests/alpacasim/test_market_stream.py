"""The market-data WebSocket, with a plain client."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

LISTS = ("trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections", "cancelErrors")
EMPTY = {"T": "subscription", **{name: [] for name in LISTS}}
CONNECTED = [{"T": "success", "msg": "connected"}]
AUTHENTICATED = [{"T": "success", "msg": "authenticated"}]


async def send(websocket, **message):
    await websocket.send(msgspec.json.encode(message).decode())


async def receive(websocket):
    async with asyncio.timeout(60):
        return msgspec.json.decode(await websocket.recv())


async def ended(websocket):
    with pytest.raises(ConnectionClosed):
        await receive(websocket)


async def test_each_subscription_is_answered_with_the_full_list(sim):
    async with sim.market() as websocket:
        await send(websocket, action="subscribe", bars=["SPY", "QQQ"], statuses=["*"])
        full = {**EMPTY, "bars": ["QQQ", "SPY"], "statuses": ["*"]}
        assert await receive(websocket) == [full]
        await send(websocket, action="subscribe", trades=["SPY"])
        assert await receive(websocket) == [
            {**full, "trades": ["SPY"], "corrections": ["SPY"], "cancelErrors": ["SPY"]}
        ]
        await send(websocket, action="unsubscribe", bars=["QQQ"], trades=["SPY"])
        assert await receive(websocket) == [{**full, "bars": ["SPY"]}]


async def test_a_minutes_bars_come_in_one_frame_and_text(sim):
    async with sim.market(bars=["SPY", "QQQ"]) as websocket:
        state = await sim.step()
        frame = await websocket.recv()
        assert isinstance(frame, str)
        assert msgspec.json.decode(frame) == [
            {"T": "b", "S": symbol, "o": price, "h": price + 0.01, "l": price - 0.01, "c": price, "v": 1000, "n": 10,
             "vw": price, "t": "2024-01-04T14:30:00Z"}
            for symbol, price in (("QQQ", 400.0), ("SPY", 450.0))
        ]  # fmt: skip
        assert (state["bars_sent"], state["market_frames_sent"]) == (2, 1)


async def test_quotes_come_before_their_minutes_bar_and_as_often_as_asked(start):
    sim = await start(quotes_per_minute=4)
    async with sim.market(bars=["*"], quotes=["SPY"]) as websocket:
        await sim.step()
        frames = [await receive(websocket) for _ in range(5)]
    assert [[message["T"] for message in frame] for frame in frames] == [["q"]] * 4 + [["b", "b"]]
    assert [(frame[0]["bp"], frame[0]["ap"], frame[0]["t"][14:19]) for frame in frames[:4]] == [
        (449.95, 450.05, "30:01"),
        (449.96, 450.06, "30:20"),
        (449.94, 450.04, "30:40"),
        (449.95, 450.05, "30:59"),
    ]


async def test_daily_bars_grow_and_trades_carry_the_print(sim):
    async with sim.market(dailyBars=["SPY"], trades=["SPY"]) as websocket:
        await sim.step(2)
        frames = [(await receive(websocket))[0] for _ in range(10)]
    assert [frame["T"] for frame in frames] == ["t", "t", "t", "t", "d"] * 2
    assert [frame["v"] for frame in frames if frame["T"] == "d"] == [1000, 2000]
    assert frames[-1]["t"] == "2024-01-04T05:00:00Z"
    assert {"T", "S", "i", "x", "p", "s", "c", "z", "t"} == frames[0].keys()


async def test_msgpack_goes_both_ways_with_timestamps(sim):
    headers = {"Content-Type": "application/msgpack"}
    async with connect(f"{sim.ws_url}/v2/iex", additional_headers=headers, compression=None) as websocket:
        assert msgspec.msgpack.decode(await websocket.recv()) == CONNECTED
        await websocket.send(msgspec.msgpack.encode({"action": "auth", "key": "PKDEMO", "secret": "demo-secret"}))
        assert msgspec.msgpack.decode(await websocket.recv()) == AUTHENTICATED
        await websocket.send(msgspec.msgpack.encode({"action": "subscribe", "bars": ["SPY"]}))
        await websocket.recv()
        await sim.step()
        (bar,) = msgspec.msgpack.decode(await websocket.recv())
    assert bar["t"].isoformat() == "2024-01-04T14:30:00+00:00"


async def test_credentials_may_come_with_the_upgrade_request(sim):
    headers = {"APCA-API-KEY-ID": "PKDEMO", "APCA-API-SECRET-KEY": "demo-secret"}
    async with connect(f"{sim.ws_url}/v2/sip", additional_headers=headers) as websocket:
        assert [await receive(websocket), await receive(websocket)] == [CONNECTED, AUTHENTICATED]


async def test_wrong_credentials_are_answered_402_and_the_end(sim):
    async with connect(f"{sim.ws_url}/v2/iex") as websocket:
        await receive(websocket)
        await send(websocket, action="auth", key="PKDEMO", secret="guess")
        assert await receive(websocket) == [{"T": "error", "code": 402, "msg": "auth failed"}]
        await ended(websocket)


async def test_requests_that_make_no_sense_are_answered_and_the_connection_stays(sim):
    async with connect(f"{sim.ws_url}/v2/iex") as websocket:
        await receive(websocket)
        await send(websocket, action="subscribe", bars=["SPY"])
        assert await receive(websocket) == [{"T": "error", "code": 401, "msg": "not authenticated"}]
        await websocket.send("{")
        assert await receive(websocket) == [{"T": "error", "code": 400, "msg": "invalid syntax"}]
        await send(websocket, action="auth", key="PKDEMO", secret="demo-secret")
        assert await receive(websocket) == AUTHENTICATED
        await send(websocket, action="auth", key="PKDEMO", secret="demo-secret")
        assert await receive(websocket) == [{"T": "error", "code": 403, "msg": "already authenticated"}]
        await send(websocket, action="subscribe", bars="SPY")
        assert await receive(websocket) == [{"T": "error", "code": 400, "msg": "invalid syntax"}]


async def test_who_does_not_authenticate_in_time_is_sent_away(start):
    sim = await start(auth_timeout_s=0.05)
    async with connect(f"{sim.ws_url}/v2/iex") as websocket:
        await receive(websocket)
        assert await receive(websocket) == [{"T": "error", "code": 404, "msg": "auth timeout"}]
        await ended(websocket)


async def test_a_second_connection_to_a_feed_is_refused_until_the_first_has_closed(sim):
    async with sim.market() as first:
        async with connect(f"{sim.ws_url}/v2/iex") as second:
            await receive(second)
            await send(second, action="auth", key="PKDEMO", secret="demo-secret")
            assert await receive(second) == [{"T": "error", "code": 406, "msg": "connection limit exceeded"}]
            await ended(second)
        async with sim.market("sip"):
            pass
        await first.close()
    answers = []
    while AUTHENTICATED not in answers:
        assert len(answers) < 100
        async with connect(f"{sim.ws_url}/v2/iex") as again:
            await receive(again)
            await send(again, action="auth", key="PKDEMO", secret="demo-secret")
            answers.append(await receive(again))


async def test_the_test_feed_sends_fakepaca_and_nothing_else(sim):
    async with sim.market("test", bars=["*"]) as websocket:
        await sim.step()
        assert [bar["S"] for bar in await receive(websocket)] == ["FAKEPACA"]


async def test_scripted_quotes_trades_and_bars_reach_the_stream(sim):
    async with sim.market(quotes=["SPY"], trades=["SPY"], bars=["SPY"], updatedBars=["SPY"]) as websocket:
        await sim.post("/sim/quote", symbol="SPY", bid=451.27, ask=451.28, hold=True)
        await sim.post("/sim/trade", symbol="SPY", price=451.275, size=7)
        bar = {"symbol": "SPY", "open": 451, "high": 452, "low": 450, "close": 451.5, "volume": 9}
        await sim.post("/sim/bar", timestamp="2024-01-04T14:28:00Z", **bar)
        await sim.post("/sim/bar", timestamp="2024-01-04T14:28:00Z", channel="updatedBars", **bar)
        messages = [(await receive(websocket))[0] for _ in range(4)]
    assert [message["T"] for message in messages] == ["q", "t", "b", "u"]
    assert (messages[0]["bp"], messages[0]["ap"]) == (451.27, 451.28)
    assert (messages[1]["p"], messages[1]["s"]) == (451.275, 7)
    assert messages[2]["t"] == "2024-01-04T14:28:00Z"


async def test_a_slow_client_is_dropped_and_blocks_nobody(sim):
    async with sim.market("sip", bars=["*"]) as slow, sim.market("iex", bars=["*"]) as quick:
        hub = sim.simulator.market_hub
        lagging = next(one for one in hub._connections if one.feed == "sip")
        lagging.outbox._limit = 0
        await sim.step()
        assert len(await receive(quick)) == 2
        assert await receive(slow) == [{"T": "error", "code": 407, "msg": "slow client"}]
        await ended(slow)


async def test_a_price_band_is_sent_to_those_who_subscribed_to_bands(sim):
    async with sim.market(lulds=["*"]) as websocket:
        await sim.post("/sim/luld", symbol="SPY", up=472.5, down=427.5)
        assert await receive(websocket) == [
            {"T": "l", "S": "SPY", "u": 472.5, "d": 427.5, "i": "B", "t": "2024-01-04T14:29:00Z", "z": "A"}
        ]


async def test_a_halt_and_its_end_are_sent_with_code_and_reason(sim):
    async with sim.market(statuses=["SPY"]) as websocket:
        await sim.post("/sim/halt", symbol="SPY", code="T12", reason="Additional Information Requested")
        await sim.post("/sim/halt", symbol="SPY", halted=False)
        halt, resumption = [(await receive(websocket))[0] for _ in range(2)]
    assert (halt["sc"], halt["sm"], halt["rc"], halt["rm"]) == (
        "H", "Trading Halt", "T12", "Additional Information Requested",
    )  # fmt: skip
    assert (resumption["sc"], resumption["sm"], resumption["rc"]) == ("T", "Trading Resumption", "")


@pytest.mark.parametrize("channel", ["news", "orderbooks"])
async def test_a_channel_of_another_feed_is_answered_410(sim, channel):
    async with sim.market() as websocket:
        await send(websocket, action="subscribe", **{channel: ["SPY"]})
        assert await receive(websocket) == [
            {"T": "error", "code": 410, "msg": "invalid subscribe action for this feed"}
        ]


async def test_a_refused_subscription_leaves_the_others_as_they_were(start):
    sim = await start(plan="basic")
    async with sim.market(trades=["SPY"], bars=["*"]) as websocket:
        await send(websocket, action="subscribe", quotes=[f"S{number}" for number in range(30)])
        assert await receive(websocket) == [{"T": "error", "code": 405, "msg": "symbol limit exceeded"}]
        await send(websocket, action="subscribe", quotes=["SPY"])
        (full,) = await receive(websocket)
        assert (full["trades"], full["quotes"], full["bars"]) == (["SPY"], ["SPY"], ["*"])


async def test_a_quote_that_is_held_is_not_told_again_with_each_print(start):
    sim = await start(quotes_per_minute=4)
    async with sim.market(quotes=["SPY", "QQQ"], bars=["SPY"]) as websocket:
        await sim.post("/sim/quote", symbol="SPY", bid=449, ask=451, hold=True)
        await sim.step()
        seen = [await receive(websocket) for _ in range(6)]
    told = [(one["T"], one["S"]) for frame in seen for one in frame]
    assert told == [("q", "SPY"), *[("q", "QQQ")] * 4, ("b", "SPY")]
