"""Times of the exchange, as the daemon gives them."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero_client.cli.show.times import clock_time, date_and_time, exchange_zone, span

__all__ = ["clock_time", "date_and_time", "day", "day_and_minute", "exchange_zone", "minute", "seconds_of", "span"]


def seconds_of(stamp: Timestamp) -> float:
    """Seconds since 1970; 0 when it was never set."""
    return stamp.seconds + stamp.nanos / 1e9


def minute(stamp: Timestamp) -> str:
    """`09:30`; a dash when it was never set."""
    return _local(stamp).strftime("%H:%M") if stamp.ByteSize() else "-"


def day(stamp: Timestamp) -> str:
    """`2008-01-14`."""
    return _local(stamp).strftime("%Y-%m-%d") if stamp.ByteSize() else "-"


def day_and_minute(stamp: Timestamp) -> str:
    """`01-14 09:30`."""
    return _local(stamp).strftime("%m-%d %H:%M") if stamp.ByteSize() else "-"


def _local(stamp: Timestamp) -> datetime:
    return datetime.fromtimestamp(stamp.seconds, UTC).astimezone(exchange_zone()[0])
