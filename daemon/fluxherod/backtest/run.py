"""Run a backtest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from fluxherod.backtest.book import Book, open_book, with_room
from fluxherod.backtest.driver import simulate
from fluxherod.backtest.figures import Known, columns
from fluxherod.backtest.model import OPEN, BacktestConfig, Bars, Run, Signals
from fluxherod.backtest.tape import Laid, lay_out
from fluxherod.backtest.verdicts import Verdicts, no_verdicts
from fluxherod.core.columns import WORK, Columns, Prices, figure
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import STATE, new_states, warm_up
from fluxherod.core.portfolio import net_e4
from fluxherod.core.strategy.params import StrategyParams

_ALL = np.iinfo(np.int64).max
_NO_STATES = np.zeros(0, STATE)
PIECE = 200_000
"""Bars between two calls of `progress`."""


def run(
    bars: Sequence[Bars],
    config: BacktestConfig,
    signals: Mapping[str, Signals] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Run:
    """Trade the bars of all symbols on one account.

    Args:
        bars: one set a symbol, in any order.
        config: the rules.
        signals: entries and exits from outside by symbol, in place of the strategy's; the noise filter does not see
            them, breaker and daily loss do.
        progress: called now and then with the part that is done, 0 to 1. What it raises ends the run.

    Raises:
        ValueError: when a symbol comes twice, or signals don't fit the bars.
    """
    return run_laid(lay_out(bars, config, signals), config, progress)


def run_laid(
    laid: Laid,
    config: BacktestConfig,
    progress: Callable[[float], None] | None = None,
    decided: Verdicts | None = None,
) -> Run:
    """Trade what is on a tape already; the tape stays as it is, so many runs, also at a time, can share it.

    Args:
        laid: laid out with a configuration of the same timeframe, calendar and start.
        progress: as for `run`.
        decided: the verdicts on all bars by this configuration, as `sharing` has them; None: they are worked out.
    """
    return _told(laid, config, traded(laid, config, True, progress, decided))


def traded(
    laid: Laid,
    config: BacktestConfig,
    keeps: bool,
    progress: Callable[[float], None] | None = None,
    decided: Verdicts | None = None,
) -> Book:
    """The book at the end of a run; arguments are those of `run_laid` and `open_book`."""
    _ready()
    tape, symbols = laid.tape._replace(next=laid.tape.first.copy()), len(laid.symbols)
    params = config.params.to_record()
    states = new_states(symbols, params) if decided is None else _NO_STATES
    verdicts = no_verdicts(symbols) if decided is None else decided
    members, total = np.zeros(symbols, np.int64), max(1, len(tape.start_ns))
    book = open_book(config, tape, len(laid.sessions.day), keeps)
    most = _ALL if progress is None else PIECE
    while not simulate(tape, laid.sessions, params, states, verdicts, members, book, most):
        book = with_room(book)
        if progress is not None:
            progress(float((tape.next - tape.first).sum()) / total)
    return book


def figures_of(laid: Laid, params: StrategyParams) -> Known:
    """What decisions are made from, for each row of the tape: as the kernel has it there."""
    tape, record, made = laid.tape, params.to_record(), columns(len(laid.tape.start_ns))
    work = np.zeros(1, WORK)
    for first, last in zip(tape.first.tolist(), tape.last.tolist(), strict=True):
        prices = Prices._make(getattr(tape, name)[first:last] for name in Prices._fields)
        rows = Columns._make(column[first:last] for column in made)
        figure(new_states(1, record), 0, 0, record, prices, work, rows)
    return Known(made)


@cache
def _ready() -> None:
    """What the driver calls and others call too must be compiled by itself, before the driver is."""
    warm_up()


def _told(laid: Laid, config: BacktestConfig, book: Book) -> Run:
    account = book.account[0]
    times, sessions, bars = int(account["times"]), int(account["sessions"]), int(account["bars"])
    return Run(
        config=config,
        symbols=laid.symbols,
        trades=book.trades[: account["trades"]],
        signals=book.signals[: account["signals"]],
        guards=book.guards[: account["guards"]],
        open=_open_positions(book),
        equity_ns=book.equity_ns[:times],
        equity_e4=book.equity_e4[:times],
        exposure_e4=book.exposure_e4[:times],
        session_day=book.session_day[:sessions],
        session_ns=book.session_ns[:sessions],
        session_e4=book.session_e4[:sessions],
        bars=bars,
        warm_up=len(laid.tape.start_ns) - bars,
        rejected=laid.rejected,
    )


def _open_positions(book: Book) -> RecordArray:
    symbols = np.flatnonzero(book.slots["quantity"])
    slots, found = book.slots[symbols], np.zeros(len(symbols), OPEN)
    if not len(symbols):
        return found
    for name in ("mode", "regime", "signal_ns", "entry_ns", "entry_e4", "stop_e4", "price_e4"):
        found[name] = slots[name]
    found["symbol"], found["pending_exit"] = symbols, slots["leaving"]
    found["side"], found["quantity"] = np.sign(slots["quantity"]), np.abs(slots["quantity"])
    fee_e4 = found["quantity"] * int(book.rules[0]["commission_e4"])
    gained_e4 = (slots["quantity"] * slots["price_e4"] - slots["cost_e4"]).tolist()
    found["pnl_e4"] = [net_e4(gained, fee) for gained, fee in zip(gained_e4, fee_e4.tolist(), strict=True)]
    return found
