"""The client: one channel, one attribute a service, each imported when it is first used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from fluxhero_client.access import Access, find_access
from fluxhero_client.address import PROFILE, Address, discover
from fluxhero_client.transport import Transport

if TYPE_CHECKING:
    from fluxhero_client.profiles import Profile
    from fluxhero_client.services.account import AccountCalls
    from fluxhero_client.services.backtests import BacktestCalls
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

    def __init__(
        self,
        address: Address,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        access: Access | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.address = address
        self.access = access or Access()
        self._transport = transport or Transport(address.target, timeout_s, self.access)

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
    def backtests(self) -> BacktestCalls:
        """Runs on past bars."""
        from fluxhero_client.services.backtests import BacktestCalls

        return BacktestCalls(self._transport)

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


def connect(
    address: str | None = None,
    *,
    token: str | None = None,
    token_file: str | None = None,
    ca: str | None = None,
    client_cert: str | None = None,
    client_key: str | None = None,
    profile: str | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    environment: Mapping[str, str] | None = None,
) -> Client:
    """A client of the daemon at `address`, or of the local one (see `discover`). Nothing is sent before the first call.

    What is not given comes from the profile that is named, else from FLUXHERO_ADDRESS, FLUXHERO_TOKEN,
    FLUXHERO_TOKEN_FILE and FLUXHERO_CA, else from the profile that FLUXHERO_PROFILE names. On this
    machine, and where `ca` is the daemon's own `tls.cert` in its state directory, the strongest token file beside it
    that this user may read will do; without TLS no token is sent that nobody named.

    Args:
        address: `HOST:PORT`, `unix:PATH` or the path of a socket; None looks for the local daemon.
        token: the token itself; better a `token_file`, which other users of the machine don't see.
        ca: PEM file with the daemon's certificate, or the authority that signed it; "system" for public ones. With it
            the connection is encrypted.
        client_cert: PEM file with a certificate of this client, where the daemon asks for one (mTLS); `client_key` too.
        profile: a name in `$XDG_CONFIG_HOME/fluxhero/profiles.toml`.
        timeout_s: the deadline of each unary call.
        environment: the variables to go by; those of the process when None.

    Raises:
        Misconfigured: when a profile, a token or a certificate can't be used, or a token would travel readable.
    """
    variables = os.environ if environment is None else environment
    named, usual = _profile(profile, variables), None if profile else _profile(variables.get(PROFILE), variables)
    where = discover(address, variables, named=named.address if named else "", fallback=usual.address if usual else "")
    access = find_access(
        where,
        token=token,
        token_file=token_file,
        named=named,
        fallback=usual,
        ca=ca,
        client_cert=client_cert,
        client_key=client_key,
        environment=variables,
    )
    return Client(where, timeout_s, access)


def _profile(name: str | None, variables: Mapping[str, str]) -> Profile | None:
    if not name:
        return None
    from fluxhero_client.profiles import find

    return find(name, variables)
