"""Puts the HTTP server of a daemon together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from fluxhero.v1 import system_pb2
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.info import DaemonInfo
from fluxherod.rpc.metrics import Metrics
from fluxherod.rpc.server import SERVICE_NAMES, RpcServer
from fluxherod.rpc.web.assets import about, load_assets
from fluxherod.rpc.web.bridge import Bridge, Scope, peer_of
from fluxherod.rpc.web.context import WebContext
from fluxherod.rpc.web.frames import Malformed, Mode, metadata_of
from fluxherod.rpc.web.http import HttpSection, HttpServer
from fluxherod.rpc.web.site import Pages

# Whoever may call this may scrape.
SCRAPE_AS = "/fluxhero.v1.SystemService/GetStatus"


def make_http(server: RpcServer, info: DaemonInfo, metrics: Metrics, config: HttpSection, webui: Path) -> HttpServer:
    """A server of the calls that `server` answers, of the files in `webui` and of what `metrics` counts."""
    bridge = Bridge(server.door.handlers, config.max_request_bytes, server.door.knows)
    assets = load_assets(webui) or about(info.version, info.config.daemon.mode, info.config.grpc.listen, SERVICE_NAMES)
    pages = Pages(
        assets,
        lambda: _health(server),
        metrics.text,
        lambda scope: _may_scrape(server, scope),
        open_here=config.metrics == "local",
    )
    server.door.hold_at_most(config.max_connections // 4)  # each holds a connection, too
    http = HttpServer(config, bridge, pages, info.config.storage.state_dir, server.certificate_hosts)
    metrics.know(server.door.handlers)
    metrics.watch(_HttpCollector(http, bridge))
    server.door.observe = metrics.called
    return http


def _health(server: RpcServer) -> tuple[bool, Mapping[str, Any]]:
    status = server.status.health()
    state = system_pb2.TradingState.Name(status.state).removeprefix("TRADING_STATE_")
    parts = {part.name: part.ready for part in status.parts}
    return server.serving, {"serving": server.serving, "state": state, "version": status.version, "parts": parts}


async def _may_scrape(server: RpcServer, scope: Scope) -> str:
    """Why a caller may not scrape; empty when it may."""
    try:
        context = WebContext(peer_of(scope), metadata_of(scope["headers"]), Mode.BINARY, _nowhere, _nothing, None)
        server.door.admit(SCRAPE_AS, context)
    except Refused as refused:
        await server.door.hold(refused)
        return refused.text
    except Malformed as malformed:
        return str(malformed)
    return ""


async def _nowhere(message: dict[str, Any]) -> None:
    raise AssertionError("nothing is sent by a caller's context that only says who calls")


def _nothing(message: Message) -> bytes:
    raise AssertionError("nothing is answered by a caller's context that only says who calls")


class _HttpCollector(Collector):
    def __init__(self, http: HttpServer, bridge: Bridge) -> None:
        self._http = http
        self._bridge = bridge

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> list[Any]:
        refused = "HTTP connections that were closed because there were too many."
        return [
            GaugeMetricFamily("fluxhero_http_connections", "Open HTTP connections.", value=self._http.connections),
            GaugeMetricFamily("fluxhero_http_calls", "Calls under way over HTTP.", value=self._bridge.calls),
            CounterMetricFamily("fluxhero_http_connections_refused", refused, value=self._http.refused),
        ]
