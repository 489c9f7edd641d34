"""A backtest: how far it has come, and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from fluxhero.v1 import backtest_pb2, trade_pb2
from fluxhero_tui.draw import grid
from fluxhero_tui.draw.bars import meter, plot
from fluxhero_tui.draw.figures import NOTHING, age, figure, gained, in_cents, money, percent, plural, shares, word
from fluxhero_tui.draw.grid import Column, Order
from fluxhero_tui.draw.ink import EMPTY, Line, Span, beside, clean, clip, heading, line, wrap
from fluxhero_tui.draw.times import day
from fluxhero_tui.panels import columns
from fluxhero_tui.state.run import Result, Run

R = TypeVar("R")
_FACT = 34
_FIRST = "fill in the form; Enter in a field, or r, runs it, v sweeps what it varies, f walks forward"


def lines(run: Run, room: int, height: int) -> list[Line]:
    """The run that was started here, or chosen from the list."""
    if run.error:
        return [heading("Backtest", room), *wrap(run.error, room, "bad")]
    if not run.started:
        return [
            heading("Backtest", room),
            *wrap(_FIRST, room, "dim"),
        ]
    found = [heading(f"Backtest {run.id}".strip(), room), progress(run.progress, room)]
    if run.result.ByteSize():
        found += [EMPTY, *result(run.result, room, max(height - 22, 4))]
    return found


def progress(now: backtest_pb2.BacktestProgress, room: int) -> Line:
    """State, a bar, how long it takes yet."""
    state = word(now, "state") if now.state else "asked for"
    left = f", {age(now.remaining.seconds)} left" if now.HasField("remaining") else ""
    counted = f"{shares(now.done)}/{shares(now.total)} " if now.total else ""
    return clip(
        (
            Span(f"{state:<10}", "bold"),
            *meter(now.done_pct / 100, min(max(room - 60, 10), 40), "accent"),
            Span(f" {percent(now.done_pct, 0):>5}  "),
            Span(f"{counted}{clean(now.text)} {age(now.elapsed.seconds)}{left}", "dim"),
        ),
        room,
    )


def result(found: Result, room: int, height: int) -> list[Line]:
    """What came out, and how much of it may be luck."""
    if isinstance(found, backtest_pb2.WalkForwardResult):
        lines = walk_forward(found, room)
    elif isinstance(found, backtest_pb2.SweepResult):
        lines = sweep(found, room)
    else:
        return single(found, room, height)
    return [*lines, *([EMPTY, *wrap(found.luck.text, room)] if found.HasField("luck") else [])]


def walk_forward(found: backtest_pb2.WalkForwardResult, room: int) -> list[Line]:
    """The verdict, what each window was trained to and came to, the figures of all tests as one run."""
    tone = {backtest_pb2.WALK_FORWARD_VERDICT_PASSED: "good", backtest_pb2.WALK_FORWARD_VERDICT_FAILED: "bad"}
    verdict = wrap(found.text, room, tone.get(found.verdict, "warn"))
    tests = [EMPTY, heading("Windows", room), *_rows(found.windows, columns.windows(), room)]
    return [*verdict, *tests, EMPTY, heading("All tests as one run", room), *metrics(found.combined, room)]


def sweep(found: backtest_pb2.SweepResult, room: int) -> list[Line]:
    """The best combinations, best first."""
    tried = f"{plural(found.combinations, 'combination')}, {shares(found.failed)} of them could not run"
    return [line(tried), EMPTY, heading("The best", room), *_rows(found.points, columns.combinations(), room)]


def _rows(rows: Sequence[R], of: Sequence[Column[R]], room: int) -> list[Line]:
    shown = grid.fitted(of, room - 2)
    return [grid.header(of, shown, Order()), *((Span("  "), *grid.row_line(row, of, shown)) for row in rows)]


def single(found: backtest_pb2.BacktestResult, room: int, height: int) -> list[Line]:
    """Figures, the equity curve, the checks on the run itself."""
    figures = metrics(found.metrics, room)
    values = [float(point.equity) for point in found.equity_curve]
    if len(values) > 1:
        first, last = found.equity_curve[0], found.equity_curve[-1]
        note = f"{day(first.time)} to {day(last.time)}, {min(values):,.0f} to {max(values):,.0f}"
        figures += [
            EMPTY,
            heading("Equity", room, note),
            *(line((row, "accent")) for row in plot(values, room, height)),
        ]
    if found.checks:
        figures += [EMPTY, heading("Checks", room)]
    for check in found.checks:
        mark = Span("✓ ", "good") if check.passed else Span("✗ ", "bad")
        figures.append(clip((mark, Span(clean(f"{check.name.replace('_', ' ')}: {check.text}"))), room))
    return figures


def metrics(of: backtest_pb2.BacktestMetrics, room: int) -> list[Line]:
    """Every figure, in as many columns as fit; what is not defined is a dash."""
    trades = of.trades
    facts = [
        _fact("final equity $", Span(money(of.final_equity), "bold")),
        _fact("total return", _signed(of.total_return_pct)),
        _fact("a year", _ratio(of, "annualized_return_pct", "%")),
        _fact("volatility", _ratio(of, "volatility_pct", "%")),
        _fact("Sharpe (4 %)", _ratio(of, "sharpe_ratio")),
        _fact("Sharpe (0 %)", _ratio(of, "sharpe_ratio_zero_rate")),
        _fact("Sortino", _ratio(of, "sortino_ratio")),
        _fact("Calmar", _ratio(of, "calmar_ratio")),
        _fact("max drawdown", Span(percent(of.max_drawdown_pct, 2), "warn")),
        _fact("its length", Span(age(of.max_drawdown_duration.seconds))),
        _fact("time in market", Span(percent(of.time_in_market_pct))),
        _fact("deflated Sharpe", _ratio(of, "deflated_sharpe")),
        *statistics(trades),
    ]
    across = max(room // (_FACT + 2), 1)
    rows = -(-len(facts) // across)
    blocks = [(facts[start : start + rows], _FACT) for start in range(0, len(facts), rows)]
    return beside(blocks)


def statistics(of: trade_pb2.TradeStatistics) -> list[Line]:
    """Figures of the closed trades."""
    return [
        _fact("trades", Span(plural(of.trades, "closed", "closed"))),
        _fact("win rate", _ratio(of, "win_rate_pct", "%")),
        _fact("net P&L $", gained(of.net_pnl)),
        _fact("profit factor", _ratio(of, "profit_factor")),
        _fact("average win $", Span(in_cents(of, "average_win"))),
        _fact("average loss $", Span(in_cents(of, "average_loss"))),
        _fact("expectancy $", Span(in_cents(of, "expectancy"))),
        _fact("commission $", Span(money(of.commission))),
    ]


def _fact(name: str, value: Span) -> Line:
    return (Span(f"{name:<17}", "dim"), Span(f"{value.text:>{_FACT - 17}}", value.tone))


def _ratio(of: backtest_pb2.BacktestMetrics | trade_pb2.TradeStatistics, field: str, unit: str = "") -> Span:
    return Span(f"{figure(getattr(of, field))}{unit}" if of.HasField(field) else NOTHING)


def _signed(value: float) -> Span:
    return Span(f"{value:+.2f}%", "good" if value > 0 else "bad" if value < 0 else "")
