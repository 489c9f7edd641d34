"""The figures at the head of the page and the full list of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from fluxherod.backtest.metrics import Metrics
from fluxherod.backtest.model import BacktestConfig, Costs
from fluxherod.backtest.page import texts
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, what it is, and a line that puts it into proportion."""

    name: str
    value: str
    beside: str
    tone: str = ""


def tiles(found: Metrics) -> tuple[Tile, ...]:
    """What one looks at first."""
    trades, fall = found.trades, found.drawdown
    ends = ", not yet over" if not fall.recovered else ""
    return (
        Tile("Total return", texts.percent(found.total_return, signed=True), _became(found), _tone(found.total_return)),
        Tile(
            "Return a year",
            texts.percent(found.annualised_return, signed=True),
            f"volatility {texts.percent(found.volatility)}",
            _tone(found.annualised_return),
        ),
        Tile(
            "Sharpe ratio", texts.number(found.sharpe), f"{texts.number(found.sharpe_zero_rate)} at no risk-free rate"
        ),
        Tile("Deepest drawdown", texts.percent(fall.fraction), _when(found)),
        Tile("Longest below a peak", texts.span(fall.length_ns), f"in {texts.count(found.sessions, 'session')}{ends}"),
        Tile("Trades", f"{trades.trades:,}", f"{texts.percent(trades.win_rate, 1)} won"),
        Tile(
            "Profit factor",
            texts.number(trades.profit_factor),
            f"{texts.money(trades.expectancy_e4, signed=True)} a trade",
            _tone(trades.expectancy_e4),
        ),
        Tile(
            "In the market", texts.percent(found.exposure, 1), f"{texts.percent(found.average_exposure, 1)} of equity"
        ),
    )


def _became(found: Metrics) -> str:
    return f"{texts.money(found.initial_e4)} to {texts.money(found.final_e4)}"


def _when(found: Metrics) -> str:
    fall = found.drawdown
    return f"{texts.month(fall.peak_ns)} to {texts.month(fall.trough_ns)}" if fall.fraction > 0 else "none"


def _tone(value: float | None) -> str:
    return "" if not value else "gain" if value > 0 else "loss"


Figures = tuple[tuple[str, str], ...]


def all_figures(found: Metrics) -> tuple[tuple[str, Figures], ...]:
    """Every figure of the run, in groups."""
    return (
        ("Return and risk", _risk(found)),
        ("Trades", _trades(found)),
        ("Results of trades", _results(found)),
    )


def _risk(found: Metrics) -> Figures:
    return (
        ("Equity at the start", texts.money(found.initial_e4)),
        ("Equity at the end", texts.money(found.final_e4)),
        ("Total return", texts.percent(found.total_return)),
        ("Return a year", texts.percent(found.annualised_return)),
        ("Volatility a year", texts.percent(found.volatility)),
        ("Sharpe ratio, 4\N{NARROW NO-BREAK SPACE}% risk-free", texts.number(found.sharpe)),
        ("Sharpe ratio, no risk-free rate", texts.number(found.sharpe_zero_rate)),
        ("Sortino ratio, 4\N{NARROW NO-BREAK SPACE}% risk-free", texts.number(found.sortino)),
        ("Calmar ratio", texts.number(found.calmar)),
        ("Deepest drawdown", texts.percent(found.drawdown.fraction)),
        ("Longest below a peak", texts.span(found.drawdown.length_ns)),
    )


def _trades(found: Metrics) -> Figures:
    trades = found.trades
    return (
        ("Closed trades", f"{trades.trades:,}"),
        ("Won", f"{trades.wins:,}"),
        ("Lost or even", f"{trades.losses:,}"),
        ("Win rate", texts.percent(trades.win_rate, 1)),
        ("Average time held", texts.span(trades.average_held_ns)),
        ("Average bars held", texts.number(trades.average_held_bars, 1)),
        ("Time in the market", texts.percent(found.exposure, 1)),
        ("Average exposure", texts.percent(found.average_exposure, 1)),
        ("Sessions", f"{found.sessions:,}"),
    )


def _results(found: Metrics) -> Figures:
    trades = found.trades
    loss = None if trades.average_loss_e4 is None else -trades.average_loss_e4
    return (
        ("Net result", texts.money(trades.net_e4)),
        ("Gross profit", texts.money(trades.gross_profit_e4)),
        ("Gross loss", texts.money(-trades.gross_loss_e4)),
        ("Commission", texts.money(trades.commission_e4)),
        ("Profit factor", texts.number(trades.profit_factor)),
        ("Average result", texts.money(trades.expectancy_e4)),
        ("Average win", texts.money(trades.average_win_e4)),
        ("Average loss", texts.money(loss)),
        ("Best trade", texts.money(trades.best_e4)),
        ("Worst trade", texts.money(trades.worst_e4)),
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter, its value, and whether it is the default's."""

    name: str
    value: str
    default: str
    changed: bool


def settings(config: BacktestConfig) -> tuple[tuple[str, tuple[Setting, ...]], ...]:
    """Every parameter of the run, in groups."""
    return (
        ("Strategy", _settings(config.params, StrategyParams())),
        ("Risk", _settings(config.limits, RiskLimits())),
        ("Costs", _settings(config.costs, Costs())),
    )


def _settings(values: Any, defaults: Any) -> tuple[Setting, ...]:
    mine, theirs = asdict(values), asdict(defaults)
    names = [field.name for field in fields(values)]
    return tuple(Setting(name, str(mine[name]), str(theirs[name]), mine[name] != theirs[name]) for name in names)
