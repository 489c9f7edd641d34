"""A desk at a bare exchange, and a simulator that serves on a free port."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect

from alpacasim.app import Settings, Simulator, build
from alpacasim.book import TradeUpdate
from alpacasim.calendar import MINUTE_NS, Calendar
from alpacasim.exchange import Exchange
from alpacasim.orders import Order
from alpacasim.refusals import Refusal
from alpacasim.requests import parse_order, parse_replace
from alpacasim.server import bind, serve
from alpacasim.tape import MINUTE, Tape

HEADERS = {"APCA-API-KEY-ID": "PKDEMO", "APCA-API-SECRET-KEY": "demo-secret"}
DAY = date(2024, 1, 4)


@dataclass
class Desk:
    """An exchange in an open session, SPY at 450.00 (449.99 to 450.01); prices in dollars, quantities in shares."""

    exchange: Exchange
    updates: list[TradeUpdate]
    now_ns: int
    events: list[tuple[str, str]] = field(default_factory=list)

    def body(self, **fields: Any) -> dict[str, Any]:
        given = {"symbol": "SPY", "qty": "10", "side": "buy", "type": "market", "time_in_force": "day"}
        return {key: value for key, value in {**given, **fields}.items() if value is not None}

    def ask(self, **fields: Any) -> Order | Refusal:
        request = parse_order(self.body(**fields))
        return request if isinstance(request, Refusal) else self.exchange.submit(request, self.now_ns)

    def order(self, **fields: Any) -> Order:
        result = self.ask(**fields)
        assert isinstance(result, Order), result
        return result

    def refused(self, **fields: Any) -> Refusal:
        result = self.ask(**fields)
        assert isinstance(result, Refusal), result
        return result

    def patch(self, order: Order, **fields: Any) -> Order | Refusal:
        change = parse_replace(fields)
        if isinstance(change, Refusal):
            return change
        result = self.exchange.replace(order.id, change, self.now_ns)
        if isinstance(result, Order):
            self.exchange.activate(result, self.now_ns)
        return result

    def cancel(self, order: Order) -> Refusal | None:
        return self.exchange.cancel(order.id, self.now_ns)

    def trade(self, price: float, *, continuous: bool = False, symbol: str = "SPY") -> None:
        self.now_ns += 1_000_000_000
        self.exchange.trade(symbol, round(price * 10_000), self.now_ns, continuous=continuous)

    def take_events(self) -> list[tuple[str, str]]:
        """(event, order id) of the updates since the last call."""
        seen = [(update.event, update.order.id) for update in self.updates]
        self.updates.clear()
        return seen

    @property
    def cash(self) -> float:
        return self.exchange.account.cash_e4 / 10_000

    @property
    def shares(self) -> float:
        return self.exchange.account.quantity_e9("SPY") / 1e9


@pytest.fixture
def desk() -> Desk:
    session = Calendar().session(DAY)
    assert session is not None
    updates: list[TradeUpdate] = []
    exchange = Exchange(("QQQ", "SPY"), 100_000 * 10_000, seed="test", listener=updates.append, spread_bp=0.0)
    for symbol in exchange.markets:
        exchange.know_price(symbol, 4_500_000)
    exchange.open_session(session, session.open_ns)
    one = Desk(exchange, updates, session.open_ns)
    one.trade(450.00)
    exchange.quote("SPY", 4_499_900, 4_500_100, one.now_ns)
    return one


def flat_tape(prices: dict[str, float], days: tuple[date, ...]) -> Tape:
    """Minutes that open at the price, touch a cent above, a cent below, and close at the price."""
    calendar = Calendar()
    opens = [session.open_ns for day in days if (session := calendar.session(day))]
    t_ns = np.concatenate([open_ns + np.arange(390) * MINUTE_NS for open_ns in opens])
    series = {}
    for symbol, price in prices.items():
        bars = np.zeros(len(t_ns), dtype=MINUTE)
        bars["t_ns"], bars["volume"], bars["trades"] = t_ns, 1000, 10
        bars["open"] = bars["close"] = bars["vwap"] = price
        bars["high"], bars["low"] = round(price + 0.01, 4), round(price - 0.01, 4)
        series[symbol] = bars
    return Tape.of_minutes(series, calendar)


@dataclass
class Running:
    """A simulator that serves: its addresses, a client with credentials, and its parts."""

    simulator: Simulator
    url: str
    http: httpx.AsyncClient
    stop: asyncio.Event

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def step(self, minutes: int = 1) -> dict[str, Any]:
        return await self.post("/sim/step", minutes=minutes)

    async def buy(self, **fields: Any) -> dict[str, Any]:
        given = {"symbol": "SPY", "qty": "10", "side": "buy", "type": "market", "time_in_force": "day"}
        return await self.post("/v2/orders", **{**given, **fields})

    @asynccontextmanager
    async def market(self, feed: str = "iex", **subscription: list[str]) -> AsyncIterator[ClientConnection]:
        """An authenticated, subscribed market-data connection."""
        async with connect(f"{self.ws_url}/v2/{feed}", compression=None) as websocket:
            assert await receive(websocket) == [{"T": "success", "msg": "connected"}]
            await send(websocket, action="auth", key="PKDEMO", secret="demo-secret")
            assert await receive(websocket) == [{"T": "success", "msg": "authenticated"}]
            if subscription:
                await send(websocket, action="subscribe", **subscription)
                await receive(websocket)
            yield websocket

    @asynccontextmanager
    async def updates(self) -> AsyncIterator[ClientConnection]:
        """A trade_updates connection that listens."""
        async with connect(f"{self.ws_url}/stream", compression=None) as websocket:
            await send(websocket, action="auth", key="PKDEMO", secret="demo-secret")
            assert (await receive(websocket))["data"]["status"] == "authorized"
            await send(websocket, action="listen", data={"streams": ["trade_updates"]})
            assert (await receive(websocket))["stream"] == "listening"
            yield websocket


async def send(websocket: ClientConnection, **message: Any) -> None:
    await websocket.send(msgspec.json.encode(message).decode())


async def receive(websocket: ClientConnection) -> Any:
    async with asyncio.timeout(60):
        return msgspec.json.decode(await websocket.recv())


Start = Callable[..., Any]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts simulators: `await start()`, with changed Settings as keywords, or a tape of one's own."""
    async with AsyncExitStack() as stack:

        async def starter(tape: Tape | None = None, **changes: Any) -> Running:
            return await stack.enter_async_context(running(tape, **changes))

        yield starter


def simulator_of(tape: Tape | None = None, *, wall_s: Callable[[], float] = time.time, **changes: Any) -> Simulator:
    """A simulator in step mode, a minute before the open of 4 January 2024, with changed Settings as keywords."""
    calendar = Calendar()
    session = calendar.session(DAY)
    assert session is not None
    tape = tape or flat_tape({"SPY": 450.0, "QQQ": 400.0}, (date(2024, 1, 2), date(2024, 1, 3), DAY))
    settings = Settings(start_ns=session.open_ns - MINUTE_NS, last_day=DAY, mode="step", rate_limit=0)
    return build(tape, calendar, replace(settings, **changes), wall_s=wall_s)


@pytest.fixture(scope="session")
def make_simulator() -> Callable[..., Simulator]:
    return simulator_of


@pytest.fixture(scope="session")
def make_tape() -> Callable[..., Tape]:
    return flat_tape


@asynccontextmanager
async def running(tape: Tape | None = None, **changes: Any) -> AsyncIterator[Running]:
    simulator = simulator_of(tape, **changes)
    listener = bind("127.0.0.1", 0)
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(serve(simulator, listener, stop, on_ready=ready.set))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        await ready.wait()
        async with httpx.AsyncClient(base_url=url, headers=HEADERS) as http:
            yield Running(simulator, url, http, stop)
    finally:
        stop.set()
        await task


@pytest.fixture
async def sim(start: Start) -> Running:
    """A simulator in step mode, a minute before the open of 4 January 2024, SPY at 450 and QQQ at 400."""
    result: Running = await start()
    return result
