"""SystemService: the daemon itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from decimal import Decimal

from fluxhero.v1 import access_pb2, common_pb2, system_pb2, system_pb2_grpc
from fluxherod.rpc.access import Peer, calling
from fluxherod.rpc.alerts import Alerts
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.events import Events
from fluxherod.rpc.info import DaemonInfo
from fluxherod.rpc.live import Live
from fluxherod.rpc.reload import Reloader, flat, reloadable
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
    """Status, configuration, alerts and the journal."""

    def __init__(
        self,
        live: Live,
        status: StatusReader,
        info: DaemonInfo,
        streams: Streams,
        alerts: Alerts,
        events: Events,
        asker: Asker,
        reloader: Reloader,
    ) -> None:
        self._live = live
        self._status = status
        self._info = info
        self._streams = streams
        self._alerts = alerts
        self._events = events
        self._asker = asker
        self._reloader = reloader
        self._defaults = dict(flat(type(info.config)().model_dump()))

    async def GetStatus(self, request: system_pb2.GetStatusRequest, context: Context) -> system_pb2.GetStatusResponse:
        """The status; answers while everything else is not ready."""
        return system_pb2.GetStatusResponse(status=await self._status.read(), caller=_caller(calling()))

    async def GetConfig(self, request: system_pb2.GetConfigRequest, context: Context) -> system_pb2.GetConfigResponse:
        """Each key with its value and origin; of a secret only whether it is set."""
        keys = [key for key in self._reloader.values if key.startswith(request.prefix)]
        return system_pb2.GetConfigResponse(entries=self._entries(keys))

    async def ReloadConfig(
        self, request: system_pb2.ReloadConfigRequest, context: Context
    ) -> system_pb2.ReloadConfigResponse:
        """Read the configuration again, and put in force what needs no restart."""
        caller = self._asker.caller("ReloadConfig", request.request_id)
        async with asyncio.timeout(context.time_remaining()):
            done = await self._reloader.reload(caller, frozenset(request.reset_keys))
        return system_pb2.ReloadConfigResponse(changed=self._entries(done.changed), restart_needed=done.waiting)

    def _entries(self, keys: Iterable[str]) -> list[system_pb2.ConfigEntry]:
        values = self._reloader.in_force()
        changed = runtime_values(self._live.engine, values.keys()) if self._live.started else {}
        return [self._entry(key, _toml(values[key]), _toml(self._defaults[key]), key in changed) for key in keys]

    def _entry(self, key: str, value: str, default: str, changed: bool) -> system_pb2.ConfigEntry:
        origin = self._reloader.origins.get(key)
        secret = key in self._info.config.secret_keys
        if secret and value != default:
            value = _toml("***")
        layer = "runtime" if changed else origin.layer if origin is not None else "default"
        # Some defaults follow from the mode: a value that nobody gave is its own default.
        default = value if layer == "default" else default
        return system_pb2.ConfigEntry(
            key=key,
            value=value,
            origin=_ORIGINS[layer],
            secret=secret,
            reloadable=reloadable(key),
            default_value=default,
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

    def WatchEvents(self, request: system_pb2.WatchEventsRequest, context: Context) -> Messages:
        """The journal, from any number on."""
        return self._events.watch(request)


def _caller(peer: Peer) -> system_pb2.Caller:
    role = access_pb2.Role.Name(peer.role)
    return system_pb2.Caller(name=peer.name, role=role, expires_at=peer.expires)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(str(value), ensure_ascii=False)
