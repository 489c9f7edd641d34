"""Pages of market data: sorted by symbol, then time; the limit counts over all symbols of a page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from starlette.requests import Request

from alpacasim.http_api import QueryError, choice, integer
from alpacasim.timestamps import LAST_NS
from alpacasim.window import Read, Records, Window

DEFAULT_LIMIT, MAX_LIMIT = 1000, 10_000
_MOST_AT_ONE_TIME = 10**9


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: at a time of a symbol, after `given` records of that time; "" is the beginning."""

    symbol: str = ""
    t_ns: int = 0
    given: int = 0

    def token(self) -> str:
        return base64.urlsafe_b64encode(f"{self.symbol}|{self.t_ns}|{self.given}".encode()).decode()


def page_of(request: Request, symbols: Sequence[str], read: Read) -> tuple[dict[str, Records], str | None]:
    """The page that a request asks for, by symbol in the order asked for, and the token of the next one."""
    left = integer(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    descending = choice(request, "sort", "asc", ("asc", "desc")) == "desc"
    place = _read_token(request)
    found: dict[str, Records] = {}
    for symbol in symbols:
        if symbol < place.symbol:
            continue
        begun = place if symbol == place.symbol else Place()
        window = Window(begun.t_ns if begun.symbol else None, left + begun.given + 1, descending)
        records = _ahead(read(symbol, window), begun, descending)
        if len(records) > left:
            if left:
                found[symbol] = records[:left]
            return found, _place_at(symbol, records, left, begun).token()
        if len(records):
            found[symbol] = records
            left -= len(records)
    return found, None


def _ahead(records: Records, begun: Place, descending: bool) -> Records:
    """What is still to be given, in the direction of the sort."""
    if descending:
        records = records[::-1]
    if not begun.symbol:
        return records
    t_ns = records["t_ns"]
    remaining: Records = records[t_ns <= begun.t_ns] if descending else records[t_ns >= begun.t_ns]
    return remaining[begun.given :]


def _place_at(symbol: str, records: Records, index: int, begun: Place) -> Place:
    """The place before a record, of which others of the same time may have been given."""
    t_ns = int(records["t_ns"][index])
    given = int(np.count_nonzero(records["t_ns"][:index] == t_ns))
    return Place(symbol, t_ns, given + (begun.given if begun.symbol and begun.t_ns == t_ns else 0))


def _read_token(request: Request) -> Place:
    text = request.query_params.get("page_token")
    if not text:
        return Place()
    try:
        symbol, t_ns, given = base64.urlsafe_b64decode(text).decode().rsplit("|", 2)
        place = Place(symbol, int(t_ns), int(given))
    except ValueError:
        raise QueryError("invalid page_token") from None
    if not (0 <= place.t_ns <= LAST_NS and 0 <= place.given <= _MOST_AT_ONE_TIME):
        raise QueryError("invalid page_token")
    return place
