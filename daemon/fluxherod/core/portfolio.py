"""The ledger: cash, positions and trades, exact to 1/10,000 dollar."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fluxherod.core.jit import shared
from fluxherod.core.orders import Fill
from fluxherod.core.types import Mode, Regime

COMMISSION_E4_PER_SHARE = 50  # half a cent: modelled, shown on trades, never taken from live cash


@dataclass(frozen=True, slots=True)
class Position:
    """An open position of ours. `quantity` and `cost_e4` are signed: both negative when short.

    `stop_e4` is the stop that stands at the broker, or shall. `watched_stop_e4` is a tighter one that only the daemon
    watches, between two bars. `stop_factor` widens every stop of a position that a volatility spike opened. `exit_by`
    is the operator who asked for the exit, empty when the daemon wants it itself.
    """

    symbol: str
    quantity: int
    cost_e4: int
    opened_ns: int
    mode: Mode
    regime: Regime
    trade_id: str
    signal_id: str | None
    stop_e4: int | None
    target_e4: int | None
    best_e4: int
    atr: float
    price_e4: int
    exit_reason: str = ""
    exit_quantity: int = 0  # shares that the exit is for; 0 is all of them
    watched_stop_e4: int | None = None
    stop_factor: float = 1.0
    exit_by: str = ""

    @property
    def tightest_stop_e4(self) -> int | None:
        """The stop nearest to the market, whoever watches it."""
        return self.stop_e4 if self.watched_stop_e4 is None else self.watched_stop_e4

    @property
    def average_e4(self) -> int:
        """Average entry price of the open shares."""
        return round(self.cost_e4 / self.quantity) if self.quantity else 0

    @property
    def value_e4(self) -> int:
        """Signed market value at the last price."""
        return self.quantity * self.price_e4

    @property
    def unrealized_e4(self) -> int:
        """Profit or loss at the last price."""
        return self.value_e4 - self.cost_e4

    @property
    def risk_e4(self) -> int:
        """What is lost if the stop is hit at its price, from the average entry; 0 without a stop."""
        if self.stop_e4 is None:
            return 0
        return max(0, self.cost_e4 - self.quantity * self.stop_e4)


@dataclass(frozen=True, slots=True)
class Trade:
    """A round trip, open or closed. Values are unsigned sums of price x shares."""

    id: str
    symbol: str
    side: int
    mode: Mode
    regime: Regime
    signal_id: str | None
    signal_reason: str
    opened_ns: int
    entry_quantity: int
    entry_value_e4: int
    stop_e4: int | None
    exit_quantity: int = 0
    exit_value_e4: int = 0
    realized_e4: int = 0
    closed_ns: int | None = None
    exit_reason: str = ""

    @property
    def closed(self) -> bool:
        """True when no share of it is open."""
        return self.closed_ns is not None

    @property
    def commission_e4(self) -> int:
        """The modelled commission of both sides so far."""
        return COMMISSION_E4_PER_SHARE * (self.entry_quantity + self.exit_quantity)

    @property
    def net_e4(self) -> int:
        """Realised profit or loss after the modelled commission."""
        return net_e4(self.realized_e4, self.commission_e4)


@shared
def net_e4(realized_e4: int, commission_e4: int) -> int:
    """What is left of a profit or loss after commissions."""
    return realized_e4 - commission_e4


@shared
def cash_of_e4(sign: int, value_e4: int) -> int:
    """What a fill of a value does to cash; `sign` is +1 for a buy, -1 for a sale."""
    return -sign * value_e4


@shared
def realized_by_e4(sign: int, value_e4: int, cost_e4: int, left_e4: int) -> int:
    """What a fill that reduces a position has realised; `left_e4` is the cost of the shares that stay."""
    return -sign * value_e4 - (cost_e4 - left_e4)


def cash_change_e4(fill: Fill) -> int:
    """What a fill does to cash."""
    return cash_of_e4(fill.side.sign, fill.value_e4)


def add_shares(position: Position, fill: Fill) -> Position:
    """The position after a fill that enlarges it."""
    signed = fill.side.sign * fill.quantity
    return replace(
        position,
        quantity=position.quantity + signed,
        cost_e4=position.cost_e4 + fill.side.sign * fill.value_e4,
        price_e4=fill.price_e4,
    )


def remove_shares(position: Position, fill: Fill) -> tuple[Position, int]:
    """The position after a fill that reduces it, and the profit or loss that the fill realised.

    The cost of the closed shares is their part of the average cost; the last share takes what is left,
    so that the sum of the parts is the whole.

    Raises:
        ValueError: when the fill is larger than the position or on its own side.
    """
    signed = fill.side.sign * fill.quantity
    if signed * position.quantity >= 0 or abs(signed) > abs(position.quantity):
        raise ValueError(f"a fill of {signed} does not reduce {position.symbol} {position.quantity}")
    quantity = position.quantity + signed
    cost_e4 = (position.cost_e4 * quantity) // position.quantity if quantity else 0
    realized = realized_by_e4(fill.side.sign, fill.value_e4, position.cost_e4, cost_e4)
    return replace(position, quantity=quantity, cost_e4=cost_e4, price_e4=fill.price_e4), realized


def open_trade(position: Position, reason: str) -> Trade:
    """The trade that a first fill opens."""
    return Trade(
        id=position.trade_id,
        symbol=position.symbol,
        side=1 if position.quantity > 0 else -1,
        mode=position.mode,
        regime=position.regime,
        signal_id=position.signal_id,
        signal_reason=reason,
        opened_ns=position.opened_ns,
        entry_quantity=abs(position.quantity),
        entry_value_e4=abs(position.cost_e4),
        stop_e4=position.stop_e4,
    )
