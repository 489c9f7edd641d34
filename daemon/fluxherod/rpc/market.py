"""MarketService: prices, bars and indicators as the engine remembers them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import grpc

from fluxhero.v1 import common_pb2, market_pb2, market_pb2_grpc
from fluxherod.core.types import AssetInfo, Regime
from fluxherod.engine.commands import AddSymbolCommand, RemoveSymbolCommand
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.ports import DataUnavailable
from fluxherod.engine.settings import TIMEFRAME_MINUTES
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.convert import REGIMES, optional_timestamp
from fluxherod.rpc.convert_market import closed_bar, closed_indicators
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging
from fluxherod.rpc.stream import Messages, Streams

_STATES = {*market_pb2.SymbolState.values()} - {market_pb2.SYMBOL_STATE_UNSPECIFIED}
BOOKS_A_TURN = 256  # a few milliseconds' work


class MarketService(market_pb2_grpc.MarketServiceServicer):
    """What the daemon has seen of the market."""

    def __init__(self, live: Live, streams: Streams, asker: Asker) -> None:
        self._live = live
        self._streams = streams
        self._asker = asker

    async def GetQuote(self, request: market_pb2.GetQuoteRequest, context: Context) -> market_pb2.GetQuoteResponse:
        """The newest price."""
        book = self._live.book(validate.symbol(request.symbol))
        price = self._live.price(book.symbol)
        if price is None:
            raise Refused("NO_DATA", f"there is no price of {book.symbol} yet")
        return market_pb2.GetQuoteResponse(price=price)

    async def GetBars(self, request: market_pb2.GetBarsRequest, context: Context) -> market_pb2.GetBarsResponse:
        """The remembered bars of the strategy timeframe, newest first."""
        book, timeframe = self._live.book(validate.symbol(request.symbol)), self._live.timeframe
        if request.timeframe not in ("", *TIMEFRAME_MINUTES):
            raise invalid("timeframe", f"one of {', '.join(TIMEFRAME_MINUTES)}")
        if request.timeframe not in ("", timeframe):
            raise Refused("NO_DATA", f"bars of {request.timeframe} are not kept; kept: {timeframe}")
        paging = Paging.of(request)
        closed, until_ns = book.closed, paging.until_ns
        first = closed.started_before(paging.since_ns or 0)
        end = len(closed) if until_ns is None else closed.started_before(until_ns)
        # By their numbers: all that are remembered take milliseconds to make.
        page = paging.slice(range(end - 1, first - 1, -1), lambda number: [-closed.start_ns(number)])
        shown = [closed[number] for number in page.items]
        explained = shown if request.include_indicators else ()
        strategy = self._live.strategy
        return market_pb2.GetBarsResponse(
            bars=[closed_bar(bar, timeframe) for bar in shown],
            next_page_token=page.next_page_token,
            indicators=[closed_indicators(bar, timeframe, strategy) for bar in explained],
        )

    async def GetIndicators(
        self, request: market_pb2.GetIndicatorsRequest, context: Context
    ) -> market_pb2.GetIndicatorsResponse:
        """The indicators of the last bar that was complete at a time."""
        symbol = validate.symbol(request.symbol)
        time_ns = validate.time_ns(request.time, "time") if request.HasField("time") else self._live.now_ns
        closed = self._live.bar_at(symbol, time_ns)
        message = closed_indicators(closed, self._live.timeframe, self._live.strategy)
        return market_pb2.GetIndicatorsResponse(indicators=message)

    async def ListSymbols(
        self, request: market_pb2.ListSymbolsRequest, context: Context
    ) -> market_pb2.ListSymbolsResponse:
        """The symbols that are followed, in alphabetical order."""
        if not {*request.states} <= _STATES:
            raise invalid("states", "states that the contract names")
        paging = Paging.of(request)
        books = sorted(self._live.books(), key=lambda book: book.symbol)
        if request.states:
            books = await self._in_states(books, request.states)
        page = paging.slice(books, lambda book: [book.symbol])
        symbols = map(self._symbol, page.items)
        return market_pb2.ListSymbolsResponse(symbols=symbols, next_page_token=page.next_page_token)

    async def _in_states(self, books: Sequence[SymbolBook], states: Collection[int]) -> list[SymbolBook]:
        """Those of many books that are in some states; the loop turns meanwhile."""
        wanted = []
        for number, book in enumerate(books):
            if number % BOOKS_A_TURN == BOOKS_A_TURN - 1:
                await asyncio.sleep(0)
            if self._state(book)[0] in states:
                wanted.append(book)
        return wanted

    async def AddSymbol(self, request: market_pb2.AddSymbolRequest, context: Context) -> market_pb2.AddSymbolResponse:
        """Follow a symbol. The broker is asked first, and its answer goes into the journal with the command."""
        symbol = validate.symbol(request.symbol)
        caller = self._asker.caller("AddSymbol", request.request_id)
        known = _unknown(symbol) if self._asker.answered(caller) else await self._asset(symbol, context)
        try:
            await self._asker.ask(AddSymbolCommand(caller, symbol, known), context)
        except Refused as refusal:
            if refusal.reason != "SYMBOL_UNKNOWN":
                raise
            wrong, code = {"symbol": refusal.text}, grpc.StatusCode.INVALID_ARGUMENT
            raise Refused(refusal.reason, refusal.text, fields=wrong, code=code) from refusal
        book = self._live.engine.market.books.get(symbol)
        gone = market_pb2.Symbol(symbol=symbol, detail="it has left since")
        return market_pb2.AddSymbolResponse(symbol=self._symbol(book) if book is not None else gone)

    async def _asset(self, symbol: str, context: Context) -> AssetInfo:
        try:
            async with asyncio.timeout(context.time_remaining()):
                return await self._live.runner.asset(symbol)
        except DataUnavailable as problem:
            text = f"the broker can't be asked about {symbol}: {problem}"
            raise Refused("BROKER_UNAVAILABLE", text) from problem

    async def RemoveSymbol(
        self, request: market_pb2.RemoveSymbolRequest, context: Context
    ) -> market_pb2.RemoveSymbolResponse:
        """Stop following a symbol."""
        symbol = validate.symbol(request.symbol)
        caller = self._asker.caller("RemoveSymbol", request.request_id)
        await self._asker.ask(RemoveSymbolCommand(caller, symbol), context)
        return market_pb2.RemoveSymbolResponse(symbols=sorted(self._live.engine.market.books))

    def WatchPrices(self, request: market_pb2.WatchPricesRequest, context: Context) -> Messages:
        """Prices as they move."""
        return self._streams.watch_one(common_pb2.TOPIC_PRICES, request)

    def WatchBars(self, request: market_pb2.WatchBarsRequest, context: Context) -> Messages:
        """Bars as they complete."""
        return self._streams.watch_one(common_pb2.TOPIC_BARS, request)

    def WatchIndicators(self, request: market_pb2.WatchIndicatorsRequest, context: Context) -> Messages:
        """Indicators as bars complete."""
        return self._streams.watch_one(common_pb2.TOPIC_INDICATORS, request)

    def _symbol(self, book: SymbolBook) -> market_pb2.Symbol:
        state, detail = self._state(book)
        last = book.closed[-1] if book.closed else None
        regime = REGIMES.to_proto(Regime(int(last.decision["regime"]))) if last is not None else 0
        return market_pb2.Symbol(
            symbol=book.symbol,
            state=state,
            detail=detail,
            enabled=self._live.engine.settings.why_disabled(book.symbol) is None,
            shortable=book.shortable,
            easy_to_borrow=book.shortable,
            bars=len(book.closed),
            bars_needed=self._live.engine.settings.strategy.decision_index + 1,
            last_bar_time=optional_timestamp(last.end_ns if last is not None else None),
            regime=regime,  # type: ignore[arg-type]
            rejected_bars=book.rejections,
            revised_bars=book.revised,
            outside_bars=book.outside,
        )

    def _state(self, book: SymbolBook) -> tuple[market_pb2.SymbolState, str]:
        engine, symbol = self._live.engine, book.symbol
        why = engine.settings.why_disabled(symbol)
        if why is not None:
            return market_pb2.SYMBOL_STATE_DISABLED, "switched off" + (f": {why}" if why else "")
        if halted := engine.desk.halts.why(symbol):
            return market_pb2.SYMBOL_STATE_HALTED, f"{halted}: no entries, exits wait"
        if book.warm and not book.followed:
            return market_pb2.SYMBOL_STATE_WARMING, "its subscription is awaited"
        if not book.live:
            return market_pb2.SYMBOL_STATE_WARMING, "its history is being loaded"
        if not book.tradable:
            return market_pb2.SYMBOL_STATE_NOT_TRADABLE, "the broker does not trade it"
        if engine.desk.uncertain(symbol):
            return market_pb2.SYMBOL_STATE_FROZEN, "an order has an unknown outcome"
        if symbol in engine.ledger.foreign:
            return market_pb2.SYMBOL_STATE_FROZEN, "a position that is not ours is at the broker"
        if not book.closed or not book.closed[-1].decision["valid"]:
            return market_pb2.SYMBOL_STATE_WARMING, "too few bars for the strategy"
        return market_pb2.SYMBOL_STATE_ACTIVE, ""


def _unknown(symbol: str) -> AssetInfo:
    """What stands for the broker's answer where the engine repeats its own."""
    return AssetInfo(symbol, found=False, tradable=False, shortable=False, easy_to_borrow=False)
