"""A report as text for a terminal, and as JSON. Money leaves as dollars, times as UTC."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fluxherod.backtest.metrics import RunFigures
from fluxherod.backtest.report import Report
from fluxherod.core.calendar import to_datetime
from fluxherod.core.money import E4, dollars

_EMPTY = "-"


def as_dict(report: Report) -> dict[str, Any]:
    """All figures and checks of a report, for JSON: dollars, fractions, ISO times; None is not defined."""
    run, found = report.run, report.metrics
    fall = found.drawdown
    return {
        "symbols": list(run.symbols),
        "first": _iso(run.equity_ns[0]) if len(run.equity_ns) else None,
        "last": _iso(run.equity_ns[-1]) if len(run.equity_ns) else None,
        "bars": run.bars,
        "warm_up_bars": run.warm_up,
        "rejected_bars": dict(run.rejected),
        "sessions": found.sessions,
        "initial_equity": found.initial_e4 / E4,
        "final_equity": found.final_e4 / E4,
        "total_return": found.total_return,
        "annualised_return": found.annualised_return,
        "volatility": found.volatility,
        "sharpe": found.sharpe,
        "sharpe_zero_rate": found.sharpe_zero_rate,
        "sortino": found.sortino,
        "calmar": found.calmar,
        "max_drawdown": fall.fraction,
        "max_drawdown_peak": _iso(fall.peak_ns) if fall.fraction else None,
        "max_drawdown_trough": _iso(fall.trough_ns) if fall.fraction else None,
        "longest_drawdown_days": fall.length_ns / 86_400e9,
        "longest_drawdown_over": fall.recovered,
        "exposure": found.exposure,
        "average_exposure": found.average_exposure,
        "open_positions": len(run.open),
        "trades": _figures(found.trades),
        "by_mode": {name: _figures(part) for name, part in found.by_mode.items()},
        "by_regime": {name: _figures(part) for name, part in found.by_regime.items()},
        "monthly_returns": dict(found.monthly),
        "entry_signals": run.outcomes,
        "look_ahead": {
            "clean": report.look_ahead.clean,
            "parts": report.look_ahead.parts,
            "differing": [{"time": _iso(ns), "what": what} for ns, what in report.look_ahead.differing],
        },
        "warm_up": {
            "clean": report.warm_up.clean,
            **{name: value for name, value in asdict(report.warm_up).items() if name != "largest"},
            "largest_difference": dict(report.warm_up.largest),
            "dependent": list(report.warm_up.dependent),
        },
    }


def _figures(part: RunFigures) -> dict[str, float | int | None]:
    return {
        "trades": part.trades,
        "wins": part.wins,
        "win_rate": part.win_rate,
        "net": part.net_e4 / E4,
        "average_win": _in_dollars(part.average_win_e4),
        "average_loss": _in_dollars(part.average_loss_e4),
        "best": _in_dollars(part.best_e4),
        "worst": _in_dollars(part.worst_e4),
        "profit_factor": part.profit_factor,
        "expectancy": _in_dollars(part.expectancy_e4),
        "commission": part.commission_e4 / E4,
        "average_bars": part.average_held_bars,
        "average_hours": None if part.average_held_ns is None else part.average_held_ns / 3_600e9,
    }


def _in_dollars(value_e4: float | None) -> float | None:
    return None if value_e4 is None else value_e4 / E4


def as_text(report: Report) -> str:
    """The report in lines, for a terminal."""
    run, found = report.run, report.metrics
    fall = found.drawdown
    span = f"{_iso(run.equity_ns[0])[:10]} to {_iso(run.equity_ns[-1])[:10]}" if len(run.equity_ns) else "no time"
    lines = [
        f"{', '.join(run.symbols)}: {run.bars:,} bars in {found.sessions:,} sessions, {span}",
        f"Equity            {dollars(found.initial_e4)} -> {dollars(found.final_e4)} ({_percent(found.total_return)})",
        f"Annualised        {_percent(found.annualised_return)}, volatility {_percent(found.volatility)}",
        f"Sharpe            {_number(found.sharpe)} (risk-free rate 0: {_number(found.sharpe_zero_rate)}), "
        f"Sortino {_number(found.sortino)}, Calmar {_number(found.calmar)}",
        f"Max drawdown      {_percent(fall.fraction)}, longest {fall.length_ns / 86_400e9:.0f} days"
        f"{'' if fall.recovered else ', not over'}",
        f"Exposure          {_percent(found.exposure)} of the time, {_percent(found.average_exposure)} of the equity",
        "",
        _row("", "trades", "win rate", "net", "avg win", "avg loss", "PF", "bars"),
        _trades_row("all", found.trades),
        *(_trades_row(name, part) for name, part in found.by_mode.items()),
        *(_trades_row(f"in {name}", part) for name, part in found.by_regime.items()),
        "",
        f"Entry signals     {', '.join(f'{name} {count:,}' for name, count in run.outcomes.items()) or 'none'}",
        f"Open at the end   {len(run.open)}",
        f"Bars left out     {', '.join(f'{name} {count:,}' for name, count in run.rejected.items()) or 'none'}",
        f"Look-ahead        {_look_ahead(report)}",
        f"Warm-up           {_warm_up(report)}",
    ]
    return "\n".join(lines)


def _look_ahead(report: Report) -> str:
    found = report.look_ahead
    if found.clean:
        return f"none: {found.parts} shorter runs are the beginning of this one, bit for bit"
    return "; ".join(f"a run up to {_iso(ns)} has other {what}" for ns, what in found.differing)


def _warm_up(report: Report) -> str:
    found = report.warm_up
    if not found.places:
        return f"not checked: no symbol has more than {found.history} bars"
    if found.clean:
        return f"after {found.history} bars no figure depends on where the history began ({found.places} places)"
    named = ", ".join(f"{name} ({found.largest[name]:.1e})" for name in found.dependent) or "no figure"
    return f"after {found.history} bars depend on where the history began: {named}; decisions: {found.decisions}"


def _trades_row(name: str, part: RunFigures) -> str:
    win, loss = part.average_win_e4, part.average_loss_e4
    return _row(
        name.replace("_", " "),
        f"{part.trades:,}",
        _percent(part.win_rate),
        dollars(part.net_e4),
        _EMPTY if win is None else dollars(round(win)),
        _EMPTY if loss is None else dollars(round(loss)),
        _number(part.profit_factor),
        _number(part.average_held_bars),
    )


def _row(name: str, *cells: str) -> str:
    return f"{name:18}" + "".join(f"{cell:>14}" for cell in cells)


def _percent(value: float | None) -> str:
    return _EMPTY if value is None else f"{100 * value:.2f} %"


def _number(value: float | None) -> str:
    return _EMPTY if value is None else f"{value:.2f}"


def _iso(ns: int) -> str:
    return to_datetime(int(ns)).isoformat().replace("+00:00", "Z")
