"""BacktestService: runs on past bars in processes of their own."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from typing import TypeAlias

from fluxhero.v1 import backtest_pb2, backtest_pb2_grpc
from fluxherod.rpc import validate
from fluxherod.rpc.access import calling
from fluxherod.rpc.backtest_requests import RunRequest, complete
from fluxherod.rpc.calls import Context
from fluxherod.rpc.convert_backtest import KINDS, backtest_message, progress_message
from fluxherod.rpc.errors import CODE_OF_REASON, Refused, invalid
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging, foreign_token
from fluxherod.rpc.runs import (
    Backtests,
    IdTaken,
    NotKept,
    RunEnded,
    RunUnknown,
    Standing,
    TooManyWait,
    Wanted,
)

PACE_S = 0.25
HEARTBEAT_S = 5.0
LARGEST_REPORT = 12_000_000  # of the 16 MB that an answer may have
Followed: TypeAlias = tuple[str, backtest_pb2.BacktestProgress | None, backtest_pb2.GetBacktestResponse | None]


class BacktestService(backtest_pb2_grpc.BacktestServiceServicer):
    """Starting, following and looking up runs."""

    def __init__(self, live: Live, backtests: Backtests, closing: Callable[[], str]) -> None:
        self._live = live
        self._backtests = backtests
        self._closing = closing

    async def RunBacktest(
        self, request: backtest_pb2.RunBacktestRequest, context: Context
    ) -> AsyncGenerator[backtest_pb2.RunBacktestResponse, None]:
        """A single run: progress, then its result."""
        run_id = await self._start(backtest_pb2.BACKTEST_KIND_SINGLE, request)
        async for _, progress, found in self._follow(run_id):
            result = found.single if found is not None else None
            yield backtest_pb2.RunBacktestResponse(backtest_id=run_id, progress=progress, result=result)

    async def RunWalkForward(
        self, request: backtest_pb2.RunWalkForwardRequest, context: Context
    ) -> AsyncGenerator[backtest_pb2.RunWalkForwardResponse, None]:
        """A walk-forward: progress, then its result."""
        run_id = await self._start(backtest_pb2.BACKTEST_KIND_WALK_FORWARD, request)
        async for _, progress, found in self._follow(run_id):
            result = found.walk_forward if found is not None else None
            yield backtest_pb2.RunWalkForwardResponse(backtest_id=run_id, progress=progress, result=result)

    async def RunSweep(
        self, request: backtest_pb2.RunSweepRequest, context: Context
    ) -> AsyncGenerator[backtest_pb2.RunSweepResponse, None]:
        """A sweep: progress, then its result."""
        run_id = await self._start(backtest_pb2.BACKTEST_KIND_SWEEP, request)
        async for _, progress, found in self._follow(run_id):
            result = found.sweep if found is not None else None
            yield backtest_pb2.RunSweepResponse(backtest_id=run_id, progress=progress, result=result)

    async def GetBacktest(
        self, request: backtest_pb2.GetBacktestRequest, context: Context
    ) -> backtest_pb2.GetBacktestResponse:
        """A run with its result and a page of its trades."""
        standing = self._standing(validate.identifier(request.backtest_id, "backtest_id"))
        of_trades = backtest_pb2.GetBacktestRequest()
        of_trades.CopyFrom(request)
        of_trades.ClearField("include_report")  # a page of trades is the same with and without it
        paging = Paging.of(of_trades)
        first = _offset(paging.token)
        response = backtest_pb2.GetBacktestResponse()
        if standing.state == backtest_pb2.BACKTEST_STATE_SUCCEEDED:
            response = await self._result(standing.id)
            await self._add_trades(response, standing.id, first, paging)
            if request.include_report:
                response.report_html = _fitting(await self._backtests.report(standing.id), standing.id)
        response.backtest.CopyFrom(backtest_message(standing))
        return response

    async def ListBacktests(
        self, request: backtest_pb2.ListBacktestsRequest, context: Context
    ) -> backtest_pb2.ListBacktestsResponse:
        """Runs, newest first."""
        kinds = _choices(request.kinds, KINDS, "kinds")
        states = _choices(request.states, backtest_pb2.BacktestState.values()[1:], "states")
        paging = Paging.of(request)
        found = [
            standing
            for standing in self._backtests.all()
            if (not kinds or standing.kind in kinds)
            and (not states or standing.state in states)
            and (paging.since_ns is None or standing.created_ns >= paging.since_ns)
            and (paging.until_ns is None or standing.created_ns < paging.until_ns)
        ]
        page = paging.slice(found, lambda standing: [-_number(standing.id)])
        messages = map(backtest_message, page.items)
        return backtest_pb2.ListBacktestsResponse(backtests=messages, next_page_token=page.next_page_token)

    async def CancelBacktest(
        self, request: backtest_pb2.CancelBacktestRequest, context: Context
    ) -> backtest_pb2.CancelBacktestResponse:
        """End a run."""
        run_id = validate.identifier(request.backtest_id, "backtest_id")
        request_id = validate.request_id(request.request_id)
        try:
            standing = await self._backtests.cancel(run_id, calling().name, request_id)
        except RunUnknown as error:
            raise Refused("BACKTEST_NOT_FOUND", str(error)) from error
        except RunEnded as error:
            raise Refused("BACKTEST_ENDED", str(error)) from error
        return backtest_pb2.CancelBacktestResponse(backtest=backtest_message(standing))

    # --- runs ----------------------------------------------------------------------------------------
    async def _start(self, kind: backtest_pb2.BacktestKind, request: RunRequest) -> str:
        """The id of the run of a request: a new one, or that of the same request before."""
        settings, now_ns = self._live.engine.settings, self._live.now_ns
        request_id, principal = validate.request_id(request.request_id), calling().name
        sent = request.SerializeToString(deterministic=True)
        completed = b""
        if not self._backtests.known(kind, principal, request_id):  # what was judged before is not judged again
            completed = complete(request, settings, self._backtests.bounds, now_ns).SerializeToString()
        try:
            return await self._backtests.start(Wanted(kind, principal, request_id, sent, completed, now_ns))
        except IdTaken as error:
            raise Refused("REQUEST_ID_REUSED", str(error)) from error
        except TooManyWait as error:
            raise Refused("LIMIT_EXCEEDED", str(error), retry_s=HEARTBEAT_S) from error
        except NotKept as error:
            raise Refused("NOT_DURABLE", str(error), retry_s=HEARTBEAT_S) from error

    async def _follow(self, run_id: str) -> AsyncGenerator[Followed, None]:
        """How far a run is, a few times a second at most, and at last its result.

        Raises:
            Refused: when there will be no result.
        """
        version, told_s = -1, 0.0
        while True:
            standing = self._standing(run_id)
            now_s = time.monotonic()
            if standing.version != version or now_s - told_s >= HEARTBEAT_S:
                version, told_s = standing.version, now_s
                yield run_id, progress_message(standing), None
            if standing.ended:
                break
            if reason := self._closing():
                raise Refused("SHUTTING_DOWN", f"the daemon stops ({reason}): ask again with the same id")
            await self._backtests.wait(run_id, PACE_S)
        _refuse_without_result(standing)
        yield run_id, None, await self._result(run_id)

    def _standing(self, run_id: str) -> Standing:
        standing = self._backtests.find(run_id)
        if standing is None:
            raise Refused("BACKTEST_NOT_FOUND", f"there is no backtest {run_id}")
        return standing

    async def _result(self, run_id: str) -> backtest_pb2.GetBacktestResponse:
        return backtest_pb2.GetBacktestResponse.FromString(await self._backtests.result(run_id))

    async def _add_trades(
        self, response: backtest_pb2.GetBacktestResponse, run_id: str, first: int, paging: Paging
    ) -> None:
        content, total = await self._backtests.trades(run_id, first, paging.size)
        response.MergeFromString(content)
        end = first + len(response.trades)
        response.next_page_token = paging.seal(str(end)) if end < total else ""


def _refuse_without_result(standing: Standing) -> None:
    if standing.state == backtest_pb2.BACKTEST_STATE_CANCELED:
        raise Refused("BACKTEST_ENDED", f"{standing.id} was ended: {standing.error}")
    if standing.state == backtest_pb2.BACKTEST_STATE_FAILED:
        reason = standing.reason if standing.reason in CODE_OF_REASON else "BACKTEST_FAILED"
        raise Refused(reason, f"{standing.id}: {standing.error}", metadata={"backtest_id": standing.id})


def _fitting(report: str, run_id: str) -> str:
    if len(report.encode()) > LARGEST_REPORT:
        where = f"it is {run_id}/report.html in the folder backtests of the daemon's state"
        raise Refused("LIMIT_EXCEEDED", f"the report is larger than an answer may be: {where}")
    return report


def _choices(numbers: Iterable[int], known: Collection[int], field: str) -> frozenset[int]:
    found = frozenset(numbers)
    if not found <= set(known):
        raise invalid(field, "values that the contract names")
    return found


def _offset(token: str) -> int:
    if token and not (token.isdecimal() and len(token) < 12):
        raise foreign_token()
    return int(token or 0)


def _number(run_id: str) -> int:
    """Rises with time."""
    return int(run_id.removeprefix("bt-").replace("-", ""), 16)
