"""The client: one channel, one attribute a service, each imported when it is first used."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from fluxhero_client.address import Address, discover
from fluxhero_client.transport import Transport

if TYPE_CHECKING:
    from fluxhero_client.services.account import AccountCalls
    from fluxhero_client.services.market import MarketCalls
    from fluxhero_client.services.orders import OrderCalls
    from fluxhero_client.services.positions import PositionCalls
    from fluxhero_client.services.risk import RiskCalls
    from fluxhero_client.services.signals import SignalCalls
    from fluxhero_client.services.strategy import StrategyCalls
    from fluxhero_client.services.system import SystemCalls
    from fluxhero_client.services.trades import TradeCalls
    from fluxhero_client.services.watch import WatchCalls

DEFAULT_TIMEOUT_S = 10.0


class Client:
    """A connection to one daemon. It connects at the first call; end it with `async with` or `close()`."""

    def __init__(self, address: Address, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self.address = address
        self._transport = Transport(address.target, timeout_s)

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connection and every stream on it."""
        await self._transport.close()

    @cached_property
    def account(self) -> AccountCalls:
        """The account and its equity curve."""
        from fluxhero_client.services.account import AccountCalls

        return AccountCalls(self._transport)

    @cached_property
    def market(self) -> MarketCalls:
        """Bars, prices, indicators, symbols."""
        from fluxhero_client.services.market import MarketCalls

        return MarketCalls(self._transport)

    @cached_property
    def orders(self) -> OrderCalls:
        """Orders."""
        from fluxhero_client.services.orders import OrderCalls

        return OrderCalls(self._transport)

    @cached_property
    def positions(self) -> PositionCalls:
        """Open positions."""
        from fluxhero_client.services.positions import PositionCalls

        return PositionCalls(self._transport)

    @cached_property
    def risk(self) -> RiskCalls:
        """Limits, circuit breaker, kill switch."""
        from fluxhero_client.services.risk import RiskCalls

        return RiskCalls(self._transport)

    @cached_property
    def signals(self) -> SignalCalls:
        """Decisions of the strategy and their reasons."""
        from fluxhero_client.services.signals import SignalCalls

        return SignalCalls(self._transport)

    @cached_property
    def strategy(self) -> StrategyCalls:
        """Where the strategy may trade, its parameters, and what it has earned."""
        from fluxhero_client.services.strategy import StrategyCalls

        return StrategyCalls(self._transport)

    @cached_property
    def system(self) -> SystemCalls:
        """The daemon itself: status, configuration, alerts."""
        from fluxhero_client.services.system import SystemCalls

        return SystemCalls(self._transport)

    @cached_property
    def trades(self) -> TradeCalls:
        """Round trips and what they earned."""
        from fluxhero_client.services.trades import TradeCalls

        return TradeCalls(self._transport)

    @cached_property
    def watch(self) -> WatchCalls:
        """Streams that reconnect and resume by themselves."""
        from fluxhero_client.services.watch import WatchCalls

        return WatchCalls(self._transport)


def connect(address: str | None = None, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> Client:
    """A client of the daemon at `address`, or of the local one (see `discover`).

    Args:
        address: `HOST:PORT`, `unix:PATH` or the path of a socket; None looks for the local daemon.
        timeout_s: the deadline of each unary call.
    """
    return Client(discover(address), timeout_s)
