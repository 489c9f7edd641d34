"""Strategies: where they may trade, their parameters, and what they have earned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from google.protobuf.field_mask_pb2 import FieldMask

from fluxhero.v1 import strategy_pb2 as api
from fluxhero_client.transport import Transport, new_request_id
from fluxhero_client.values import timestamp


class StrategyCalls:
    """StrategyService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(self, *, limit: int | None = None) -> list[api.Strategy]:
        """The strategies with their parameters."""
        return await self._transport.pages(
            "StrategyService/ListStrategies",
            api.ListStrategiesRequest(),
            api.ListStrategiesResponse,
            lambda page: page.strategies,
            limit,
        )

    async def performance(
        self, *, symbols: Iterable[str] = (), start: datetime | None = None, end: datetime | None = None
    ) -> api.GetPerformanceResponse:
        """What each mode has earned with trades that closed in [start, end)."""
        request = api.GetPerformanceRequest(symbols=symbols, start_time=timestamp(start), end_time=timestamp(end))
        return await self._transport.unary("StrategyService/GetPerformance", request, api.GetPerformanceResponse)

    async def enable(self, symbol: str, *, request_id: str | None = None) -> api.Strategy:
        """Let a symbol be entered again."""
        request = api.EnableSymbolRequest(request_id=new_request_id(request_id), symbol=symbol)
        answer = await self._transport.unary("StrategyService/EnableSymbol", request, api.EnableSymbolResponse)
        return answer.strategy

    async def disable(self, symbol: str, *, reason: str = "", request_id: str | None = None) -> api.Strategy:
        """Take no new risk in a symbol; an open position is managed as before."""
        request = api.DisableSymbolRequest(request_id=new_request_id(request_id), symbol=symbol, reason=reason)
        answer = await self._transport.unary("StrategyService/DisableSymbol", request, api.DisableSymbolResponse)
        return answer.strategy

    async def update(
        self, parameters: api.StrategyParameters, *, reason: str, revision: str = "", request_id: str | None = None
    ) -> api.Strategy:
        """Change the parameters that are set in `parameters`, and no others, if they are at `revision` still."""
        request = api.UpdateParametersRequest(
            request_id=new_request_id(request_id),
            parameters=parameters,
            update_mask=FieldMask(paths=[field.name for field, _ in parameters.ListFields()]),
            revision=revision,
            reason=reason,
        )
        answer = await self._transport.unary("StrategyService/UpdateParameters", request, api.UpdateParametersResponse)
        return answer.strategy
