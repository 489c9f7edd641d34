"""What the parameters of a market-data request have in common: symbols, times, the feed, the currency."""

from __future__ import annotations

import re

from starlette.requests import Request

from alpacasim.calendar import DAY_NS, MINUTE_NS, midnight_ns, new_york_day
from alpacasim.http_api import QueryError, Refused, choice, names
from alpacasim.market_stream import Plan
from alpacasim.player import Player
from alpacasim.refusals import Refusal
from alpacasim.timestamps import parse_time

_FEEDS = ("sip", "iex", "boats", "otc", "delayed_sip", "overnight")
_RECENT_NS = 15 * MINUTE_NS
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")
_SYMBOL = re.compile(r"[A-Z][A-Z0-9./-]{0,19}")


class DataQuery:
    """Reads requests to one player's data under a subscription."""

    def __init__(self, player: Player, plan: Plan) -> None:
        self._player = player
        self._plan = plan

    def symbols(self, request: Request) -> list[str]:
        """The symbols asked for, each once, ascending; a well-formed one need not exist."""
        symbols = sorted(set(names(request, "symbols")))
        if not symbols:
            raise QueryError("Invalid format for parameter symbols: query parameter 'symbols' is required")
        for symbol in symbols:
            _check_symbol(symbol)
        return symbols

    def symbol(self, request: Request) -> str:
        """The symbol in the path."""
        symbol = str(request.path_params["symbol"])
        _check_symbol(symbol)
        return symbol

    def span(self, request: Request) -> tuple[int, int]:
        """Start and end, both included; from today's midnight to now by default, and never beyond now."""
        now = self._player.now_ns()
        start, end = _time(request, "start"), self._end(request)
        if start is not None and end is not None and end < start:
            raise QueryError("end should not be before start")
        return midnight_ns(new_york_day(now)) if start is None else start, now if end is None else min(end, now)

    def _end(self, request: Request) -> int | None:
        """An end that is a date means all of that day."""
        end = _time(request, "end")
        whole_day = end is not None and len(request.query_params["end"]) == len("2024-01-02")
        return end + DAY_NS - 1 if end is not None and whole_day else end

    def check_feed(self, request: Request) -> None:
        """The basic plan has the sip feed only up to 15 minutes ago; without an end it is asked up to now."""
        if (currency := request.query_params.get("currency", "USD")) != "USD":
            raise QueryError(f"currency {currency} is not simulated: prices are in USD")
        feed = choice(request, "feed", "sip" if self._plan == "plus" else "iex", _FEEDS)
        if feed != "sip" or self._plan == "plus":
            return
        end = self._end(request)
        if end is None or end > self._player.now_ns() - _RECENT_NS:
            raise Refused(Refusal(403, None, "subscription does not permit querying recent SIP data"))


def _time(request: Request, name: str) -> int | None:
    """A time in ns UTC; None when it is not given. Unlike the trading API, this one wants a zone behind each time."""
    text = request.query_params.get(name)
    if not text:
        return None
    value = parse_time(text) if _TIME.fullmatch(text) else None
    if value is None:
        raise QueryError(f"Invalid format for parameter {name}: error parsing '{text}' as RFC3339 or 2006-01-02 time")
    return value


def _check_symbol(symbol: str) -> None:
    if not _SYMBOL.fullmatch(symbol):
        raise QueryError(f"invalid symbol: {symbol}")
