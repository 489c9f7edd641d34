"""The gRPC server: every service, health and reflection, on a TCP port and a Unix socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

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
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import TokensFailed
from fluxherod.engine.runner import Runner
from fluxherod.engine.streams.hub import Hub
from fluxherod.rpc.access import Gate
from fluxherod.rpc.account import AccountService
from fluxherod.rpc.alerts import Alerts
from fluxherod.rpc.backtest import BacktestService
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.door import Door
from fluxherod.rpc.events import Events
from fluxherod.rpc.info import DaemonInfo, GrpcSection
from fluxherod.rpc.live import Live
from fluxherod.rpc.market import MarketService
from fluxherod.rpc.order import OrderService
from fluxherod.rpc.position import PositionService
from fluxherod.rpc.reload import Reloader
from fluxherod.rpc.risk import RiskService
from fluxherod.rpc.signal import SignalService
from fluxherod.rpc.snapshots import Snapshots
from fluxherod.rpc.sockets import ListenError, listen_tcp, listen_unix
from fluxherod.rpc.status import StatusReader
from fluxherod.rpc.status_watch import StatusWatch
from fluxherod.rpc.strategy import StrategyService
from fluxherod.rpc.stream import Encoder, Streams, StreamService
from fluxherod.rpc.system import SystemService
from fluxherod.rpc.tables import Tables
from fluxherod.rpc.tls import Keeper, own_hosts, server_credentials, server_keeper
from fluxherod.rpc.today import Today
from fluxherod.rpc.tokens import TokenBook, TokenFile
from fluxherod.rpc.trade import TradeService

__all__ = ["DaemonInfo", "RpcServer"]

log = logging.getLogger(__name__)

MAX_ANSWER_BYTES = 16 * 1024 * 1024
OPTIONS = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_send_message_length", MAX_ANSWER_BYTES),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
)
_NAMES = "System Market Account Position Order Signal Strategy Risk Trade Backtest Stream"
SERVICE_NAMES = tuple(f"fluxhero.v1.{name}Service" for name in _NAMES.split())


def _limits(settings: GrpcSection) -> Iterator[tuple[str, int]]:
    yield "grpc.max_receive_message_length", settings.max_request_bytes
    yield "grpc.max_concurrent_streams", settings.max_concurrent_streams
    yield "grpc.max_allowed_incoming_connections", settings.max_connections


class RpcServer:
    """Serves one engine; takes over how the hub encodes updates.

    `listen` and `unix_socket` override the configuration's; an empty path means no socket.
    """

    def __init__(
        self,
        engine: Engine,
        runner: Runner,
        hub: Hub,
        tables: Tables,
        info: DaemonInfo,
        *,
        listen: str | None = None,
        unix_socket: Path | None = None,
    ) -> None:
        self.port = 0
        self.serving = False
        self.keeper: Keeper[grpc.ServerCertificateConfiguration] | None = None  # of the certificate of TCP
        self._listen = info.config.grpc.listen if listen is None else listen
        self._socket = info.config.grpc.unix_socket if unix_socket is None else unix_socket
        self._hub = hub
        settings = info.config.grpc
        self._settings = settings
        self._folder = info.config.storage.state_dir
        self._hosts = info.config.certificate_hosts
        self.certificate_hosts = own_hosts(settings, self._listen) if settings.tls == "self" else ()
        tokens = TokenFile(self._folder)
        self._tokens = tokens
        self.gate = Gate(settings, TokenBook(tokens))
        self.gate.audit.alarm = lambda text: runner.post(TokensFailed(text))
        self.door = Door(self.gate, settings.longest_call_s)
        live = Live(engine, runner)
        status = self.status = StatusReader(live, hub, info, Today(live, hub, tables))
        self.status_watch = StatusWatch(status, hub)
        snapshots = Snapshots(live, status, tables)
        streams = Streams(live, hub, snapshots, self.status_watch, lambda: self.door.closing)
        hub.encode = Encoder(live, self.status_watch)
        self._health = health.aio.HealthServicer()
        self._server = grpc.aio.server(options=(*OPTIONS, *_limits(settings)))
        self._server.add_generic_rpc_handlers((self.door,))
        self._add_services(live, status, streams, tables, info)

    def _add_services(
        self, live: Live, status: StatusReader, streams: Streams, tables: Tables, info: DaemonInfo
    ) -> None:
        server: Any = self.door  # it takes services as a server does
        asker = Asker(live)
        events = Events(live, self._hub, tables, streams)
        self.reloader = Reloader(live, info.config, info.reconfiguration)
        system = SystemService(live, status, info, streams, Alerts(tables, asker), events, asker, self.reloader)
        system_pb2_grpc.add_SystemServiceServicer_to_server(system, server)
        market_pb2_grpc.add_MarketServiceServicer_to_server(MarketService(live, streams, asker), server)
        account_pb2_grpc.add_AccountServiceServicer_to_server(AccountService(live, tables, streams), server)
        position_pb2_grpc.add_PositionServiceServicer_to_server(PositionService(live, asker, streams), server)
        order_pb2_grpc.add_OrderServiceServicer_to_server(OrderService(live, tables, asker, streams), server)
        signal_pb2_grpc.add_SignalServiceServicer_to_server(SignalService(live, tables, streams, info.past), server)
        risk_pb2_grpc.add_RiskServiceServicer_to_server(RiskService(live, asker, streams), server)
        trade_pb2_grpc.add_TradeServiceServicer_to_server(TradeService(live, tables, info.parquet), server)
        stream_pb2_grpc.add_StreamServiceServicer_to_server(StreamService(streams), server)
        strategy_pb2_grpc.add_StrategyServiceServicer_to_server(StrategyService(live, tables, asker), server)
        backtests = BacktestService(live, info.backtests, lambda: self.door.closing)
        backtest_pb2_grpc.add_BacktestServiceServicer_to_server(backtests, server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        names = (*SERVICE_NAMES, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(reflection.aio.ReflectionServicer(names), server)

    async def start(self) -> int:
        """Listen and answer; health is NOT_SERVING until `set_serving(True)`.

        Returns:
            The TCP port.

        Raises:
            ListenError: when an address can't be listened on.
            ConfigurationError: when the TLS files are not what they should be.
        """
        await self.set_serving(False)
        await asyncio.to_thread(self._prepare_tokens)
        self.gate.look_at_tokens()
        if self._socket != Path():
            listen_unix(self._server, self._socket, self._settings.unix_group)
        if self._listen:
            credentials = await asyncio.to_thread(self._credentials)
            self.port = listen_tcp(self._server, self._listen, credentials)
        await self._server.start()
        return self.port

    def _credentials(self) -> grpc.ServerCredentials | None:
        keeper = self.keeper = server_keeper(self._settings, self._listen, self._folder, self._hosts)
        return server_credentials(self._settings, keeper) if keeper is not None else None

    def _prepare_tokens(self) -> None:
        try:
            if self._tokens.make_first(datetime.now(UTC)):
                log.info("the first start: read.token, trade.token and admin.token are in %s", self._folder)
        except OSError as error:
            raise ListenError(
                f"tokens can't be kept in {self._folder} (storage.state_dir): {error.strerror}"
            ) from error

    async def set_serving(self, serving: bool) -> None:
        """Say by the health service whether the daemon does its work."""
        self.serving = serving
        statuses = health_pb2.HealthCheckResponse
        for name in ("", *SERVICE_NAMES):
            await self._health.set(name, statuses.SERVING if serving else statuses.NOT_SERVING)

    async def drain(self, reason: str) -> None:
        """Refuse new calls and end all streams with UNAVAILABLE and the reason; calls under way go on."""
        self.door.closing, self.serving = reason, False
        await self._health.enter_graceful_shutdown()
        self._hub.drain(reason)

    async def stop(self, grace_s: float) -> None:
        """Stop listening; what still runs after the grace is cancelled."""
        await self._server.stop(grace_s)
