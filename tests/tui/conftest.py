"""A terminal on a daemon that says what a test tells it to: everything but the wire is the real thing."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from harness.terminals import Terminal
from textual.pilot import Pilot
from tui import world

from fluxhero.v1 import (
    access_pb2,
    account_pb2,
    market_pb2,
    order_pb2,
    position_pb2,
    risk_pb2,
    signal_pb2,
    strategy_pb2,
    stream_pb2,
    system_pb2,
    trade_pb2,
)
from fluxhero_client import Address, Client, FluxHeroError, Unavailable
from fluxhero_client.errors import Failure
from fluxhero_client.transport import Transport
from fluxhero_tui.app import FluxHeroTui
from fluxhero_tui.link.connection import Connection
from fluxhero_tui.state.model import Model

PATIENCE_S, HEARTBEAT_S = 60.0, 5.0
WHERE = Address("unix:/run/fluxhero/fluxherod.sock", "given")


@dataclass
class Daemon(Transport):
    """Answers each RPC with what `answers` holds for it: a message, a failure or a function. Requests are kept.

    What is put into `stream` is sent; a failure there ends the stream.
    """

    role: str = "admin"
    answers: dict[str, Any] = field(default_factory=dict)
    received: list[tuple[str, Any]] = field(default_factory=list)
    stream_queue: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    subscriptions: list[Any] = field(default_factory=list)
    gone: bool = False

    def __post_init__(self) -> None:
        self.answers = _answers() | self.answers

    async def close(self) -> None:
        """Nothing is open."""

    async def unary(self, method: str, request: Any, response: type[Any]) -> Any:
        if self.gone:
            raise Unavailable(Failure("UNAVAILABLE", "connection refused"))
        if method == "SystemService/GetStatus":
            role = access_pb2.Role.Value(f"ROLE_{self.role.upper()}")
            return system_pb2.GetStatusResponse(caller=system_pb2.Caller(name=f"token:{self.role}", role=role))
        self.received.append((method, request))
        answer = self.answers.get(method, response())
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, FluxHeroError):
            raise answer
        return answer

    async def stream(self, method: str, request: Any, response: type[Any]) -> AsyncGenerator[Any, None]:
        if method != "StreamService/Watch":
            self.received.append((method, request))
            for message in self.answers.get(method, ()):
                if isinstance(message, FluxHeroError):
                    raise message
                yield message
            return
        if self.gone:
            raise Unavailable(Failure("UNAVAILABLE", "connection refused"))
        self.subscriptions.append(request)
        seq = request.from_seq
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    message = await self.stream_queue.get()
            except TimeoutError:
                message = world.heartbeat(seq)
            if isinstance(message, FluxHeroError):
                raise message
            seq = message.seq
            yield message

    def say(self, message: Message | FluxHeroError) -> None:
        """Send a message of the stream, or end it."""
        self.stream_queue.put_nowait(message)

    def requests(self, method: str) -> list[Any]:
        return [request for name, request in self.received if name == method]


def _answers() -> dict[str, Any]:
    def bars(request: Any) -> Any:
        found = [world.bar(request.symbol, index) for index in range(47, -1, -1)]
        page = found[: request.page_size]
        known = [world.indicators(bar.symbol, bar.end_time.seconds) for bar in page if request.include_indicators]
        return market_pb2.GetBarsResponse(bars=page, indicators=known)

    symbols = [
        market_pb2.Symbol(symbol=name, state=market_pb2.SYMBOL_STATE_ACTIVE, enabled=True, bars=48)
        for name in world.PRICES
    ]
    return {
        "MarketService/GetBars": bars,
        "MarketService/ListSymbols": market_pb2.ListSymbolsResponse(symbols=symbols),
        "OrderService/ListOrders": order_pb2.ListOrdersResponse(orders=[world.limit_order(), world.filled_order()]),
        "OrderService/PreviewOrder": order_pb2.PreviewOrderResponse(
            decision=world.decision(), role=order_pb2.ORDER_ROLE_ENTRY
        ),
        "OrderService/GetOrder": order_pb2.GetOrderResponse(order=world.limit_order()),
        "RiskService/GetRiskReport": risk_pb2.GetRiskReportResponse(report=world.report()),
        "RiskService/Halt": risk_pb2.HaltResponse(risk=world.halted()),
        "SignalService/Explain": signal_pb2.ExplainResponse(
            signal=world.signal("", "IBM", "noise"), why_not="the volume was too small"
        ),
        "TradeService/ListTrades": trade_pb2.ListTradesResponse(
            trades=[
                trade_pb2.Trade(
                    id="t1",
                    symbol="IBM",
                    entry_quantity=133,
                    entry_price="104.12",
                    exit_price="101.59",
                    net_pnl="-337.82",
                    realized_pnl_pct=-2.43,
                    closed_at=world.stamp(world.NOW - 86_400),
                    exit_reason="trailing stop",
                )
            ]
        ),
        "AccountService/GetEquityCurve": account_pb2.GetEquityCurveResponse(
            points=[
                account_pb2.EquityPoint(
                    time=world.stamp(world.NOW - 3_600 * hour), equity=str(100_000 + 37 * (30 - hour))
                )
                for hour in range(1, 31)
            ]
        ),
        "PositionService/ClosePosition": position_pb2.ClosePositionResponse(position=world.position()),
        "StrategyService/DisableSymbol": strategy_pb2.DisableSymbolResponse(),
        "SystemService/AcknowledgeAlert": system_pb2.AcknowledgeAlertResponse(alert=world.alert()),
    }


@dataclass
class Clock:
    """The terminal's own clock, which stands still until a test moves it."""

    now_s: float = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Seat:
    """A terminal, the daemon behind it, and the hands in front of it."""

    app: FluxHeroTui
    pilot: Pilot[Any]
    daemon: Daemon
    clock: Clock
    faults: list[str] = field(default_factory=list)

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait until something holds."""
        end_s = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end_s, "it never came true"
            await self.pilot.pause(0.01)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(*(key.removeprefix("type:") if key.startswith("type:") else [key]))

    async def settle(self) -> None:
        """Redraw what has moved, and let it be painted."""
        self.app.tick()
        await self.pilot.pause()

    async def go(self, name: str) -> None:
        """To a screen, by its key."""
        number = [title.lower() for title in self.app.titles].index(name)
        await self.press(str(number + 1))
        await self.until(lambda: self.app.view_name == name and self.app.base.query(f"#{name}"))
        await self.settle()

    def text(self) -> str:
        """What is on the screen, as text."""
        width = self.app.size.width
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text[:width].rstrip() for strip in lines)


@pytest.fixture
def sit() -> Callable[..., Any]:
    """Opens a terminal: `async with sit(size=(120, 40), role="read") as seat`."""

    @asynccontextmanager
    async def open_terminal(
        size: tuple[int, int] = (120, 40),
        role: str = "admin",
        first: stream_pb2.WatchResponse | None = None,
        absent: bool = False,
        **answers: Any,
    ) -> AsyncIterator[Seat]:
        daemon, clock = Daemon(role=role, gone=absent), Clock()
        daemon.answers |= {name.replace("__", "/"): answer for name, answer in answers.items()}
        connection = Connection(Model(), lambda: Client(WHERE, transport=daemon), lambda: WHERE, clock)
        app = FluxHeroTui(connection, clock)
        async with app.run_test(size=size) as pilot:
            seat = Seat(app, pilot, daemon, clock)
            if not absent:
                daemon.say(first or world.snapshot())
                # The risk report is asked for last of what the stream does not bring.
                await seat.until(lambda: connection.model.report.ByteSize() and len(connection.model.trails) >= 4)
            await seat.settle()
            yield seat
            faults = [entry.text for entry in connection.model.happenings.entries if entry.kind == "fault"]
            assert faults == seat.faults

    return open_terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A real terminal, which ends with the test."""
    assert shutil.which("tmux"), "tmux is missing: make setup-test installs it"
    made = Terminal(tmp_path / "t")
    yield made
    made.close()
