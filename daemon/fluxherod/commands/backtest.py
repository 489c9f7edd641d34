"""`fluxherod backtest`: trade past prices from files with the rules of a configuration, and say what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fluxherod.backtest.export import export
from fluxherod.backtest.model import BacktestConfig, Bars
from fluxherod.backtest.page.render import render
from fluxherod.backtest.report import Report, backtest
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.backtest.sources import Unreadable, check_order, check_timeframe, read_bars
from fluxherod.backtest.text import as_dict, as_text
from fluxherod.commands.backtest_arguments import USUAL_EQUITY, Source
from fluxherod.configuration.config import Config, to_settings
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.money import E4
from fluxherod.engine.settings import TIMEFRAME_MINUTES
from fluxherod.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse

NEW_YORK = ZoneInfo("America/New_York")


def run_backtest(options: argparse.Namespace, config: Config) -> int:
    """Read, trade, check, tell; 0."""
    bars = _read(options, config.market.timeframe)
    rules = _rules(options, config, bars)
    if options.out is not None:
        _make(options.out)  # before a long run, whose results would have no place
    report = backtest(bars, rules)
    if options.out is not None:
        _write(report, bars, options)
    print(json.dumps(as_dict(report), indent=2) if options.json else as_text(report))
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            [f"--out {folder}: {error.strerror}: allowed is a folder, or the name of a new one"]
        ) from error


def _write(report: Report, bars: Sequence[Bars], options: argparse.Namespace) -> None:
    """The report for people and for programs, and each table."""
    folder = options.out
    export(report, folder, (options.tables,))
    (folder / "report.txt").write_text(as_text(report) + "\n", encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(as_dict(report), indent=2) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render(report, bars), encoding="utf-8")


def _read(options: argparse.Namespace, timeframe: str) -> list[Bars]:
    """The bars of all files, each up to the last day."""
    symbols = [source.symbol for source in options.sources]
    if len(set(symbols)) < len(symbols):
        raise ConfigurationError([f"the files are of {', '.join(symbols)}: allowed is one file a symbol"])
    try:
        found = [_read_one(source, timeframe) for source in options.sources]
    except Unreadable as error:
        raise ConfigurationError([str(error)]) from error
    if options.last is not None:
        end_ns = _midnight_ns(options.last + timedelta(days=1))
        found = [one.first(int(one.start_ns.searchsorted(end_ns))) for one in found]
    begin_ns = None if options.first is None else _midnight_ns(options.first)
    if not any(len(one) and (begin_ns is None or int(one.start_ns.max()) >= begin_ns) for one in found):
        raise ConfigurationError(["the files have no bars in these days"])
    return found


def _read_one(source: Source, timeframe: str) -> Bars:
    bars = read_bars(source.symbol, source.path)
    check_order(bars, source.path)
    try:
        check_timeframe(bars, timeframe, source.path)
    except Unreadable as error:
        raise Unreadable(f"{error}: market.timeframe must be that of the bars") from error
    return bars


def _rules(options: argparse.Namespace, config: Config, bars: Sequence[Bars]) -> BacktestConfig:
    """The rules that live trading would have by this configuration, on the sessions of these bars."""
    _refuse_what_bars_cannot_show(config)
    settings = to_settings(config, 0)
    starts = [int(ns) for one in bars if len(one) for ns in (one.start_ns.min(), one.start_ns.max())]
    try:
        calendar = new_york_sessions(_new_york(min(starts)), _new_york(max(starts)))
    except ValueError as error:
        raise ConfigurationError([str(error)]) from error
    return BacktestConfig(
        timeframe_ns=TIMEFRAME_MINUTES[settings.timeframe] * MINUTE_NS,
        initial_equity_e4=(options.equity or USUAL_EQUITY) * E4,
        params=settings.strategy,
        limits=settings.limits,
        start_ns=None if options.first is None else _midnight_ns(options.first),
        calendar=calendar,
        allow_shorts=settings.allow_shorts,
        entry_order=settings.entry_order,
    )


def _refuse_what_bars_cannot_show(config: Config) -> None:
    """Settings of live trading that a backtest on bars does not follow would give figures of other rules."""
    wanted = {
        "market.session": ("regular", config.market.session),
        "strategy.trail_on": ("bar", config.strategy.trail_on),
        "orders.flatten_at_close": (False, config.orders.flatten_at_close),
    }
    problems = [
        f"{key} = {value}: a backtest can't follow it, try --set {key}={str(allowed).lower()}"
        for key, (allowed, value) in wanted.items()
        if value != allowed
    ]
    if problems:
        raise ConfigurationError(problems)


def _midnight_ns(day: date) -> int:
    return int(datetime.combine(day, time(), NEW_YORK).timestamp()) * SECOND_NS


def _new_york(ns: int) -> date:
    return datetime.fromtimestamp(ns // SECOND_NS, UTC).astimezone(NEW_YORK).date()
