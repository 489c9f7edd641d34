"""The daemon itself: status, configuration, alerts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fluxhero.v1 import system_pb2 as api
from fluxhero_client.transport import Transport, new_request_id
from fluxhero_client.values import timestamp


class SystemCalls:
    """SystemService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def status(self) -> api.Status:
        """The daemon's status; it answers from the first second on."""
        method = "SystemService/GetStatus"
        return (await self._transport.unary(method, api.GetStatusRequest(), api.GetStatusResponse)).status

    async def caller(self) -> api.Caller:
        """Who the daemon takes this client for, and what it may do."""
        method = "SystemService/GetStatus"
        return (await self._transport.unary(method, api.GetStatusRequest(), api.GetStatusResponse)).caller

    async def config(self, prefix: str = "") -> list[api.ConfigEntry]:
        """Every key of the configuration that starts with `prefix`, with its value and where that comes from."""
        request = api.GetConfigRequest(prefix=prefix)
        answer = await self._transport.unary("SystemService/GetConfig", request, api.GetConfigResponse)
        return list(answer.entries)

    async def reload_config(
        self, *, reset_keys: Iterable[str] = (), request_id: str | None = None
    ) -> api.ReloadConfigResponse:
        """Read the configuration file again and apply what can change without a restart."""
        request = api.ReloadConfigRequest(request_id=new_request_id(request_id), reset_keys=reset_keys)
        return await self._transport.unary("SystemService/ReloadConfig", request, api.ReloadConfigResponse)

    async def alerts(
        self,
        *,
        min_severity: api.AlertSeverity = api.ALERT_SEVERITY_UNSPECIFIED,
        codes: Iterable[str] = (),
        symbols: Iterable[str] = (),
        acknowledged: bool | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = 100,
    ) -> list[api.Alert]:
        """Alerts last raised in [start, end), newest first."""
        request = api.ListAlertsRequest(
            min_severity=min_severity,
            codes=codes,
            symbols=symbols,
            acknowledged=acknowledged,
            start_time=timestamp(start),
            end_time=timestamp(end),
        )
        return await self._transport.pages(
            "SystemService/ListAlerts", request, api.ListAlertsResponse, lambda page: page.alerts, limit
        )

    async def acknowledge_alert(
        self, alert_id: str, *, note: str = "", request_id: str | None = None
    ) -> api.AcknowledgeAlertResponse:
        """Say that a person has seen an alert."""
        request = api.AcknowledgeAlertRequest(request_id=new_request_id(request_id), alert_id=alert_id, note=note)
        return await self._transport.unary("SystemService/AcknowledgeAlert", request, api.AcknowledgeAlertResponse)
