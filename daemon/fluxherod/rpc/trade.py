"""TradeService: round trips and what they earned."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from fluxhero.v1 import common_pb2, trade_pb2, trade_pb2_grpc
from fluxherod.core.calendar import new_york_day
from fluxherod.core.portfolio import Trade
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.convert import MODES, REGIMES
from fluxherod.rpc.convert_orders import fill_messages, order_message, position_side, trade_message
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.export import chunks, trade_file
from fluxherod.rpc.history import order_changes, whole_signal
from fluxherod.rpc.info import TableFile
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging, time_range
from fluxherod.rpc.performance import closed_trades, measure_of
from fluxherod.rpc.statistics import by_key
from fluxherod.rpc.tables import Tables

READ_SIZE = 1_000
_FORMATS = {
    trade_pb2.EXPORT_FORMAT_CSV: ("csv", "text/csv; charset=utf-8"),
    trade_pb2.EXPORT_FORMAT_PARQUET: ("parquet", "application/vnd.apache.parquet"),
}
_CLOSED = {
    trade_pb2.TRADE_STATE_UNSPECIFIED: None,
    trade_pb2.TRADE_STATE_OPEN: False,
    trade_pb2.TRADE_STATE_CLOSED: True,
}


class TradeService(trade_pb2_grpc.TradeServiceServicer):
    """Trades from the tables."""

    def __init__(self, live: Live, tables: Tables, parquet: TableFile) -> None:
        self._live = live
        self._tables = tables
        self._parquet = parquet

    async def ListTrades(self, request: trade_pb2.ListTradesRequest, context: Context) -> trade_pb2.ListTradesResponse:
        """Trades, newest first."""
        symbols = validate.symbols(request.symbols)
        modes = validate.choices(MODES, request.modes, "modes")
        regimes = validate.choices(REGIMES, request.regimes, "regimes")
        if request.state not in _CLOSED:
            raise invalid("state", "one of the values that the contract names")
        if request.side not in common_pb2.PositionSide.values():
            raise invalid("side", "one of the values that the contract names")
        paging = Paging.of(request)

        def keep(trade: Trade) -> bool:
            return (
                (not symbols or trade.symbol in symbols)
                and (not modes or trade.mode in modes)
                and (not regimes or trade.regime in regimes)
                and request.side in (common_pb2.POSITION_SIDE_UNSPECIFIED, position_side(trade.side))
            )

        page = await paging.collect(
            lambda size, token: self._tables.trades(
                symbol=symbols[0] if len(symbols) == 1 else None,
                closed=_CLOSED[request.state],
                since_ns=paging.since_ns,
                until_ns=paging.until_ns,
                page_size=size,
                page_token=token,
            ),
            keep,
        )
        now_ns = self._live.now_ns
        messages = [trade_message(trade, now_ns) for trade in page.items]
        return trade_pb2.ListTradesResponse(trades=messages, next_page_token=page.next_page_token)

    async def GetTrade(self, request: trade_pb2.GetTradeRequest, context: Context) -> trade_pb2.GetTradeResponse:
        """A trade with its signal, and the orders and fills of its symbol while it was open."""
        trade = await self._tables.trade(validate.identifier(request.trade_id, "trade_id"))
        if trade is None:
            raise Refused("TRADE_NOT_FOUND", f"there is no trade {request.trade_id}")
        signal = await self._tables.signal(trade.signal_id) if trade.signal_id else None
        response = trade_pb2.GetTradeResponse(trade=trade_message(trade, self._live.now_ns))
        if signal is not None:
            response.signal.CopyFrom(await whole_signal(self._tables, signal, self._live.timeframe))
        await self._add_orders(trade, response)
        return response

    async def _add_orders(self, trade: Trade, response: trade_pb2.GetTradeResponse) -> None:
        """One position a symbol: what was ordered there from the entry to the close is the trade's."""
        entry = await self._tables.order(trade.id)
        since_ns = entry.created_ns if entry is not None else trade.opened_ns
        until_ns = trade.closed_ns + 1 if trade.closed_ns is not None else None
        page = await self._tables.orders(symbol=trade.symbol, since_ns=since_ns, until_ns=until_ns, page_size=READ_SIZE)
        for order in reversed(page.items):
            response.orders.append(order_message(order))
            response.fills.extend(fill_messages(order, await order_changes(self._tables, order.id)))
        response.fills.sort(key=lambda fill: (fill.time.seconds, fill.time.nanos))

    async def ExportTrades(
        self, request: trade_pb2.ExportTradesRequest, context: Context
    ) -> AsyncGenerator[trade_pb2.ExportTradesResponse, None]:
        """A file of trades, oldest first, in chunks."""
        if request.format not in _FORMATS:
            raise invalid("format", "EXPORT_FORMAT_CSV or EXPORT_FORMAT_PARQUET")
        suffix, content_type = _FORMATS[request.format]
        now_ns = self._live.now_ns
        content = await trade_file(await self._exported(request), request.format, now_ns, self._parquet)
        named = {"file_name": f"fluxhero-trades-{new_york_day(now_ns)}.{suffix}", "content_type": content_type}
        for chunk in chunks(content):
            yield trade_pb2.ExportTradesResponse(data=chunk, **named)
            named = {}

    async def _exported(self, request: trade_pb2.ExportTradesRequest) -> list[Trade]:
        """All of them: a file that is cut in silence would be a lie."""
        symbols = validate.symbols(request.symbols)
        modes = validate.choices(MODES, request.modes, "modes")
        since_ns, until_ns = time_range(request)
        found: list[Trade] = []
        token = ""
        while True:
            page = await self._tables.trades(
                symbol=symbols[0] if len(symbols) == 1 else None,
                since_ns=since_ns,
                until_ns=until_ns,
                page_size=READ_SIZE,
                page_token=token,
            )
            found += page.items
            token = page.next_token
            if not token:
                break
        return [
            trade
            for trade in reversed(found)
            if (not symbols or trade.symbol in symbols) and (not modes or trade.mode in modes)
        ]

    async def GetStatistics(
        self, request: trade_pb2.GetStatisticsRequest, context: Context
    ) -> trade_pb2.GetStatisticsResponse:
        """Figures of closed trades."""
        modes = validate.choices(MODES, request.modes, "modes")
        trades = await closed_trades(self._live, self._tables, request, modes)
        measure = await measure_of(self._live, self._tables, trades)
        return trade_pb2.GetStatisticsResponse(
            total=measure(trades),
            by_mode=[
                trade_pb2.ModeStatistics(mode=MODES.to_proto(mode), statistics=measure(some))
                for mode, some in by_key(trades, lambda trade: trade.mode).items()
            ],
            by_regime=[
                trade_pb2.RegimeStatistics(regime=REGIMES.to_proto(regime), statistics=measure(some))
                for regime, some in by_key(trades, lambda trade: trade.regime).items()
            ],
            by_symbol=[
                trade_pb2.SymbolStatistics(symbol=symbol, statistics=measure(some))
                for symbol, some in by_key(trades, lambda trade: trade.symbol).items()
            ],
        )
