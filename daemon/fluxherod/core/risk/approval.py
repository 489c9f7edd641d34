"""The types that make risk the only way out: the broker port takes these and nothing else.

Only `core/risk` constructs them; a test searches the tree for any other place that does.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.core.types import OrderType, Side, TimeInForce


@dataclass(frozen=True, slots=True)
class ApprovedOrder:
    """An order that risk lets out. With `leg_stop_e4` it goes out as OTO with a stop leg at that price."""

    id: str
    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    quantity: int
    limit_price_e4: int | None = None
    stop_price_e4: int | None = None
    leg_stop_e4: int | None = None


@dataclass(frozen=True, slots=True)
class ApprovedReplacement:
    """A better price for a working stop; the broker makes a new order of it, named `id`."""

    id: str
    replaces_id: str
    replaces_broker_id: str
    quantity: int
    stop_price_e4: int
