"""Breaker and daily loss of a simulated account: what they do at a mark."""

from __future__ import annotations

from fluxherod.backtest.book import Book, logged
from fluxherod.backtest.booking import drop_entry
from fluxherod.backtest.model import ExitReason, Guard, Outcome
from fluxherod.core.jit import Record, lent
from fluxherod.core.risk.breaker import day_lost, reached

_BREAKER = int(ExitReason.BREAKER)
_DAILY_LOSS = int(ExitReason.DAILY_LOSS)
_CANCELLED = int(Outcome.CANCELLED)
_STAYS = -1
_NORMAL = int(Guard.NORMAL)
_REDUCED = int(Guard.REDUCED)
_DISABLED = int(Guard.DISABLED)
_DAY_LOST = int(Guard.DAILY_LOSS)
_NEW_SESSION = int(Guard.NEW_SESSION)


@lent
def guard(book: Book, now_ns: int) -> None:
    """Breaker and daily loss, as `core.risk.breaker` has them; a backtest is sure of its first reading."""
    account, rules = book.account[0], book.rules[0]
    becomes = _breaker_at(account, rules, account["equity_e4"])
    if becomes != _STAYS:
        account["disabled"], account["reduced"] = becomes == _DISABLED, becomes == _REDUCED
        _write_guard(book, account, now_ns, becomes)
    if becomes == _DISABLED:
        _flatten(book, _BREAKER)
    if _loses_day(account, rules, account["equity_e4"]):
        account["day_lost"] = True
        _write_guard(book, account, now_ns, _DAY_LOST)
        _flatten(book, _DAILY_LOSS)


@lent
def acts(account: Record, rules: Record, equity_e4: int) -> bool:
    """True when `guard` would do something at an equity."""
    return _breaker_at(account, rules, equity_e4) != _STAYS or _loses_day(account, rules, equity_e4)


@lent
def end_day_lost(book: Book, account: Record, now_ns: int) -> None:
    """A session begins: what was lost in the one before stops no entry any more."""
    if account["day_lost"]:
        account["day_lost"] = False
        _write_guard(book, account, now_ns, _NEW_SESSION)


@lent
def _breaker_at(account: Record, rules: Record, equity_e4: int) -> int:
    """What the breaker becomes at an equity, a Guard; _STAYS when it is that already."""
    peak_e4 = max(account["peak_e4"], equity_e4)
    lost_e4 = peak_e4 - equity_e4
    if account["disabled"]:
        return _STAYS
    if reached(lost_e4, peak_e4, rules["critical_drawdown_bp"]):
        return _DISABLED
    if account["reduced"]:
        return _STAYS if reached(lost_e4, peak_e4, rules["recovery_drawdown_bp"]) else _NORMAL
    return _REDUCED if reached(lost_e4, peak_e4, rules["warning_drawdown_bp"]) else _STAYS


@lent
def _loses_day(account: Record, rules: Record, equity_e4: int) -> bool:
    """True when the day's loss reaches its limit at an equity."""
    base_e4 = account["base_e4"]
    return not account["day_lost"] and day_lost(base_e4 - equity_e4, base_e4, rules["daily_loss_bp"])


@lent
def _flatten(book: Book, reason: int) -> None:
    """Working entries end, positions leave at their next open."""
    for s in range(len(book.slots)):
        slot = book.slots[s]
        if slot["wanted"] != 0:
            drop_entry(book, s, _CANCELLED)
        if slot["quantity"] != 0 and slot["leaving"] == 0:
            slot["leaving"] = reason


@lent
def _write_guard(book: Book, account: Record, now_ns: int, what: int) -> None:
    guard = book.guards[logged(book, account["guards"])]
    account["guards"] += 1
    guard["ns"] = now_ns
    guard["equity_e4"] = account["equity_e4"]
    guard["peak_e4"] = account["peak_e4"]
    guard["base_e4"] = account["base_e4"]
    guard["what"] = what
