"""The exchange's time: New York, whatever the clock of this machine says."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cache

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp


@cache
def exchange_zone() -> tuple[tzinfo, str]:
    """New York's zone and its short name; UTC on a machine without a time zone database."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo("America/New_York"), "ET"
    except ZoneInfoNotFoundError:
        return UTC, "UTC"


def read_time(text: str) -> datetime:
    """An ISO time; New York's when it names no zone.

    Raises:
        ValueError: when it is no time.
    """
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=exchange_zone()[0])


def date_and_time(stamp: Timestamp) -> str:
    """`2024-01-22 09:30:00`; a dash when it was never set."""
    return _local(stamp).strftime("%Y-%m-%d %H:%M:%S") if stamp.ByteSize() else "-"


def clock_time(stamp: Timestamp) -> str:
    """`09:30:00`."""
    return _local(stamp).strftime("%H:%M:%S") if stamp.ByteSize() else "-"


def _local(stamp: Timestamp) -> datetime:
    return datetime.fromtimestamp(stamp.seconds, UTC).astimezone(exchange_zone()[0])


def span(duration: Duration) -> str:
    """`3 d 2 h`, `1 h 5 min`, `2 min 3 s`, `12 s`, `0.4 s`: the two largest units."""
    seconds = duration.seconds + duration.nanos / 1e9
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    for size, unit, part, part_unit in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit}" + (f" {rest} {part_unit}" if rest else "")
    return f"{whole} s"
