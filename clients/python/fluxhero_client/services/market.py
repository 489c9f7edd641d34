"""Prices, bars, indicators, and the symbols that the daemon follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fluxhero.v1 import market_pb2 as api
from fluxhero_client.transport import Transport, new_request_id
from fluxhero_client.values import timestamp


class MarketCalls:
    """MarketService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def bars(
        self,
        symbol: str,
        *,
        timeframe: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = 100,
    ) -> list[api.Bar]:
        """Bars that start in [start, end), newest first; of the strategy timeframe when none is named."""
        request = api.GetBarsRequest(
            symbol=symbol, timeframe=timeframe, start_time=timestamp(start), end_time=timestamp(end)
        )
        return await self._transport.pages(
            "MarketService/GetBars", request, api.GetBarsResponse, lambda page: page.bars, limit
        )

    async def chart(self, symbol: str, *, limit: int | None = 500) -> list[tuple[api.Bar, api.Indicators]]:
        """The newest bars of the strategy timeframe with their indicators, newest first."""
        request = api.GetBarsRequest(symbol=symbol, include_indicators=True)
        return await self._transport.pages(
            "MarketService/GetBars",
            request,
            api.GetBarsResponse,
            lambda page: zip(page.bars, page.indicators, strict=True),
            limit,
        )

    async def quote(self, symbol: str) -> api.Price:
        """The newest price of a symbol."""
        request = api.GetQuoteRequest(symbol=symbol)
        return (await self._transport.unary("MarketService/GetQuote", request, api.GetQuoteResponse)).price

    async def indicators(self, symbol: str, *, time: datetime | None = None) -> api.Indicators:
        """The indicators at the last bar that was complete at `time` (now, when None)."""
        request = api.GetIndicatorsRequest(symbol=symbol, time=timestamp(time))
        answer = await self._transport.unary("MarketService/GetIndicators", request, api.GetIndicatorsResponse)
        return answer.indicators

    async def symbols(self, *, states: Iterable[api.SymbolState] = (), limit: int | None = None) -> list[api.Symbol]:
        """The symbols that are followed, in alphabetical order."""
        request = api.ListSymbolsRequest(states=states)
        return await self._transport.pages(
            "MarketService/ListSymbols", request, api.ListSymbolsResponse, lambda page: page.symbols, limit
        )

    async def add_symbol(self, symbol: str, *, request_id: str | None = None) -> api.AddSymbolResponse:
        """Follow a symbol."""
        request = api.AddSymbolRequest(request_id=new_request_id(request_id), symbol=symbol)
        return await self._transport.unary("MarketService/AddSymbol", request, api.AddSymbolResponse)

    async def remove_symbol(self, symbol: str, *, request_id: str | None = None) -> api.RemoveSymbolResponse:
        """Stop following a symbol."""
        request = api.RemoveSymbolRequest(request_id=new_request_id(request_id), symbol=symbol)
        return await self._transport.unary("MarketService/RemoveSymbol", request, api.RemoveSymbolResponse)
