"""`alpacasim`: the command line."""

from __future__ import annotations

import argparse
import asyncio
import logging
import math
import re
import signal
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from alpacasim.admin_fields import DOLLARS_BELOW
from alpacasim.aggregate import parse_timeframe
from alpacasim.app import Settings, build
from alpacasim.bar_fills import BarFills
from alpacasim.calendar import DAY_NS, Calendar, new_york_day
from alpacasim.credentials import Credentials
from alpacasim.fault_plan import read_file
from alpacasim.money import decimal_to_e4, parse_decimal
from alpacasim.player import start_of_day
from alpacasim.server import bind, serve
from alpacasim.tape import Tape
from alpacasim.timestamps import parse_time, utc_text

_DESCRIPTION = """\
An Alpaca that runs on your machine: the trading API, the market-data API and both
WebSockets on one loopback port, with a matching engine, real or generated prices,
and a clock of its own. Point your bot's URLs at it and trade months in minutes.
US equities only: options, crypto and news are refused with a reason."""

_EPILOG = """\
examples:
  alpacasim --synthetic 7 --speed 600 --wait        a session in 39 s, from when a client subscribes
  alpacasim --synthetic 7 --symbols SPY,QQQ --step  the time stands until POST /sim/step
  alpacasim --sample --speed 6000                   real daily prices, a session in about 4 s
  alpacasim --bars ./data --start 2008-01-02        your own: SPY_1Min.csv, .csv.gz or .parquet, or 5Min, 15Min, 30Min,
                                                    1Hour, 1Day; columns timestamp,open,high,low,close,volume

URLs for a client (key PKDEMO, secret demo-secret):
  trading REST    http://127.0.0.1:8765             trade updates  ws://127.0.0.1:8765/stream
  data REST       http://127.0.0.1:8765             market data    ws://127.0.0.1:8765/v2/iex
  scripting       http://127.0.0.1:8765/sim         explains them all; no key is needed:
                  /sim/clock, /sim/step, /sim/state, /sim/quote, /sim/trade, /sim/bar, /sim/fills, /sim/hold,
                  /sim/pending, /sim/halt, /sim/luld, /sim/correction, /sim/cancel-trade,
                  /sim/corporate-action, /sim/faults, /sim/fail, /sim/asset, /sim/account; from this machine only

a fault plan (--faults FILE.toml, or the same as JSON to /sim/faults; GET counts what each met, DELETE ends all):
  seed = 7                                [[fault]] has a kind, and what of these concerns it:
  from, until        RFC 3339, or exchange seconds from now          count   so many are met, then no more
  probability        of meeting each, drawn from the seed            symbols, stream ("market", "trade"),
                                                                     channel (market), event (trade updates)
  drop, duplicate, reorder       messages; a reordered one comes after the next of its symbol
  delay                          messages come `seconds` later
  late_bars, revisions           bars come `seconds` late; corrected bars follow half a minute after
  mute, half_dead, disconnect    connections (count) of a stream: no data; nothing at all, no pong; cut
  refuse_connection              with `status` 429, 500, 503 on the upgrade, or 406 after it (market)
  rest                           requests (method, path) get `status` 429, 500, 503, 504 or 0 (no answer);
                                 carried_out = true: after they took effect; html = true: a page of HTML
  partial_fills                  executions come in random parts
  clock_skew                     /v2/clock, quotes, trades and updates are stamped `seconds` off
  halt, split                    of `symbols`; a split has ex_date, new_rate and old_rate, and divides the prices from
                                 then on unless in_prices = true, the default with --bars: they have it already"""

_HISTORY_SESSIONS = 120
_SYMBOLS = "SPY,QQQ,AAPL,MSFT,IBM"
_SYMBOL = re.compile(r"[A-Z][A-Z0-9.]{0,19}")
_WIDEST_SPREAD_BP = 10_000
_SYNTHETIC_START, _SYNTHETIC_END = date(2023, 1, 3), date(2024, 12, 31)


def parser() -> argparse.ArgumentParser:
    """The command line's options."""
    options = argparse.ArgumentParser(
        "alpacasim", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = options.add_mutually_exclusive_group(required=True)
    source.add_argument("--bars", metavar="DIR", type=Path, help="play the CSV or Parquet bars of a directory")
    source.add_argument("--synthetic", metavar="SEED", type=int, help="play generated minute bars")
    source.add_argument("--sample", action="store_true", help="play real daily prices (needs bokeh-sampledata)")
    options.add_argument(
        "--symbols", metavar="A,B", help=f"symbols to generate, with --synthetic (default: {_SYMBOLS})"
    )
    options.add_argument(
        "--start",
        metavar="WHEN",
        help="New York date or RFC 3339 time (default: the first session with 120 sessions of history)",
    )
    options.add_argument("--end", metavar="DATE", type=_date, help="last New York date to play")
    pace = options.add_mutually_exclusive_group()
    pace.add_argument(
        "--speed", type=float, default=1.0, metavar="X", help="exchange seconds a wall second (default: 1)"
    )
    pace.add_argument("--step", action="store_true", help="stand still until POST /sim/step")
    options.add_argument(
        "--wait", action="store_true", help="with --speed: stand still until a client subscribes to market data"
    )
    options.add_argument("--cash", default="100000", metavar="DOLLARS", help="cash at the start (default: %(default)s)")
    options.add_argument(
        "--quotes-per-minute",
        type=int,
        choices=(1, 2, 3, 4),
        default=1,
        help="quotes that the stream sends of a symbol; REST has four (default: 1)",
    )
    options.add_argument(
        "--spread-bp", type=float, default=2.0, metavar="BP", help="width of the quotes in basis points (default: 2)"
    )
    options.add_argument(
        "--bar-fills",
        metavar="TIMEFRAME",
        help="execute as a back-tester of such bars, for example 1Hour: at the market with the first print of the next "
        "bar, a stop at its own price or with the bar that opens beyond it, each a basis point worse",
    )
    _add_service(options)
    return options


def _add_service(options: argparse.ArgumentParser) -> None:
    """How it is reached, and what it allows."""
    options.add_argument(
        "--listen", default="127.0.0.1:8765", metavar="HOST:PORT", help="default: %(default)s; port 0 takes a free one"
    )
    options.add_argument("--key", default="PKDEMO", help="accepted APCA-API-KEY-ID (default: %(default)s)")
    options.add_argument("--secret", default="demo-secret", help="accepted APCA-API-SECRET-KEY (default: %(default)s)")
    options.add_argument(
        "--rate-limit",
        type=int,
        metavar="N",
        help="REST requests a wall minute on either host, 0 = any (default: Alpaca's 200, 10,000 for data with plus, "
        "a minute of the exchange; any with --step)",
    )
    options.add_argument(
        "--plan",
        choices=("basic", "plus"),
        default="plus",
        help="market data: basic has no sip feed, 30 symbols of trades and quotes, 200 requests a minute "
        "(default: %(default)s)",
    )
    options.add_argument(
        "--faults", metavar="FILE", type=Path, help="a fault plan in TOML: what goes wrong, when and where"
    )
    options.add_argument(
        "--log-level", default="warning", choices=("debug", "info", "warning", "error"), help="default: %(default)s"
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: YYYY-MM-DD is allowed") from None


def _symbols(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().upper() for name in text.split(",") if name.strip()))
    wrong = [name for name in names if not _SYMBOL.fullmatch(name)]
    if wrong or not names:
        raise ValueError(f"--symbols is {text!r}: names like SPY,BRK.B are allowed")
    return names


def load_tape(arguments: argparse.Namespace) -> Tape:
    """The tape that the command line asks for. ValueError and OSError say what is wrong with it."""
    if arguments.symbols is not None and arguments.synthetic is None:
        raise ValueError("--symbols goes with --synthetic: the other sources play all the symbols that they have")
    if arguments.bars is not None:
        from alpacasim.sources import load_directory

        return load_directory(arguments.bars)
    if arguments.sample:
        from alpacasim.realprices import bokeh_sample_tape

        return bokeh_sample_tape()
    from alpacasim.synthetic import synthetic

    symbols = _symbols(arguments.symbols or _SYMBOLS)
    return synthetic(arguments.synthetic, symbols, _SYNTHETIC_START, arguments.end or _SYNTHETIC_END)


def start_ns(arguments: argparse.Namespace, tape: Tape, calendar: Calendar) -> int:
    """The instant at which the exchange begins. ValueError names a bad `--start`, or an `--end` before it."""
    ns = _start_ns(arguments, tape, calendar)
    first, days = new_york_day(ns), tape.session_dates()
    if arguments.end and arguments.end < first:
        raise ValueError(f"--end is {arguments.end}: a day from the start on is allowed, which is {first}")
    if not days[0] <= first <= days[-1]:
        raise ValueError(f"--start is {arguments.start!r}: a day with prices is allowed, from {days[0]} to {days[-1]}")
    return ns


def _start_ns(arguments: argparse.Namespace, tape: Tape, calendar: Calendar) -> int:
    days = tape.session_dates()
    if not days:
        raise ValueError("there is no session with data to play")
    if arguments.start is None:
        # A short tape gives half of itself as history.
        return start_of_day(calendar, days[min(_HISTORY_SESSIONS, len(days) // 2)])
    ns = parse_time(arguments.start)
    if ns is None:
        raise ValueError(f"--start is {arguments.start!r}: a New York date or an RFC 3339 time is allowed")
    return start_of_day(calendar, new_york_day(ns)) if len(arguments.start) == 10 else ns


def _cash(text: str) -> Decimal:
    cash = parse_decimal(text)
    if cash is None or not 0 < cash < DOLLARS_BELOW:
        raise ValueError(f"--cash is {text!r}: an amount above 0 is allowed")
    return cash


def _check_numbers(arguments: argparse.Namespace) -> None:
    if not 0 < arguments.speed < math.inf:
        raise ValueError(f"--speed is {arguments.speed}: a number above 0 is allowed")
    if not 0 <= arguments.spread_bp < _WIDEST_SPREAD_BP:
        raise ValueError(f"--spread-bp is {arguments.spread_bp}: 0 to {_WIDEST_SPREAD_BP} is allowed")
    if arguments.rate_limit is not None and arguments.rate_limit < 0:
        raise ValueError(f"--rate-limit is {arguments.rate_limit}: a whole number from 0 is allowed, 0 is no limit")


def settings(arguments: argparse.Namespace, tape: Tape, calendar: Calendar) -> Settings:
    """The settings of a command line. ValueError says which option is wrong."""
    cash = _cash(arguments.cash)
    _check_numbers(arguments)
    days = tape.session_dates()
    first_ns = start_ns(arguments, tape, calendar)
    return Settings(
        start_ns=first_ns,
        last_day=min(arguments.end, days[-1]) if arguments.end else days[-1],
        mode="step" if arguments.step else "run",
        speed=arguments.speed,
        cash_e4=decimal_to_e4(cash),
        quotes_per_minute=arguments.quotes_per_minute,
        spread_bp=arguments.spread_bp,
        credentials=Credentials(arguments.key, arguments.secret),
        rate_limit=arguments.rate_limit,
        plan=arguments.plan,
        waits=arguments.wait and not arguments.step,
        seed=f"{utc_text(first_ns)}/{arguments.synthetic}",
        faults=_faults(arguments.faults),
        bar_fills=_bar_fills(arguments.bar_fills),
    )


def _bar_fills(text: str | None) -> BarFills | None:
    if text is None:
        return None
    try:
        length_ns = parse_timeframe(text).length_ns
    except ValueError as fault:
        raise ValueError(f"--bar-fills: {fault}") from None
    if length_ns > DAY_NS:
        raise ValueError(f"--bar-fills is {text}: bars of at most a day are allowed")
    return BarFills(length_ns)


def _faults(path: Path | None) -> Mapping[str, Any]:
    try:
        return read_file(path) if path else {}
    except OSError as fault:
        raise ValueError(f"--faults {path}: {fault.strerror}; name a file in TOML") from None


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ValueError(f"--listen is {text!r}: HOST:PORT is allowed, with a port from 0 to 65535")
    return host.strip("[]"), int(port)


async def _run(arguments: argparse.Namespace) -> None:
    calendar = Calendar()
    tape = load_tape(arguments)
    simulator = build(tape, calendar, settings(arguments, tape, calendar))
    host, port = _address(arguments.listen)
    try:
        listener = bind(host, port)
    except OSError as fault:
        raise OSError(f"--listen: {fault}") from None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    shown = f"[{host}]" if ":" in host else host

    def say_ready() -> None:
        print(f"alpacasim listening on http://{shown}:{listener.getsockname()[1]}", flush=True)

    await serve(simulator, listener, stop, on_ready=say_ready, log_level=arguments.log_level)


def main() -> int:
    """Run until SIGINT or SIGTERM; 0 then, 2 for a command line that can't be carried out."""
    arguments = parser().parse_args()
    logging.basicConfig(level=arguments.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_run(arguments))
    except (ValueError, OSError, ImportError) as fault:
        print(f"alpacasim: {fault}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
