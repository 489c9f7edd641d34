"""The command line: argparse only, so that help and mistakes cost nothing."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

_EPILOG = """\
exit codes:
  0  done                          4  refused by the daemon, with the reason
  1  failed                        5  no such order, position, signal, alert or bar
  2  wrong usage or bad request    6  access denied
  3  no daemon, or it is not ready (or no answer in time)

The local daemon is found by itself (Unix socket, else 127.0.0.1:50051); --address or FLUXHERO_ADDRESS names another.
Times are New York times. -o json prints the API's own messages: lists as an array, streams as one message a line."""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The chosen command with its options; ends the process with code 2 when they are wrong."""
    parser = argparse.ArgumentParser(
        prog="fluxhero",
        description="Watch and steer fluxherod, the FluxHero trading daemon.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    _add_global_options(parser, suppress=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_reading_commands(commands)
    _add_trading_commands(commands)
    _add_strategy_commands(commands)
    _add_risk_commands(commands)
    chosen = parser.parse_args(arguments)
    if wrong := _wrong_together(chosen):
        parser.error(wrong)
    return chosen


def _wrong_together(chosen: argparse.Namespace) -> str:
    """What of the options does not go together, in words; "" when all of it does."""
    if chosen.command == "watch" and chosen.every and chosen.topic not in ("prices", "positions", "risk"):
        return f"--every: {chosen.topic} are never held back, each change is shown at once"
    if chosen.command == "watch" and chosen.topic == "risk" and chosen.symbol:
        return "--symbol: risk is that of the whole account"
    if chosen.command == "limits" and chosen.action and not (chosen.change and chosen.reason):
        return "limits set needs NAME=VALUE and --reason"
    if chosen.command == "replace" and not (chosen.limit or chosen.quantity):
        return "replace: give --limit, --quantity or both"
    return ""


class _Quantity(argparse.Action):
    """The second of SYMBOL QTY, or of QTY SYMBOL, as people say it."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any, *_: object) -> None:
        if namespace.symbol.isdecimal():
            namespace.symbol, values = values.upper(), namespace.symbol
        try:
            namespace.quantity = _count(values)
        except argparse.ArgumentTypeError as error:
            parser.error(f"argument QTY: {error}")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"fluxhero {version('fluxhero')}\n")


def _add_global_options(parser: argparse.ArgumentParser, suppress: bool) -> None:
    """Options that may stand before the command or after it; there they must not reset what stood before."""

    def default(value: Any) -> Any:
        return argparse.SUPPRESS if suppress else value

    group = parser.add_argument_group("options of every command") if suppress else parser
    group.add_argument("--address", metavar="ADDRESS", default=default(None), help="HOST:PORT or unix:PATH")
    group.add_argument(
        "-o",
        "--output",
        choices=("table", "json"),
        default=default("table"),
        help="for people (default) or for scripts",
    )
    group.add_argument("--no-color", action="store_true", default=default(False), help="no colour (as NO_COLOR)")
    group.add_argument(
        "--timeout",
        type=_seconds,
        metavar="SECONDS",
        default=default(10.0),
        help="deadline of a call (default: 10)",
    )


def _add(commands: Any, name: str, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False
    )
    _add_global_options(command, suppress=True)
    return command


def _add_reading_commands(commands: Any) -> None:
    _add(commands, "status", "how the daemon, its feeds and the session are")
    _add(commands, "account", "equity, cash, exposure, profit and loss")
    _add_filters(_add(commands, "positions", "open positions and what guards them"), limit=False)
    orders = _add(commands, "orders", "orders, newest first")
    _add_filters(orders)
    orders.add_argument("--open", action="store_true", help="only orders that have not ended")
    _add_filters(_add(commands, "signals", "what the strategy decided, newest first"))
    explain = _add(commands, "explain", "why a symbol was traded, or was not")
    explain.add_argument("symbol", type=str.upper, metavar="SYMBOL")
    explain.add_argument(
        "--at",
        type=_time,
        metavar="TIME",
        help="at the last bar before, such as '2024-01-22 10:30' (default: now)",
    )
    _add_filters(_add(commands, "trades", "round trips and what they earned, newest first"))
    alerts = _add(commands, "alerts", "what a person should know, last raised first")
    _add_filters(alerts)
    alerts.add_argument("--open", action="store_true", help="only those that nobody has acknowledged")
    alerts.add_argument("--severity", choices=("info", "warning", "critical"), help="only those at least so urgent")
    watch = _add(commands, "watch", "follow prices, positions, orders, signals, risk or alerts until Ctrl-C")
    watch.add_argument("topic", choices=("prices", "positions", "orders", "signals", "risk", "alerts"))
    _add_filters(watch, limit=False)
    watch.add_argument(
        "--every",
        type=_seconds,
        metavar="SECONDS",
        help="prices, positions and risk: at most one update in this time (default: each)",
    )


def _add_filters(command: argparse.ArgumentParser, limit: bool = True) -> None:
    command.add_argument(
        "--symbol", type=str.upper, action="append", default=[], metavar="SYMBOL", help="only this symbol (repeatable)"
    )
    if limit:
        command.add_argument("--limit", type=_count, default=20, metavar="N", help="at most so many (default: 20)")


def _add_trading_commands(commands: Any) -> None:
    preview = _add(commands, "preview", "what risk would say to an order, without placing it")
    place = _add(commands, "place", "place an order")
    for command in (preview, place):
        _add_ticket(command)
    place.add_argument("--accept-adjusted", action="store_true", help="place fewer shares if risk cuts the order")
    cancel = _add(commands, "cancel", "cancel a working order")
    cancel.add_argument("order_id", metavar="ORDER_ID")
    replace = _add(commands, "replace", "change the price or the quantity of a limit order that you placed")
    replace.add_argument("order_id", metavar="ORDER_ID")
    replace.add_argument("--limit", type=_price, metavar="P", help="new limit price (default: as it is)")
    replace.add_argument(
        "--quantity",
        type=_count,
        metavar="QTY",
        help="new quantity, filled shares included (default: as it is)",
    )
    replace.add_argument("--accept-adjusted", action="store_true", help="take fewer shares if risk cuts the order")
    close = _add(commands, "close", "close a position at the market")
    close.add_argument("symbol", type=str.upper, metavar="SYMBOL")
    close.add_argument("--reason", default="", help="recorded with the trade")
    ack = _add(commands, "ack", "acknowledge an alert: a person has seen it")
    ack.add_argument("alert_id", metavar="ALERT_ID")
    ack.add_argument("--note", default="", help="kept with the alert")
    halt = _add(commands, "halt", "kill switch: cancel working entries, keep stops, take no new risk")
    resume = _add(commands, "resume", "end a halt")
    flatten = _add(commands, "flatten", "halt, cancel all orders and close all positions at the market")
    flatten.add_argument("--include-foreign", action="store_true", help="positions too that the daemon did not open")
    reset = _add(commands, "reset-breaker", "end what the circuit breaker or the daily loss has latched")
    reset.add_argument("--to", choices=("reduced", "normal"), help="how far (default: one step)")
    for command in (halt, resume, flatten, reset):
        command.add_argument("--reason", required=True, help="recorded")
    for command in (place, replace, close, halt, flatten, reset):
        command.add_argument("--yes", action="store_true", help="do not ask")
    for command in (place, cancel, replace, close, ack, halt, resume, flatten, reset):
        command.add_argument("--request-id", metavar="ID", help="repeat an earlier call under its id")


def _add_ticket(command: argparse.ArgumentParser) -> None:
    command.add_argument("side", type=str.lower, choices=("buy", "sell"))
    command.add_argument("symbol", type=str.upper, metavar="SYMBOL")
    command.add_argument("quantity", action=_Quantity, metavar="QTY", help="whole shares")
    pricing = command.add_mutually_exclusive_group()
    pricing.add_argument("--limit", type=_price, metavar="P", help="limit order at this price (default: at the market)")
    pricing.add_argument("--trigger", type=_price, metavar="P", help="stop order that fires at this price")
    command.add_argument(
        "--stop", type=_price, metavar="P", help="protective stop; needed to open or enlarge a position"
    )
    command.add_argument("--gtc", action="store_true", help="work until cancelled (default: until the session's close)")


def _add_risk_commands(commands: Any) -> None:
    _add(commands, "risk", "limits and what is used of them, breaker and kill switch")
    _add(commands, "risk-report", "drawdown, exposure, risk deployed, worst case and correlations")
    limits = _add(commands, "limits", "the limits of the risk engine; with 'set', new ones for orders to come")
    limits.add_argument("action", nargs="?", choices=("set",), help="change limits")
    limits.add_argument(
        "change", nargs="*", metavar="NAME=VALUE", help="such as max_position_bp=2500 or trend_risk_bp=1%%"
    )
    limits.add_argument("--reason", default="", help="recorded; needed to change one")
    limits.add_argument("--revision", default="", help="refuse when the limits are not at this revision any more")
    limits.add_argument("--request-id", metavar="ID", help="repeat an earlier call under its id")


def _add_strategy_commands(commands: Any) -> None:
    _add(commands, "symbols", "the symbols that are followed")
    joining = _add(commands, "add-symbol", "follow a symbol: load its history and trade it once it is warm")
    leaving = _add(commands, "remove-symbol", "follow a symbol no more")
    enable = _add(commands, "enable", "let a symbol be entered again")
    disable = _add(commands, "disable", "take no new risk in a symbol; an open position is managed as before")
    disable.add_argument("--reason", default="", help="recorded")
    for command in (joining, leaving, enable, disable):
        command.add_argument("symbol", type=str.upper, metavar="SYMBOL")
    _add(commands, "strategies", "the strategy, where it may trade, and its parameters")
    change = _add(commands, "set-parameter", "change parameters of the strategy from the next bar on")
    change.add_argument("change", nargs="+", metavar="NAME=VALUE", help="such as entry_atr=0.6 or allow_shorts=off")
    change.add_argument("--reason", required=True, help="recorded")
    change.add_argument("--revision", default="", help="refuse when the parameters are not at this revision any more")
    for command in (joining, leaving, enable, disable, change):
        command.add_argument("--request-id", metavar="ID", help="repeat an earlier call under its id")
    _add_filters(_add(commands, "performance", "what each mode has earned with closed trades"), limit=False)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _price(text: str) -> str:
    if not re.fullmatch(r"\d+(\.\d{1,4})?", text) or not text.strip("0."):
        raise argparse.ArgumentTypeError(f"{text!r} is not a price above 0, such as 450.25")
    return text


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", text) or not text.strip("0."):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return float(text)


def _time(text: str) -> datetime:
    from fluxhero_client.cli.show.times import read_time

    try:
        return read_time(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time, such as '2024-01-22 10:30' (New York)") from None
