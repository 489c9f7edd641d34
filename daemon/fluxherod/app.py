"""The composition root: the only file that knows every part. Builds the daemon, runs it, takes it down."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack
from dataclasses import replace

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
from fluxherod.adapters.sqlite.reader import TableReader
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.config import Config, to_settings
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.kernel import warm_up
from fluxherod.engine.events import Event, Started, Stopping
from fluxherod.engine.hub import Hub
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings
from fluxherod.notify import Notifier
from fluxherod.recovery import Recovery, replay
from fluxherod.replay import DATABASE
from fluxherod.rpc.server import DaemonInfo, RpcServer

log = logging.getLogger(__name__)

# What a message may be late on this machine; times the rate it is exchange time.
WALL_LATENCY_S = 0.25
POLL_EVERY_NS = 5 * SECOND_NS
LEAST_POLL_PAUSE_S = 0.5
DRAIN_S = 3.0


def run(config: Config, credentials: Credentials) -> int:
    """Run the daemon until it is told to stop.

    Returns:
        The process's exit code.
    """
    return asyncio.run(Daemon(config, credentials).run())


class Daemon:
    """All parts of one daemon, made in the order in which they depend on each other."""

    def __init__(self, config: Config, credentials: Credentials) -> None:
        self.config = config
        self.credentials = credentials
        self.stop = asyncio.Event()
        self._reason = "asked to stop"

    async def run(self) -> int:
        """Start, serve, stop."""
        async with AsyncExitStack() as stack:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._signalled, number)
                stack.callback(loop.remove_signal_handler, number)
            await self._serve(stack)
        log.info("stopped: %s", self._reason)
        return 0

    def _signalled(self, number: int) -> None:
        self._reason = f"received {signal.Signals(number).name}"
        self.stop.set()

    async def _serve(self, stack: AsyncExitStack) -> None:
        config = self.config
        warm_up()
        store = SqliteStore.open(config.storage.state_dir / DATABASE, code_version=__version__)
        stack.callback(store.close)
        recovery = _recover(store)
        clock = await self._clock()
        settings = _settings(config, clock.rate, isinstance(clock, ExchangeClock))
        limiter = RateLimiter(config.alpaca.requests_per_minute)
        trading = RestClient(config.alpaca.trading_url, self.credentials, limiter)
        data = RestClient(config.alpaca.data_url, self.credentials, limiter)
        stack.push_async_callback(trading.aclose)
        stack.push_async_callback(data.aclose)
        cache = BarCache(
            config.storage.cache_dir / "bars",
            feed=config.alpaca.feed,
            adjustment="split",
            session="regular",
            source=config.alpaca.data_url,
        )
        settle_s = 0.0 if isinstance(clock, ExchangeClock) else 2.0
        market_data = AlpacaMarketData(trading, data, feed=config.alpaca.feed, cache=cache, settle_s=settle_s)
        reader = await TableReader.open(store.path)
        stack.push_async_callback(reader.close)
        engine = recovery.engine
        hub = Hub(RpcServer.encode, seq=recovery.last_seq)
        runner = Runner(engine, clock, store, AlpacaBroker(trading), market_data, hub, recovery.last_seq)
        runner.last_event_ns = recovery.last_ns
        market = MarketStream(config.alpaca.market_stream_url, self.credentials, settings.symbols, runner.post, clock)
        trades = TradeStream(config.alpaca.trade_stream_url, self.credentials, runner.post, clock)
        info = DaemonInfo(config, __version__, market, trades)
        server = RpcServer(engine, runner, hub, reader, info)
        started = Started(store.epoch, store.run, __version__, settings)
        async with asyncio.TaskGroup() as tasks:
            edges = [
                tasks.create_task(edge, name=name)
                for name, edge in (
                    ("clock", clock.run()),
                    ("market stream", market.run()),
                    ("trade stream", trades.run()),
                    ("poll", self._poll(runner, clock)),
                )
            ]
            running = tasks.create_task(runner.run(), name="runner")
            runner.post(started)
            await server.start()
            await self._until_stopped(server, runner, running, hub)
            for edge in edges:
                edge.cancel()

    async def _clock(self) -> WallClock | ExchangeClock:
        if self.config.alpaca.clock == "wall":
            return WallClock()
        clock = ExchangeClock(self.config.alpaca.trading_url)
        while True:
            try:
                await clock.poll()
            except Unavailable as problem:
                log.warning("%s; trying again", problem)
                await asyncio.sleep(1.0)
                continue
            return clock


def _recover(store: SqliteStore) -> Recovery:
    recovery = replay(store.read_journal())
    if recovery.rows:
        log.info("recovered %d inputs in %.2f s", recovery.rows, recovery.seconds)
    if recovery.differs_at is not None:
        log.warning("the journal was written by a version that decided otherwise at input %d", recovery.differs_at)
    return recovery


def _settings(config: Config, rate: float, exchange: bool) -> Settings:
    """The engine's settings; against an exchange clock, what is measured in wall time is scaled to its rate."""
    settings = to_settings(config, int(WALL_LATENCY_S * rate * SECOND_NS) if exchange else 0)
    if not exchange:
        return settings
    # A stepped exchange has no rate: its account can't age by itself.
    age_ns = int(30 * rate * SECOND_NS) if rate else 7 * 24 * 3600 * SECOND_NS
    return replace(settings, account_max_age_ns=max(settings.account_max_age_ns, age_ns))
