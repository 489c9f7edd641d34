"""Runs on past bars as messages."""

from __future__ import annotations

from fluxhero.v1 import backtest_pb2
from fluxherod.rpc.backtest_requests import RunRequest
from fluxherod.rpc.convert import duration, optional_timestamp, timestamp
from fluxherod.rpc.runs import Standing

KINDS: dict[int, type[RunRequest]] = {
    backtest_pb2.BACKTEST_KIND_SINGLE: backtest_pb2.RunBacktestRequest,
    backtest_pb2.BACKTEST_KIND_WALK_FORWARD: backtest_pb2.RunWalkForwardRequest,
    backtest_pb2.BACKTEST_KIND_SWEEP: backtest_pb2.RunSweepRequest,
}


def backtest_message(standing: Standing) -> backtest_pb2.Backtest:
    """A run of any kind, without its result."""
    metrics = backtest_pb2.BacktestMetrics.FromString(standing.metrics) if standing.metrics else None
    return backtest_pb2.Backtest(
        id=standing.id,
        kind=standing.kind,
        config=KINDS[standing.kind].FromString(standing.request).config,
        progress=progress_message(standing),
        requested_by=standing.principal,
        created_at=timestamp(standing.created_ns),
        ended_at=optional_timestamp(standing.ended_ns),
        error=standing.error,
        metrics=metrics,
    )


def progress_message(standing: Standing) -> backtest_pb2.BacktestProgress:
    """How far a run is."""
    remaining_ns = standing.remaining_ns
    return backtest_pb2.BacktestProgress(
        state=standing.state,
        done_pct=100 * standing.fraction,
        done=standing.done,
        total=standing.total,
        elapsed=duration(standing.elapsed_ns),
        remaining=None if remaining_ns is None else duration(remaining_ns),
        text=standing.text,
    )
