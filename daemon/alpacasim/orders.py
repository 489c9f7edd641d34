"""The order record and the table of its states."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Side = Literal["buy", "sell"]
OrderType = Literal["market", "limit", "stop", "stop_limit", "trailing_stop"]
TimeInForce = Literal["day", "gtc", "opg", "cls", "ioc", "fok"]
OrderClass = Literal["simple", "bracket", "oco", "oto"]
PositionIntent = Literal["buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close"]
LegRole = Literal["", "take_profit", "stop_loss"]

SIDES: tuple[Side, ...] = ("buy", "sell")
ORDER_TYPES: tuple[OrderType, ...] = ("market", "limit", "stop", "stop_limit", "trailing_stop")
TIMES_IN_FORCE: tuple[TimeInForce, ...] = ("day", "gtc", "opg", "cls", "ioc", "fok")
POSITION_INTENTS: tuple[PositionIntent, ...] = ("buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close")
ORDER_CLASSES: tuple[OrderClass, ...] = ("simple", "bracket", "oco", "oto")


class Status(StrEnum):
    """Alpaca's order statuses that this exchange uses."""

    PENDING_NEW = "pending_new"
    ACCEPTED = "accepted"
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    HELD = "held"
    PENDING_CANCEL = "pending_cancel"
    PENDING_REPLACE = "pending_replace"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REJECTED = "rejected"


# From each status, the statuses that may follow. What is absent can't happen, and `Order.move` says so.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING_NEW: frozenset(
        {Status.NEW, Status.ACCEPTED, Status.REJECTED, Status.PENDING_CANCEL, Status.CANCELED, Status.EXPIRED}
    ),
    Status.ACCEPTED: frozenset({Status.NEW, Status.PENDING_CANCEL, Status.CANCELED, Status.EXPIRED, Status.REJECTED}),
    Status.HELD: frozenset({Status.NEW, Status.CANCELED, Status.EXPIRED, Status.REPLACED}),
    Status.NEW: frozenset(
        {
            Status.PARTIALLY_FILLED,
            Status.FILLED,
            Status.PENDING_CANCEL,
            Status.PENDING_REPLACE,
            Status.CANCELED,
            Status.EXPIRED,
            Status.REPLACED,
            Status.REJECTED,
        }
    ),
    Status.PARTIALLY_FILLED: frozenset(
        {
            Status.PARTIALLY_FILLED,
            Status.FILLED,
            Status.PENDING_CANCEL,
            Status.PENDING_REPLACE,
            Status.CANCELED,
            Status.EXPIRED,
            Status.REPLACED,
        }
    ),
    Status.PENDING_CANCEL: frozenset({Status.CANCELED, Status.EXPIRED, Status.FILLED}),
    Status.PENDING_REPLACE: frozenset(
        {Status.REPLACED, Status.NEW, Status.PARTIALLY_FILLED, Status.CANCELED, Status.EXPIRED, Status.FILLED}
    ),
    Status.FILLED: frozenset(),
    Status.CANCELED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.REPLACED: frozenset(),
    Status.REJECTED: frozenset(),
}
PENDING = frozenset({Status.PENDING_CANCEL, Status.PENDING_REPLACE})
TERMINAL = frozenset(status for status, following in TRANSITIONS.items() if not following)
REPLACEABLE = frozenset({Status.NEW, Status.PARTIALLY_FILLED, Status.HELD})


@dataclass(slots=True, eq=False)
class Order:
    """One order; prices in 1/10,000 dollar, quantities in 1/1,000,000,000 share, times in ns UTC."""

    id: str
    client_order_id: str
    sequence: int
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    order_class: OrderClass
    created_ns: int
    quantity_e9: int
    notional_e4: int | None = None
    limit_e4: int | None = None
    stop_e4: int | None = None
    trail_e4: int | None = None
    trail_percent_e4: int | None = None
    high_water_e4: int | None = None
    extended_hours: bool = False
    position_intent: PositionIntent | None = None
    status: Status = Status.PENDING_NEW
    updated_ns: int = 0
    submitted_ns: int = 0
    filled_ns: int | None = None
    expired_ns: int | None = None
    canceled_ns: int | None = None
    failed_ns: int | None = None
    replaced_ns: int | None = None
    replaced_by: str | None = None
    replaces: str | None = None
    expires_ns: int | None = None
    filled_e9: int = 0
    filled_notional: int = 0
    """Sum of price times quantity over the fills, in 1e-13 dollar, so that the average stays exact."""
    triggered: bool = False
    rested: bool = False
    """True once a matching pass has left the order unfilled: from then on a limit fills at its own price."""
    role: LegRole = ""
    parent: Order | None = None
    legs: list[Order] = field(default_factory=list)
    successor: Order | None = None
    """The changed order that waits to take this one's place."""
    predecessor: Order | None = None
    """The order in whose place this one waits to step."""

    @property
    def open(self) -> bool:
        return self.status not in TERMINAL

    @property
    def remaining_e9(self) -> int:
        return self.quantity_e9 - self.filled_e9

    @property
    def sign(self) -> int:
        return 1 if self.side == "buy" else -1

    @property
    def group(self) -> list[Order]:
        """The orders that share this one's fate: the entry first, then its legs."""
        head = self.parent or self
        return [head, *head.legs]

    @property
    def siblings(self) -> list[Order]:
        """The other exits of the same group (an `oco` head is itself an exit)."""
        head = self.parent or self
        exits = [head, *head.legs] if head.order_class == "oco" else head.legs
        return [order for order in exits if order is not self]

    def move(self, status: Status, now_ns: int) -> None:
        """Take the next status; a transition outside the table is a defect of the exchange."""
        if status not in TRANSITIONS[self.status]:
            raise AssertionError(f"order {self.id}: {self.status} -> {status} is not in the table")
        self.status = status
        self.updated_ns = now_ns
