"""The options of `fluxherod backtest`; apart from what it does, which no other command should have to import."""

from __future__ import annotations

import argparse
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

MOST_DOLLARS = 900_000_000
USUAL_EQUITY = 100_000


class Source(NamedTuple):
    """A file of one symbol's bars."""

    symbol: str
    path: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "sources",
        type=source,
        nargs="*",
        metavar="[SYMBOL=]FILE",
        help="bars as CSV (.gz, too) or Parquet, a file a symbol; SPY_1Hour.csv.gz is SPY's",
    )
    parser.add_argument(
        "--from", type=_day, dest="first", metavar="DATE", help="first day to trade; bars before warm up"
    )
    parser.add_argument("--to", type=_day, dest="last", metavar="DATE", help="last day")
    parser.add_argument("--equity", type=_dollars, metavar="DOLLARS", help="what to begin with (default: 100000)")
    parser.add_argument(
        "--like-day",
        type=_day,
        metavar="DATE",
        help="no files: compare a day of the daemon's journal, New York's date, with the backtest of the same bars; "
        "1 when a difference is not explained",
    )
    parser.add_argument(
        "--state-dir",
        type=Path,
        metavar="DIR",
        help="with --like-day: the daemon's state folder (default: as configured)",
    )
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write report.html, figures and tables there")
    parser.add_argument("--tables", choices=("csv", "parquet"), default="csv", help="the form of --out (default: csv)")


def problem(options: argparse.Namespace) -> str:
    """What does not go together; "" when all does."""
    if options.like_day is None:
        if options.state_dir is not None:
            return "--state-dir is of --like-day alone"
        return "" if options.sources else "name a file of bars, or a day with --like-day"
    others = {
        "a file": options.sources,
        "--from": options.first,
        "--to": options.last,
        "--equity": options.equity,
        "--out": options.out,
    }
    if named := [name for name, value in others.items() if value]:
        return f"--like-day has its bars and rules from the journal: it does not go with {named[0]}"
    return ""


def source(text: str) -> Source:
    """A symbol and its file; without a symbol the file's name has it."""
    symbol, equals, path = text.partition("=")
    if not equals:
        symbol, path = Path(text).name.partition(".")[0].partition("_")[0], text
    if not symbol or not path:
        raise argparse.ArgumentTypeError(f"{text}: allowed is FILE or SYMBOL=FILE, such as SPY=prices.csv")
    return Source(symbol.upper(), path)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: allowed is a date, YYYY-MM-DD") from None


def _dollars(text: str) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not (0 < amount <= MOST_DOLLARS and amount == int(amount)):
        raise argparse.ArgumentTypeError(f"{text}: allowed are whole dollars, 1 to {MOST_DOLLARS}")
    return int(amount)
