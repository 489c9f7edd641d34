"""Cash, positions and executions of the one account."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from alpacasim.money import divide_half_up, value_e4
from alpacasim.orders import Side


@dataclass(slots=True)
class Position:
    """Shares of one symbol, negative for a short; the cost basis has the same sign."""

    symbol: str
    quantity_e9: int = 0
    cost_e4: int = 0
    today_e9: int = 0
    """The part of the quantity that was opened today."""
    today_cost_e4: int = 0

    def apply(self, signed_e9: int, price_e4: int) -> None:
        """Book an execution: what adds carries its cost, what reduces takes its share of the cost away."""
        adds = self.quantity_e9 == 0 or (self.quantity_e9 > 0) == (signed_e9 > 0)
        left = self.quantity_e9 + signed_e9
        if adds:
            cost = value_e4(price_e4, signed_e9)
            self.cost_e4 += cost
            self.today_e9 += signed_e9
            self.today_cost_e4 += cost
        elif (left > 0) == (signed_e9 > 0):
            self.cost_e4 = self.today_cost_e4 = value_e4(price_e4, left)
            self.today_e9 = left
        else:
            self._keep(abs(left), abs(self.quantity_e9))
        self.quantity_e9 = left

    def _keep(self, part: int, whole: int) -> None:
        # What is sold is sold of today's shares and of older ones alike, as the cost basis is an average of both.
        self.cost_e4 = divide_half_up(self.cost_e4 * part, whole)
        self.today_e9 = divide_half_up(self.today_e9 * part, whole)
        self.today_cost_e4 = divide_half_up(self.today_cost_e4 * part, whole)

    def begin_day(self) -> None:
        """From now on all of it is of an earlier day."""
        self.today_e9 = self.today_cost_e4 = 0

    def split(self, ratio: Fraction) -> None:
        """Each share becomes `ratio` shares at the same cost."""
        self.quantity_e9 = round(self.quantity_e9 * ratio)
        self.today_e9 = round(self.today_e9 * ratio)

    def day_basis_e4(self, last_day_e4: int) -> int:
        """What today's profit is measured from: the last day's close, of shares opened today what they cost."""
        return value_e4(last_day_e4, self.quantity_e9 - self.today_e9) + self.today_cost_e4


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution, as the FILL activity tells it."""

    id: str
    execution_id: str
    order_id: str
    symbol: str
    side: Side
    price_e4: int
    quantity_e9: int
    cumulative_e9: int
    leaves_e9: int
    at_ns: int
    kind: Literal["fill", "partial_fill"]
    position_e9: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What changed the account without a trade: a dividend ("DIV") or a split ("SPLIT")."""

    id: str
    kind: Literal["DIV", "SPLIT"]
    symbol: str
    at_ns: int
    quantity_e9: int
    net_e4: int = 0
    per_share_e4: int | None = None


@dataclass(slots=True)
class Account:
    """The account; `last_equity_e4` is the equity at the close of the session before this one."""

    cash_e4: int
    last_equity_e4: int
    positions: dict[str, Position] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    shorting_enabled: bool = True
    fractions_enabled: bool = True
    suspended: bool = False
    """By its user: no new order is taken."""
    multiplier: int = 2

    def quantity_e9(self, symbol: str) -> int:
        position = self.positions.get(symbol)
        return position.quantity_e9 if position else 0

    def book(self, symbol: str, signed_e9: int, price_e4: int) -> int:
        """Book an execution and return the position after it."""
        self.cash_e4 -= value_e4(price_e4, signed_e9)
        position = self.positions.setdefault(symbol, Position(symbol))
        position.apply(signed_e9, price_e4)
        if position.quantity_e9 == 0:
            del self.positions[symbol]
        return position.quantity_e9
