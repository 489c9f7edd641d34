"""The account."""

from __future__ import annotations

from datetime import datetime

from fluxhero.v1 import account_pb2 as api
from fluxhero_client.transport import Transport
from fluxhero_client.values import timestamp


class AccountCalls:
    """AccountService."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self) -> api.Account:
        """The account now."""
        method = "AccountService/GetAccount"
        return (await self._transport.unary(method, api.GetAccountRequest(), api.GetAccountResponse)).account

    async def equity_curve(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        resolution: api.EquityResolution = api.EQUITY_RESOLUTION_UNSPECIFIED,
        limit: int | None = 100,
    ) -> list[api.EquityPoint]:
        """Recorded equity in [start, end), newest first."""
        request = api.GetEquityCurveRequest(start_time=timestamp(start), end_time=timestamp(end), resolution=resolution)
        return await self._transport.pages(
            "AccountService/GetEquityCurve", request, api.GetEquityCurveResponse, lambda page: page.points, limit
        )
