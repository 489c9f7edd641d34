"""What callers pass, as the API wants it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from google.protobuf.timestamp_pb2 import Timestamp

if TYPE_CHECKING:
    from decimal import Decimal

# Exact by construction: a float price would round on the way.
Money: TypeAlias = "Decimal | str | int"


def decimal_text(amount: Money | None) -> str | None:
    """Dollars as the API's decimal string; None stays None."""
    return None if amount is None else str(amount)


def timestamp(time: datetime | None) -> Timestamp | None:
    """An aware datetime as a Timestamp; None stays None.

    Raises:
        ValueError: when the datetime is naive: whose clock would it be by?
    """
    if time is None:
        return None
    if time.tzinfo is None:
        raise ValueError(f"{time.isoformat()} has no time zone")
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp
