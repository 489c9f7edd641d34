"""The driver: one time line over all symbols, compiled. At one time the order is: opens (exits, then entries), stops,
marks, guards, trailing, exit signals, entry signals, each in the order of the symbols."""

from __future__ import annotations

import numpy as np

from fluxherod.backtest.book import Book, fall, logged
from fluxherod.backtest.booking import close_position, look_at_stop, open_position, opening_ns, touches_stop
from fluxherod.backtest.entries import enter, is_hopeless, write_exit_signal
from fluxherod.backtest.guards import acts, end_day_lost, guard
from fluxherod.backtest.model import ExitReason, Kind
from fluxherod.backtest.tape import Sessions, Tape
from fluxherod.backtest.verdicts import (
    NO_ROW,
    Verdicts,
    decide_ahead,
    entry_of,
    exits,
    left_in_block,
    next_entry,
    regime_of,
    undecided,
)
from fluxherod.core.jit import Record, RecordArray, RowArray, assign, held, lending_kernel, lent
from fluxherod.core.money import nearest_e4
from fluxherod.core.strategy.stops import best_e4, stop_atr, trail

_END = np.iinfo(np.int64).max
_SIGNAL = int(ExitReason.SIGNAL)
_MANUAL = int(Kind.MANUAL)


@lending_kernel
def simulate(
    tape: Tape,
    sessions: Sessions,
    params: RecordArray,
    states: RecordArray,
    verdicts: Verdicts,
    members: RowArray,
    book: Book,
    most: int,
) -> bool:
    """Go on for at most so many bars: True at the end of the tape, False when there is more, or a log is full.

    Args:
        params: PARAMS, shape (1,); `states` and `members`: one a symbol.
        verdicts: what `no_verdicts` made, or those on all bars: then nothing is decided here, and no state moves.
    """
    done = 0
    while done < most and _has_room(book):
        count = _gather(tape, members)
        if count == 0:
            return True
        done += count
        live = _begin(tape, sessions, members[:count], book)
        for k in range(count):
            s = members[k]
            row = _row(tape, s)
            if undecided(verdicts, tape, s, row):
                decide_ahead(tape, sessions, params, states, verdicts, s, row, book.rules[0])
        if live:
            _trade(tape, sessions, members[:count], book, params, verdicts)
            gone = 1
            while gone > 0:
                for k in range(count):
                    _enter(tape, members[k], book, params, verdicts)
                gone = _wait(tape, sessions, book, verdicts)
                done += gone
            done += _hold(tape, sessions, book, params, verdicts)
    return False


@lending_kernel
def judge(tape: Tape, params: RecordArray, verdicts: Verdicts, s: int, book: Book) -> None:
    """What follows from the bar that a symbol is at, the account being as it is: trailing, exit, entry. Nothing fills.

    Args:
        verdicts: with those on the bars that the symbols are at.
    """
    _trail(tape, _row(tape, s), book.slots[s], book.account[0], params[0])
    _exit(tape, s, book, verdicts)
    _enter(tape, s, book, params, verdicts)


@lent
def _has_room(book: Book) -> bool:
    account, most = book.account[0], 2 * len(book.slots) + 4
    return not book.rules[0]["keeps"] or bool(
        account["trades"] + most <= len(book.trades)
        and account["signals"] + most <= len(book.signals)
        and account["guards"] + most <= len(book.guards)
    )


# An index that can't be negative costs less: nothing asks whether it counts from the end.
@lent
def _gather(tape: Tape, members: RowArray) -> int:
    """The symbols whose next bar is the earliest to end, in order; each goes on by this bar. How many there are."""
    if len(tape.first) == 1:
        at = tape.next[0]
        tape.next[0] = min(at + 1, tape.last[0])
        members[0] = 0
        return int(at < tape.last[0])
    now, count = _END, 0
    for s in range(len(tape.first)):
        row = tape.next[s]
        if row < tape.last[s]:
            now = min(now, tape.end_ns[np.uintp(row)])
    if now == _END:
        return 0
    for s in range(len(tape.first)):
        row = tape.next[s]
        if row < tape.last[s] and tape.end_ns[np.uintp(row)] == now:
            tape.next[s] = row + 1
            members[count] = s
            count += 1
    return count


@lent
def _row(tape: Tape, s: int) -> int:
    """The bar that a symbol is at."""
    return int(tape.next[np.uintp(s)] - 1)


@lent
def _begin(tape: Tape, sessions: Sessions, members: RowArray, book: Book) -> bool:
    """True when one of these bars is traded on. A session may begin."""
    traded, account = 0, book.account[0]
    for k in range(len(members)):
        s = np.uintp(members[k])
        traded += int(tape.next[s] > tape.warm[s])
    account["bars"] += traded
    row = _row(tape, members[0])
    if traded > 0 and tape.session[np.uintp(row)] != account["session"]:
        _begin_session(tape, sessions, book, row, account)
    return traded > 0


@lent
def _begin_session(tape: Tape, sessions: Sessions, book: Book, row: int, account: Record) -> None:
    """The session of a row begins: what it loses counts from the last mark."""
    session = tape.session[np.uintp(row)]
    account["session"] = session
    account["session_begins"] = True
    account["base_e4"] = account["equity_e4"]
    book.session_day[logged(book, account["sessions"])] = sessions.day[session]
    account["sessions"] += 1
    end_day_lost(book, account, opening_ns(tape, sessions, book.rules[0], row))


@lent
def _trade(
    tape: Tape, sessions: Sessions, members: RowArray, book: Book, params: RecordArray, verdicts: Verdicts
) -> None:
    """Everything that happens to the account at one time, but for entries."""
    account = book.account[0]
    before_e4 = account["equity_e4"]
    if account["open"] != 0:
        _open_and_stop(tape, sessions, members, book)
        for k in range(len(members)):
            slot = book.slots[members[k]]
            if slot["quantity"] != 0:
                _value(account, slot, nearest_e4(tape.close[_row(tape, members[k])]))
    _mark(tape, _row(tape, members[0]), book, account)
    # At the same equity, and in the same session, the guards would decide as they did.
    if account["equity_e4"] != before_e4 or account["session_begins"]:
        account["session_begins"] = False
        guard(book, tape.end_ns[_row(tape, members[0])])
    if account["open"] != 0:
        for k in range(len(members)):
            _trail(tape, _row(tape, members[k]), book.slots[members[k]], account, params[0])
        for k in range(len(members)):
            _exit(tape, members[k], book, verdicts)


@lent
def _wait(tape: Tape, sessions: Sessions, book: Book, verdicts: Verdicts) -> int:
    """An account that holds and wants nothing goes to the next bar on which an entry fires, and its marks stay.

    Only with a single symbol, and as far as bars are decided; how many bars.
    """
    account, row = book.account[0], tape.next[0]
    if len(tape.first) > 1 or account["open"] != 0 or book.rules[0]["given"]:
        return 0
    end = row + min(left_in_block(verdicts, tape, 0, row), tape.last[0] - row, _room(book))
    if row < end:
        end = min(end - 1, _next_wanted(verdicts, book, row)) + 1
        _pass(tape, sessions, book, row, end)
    return int(max(end - row, 0))


@lent
def _room(book: Book) -> int:
    """How many bars may have a signal before the log of signals is full."""
    return int(len(book.signals) - book.account[0]["signals"] - 1) if book.rules[0]["keeps"] else _END


@lent
def _next_wanted(verdicts: Verdicts, book: Book, row: int) -> int:
    """As `next_entry`; where no signal is logged, of those that may be ordered."""
    rules, fires = book.rules[0], next_entry(verdicts, 0, row)
    while fires != NO_ROW and not rules["keeps"] and is_hopeless(rules, entry_of(verdicts, 0)):
        fires = next_entry(verdicts, 0, fires + 1)
    return fires


@lent
def _pass(tape: Tape, sessions: Sessions, book: Book, begin: int, end: int) -> None:
    """The bars of a single symbol from one row up to another go by, and the account stays what it is."""
    row = begin
    while row < end:
        session, at = tape.session[np.uintp(row)], row
        if session != book.account[0]["session"]:
            _begin_session(tape, sessions, book, row, book.account[0])
        while row < end and tape.session[np.uintp(row)] == session:
            row += 1
        _mark_again(tape, book, at, row)
    tape.next[0] = end


@lent
def _mark_again(tape: Tape, book: Book, begin: int, end: int) -> None:
    """The marks of bars of one session are what the account was worth before."""
    account = book.account[0]
    at, count, session = account["times"], end - begin, account["sessions"] - 1
    if book.rules[0]["keeps"]:
        equity_e4, exposure_e4 = account["equity_e4"], account["gross_e4"]
        for k in range(count):
            book.equity_ns[np.uintp(at + k)] = tape.end_ns[np.uintp(begin + k)]
            book.equity_e4[np.uintp(at + k)] = equity_e4
            book.exposure_e4[np.uintp(at + k)] = exposure_e4
        book.session_ns[session] = tape.end_ns[end - 1]
    book.session_e4[session] = account["equity_e4"]
    account["times"] += count
    account["bars"] += count


@lent
def _hold(tape: Tape, sessions: Sessions, book: Book, params: RecordArray, verdicts: Verdicts) -> int:
    """A position that nothing happens to: it is marked and trails, up to a bar on which more is to be done.

    Only with a single symbol, and as far as bars are decided; how many bars.
    """
    first, rules = tape.next[0], book.rules[0]
    if len(tape.first) > 1 or book.slots[0]["quantity"] == 0 or book.slots[0]["leaving"] != 0 or rules["given"]:
        return 0
    account, slot = held(book.account[0]), held(book.slots[0])
    row, end = first, first + min(left_in_block(verdicts, tape, 0, first), tape.last[0] - first)
    while row < end:
        if tape.session[np.uintp(row)] != account["session"]:
            _begin_session(tape, sessions, book, row, account)
        logs = rules["keeps"] and next_entry(verdicts, 0, row) == row  # an entry, which is vetoed
        if logs or touches_stop(slot, tape, row) or _ends(tape, 0, row, slot, rules, verdicts):
            break
        price_e4 = nearest_e4(tape.close[np.uintp(row)])
        equity_e4 = account["equity_e4"] + slot["quantity"] * (price_e4 - slot["price_e4"])
        if acts(account, rules, equity_e4):
            break
        account["bars"] += 1
        _value(account, slot, price_e4)
        _mark(tape, row, book, account)
        _trail(tape, row, slot, account, params[0])
        row += 1
    tape.next[0] = row
    assign(book.account[0], account)
    assign(book.slots[0], slot)
    return int(row - first)


@lent
def _open_and_stop(tape: Tape, sessions: Sessions, members: RowArray, book: Book) -> None:
    """Exits and entries that waited for the open, then stops: those of the entries that have just filled, too."""
    rules = book.rules[0]
    for k in range(len(members)):
        s = members[k]
        row, slot = _row(tape, s), book.slots[s]
        if slot["leaving"] != 0:
            close_position(book, tape, s, row, tape.open[row], opening_ns(tape, sessions, rules, row), slot["leaving"])
    for k in range(len(members)):
        s = members[k]
        row = _row(tape, s)
        if book.slots[s]["wanted"] != 0:
            open_position(book, tape, s, row, opening_ns(tape, sessions, rules, row))
    for k in range(len(members)):
        s = members[k]
        row = _row(tape, s)
        if book.slots[s]["quantity"] != 0:
            look_at_stop(book, tape, sessions, s, row)


@lent
def _value(account: Record, slot: Record, price_e4: int) -> None:
    """A position at another price."""
    quantity = slot["quantity"]
    moved_e4 = price_e4 - slot["price_e4"]
    account["holdings_e4"] += quantity * moved_e4
    account["gross_e4"] += abs(quantity) * moved_e4
    slot["price_e4"] = price_e4


@lent
def _mark(tape: Tape, row: int, book: Book, account: Record) -> None:
    """Write down what the account is worth at the end of a bar."""
    end_ns, equity_e4 = tape.end_ns[np.uintp(row)], account["cash_e4"] + account["holdings_e4"]
    at, session = np.uintp(logged(book, account["times"])), account["sessions"] - 1
    book.equity_ns[at] = book.session_ns[np.uintp(logged(book, session))] = end_ns
    book.equity_e4[at] = book.session_e4[np.uintp(session)] = account["equity_e4"] = equity_e4
    book.exposure_e4[at] = account["gross_e4"]
    account["times"] += 1
    account["exposed"] += int(account["gross_e4"] != 0)
    if equity_e4 > account["peak_e4"]:
        account["peak_e4"] = account["trough_e4"] = equity_e4
    elif equity_e4 < account["trough_e4"]:
        account["trough_e4"] = equity_e4
        account["drawdown"] = max(account["drawdown"], fall(equity_e4, account["peak_e4"]))


@lent
def _trail(tape: Tape, row: int, slot: Record, account: Record, params: Record) -> None:
    """Ratchet the stop of a trend position; it works from the next bar on."""
    if slot["quantity"] == 0 or not slot["trails"] or slot["leaving"] != 0 or slot["stop_e4"] <= 0:
        return
    side = 1 if slot["quantity"] > 0 else -1
    best = best_e4(side, slot["best_e4"], nearest_e4(tape.high[row]), nearest_e4(tape.low[row]))
    multiple = stop_atr(bool(account["reduced"]), params["trend_stop_atr"], params["reduced_stop_atr"])
    slot["best_e4"] = best
    slot["stop_e4"] = trail(side, slot["stop_e4"], best, slot["atr"], multiple)


@lent
def _exit(tape: Tape, s: int, book: Book, verdicts: Verdicts) -> None:
    """The rule of a position's mode, or the signal from outside, ends it at its next open."""
    slot = book.slots[s]
    if slot["quantity"] == 0 or slot["leaving"] != 0:
        return
    row = _row(tape, s)
    if _ends(tape, s, row, slot, book.rules[0], verdicts):
        write_exit_signal(book, tape, s, row, regime_of(verdicts, tape, s, row))
        slot["leaving"] = _SIGNAL


@lent
def _ends(tape: Tape, s: int, row: int, slot: Record, rules: Record, verdicts: Verdicts) -> bool:
    if slot["mode"] == _MANUAL:
        return bool(rules["given"]) and bool(tape.exit[row])  # a person's has no rule that ends it
    return exits(verdicts, tape, s, row, slot["quantity"] > 0, slot["mode"])


@lent
def _enter(tape: Tape, s: int, book: Book, params: RecordArray, verdicts: Verdicts) -> None:
    """An entry that fires, by the strategy or from outside."""
    row, given = _row(tape, s), book.rules[0]["given"]
    fires = next_entry(verdicts, s, row) == row
    if tape.entry[row] != 0 if given else fires and row >= tape.warm[s]:
        verdict = entry_of(verdicts, s)
        side = int(np.int64(tape.entry[row] if given else verdict["entry"]))
        enter(book, tape, s, row, side, _MANUAL if given else verdict["entry_mode"], verdict, params)
