"""Booking of simulated fills: cash, position, trade. The arithmetic is the live ledger's."""

from __future__ import annotations

import math

import numpy as np

from fluxherod.backtest.book import Book, logged
from fluxherod.backtest.fills import beyond_stop, limit_fill_e4, slippage_bp, slipped_e4, stop_fill
from fluxherod.backtest.model import ExitReason, Outcome
from fluxherod.backtest.tape import Sessions, Tape
from fluxherod.core.jit import Record, lent
from fluxherod.core.portfolio import cash_of_e4, net_e4, realized_by_e4

_STOP = int(ExitReason.STOP)
_STOP_PASSED = int(Outcome.STOP_PASSED)
_UNFILLED = int(Outcome.UNFILLED)


@lent
def opening_ns(tape: Tape, sessions: Sessions, rules: Record, row: int) -> int:
    """When a bar opens: its start, or the session's open."""
    start_ns = int(tape.start_ns[row])
    return max(start_ns, int(sessions.open_ns[tape.session[row]])) if rules["has_hours"] else start_ns


@lent
def open_position(book: Book, tape: Tape, s: int, row: int, now_ns: int) -> None:
    """The working entry of a symbol meets its next bar: it fills, or it ends."""
    slot = book.slots[s]
    wanted = slot["wanted"]
    side = 1 if wanted > 0 else -1
    opening = tape.open[row]
    if beyond_stop(side, opening, slot["stop_e4"]):
        drop_entry(book, s, _STOP_PASSED)
        return
    if slot["limit_e4"] > 0:
        price_e4 = limit_fill_e4(side, slot["limit_e4"], opening, tape.high[row], tape.low[row])
    else:
        price_e4 = slipped_e4(side, opening, _slippage(book, tape, s, row, abs(wanted)))
    if price_e4 <= 0:
        drop_entry(book, s, _UNFILLED)
        return
    account, value_e4 = book.account[0], abs(wanted) * price_e4
    account["working_e4"] -= abs(wanted) * slot["signal_e4"]
    account["cash_e4"] += cash_of_e4(side, value_e4) - abs(wanted) * book.rules[0]["commission_e4"]
    account["holdings_e4"] += side * value_e4
    account["gross_e4"] += value_e4
    slot["quantity"] = wanted
    slot["wanted"] = 0
    slot["cost_e4"] = side * value_e4
    slot["price_e4"] = slot["entry_e4"] = price_e4
    slot["entry_ns"] = now_ns
    slot["entry_row"] = row


@lent
def drop_entry(book: Book, s: int, outcome: int) -> None:
    """The working entry of a symbol ends without a fill."""
    account, slot = book.account[0], book.slots[s]
    account["working_e4"] -= abs(slot["wanted"]) * slot["signal_e4"]
    account["open"] -= 1
    slot["wanted"] = 0
    book.signals[logged(book, slot["signal"])]["outcome"] = outcome


@lent
def touches_stop(slot: Record, tape: Tape, row: int) -> bool:
    """True when a bar touches the stop of a position, at its open or later."""
    at = np.uintp(row)
    if slot["quantity"] > 0:
        return beyond_stop(1, tape.low[at], slot["stop_e4"])
    return beyond_stop(-1, tape.high[at], slot["stop_e4"])


@lent
def look_at_stop(book: Book, tape: Tape, sessions: Sessions, s: int, row: int) -> None:
    """Close the position of a symbol when its bar touches the stop."""
    slot = book.slots[s]
    side = 1 if slot["quantity"] > 0 else -1
    price = stop_fill(side, slot["stop_e4"], tape.open[row], tape.high[row], tape.low[row])
    if not math.isnan(price):
        # An entry of this bar was at its open inside of the stop; what opened earlier may be beyond it there.
        at_open = beyond_stop(side, tape.open[row], slot["stop_e4"])
        hit_ns = opening_ns(tape, sessions, book.rules[0], row) if at_open else tape.end_ns[row]
        close_position(book, tape, s, row, price, hit_ns, _STOP)


@lent
def close_position(book: Book, tape: Tape, s: int, row: int, price: float, now_ns: int, reason: int) -> None:
    """Close the position of a symbol at a price, which slips."""
    account, slot = book.account[0], book.slots[s]
    shares, sign = abs(slot["quantity"]), -1 if slot["quantity"] > 0 else 1
    price_e4 = slipped_e4(sign, price, _slippage(book, tape, s, row, shares))
    value_e4, fee_e4 = shares * price_e4, shares * book.rules[0]["commission_e4"]
    account["cash_e4"] += cash_of_e4(sign, value_e4) - fee_e4
    account["holdings_e4"] -= slot["quantity"] * slot["price_e4"]
    account["gross_e4"] -= shares * slot["price_e4"]
    account["open"] -= 1
    pnl_e4 = net_e4(realized_by_e4(sign, value_e4, slot["cost_e4"], 0), 2 * fee_e4)
    trade = book.trades[logged(book, account["trades"])]
    account["trades"] += 1
    account["net_e4"] += pnl_e4
    account["wins"] += int(pnl_e4 > 0)
    account["gross_profit_e4"] += max(pnl_e4, 0)
    trade["symbol"] = s
    trade["side"] = -sign
    trade["mode"] = slot["mode"]
    trade["regime"] = slot["regime"]
    trade["reason"] = reason
    trade["quantity"] = shares
    trade["signal_ns"] = slot["signal_ns"]
    trade["entry_ns"] = slot["entry_ns"]
    trade["entry_e4"] = slot["entry_e4"]
    trade["exit_ns"] = now_ns
    trade["exit_e4"] = price_e4
    trade["stop_e4"] = slot["first_stop_e4"]
    trade["pnl_e4"] = pnl_e4
    trade["commission_e4"] = 2 * fee_e4
    trade["bars"] = row - slot["entry_row"]
    slot["quantity"] = 0
    slot["leaving"] = 0


@lent
def _slippage(book: Book, tape: Tape, s: int, row: int, shares: int) -> int:
    rules = book.rules[0]
    return slippage_bp(
        shares,
        tape.volume,
        row,
        tape.first[s],
        rules["volume_bars"],
        rules["large_share_bp"],
        rules["slippage_bp"],
        rules["large_slippage_bp"],
    )
