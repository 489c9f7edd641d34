"""The door: what a request may hold. Everything that passes is finite, in range and of a known kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.money import E4, format_e4, parse_e4, tick_e4
from fluxherod.core.risk.assess import MAX_PRICE_E4, MAX_QUANTITY
from fluxherod.rpc.convert import Names
from fluxherod.rpc.errors import invalid

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1_000
MAX_SYMBOLS = 10_000
MAX_TEXT = 500
MAX_INTERVAL_S = 60
MAX_SECONDS = (1 << 63) // SECOND_NS - 1

_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,9}([./][A-Z]{1,4})?")
_REQUEST_ID = re.compile(r"[\x21-\x2e\x30-\x7e]{1,64}")
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")

D = TypeVar("D")


def request_id(text: str) -> str:
    """The id that makes a call repeatable."""
    if not _REQUEST_ID.fullmatch(text):
        allowed = "1 to 64 printable characters without spaces and slashes, new for each request (a UUID, say)"
        raise invalid("request_id", allowed)
    return text


def symbol(text: str, field: str = "symbol") -> str:
    """A ticker symbol; whether the daemon follows it is asked later."""
    if not _SYMBOL.fullmatch(text):
        raise invalid(field, 'a ticker symbol in capitals, such as "SPY"')
    return text


def symbols(texts: Iterable[str]) -> tuple[str, ...]:
    """Each symbol once; empty lets all pass."""
    found = tuple(dict.fromkeys(symbol(text, "symbols") for text in texts))
    if len(found) > MAX_SYMBOLS:
        raise invalid("symbols", f"at most {MAX_SYMBOLS}")
    return found


def identifier(text: str, field: str) -> str:
    """An id of the daemon's or the broker's making."""
    if not 0 < len(text) <= 128:
        raise invalid(field, "1 to 128 characters")
    return text


def text(words: str, field: str) -> str:
    """What an operator may write down."""
    if len(words) > MAX_TEXT:
        raise invalid(field, f"at most {MAX_TEXT} characters")
    return words


def reason(words: str, *, required: bool) -> str:
    """Why an operator does something."""
    if required and not words.strip():
        raise invalid("reason", "may not be empty: it is recorded")
    return text(words, "reason")


def quantity(shares: int) -> int:
    """Whole shares."""
    if not 0 < shares <= MAX_QUANTITY:
        raise invalid("quantity", f"1 to {MAX_QUANTITY} shares")
    return shares


def price(text: str, field: str) -> int:
    """A price in 1/10,000 dollar: exact, positive, in the steps that the exchange takes."""
    if not _DECIMAL.fullmatch(text):
        raise invalid(field, 'a price in dollars as a decimal string, such as "451.28"')
    price_e4 = parse_e4(text)
    if not 0 < price_e4 <= MAX_PRICE_E4:
        raise invalid(field, f"more than 0 and at most {format_e4(MAX_PRICE_E4)}")
    if price_e4 % tick_e4(price_e4):
        raise invalid(field, f"whole cents from {format_e4(E4)} on")
    return price_e4


def choice(names: Names[D, Any], number: int, field: str) -> D:
    """The domain value of an enum that must be given."""
    value = names.from_proto(number)
    if value is None:
        raise invalid(field, "must be one of the values that the contract names" if number else "must be given")
    return value


def optional_choice(names: Names[D, Any], number: int, field: str) -> D | None:
    """The domain value of an enum, None for the zero value."""
    return choice(names, number, field) if number else None


def choices(names: Names[D, Any], numbers: Iterable[int], field: str) -> frozenset[D]:
    """The domain values of a filter; empty lets everything pass."""
    return frozenset(choice(names, number, field) for number in numbers)


def page_size(size: int) -> int:
    """How many items a page may have."""
    if not 0 <= size <= MAX_PAGE_SIZE:
        raise invalid("page_size", f"0 (which means {DEFAULT_PAGE_SIZE}) to {MAX_PAGE_SIZE}")
    return size or DEFAULT_PAGE_SIZE


def time_ns(moment: Timestamp, field: str) -> int:
    """A time since 1970."""
    if not (0 <= moment.seconds <= MAX_SECONDS and 0 <= moment.nanos < SECOND_NS):
        raise invalid(field, "a time from 1970 to 2262")
    return moment.seconds * SECOND_NS + moment.nanos


def interval_s(length: Duration) -> float:
    """The least time between two messages of a stream."""
    seconds = length.seconds + length.nanos / SECOND_NS
    if not 0 <= seconds <= MAX_INTERVAL_S:
        raise invalid("min_interval", f"0 to {MAX_INTERVAL_S} seconds")
    return seconds
