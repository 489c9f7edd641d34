"""Alpaca's own SDK (alpaca-py), unmodified but for its URLs, in front of a simulator in step mode."""

from __future__ import annotations

import queue
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

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


@dataclass
class Desk:
    """The SDK's clients before one simulator; SPY trades at 450 (449.95 to 450.05), QQQ at 400."""

    server: Any
    trading: TradingClient
    data: StockHistoricalDataClient
    actions: CorporateActionsClient

    def step(self, minutes: int = 1) -> None:
        self.server.step(minutes)

    def admin(self, action: str, **body: Any) -> dict[str, Any]:
        result: dict[str, Any] = self.server.post(f"/sim/{action}", **body)
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
def open_desk(serve_in_thread: Callable[..., Any]) -> Callable[..., Desk]:
    """Starts a simulator and puts the clients before it: changed Settings as keywords."""

    def opener(*arguments: Any, **changes: Any) -> Desk:
        server = serve_in_thread(*arguments, **changes)
        clients = (TradingClient, StockHistoricalDataClient, CorporateActionsClient)
        return Desk(server, *(client(KEY, SECRET, url_override=server.url) for client in clients))

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

    def run(self) -> None:
        self.thread = threading.Thread(target=self.stream.run, daemon=True)
        self.thread.start()

    def take(self, count: int) -> list[Any]:
        return [self.received.get(timeout=WAIT_S) for _ in range(count)]


class Streams:
    """Opens the SDK's streams to a desk's simulator and waits until they are subscribed."""

    def __init__(self) -> None:
        self._open: list[tuple[Desk, Listener]] = []

    def market(self, desk: Desk, feed: str = "iex", *, raw: bool = False, **channels: str) -> Listener:
        """A market-data stream: `trades="SPY"`, `daily_bars="*"` and so on, several symbols apart by commas."""
        url = f"{desk.server.running.ws_url}/v2/{feed}"
        listener = Listener(StockDataStream(KEY, SECRET, raw_data=raw, url_override=url))
        for channel, symbols in channels.items():
            getattr(listener.stream, f"subscribe_{channel}")(listener.handle, *symbols.split(","))
        hub = desk.server.running.simulator.market_hub
        before = hub.connections
        self._run(desk, listener, lambda: hub.connections > before and hub.subscribed.is_set())
        return listener

    def trades(self, desk: Desk) -> Listener:
        """A trade_updates stream."""
        listener = Listener(TradingStream(KEY, SECRET, url_override=f"{desk.server.running.ws_url}/stream"))
        listener.stream.subscribe_trade_updates(listener.handle)
        hub = desk.server.running.simulator.trade_hub
        self._run(desk, listener, lambda: any(one.listening for one in hub._connections))
        return listener

    def _run(self, desk: Desk, listener: Listener, subscribed: Callable[[], bool]) -> None:
        listener.run()
        self._open.append((desk, listener))
        desk.server.wait_until(subscribed, "the stream is subscribed")

    def close(self) -> None:
        for desk, listener in self._open:
            listener.stream.stop()
            simulator = desk.server.running.simulator
            # The SDK looks for its stop signal every 5 s, or when something comes: the end of the socket does.
            for hub in (simulator.market_hub, simulator.trade_hub):
                desk.server.portal.call(hub.close_all)
            listener.thread.join(WAIT_S)
            assert not listener.thread.is_alive()


@pytest.fixture
def streams() -> Iterator[Streams]:
    opened = Streams()
    yield opened
    opened.close()


@pytest.fixture
def refusal_of(desk: Desk) -> Callable[..., tuple[int, int, str]]:
    """Submits what is refused: HTTP status, code and message as the SDK's APIError has them."""

    def submit(**fields: Any) -> tuple[int, int, str]:
        error = desk.refused(partial(desk.submit, **fields))
        return error.status_code, error.code, error.message

    return submit
