"""What the oracle reads and gives. Prices and money are integers of 1/10,000 dollar, ratios basis points."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

Mode = Literal["TREND", "MEAN_REVERSION"]
Regime = Literal["STRONG_TREND", "NEUTRAL", "MEAN_REVERSION"]
LONG, SHORT = 1, -1
MINUTE_NS = 60 * 1_000_000_000
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS


class Bar(NamedTuple):
    """One bar of one symbol."""

    start_ns: int
    open: int
    high: int
    low: int
    close: int
    volume: int


class Session(NamedTuple):
    """The regular hours of one New York date."""

    day: str
    open_ns: int
    close_ns: int


@dataclass(frozen=True, slots=True)
class Config:
    """The specification's defaults; what the tests vary."""

    cash: int = 1_000_000_000
    timeframe_ns: int = 60 * MINUTE_NS
    trend_stop: Fraction = Fraction(5, 2)  # x ATR
    reduced_stop: Fraction = Fraction(2)  # x ATR
    mean_reversion_stop_bp: int = 300
    trend_risk_bp: int = 100
    mean_reversion_risk_bp: int = 75
    neutral_size_bp: int = 7_000
    reduced_size_bp: int = 5_000
    correlated_size_bp: int = 5_000
    max_position_bp: int = 2_000
    max_exposure_bp: int = 5_000
    max_positions: int = 5
    warning_bp: int = 1_500
    critical_bp: int = 2_000
    recovered_bp: int = 1_200
    daily_loss_bp: int | None = 300
    max_correlation: float = 0.7
    correlation_basis: Literal["returns", "prices"] = "returns"
    neutral_entries: bool = True
    shorts: bool = True
    entry_order: Literal["market", "limit"] = "market"


def decision_time(start_ns: int, session: Session, config: Config) -> int:
    """The end of a bar, cut to the session's close; a daily bar ends with it."""
    return session.close_ns if config.timeframe_ns == DAY_NS else min(start_ns + config.timeframe_ns, session.close_ns)


class Signal(NamedTuple):
    """An entry that fired: the edge on a completed bar."""

    side: int
    mode: Mode
    regime: Regime
    atr: float
    vetoes: tuple[str, ...] = ()


class View(NamedTuple):
    """What the strategy says at the end of one bar: its entry, and which positions (side, mode) should be left.

    `on_band`: the close is exactly on a band that RSI lets it enter at; doubles can't tell on which side (S7).
    """

    signal: Signal | None = None
    exits: frozenset[tuple[int, Mode]] = frozenset()
    on_band: bool = False


class Order(NamedTuple):
    """An entry that was sent at its decision time."""

    symbol: str
    side: int
    decision_ns: int
    price: int
    stop: int
    quantity: int


class Trade(NamedTuple):
    """One round trip; `pnl` is net of both commissions."""

    symbol: str
    side: int
    quantity: int
    entry_ns: int
    entry: int
    exit_ns: int
    exit: int
    pnl: int
    mode: Mode
    regime: Regime
    reason: str


class OpenTrade(NamedTuple):
    """A position that is open at the end."""

    symbol: str
    side: int
    quantity: int
    entry_ns: int
    entry: int
    stop: int


@dataclass(slots=True)
class Run:
    """Entries in order, trades in the order of their exits, equity at each mark, when each guard acted, how often each
    thing happened."""

    orders: list[Order] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    still_open: list[OpenTrade] = field(default_factory=list)
    equity: list[tuple[int, int]] = field(default_factory=list)
    guards: list[tuple[int, str]] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
