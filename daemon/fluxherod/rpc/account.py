"""AccountService: the account by our own books."""

from __future__ import annotations

from collections.abc import Iterable

from fluxhero.v1 import account_pb2, account_pb2_grpc, common_pb2
from fluxherod.core.calendar import HOUR_NS, new_york_day
from fluxherod.rpc.calls import Context
from fluxherod.rpc.convert_orders import equity_point
from fluxherod.rpc.errors import invalid, not_ready
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging
from fluxherod.rpc.stream import Messages, Streams
from fluxherod.rpc.tables import EquityPoint, Tables


class AccountService(account_pb2_grpc.AccountServiceServicer):
    """The account now, as it was, and as it changes."""

    def __init__(self, live: Live, tables: Tables, streams: Streams) -> None:
        self._live = live
        self._tables = tables
        self._streams = streams

    async def GetAccount(
        self, request: account_pb2.GetAccountRequest, context: Context
    ) -> account_pb2.GetAccountResponse:
        """The account now."""
        for account in self._live.accounts():
            return account_pb2.GetAccountResponse(account=account)
        raise not_ready("the account has not been read from the broker yet")

    async def GetEquityCurve(
        self, request: account_pb2.GetEquityCurveRequest, context: Context
    ) -> account_pb2.GetEquityCurveResponse:
        """Recorded equity, thinned to the last point of each span; the drawdown is against the page's own past."""
        if request.resolution not in account_pb2.EquityResolution.values():
            raise invalid("resolution", "one of the values that the contract names")
        paging = Paging.of(request)
        last_span: list[object] = []

        def keep(point: EquityPoint) -> bool:
            span = _span(request.resolution, point.now_ns)
            newest_of_span = not last_span or last_span[0] != span
            last_span[:] = [span]
            return newest_of_span

        page = await paging.collect(
            lambda size, token: self._tables.equity_curve(
                since_ns=paging.since_ns, until_ns=paging.until_ns, page_size=size, page_token=token
            ),
            keep,
        )
        points = _with_drawdown(page.items)
        return account_pb2.GetEquityCurveResponse(points=points, next_page_token=page.next_page_token)

    def WatchAccount(self, request: account_pb2.WatchAccountRequest, context: Context) -> Messages:
        """The account as it changes."""
        return self._streams.watch_one(common_pb2.TOPIC_ACCOUNT, request)


def _span(resolution: account_pb2.EquityResolution, ns: int) -> object:
    if resolution == account_pb2.EQUITY_RESOLUTION_HOUR:
        return ns // HOUR_NS
    return new_york_day(ns) if resolution == account_pb2.EQUITY_RESOLUTION_SESSION else ns


def _with_drawdown(points: Iterable[EquityPoint]) -> list[account_pb2.EquityPoint]:
    messages, peak_e4 = [], 0
    for point in reversed(list(points)):
        peak_e4 = max(peak_e4, point.account.equity_e4)
        messages.append(equity_point(point, peak_e4))
    return messages[::-1]
