"""The composition root: the only file that knows every part. Builds the daemon, runs it, takes it down."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

from fluxherod import __version__
from fluxherod.adapters.alpaca.broker import AlpacaBroker
from fluxherod.adapters.alpaca.clock import ExchangeClock, WallClock
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.errors import Unavailable
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.trade_stream import TradeStream
from fluxherod.adapters.parquet import BarCache
from fluxherod.adapters.sqlite import StorageError
from fluxherod.adapters.sqlite.reader import TableReader
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.config import Config, to_settings
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.kernel import warm_up
from fluxherod.engine.events import Started, Stopping
from fluxherod.engine.hub import Hub, Topic
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings
from fluxherod.errors import FluxHeroError
from fluxherod.notify import Notifier, take_notifier
from fluxherod.recovery import DATABASE, Recovery, replay
from fluxherod.rpc.convert import encode_update
from fluxherod.rpc.server import DaemonInfo, RpcServer

log = logging.getLogger(__name__)

# What a message may be late on this machine; times the exchange's rate it is exchange time.
WALL_LATENCY_S = 0.25
POLL_EVERY_NS = 5 * SECOND_NS
LEAST_POLL_PAUSE_S = 0.5
# Without a rate an exchange that is stepped by hand can't make an account old.
STEPPED_ACCOUNT_AGE_NS = 7 * 24 * 3600 * SECOND_NS
DRAIN_S = 3.0
# A halted daemon works: it serves, watches stops and closes positions.
SERVING_STATES = frozenset({"ACTIVE", "HALTED"})


def run(config: Config, credentials: Credentials) -> int:
    """Run the daemon until it is told to stop; return the process's exit code.

    Raises:
        FluxHeroError: when it can't start, or can't go on (the journal can't be written).
    """
    return asyncio.run(_run(config, credentials))


async def _run(config: Config, credentials: Credentials) -> int:
    notifier = take_notifier(os.environ)
    stop = Stop()
    async with AsyncExitStack() as stack:
        stop.listen(stack)
        try:
            parts = await _build(config, credentials, stack)
            async with asyncio.TaskGroup() as tasks:
                edges = [tasks.create_task(edge, name=name) for name, edge in parts.edges]
                running = tasks.create_task(parts.runner.run(), name="runner")
                parts.runner.post(parts.started)
                port = await parts.server.start()
                notifier.ready(f"{config.daemon.mode}, gRPC on port {port} and {config.grpc.unix_socket}")
                edges.append(tasks.create_task(_watchdog(notifier), name="watchdog"))
                edges.append(tasks.create_task(_health(parts, notifier), name="health"))
                log.info("serving gRPC on port %d and %s", port, config.grpc.unix_socket)
                reason = await stop.wait(running)
                notifier.stopping()
                await parts.server.drain(reason)
                parts.runner.post(Stopping(reason))
                await running
                await parts.server.stop(DRAIN_S)
                for edge in edges:
                    edge.cancel()
        except* StorageError as failures:
            raise JournalFailed(
                f"the journal failed: {failures.exceptions[0]}; nothing was sent after it"
            ) from failures
        except* FluxHeroError as failures:
            raise failures.exceptions[0] from None
    log.info("stopped: %s", stop.reason)
    return 0


class JournalFailed(FluxHeroError):
    """The journal can't be written or read: the daemon must not trade without it."""


class Stop:
    """SIGTERM and SIGINT, as something to wait for."""

    def __init__(self) -> None:
        self.reason = ""
        self._asked = asyncio.Event()

    def listen(self, stack: AsyncExitStack) -> None:
        """Take the signals until the stack unwinds."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled, number)
            stack.callback(loop.remove_signal_handler, number)

    def _signalled(self, number: int) -> None:
        self.reason = f"received {signal.Signals(number).name}"
        self._asked.set()

    async def wait(self, running: asyncio.Task[None]) -> str:
        """Until a signal comes or the runner ends; the reason."""
        asked = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait((asked, running), return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        return self.reason


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs: the edges, the runner and the server, and the event that starts the engine."""

    edges: tuple[tuple[str, Coroutine[Any, Any, None]], ...]
    runner: Runner
    hub: Hub
    server: RpcServer
    started: Started


async def _build(config: Config, credentials: Credentials, stack: AsyncExitStack) -> Parts:
    """Make every part, each after what it needs; the stack closes them in reverse."""
    warm_up()
    clock = await _clock(config)
    if isinstance(clock, ExchangeClock):
        stack.push_async_callback(clock.aclose)
    settings = _settings(config, clock)
    store = SqliteStore.open(config.storage.state_dir / DATABASE, code_version=__version__)
    stack.callback(store.close)
    recovery = _recover(store)
    reader = await stack.enter_async_context(await TableReader.open(store.path))
    limiter = RateLimiter(config.alpaca.requests_per_minute)
    # The runner is made from its edges: what they post before that could only be about nothing.
    trading = RestClient(config.alpaca.trading_url, credentials, limiter, post=lambda event: runner.post(event))
    data = RestClient(config.alpaca.data_url, credentials, limiter)
    stack.push_async_callback(trading.aclose)
    stack.push_async_callback(data.aclose)
    hub = Hub(encode_update, seq=recovery.last_seq)
    market_data = _market_data(config, trading, data, clock)
    runner = Runner(recovery.engine, clock, store, AlpacaBroker(trading), market_data, hub, recovery.last_seq)
    runner.last_event_ns = recovery.last_ns
    market = MarketStream(config.alpaca.market_stream_url, credentials, settings.symbols, runner.post, clock)
    trades = TradeStream(config.alpaca.trade_stream_url, credentials, runner.post, clock)
    server = RpcServer(
        recovery.engine, runner, hub, reader, DaemonInfo(config, __version__, store.epoch, market, trades)
    )
    edges: tuple[tuple[str, Coroutine[Any, Any, None]], ...] = (
        ("market stream", market.run()),
        ("trade stream", trades.run()),
        ("poll", _poll(runner, clock)),
    )
    if isinstance(clock, ExchangeClock):
        edges = (("clock", clock.run()), *edges)
    return Parts(edges, runner, hub, server, Started(store.epoch, store.run, __version__, settings))


async def _clock(config: Config) -> WallClock | ExchangeClock:
    """The clock that the configuration names; the exchange's must answer once."""
    if config.alpaca.clock == "wall":
        return WallClock()
    clock = ExchangeClock(config.alpaca.trading_url)
    while True:
        try:
            await clock.poll()
        except Unavailable as problem:
            log.warning("%s; trying again", problem)
            await asyncio.sleep(1.0)
            continue
        return clock


def _settings(config: Config, clock: WallClock | ExchangeClock) -> Settings:
    """The engine's settings; what is measured in wall time is scaled to an exchange clock's rate."""
    if isinstance(clock, WallClock):
        return to_settings(config, 0)
    settings = to_settings(config, int(WALL_LATENCY_S * clock.rate * SECOND_NS))
    age_ns = int(60 * LEAST_POLL_PAUSE_S * clock.rate * SECOND_NS) or STEPPED_ACCOUNT_AGE_NS
    return replace(settings, account_max_age_ns=max(settings.account_max_age_ns, age_ns))


def _recover(store: SqliteStore) -> Recovery:
    recovery = replay(store.read_journal())
    if recovery.rows:
        log.info("recovered %d inputs in %.2f s", recovery.rows, recovery.seconds)
    if recovery.differs_at is not None:
        log.warning("the journal was written by a version that decided otherwise at input %d", recovery.differs_at)
    return recovery


def _market_data(
    config: Config, trading: RestClient, data: RestClient, clock: WallClock | ExchangeClock
) -> AlpacaMarketData:
    cache = BarCache(
        config.storage.cache_dir / "bars",
        feed=config.alpaca.feed,
        adjustment="split",
        session="regular",
        source=config.alpaca.data_url,
    )
    settle_s = 2.0 if isinstance(clock, WallClock) else 0.0
    return AlpacaMarketData(trading, data, feed=config.alpaca.feed, cache=cache, settle_s=settle_s)


async def _poll(runner: Runner, clock: WallClock | ExchangeClock) -> None:
    """The truth every 5 s of exchange time, whatever the stream says; never too often for the wall."""
    while True:
        await clock.wait_until(clock.now_ns() + POLL_EVERY_NS)
        await runner.take_snapshot()
        if isinstance(clock, ExchangeClock):
            await asyncio.sleep(LEAST_POLL_PAUSE_S)


async def _watchdog(notifier: Notifier) -> None:
    """Tell systemd that the event loop turns; a loop that hangs stops telling, and is replaced."""
    while notifier.watchdog_interval_s is not None:
        notifier.watchdog()
        await asyncio.sleep(notifier.watchdog_interval_s)


async def _health(parts: Parts, notifier: Notifier) -> None:
    """Health and systemd's status line follow the trading state."""
    engine = parts.runner.engine
    with parts.hub.subscribe((Topic.STATUS,)) as changes:
        await parts.server.set_serving(engine.state in SERVING_STATES)
        async for _ in changes:
            await parts.server.set_serving(engine.state in SERVING_STATES)
            notifier.status(engine.state.lower())
