"""Statistics by mode over gRPC, against trades and an equity curve that are written by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from fakes import Point
from harness.trades import at, trade_of

from fluxhero.v1 import common_pb2, strategy_pb2, trade_pb2
from fluxherod.core.portfolio import Trade
from fluxherod.core.types import Mode, Regime
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.live import Live
from fluxherod.rpc.performance import performance_response

TREND, REVERSION, MANUAL = (
    common_pb2.STRATEGY_MODE_TREND,
    common_pb2.STRATEGY_MODE_MEAN_REVERSION,
    common_pb2.STRATEGY_MODE_MANUAL,
)


def keep(world: Any, *trades: Trade) -> None:
    world.store.trade_rows.update({trade.id: trade for trade in trades})


def record(world: Any, new_york_time: str, equity: int, last_equity: int = 0) -> None:
    """A point of the equity curve; points come in the order of time."""
    now_ns = at(new_york_time)
    view = world.engine.ledger.view(0, now_ns)
    world.store.points.append(
        Point(now_ns, replace(view, equity_e4=equity * 10_000, last_equity_e4=last_equity * 10_000))
    )


@pytest.fixture
async def traded(world: Any, client: Any) -> Any:
    """Three days of December: trend earns +1 %, 0, -2 %, mean reversion a single day."""
    world.store.points.clear()
    record(world, "2023-12-12T16:00:02", 100_000, last_equity=90_000)
    record(world, "2023-12-13T12:00", 123_456, last_equity=100_000)
    record(world, "2023-12-13T16:00:02", 101_000, last_equity=100_000)
    record(world, "2023-12-14T16:00:02", 101_000, last_equity=101_000)
    record(world, "2023-12-15T12:00", 140_000, last_equity=101_000)
    keep(
        world,
        trade_of(1_000.0, "2023-12-13T11:00", Mode.TREND),
        trade_of(-2_020.0, "2023-12-15T11:00", Mode.TREND, symbol="IBM", regime=Regime.STRONG_TREND),
        trade_of(50.0, "2023-12-15T12:00", Mode.MEAN_REVERSION),
        replace(trade_of(7_777.0, "2023-12-15T13:00"), closed_ns=None, exit_quantity=50),
    )
    return world


def modes_of(response: Any) -> dict[int, trade_pb2.TradeStatistics]:
    return {one.mode: one.statistics for one in response.by_mode}


async def ask(world: Any, **fields: Any) -> strategy_pb2.GetPerformanceResponse:
    return await performance_response(
        Live(world.engine, world.runner), world.store, strategy_pb2.GetPerformanceRequest(**fields)
    )


async def test_each_mode_has_its_figures_and_one_without_a_trade_has_zeros(traded: Any) -> None:
    answer = await ask(traded)
    assert [one.mode for one in answer.by_mode] == [TREND, REVERSION, MANUAL]
    modes = modes_of(answer)
    trend = modes[TREND]
    assert (trend.trades, trend.wins, trend.losses, trend.win_rate_pct) == (2, 1, 1, 50.0)
    assert (trend.net_pnl, trend.gross_profit, trend.gross_loss) == ("-1020.00", "1000.00", "2020.00")
    assert trend.profit_factor == pytest.approx(1_000 / 2_020)
    # 0.01, 0 and -0.02 of the recorded equity of the evening before.
    mean, deviation = -0.01 / 3, math.sqrt((0.0001 + 0.0004 - 0.0001 / 3) / 2)
    assert trend.sharpe_ratio_zero_rate == pytest.approx(mean / deviation * math.sqrt(252))
    assert trend.sharpe_ratio == pytest.approx((mean - 0.04 / 252) / deviation * math.sqrt(252))
    assert trend.max_drawdown == "2020.00"
    assert trend.max_drawdown_pct == pytest.approx(2.0)
    reversion = modes[REVERSION]
    assert (reversion.trades, reversion.net_pnl, reversion.max_drawdown) == (1, "50.00", "0.00")
    assert reversion.max_drawdown_pct == 0.0
    assert not reversion.HasField("sharpe_ratio")
    assert not reversion.HasField("profit_factor")
    manual = modes[MANUAL]
    assert (manual.trades, manual.net_pnl, manual.max_drawdown) == (0, "0.00", "0.00")
    assert not any(
        manual.HasField(name) for name in ("win_rate_pct", "sharpe_ratio", "max_drawdown_pct", "average_holding_time")
    )
    assert (answer.total.trades, answer.total.net_pnl) == (3, "-970.00")


async def test_symbols_and_the_time_of_the_close_choose_the_trades(traded: Any) -> None:
    assert (await ask(traded, symbols=["IBM"])).total.net_pnl == "-2020.00"
    assert (await ask(traded, symbols=["IBM", "SPY"])).total.trades == 3
    noon = {"seconds": at("2023-12-15T12:00") // 10**9}
    assert (await ask(traded, start_time=noon)).total.net_pnl == "50.00"
    assert (await ask(traded, end_time=noon)).total.net_pnl == "-1020.00"


async def test_a_range_that_ends_before_it_starts_and_a_symbol_that_is_none_are_refused(traded: Any) -> None:
    with pytest.raises(Refused, match="end_time"):
        await ask(traded, start_time={"seconds": 5}, end_time={"seconds": 5})
    with pytest.raises(Refused, match="symbols"):
        await ask(traded, symbols=["spy"])


async def test_the_statistics_over_grpc_are_those_of_the_modes(traded: Any, client: Any) -> None:
    expected = await ask(traded)
    answer = await client.trade.GetStatistics(trade_pb2.GetStatisticsRequest())
    assert answer.total == expected.total
    assert modes_of(answer) == {mode: some for mode, some in modes_of(expected).items() if some.trades}
    assert {one.regime: one.statistics.net_pnl for one in answer.by_regime} == {
        common_pb2.REGIME_NEUTRAL: "1050.00",
        common_pb2.REGIME_STRONG_TREND: "-2020.00",
    }
    assert [(one.symbol, one.statistics.max_drawdown) for one in answer.by_symbol] == [
        ("IBM", "2020.00"),
        ("SPY", "0.00"),
    ]
    only = await client.trade.GetStatistics(trade_pb2.GetStatisticsRequest(modes=[REVERSION]))
    assert only.total == modes_of(expected)[REVERSION]


async def test_the_statistics_refuse_a_range_that_ends_before_it_starts(client: Any, refused: Any) -> None:
    request = trade_pb2.GetStatisticsRequest(start_time={"seconds": 5}, end_time={"seconds": 4})
    assert list((await refused(client.trade.GetStatistics(request))).fields) == ["end_time"]


async def test_without_a_record_of_the_evening_before_the_brokers_figure_of_it_counts(world: Any, client: Any) -> None:
    world.store.points.clear()
    record(world, "2023-12-13T12:00", 55_555, last_equity=50_000)
    keep(world, trade_of(-1_000.0, "2023-12-13T11:00"))
    assert (await ask(world)).total.max_drawdown_pct == pytest.approx(2.0)


async def test_without_any_record_the_equity_of_now_counts(world: Any, client: Any) -> None:
    world.store.points.clear()
    keep(world, trade_of(-1_000.0, "2023-12-13T11:00"))
    assert world.engine.ledger.equity_e4 == 100_000_0000
    assert (await ask(world)).total.max_drawdown_pct == pytest.approx(1.0)


async def test_trades_from_before_the_calendar_have_no_sharpe_ratio_but_all_else(world: Any, client: Any) -> None:
    keep(world, trade_of(100.0, "2013-10-07T11:00"), trade_of(-40.0, "2023-12-13T11:00"))
    total = (await ask(world)).total
    assert (total.trades, total.net_pnl, total.max_drawdown) == (2, "60.00", "40.00")
    assert not total.HasField("sharpe_ratio")
