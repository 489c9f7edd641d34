"""The columns of backtests, the combinations of a sweep and the windows of a walk-forward; units are in the titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxhero_client.cli.show.figures import NOTHING, Cell, gain_percent, optional, settings, shares, word
from fluxhero_client.cli.show.table import Column
from fluxhero_client.cli.show.times import date_and_time, exchange_zone, span

if TYPE_CHECKING:
    from fluxhero.v1.backtest_pb2 import Backtest, SweepPoint, WalkForwardWindow

_STATE_STYLES = {"succeeded": "good", "failed": "bad", "canceled": "warn"}
SYMBOLS_SHOWN = 3


def backtest_columns() -> Sequence[Column[Backtest]]:
    """Runs."""
    return (
        Column(f"asked for {exchange_zone()[1]}", lambda run: date_and_time(run.created_at), spare=3),
        Column("id", lambda run: run.id),
        Column("kind", lambda run: word(run, "kind")),
        Column("state", _state),
        Column("done %", lambda run: f"{run.progress.done_pct:.0f}", right=True, spare=2),
        Column("took", lambda run: span(run.progress.elapsed), right=True, spare=4),
        Column("return %", lambda run: _metric(run, "total_return_pct"), right=True),
        Column("Sharpe", lambda run: optional(run.metrics, "sharpe_ratio"), right=True, spare=1),
        Column("symbols", lambda run: some(run.config.symbols), spare=5),
        Column("name", lambda run: run.error or run.config.name, cuttable=True),
    )


def point_columns() -> Sequence[Column[SweepPoint]]:
    """Combinations, with the figures that they are chosen by."""
    return (
        Column("parameters", lambda point: settings(point.parameters)),
        Column("objective", lambda point: optional(point, "objective"), right=True),
        Column("return %", lambda point: gain_percent(point.metrics.total_return_pct), right=True),
        Column("Sharpe", lambda point: optional(point.metrics, "sharpe_ratio"), right=True, spare=1),
        Column("drawdown %", lambda point: f"{point.metrics.max_drawdown_pct:.2f}", right=True, spare=2),
        Column("trades", lambda point: shares(point.metrics.trades.trades), right=True, spare=3),
    )


def window_columns() -> Sequence[Column[WalkForwardWindow]]:
    """Windows, trained and tested."""
    return (
        Column("tested from", lambda window: date_and_time(window.test_start_time)[:10]),
        Column("to", lambda window: date_and_time(window.test_end_time)[:10], spare=2),
        Column("trained Sharpe", lambda window: optional(window.train, "sharpe_ratio"), right=True, spare=1),
        Column("tested %", lambda window: gain_percent(window.test.total_return_pct), right=True),
        Column("trades", lambda window: shares(window.test.trades.trades), right=True),
        Column("parameters", lambda window: settings(window.parameters), cuttable=True),
    )


def some(symbols: Sequence[str]) -> str:
    """The first symbols, and how many more there are."""
    more = len(symbols) - SYMBOLS_SHOWN
    return ", ".join(symbols[:SYMBOLS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _state(run: Backtest) -> Cell:
    text = word(run.progress, "state")
    return Cell(text, _STATE_STYLES.get(text, ""))


def _metric(run: Backtest, field: str) -> Cell | str:
    return gain_percent(getattr(run.metrics, field)) if run.HasField("metrics") else NOTHING
