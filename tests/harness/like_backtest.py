"""Live trading and the backtest of the same bars: the same signals, sizes, stops and, with the simulator's executions
set to those of bars, the same trades and cash to 1/10,000 dollar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import TypeAlias

import numpy as np

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import signal_pb2 as signal
from fluxhero.v1 import trade_pb2 as trade
from fluxherod.backtest.model import BacktestConfig, Bars, Costs, Outcome, Run
from fluxherod.backtest.run import run
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.backtest.tape import lay_out
from fluxherod.core.calendar import HOUR_NS, SECOND_NS, Calendar
from fluxherod.core.money import to_e4
from harness.audit import our_signals, our_trades
from harness.lockstep import Lockstep
from harness.processes import Daemon

HISTORY = 500
# A backtest has no quotes and no 5-minute bars: two rules of live trading must not bind, spread and volatility spike.
# A bar is known half a second after its end, before the first print of the next one, which comes after a second.
SETTINGS = (
    "market.bar_delay_s=0.5",
    "strategy.noise.spread_limit=100",
    "strategy.noise.spread_limit_illiquid=100",
    "strategy.spike_ratio=100",
)
KNOWN_AFTER_NS = 500_000_000
_SIDES = {
    signal.SIGNAL_KIND_LONG: (1, False),
    signal.SIGNAL_KIND_SHORT: (-1, False),
    signal.SIGNAL_KIND_EXIT_LONG: (1, True),
    signal.SIGNAL_KIND_EXIT_SHORT: (-1, True),
}
# The backtest says which limit left nothing of an order, live trading in which step it ended.
_BY_RISK = {code for code in Outcome if code >= Outcome.NO_EQUITY}

Signal: TypeAlias = tuple[int, int, bool, str, int, int]
"""When it was decided, side, whether it is an exit, outcome, stop, shares."""
Trade: TypeAlias = tuple[int, int, int, int, int, int, int]
"""Side, shares, start of the entry's bar, its price, start of the exit's bar, its price, profit before commission."""
Difference: TypeAlias = tuple[str, object, object]


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of one symbol from one New York date to another, and the 500 before them."""

    bars: Bars
    calendar: Calendar
    start_ns: int

    @property
    def ends_ns(self) -> Sequence[int]:
        """When each bar that is traded on ends."""
        return [int(end) for end in self._tape_ends() if end > self.start_ns]

    def _tape_ends(self) -> Sequence[int]:
        ends: list[int] = lay_out([self.bars], self.config()).tape.end_ns.tolist()
        return ends

    def config(self, **changes: object) -> BacktestConfig:
        """The rules of the backtest: live cash never has a commission in it."""
        fixed = {"calendar": self.calendar, "start_ns": self.start_ns, "costs": Costs(commission_e4=0)}
        return BacktestConfig(**fixed, **changes)  # type: ignore[arg-type]


def span(bars: Bars, first: date, last: date) -> Span:
    """The part of a symbol's hours that live trading gets to see when it begins on a date."""
    before = date(first.year - 1, first.month, 1)
    calendar = new_york_sessions(before, last)
    played = [session for session in calendar.sessions if session.day >= first.isoformat()]
    start_ns = played[0].open_ns // HOUR_NS * HOUR_NS
    inside = np.isin(bars.start_ns, lay_out([bars], BacktestConfig(calendar=calendar)).tape.start_ns)
    begin, end = np.searchsorted(bars.start_ns, [start_ns, played[-1].close_ns])
    oldest = np.flatnonzero(inside[:begin])[-HISTORY]
    return Span(bars.part(int(oldest), int(end)), calendar, start_ns)


def play(pair: Lockstep, span: Span) -> None:
    """Every bar of the span, and after each what the daemon does about it before the next one opens."""
    for end_ns in span.ends_ns:
        pair.step_to(end_ns)
        pair.wake_at(end_ns + KNOWN_AFTER_NS)


def backtest(span: Span, **changes: object) -> Run:
    """The backtest of the span."""
    return run([span.bars], span.config(**changes))


def differences(pair: Lockstep, found: Run) -> list[Difference]:
    """Everything in which live trading and the backtest part."""
    pairs: list[tuple[str, Sequence[object], Sequence[object]]] = [
        ("signal", live_signals(pair.daemon), _signals(found)),
        ("trade", live_trades(pair), _trades(found)),
        ("equity", [to_e4(float(pair.simulator.get("/v2/account")["equity"]))], [found.final_e4]),
    ]
    return [
        (what, live, tested)
        for what, ours, theirs in pairs
        for live, tested in zip_longest(ours, theirs)
        if live != tested
    ]


def live_signals(daemon: Daemon) -> list[Signal]:
    """What the daemon decided, oldest first."""
    return [_live_signal(one) for one in reversed(our_signals(daemon))]


def _live_signal(one: signal.Signal) -> Signal:
    side, leaves = _SIDES[one.kind]
    ordered = one.outcome == "ordered" and not leaves
    stop_e4 = to_e4(float(one.stop_price)) if one.HasField("stop_price") and not leaves else 0
    shares = one.risk.quantity if ordered else 0
    return one.decided_at.ToNanoseconds(), side, leaves, one.outcome, stop_e4, shares


def _signals(found: Run) -> list[Signal]:
    return [
        (ns, side, leaves, _outcome(outcome), 0 if leaves else stop_e4, 0 if leaves else shares)
        for ns, side, leaves, outcome, stop_e4, shares in found.signals[
            ["ns", "side", "exit", "outcome", "stop_e4", "quantity"]
        ].tolist()
    ]


def _outcome(code: int) -> str:
    if code in _BY_RISK:
        return "risk"
    return "ordered" if code == Outcome.ADJUSTED else Outcome(code).name.lower()


def live_trades(pair: Lockstep) -> list[Trade]:
    """What the daemon closed, oldest first."""
    closed = [one for one in reversed(our_trades(pair.daemon)) if one.state == trade.TRADE_STATE_CLOSED]
    # The daemon dates a fill by its own clock, which an hour played at once leaves behind: the exchange knows the bar.
    bars = [_bar_of(fill["transaction_time"]) for fill in pair.simulator.all_fills()]
    return [_live_trade(one, *bars[2 * k : 2 * k + 2]) for k, one in enumerate(closed)]


def _bar_of(time: str) -> int:
    ns = int(datetime.fromisoformat(time).timestamp()) * SECOND_NS
    return ns // HOUR_NS * HOUR_NS


def _live_trade(one: trade.Trade, entry_bar_ns: int, exit_bar_ns: int) -> Trade:
    return (
        1 if one.side == common.POSITION_SIDE_LONG else -1,
        one.entry_quantity,
        entry_bar_ns,
        to_e4(float(one.entry_price)),
        exit_bar_ns,
        to_e4(float(one.exit_price)),
        to_e4(float(one.realized_pnl)),
    )


def _trades(found: Run) -> list[Trade]:
    trades = found.trades
    # A trade says how many bars it was held: the start of its exit's bar is that of the mark there.
    entries = np.searchsorted(found.equity_ns, trades["entry_ns"], "right")
    exits = entries + trades["bars"]
    return [
        (side, shares, entry_ns // HOUR_NS * HOUR_NS, entry_e4, (end_ns - 1) // HOUR_NS * HOUR_NS, exit_e4, pnl_e4)
        for (side, shares, entry_ns, entry_e4, exit_e4, pnl_e4), end_ns in zip(
            trades[["side", "quantity", "entry_ns", "entry_e4", "exit_e4", "pnl_e4"]].tolist(),
            found.equity_ns[exits].tolist(),
            strict=True,
        )
    ]
