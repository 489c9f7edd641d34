"""The composition root: the only file that knows every part. Builds the daemon, runs it, takes it down."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fluxherod import __version__, connections
from fluxherod.adapters.alpaca.clock import ExchangeClock, WallClock
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.watchdog import WALL_LATENCY_S
from fluxherod.adapters.channels import Channels
from fluxherod.adapters.mirror import MirrorFile
from fluxherod.adapters.sqlite import StorageError
from fluxherod.adapters.sqlite.reader import TableReader
from fluxherod.adapters.sqlite.writer import SqliteStore
from fluxherod.adapters.table_file import parquet
from fluxherod.configuration.config import Config, to_settings
from fluxherod.connections import Edges, connect_rest, make_feeds
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.kernel import warm_up
from fluxherod.engine.effects import Severity
from fluxherod.engine.events import ArchiveReported, Event, Started, Stopping
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings
from fluxherod.engine.streams.hub import Hub, Ring
from fluxherod.failpoints import reach
from fluxherod.failures import JournalFailed, last_alert, reason_of
from fluxherod.jobs.manager import Manager, Surroundings
from fluxherod.narrate import Narrator
from fluxherod.persistence.archivist import Archivist
from fluxherod.persistence.past import Past
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import DATABASE, Recovery, recover_folder
from fluxherod.rpc.convert import encode_update
from fluxherod.rpc.server import DaemonInfo, RpcServer
from fluxherod.service import garbage
from fluxherod.service.hangups import Hangups
from fluxherod.service.health import Health
from fluxherod.service.manager import Service, known_account, reconciled
from fluxherod.service.notify import Notifier, take_notifier
from fluxherod.service.reconfigure import Reconfigure, limits_of
from fluxherod.service.status_line import StatusLine
from fluxherod.service.stop import Stop
from fluxherod.service.storage_watch import StorageWatch
from fluxherod.service.vitals import Vitals
from fluxherod.trading_clock import look_at_the_time, trading_clock

if TYPE_CHECKING:
    from fluxherod.rpc.metrics import Metrics
    from fluxherod.rpc.web.http import HttpServer

log = logging.getLogger(__name__)

# A simulated exchange skips its nights and stands between steps: its account is not old because of that.
EXCHANGE_ACCOUNT_AGE_NS = 7 * 24 * 3600 * SECOND_NS
DRAIN_S, FAILED_DRAIN_S = 2.5, 2.0
WEBUI = Path(__file__).with_name("webui")  # the built dashboard
SLOW_START_S = 600.0  # what the service manager is asked for where nothing can say meanwhile that it gets on


def run(config: Config, credentials: Credentials, *, reloads: bool = True) -> int:
    """Run the daemon until SIGTERM or SIGINT, and ignore those afterwards; return the process's exit code.

    A SIGHUP reads the configuration again, or ends the daemon, too, where it never `reloads`.

    Raises:
        FluxHeroError: when it can't start, or can't go on (the journal can't be written).
    """
    stop = Stop(reloads=reloads)
    try:
        stop.interrupt()
        notifier = take_notifier(os.environ)
        notifier.still_starting("compiling the strategy", SLOW_START_S)
        warm_up()
        with ExitStack() as stack:
            notifier.still_starting("opening the journal", SLOW_START_S)
            store = _open(config)
            stack.callback(store.close)
            stack.callback(notifier.still_stopping, "stopping: the journal is being closed")
            reach("start.opened")
            recovery = _recover(config, notifier)
            reach("start.recovered")
            asyncio.run(_run(config, credentials, store, recovery, notifier, stop))
        reach("shutdown.closed")
    except KeyboardInterrupt:
        log.debug("stopped before the event loop ran")
    except Exception as error:
        if (reason := reason_of(error)) is error:
            raise
        raise reason from error
    finally:
        stop.ignore()
    log.info("stopped: %s", stop.reason)
    return 0


async def _run(
    config: Config, credentials: Credentials, store: SqliteStore, recovery: Recovery, notifier: Notifier, stop: Stop
) -> None:
    stop.listen()
    async with AsyncExitStack() as stack:
        parts = await stop.unless_asked(_build(config, credentials, store, recovery, notifier, stack))
        if parts is not None:
            stack.push_async_callback(parts.stop, "the daemon has ended", 0.0)
            try:
                await _serve(parts, config, notifier, stop)
            except Exception as error:
                reason = reason_of(error)
                notifier.stopping(f"failed: {reason}")
                parts.channels.announce(last_alert(reason))
                await parts.server.drain(str(reason))
                await parts.server.stop(FAILED_DRAIN_S)
                raise reason from error


async def _serve(parts: Parts, config: Config, notifier: Notifier, stop: Stop) -> None:
    """Run all parts until the daemon is told to stop, or until one of them fails."""
    runner, server = parts.runner, parts.server
    before = known_account(runner.engine)
    runner.post(parts.started)
    # Before anything is sent: a taken port must not end a daemon that has begun to trade.
    port = await server.start()
    web = await parts.http.start() if parts.http is not None else None
    reach("start.listening")
    line = StatusLine(config.daemon.mode, runner, parts.market, server.status.detail)
    service = Service(notifier, line, Vitals(runner))
    async with asyncio.TaskGroup() as tasks:
        edges = [tasks.create_task(edge(), name=name) for name, edge in parts.edges.items()]
        running = tasks.create_task(runner.run(), name="runner")
        garbage.spare()
        log.info("%s, serving gRPC on port %d and %s", _introduction(parts, config), port, config.grpc.unix_socket)
        if web is not None:
            log.info("serving HTTP on port %d", web)
        edges.append(tasks.create_task(_as_a_service(parts, service, notifier, before, stop), name="service"))
        reason = await stop.wait(running)
        log.info("stopping: %s", reason)
        held = len(runner.engine.ledger.positions) if runner.engine.run else 0
        service.stopping(f"{reason}; the stops of {held} open positions, and the journal")
        reach("shutdown.told")
        await server.drain(reason)
        runner.post(Stopping(reason))
        await running
        reach("shutdown.drained")
        service.stopping("calls under way end")
        await parts.stop(reason, DRAIN_S)
        for edge in edges:
            edge.cancel()


async def _as_a_service(parts: Parts, service: Service, notifier: Notifier, before: object, stop: Stop) -> None:
    """Tell that the daemon is ready once it has reconciled, or can't; then how it is, and do what SIGHUP asks for."""
    notifier.still_starting("waiting for the first reconciliation with the broker")
    await reconciled(parts.runner.engine, before)
    service.ready()
    reach("start.ready")
    hangups = Hangups(service, parts.server, parts.http, parts.runner)
    await asyncio.gather(service.run(), hangups.run(stop.reload))


def _introduction(parts: Parts, config: Config) -> str:
    started = parts.started
    symbols = ", ".join(parts.runner.engine.universe.overrides.over(started.settings).symbols) or "no symbol"
    return f"fluxherod {started.version} ({config.daemon.mode}, run {started.run}) follows {symbols}"


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs: the edges, the runner and the servers, and the event that starts the engine."""

    edges: Edges
    runner: Runner
    server: RpcServer
    http: HttpServer | None
    started: Started
    channels: Channels
    market: MarketStream

    async def stop(self, reason: str, grace_s: float) -> None:
        """End all calls, those that still run after the grace with the reason."""
        ending = [self.server.stop(grace_s)]
        if self.http is not None:
            ending.append(self.http.stop(reason, grace_s))
        await asyncio.gather(*ending)


async def _build(
    config: Config,
    credentials: Credentials,
    store: SqliteStore,
    recovery: Recovery,
    notifier: Notifier,
    stack: AsyncExitStack,
) -> Parts:
    """Make every part, each after what it needs; the stack closes them in reverse."""
    clock = await _clock(config, notifier, stack)
    settings = _settings(config, clock)
    look_at_the_time(clock, recovery.last_ns)

    def post(event: Event) -> None:
        runner.post(event)  # which is made from its edges: what they post before that could only be about nothing

    reader = await TableReader.open(store.path, lambda fault: post(ArchiveReported(lost=fault)))
    await stack.enter_async_context(reader)
    rest = connect_rest(config, credentials, clock, post, stack)
    hub = Hub(encode_update, seq=recovery.last_seq, ring=_ring(recovery, settings))
    channels = _channels(config, hub, recovery, clock, post)
    stack.callback(channels.close)
    mirror = MirrorFile(config.storage.state_dir)
    storage = StorageWatch(channels, clock.now_ns)
    metrics = _metrics(config)
    runner = Runner(
        recovery.engine,
        clock,
        metrics.timed_store(store, time.perf_counter) if metrics is not None else store,
        metrics.timed_broker(rest.broker, recovery.engine, clock) if metrics is not None else rest.broker,
        rest.market_data,
        Narrator(channels, dated=isinstance(clock, ExchangeClock)),
        recovery.last_seq,
        on_fault=_log_fault,
        follow=lambda symbols: feeds.market.follow(symbols),
        mirror=mirror,
        on_storage=storage.told,
    )
    runner.last_event_ns = recovery.last_ns
    hub.urgent = lambda: runner.urgent
    symbols = recovery.engine.universe.overrides.over(settings).symbols  # with what operators changed before
    feeds = make_feeds(config, credentials, symbols, clock, runner.post)
    past = Past(config.storage.state_dir)
    again = Reconfigure(config, lambda config: _settings(config, clock), channels)
    backtests = await _backtests(config, rest.market_data, clock)
    info = DaemonInfo(config, __version__, store.epoch, feeds.market, feeds.trades, past, again, parquet, backtests)
    server = RpcServer(recovery.engine, runner, hub, reader, info)
    http = None
    if metrics is not None:
        metrics.watch_daemon(recovery.engine, runner, hub, info)
        http = _http(config, server, info, metrics)
    edges: Edges = {
        **connections.edges(feeds, rest.market_data, clock, runner),
        "alert channels": channels.run,
        "archive": Archivist(store, config.storage.keep_days, runner, recovery.snapshot_seq, post).run,
        "backtests": backtests.run,
        "garbage": lambda: garbage.collect(lambda: runner.urgent),
        "status watch": server.status_watch.run,
        "health": Health(recovery.engine, server, hub).run,
        "storage watch": lambda: storage.run(server),
    }
    code = provenance().fingerprint
    started = Started(store.epoch, store.run, __version__, settings, *mirror.read(), mirror_read=True, code=code)
    return Parts(edges, runner, server, http, started, channels, feeds.market)


async def _clock(config: Config, notifier: Notifier, stack: AsyncExitStack) -> WallClock | ExchangeClock:
    clock = await trading_clock(config, notifier.still_starting)
    if isinstance(clock, ExchangeClock):
        stack.push_async_callback(clock.aclose)
    return clock


def _metrics(config: Config) -> Metrics | None:
    """What counts for a scrape; nothing where nobody can scrape."""
    if not config.http.listen:
        return None
    from fluxherod.rpc.metrics import Metrics  # it takes a while to load, and so does what serves it

    return Metrics()


def _http(config: Config, server: RpcServer, info: DaemonInfo, metrics: Metrics) -> HttpServer:
    from fluxherod.rpc.web.serving import make_http

    return make_http(server, info, metrics, config.http, WEBUI)


def _ring(recovery: Recovery, settings: Settings) -> Ring:
    """What subscribers of earlier processes may resume: nothing that this version, or configuration, says otherwise."""
    same = recovery.differs_at is None and recovery.ring.fits(settings.timeframe)
    return recovery.ring if same else Ring(recovery.last_seq)


def _log_fault(text: str, fault: Exception) -> None:
    log.error("%s", text, exc_info=fault)


def _settings(config: Config, clock: WallClock | ExchangeClock) -> Settings:
    """The engine's settings; what is measured in wall time is scaled to an exchange clock's rate."""
    if isinstance(clock, WallClock):
        return to_settings(config, 0)
    settings = to_settings(config, int(WALL_LATENCY_S * clock.rate * SECOND_NS))
    return replace(settings, account_max_age_ns=EXCHANGE_ACCOUNT_AGE_NS)


def _open(config: Config) -> SqliteStore:
    try:
        return SqliteStore.open(config.storage.state_dir / DATABASE, code_version=__version__)
    except StorageError as error:
        raise JournalFailed(f"the journal can't be opened: {error}") from error


def _recover(config: Config, notifier: Notifier) -> Recovery:
    notifier.still_starting("recovering", SLOW_START_S)
    try:
        return recover_folder(config.storage.state_dir, notifier.still_starting)
    except (sqlite3.Error, StorageError) as error:
        raise JournalFailed(f"the journal can't be read: {error}") from error


async def _backtests(config: Config, market_data: AlpacaMarketData, clock: WallClock | ExchangeClock) -> Manager:
    """What runs backtests, in processes that get bars of the past from here and nothing else."""
    storage, alpaca = config.storage, config.alpaca
    around = Surroundings(
        storage.state_dir, storage.cache_dir, alpaca.feed, alpaca.data_url, config.market.history_bars
    )
    manager = Manager(config.research, around, market_data.research, clock.now_ns)
    await manager.open()
    return manager


def _channels(
    config: Config, hub: Hub, recovery: Recovery, clock: WallClock | ExchangeClock, post: Callable[[Event], None]
) -> Channels:
    """Where alerts go besides the API and the log; with no URLs nowhere. What an earlier process has sent counts."""
    alerts, limits, now_ns = config.alerts, limits_of(config.alerts), clock.now_ns()
    for alert, at_ns in recovery.engine.alerts.told:
        ago_s = max(0, now_ns - at_ns) / SECOND_NS
        limits.remember(alert, time.monotonic() - (ago_s / clock.rate if clock.rate else 0.0))
    return Channels(hub, alerts.urls, limits, Severity(alerts.min_severity), config.daemon.mode, post)
