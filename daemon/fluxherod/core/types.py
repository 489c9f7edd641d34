"""The vocabulary of the core: frozen values that every layer shares.

Times are integer nanoseconds UTC (`*_ns`). Money and prices of orders, fills and positions are
integers of 1/10,000 dollar (`*_e4`); market data is float64. Quantities are whole shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Side(StrEnum):
    """The side of an order."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> Side:
        """The side that undoes this one."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """How an order is priced."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"


class TimeInForce(StrEnum):
    """How long an order works."""

    DAY = "day"
    GTC = "gtc"


class Mode(StrEnum):
    """What opened a position; it keeps that mode's exits and stop until it is closed."""

    TREND = "trend"
    MEAN_REVERSION = "mean_reversion"
    MANUAL = "manual"


class Regime(IntEnum):
    """The confirmed market regime; the values are the kernel's codes."""

    MEAN_REVERSION = 0
    NEUTRAL = 1
    STRONG_TREND = 2


class SignalKind(StrEnum):
    """What the strategy asked for on a completed bar."""

    LONG = "long"
    SHORT = "short"
    EXIT_LONG = "exit_long"
    EXIT_SHORT = "exit_short"


class Verdict(StrEnum):
    """The outcome of one rule or check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Bar:
    """One OHLCV bar; `start_ns` is its start, as on Alpaca's wire."""

    symbol: str
    start_ns: int
    open: float
    high: float
    low: float
    close: float
    volume: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Best bid and ask; a price of 0 means that side has no quote and must not be used."""

    symbol: str
    time_ns: int
    bid: float
    ask: float

    @property
    def mid(self) -> float:
        """The midpoint, or the one side there is, or 0."""
        return (self.bid + self.ask) / 2 if self.bid > 0 and self.ask > 0 else max(self.bid, self.ask)


class BrokerStatus(StrEnum):
    """An order's status at the broker, reduced to what the daemon acts on.

    Unknown words on the wire become WORKING: never taken for an end. An order that is DONE_FOR_DAY or SUSPENDED has
    not ended, and guards nothing.
    """

    ACCEPTED = "accepted"
    WORKING = "working"
    HELD = "held"
    PENDING_CANCEL = "pending_cancel"
    PENDING_REPLACE = "pending_replace"
    DONE_FOR_DAY = "done_for_day"
    SUSPENDED = "suspended"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REJECTED = "rejected"

    @property
    def ended(self) -> bool:
        """True when the broker will never fill another share of it."""
        return self in _ENDED

    @property
    def idle(self) -> bool:
        """True when the broker does not work the order now, though it has not ended."""
        return self in (BrokerStatus.DONE_FOR_DAY, BrokerStatus.SUSPENDED)


_ENDED = frozenset(
    {BrokerStatus.FILLED, BrokerStatus.CANCELED, BrokerStatus.EXPIRED, BrokerStatus.REPLACED, BrokerStatus.REJECTED}
)


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """An order as the broker reports it; `filled_quantity` is cumulative, and so is what was paid or had for it.

    `time_in_force` is None where it is not told, or is none of ours.
    """

    broker_id: str
    client_order_id: str
    symbol: str
    side: Side
    order_type: OrderType
    status: BrokerStatus
    quantity: int
    filled_quantity: int
    filled_value_e4: int
    limit_price_e4: int | None = None
    stop_price_e4: int | None = None
    submitted_ns: int = 0
    updated_ns: int = 0
    replaced_by: str | None = None
    replaces: str | None = None
    legs: tuple[BrokerOrder, ...] = ()
    reason: str = ""
    time_in_force: TimeInForce | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill as the broker reports it; `cumulative` is the order's filled quantity after it.

    `position` is what the account holds of the symbol after it, all shares together, short ones below 0.
    """

    execution_id: str
    broker_id: str
    symbol: str
    side: Side
    quantity: int
    price_e4: int
    cumulative: int
    time_ns: int
    position: int | None = None


@dataclass(frozen=True, slots=True)
class BrokerPosition:
    """A position at the broker; `quantity` is signed, negative when short; `price_e4` the last price, 0 if not told."""

    symbol: str
    quantity: int
    average_price_e4: int
    price_e4: int = 0


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """What may be done with a symbol. `found` is False when the broker does not know it."""

    symbol: str
    found: bool
    tradable: bool
    shortable: bool
    easy_to_borrow: bool


@dataclass(frozen=True, slots=True)
class BrokerAccount:
    """The account at the broker."""

    account_id: str
    cash_e4: int
    equity_e4: int
    last_equity_e4: int
    buying_power_e4: int
    multiplier: int
    shorting_enabled: bool
    blocked: bool
