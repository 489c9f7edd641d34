"""What a run on past bars came to, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show.backtest_columns import point_columns, window_columns
from fluxhero_client.cli.show.figures import NOTHING, Cell, gain, gain_percent, money, optional, plural, shares, word
from fluxhero_client.cli.show.strategy_columns import earned_columns
from fluxhero_client.cli.show.table import Table, print_pairs
from fluxhero_client.cli.show.times import span

POINTS_SHOWN = 20
_STYLES = {"passed": "good", "failed": "bad", "probably real": "good", "no edge": "bad", "likely luck": "bad"}


def print_result(kind: str, result: Any, console: Console) -> None:
    """The result of a single run, a walk-forward or a sweep."""
    {"single": _single, "walk_forward": _walk_forward, "sweep": _sweep}[kind](result, console)


def _single(result: Any, console: Console) -> None:
    print_pairs(console, _figures(result.metrics))
    _by_mode(result.metrics, console)
    for check in result.checks:
        mark = Cell("passed", "good") if check.passed else Cell("FAILED", "bad")
        console.print(f"{console.paint(mark.text, mark.style)}  {check.name.replace('_', ' ')}: {check.text}")
    _luck(result, console)


def _walk_forward(result: Any, console: Console) -> None:
    _say(result, console)
    if result.windows:
        Table[Any](window_columns(), console).print(result.windows)
        console.print()
        print_pairs(console, _figures(result.combined))
    _luck(result, console)


def _sweep(result: Any, console: Console) -> None:
    tried = plural(result.combinations, "combination")
    console.print(f"{tried}, {shares(result.failed)} of them could not run; the best of them:")
    if result.points:
        Table[Any](point_columns(), console).print(result.points[:POINTS_SHOWN])
    _luck(result, console)


def _figures(metrics: Any) -> Iterator[tuple[str, Cell | str]]:
    yield "final equity $", money(metrics.final_equity)
    yield "return %", gain_percent(metrics.total_return_pct)
    yield "a year %", optional(metrics, "annualized_return_pct")
    yield "volatility %", optional(metrics, "volatility_pct")
    yield (
        "Sharpe",
        f"{optional(metrics, 'sharpe_ratio')} ({optional(metrics, 'sharpe_ratio_zero_rate')} at a rate of 0)",
    )
    yield "Sortino", optional(metrics, "sortino_ratio")
    yield "Calmar", optional(metrics, "calmar_ratio")
    yield "max drawdown %", f"{metrics.max_drawdown_pct:.2f}, below a peak for {span(metrics.max_drawdown_duration)}"
    yield "in the market %", f"{metrics.time_in_market_pct:.1f}"
    trades = metrics.trades
    yield "trades", f"{shares(trades.trades)}, {optional(trades, 'win_rate_pct')} % of them won"
    yield "net $", gain(trades.net_pnl) if trades.net_pnl else NOTHING
    yield "profit factor", optional(trades, "profit_factor")
    yield "bars", f"{shares(metrics.bars)} in {plural(metrics.sessions, 'session')}"


def _by_mode(metrics: Any, console: Console) -> None:
    if metrics.by_mode:
        console.print()
        rows = [(word(mode, "mode"), mode.statistics) for mode in metrics.by_mode]
        rows += [(f"in {word(regime, 'regime')}", regime.statistics) for regime in metrics.by_regime]
        Table[Any](earned_columns("mode, regime"), console).print(rows)
        console.print()


def _luck(result: Any, console: Console) -> None:
    if result.HasField("luck"):
        _say(result.luck, console)


def _say(judged: Any, console: Console) -> None:
    """A verdict, whose text begins with it."""
    verdict, colon, reasons = judged.text.partition(":")
    console.print(f"{console.paint(verdict, _STYLES.get(word(judged, 'verdict'), 'warn'))}{colon}{reasons}")
