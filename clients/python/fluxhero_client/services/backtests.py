"""Backtests: started, followed, looked up and ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from decimal import Decimal

from fluxhero.v1 import backtest_pb2 as api
from fluxhero.v1.risk_pb2 import RiskLimits
from fluxhero.v1.strategy_pb2 import StrategyParameters
from fluxhero_client.transport import Transport, new_request_id
from fluxhero_client.values import Money, decimal_text, timestamp

EQUITY = Decimal(100_000)


def backtest_config(
    symbols: Iterable[str],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    timeframe: str = "",
    initial_equity: Money = EQUITY,
    parameters: StrategyParameters | None = None,
    limits: RiskLimits | None = None,
    source: api.BarSource = api.BAR_SOURCE_HISTORY,
    entry_order: str = "",
    name: str = "",
) -> api.BacktestConfig:
    """What a run is on: bars of [start, end), on one account. Parameters and limits are those in force but for what
    is set here, and so are the timeframe and the kind of entry where they are empty."""
    return api.BacktestConfig(
        symbols=symbols,
        start_time=timestamp(start),
        end_time=timestamp(end),
        timeframe=timeframe,
        initial_equity=decimal_text(initial_equity),
        parameters=parameters,
        limits=limits,
        source=source,
        entry_order=entry_order,
        name=name,
    )


def sweep_axis(text: str) -> api.SweepAxis:
    """What one parameter is tried with: `entry_atr=0.4,0.5,0.6`; `on,off` for a switch.

    Raises:
        ValueError: when a value is neither a number nor a switch.
    """
    name, _, values = text.partition("=")
    switch = {"on": 1.0, "off": 0.0}
    numbers = [switch[value] if value in switch else float(value) for value in values.split(",")]
    return api.SweepAxis(parameter=name, values=numbers)


class BacktestCalls:
    """BacktestService. A run goes on when nobody follows it; asked for again under its `request_id` it is followed."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def run(
        self, config: api.BacktestConfig, *, request_id: str | None = None
    ) -> AsyncIterator[api.RunBacktestResponse]:
        """Run a backtest: its progress and, in the last message, its result."""
        request = api.RunBacktestRequest(request_id=new_request_id(request_id), config=config)
        return self._transport.stream("BacktestService/RunBacktest", request, api.RunBacktestResponse)

    def walk_forward(
        self,
        config: api.BacktestConfig,
        axes: Iterable[api.SweepAxis] = (),
        *,
        train_months: int = 0,
        test_months: int = 0,
        objective: api.SweepObjective = api.SWEEP_OBJECTIVE_UNSPECIFIED,
        request_id: str | None = None,
    ) -> AsyncIterator[api.RunWalkForwardResponse]:
        """Train and test on rolling windows, 3 months and 1 where 0 is given: progress, then the result."""
        request = api.RunWalkForwardRequest(
            request_id=new_request_id(request_id),
            config=config,
            axes=axes,
            train_months=train_months,
            test_months=test_months,
            objective=objective,
        )
        return self._transport.stream("BacktestService/RunWalkForward", request, api.RunWalkForwardResponse)

    def sweep(
        self,
        config: api.BacktestConfig,
        axes: Iterable[api.SweepAxis] = (),
        *,
        objective: api.SweepObjective = api.SWEEP_OBJECTIVE_UNSPECIFIED,
        search: api.SweepSearch = api.SWEEP_SEARCH_UNSPECIFIED,
        combinations: int = 0,
        seed: int = 0,
        max_points: int = 0,
        request_id: str | None = None,
    ) -> AsyncIterator[api.RunSweepResponse]:
        """Try combinations of parameters, all of them unless `search` says otherwise: progress, then the best."""
        request = api.RunSweepRequest(
            request_id=new_request_id(request_id),
            config=config,
            axes=axes,
            objective=objective,
            search=search,
            combinations=combinations,
            seed=seed,
            max_points=max_points,
        )
        return self._transport.stream("BacktestService/RunSweep", request, api.RunSweepResponse)

    async def get(
        self, backtest_id: str, *, include_report: bool = False, trades: int | None = 100
    ) -> api.GetBacktestResponse:
        """A run with its result and its newest trades, all of them for None."""
        request = api.GetBacktestRequest(backtest_id=backtest_id, include_report=include_report)
        request.page_size = 1 if trades is not None and trades < 1 else min(trades or 1_000, 1_000)
        found = answer = await self._transport.unary("BacktestService/GetBacktest", request, api.GetBacktestResponse)
        request.include_report = False
        while answer.next_page_token and (trades is None or len(found.trades) < trades):
            request.page_token = answer.next_page_token
            answer = await self._transport.unary("BacktestService/GetBacktest", request, api.GetBacktestResponse)
            found.trades.extend(answer.trades)
        if trades is not None:
            del found.trades[trades:]
        return found

    async def list(
        self,
        *,
        kinds: Iterable[api.BacktestKind] = (),
        states: Iterable[api.BacktestState] = (),
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = 100,
    ) -> list[api.Backtest]:
        """Runs that were asked for in [start, end), newest first."""
        request = api.ListBacktestsRequest(
            kinds=kinds, states=states, start_time=timestamp(start), end_time=timestamp(end)
        )
        return await self._transport.pages(
            "BacktestService/ListBacktests", request, api.ListBacktestsResponse, lambda page: page.backtests, limit
        )

    async def cancel(self, backtest_id: str, *, request_id: str | None = None) -> api.Backtest:
        """End a run, or one that waits."""
        request = api.CancelBacktestRequest(request_id=new_request_id(request_id), backtest_id=backtest_id)
        answer = await self._transport.unary("BacktestService/CancelBacktest", request, api.CancelBacktestResponse)
        return answer.backtest
