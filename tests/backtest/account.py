"""A margin account in whole 1/10,000 dollars: fills, commissions and positions of the specification, section 12.

Choices where the words leave room:
A1. Each fill takes its commission from cash at once, so equity is net of the commissions paid so far.
A2. An order is one fill. Its slippage class is its own quantity against the 20-bar average volume of the symbol's bars
    up to the one before the fill; "exceeds" is strict. Stops and exits slip as entries do.
A3. The price of a stop that the open has passed is the open, with slippage.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backtest.types import Mode, OpenTrade, Regime, Trade

COMMISSION = 50  # a share
SLIPPAGE, LARGE_SLIPPAGE = 1, 6  # 1/10,000 of the price
PARTS = 10_000


def fill_price(price: int, buys: bool, large: bool) -> int:
    """Against the trader, rounded up for a buyer and down for a seller."""
    slippage = LARGE_SLIPPAGE if large else SLIPPAGE
    if buys:
        return -(-price * (PARTS + slippage) // PARTS)
    return price * (PARTS - slippage) // PARTS


def is_large(quantity: int, last_volumes: list[int]) -> bool:
    """Whether an order exceeds 10 % of the average of the last volumes."""
    return quantity * 10 * len(last_volumes) > sum(last_volumes)


@dataclass(slots=True)
class Position:
    """`best` is the best price since the signal; `leaving` the reason of a pending exit."""

    symbol: str
    side: int
    quantity: int
    entry_ns: int
    entry: int
    stop: int
    best: int
    atr: float
    mode: Mode
    regime: Regime
    leaving: str = ""


@dataclass(slots=True)
class Account:
    cash: int
    positions: dict[str, Position] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)

    def enter(self, position: Position) -> None:
        self.cash -= position.side * position.quantity * position.entry + position.quantity * COMMISSION
        self.positions[position.symbol] = position

    def leave(self, symbol: str, price: int, time_ns: int, reason: str) -> None:
        """Close a position at a fill price."""
        held = self.positions.pop(symbol)
        self.cash += held.side * held.quantity * price - held.quantity * COMMISSION
        pnl = held.side * held.quantity * (price - held.entry) - 2 * held.quantity * COMMISSION
        self.trades.append(
            Trade(
                symbol,
                held.side,
                held.quantity,
                held.entry_ns,
                held.entry,
                time_ns,
                price,
                pnl,
                held.mode,
                held.regime,
                reason,
            )
        )

    def equity(self, last: dict[str, int]) -> int:
        return self.cash + sum(held.side * held.quantity * last[held.symbol] for held in self.positions.values())

    def exposure(self, last: dict[str, int]) -> int:
        return sum(held.quantity * last[held.symbol] for held in self.positions.values())

    def still_open(self) -> list[OpenTrade]:
        return [
            OpenTrade(held.symbol, held.side, held.quantity, held.entry_ns, held.entry, held.stop)
            for held in self.positions.values()
        ]
