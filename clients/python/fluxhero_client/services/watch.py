"""The streams. Each one yields the API's messages: snapshots and updates, never a gap (see `follow`)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from google.protobuf.duration_pb2 import Duration

from fluxhero_client.follow import Follow, Resume, follow
from fluxhero_client.transport import Transport

if TYPE_CHECKING:
    from fluxhero.v1.account_pb2 import WatchAccountResponse
    from fluxhero.v1.common_pb2 import Topic
    from fluxhero.v1.market_pb2 import WatchBarsResponse, WatchIndicatorsResponse, WatchPricesResponse
    from fluxhero.v1.order_pb2 import WatchOrdersResponse
    from fluxhero.v1.position_pb2 import WatchPositionsResponse
    from fluxhero.v1.risk_pb2 import WatchRiskResponse
    from fluxhero.v1.signal_pb2 import WatchSignalsResponse
    from fluxhero.v1.stream_pb2 import WatchResponse
    from fluxhero.v1.system_pb2 import WatchAlertsResponse, WatchEventsResponse, WatchStatusResponse

_FOLLOW = Follow()


class WatchCalls:
    """Every Watch RPC.

    `min_interval_s` is the least time between two messages of conflated updates (prices, marks, figures); 0 sends all.
    Queued topics (bars, orders, signals, alerts, events) send each change at once.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def prices(
        self, symbols: Iterable[str] = (), *, min_interval_s: float = 0.0, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchPricesResponse, None]:
        """Prices as they move; the newest of each symbol first."""
        return self._follow("Market", "Prices", options, min_interval=_interval(min_interval_s), symbols=list(symbols))

    def bars(
        self, symbols: Iterable[str] = (), *, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchBarsResponse, None]:
        """Bars of the strategy timeframe as they complete; the last one of each symbol first."""
        return self._follow("Market", "Bars", options, symbols=list(symbols))

    def indicators(
        self, symbols: Iterable[str] = (), *, min_interval_s: float = 0.0, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchIndicatorsResponse, None]:
        """Indicators as bars complete; those of the last bar of each symbol first."""
        return self._follow(
            "Market", "Indicators", options, min_interval=_interval(min_interval_s), symbols=list(symbols)
        )

    def positions(
        self, symbols: Iterable[str] = (), *, min_interval_s: float = 0.0, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchPositionsResponse, None]:
        """Positions as they change; the open ones first. Quantity 0 means closed."""
        return self._follow(
            "Position", "Positions", options, min_interval=_interval(min_interval_s), symbols=list(symbols)
        )

    def orders(
        self, symbols: Iterable[str] = (), *, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchOrdersResponse, None]:
        """Orders as they change; those that have not ended first."""
        return self._follow("Order", "Orders", options, symbols=list(symbols))

    def signals(
        self, symbols: Iterable[str] = (), *, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchSignalsResponse, None]:
        """Signals as they are decided, and as something becomes of them; those of the current session first."""
        return self._follow("Signal", "Signals", options, symbols=list(symbols))

    def account(
        self, *, min_interval_s: float = 0.0, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchAccountResponse, None]:
        """The account as it changes."""
        return self._follow("Account", "Account", options, min_interval=_interval(min_interval_s))

    def risk(
        self, *, min_interval_s: float = 0.0, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchRiskResponse, None]:
        """Limits, breaker and kill switch as they change."""
        return self._follow("Risk", "Risk", options, min_interval=_interval(min_interval_s))

    def status(
        self, *, min_interval_s: float = 0.0, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchStatusResponse, None]:
        """The daemon's status as it changes."""
        return self._follow("System", "Status", options, min_interval=_interval(min_interval_s))

    def alerts(
        self, symbols: Iterable[str] = (), *, options: Follow = _FOLLOW
    ) -> AsyncGenerator[WatchAlertsResponse, None]:
        """Alerts as they are raised, repeated or acknowledged; the open ones first."""
        return self._follow("System", "Alerts", options, symbols=list(symbols))

    def events(
        self,
        types: Iterable[str] = (),
        *,
        from_seq: int | None = None,
        options: Follow = _FOLLOW,
    ) -> AsyncGenerator[WatchEventsResponse, None]:
        """The journal after `from_seq` (0: all that is kept; None: from now on)."""
        fields: dict[str, Any] = {"types": list(types)}
        if from_seq is not None:
            fields["from_seq"] = from_seq
        return self._follow("System", "Events", options, **fields)

    def topics(
        self,
        topics: Iterable[Topic] = (),
        symbols: Iterable[str] = (),
        *,
        min_interval_s: float = 0.0,
        options: Follow = _FOLLOW,
    ) -> AsyncGenerator[WatchResponse, None]:
        """Several topics (all, when none is named) on one stream."""
        return self._follow(
            "Stream", "", options, min_interval=_interval(min_interval_s), topics=list(topics), symbols=list(symbols)
        )

    def _follow(self, service: str, name: str, options: Follow, **fields: Any) -> AsyncGenerator[Any, None]:
        return follow(_opener(self._transport, service, name, fields), options)


def _interval(seconds: float) -> Duration:
    interval = Duration()
    interval.FromNanoseconds(round(seconds * 1e9))
    return interval


def _opener(
    transport: Transport, service: str, name: str, fields: dict[str, Any]
) -> Callable[[Resume | None], AsyncGenerator[Any, None]]:
    """What subscribes, anew or after a position. Requests of conflated topics have no position: they start anew."""
    module: Any = import_module(f"fluxhero.v1.{service.lower()}_pb2")
    request_type = getattr(module, f"Watch{name}Request")
    response_type = getattr(module, f"Watch{name}Response")
    resumable = "from_seq" in request_type.DESCRIPTOR.fields_by_name

    def open_stream(position: Resume | None) -> AsyncGenerator[Any, None]:
        request = request_type(**fields)
        if position is not None and resumable:
            request.epoch, request.from_seq = position.epoch, position.seq
            if position.part:
                request.part = position.part
        return transport.stream(f"{service}Service/Watch{name}", request, response_type)

    return open_stream
