"""SignalService: decisions, and why a symbol was or was not traded."""

from __future__ import annotations

from fluxhero.v1 import common_pb2, signal_pb2, signal_pb2_grpc
from fluxherod.core.signals import Signal
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.errors import FluxHeroError
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.convert import MODES, SIGNAL_KINDS
from fluxherod.rpc.convert_market import signal_message
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.explain import explain_nothing
from fluxherod.rpc.history import whole_signal
from fluxherod.rpc.info import Past, TooManyAsk
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging
from fluxherod.rpc.stream import Messages, Streams
from fluxherod.rpc.tables import Tables

_ENTRIES = ("long", "short")


class SignalService(signal_pb2_grpc.SignalServiceServicer):
    """What the strategy decided, and what it did not."""

    def __init__(self, live: Live, tables: Tables, streams: Streams, past: Past) -> None:
        self._live = live
        self._tables = tables
        self._streams = streams
        self._past = past

    async def ListSignals(
        self, request: signal_pb2.ListSignalsRequest, context: Context
    ) -> signal_pb2.ListSignalsResponse:
        """Signals, newest first."""
        symbols, timeframe = validate.symbols(request.symbols), self._live.timeframe
        kinds = validate.choices(SIGNAL_KINDS, request.kinds, "kinds")
        modes = validate.choices(MODES, request.modes, "modes")
        outcomes = frozenset(request.outcomes)
        paging = Paging.of(request)

        def keep(signal: Signal) -> bool:
            return (
                (not symbols or signal.symbol in symbols)
                and (not kinds or signal.kind in kinds)
                and (not modes or signal.mode in modes)
                and (not outcomes or signal.outcome in outcomes)
            )

        page = await paging.collect(
            lambda size, token: self._tables.signals(
                symbol=symbols[0] if len(symbols) == 1 else None,
                outcome=request.outcomes[0] if len(outcomes) == 1 else None,
                since_ns=paging.since_ns,
                until_ns=paging.until_ns,
                page_size=size,
                page_token=token,
            ),
            keep,
        )
        messages = [signal_message(signal, timeframe) for signal in page.items]
        return signal_pb2.ListSignalsResponse(signals=messages, next_page_token=page.next_page_token)

    async def GetSignal(self, request: signal_pb2.GetSignalRequest, context: Context) -> signal_pb2.GetSignalResponse:
        """A signal with what became of it."""
        timeframe = self._live.timeframe
        signal = await self._tables.signal(validate.identifier(request.signal_id, "signal_id"))
        if signal is None:
            raise Refused("SIGNAL_NOT_FOUND", f"there is no signal {request.signal_id}")
        return signal_pb2.GetSignalResponse(signal=await whole_signal(self._tables, signal, timeframe))

    async def Explain(self, request: signal_pb2.ExplainRequest, context: Context) -> signal_pb2.ExplainResponse:
        """Why a symbol was, or was not, traded at a bar."""
        symbol = validate.symbol(request.symbol)
        time_ns = validate.time_ns(request.time, "time") if request.HasField("time") else self._live.now_ns
        self._live.refuse_before_start()
        try:
            closed = self._live.bar_at(symbol, time_ns)
        except Refused as unknown:  # too old, or of a symbol that has left: the journal may know it
            return await self._explain_past(symbol, time_ns, unknown)
        signal = await self._signal_at(symbol, closed.end_ns)
        if signal is not None:
            return await self._explained(signal)
        if self._known_otherwise(closed):
            return await self._explain_past(symbol, closed.end_ns, None)
        return explain_nothing(self._live.engine, closed)

    def _known_otherwise(self, closed: ClosedBar) -> bool:
        """True for a bar that was decided by other parameters, or by an engine that has been made anew since."""
        engine = self._live.engine
        decided_before = not closed.live and closed.end_ns > engine.began_ns
        return decided_before or closed.end_ns <= engine.universe.changed_ns

    async def _explain_past(self, symbol: str, time_ns: int, unknown: Refused | None) -> signal_pb2.ExplainResponse:
        """Of a bar that is no longer remembered as it was: its signal, or what a replay of the journal says of it."""
        signal = await self._signal_at(symbol, time_ns)
        if signal is not None:
            return await self._explained(signal)
        try:
            content = await self._past.explain(symbol, time_ns)
        except TooManyAsk as error:
            raise Refused("LIMIT_EXCEEDED", str(error)) from error
        except FluxHeroError as error:
            raise Refused("NO_DATA", str(error)) from error
        if content is None:
            raise unknown or Refused("NO_DATA", f"the journal knows no bar of {symbol} there")
        nothing = signal_pb2.ExplainResponse.FromString(content)
        signal = await self._signal_at(symbol, nothing.signal.decided_at.ToNanoseconds())
        return nothing if signal is None else await self._explained(signal)

    def WatchSignals(self, request: signal_pb2.WatchSignalsRequest, context: Context) -> Messages:
        """Signals as they are decided."""
        return self._streams.watch_one(common_pb2.TOPIC_SIGNALS, request)

    async def _explained(self, signal: Signal) -> signal_pb2.ExplainResponse:
        message = await whole_signal(self._tables, signal, self._live.timeframe)
        return signal_pb2.ExplainResponse(
            signal=message, why_not="" if signal.outcome == "ordered" else signal.outcome_text
        )

    async def _signal_at(self, symbol: str, end_ns: int) -> Signal | None:
        """The signal of a bar; of two (an exit and the entry after it) the entry."""
        page = await self._tables.signals(symbol=symbol, since_ns=end_ns, until_ns=end_ns + 1)
        return next((signal for signal in page.items if signal.kind in _ENTRIES), next(iter(page.items), None))
