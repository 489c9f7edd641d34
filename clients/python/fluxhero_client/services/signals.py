"""Decisions of the strategy, and why they are what they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import signal_pb2 as api
from fluxhero_client.transport import Transport
from fluxhero_client.values import timestamp


class SignalCalls:
    """SignalService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(
        self,
        *,
        symbols: Iterable[str] = (),
        kinds: Iterable[api.SignalKind] = (),
        modes: Iterable[common.StrategyMode] = (),
        outcomes: Iterable[str] = (),
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = 100,
    ) -> list[api.Signal]:
        """Signals decided in [start, end), newest first."""
        request = api.ListSignalsRequest(
            symbols=symbols,
            kinds=kinds,
            modes=modes,
            outcomes=outcomes,
            start_time=timestamp(start),
            end_time=timestamp(end),
        )
        return await self._transport.pages(
            "SignalService/ListSignals", request, api.ListSignalsResponse, lambda page: page.signals, limit
        )

    async def get(self, signal_id: str) -> api.Signal:
        """A signal with what became of it."""
        request = api.GetSignalRequest(signal_id=signal_id)
        return (await self._transport.unary("SignalService/GetSignal", request, api.GetSignalResponse)).signal

    async def explain(self, symbol: str, *, time: datetime | None = None) -> api.ExplainResponse:
        """Why a symbol was, or was not, traded at the last bar that was complete at `time` (now, when None)."""
        request = api.ExplainRequest(symbol=symbol, time=timestamp(time))
        return await self._transport.unary("SignalService/Explain", request, api.ExplainResponse)
