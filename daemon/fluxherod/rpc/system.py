"""SystemService: the daemon itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from fluxhero.v1 import common_pb2, system_pb2, system_pb2_grpc
from fluxherod.rpc.alerts import Alerts
from fluxherod.rpc.calls import Context
from fluxherod.rpc.info import DaemonInfo
from fluxherod.rpc.live import Live
from fluxherod.rpc.runtime import runtime_values
from fluxherod.rpc.status import StatusReader
from fluxherod.rpc.stream import Messages, Streams

_ORIGINS = {
    "default": system_pb2.CONFIG_ORIGIN_DEFAULT,
    "file": system_pb2.CONFIG_ORIGIN_FILE,
    "environment": system_pb2.CONFIG_ORIGIN_ENVIRONMENT,
    "flag": system_pb2.CONFIG_ORIGIN_FLAG,
    "runtime": system_pb2.CONFIG_ORIGIN_RUNTIME,
}


class SystemService(system_pb2_grpc.SystemServiceServicer):
    """Status, configuration and alerts."""

    def __init__(self, live: Live, status: StatusReader, info: DaemonInfo, streams: Streams, alerts: Alerts) -> None:
        self._live = live
        self._status = status
        self._info = info
        self._streams = streams
        self._alerts = alerts

    async def GetStatus(self, request: system_pb2.GetStatusRequest, context: Context) -> system_pb2.GetStatusResponse:
        """The status; answers while everything else is not ready."""
        return system_pb2.GetStatusResponse(status=await self._status.read())

    async def GetConfig(self, request: system_pb2.GetConfigRequest, context: Context) -> system_pb2.GetConfigResponse:
        """Each key with its value and origin; of a secret only whether it is set."""
        config = self._info.config
        values, defaults = dict(_flat(config.model_dump())), dict(_flat(type(config)().model_dump()))
        changed = runtime_values(self._live.engine, values.keys()) if self._live.started else {}
        entries = [
            self._entry(key, _toml(changed.get(key, value)), _toml(defaults[key]), key in changed)
            for key, value in values.items()
            if key.startswith(request.prefix)
        ]
        return system_pb2.GetConfigResponse(entries=entries)

    def _entry(self, key: str, value: str, default: str, changed: bool) -> system_pb2.ConfigEntry:
        origin = self._info.config.origins.get(key)
        secret = key in self._info.config.secret_keys
        if secret and value != default:
            value = _toml("***")
        layer = "runtime" if changed else origin.layer if origin is not None else "default"
        # Some defaults follow from the mode: a value that nobody gave is its own default.
        default = value if layer == "default" else default
        return system_pb2.ConfigEntry(
            key=key, value=value, origin=_ORIGINS[layer], secret=secret, default_value=default
        )

    def WatchStatus(self, request: system_pb2.WatchStatusRequest, context: Context) -> Messages:
        """The status as the trading state changes."""
        return self._streams.watch_one(common_pb2.TOPIC_STATUS, request)

    async def ListAlerts(
        self, request: system_pb2.ListAlertsRequest, context: Context
    ) -> system_pb2.ListAlertsResponse:
        """Alerts, last raised first."""
        return await self._alerts.list(request)

    async def AcknowledgeAlert(
        self, request: system_pb2.AcknowledgeAlertRequest, context: Context
    ) -> system_pb2.AcknowledgeAlertResponse:
        """A person has seen an alert."""
        return await self._alerts.acknowledge(request, context)

    def WatchAlerts(self, request: system_pb2.WatchAlertsRequest, context: Context) -> Messages:
        """Alerts as they are raised, repeated or acknowledged, after those that are open."""
        return self._streams.watch_one(common_pb2.TOPIC_ALERTS, request)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its dotted name."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(str(value), ensure_ascii=False)
