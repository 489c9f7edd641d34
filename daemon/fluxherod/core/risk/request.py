"""What risk is asked, and what it must know to answer."""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.core.risk.correlation import Correlation
from fluxherod.core.types import Side

MAX_QUANTITY = 10_000_000
MAX_PRICE_E4 = 10_000_000 * 10_000
MAX_EQUITY_E4 = 10_000_000_000 * 10_000  # in basis points it still fits 64 bits


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """An order that would add risk. `wanted` is an operator's quantity; None lets risk size it.

    Args:
        distance_e4: the larger of the normal and the placed distance of the stop: a tighter stop enlarges nothing.
        multipliers: what the size is multiplied with, in basis points; that of correlations is not among them.
        correlations: how it goes with each symbol that is held or being opened.
        held: shares that the same entry has filled already: they count for the caps of a position.
    """

    symbol: str
    side: Side
    price_e4: int
    stop_e4: int | None
    risk_bp: int
    distance_e4: int
    multipliers: tuple[tuple[str, int], ...] = ()
    wanted: int | None = None
    correlations: tuple[Correlation, ...] = ()
    held: int = 0

    def beside(self, correlations: tuple[Correlation, ...]) -> EntryRequest:
        """The same, asked with what else is held or being opened."""
        return EntryRequest(  # each order waits for it, and `replace` takes four times as long
            self.symbol, self.side, self.price_e4, self.stop_e4, self.risk_bp, self.distance_e4, self.multipliers,
            self.wanted, correlations, self.held,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountState:
    """What risk must know of the account at this moment; `None` is unknown and fails closed.

    `exposure_e4` counts working entries, and those of unknown outcome with every share that they may still fill.
    `peak_e4` is the equity that drawdown is counted from; 0 when there is none yet.
    """

    equity_e4: int | None
    exposure_e4: int
    buying_power_e4: int
    open_positions: int
    blocked: str = ""
    peak_e4: int = 0
