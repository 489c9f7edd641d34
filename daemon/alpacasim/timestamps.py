"""Times as Alpaca writes them: RFC 3339 with up to nine fractional digits, `Z` or New York's offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from alpacasim.calendar import NEW_YORK, SECOND_NS, midnight_ns

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:?\d\d)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_NS = 2**63 - 1
"""The last instant that a record can hold, in the year 2262."""


@lru_cache(maxsize=1024)
def _second_utc(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""


def utc_text(ns: int) -> str:
    """`2024-01-02T14:30:00.5Z`."""
    second, nanoseconds = divmod(ns, SECOND_NS)
    return f"{_second_utc(second)}{_fraction(nanoseconds)}Z"


def new_york_text(ns: int) -> str:
    """`2024-01-02T09:30:00.5-05:00`."""
    second, nanoseconds = divmod(ns, SECOND_NS)
    text = datetime.fromtimestamp(second, NEW_YORK).isoformat()
    return f"{text[:-6]}{_fraction(nanoseconds)}{text[-6:]}"


def compact_utc(ns: int) -> str:
    """`20240102143000500`: the time part of an activity's id."""
    second, nanoseconds = divmod(ns, SECOND_NS)
    digits = _second_utc(second).translate({ord(mark): None for mark in "-T:"})
    return f"{digits}{nanoseconds // 1_000_000:03d}"


def to_datetime(ns: int) -> datetime:
    """An aware datetime in UTC, cut to microseconds."""
    second, nanoseconds = divmod(ns, SECOND_NS)
    return datetime.fromtimestamp(second, UTC).replace(microsecond=nanoseconds // 1000)


def parse_time(text: str) -> int | None:
    """Nanoseconds of an RFC 3339 time, a New York date (its midnight), or integer nanoseconds; None if none of them.

    A time without a zone is New York's.
    """
    text = text.strip()
    if re.fullmatch(r"[0-9]{10,30}", text):
        return int(text) if int(text) <= LAST_NS else None
    try:
        if len(text) == 10:
            return midnight_ns(date.fromisoformat(text))
        # A plus sign that a client did not encode arrives as a space.
        match = _RFC3339.fullmatch(re.sub(r" (\d\d:?\d\d)$", r"+\1", text) if text.count(":") > 1 else text)
        if match is None:
            return None
        day, clock, fraction, zone = match.groups()
        moment = datetime.fromisoformat(f"{day}T{clock}{(zone or '').upper()}")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=NEW_YORK)
    elapsed = moment - _EPOCH
    seconds = elapsed.days * 86_400 + elapsed.seconds
    return seconds * SECOND_NS + int((fraction or "0").ljust(9, "0"))
