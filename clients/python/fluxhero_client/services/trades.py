"""Round trips and what they earned."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import trade_pb2 as api
from fluxhero_client.transport import Transport
from fluxhero_client.values import timestamp


class TradeCalls:
    """TradeService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(
        self,
        *,
        symbols: Iterable[str] = (),
        modes: Iterable[common.StrategyMode] = (),
        regimes: Iterable[common.Regime] = (),
        state: api.TradeState = api.TRADE_STATE_UNSPECIFIED,
        side: common.PositionSide = common.POSITION_SIDE_UNSPECIFIED,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = 100,
    ) -> list[api.Trade]:
        """Trades opened in [start, end), newest first, archived ones too."""
        request = api.ListTradesRequest(
            symbols=symbols,
            modes=modes,
            regimes=regimes,
            state=state,
            side=side,
            start_time=timestamp(start),
            end_time=timestamp(end),
        )
        return await self._transport.pages(
            "TradeService/ListTrades", request, api.ListTradesResponse, lambda page: page.trades, limit
        )

    async def get(self, trade_id: str) -> api.GetTradeResponse:
        """A trade with its signal, orders and fills."""
        request = api.GetTradeRequest(trade_id=trade_id)
        return await self._transport.unary("TradeService/GetTrade", request, api.GetTradeResponse)

    async def statistics(
        self,
        *,
        symbols: Iterable[str] = (),
        modes: Iterable[common.StrategyMode] = (),
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> api.GetStatisticsResponse:
        """Figures of the trades closed in [start, end), in all and by mode, regime and symbol."""
        request = api.GetStatisticsRequest(
            symbols=symbols, modes=modes, start_time=timestamp(start), end_time=timestamp(end)
        )
        return await self._transport.unary("TradeService/GetStatistics", request, api.GetStatisticsResponse)

    def export(
        self,
        format: api.ExportFormat,
        *,
        symbols: Iterable[str] = (),
        modes: Iterable[common.StrategyMode] = (),
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> AsyncIterator[api.ExportTradesResponse]:
        """The chunks of a file of trades; the first one names it. A broken export raises, it does not resume."""
        request = api.ExportTradesRequest(
            format=format, symbols=symbols, modes=modes, start_time=timestamp(start), end_time=timestamp(end)
        )
        return self._transport.stream("TradeService/ExportTrades", request, api.ExportTradesResponse)
