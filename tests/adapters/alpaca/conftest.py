"""What the tests of the Alpaca edge share: recorded shapes, and a time that sleeping moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

ORDER: dict[str, Any] = {
    "id": "61e69015-8549-4bfd-b9c3-01e75843f47d",
    "client_order_id": "e1-SPY-20240102-entry-1",
    "created_at": "2024-01-02T15:00:00.123456789Z",
    "updated_at": "2024-01-02T10:00:01-05:00",
    "submitted_at": "2024-01-02T15:00:00.123456789Z",
    "filled_at": None,
    "expired_at": None,
    "canceled_at": None,
    "failed_at": None,
    "replaced_at": None,
    "replaced_by": None,
    "replaces": None,
    "asset_id": "b28f4066-5c6d-479b-a2af-85dc1a8f16fb",
    "symbol": "SPY",
    "asset_class": "us_equity",
    "notional": None,
    "qty": "125",
    "filled_qty": "0",
    "filled_avg_price": None,
    "order_class": "",
    "order_type": "market",
    "type": "market",
    "side": "buy",
    "time_in_force": "gtc",
    "limit_price": None,
    "stop_price": None,
    "status": "accepted",
    "extended_hours": False,
    "legs": None,
    "trail_percent": None,
    "trail_price": None,
    "hwm": None,
    "position_intent": None,
    "subtag": None,
    "source": None,
    "a_field_of_next_year": {"deep": [1]},
}


class DrivenTime:
    """A monotonic clock that only sleeping moves; it remembers every sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def driven() -> DrivenTime:
    return DrivenTime()


@pytest.fixture
def order_json() -> Callable[..., dict[str, Any]]:
    """An order as Alpaca sends it, with some fields changed."""
    return lambda **changes: {**ORDER, **changes}
