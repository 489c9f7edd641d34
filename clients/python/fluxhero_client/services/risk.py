"""The risk engine: limits, circuit breaker, kill switch."""

from __future__ import annotations

from google.protobuf.field_mask_pb2 import FieldMask

from fluxhero.v1 import risk_pb2 as api
from fluxhero_client.transport import Transport, new_request_id


class RiskCalls:
    """RiskService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self) -> api.Risk:
        """Limits, what is used of them, breaker and kill switch now."""
        return (await self._transport.unary("RiskService/GetRisk", api.GetRiskRequest(), api.GetRiskResponse)).risk

    async def report(self) -> api.RiskReport:
        """Drawdown, exposure, risk deployed, worst case, correlations."""
        request = api.GetRiskReportRequest()
        return (await self._transport.unary("RiskService/GetRiskReport", request, api.GetRiskReportResponse)).report

    async def update_limits(
        self, limits: api.RiskLimits, *, reason: str, revision: str = "", request_id: str | None = None
    ) -> api.UpdateLimitsResponse:
        """Change the limits that are set in `limits`, and no others."""
        changed = FieldMask(paths=[field.name for field, _ in limits.ListFields()])
        request = api.UpdateLimitsRequest(
            request_id=new_request_id(request_id), limits=limits, update_mask=changed, revision=revision, reason=reason
        )
        return await self._transport.unary("RiskService/UpdateLimits", request, api.UpdateLimitsResponse)

    async def halt(self, reason: str, *, request_id: str | None = None) -> api.HaltResponse:
        """Kill switch: working entries are cancelled, stops stay, no new risk until `resume`."""
        request = api.HaltRequest(request_id=new_request_id(request_id), reason=reason)
        return await self._transport.unary("RiskService/Halt", request, api.HaltResponse)

    async def resume(self, reason: str, *, request_id: str | None = None) -> api.ResumeResponse:
        """End a halt."""
        request = api.ResumeRequest(request_id=new_request_id(request_id), reason=reason)
        return await self._transport.unary("RiskService/Resume", request, api.ResumeResponse)

    async def flatten(
        self, reason: str, *, include_foreign: bool = False, request_id: str | None = None
    ) -> api.FlattenResponse:
        """Halt, cancel all orders and close all positions of ours at the market."""
        request = api.FlattenRequest(
            request_id=new_request_id(request_id), reason=reason, include_foreign=include_foreign
        )
        return await self._transport.unary("RiskService/Flatten", request, api.FlattenResponse)

    async def reset_breaker(
        self,
        reason: str,
        *,
        target: api.BreakerState = api.BREAKER_STATE_UNSPECIFIED,
        request_id: str | None = None,
    ) -> api.ResetBreakerResponse:
        """End what the circuit breaker or the daily loss has latched."""
        request = api.ResetBreakerRequest(request_id=new_request_id(request_id), reason=reason, target=target)
        return await self._transport.unary("RiskService/ResetBreaker", request, api.ResetBreakerResponse)
