"""What a backtest takes and what it gives: bars and configuration in, trades, marks and signals out.

Money is an integer of 1/10,000 dollar, times are integer nanoseconds UTC. In all records `symbol` is an index into
`Run.symbols`, which are in alphabetical order, and `side` is +1 for long, -1 for short.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, Calendar
from fluxherod.core.jit import FloatArray, RecordArray, RowArray
from fluxherod.core.portfolio import COMMISSION_E4_PER_SHARE
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.request import MAX_EQUITY_E4
from fluxherod.core.strategy.params import StrategyParams

DAY_NS = 24 * HOUR_NS
PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """The bars of one symbol, oldest first; all arrays have shape (n,).

    Args:
        start_ns: starts of the bars, rising, int64. A daily bar starts anywhere on its New York date.
        open, high, low, close: prices in dollars, float64.
        volume: shares, int64 or float64.

    Raises:
        ValueError: naming the array that has another type or length.
    """

    symbol: str
    start_ns: RowArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: npt.NDArray[np.int64] | FloatArray

    def __post_init__(self) -> None:
        kinds = {"start_ns": ("int64",), **dict.fromkeys(PRICES, ("float64",)), "volume": ("int64", "float64")}
        for name, allowed in kinds.items():
            array = getattr(self, name)
            if array.dtype.name not in allowed or array.shape != (len(self),):
                shape = f"{array.dtype.name} of shape {array.shape}"
                raise ValueError(
                    f"{self.symbol}: {name} is {shape}: allowed is {' or '.join(allowed)} of ({len(self)},)"
                )

    def __len__(self) -> int:
        return len(self.start_ns)

    def first(self, count: int) -> Bars:
        """The oldest `count` bars, without a copy."""
        return self.part(0, count)

    def part(self, first: int, last: int) -> Bars:
        """The bars from one index up to another, without a copy."""
        names = ("start_ns", *PRICES, "volume")
        return Bars(self.symbol, **{name: getattr(self, name)[first:last] for name in names})


@dataclass(frozen=True, slots=True)
class Costs:
    """What trading costs.

    Args:
        commission_e4: a share, for each fill; it is taken from the cash of the backtest.
        slippage_bp: on market orders and stops, against the trader.
        large_slippage_bp: instead of it when the order exceeds `large_share_bp` of the average volume of the
            `volume_bars` bars before the fill.
    """

    commission_e4: int = COMMISSION_E4_PER_SHARE
    slippage_bp: int = 1
    large_slippage_bp: int = 6
    large_share_bp: int = 1_000
    volume_bars: int = 20

    def __post_init__(self) -> None:
        most = {"commission_e4": 1_000_000, "slippage_bp": 5_000, "large_slippage_bp": 5_000, "volume_bars": 10_000}
        for name, high in most.items():
            _within(name, getattr(self, name), 1 if name == "volume_bars" else 0, high)
        _within("large_share_bp", self.large_share_bp, 0, 1_000_000)


@dataclass(frozen=True, slots=True)
class BacktestConfig:
    """One account, one timeframe, one set of rules.

    Args:
        timeframe_ns: length of a bar; `DAY_NS` for daily bars.
        calendar: sessions of the exchange: bars outside of them are dropped, and the last bar of a session ends at its
            close. None: every bar counts and ends after its timeframe, and the noise filter's time rule does not apply.
        start_ns: bars that start before it only warm up.
        entry_order: "market", or "limit": at the signal's price, good for the next bar.

    Raises:
        ValueError: naming the field, its value and what is allowed.
    """

    timeframe_ns: int = HOUR_NS
    initial_equity_e4: int = 1_000_000_000
    params: StrategyParams = field(default_factory=StrategyParams)
    limits: RiskLimits = field(default_factory=RiskLimits)
    costs: Costs = field(default_factory=Costs)
    start_ns: int | None = None
    calendar: Calendar | None = None
    allow_shorts: bool = True
    entry_order: str = "market"

    def __post_init__(self) -> None:
        _within("timeframe_ns", self.timeframe_ns, MINUTE_NS, DAY_NS)
        _within("initial_equity_e4", self.initial_equity_e4, 1, MAX_EQUITY_E4)
        if self.entry_order not in ("market", "limit"):
            raise ValueError(f"entry_order = {self.entry_order}: allowed is market or limit")

    @property
    def intraday(self) -> bool:
        """False for daily bars."""
        return self.timeframe_ns < DAY_NS


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """Entries and exits from outside, in place of the strategy's; one value a bar of one symbol, shape (n,).

    They are decided at the bar's close, as the strategy's are.

    Args:
        entry: +1 long, -1 short, 0 none; int8.
        exit: close what is open; bool.
        quantity: shares of an entry, int64, at most 10,000,000, taken as they are: no limit is
            asked. None: risk sizes them by the stop.
        stop_e4: stop of an entry, 0 for none, int64. None: the stop of the strategy's trend mode, which trails.
    """

    entry: npt.NDArray[np.int8]
    exit: npt.NDArray[np.bool_]
    quantity: RowArray | None = None
    stop_e4: RowArray | None = None


class Outcome(IntEnum):
    """What became of a signal. From `NO_STOP` on they are checks and limits of the risk engine."""

    ORDERED = 0
    ADJUSTED = 1
    """Ordered, smaller than wanted."""
    IN_POSITION = 2
    SHORTS_OFF = 3
    NOISE = 4
    STOP_PASSED = 5
    """Ordered, and cancelled at the open: the price was at or beyond the stop."""
    CANCELLED = 6
    """Ordered, and cancelled before the open by the breaker or the daily loss."""
    UNFILLED = 7
    """A limit entry that its bar did not trade through."""
    BREAKER = 8
    DAILY_LOSS = 9
    NO_EQUITY = 10
    NO_PRICE = 11
    NO_STOP = 12
    OPEN_POSITIONS = 13
    RISK = 14
    POSITION_VALUE = 15
    MULTIPLIERS = 16
    EXPOSURE = 17
    BUYING_POWER = 18


class ExitReason(IntEnum):
    """Why a trade ended; NONE while it is open."""

    NONE = 0
    SIGNAL = 1
    STOP = 2
    BREAKER = 3
    DAILY_LOSS = 4


class Kind(IntEnum):
    """The mode of a position; MANUAL has no exit rule and comes from `Signals`."""

    MEAN_REVERSION = 0
    TREND = 2
    MANUAL = 3


class Guard(IntEnum):
    """What the breaker and the daily loss did at a mark."""

    NORMAL = 0
    REDUCED = 1
    DISABLED = 2
    DAILY_LOSS = 3
    NEW_SESSION = 4
    """A session began and ended the daily loss of the one before."""


TRADE = np.dtype(
    [
        ("symbol", "i4"),
        ("side", "i1"),
        ("mode", "i1"),  # Kind
        ("regime", "i1"),  # Regime, of the signal
        ("reason", "i1"),  # ExitReason
        ("quantity", "i8"),
        ("signal_ns", "i8"),  # end of the bar that decided it
        ("entry_ns", "i8"),
        ("entry_e4", "i8"),
        ("exit_ns", "i8"),  # of a stop within its bar: the bar's end
        ("exit_e4", "i8"),
        ("stop_e4", "i8"),  # the first one
        ("pnl_e4", "i8"),  # net of both commissions
        ("commission_e4", "i8"),
        ("bars", "i8"),  # of the symbol, from the fill's to the exit's
    ],
    align=True,
)

SIGNAL = np.dtype(
    [
        ("symbol", "i4"),
        ("side", "i1"),
        ("exit", "?"),
        ("mode", "i1"),  # EntryMode of an entry, Kind of an exit
        ("regime", "i1"),
        ("outcome", "i1"),  # Outcome
        ("correlated", "?"),
        ("ns", "i8"),  # end of the bar
        ("price_e4", "i8"),
        ("stop_e4", "i8"),
        ("quantity", "i8"),  # of the order, 0 when there was none
    ],
    align=True,
)

OPEN = np.dtype(
    [
        ("symbol", "i4"),
        ("side", "i1"),
        ("mode", "i1"),
        ("regime", "i1"),
        ("pending_exit", "i1"),  # ExitReason of an exit that waits for the next open
        ("quantity", "i8"),
        ("signal_ns", "i8"),
        ("entry_ns", "i8"),
        ("entry_e4", "i8"),
        ("stop_e4", "i8"),  # as it stands now
        ("price_e4", "i8"),
        ("pnl_e4", "i8"),  # at the last price, net of the entry's commission
    ],
    align=True,
)

GUARD = np.dtype([("ns", "i8"), ("equity_e4", "i8"), ("peak_e4", "i8"), ("base_e4", "i8"), ("what", "i1")], align=True)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What happened.

    Args:
        trades: closed ones, TRADE records in order of their exit.
        signals: SIGNAL records of every entry that fired and every exit of the strategy, in order.
        guards: GUARD records of what the breaker and the daily loss did.
        open: OPEN records of the positions at the end; they are in the equity at their last price.
        equity_ns, equity_e4: one mark at the end of each bar time, shape (times,).
        session_day, session_ns, session_e4: the last mark of each New York date (days since 1970).
        exposure_e4: gross value of the positions at each mark, shape (times,).
        bars: bars that were traded on; `warm_up` came before the start, `rejected` by reason never got in.
    """

    config: BacktestConfig
    symbols: tuple[str, ...]
    trades: RecordArray
    signals: RecordArray
    guards: RecordArray
    open: RecordArray
    equity_ns: RowArray
    equity_e4: RowArray
    exposure_e4: RowArray
    session_day: RowArray
    session_ns: RowArray
    session_e4: RowArray
    bars: int
    warm_up: int
    rejected: Mapping[str, int]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many entry signals had each outcome, by its name."""
        found = np.bincount(self.signals["outcome"][~self.signals["exit"]], minlength=len(Outcome))
        return {code.name.lower(): int(found[code]) for code in Outcome if found[code]}

    @property
    def final_e4(self) -> int:
        """Equity at the end."""
        return int(self.equity_e4[-1]) if len(self.equity_e4) else self.config.initial_equity_e4


def _within(name: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} = {value}: allowed is {low} to {high}")
