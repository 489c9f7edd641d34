"""Open positions."""

from __future__ import annotations

from collections.abc import Iterable

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import position_pb2 as api
from fluxhero_client.transport import Transport, new_request_id


class PositionCalls:
    """PositionService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(
        self,
        *,
        symbols: Iterable[str] = (),
        modes: Iterable[common.StrategyMode] = (),
        side: common.PositionSide = common.POSITION_SIDE_UNSPECIFIED,
        foreign: bool | None = None,
        limit: int | None = None,
    ) -> list[api.Position]:
        """Open positions, newest first."""
        request = api.ListPositionsRequest(symbols=symbols, modes=modes, side=side, foreign=foreign)
        return await self._transport.pages(
            "PositionService/ListPositions", request, api.ListPositionsResponse, lambda page: page.positions, limit
        )

    async def get(self, symbol: str) -> api.Position:
        """The open position in a symbol."""
        request = api.GetPositionRequest(symbol=symbol)
        return (await self._transport.unary("PositionService/GetPosition", request, api.GetPositionResponse)).position

    async def close(self, symbol: str, *, reason: str = "", request_id: str | None = None) -> api.ClosePositionResponse:
        """Close a position at the market; the answer says that closing has begun."""
        request = api.ClosePositionRequest(request_id=new_request_id(request_id), symbol=symbol, reason=reason)
        return await self._transport.unary("PositionService/ClosePosition", request, api.ClosePositionResponse)

    async def close_all(self, *, reason: str = "", request_id: str | None = None) -> api.CloseAllPositionsResponse:
        """Close all positions of ours at the market."""
        request = api.CloseAllPositionsRequest(request_id=new_request_id(request_id), reason=reason)
        return await self._transport.unary("PositionService/CloseAllPositions", request, api.CloseAllPositionsResponse)
