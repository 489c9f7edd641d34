"""The options that single commands have of their own; each function adds them to a parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from fluxhero_client.cli import options

Parser = argparse.ArgumentParser
TOPICS = (
    "prices",
    "bars",
    "indicators",
    "positions",
    "orders",
    "signals",
    "account",
    "risk",
    "status",
    "alerts",
    "events",
)


def only_open(parser: Parser) -> None:
    """Only what has not ended."""
    parser.add_argument("--open", action="store_true", help="only those that have not ended")


def unseen(parser: Parser) -> None:
    """Which alerts."""
    parser.add_argument("--open", action="store_true", help="only those that nobody has acknowledged")
    parser.add_argument("--severity", choices=("info", "warning", "critical"), help="only those at least so urgent")


def at_time(parser: Parser) -> None:
    """At which bar."""
    parser.add_argument(
        "--at",
        type=options.time,
        metavar="TIME",
        help="at the last bar before, such as '2024-01-22 10:30' (default: now)",
    )


def timeframe(parser: Parser) -> None:
    """Which bars."""
    parser.add_argument(
        "--timeframe",
        choices=("1Min", "5Min", "15Min", "30Min", "1Hour", "1Day"),
        default="",
        help="length of a bar (default: the strategy's)",
    )


def resolution(parser: Parser) -> None:
    """How far apart points are."""
    parser.add_argument(
        "--each", choices=("all", "hour", "session"), default="session", help="how far apart (default: session)"
    )


def modes(parser: Parser) -> None:
    """What opened a trade."""
    parser.add_argument(
        "--mode",
        choices=("trend", "mean-reversion", "manual"),
        action="append",
        default=[],
        help="only what this opened (repeatable)",
    )


def export_file(parser: Parser) -> None:
    """Where a file goes."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="where to; - is standard output (default: named here)")
    parser.add_argument("--format", choices=("csv", "parquet"), help="default: that of FILE's name, else csv")


def watch(parser: Parser) -> None:
    """Which topics, and how."""
    parser.add_argument("topic", choices=TOPICS, nargs="+", metavar="TOPIC", help=", ".join(TOPICS))
    options.add_filters(parser)
    parser.add_argument(
        "--every",
        type=options.seconds,
        metavar="SECONDS",
        help="prices, indicators, positions, account, risk, status: at most one update in this time (default: each)",
    )
    parser.add_argument(
        "--from", dest="from_seq", type=options.sequence, metavar="SEQ", help="events: after this one (0: all)"
    )
    parser.add_argument("--type", action="append", default=[], metavar="TYPE", help="events: only these (repeatable)")


def ticket(parser: Parser) -> None:
    """An order."""
    parser.add_argument("side", type=str.lower, choices=("buy", "sell"))
    options.add_symbol(parser)
    parser.add_argument("quantity", action=options.Quantity, metavar="QTY", help="whole shares")
    parser.add_argument(
        "--limit", type=options.price, metavar="P", help="limit order at this price (default: at the market)"
    )
    parser.add_argument(
        "--stop", type=options.price, metavar="P", help="protective stop; needed to open or enlarge a position"
    )


def accept(parser: Parser) -> None:
    """Whether risk may cut it."""
    parser.add_argument("--accept-adjusted", action="store_true", help="take fewer shares if risk cuts the order")


def replacement(parser: Parser) -> None:
    """What changes of an order."""
    parser.add_argument("--limit", type=options.price, metavar="P", help="new limit price (default: as it is)")
    parser.add_argument(
        "--quantity",
        type=options.count,
        metavar="QTY",
        help="new quantity, filled shares included (default: as it is)",
    )


def identifier(name: str, destination: str) -> Callable[[Parser], None]:
    """Which one, by its id."""

    def add(parser: Parser) -> None:
        parser.add_argument(destination, metavar=name)

    return add


def reason(text: str, required: bool) -> Callable[[Parser], None]:
    """Why."""

    def add(parser: Parser) -> None:
        parser.add_argument("--reason", required=required, default="", help=text)

    return add


def note(parser: Parser) -> None:
    """What a person says to it."""
    parser.add_argument("--note", default="", help="kept with the alert")


def foreign(parser: Parser) -> None:
    """Whose positions."""
    parser.add_argument("--include-foreign", action="store_true", help="positions too that the daemon did not open")


def how_far(parser: Parser) -> None:
    """How far a breaker is reset."""
    parser.add_argument("--to", choices=("reduced", "normal"), help="how far (default: one step)")


def limits(parser: Parser) -> None:
    """Which limits change."""
    parser.add_argument("action", nargs="?", choices=("set",), help="change limits")
    parser.add_argument(
        "change", nargs="*", metavar="NAME=VALUE", help="such as max_position_bp=2500 or trend_risk_bp=1%%"
    )
    parser.add_argument("--reason", default="", help="recorded; needed to change one")
    parser.add_argument("--revision", default="", help="refuse when the limits are not at this revision any more")


def parameters(parser: Parser) -> None:
    """Which parameters change."""
    parser.add_argument("change", nargs="+", metavar="NAME=VALUE", help="such as entry_atr=0.6 or allow_shorts=off")
    parser.add_argument("--revision", default="", help="refuse when the parameters are not at this revision any more")


def prefix(parser: Parser) -> None:
    """Which keys."""
    parser.add_argument(
        "prefix", nargs="?", default="", metavar="PREFIX", help="only keys that start so, such as risk."
    )


def reset(parser: Parser) -> None:
    """Which changes are dropped."""
    parser.add_argument(
        "--reset",
        action="append",
        default=[],
        metavar="KEY",
        help="drop what was changed at run time, so that the file holds again (repeatable), such as risk.max_position",
    )


def past(parser: Parser) -> None:
    """On which bars, by which rules, and what becomes of the result."""
    parser.add_argument("symbols", type=str.upper, nargs="+", metavar="SYMBOL", help="on one account")
    options.add_times(parser)
    timeframe(parser)
    parser.add_argument(
        "--source",
        choices=("history", "cache", "files"),
        default="history",
        help="the broker's history, the daemon's cache alone, or files in its data folder (default: history)",
    )
    parser.add_argument("--equity", type=options.price, default="100000", metavar="$", help="at the start")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the strategy (repeatable)"
    )
    parser.add_argument("--risk", action="append", default=[], metavar="NAME=VALUE", help="a limit (repeatable)")
    parser.add_argument("--entry-order", choices=("market", "limit"), default="", help="default: as in force")
    parser.add_argument("--name", default="", help="for the list of backtests")
    report(parser)
    parser.add_argument("--detach", action="store_true", help="print the run's id and let it go on alone")
    options.add_request_id(parser)


def report(parser: Parser) -> None:
    """Where the report goes."""
    parser.add_argument("--report", metavar="FILE", help="save the report, one HTML page, to this file")


def vary(parser: Parser) -> None:
    """Which parameters are tried, and what makes one better."""
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME=V,V,...",
        help="values of a parameter to try (repeatable), such as entry_atr=0.4,0.5,0.6",
    )
    parser.add_argument(
        "--objective",
        choices=("sharpe-ratio", "sortino-ratio", "calmar-ratio", "total-return", "profit-factor"),
        default="sharpe-ratio",
        help="what is looked for (default: sharpe-ratio)",
    )


def windows(parser: Parser) -> None:
    """How long is trained and tested."""
    parser.add_argument(
        "--train", type=options.count, default=3, metavar="MONTHS", help="of each training (default: 3)"
    )
    parser.add_argument("--test", type=options.count, default=1, metavar="MONTHS", help="of each test (default: 1)")


def search(parser: Parser) -> None:
    """Which combinations."""
    parser.add_argument(
        "--search", choices=("grid", "random", "optimizer"), default="grid", help="which combinations (default: all)"
    )
    parser.add_argument("--combinations", type=options.count, metavar="N", help="how many, unless all are tried")
    parser.add_argument("--seed", type=options.sequence, default=0, metavar="N", help="of chance (default: 0)")
    parser.add_argument("--points", type=options.count, default=100, metavar="N", help="best ones kept (default: 100)")


def some_trades(parser: Parser) -> None:
    """How many trades."""
    parser.add_argument("--trades", type=options.count, metavar="N", help="the newest trades, too")


def profile(parser: Parser) -> None:
    """What is done with which profile."""
    parser.add_argument("action", choices=("list", "add", "remove"))
    parser.add_argument("name", nargs="?", metavar="NAME", help="of the profile")


def shell(parser: Parser) -> None:
    """Which shell."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def recording(parser: argparse.ArgumentParser) -> None:
    """A recording in place of a daemon."""
    parser.add_argument("--demo", action="store_true", help="play a recording, no daemon needed")
