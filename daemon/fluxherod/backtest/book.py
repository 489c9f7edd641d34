"""The simulated account as records that compiled code reads and writes: rules in force, positions, what is logged."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fluxherod.backtest.model import GUARD, SIGNAL, TRADE, BacktestConfig
from fluxherod.backtest.tape import Tape
from fluxherod.core.jit import RecordArray, RowArray, lent, shared

_OF_LIMITS = (
    "trend_risk_bp",
    "mean_reversion_risk_bp",
    "max_position_bp",
    "max_exposure_bp",
    "max_positions",
    "neutral_size_bp",
    "correlated_size_bp",
    "reduced_size_bp",
    "warning_drawdown_bp",
    "recovery_drawdown_bp",
    "critical_drawdown_bp",
    "daily_loss_bp",
)
_OF_COSTS = ("commission_e4", "slippage_bp", "large_slippage_bp", "large_share_bp", "volume_bars")
RULES = np.dtype(
    [
        *[(name, "i8") for name in (*_OF_LIMITS, *_OF_COSTS)],
        ("keeps", "i8"),  # 1; 0 when nothing is logged: then all records of a log are its first, for nobody to read
        ("correlation_limit", "f8"),
        ("by_returns", "?"),
        ("allow_shorts", "?"),
        ("limit_entries", "?"),
        ("intraday", "?"),
        ("has_hours", "?"),
        ("given", "?"),  # signals come from outside
    ],
    align=True,
)

ACCOUNT = np.dtype(
    [
        ("cash_e4", "i8"),
        ("holdings_e4", "i8"),  # signed value of all positions at their last price
        ("gross_e4", "i8"),  # and without signs
        ("working_e4", "i8"),  # working entries at their signals' prices
        ("open", "i8"),  # positions and working entries
        ("equity_e4", "i8"),  # at the last mark
        ("peak_e4", "i8"),
        ("base_e4", "i8"),  # of the session's loss
        ("session", "i8"),  # -1 before the first
        ("times", "i8"),  # how many of each there are so far
        ("trades", "i8"),
        ("signals", "i8"),
        ("guards", "i8"),
        ("sessions", "i8"),
        ("bars", "i8"),
        ("exposed", "i8"),  # marks at which a position was open
        ("wins", "i8"),  # of the closed trades: how many made money, what they made, and what all did
        ("gross_profit_e4", "i8"),
        ("net_e4", "i8"),
        ("trough_e4", "i8"),  # the lowest mark since the peak
        ("drawdown", "f8"),  # the largest fall from a peak, as a fraction of it
        ("reduced", "?"),
        ("disabled", "?"),
        ("day_lost", "?"),
        ("session_begins", "?"),  # the guards have not looked at it yet
    ],
    align=True,
)

# A position and the order for one: `quantity` and `wanted` are signed. At most one of the two is not 0.
SLOT = np.dtype(
    [
        ("quantity", "i8"),
        ("cost_e4", "i8"),
        ("price_e4", "i8"),
        ("entry_e4", "i8"),
        ("entry_ns", "i8"),
        ("entry_row", "i8"),
        ("wanted", "i8"),
        ("limit_e4", "i8"),  # 0 at the market
        ("signal", "i8"),  # its number
        ("signal_ns", "i8"),
        ("signal_e4", "i8"),
        ("first_stop_e4", "i8"),
        ("stop_e4", "i8"),
        ("best_e4", "i8"),
        ("atr", "f8"),
        ("mode", "i1"),
        ("regime", "i1"),
        ("leaving", "i1"),  # ExitReason of an exit that waits for the next open
        ("trails", "?"),
    ],
    align=True,
)


class Book(NamedTuple):
    """Everything that a run writes. `account` and `rules` have shape (1,), `slots` one record a symbol."""

    rules: RecordArray
    account: RecordArray
    slots: RecordArray
    trades: RecordArray
    signals: RecordArray
    guards: RecordArray
    equity_ns: RowArray
    equity_e4: RowArray
    exposure_e4: RowArray
    session_day: RowArray
    session_ns: RowArray
    session_e4: RowArray


_LOG = 1_024
_BARS_A_SIGNAL = 6
_BARS_A_TRADE = 32


def open_book(config: BacktestConfig, tape: Tape, sessions: int, keeps: bool = True) -> Book:
    """The book of an account that has not traded.

    Args:
        keeps: False when nobody will read more than the account and the sessions' closes.
    """
    symbols, rows = len(tape.first), len(tape.start_ns) if keeps else 1
    account, log = np.zeros(1, ACCOUNT), max(_LOG, 4 * symbols) if keeps else 1
    # Memory that is never written to costs nothing; growing does.
    entries, trips = max(log, rows // _BARS_A_SIGNAL), max(log, rows // _BARS_A_TRADE)
    for name in ("cash_e4", "equity_e4", "peak_e4", "trough_e4", "base_e4"):
        account[name] = config.initial_equity_e4
    account["session"] = -1
    logs = (np.zeros(trips, TRADE), np.zeros(entries, SIGNAL), np.zeros(log, GUARD))
    marks = [np.empty(rows, np.int64) for _ in range(3)]
    shown = sessions if keeps else 1
    closes = [np.empty(count, np.int64) for count in (shown, shown, sessions)]
    rules = rules_of(config, tape, keeps)
    return Book(rules, account, np.zeros(symbols, SLOT), *logs, *marks, *closes)


@shared
def fall(equity_e4: int, peak_e4: int) -> float:
    """What is lost since a peak, as a fraction of it."""
    return 1.0 - equity_e4 / peak_e4


@lent
def logged(book: Book, number: int) -> int:
    """Where the record of a number is in its log."""
    return int(number * book.rules[0]["keeps"])


def with_room(book: Book) -> Book:
    """The same book with twice the room in the logs that are nearly full."""
    symbols, account = len(book.slots), book.account[0]
    logs: dict[str, Any] = {}
    for name in ("trades", "signals", "guards"):
        log = getattr(book, name)
        if account[name] + 2 * symbols + 4 > len(log):
            logs[name] = _twice_as_long(log)
    return book._replace(**logs)


def _twice_as_long(log: RecordArray) -> RecordArray:
    """The log and as many empty records; as bytes, for NumPy copies records one at a time."""
    longer = np.zeros(2 * len(log), log.dtype)
    longer.view(np.uint8)[: log.nbytes] = log.view(np.uint8)
    return longer


def rules_of(config: BacktestConfig, tape: Tape, keeps: bool = True) -> RecordArray:
    """RULES of a configuration, shape (1,)."""
    rules, limits, costs = np.zeros(1, RULES), config.limits, config.costs
    rules[0] = (
        *[getattr(limits, name) for name in _OF_LIMITS],
        *[getattr(costs, name) for name in _OF_COSTS],
        keeps,
        limits.correlation_limit,
        limits.correlation_basis == "returns",
        config.allow_shorts,
        config.entry_order == "limit",
        config.calendar is not None and config.intraday,
        config.calendar is not None,
        len(tape.entry) > 0,
    )
    return rules
