"""The adapters against the simulator, over real sockets, stepped by hand."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import pytest

from fluxherod.adapters.alpaca.broker import AlpacaBroker
from fluxherod.adapters.alpaca.clock import ExchangeClock
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.trade_stream import TradeStream
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, Calendar
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.types import Bar, BrokerOrder, BrokerStatus, OrderType, Side, TimeInForce
from fluxherod.engine.effects import RequestHistory
from fluxherod.engine.events import BarsReceived, Event, LinkChanged, OrderReported, QuotesReceived
from fluxherod.engine.ports import Broker, MarketData

SYMBOLS = ("IBM", "QQQ", "SPY")
T = TypeVar("T")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a simulator that stands still until it is stepped."""
    command = [
        sys.executable,
        "-m",
        "alpacasim",
        "--synthetic",
        "7",
        "--step",
        "--listen",
        "127.0.0.1:0",
        "--symbols",
        ",".join(SYMBOLS),
        "--end",
        "2023-12-29",
        "--rate-limit",
        "0",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as simulator:
        try:
            assert simulator.stdout is not None
            yield simulator.stdout.readline().split()[-1]
        finally:
            simulator.terminate()


class Edge:
    """The whole Alpaca edge, composed as the daemon does it."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self.url = url
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        post = self.events.put_nowait
        self.rest = RestClient(url, credentials, RateLimiter(100_000, burst=50_000), post=post)
        self.broker: Broker = AlpacaBroker(self.rest)
        self.data: MarketData = AlpacaMarketData(self.rest, self.rest, settle_s=0.0)
        self.clock = ExchangeClock(url)
        sockets = url.replace("http", "ws", 1)
        self.market = MarketStream(f"{sockets}/v2/iex", credentials, SYMBOLS, post, self.clock)
        self.trade = TradeStream(f"{sockets}/stream", credentials, post, self.clock)

    async def sim(self, action: str, **body: Any) -> Any:
        """Script the simulator."""
        async with httpx.AsyncClient(base_url=self.url) as client:
            response = await client.post(f"/sim/{action}", json=body, timeout=30.0)
        return response.raise_for_status().json()

    async def until(self, kind: type[T], wanted: Callable[[T], bool] = lambda _: True) -> T:
        """The next event of a kind that is wanted."""
        while True:
            event = await self.events.get()
            if isinstance(event, kind) and wanted(event):
                return event

    async def report(self, order_id: str, *words: str) -> BrokerOrder:
        """What the stream says of an order, once its event is one of these."""
        reported = await self.until(
            OrderReported, lambda event: event.order.client_order_id == order_id and event.event in words
        )
        return reported.order

    async def both_up(self) -> None:
        up = set()
        while up != {"market", "trading"}:
            up.add((await self.until(LinkChanged, lambda event: event.up and event.link != "rest")).link)


@asynccontextmanager
async def edge_at(url: str, *, running: bool = True, secret: str = "demo-secret") -> AsyncIterator[Edge]:
    edge = Edge(url, Credentials("PKDEMO", secret))
    tasks = [asyncio.create_task(part.run()) for part in (edge.market, edge.trade, edge.clock) if running]
    try:
        await edge.clock.poll()
        if running:
            await edge.both_up()
        yield edge
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await edge.rest.aclose()
        await edge.clock.aclose()


def hours(minutes: list[Bar]) -> dict[int, tuple[float, float, float, float, int]]:
    """An oracle: minutes into clock hours, by brute force."""
    starts = sorted({bar.start_ns // HOUR_NS * HOUR_NS for bar in minutes})
    groups = {start: [bar for bar in minutes if bar.start_ns // HOUR_NS * HOUR_NS == start] for start in starts}
    return {
        start: (
            group[0].open,
            max(bar.high for bar in group),
            min(bar.low for bar in group),
            group[-1].close,
            sum(bar.volume for bar in group),
        )
        for start, group in groups.items()
    }


async def test_history_back_fill_and_stream_meet_without_a_gap_or_a_double(url: str) -> None:
    async with edge_at(url) as edge:
        calendar = Calendar((await edge.data.calendar(edge.clock.now_ns())).sessions)
        assets = (await edge.data.assets((*SYMBOLS, "NOPE"))).assets
        assert [asset.found for asset in assets] == [True, True, True, False]
        session = calendar.at(edge.clock.now_ns()) or calendar.following(edge.clock.now_ns())
        assert session is not None
        await edge.sim("step", until=session.open_ns + 95 * MINUTE_NS)
        now_ns = session.open_ns + 95 * MINUTE_NS
        await edge.clock.wait_until(now_ns)
        history = await edge.data.history(RequestHistory(tuple(SYMBOLS), "1Hour", 500), now_ns)
        assert [(loaded.symbol, len(loaded.bars)) for loaded in history] == [(symbol, 500) for symbol in SYMBOLS]
        seam = await edge.data.backfill(SYMBOLS, history[0].through_ns, now_ns)
        assert history[0].through_ns == seam.since_ns == session.open_ns + 90 * MINUTE_NS
        streamed: list[Bar] = []
        while not edge.events.empty():
            edge.events.get_nowait()
        await edge.sim("step", minutes=30)
        while len(streamed) < 30 * len(SYMBOLS):
            streamed += (await edge.until(BarsReceived)).bars
        await edge.clock.wait_until(now_ns + 30 * MINUTE_NS)
        whole = await edge.data.backfill(SYMBOLS, session.open_ns, edge.clock.now_ns())
        assert sorted(whole.bars, key=lambda bar: (bar.start_ns, bar.symbol)) == list(whole.bars)
        assert sorted(map(hash, (*seam.bars, *streamed))) == sorted(
            hash(bar) for bar in whole.bars if bar.start_ns >= seam.since_ns
        )
        later = await edge.data.history(RequestHistory(tuple(SYMBOLS), "1Hour", 2), edge.clock.now_ns())
        for loaded in later:
            oracle = hours([bar for bar in whole.bars if bar.symbol == loaded.symbol])
            for bar in loaded.bars:
                assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == oracle[bar.start_ns]


async def test_an_entry_its_stop_leg_a_moved_stop_and_the_exit_go_their_way(url: str) -> None:
    async with edge_at(url) as edge:
        await edge.sim("step", minutes=1)
        quote = (await edge.until(QuotesReceived, lambda event: any(q.symbol == "IBM" for q in event.quotes))).quotes
        price = next(item.bid for item in quote if item.symbol == "IBM")
        stop_e4 = int(price * 0.9 * 100) * 100
        entry = ApprovedOrder("t-entry", "IBM", Side.BUY, OrderType.MARKET, TimeInForce.GTC, 20, leg_stop_e4=stop_e4)
        placed = await edge.broker.submit(entry)
        assert placed.order is not None
        assert [leg.stop_price_e4 for leg in placed.order.legs] == [stop_e4]
        filled = await edge.report("t-entry", "fill")
        assert (filled.status, filled.filled_quantity) == (BrokerStatus.FILLED, 20)

        again = await edge.broker.submit(entry)
        assert again.order is not None
        assert (again.order.broker_id, again.order.filled_quantity) == (placed.order.broker_id, 20)
        first = await edge.broker.snapshot(edge.clock.now_ns())
        assert first is not None
        assert [(position.symbol, position.quantity) for position in first.positions] == [("IBM", 20)]
        assert first.positions[0].average_price_e4 * 20 == filled.filled_value_e4
        leg = placed.order.legs[0]
        move = ApprovedReplacement("t-move", "t-entry-leg", leg.broker_id, 20, stop_e4 + 10_000)
        refused = await edge.broker.replace(move)
        assert refused.refusal is not None

        assert (await edge.broker.cancel("t-entry-leg", leg.broker_id)).accepted
        await edge.until(OrderReported, lambda e: e.order.broker_id == leg.broker_id and e.event == "canceled")
        stop = ApprovedOrder("t-stop", "IBM", Side.SELL, OrderType.STOP, TimeInForce.GTC, 20, stop_price_e4=stop_e4)
        resting = await edge.broker.submit(stop)
        assert resting.order is not None
        await edge.report("t-stop", "new")
        moved = await edge.broker.replace(
            ApprovedReplacement("t-stop-2", "t-stop", resting.order.broker_id, 20, stop_e4 + 10_000)
        )
        assert moved.order is not None
        assert (moved.order.replaces, moved.order.stop_price_e4) == (resting.order.broker_id, stop_e4 + 10_000)
        held = await edge.broker.submit(
            ApprovedOrder("t-early", "IBM", Side.SELL, OrderType.MARKET, TimeInForce.DAY, 20)
        )
        assert held.refusal is not None
        assert held.refusal.status == 403

        assert (await edge.broker.cancel("t-stop-2", moved.order.broker_id)).accepted
        await edge.report("t-stop-2", "canceled")
        await edge.broker.submit(ApprovedOrder("t-exit", "IBM", Side.SELL, OrderType.MARKET, TimeInForce.DAY, 20))
        await edge.report("t-exit", "fill")
        last = await edge.broker.snapshot(edge.clock.now_ns())
        assert last is not None
        assert last.positions == ()
        ended = {order.client_order_id: order.status for order in last.orders}
        assert (ended["t-stop"], ended["t-stop-2"]) == (BrokerStatus.REPLACED, BrokerStatus.CANCELED)
        assert last.account.cash_e4 == last.account.equity_e4
        assert (await edge.broker.lookup("t-exit")).found
        unknown = await edge.broker.lookup("t-nothing")
        assert (unknown.found, unknown.detail) == (False, "")
        assert not (await edge.broker.cancel("t-exit", "00000000-0000-0000-0000-000000000000")).accepted


async def test_the_newest_minutes_over_rest_are_those_that_the_stream_brought(url: str) -> None:
    async with edge_at(url) as edge:
        await edge.sim("step", minutes=3)
        assert isinstance(edge.data, AlpacaMarketData)
        newest = await edge.data.newest_minutes([*SYMBOLS, "NOPE"])
        await edge.until(BarsReceived, lambda e: e.bars[-1].start_ns == max(newest.values()))
        assert sorted(newest) == sorted(SYMBOLS)
        assert edge.market.bars_end_ns == max(newest.values()) + MINUTE_NS


async def test_wrong_keys_are_fatal_on_every_road(url: str) -> None:
    async with edge_at(url, running=False, secret="wrong") as edge:
        assert await edge.broker.snapshot(edge.clock.now_ns()) is None
        await edge.market.run()
        await edge.trade.run()
        events = [edge.events.get_nowait() for _ in range(edge.events.qsize())]
    assert [(event.link, event.up, event.fatal) for event in events if isinstance(event, LinkChanged)] == [
        ("rest", False, True),
        ("market", False, True),
        ("trading", False, True),
    ]


async def test_a_second_connection_waits_for_its_slot_and_gets_it(url: str) -> None:
    async with edge_at(url) as edge:
        waits: asyncio.Queue[float] = asyncio.Queue()
        freed = asyncio.Event()

        async def wait_for_the_slot(seconds: float) -> None:
            waits.put_nowait(seconds)
            await freed.wait()

        events: asyncio.Queue[Event] = asyncio.Queue()
        second = MarketStream(
            f"{url.replace('http', 'ws', 1)}/v2/iex",
            Credentials("PKDEMO", "demo-secret"),
            SYMBOLS,
            events.put_nowait,
            edge.clock,
            sleep=wait_for_the_slot,
            jitter=lambda: 0.0,
        )
        running = asyncio.create_task(second.run())
        assert await waits.get() == 20.0
    freed.set()
    changes = []
    while len(changes) < 2:
        if isinstance(event := await events.get(), LinkChanged):
            changes.append(event.up)
    assert changes == [False, True]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
