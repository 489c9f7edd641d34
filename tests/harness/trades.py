"""Closed trades with a given result."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from fluxherod.core.calendar import HOUR_NS, NEW_YORK, from_datetime
from fluxherod.core.money import to_e4
from fluxherod.core.portfolio import Trade
from fluxherod.core.types import Mode, Regime

SHARES = 100
COMMISSION = 1.00  # of both sides of so many shares
_numbers = count(1)


def at(new_york_time: str) -> int:
    """The nanoseconds of an ISO time without a zone, which is New York's."""
    return from_datetime(datetime.fromisoformat(new_york_time).replace(tzinfo=NEW_YORK))


def trade_of(
    net: float,
    closed: str | int,
    mode: Mode = Mode.TREND,
    *,
    symbol: str = "SPY",
    regime: Regime = Regime.NEUTRAL,
    held_ns: int = HOUR_NS,
) -> Trade:
    """A round trip of 100 shares that earned `net` dollars after its commission; `closed` is New York's time or ns."""
    closed_ns = closed if isinstance(closed, int) else at(closed)
    entry_e4, realized_e4 = SHARES * 450_0000, to_e4(net + COMMISSION)
    return Trade(
        id=f"trade-{next(_numbers)}",
        symbol=symbol,
        side=1,
        mode=mode,
        regime=regime,
        signal_id=None,
        signal_reason="",
        opened_ns=closed_ns - held_ns,
        entry_quantity=SHARES,
        entry_value_e4=entry_e4,
        stop_e4=None,
        exit_quantity=SHARES,
        exit_value_e4=entry_e4 + realized_e4,
        realized_e4=realized_e4,
        closed_ns=closed_ns,
        exit_reason="",
    )
