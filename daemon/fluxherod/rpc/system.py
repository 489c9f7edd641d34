"""SystemService: the daemon itself."""

from __future__ import annotations

from fluxhero.v1 import common_pb2, system_pb2, system_pb2_grpc
from fluxherod.config import value_of
from fluxherod.config_layers import KEYS, allowed_values, toml
from fluxherod.rpc.calls import Context
from fluxherod.rpc.info import DaemonInfo
from fluxherod.rpc.status import StatusReader
from fluxherod.rpc.stream import Messages, Streams

_ORIGINS = {
    "default": system_pb2.CONFIG_ORIGIN_DEFAULT,
    "file": system_pb2.CONFIG_ORIGIN_FILE,
    "environment": system_pb2.CONFIG_ORIGIN_ENVIRONMENT,
    "flag": system_pb2.CONFIG_ORIGIN_FLAG,
}


class SystemService(system_pb2_grpc.SystemServiceServicer):
    """Status and configuration."""

    def __init__(self, status: StatusReader, info: DaemonInfo, streams: Streams) -> None:
        self._status = status
        self._info = info
        self._streams = streams

    async def GetStatus(self, request: system_pb2.GetStatusRequest, context: Context) -> system_pb2.GetStatusResponse:
        """The status; answers while everything else is not ready."""
        return system_pb2.GetStatusResponse(status=self._status.message())

    async def GetConfig(self, request: system_pb2.GetConfigRequest, context: Context) -> system_pb2.GetConfigResponse:
        """Each key with its value and origin. Secrets are not in the configuration."""
        keys = [key for key in KEYS if key.startswith(request.prefix)]
        return system_pb2.GetConfigResponse(entries=map(self._entry, keys))

    def _entry(self, key: str) -> system_pb2.ConfigEntry:
        origin = self._info.config.origins.get(key)
        return system_pb2.ConfigEntry(
            key=key,
            value=toml(value_of(self._info.config, key)),
            origin=_ORIGINS[origin.layer if origin is not None else "default"],
            description=f"allowed: {allowed_values(key)}",
            default_value=toml(KEYS[key].default),
        )

    def WatchStatus(self, request: system_pb2.WatchStatusRequest, context: Context) -> Messages:
        """The status as the trading state changes."""
        return self._streams.watch_one(common_pb2.TOPIC_STATUS, request)
