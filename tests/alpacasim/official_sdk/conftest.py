"""Alpaca's own SDK (alpaca-py), unmodified but for its URLs, in front of a simulator in step mode."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from alpacasim.app import Simulator
from alpacasim.server import bind, serve

with warnings.catch_warnings():
    # alpaca-py 0.44 still imports the old client of the websockets library.
    warnings.simplefilter("ignore", DeprecationWarning)
    from alpaca.common.exceptions import APIError
    from alpaca.data.historical import StockHistoricalDataClient
    from alpaca.data.historical.corporate_actions import CorporateActionsClient
    from alpaca.data.live import StockDataStream
    from alpaca.trading.client import TradingClient
    from alpaca.trading.models import Order
    from alpaca.trading.requests import OrderRequest, ReplaceOrderRequest
    from alpaca.trading.stream import TradingStream

KEY, SECRET = "PKDEMO", "demo-secret"
WAIT_S = 10.0


class Stage:
    """One server, in a thread of its own, on which each test puts a simulator of its own."""

    simulator: Simulator

    def __init__(self, portal: BlockingPortal, port: int) -> None:
        self.portal = portal
        self.url = f"http://127.0.0.1:{port}"
        self.ws_url = f"ws://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.simulator.app(scope, receive, send)

    def post(self, path: str, /, **body: Any) -> dict[str, Any]:
        answer = self.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Return when the simulator has come so far; it is asked in its own thread."""

        async def wait() -> None:
            async with asyncio.timeout(WAIT_S):
                while not condition():  # noqa: ASYNC110 - nobody announces that it came true
                    await asyncio.sleep(0.001)

        try:
            self.portal.call(wait)
        except TimeoutError:
            raise AssertionError(f"in {WAIT_S} s it did not come true that {what}") from None


@asynccontextmanager
async def _serving(portal: BlockingPortal, simulator: Simulator) -> AsyncIterator[Stage]:
    listener = bind("127.0.0.1", 0)
    stage = Stage(portal, listener.getsockname()[1])
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(serve(replace(simulator, app=stage), listener, stop, on_ready=ready.set))
    try:
        await ready.wait()
        yield stage
    finally:
        stop.set()
        await task


@pytest.fixture(scope="session")
def stage(make_simulator: Callable[..., Simulator]) -> Iterator[Stage]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_serving(portal, make_simulator())) as one,
    ):
        yield one
        one.http.close()


@dataclass
class Desk:
    """The SDK's clients before one simulator; SPY trades at 450 (449.95 to 450.05), QQQ at 400."""

    stage: Stage
    simulator: Simulator
    trading: TradingClient
    data: StockHistoricalDataClient
    actions: CorporateActionsClient

    def step(self, minutes: int = 1) -> None:
        self.admin("step", minutes=minutes)

    def admin(self, action: str, /, **body: Any) -> dict[str, Any]:
        result: dict[str, Any] = self.stage.post(f"/sim/{action}", **body)
        return result

    def submit(self, **fields: Any) -> Order:
        """An order through the SDK's request model: a market order to buy 10 SPY, with `fields` changed."""
        given = {"symbol": "SPY", "qty": 10, "side": "buy", "type": "market", "time_in_force": "day"}
        chosen = {name: value for name, value in {**given, **fields}.items() if value is not None}
        return self.trading.submit_order(_request_model(chosen["type"])(**chosen))

    def replace(self, order: Order, **fields: Any) -> Order:
        return self.trading.replace_order_by_id(order.id, ReplaceOrderRequest(**fields))

    def now(self, order: Order) -> Order:
        """The order as it is now."""
        return self.trading.get_order_by_id(order.id)

    def refused(self, ask: Callable[..., Any], *arguments: Any, **fields: Any) -> APIError:
        """The error with which a call fails."""
        with pytest.raises(APIError) as raised:
            ask(*arguments, **fields)
        return raised.value


def _request_model(kind: str) -> type[OrderRequest]:
    from alpaca.trading import requests

    models: dict[str, type[OrderRequest]] = {
        "market": requests.MarketOrderRequest,
        "limit": requests.LimitOrderRequest,
        "stop": requests.StopOrderRequest,
        "stop_limit": requests.StopLimitOrderRequest,
        "trailing_stop": requests.TrailingStopOrderRequest,
    }
    return models[kind]


@pytest.fixture
def open_desk(stage: Stage, make_simulator: Callable[..., Simulator]) -> Callable[..., Desk]:
    """Puts a simulator on the stage and the clients before it: a tape, and changed Settings as keywords."""

    def opener(*arguments: Any, **changes: Any) -> Desk:
        stage.simulator = make_simulator(*arguments, **changes)
        clients = (TradingClient, StockHistoricalDataClient, CorporateActionsClient)
        return Desk(stage, stage.simulator, *(client(KEY, SECRET, url_override=stage.url) for client in clients))

    return opener


@pytest.fixture
def early_desk(open_desk: Callable[..., Desk]) -> Desk:
    """A minute before the open of Thursday, 4 January 2024."""
    return open_desk()


@pytest.fixture
def desk(early_desk: Desk) -> Desk:
    """After the session's first minute."""
    early_desk.step()
    return early_desk


@dataclass
class Listener:
    """One of the SDK's streams, running in a thread of its own; what it hands over waits in a queue."""

    stream: Any
    received: queue.Queue[Any] = field(default_factory=queue.Queue)
    thread: threading.Thread = field(init=False)

    async def handle(self, message: Any) -> None:
        self.received.put(message)

    def start(self) -> None:
        self.thread = threading.Thread(target=self.stream.run, daemon=True)
        self.thread.start()

    def wait_until_running(self) -> None:
        """Return when the SDK has sent its subscription."""
        pause, deadline = threading.Event(), time.monotonic() + WAIT_S
        while not self.stream._running and not pause.wait(0.002):
            assert time.monotonic() < deadline

    def take(self, count: int) -> list[Any]:
        return [self.received.get(timeout=WAIT_S) for _ in range(count)]


class Streams:
    """Opens the SDK's streams to a desk's simulator."""

    def __init__(self) -> None:
        self._open: list[tuple[Desk, Listener]] = []

    def market(self, desk: Desk, feed: str = "iex", **channels: str) -> Listener:
        """A market-data stream that is subscribed: `trades="SPY"`, `daily_bars="SPY,QQQ"` and so on."""
        hub = desk.simulator.market_hub

        def subscribed() -> int:
            return sum(any(one.channels.values()) for one in hub._connections)

        before = subscribed()
        listener = self.try_market(desk, feed, **channels)
        desk.stage.wait_until(lambda: subscribed() > before and listener.stream._running, "the stream is subscribed")
        return listener

    def try_market(self, desk: Desk, feed: str = "iex", secret: str = SECRET, **channels: str) -> Listener:
        """A market-data stream that may be refused."""
        listener = Listener(StockDataStream(KEY, secret, url_override=f"{desk.stage.ws_url}/v2/{feed}"))
        for channel, symbols in channels.items():
            getattr(listener.stream, f"subscribe_{channel}")(listener.handle, *symbols.split(","))
        return self._run(desk, listener)

    def try_trades(self, desk: Desk, secret: str = SECRET) -> Listener:
        """A trade_updates stream that may be refused."""
        listener = Listener(TradingStream(KEY, secret, url_override=f"{desk.stage.ws_url}/stream"))
        listener.stream.subscribe_trade_updates(listener.handle)
        return self._run(desk, listener)

    def trades(self, desk: Desk) -> Listener:
        """A trade_updates stream that listens."""
        listener = self.try_trades(desk)
        hub = desk.simulator.trade_hub
        desk.stage.wait_until(lambda: any(one.listening for one in hub._connections), "the stream listens")
        return listener

    def _run(self, desk: Desk, listener: Listener) -> Listener:
        listener.start()
        self._open.append((desk, listener))
        return listener

    def close(self) -> None:
        for desk, listener in self._open:
            if listener.thread.is_alive():
                listener.stream.stop()
            simulator = desk.simulator
            # The SDK looks for its stop signal every 5 s, or when something comes: the end of the socket does.
            for hub in (simulator.market_hub, simulator.trade_hub):
                desk.stage.portal.call(hub.close_all)
            listener.thread.join(WAIT_S)
            assert not listener.thread.is_alive()


@pytest.fixture
def streams() -> Iterator[Streams]:
    opened = Streams()
    yield opened
    opened.close()


@pytest.fixture
def opened() -> Iterator[list[Listener]]:
    """Streams whose threads end when their simulator, started after this, has ended."""
    listeners: list[Listener] = []
    yield listeners
    for listener in listeners:
        listener.thread.join(WAIT_S)
        assert not listener.thread.is_alive()


@pytest.fixture
def open_stream(opened: list[Listener]) -> Iterator[Callable[..., Listener]]:
    """Opens the SDK's streams to a simulator elsewhere: "trade_updates", or a channel and its symbols."""

    def opener(url: str, channel: str, *symbols: str) -> Listener:
        address = url.replace("http", "ws", 1)
        if channel == "trade_updates":
            listener = Listener(TradingStream(KEY, SECRET, url_override=f"{address}/stream"))
            listener.stream.subscribe_trade_updates(listener.handle)
        else:
            listener = Listener(StockDataStream(KEY, SECRET, url_override=f"{address}/v2/iex"))
            getattr(listener.stream, f"subscribe_{channel}")(listener.handle, *symbols)
        listener.start()
        opened.append(listener)
        listener.wait_until_running()
        return listener

    yield opener
    for listener in opened:
        listener.stream.stop()
