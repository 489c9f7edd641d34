"""The page's tables: columns with their meaning, rows of formatted cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from fluxherod.backtest.metrics import RunFigures
from fluxherod.backtest.model import ExitReason, Guard, Kind, Outcome, Run
from fluxherod.backtest.page import texts, words
from fluxherod.backtest.page.figures import Refusals
from fluxherod.core.jit import Record
from fluxherod.core.types import Regime

MOST_TRADES = 2_000
"""Rows of the trade list; of more trades the newest are shown, and the page says so."""
SHADES = 5
"""Steps of colour on each side of 0 in a heat map."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A formatted value; `shade` -5 to 5 colours it, `tone` "gain" or "loss" too."""

    text: str
    tone: str = ""
    shade: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A head; numbers stand to the right."""

    title: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """`caption` says what it is; the first cell of a row names it; the last `totals` rows sum up."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: int = 0


def groups(caption: str, what: str, parts: Iterable[tuple[str, RunFigures]], whole: RunFigures | None) -> Table:
    """Figures of trades in groups by their names, with all of them as the last row."""
    titles = ("Trades", "Won", "Profit factor", "Net", "A trade", "Average win", "Average loss", "Held")
    rows = [_group(name, figures) for name, figures in parts]
    if whole is not None:
        rows.append(_group("All", whole))
    columns = (Column(what, number=False), *(Column(title) for title in titles))
    return Table(caption, columns, tuple(rows), totals=int(whole is not None))


def _group(name: str, found: RunFigures) -> tuple[Cell, ...]:
    loss = None if found.average_loss_e4 is None else -found.average_loss_e4
    return (
        Cell(name),
        Cell(f"{found.trades:,}"),
        Cell(texts.percent(found.win_rate, 1)),
        Cell(texts.number(found.profit_factor)),
        _money(found.net_e4),
        _money(found.expectancy_e4),
        Cell(texts.money(found.average_win_e4)),
        Cell(texts.money(loss)),
        Cell(texts.span(found.average_held_ns)),
    )


def _money(value_e4: float | None) -> Cell:
    return Cell(texts.money(value_e4, signed=True), _tone(value_e4))


def _tone(value: float | None) -> str:
    return "" if not value else "gain" if value > 0 else "loss"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def months(monthly: Mapping[str, float]) -> Table:
    """The return of each month in percent, a year a row, and the year's."""
    size = scale(list(monthly.values()))
    rows = []
    for year in sorted({name[:4] for name in monthly}):
        values = [monthly.get(f"{year}-{month:02d}") for month in range(1, 13)]
        whole = float(np.prod([1 + value for value in values if value is not None])) - 1
        cells = [_month(value, size) for value in values]
        rows.append((Cell(year), *cells, Cell(_bare(whole), _tone(round(whole, 4)))))
    columns = (Column("Year", number=False), *(Column(name) for name in MONTHS), Column("Year"))
    return Table("Return of each month, in percent", columns, tuple(rows))


def _month(value: float | None, size: float) -> Cell:
    return Cell("") if value is None else Cell(_bare(value), shade=shade(value, size))


def _bare(fraction: float) -> str:
    return texts.number(fraction * 100, 2)


def scale(values: list[float]) -> float:
    """The size that has the deepest colour: all but the largest twentieth are smaller."""
    return float(np.quantile(np.abs(values), 0.95)) if values else 0.0


def shade(value: float, size: float) -> int:
    """The step of colour of a value, -5 to 5; 0 only for what is nothing beside the size."""
    if size <= 0 or not np.isfinite(value):
        return 0
    steps = min(SHADES, int(np.ceil(abs(value) / size * SHADES - 1e-9)))
    return steps if value > 0 else -steps


def outcomes(run: Run) -> Table:
    """What became of the entry signals, and why."""
    signals = run.signals[~run.signals["exit"]]
    rows = []
    for code in Outcome:
        mine = signals[signals["outcome"] == code]
        if len(mine):
            longs = int((mine["side"] > 0).sum())
            rows.append(
                (
                    Cell(texts.capital(texts.words(code.name))),
                    Cell(f"{len(mine):,}"),
                    Cell(texts.percent(len(mine) / len(signals), 1)),
                    Cell(f"{longs:,}"),
                    Cell(f"{len(mine) - longs:,}"),
                    Cell(words.outcome(code, run.config)),
                )
            )
    titles = ("Outcome", "Signals", "Share", "Long", "Short", "Why")
    columns = tuple(Column(title, number=title not in ("Outcome", "Why")) for title in titles)
    return Table("What became of each entry signal", columns, tuple(rows))


def noise(run: Run, found: Refusals) -> Table:
    """The noise filter's refusals by its rules."""
    refused = run.outcomes.get("noise", 0)
    rows = [
        (Cell(name), Cell(f"{number:,}"), Cell(texts.percent(number / refused if refused else None, 1)), Cell(asks))
        for name, number, asks in words.noise_rules(found, run.config)
    ]
    columns = (Column("Rule", number=False), Column("Refused"), Column("Share"), Column("What it asks", number=False))
    return Table("Rules of the noise filter; an entry may fail more than one", columns, tuple(rows))


def trades(run: Run) -> Table:
    """The newest trades, the last first."""
    titles = ("Nr.", "Symbol", "Side", "Shares", "Entered", "at", "Left", "at", "Why", "Net", "Of value")
    more = ("Bars", "First stop", "Mode", "Regime")
    text = ("Symbol", "Side", "Mode", "Regime", "Entered", "Left", "Why")
    shown = range(max(0, len(run.trades) - MOST_TRADES), len(run.trades))
    rows = [_trade(run, number, run.trades[number]) for number in reversed(shown)]
    columns = tuple(Column(title, number=title not in text) for title in (*titles, *more))
    return Table("Closed trades, times of New York", columns, tuple(rows))


def _trade(run: Run, index: int, trade: Record) -> tuple[Cell, ...]:
    value_e4 = int(trade["quantity"]) * int(trade["entry_e4"])
    net_e4 = int(trade["pnl_e4"])
    return (
        Cell(str(index + 1)),
        Cell(run.symbols[trade["symbol"]]),
        Cell(_side(trade["side"])),
        Cell(f"{int(trade['quantity']):,}"),
        Cell(texts.moment(int(trade["entry_ns"]))),
        Cell(texts.price(int(trade["entry_e4"]))),
        Cell(texts.moment(int(trade["exit_ns"]))),
        Cell(texts.price(int(trade["exit_e4"]))),
        Cell(texts.words(ExitReason(trade["reason"]).name)),
        Cell(texts.money(net_e4, signed=True), _tone(net_e4)),
        Cell(texts.percent(net_e4 / value_e4 if value_e4 else None, signed=True), _tone(net_e4)),
        Cell(f"{int(trade['bars']):,}"),
        Cell(texts.price(int(trade["stop_e4"])) if trade["stop_e4"] > 0 else texts.UNKNOWN),
        Cell(texts.words(Kind(trade["mode"]).name)),
        Cell(texts.words(Regime(trade["regime"]).name)),
    )


def still_open(run: Run) -> Table:
    """The positions at the end."""
    rows = [
        (
            Cell(run.symbols[record["symbol"]]),
            Cell(_side(record["side"])),
            Cell(texts.words(Kind(record["mode"]).name)),
            Cell(f"{int(record['quantity']):,}"),
            Cell(texts.moment(int(record["entry_ns"]))),
            Cell(texts.price(int(record["entry_e4"]))),
            Cell(texts.price(int(record["stop_e4"])) if record["stop_e4"] > 0 else texts.UNKNOWN),
            Cell(texts.price(int(record["price_e4"]))),
            _money(int(record["pnl_e4"])),
        )
        for record in run.open
    ]
    titles = ("Symbol", "Side", "Mode", "Shares", "Entered", "at", "Stop", "Last price", "Result so far")
    columns = tuple(Column(title, number=title not in ("Symbol", "Side", "Mode", "Entered")) for title in titles)
    return Table("Positions that were open at the end", columns, tuple(rows))


_GUARDS = {
    Guard.NORMAL: "back to normal",
    Guard.REDUCED: "sizes reduced",
    Guard.DISABLED: "trading disabled, everything closed",
    Guard.DAILY_LOSS: "daily loss: everything closed",
    Guard.NEW_SESSION: "new session: entries again",
}


def guards(run: Run) -> Table:
    """What the circuit breaker and the daily loss did."""
    rows = [
        (
            Cell(texts.moment(int(record["ns"]))),
            Cell(_GUARDS[Guard(record["what"])]),
            Cell(texts.money(int(record["equity_e4"]))),
            Cell(texts.money(int(record["peak_e4"]))),
        )
        for record in run.guards
    ]
    columns = (Column("When", number=False), Column("What", number=False), Column("Equity"), Column("Peak"))
    return Table("What the circuit breaker and the daily loss did, times of New York", columns, tuple(rows))


def _side(side: int) -> str:
    return "long" if side > 0 else "short"
