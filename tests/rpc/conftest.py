"""A daemon's inside without the outside: a real engine, runner and server, a broker and tables in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from fakes import OPEN_NS, SYMBOLS, HandClock, MemoryBroker, MemoryMarketData, MemoryStore
from google.rpc import error_details_pb2, status_pb2

from fluxhero.v1 import (
    account_pb2_grpc,
    backtest_pb2_grpc,
    market_pb2_grpc,
    order_pb2_grpc,
    position_pb2_grpc,
    risk_pb2_grpc,
    signal_pb2_grpc,
    strategy_pb2_grpc,
    stream_pb2_grpc,
    system_pb2_grpc,
    trade_pb2_grpc,
)
from fluxherod.adapters.sqlite.journal import encode_row
from fluxherod.adapters.table_file import parquet
from fluxherod.configuration.config import Config, StorageConfig, to_settings
from fluxherod.configuration.grpc_section import GrpcConfig
from fluxherod.configuration.research_section import ResearchConfig
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS
from fluxherod.core.types import (
    Bar,
    Quote,
)
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import BarsReceived, Event, FeedFollows, LinkChanged, QuotesReceived, Started
from fluxherod.engine.ports import DataUnavailable
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings
from fluxherod.engine.streams.hub import Hub
from fluxherod.errors import ConfigurationError
from fluxherod.jobs.manager import Manager, Surroundings
from fluxherod.persistence.past import explain_past
from fluxherod.rpc.convert import encode_update
from fluxherod.rpc.server import DaemonInfo, RpcServer


@dataclass
class StubLink:
    connects: int = 1


@dataclass
class Counters:
    link: StubLink = field(default_factory=StubLink)
    frames: int = 0
    bars: int = 0
    revisions: int = 0
    quotes: int = 0
    updates: int = 0
    last_message_ns: int = 0
    stale: bool = False


@dataclass
class MemoryPast:
    """Replays the store's own entries."""

    store: MemoryStore
    failure: Exception | None = None

    async def explain(self, symbol: str, time_ns: int) -> bytes | None:
        if self.failure is not None:
            raise self.failure
        found = explain_past(map(encode_row, self.store.entries), symbol, time_ns)
        return None if found is None else found.SerializeToString()


@dataclass
class MemorySources:
    """A configuration that a test edits: what is read again, and what was put in force around the engine."""

    config: Config = field(default_factory=Config)
    problems: tuple[str, ...] = ()
    applied: list[tuple[str, ...]] = field(default_factory=list)

    def read(self) -> Config:
        if self.problems:
            raise ConfigurationError(self.problems)
        return self.config

    def settings(self, config: Config) -> Settings:
        return to_settings(config, 0)

    def apply(self, config: Config, changed: Any) -> None:
        self.applied.append(tuple(changed))


class World:
    """The daemon's inside and a client of it."""

    def __init__(self, socket: Path, grpc_settings: Mapping[str, Any] | None = None, **hub_settings: Any) -> None:
        self.engine = Engine()
        self.clock = HandClock(OPEN_NS - HOUR_NS)
        self.store = MemoryStore()
        self.broker = MemoryBroker(self.clock)
        self.hub = Hub(encode_update, **{"heartbeat_s": 600.0, **hub_settings})
        self.data = MemoryMarketData()
        self.runner = Runner(
            *(self.engine, self.clock, self.store, self.broker, self.data, self.hub, 0),
            follow=lambda symbols: self.runner.post(FeedFollows(tuple(symbols))),
        )
        self.counters = Counters(frames=7, bars=5, quotes=3, updates=2)
        self.socket = socket
        self.past = MemoryPast(self.store)
        config, counters = self.config(grpc_settings or {}), (self.counters, self.counters)
        self.broker_speaks = asyncio.Event()
        self.backtests = self.make_backtests(ResearchConfig(memory_mb=1024))
        self.sources = MemorySources(config)
        self.info = DaemonInfo(
            config, "1.2.3", "epoch-0123456789", *counters, self.past, self.sources, parquet, self.backtests
        )
        self.server = self.make_server()
        self.port = 0

    @property
    def tokens(self) -> Path:
        """The state folder, which holds the tokens."""
        return self.socket.with_name("state")

    def config(self, settings: Mapping[str, Any]) -> Config:
        """The defaults, but for some of `grpc` and a state folder of the test's own."""
        self.tokens.mkdir(exist_ok=True)
        return Config(grpc=GrpcConfig(**settings), storage=StorageConfig(state_dir=self.tokens))

    def make_backtests(self, settings: ResearchConfig) -> Manager:
        """Runs in real processes; the broker has no bars for them."""
        around = Surroundings(self.tokens, self.socket.with_name("cache"), "iex", "http://127.0.0.1", 500)
        return Manager(settings, around, self._no_bars, self.clock.now_ns)

    async def _no_bars(self, path: str, params: Mapping[str, str]) -> bytes:
        """The broker says that it has none, once it speaks."""
        await self.broker_speaks.wait()
        raise DataUnavailable("this broker has no bars")

    def token(self, role: str) -> str:
        """The token of a role that the first start has made."""
        return (self.tokens / f"{role}.token").read_text(encoding="ascii").strip()

    def make_server(self, **addresses: Any) -> RpcServer:
        where = {"listen": "127.0.0.1:0", "unix_socket": self.socket, **addresses}
        return RpcServer(self.engine, self.runner, self.hub, self.store, self.info, **where)

    def begin(self) -> None:
        """The process starts: the engine loads what it needs by itself."""
        self.runner.post(Started("epoch-0123456789", 1, "1.2.3", Settings(SYMBOLS, timeframe="1Min"), mirror_read=True))

    async def trading(self) -> None:
        """Until both connections are up, history is loaded and the first quotes of the session are there."""
        self.begin()
        await self.until(lambda: self.engine.run == 1 and all(book.warm for book in self.engine.market.books.values()))
        await self.post(LinkChanged("market", True), LinkChanged("trading", True))
        await self.until(lambda: self.engine.state == "ACTIVE")
        await self.clock.move(OPEN_NS + MINUTE_NS)
        self.runner.post(await self.broker.snapshot(self.clock.now_ns()))
        await self.quote("SPY", 450.0)
        await self.quote("IBM", 160.0)

    async def quote(self, symbol: str, price: float) -> None:
        await self.post(QuotesReceived((Quote(symbol, self.clock.now_ns(), price - 0.01, price + 0.01),)))

    async def minute(self, symbol: str, number: int, price: float) -> None:
        """A minute bar, and the time at which the strategy's bar of it is complete."""
        start_ns = OPEN_NS + number * MINUTE_NS
        bar = Bar(symbol, start_ns, price, price + 0.05, price - 0.05, price, 1000)
        await self.post(BarsReceived((bar,)))
        await self.clock.move(start_ns + 2 * MINUTE_NS)
        await self.settled()

    async def post(self, *events: Event) -> None:
        for event in events:
            self.runner.post(event)
        await self.settled()

    async def settled(self) -> None:
        due = self.engine.next_deadline_ns
        await self.until(lambda: self.runner.idle and ((ns := due()) is None or ns > self.clock.now_ns()))

    async def until(self, reached: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not reached():  # noqa: ASYNC110 - whatever is waited for happens on this loop
                await asyncio.sleep(0)


class Client:
    """Stubs of every service that is served."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.channel = channel
        self.system: Any = system_pb2_grpc.SystemServiceStub(channel)
        self.market: Any = market_pb2_grpc.MarketServiceStub(channel)
        self.account: Any = account_pb2_grpc.AccountServiceStub(channel)
        self.position: Any = position_pb2_grpc.PositionServiceStub(channel)
        self.order: Any = order_pb2_grpc.OrderServiceStub(channel)
        self.signal: Any = signal_pb2_grpc.SignalServiceStub(channel)
        self.strategy: Any = strategy_pb2_grpc.StrategyServiceStub(channel)
        self.trade: Any = trade_pb2_grpc.TradeServiceStub(channel)
        self.risk: Any = risk_pb2_grpc.RiskServiceStub(channel)
        self.backtest: Any = backtest_pb2_grpc.BacktestServiceStub(channel)
        self.stream: Any = stream_pb2_grpc.StreamServiceStub(channel)


@asynccontextmanager
async def running(world: World) -> AsyncIterator[Client]:
    """The world with its loop and server running, and a client on its socket."""
    await world.backtests.open()
    parts = (world.runner.run(), world.backtests.run(), world.server.status_watch.run())
    loops = [asyncio.create_task(part) for part in parts]
    world.port = await world.server.start()
    try:
        async with grpc.aio.insecure_channel(f"unix:{world.socket}") as channel:
            yield Client(channel)
    finally:
        await world.server.drain("the test ends")
        await world.server.stop(1.0)
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


@dataclass(frozen=True)
class Refusal:
    """What a refused call told its caller."""

    code: grpc.StatusCode
    reason: str
    text: str
    fields: dict[str, str]
    details: tuple[Any, ...]


async def refusal(call: Awaitable[Any]) -> Refusal:
    """The refusal of a call; fails when it is answered."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    error = caught.value
    data = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    status = status_pb2.Status.FromString(data)  # type: ignore[arg-type]
    assert (status.code, status.message) == (error.code().value[0], error.details())
    info, fields = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert status.details[0].Unpack(info)
    assert info.domain == "fluxhero"
    for part in status.details:
        part.Unpack(fields)
    violations = {violation.field: violation.description for violation in fields.field_violations}
    return Refusal(error.code(), info.reason, status.message, violations, tuple(status.details))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests hold commits, and a busy machine holds tests: that is no disk that fails."""
    monkeypatch.setattr("fluxherod.engine.committing.COMMIT_WITHIN_S", 60.0)


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A daemon's inside that does not run yet."""
    return World(tmp_path / "fluxherod.sock")


@pytest.fixture
async def make_world(tmp_path: Path) -> Callable[..., World]:
    """Makes a daemon's inside with some settings of `grpc`."""
    return lambda **settings: World(tmp_path / "fluxherod.sock", settings)


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    """A client of a daemon that trades: 2024-01-02, a minute after the open."""
    async with running(world) as client:
        await world.trading()
        yield client


@pytest.fixture
def refused() -> Callable[[Awaitable[Any]], Awaitable[Refusal]]:
    return refusal


@pytest.fixture
def serving() -> Callable[[World], AbstractAsyncContextManager[Client]]:
    return running
